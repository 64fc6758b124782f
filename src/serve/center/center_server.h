#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "base/result.h"
#include "http/server.h"
#include "serve/center/center.h"

namespace mimamori {

/// A running center: the portal's listener, the sites' listener, and the thread that opens packages and
/// runs studies. Ends with its destructor.
class CenterServer {
 public:
  /// Errors  as HttpServer::start and Center::open.
  static Result<std::unique_ptr<CenterServer>> start(const std::filesystem::path& dir);
  CenterServer(const CenterServer&) = delete;
  CenterServer& operator=(const CenterServer&) = delete;
  ~CenterServer();

  [[nodiscard]] Center& center() { return *center_; }
  [[nodiscard]] std::uint16_t portal_port() const { return portal_->port(); }
  [[nodiscard]] std::uint16_t sites_port() const { return sites_->port(); }

 private:
  explicit CenterServer(std::unique_ptr<Center> center) : center_(std::move(center)) {}
  void work_until_stopped();

  std::unique_ptr<Center> center_;
  std::unique_ptr<HttpServer> portal_;
  std::unique_ptr<HttpServer> sites_;
  std::atomic<bool> stopping_{false};
  std::thread worker_;
};

}  // namespace mimamori
