#pragma once

// Inside http/ only: the listener behind HttpServer. Slow to compile: two sources include it.

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <set>
#include <string>
#include <thread>

#include "http/router.h"
#include "http/server.h"

namespace mimamori {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using TlsStream = asio::ssl::stream<Tcp::socket>;

/// Errors come back as values: co_await f(…, kAsTuple).
inline constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

class Connection;

/// A request that waits for a topic, without a thread.
struct Waiter {
  Waiter(asio::io_context& io, std::chrono::steady_clock::time_point until) : timer(io, until) {}
  asio::steady_timer timer;
  bool notified = false;
  bool hung_up = false;
};

/// All of it runs in the one thread of `io`, but for the handlers, which run in `workers`.
class ServerCore {
 public:
  ServerCore(ServerSettings new_settings, Router new_router);
  ~ServerCore();
  ServerCore(const ServerCore&) = delete;
  ServerCore& operator=(const ServerCore&) = delete;

  Result<void> start();
  void notify(std::string topic);
  Result<void> renew(const TlsSettings& new_tls);
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::size_t connection_count() const { return connection_count_; }

  // For a connection.
  const ServerSettings settings;
  const Router router;
  asio::io_context io{1};
  asio::thread_pool workers;
  std::multimap<std::string, std::shared_ptr<Waiter>> waiters;
  std::uint64_t notifications = 0;  // so far: one that comes while a handler runs is not missed
  bool stopping = false;

 private:
  asio::awaitable<void> accept_all();
  void admit(Tcp::socket socket);
  void remove(const std::shared_ptr<Connection>& connection, const std::string& address);

  Tcp::acceptor acceptor_{io};
  std::shared_ptr<asio::ssl::context> tls_;
  std::set<std::shared_ptr<Connection>> connections_;
  std::map<std::string, std::size_t> connections_of_;
  std::atomic<std::size_t> connection_count_ = 0;
  std::uint16_t port_ = 0;
  std::thread io_thread_;
};

/// Runs a function in a worker thread; the coroutine goes on in its own.
template <class T>
asio::awaitable<T> in_worker(asio::thread_pool& workers, std::function<T()> work) {
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(T)>(
      [&workers](auto handler, std::function<T()> job) {
        auto home = asio::get_associated_executor(handler);
        asio::post(workers, [home, handler = std::move(handler), job = std::move(job)]() mutable {
          T result = job();
          asio::post(home, [handler = std::move(handler), result = std::move(result)]() mutable {
            std::move(handler)(std::move(result));
          });
        });
      },
      asio::use_awaitable, std::move(work));
}

}  // namespace mimamori
