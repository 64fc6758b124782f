#include "http/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <fstream>
#include <utility>

#include "http/openssl.h"
#include "http/response.h"

namespace mimamori {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kReadBytes = std::size_t{8} * 1024;
constexpr std::size_t kLingerBytesMax = std::size_t{8} * 1024 * 1024;

/// Handlers are ours and do not throw, but the libraries below them may (no memory).
template <class T>
std::function<T()> guarded(std::function<T()> work, T when_thrown) {
  return [work = std::move(work), when_thrown = std::move(when_thrown)]() mutable -> T {
    try {
      return work();
    } catch (...) {
      return std::move(when_thrown);
    }
  };
}

/// "[::1]:8443" is "[::1]".
std::string without_port(const std::string& host) {
  const std::size_t end = host.find_last_not_of("0123456789");
  const bool has_port = end != std::string::npos && host[end] == ':' && end > 0;
  return has_port && (host[end - 1] == ']' || host.find(':') == end) ? host.substr(0, end) : host;
}

Response internal_error() { return problem(500, "Internal Server Error"); }

}  // namespace

Connection::Connection(ServerCore& core, Tcp::socket socket, std::shared_ptr<asio::ssl::context> tls,
                       std::string address)
    : core_(core),
      tls_(std::move(tls)),
      stream_(std::move(socket), *tls_),
      deadline_(core.io, Clock::time_point::max()) {
  peer_.address = std::move(address);
}

void Connection::abort() {
  boost::system::error_code ignored;
  stream_.next_layer().close(ignored);
  deadline_.cancel();
}

void Connection::allow(std::chrono::milliseconds time) {
  deadline_.expires_after(time);
  deadline_.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
    const std::shared_ptr<Connection> self = weak.lock();
    if (cancelled || !self) return;
    // Between expiring and running this, the connection may have been given new time.
    if (self->deadline_.expiry() <= Clock::now()) self->abort();
  });
}

void Connection::allow_any_time() { deadline_.expires_at(Clock::time_point::max()); }

asio::awaitable<void> Connection::run() {
  const HttpLimits& limits = core_.settings.limits;
  allow(limits.handshake_timeout);
  const auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, kAsTuple);
  if (error) co_return;
  note_peer();
  for (std::size_t served = 1; !core_.stopping; ++served) {
    std::optional<RequestHead> head = co_await read_head();
    if (!head) break;
    const bool may_go_on = head->keep_alive && served < limits.requests_per_connection;
    const bool goes_on = co_await answer(*std::move(head), may_go_on);
    if (!goes_on) break;
  }
  co_await say_goodbye();
}

void Connection::note_peer() {
  SSL* ssl = stream_.native_handle();
  const X509* certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr || SSL_get_verify_result(ssl) != X509_V_OK) return;
  CertificateFacts facts = facts_of(certificate);
  peer_.certificate_sha256 = std::move(facts.sha256);
  peer_.certificate_name = std::move(facts.common_name);
}

asio::awaitable<std::optional<RequestHead>> Connection::read_head() {
  const HttpLimits& limits = core_.settings.limits;
  bool begun = !buffer_.empty();
  allow(begun ? limits.head_timeout : limits.idle_timeout);
  std::optional<HeadProblem> refused;
  while (!refused) {
    const auto end = find_head_end(buffer_, limits);
    if (const auto* head_problem = std::get_if<HeadProblem>(&end)) {
      refused = *head_problem;
    } else if (const auto size = std::get<0>(end)) {
      auto head = read_request_head(std::string_view(buffer_).substr(0, *size));
      buffer_.erase(0, *size);
      if (auto* good = std::get_if<RequestHead>(&head)) co_return std::move(*good);
      refused = std::get<HeadProblem>(head);
    } else {
      const std::size_t before = buffer_.size();
      buffer_.resize(before + kReadBytes);
      const auto [error, count] =
          co_await stream_.async_read_some(asio::buffer(buffer_.data() + before, kReadBytes), kAsTuple);
      buffer_.resize(before + count);
      if (error) co_return std::nullopt;
      if (!begun) allow(limits.head_timeout);
      begun = true;
    }
  }
  co_await send(problem(refused->status, "Bad Request", refused->reason), false);
  co_return std::nullopt;
}

