#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.h"
#include "http/server.h"
#include "http/transport.h"
#include "serve/console/site_agent.h"

namespace mimamori {

/// What the console shows of the line to the center.
struct LinkState {
  std::int64_t last_heard_ms = 0;    // 0: not since the start
  std::int64_t up_since_ms = 0;      // of an unbroken series of answers
  std::int64_t silent_since_ms = 0;  // 0: it answers
  bool is_refused = false;           // it answers that we are no member
  std::int64_t center_has = 0;       // messages of ours; before the first answer, those of earlier runs
  std::string problem;               // why not, or ""
};

/// A running site: the console's listener, the thread that polls, the thread that sends, and the one that
/// works.
class SiteServer {
 public:
  /// Errors  as HttpServer::start and SiteAgent::open.
  static Result<std::unique_ptr<SiteServer>> start(const Site& site);
  SiteServer(const SiteServer&) = delete;
  SiteServer& operator=(const SiteServer&) = delete;
  ~SiteServer();

  [[nodiscard]] SiteAgent& agent() { return *agent_; }
  [[nodiscard]] std::uint16_t console_port() const { return console_->port(); }
  [[nodiscard]] LinkState link() const;
  /// Wakes the threads that send and work: somebody has decided something.
  void wake();
  /// Closes the console and asks the threads to end. The process may end at once: the ledger is durable.
  void stop();

 private:
  explicit SiteServer(std::unique_ptr<SiteAgent> agent) : agent_(std::move(agent)) {}
  void poll_until_stopped();
  void push_until_stopped();
  void work_until_stopped();
  void heard(const Result<void>& answer, std::int64_t center_has);
  void note_center_has(std::int64_t messages);
  void sleep(double seconds);

  std::unique_ptr<SiteAgent> agent_;
  std::unique_ptr<HttpServer> console_;
  mutable std::mutex mutex_;
  std::condition_variable wake_up_;
  LinkState link_;
  std::atomic<bool> stopping_{false};
  std::thread poller_, pusher_, worker_;
};

/// A client for the site's line to the center, with the keys and the proxy of its settings.
Result<std::unique_ptr<Transport>> open_line(const SiteAgent& agent);

}  // namespace mimamori
