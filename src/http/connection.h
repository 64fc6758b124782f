#pragma once

// Inside http/ only: one client, from its handshake to its end.

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "http/request_head.h"
#include "http/server_core.h"

namespace mimamori {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(ServerCore& core, Tcp::socket socket, std::shared_ptr<asio::ssl::context> tls,
             std::string address);
  asio::awaitable<void> run();
  /// Ends everything that is under way.
  void abort();

 private:
  enum class WaitEnd { kNotified, kTimeout, kHungUp };

  asio::awaitable<std::optional<RequestHead>> read_head();
  /// True if the connection may go on.
  asio::awaitable<bool> answer(RequestHead head, bool may_go_on);
  asio::awaitable<bool> answer_route(const Route& route, Request& request, bool may_go_on);
  asio::awaitable<std::optional<Response>> admit(const Route& route, Request& request);
  /// The body in request.body or in its sink; a Response if that refused it; nothing is said to a
  /// client that is gone.
  asio::awaitable<bool> read_body(const Route& route, Request& request, std::optional<Response>& refusal);
  /// Asks the handler until it has an answer; nothing if the client has gone meanwhile.
  asio::awaitable<std::optional<Response>> ask(const Route& route, Request& request);
  asio::awaitable<WaitEnd> wait_for(const std::string& topic, std::chrono::steady_clock::time_point until,
                                    std::uint64_t notifications_seen);
  asio::awaitable<bool> send(Response response, bool keep_alive, bool head_only = false);
  asio::awaitable<bool> write(std::string_view bytes);
  asio::awaitable<bool> write_file(const FileBody& file);
  asio::awaitable<void> say_goodbye();

  void note_peer();
  [[nodiscard]] bool is_for_us(const RequestHead& head) const;
  void allow(std::chrono::milliseconds time);
  void allow_any_time();

  ServerCore& core_;
  std::shared_ptr<asio::ssl::context> tls_;
  TlsStream stream_;
  asio::steady_timer deadline_;
  Peer peer_;
  std::string buffer_;  // read but not used yet
};

}  // namespace mimamori