bool Connection::is_for_us(const RequestHead& head) const {
  const std::vector<std::string>& hosts = core_.settings.hosts;
  if (hosts.empty()) return true;
  const auto host = std::ranges::find(head.headers, "host", &Header::name);
  return std::ranges::find(hosts, without_port(host->value)) != hosts.end();
}

asio::awaitable<bool> Connection::answer(RequestHead head, bool may_go_on) {
  // An unread body would be taken for the next request.
  const bool go_on_without_body = may_go_on && head.content_length == 0;
  const bool head_only = head.method == "HEAD";
  if (!is_for_us(head)) co_return co_await send(problem(421, "Misdirected Request"), false, head_only);
  auto found = core_.router.find(head.method, head.segments);
  if (const auto* none = std::get_if<NoRoute>(&found)) {
    Response response = problem(none->status, none->status == 405 ? "Method Not Allowed" : "Not Found");
    if (!none->allow.empty()) response.headers.push_back({"Allow", none->allow});
    co_return co_await send(std::move(response), go_on_without_body, head_only);
  }
  RouteMatch& match = std::get<RouteMatch>(found);
  if (head.content_length > match.route->body_bytes_max) {
    co_return co_await send(problem(413, "Content Too Large"), false, head_only);
  }
  Request request;
  request.method = std::move(head.method);
  request.path = std::move(head.path);
  request.path_values = std::move(match.values);
  request.query = std::move(head.query);
  request.headers = std::move(head.headers);
  request.body_bytes = head.content_length;
  request.peer = peer_;
  co_return co_await answer_route(*match.route, request, may_go_on);
}

asio::awaitable<bool> Connection::answer_route(const Route& route, Request& request, bool may_go_on) {
  const bool head_only = request.method == "HEAD";
  allow_any_time();
  std::optional<Response> response = co_await admit(route, request);
  if (response)
    co_return co_await send(*std::move(response), may_go_on && request.body_bytes == 0, head_only);
  if (request.body_bytes > 0) {
    const bool whole = co_await read_body(route, request, response);
    if (!whole && !response) co_return false;
    if (response) co_return co_await send(*std::move(response), may_go_on && whole);
  }
  allow_any_time();
  response = co_await ask(route, request);
  if (!response) co_return false;
  co_return co_await send(*std::move(response), may_go_on, head_only);
}

asio::awaitable<std::optional<Response>> Connection::admit(const Route& route, Request& request) {
  if (!core_.settings.gate && !route.open_sink) co_return std::nullopt;
  using Refusal = std::optional<Response>;
  const auto work = [this, &route, &request]() -> Refusal {
    if (core_.settings.gate) {
      Refusal refusal = core_.settings.gate(route, request);
      if (refusal) return refusal;
    }
    if (!route.open_sink) return std::nullopt;
    Result<std::unique_ptr<BodySink>> sink = route.open_sink(request);
    if (!sink.ok()) return problem(sink.error());
    request.sink = std::move(sink).value();
    return std::nullopt;
  };
  co_return co_await in_worker<Refusal>(core_.workers, guarded<Refusal>(work, internal_error()));
}

asio::awaitable<bool> Connection::read_body(const Route& route, Request& request,
                                            std::optional<Response>& refusal) {
  std::uint64_t remaining = request.body_bytes;
  std::string piece;
  while (remaining > 0) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(remaining, limits::kBodyPieceBytes));
    const std::size_t at_hand = std::min(size, buffer_.size());
    piece.assign(buffer_, 0, at_hand);
    buffer_.erase(0, at_hand);
    piece.resize(size);
    if (at_hand < size) {
      allow(core_.settings.limits.body_piece_timeout);
      const auto [error, count] =
          co_await asio::async_read(stream_, asio::buffer(piece.data() + at_hand, size - at_hand), kAsTuple);
      if (error) co_return false;
      allow_any_time();
    }
    remaining -= size;
    if (!route.open_sink) {
      request.body += piece;
      continue;
    }
    using Refusal = std::optional<Response>;
    const auto work = [&request, &piece]() -> Refusal {
      const Result<void> written = request.sink->write(piece);
      if (!written.ok()) return problem(written.error());
      return std::nullopt;
    };
    refusal = co_await in_worker<Refusal>(core_.workers, guarded<Refusal>(work, internal_error()));
    if (refusal) co_return remaining == 0;
  }
  co_return true;
}

