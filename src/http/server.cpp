#include "http/server.h"

#include <boost/asio/co_spawn.hpp>
#include <utility>

#include "http/connection.h"
#include "http/server_core.h"
#include "http/tls.h"

namespace mimamori {

ServerCore::ServerCore(ServerSettings new_settings, Router new_router)
    : settings(std::move(new_settings)),
      router(std::move(new_router)),
      workers(settings.limits.worker_threads) {}

ServerCore::~ServerCore() {
  if (!io_thread_.joinable()) return;
  asio::post(io, [this] {
    stopping = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    for (const std::shared_ptr<Connection>& connection : connections_) connection->abort();
  });
  // The thread ends when every connection has; those wait for their handlers in `workers`.
  io_thread_.join();
  workers.join();
}

Result<void> ServerCore::start() {
  tls_ = TRY(make_tls(settings.tls));
  boost::system::error_code error;
  const auto address = asio::ip::make_address(settings.address, error);
  if (error) return Error{ErrorCode::kInvalidInput, "listener: expected an IP address to listen on"};
  const Tcp::endpoint endpoint(address, settings.port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return Error{ErrorCode::kIo, "listener: cannot listen on port " + std::to_string(settings.port) + " of " +
                                     settings.address + ": " + error.message()};
  }
  port_ = acceptor_.local_endpoint(error).port();
  asio::co_spawn(io, accept_all(), [](const std::exception_ptr& failed) { ENSURE(!failed); });
  io_thread_ = std::thread([this] { io.run(); });
  return {};
}

asio::awaitable<void> ServerCore::accept_all() {
  while (acceptor_.is_open()) {
    auto [error, socket] = co_await acceptor_.async_accept(kAsTuple);
    if (!error) {
      admit(std::move(socket));
      continue;
    }
    // Too many open files, for example: trying again at once would only burn the processor.
    asio::steady_timer pause(io, std::chrono::milliseconds(50));
    co_await pause.async_wait(kAsTuple);
  }
}

void ServerCore::admit(Tcp::socket socket) {
  boost::system::error_code error;
  const Tcp::endpoint remote = socket.remote_endpoint(error);
  if (error) return;
  const std::string address = remote.address().to_string();
  std::size_t& of_address = connections_of_[address];
  if (connections_.size() >= settings.limits.connections ||
      of_address >= settings.limits.connections_per_address) {
    if (of_address == 0) connections_of_.erase(address);
    return;  // the socket closes
  }
  socket.set_option(Tcp::no_delay(true), error);
  ++of_address;
  const auto connection = std::make_shared<Connection>(*this, std::move(socket), tls_, address);
  connections_.insert(connection);
  connection_count_ = connections_.size();
  asio::co_spawn(io, connection->run(), [this, connection, address](const std::exception_ptr&) {
    // Whatever went wrong (no memory, say) went wrong for this connection alone.
    connection->abort();
    remove(connection, address);
  });
}

void ServerCore::remove(const std::shared_ptr<Connection>& connection, const std::string& address) {
  connections_.erase(connection);
  connection_count_ = connections_.size();
  const auto of_address = connections_of_.find(address);
  if (--of_address->second == 0) connections_of_.erase(of_address);
}

void ServerCore::notify(std::string topic) {
  asio::post(io, [this, topic = std::move(topic)] {
    ++notifications;
    const auto [first, last] = waiters.equal_range(topic);
    for (auto waiter = first; waiter != last; ++waiter) {
      waiter->second->notified = true;
      waiter->second->timer.cancel();
    }
  });
}

Result<void> ServerCore::renew(const TlsSettings& new_tls) {
  auto tls = TRY(make_tls(new_tls));
  asio::post(io, [this, tls = std::move(tls)]() mutable { tls_ = std::move(tls); });
  return {};
}

HttpServer::HttpServer(std::unique_ptr<ServerCore> core) : core_(std::move(core)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::start(ServerSettings settings, std::vector<Route> routes) {
  Router router = TRY(Router::make(std::move(routes)));
  auto core = std::make_unique<ServerCore>(std::move(settings), std::move(router));
  TRY(core->start());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(core)));
}

std::uint16_t HttpServer::port() const { return core_->port(); }
std::size_t HttpServer::connection_count() const { return core_->connection_count(); }
void HttpServer::notify(std::string_view topic) { core_->notify(std::string(topic)); }
Result<void> HttpServer::renew(const TlsSettings& tls) { return core_->renew(tls); }

}  // namespace mimamori