asio::awaitable<std::optional<Response>> Connection::ask(const Route& route, Request& request) {
  std::optional<Clock::time_point> until;
  while (true) {
    const std::uint64_t notifications_seen = core_.notifications;
    const auto work = [&route, &request]() -> Reply { return route.handler(request); };
    Reply reply = co_await in_worker<Reply>(core_.workers, guarded<Reply>(work, internal_error()));
    if (auto* response = std::get_if<Response>(&reply)) co_return std::move(*response);
    if (request.wait_is_over) co_return no_content();
    const Wait& wait = std::get<Wait>(reply);
    if (!until) until = Clock::now() + std::min(wait.at_most, core_.settings.limits.wait_max);
    const WaitEnd end = co_await wait_for(wait.topic, *until, notifications_seen);
    if (end == WaitEnd::kHungUp) co_return std::nullopt;
    request.wait_is_over = end == WaitEnd::kTimeout;
  }
}

asio::awaitable<Connection::WaitEnd> Connection::wait_for(const std::string& topic, Clock::time_point until,
                                                          std::uint64_t notifications_seen) {
  if (!stream_.next_layer().is_open()) co_return WaitEnd::kHungUp;
  if (core_.notifications != notifications_seen) co_return WaitEnd::kNotified;
  const auto waiter = std::make_shared<Waiter>(core_.io, until);
  const auto place = core_.waiters.emplace(topic, waiter);
  // A client that waits has nothing to say: if its socket has something to read, it is the end.
  stream_.next_layer().async_wait(
      Tcp::socket::wait_read, [self = shared_from_this(), waiter](const boost::system::error_code& error) {
        if (error && self->stream_.next_layer().is_open()) return;
        waiter->hung_up = true;
        waiter->timer.cancel();
      });
  co_await waiter->timer.async_wait(kAsTuple);
  core_.waiters.erase(place);
  if (waiter->hung_up) co_return WaitEnd::kHungUp;
  boost::system::error_code ignored;
  stream_.next_layer().cancel(ignored);  // the watch above
  co_return waiter->notified ? WaitEnd::kNotified : WaitEnd::kTimeout;
}

asio::awaitable<bool> Connection::send(Response response, bool keep_alive, bool head_only) {
  if (core_.settings.for_browsers) add_security_headers(response);
  keep_alive = keep_alive && !core_.stopping;
  std::string bytes = head_of(response, keep_alive);
  if (!head_only) bytes += response.body;
  bool sent = co_await write(bytes);
  if (sent && response.file && !head_only) sent = co_await write_file(*response.file);
  co_return sent&& keep_alive;
}

asio::awaitable<bool> Connection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    allow(core_.settings.limits.write_piece_timeout);
    const std::string_view piece = bytes.substr(0, limits::kBodyPieceBytes);
    const auto [error, count] = co_await asio::async_write(stream_, asio::buffer(piece), kAsTuple);
    if (error) co_return false;
    bytes.remove_prefix(count);
  }
  co_return true;
}

asio::awaitable<bool> Connection::write_file(const FileBody& file) {
  std::ifstream stream;
  std::uint64_t remaining = file.size_bytes;
  std::string piece;
  while (remaining > 0) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(remaining, limits::kBodyPieceBytes));
    const auto work = [&stream, &file, &piece, size]() {
      if (!stream.is_open()) stream.open(file.path, std::ios::binary);
      piece.resize(size);
      return stream.read(piece.data(), static_cast<std::streamsize>(size)).good();
    };
    // A file that has become shorter ends the connection: the client must not take it for whole.
    const bool read = co_await in_worker<bool>(core_.workers, guarded<bool>(work, false));
    const bool written = read && co_await write(piece);
    if (!written) co_return false;
    remaining -= size;
  }
  co_return true;
}

asio::awaitable<void> Connection::say_goodbye() {
  if (!stream_.next_layer().is_open()) co_return;
  allow(core_.settings.limits.linger_timeout);
  co_await stream_.async_shutdown(kAsTuple);
  // Closing with something unread would make the kernel throw away our last reply.
  boost::system::error_code ignored;
  stream_.next_layer().shutdown(Tcp::socket::shutdown_send, ignored);
  std::array<char, kReadBytes> unread{};
  for (std::size_t total = 0; total < kLingerBytesMax;) {
    const auto [error, count] = co_await stream_.next_layer().async_read_some(asio::buffer(unread), kAsTuple);
    if (error) break;
    total += count;
  }
}

}  // namespace mimamori
