#include "http/test_network.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

namespace mimamori {
namespace {

int connect_to(std::uint16_t port) {
  const int number = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ENSURE(number >= 0);
  const timeval timeout{.tv_sec = kGenerous.count(), .tv_usec = 0};
  ::setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  ::setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  const int yes = 1;  // or each handshake waits for the kernel to gather bytes
  ::setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ENSURE(::connect(number, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return number;
}

}  // namespace

Validity valid_now() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return {.not_before = now - std::chrono::hours(24), .not_after = now + std::chrono::hours(24)};
}

TestAuthority::TestAuthority(const std::string& name) {
  self_.key = std::move(make_private_key()).value();
  self_.certificate = std::move(make_authority(self_.key, name, valid_now())).value();
}

TestIdentity TestAuthority::issue(const CertificateOrder& order) const {
  TestIdentity identity;
  identity.key = std::move(make_private_key()).value();
  const std::string request = std::move(make_certificate_request(identity.key, "asked for")).value();
  identity.certificate = std::move(issue_certificate(self_.certificate, self_.key, request, order)).value();
  return identity;
}

TestIdentity TestAuthority::server(const Validity& validity) const {
  return issue({.common_name = "test server",
                .use = CertificateUse::kServer,
                .names = {"localhost", "127.0.0.1"},
                .validity = validity});
}

TestIdentity TestAuthority::client(const std::string& name, const Validity& validity) const {
  return issue({.common_name = name, .use = CertificateUse::kClient, .validity = validity});
}

const TestAuthority& shared_authority() {
  static const TestAuthority authority;
  return authority;
}

ServerSettings test_settings(ClientCertificate client_certificate) {
  static const TestIdentity identity = shared_authority().server();
  ServerSettings settings;
  settings.tls = {.certificate = identity.certificate,
                  .key = identity.key,
                  .client_authority = shared_authority().certificate(),
                  .client_certificate = client_certificate};
  settings.limits.connections_per_address = 2'000;
  settings.limits.worker_threads = 4;
  settings.limits.linger_timeout = std::chrono::milliseconds(200);
  return settings;
}

std::unique_ptr<HttpClient> client_of(const HttpServer& server, const TestIdentity* identity) {
  ClientSettings settings;
  settings.origin = "https://localhost:" + std::to_string(server.port());
  settings.authority = shared_authority().certificate();
  if (identity != nullptr) {
    settings.certificate = identity->certificate;
    settings.key = identity->key;
  }
  return std::move(HttpClient::make(std::move(settings))).value();
}

std::unique_ptr<HttpServer> started(ServerSettings settings, std::vector<Route> routes) {
  auto server = HttpServer::start(std::move(settings), std::move(routes));
  ENSURE(server.ok());
  return std::move(server).value();
}

RawClient::Socket::~Socket() {
  if (number >= 0) ::close(number);
}

RawClient::RawClient(std::uint16_t port, const TestIdentity* identity, bool handshake)
    : context_(SSL_CTX_new(TLS_client_method())), socket_(connect_to(port)) {
  if (identity != nullptr) {
    const CertificateOwner certificate = std::move(parse_certificate(identity->certificate)).value();
    const KeyOwner key = std::move(parse_private_key(identity->key)).value();
    SSL_CTX_use_certificate(context_.get(), certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), key.get());
  }
  std::signal(SIGPIPE, SIG_IGN);  // the server may close while we write
  ssl_.reset(SSL_new(context_.get()));
  SSL_set_fd(ssl_.get(), socket_.number);
  connected_ = !handshake || SSL_connect(ssl_.get()) == 1;
}

RawClient::~RawClient() = default;

bool RawClient::send(std::string_view bytes) {
  while (connected_ && !bytes.empty()) {
    const int count =
        SSL_write(ssl_.get(), bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 16384)));
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return connected_;
}

bool RawClient::receive_more(std::string& text) {
  if (!connected_) return false;
  char piece[16384];
  const int count = SSL_read(ssl_.get(), piece, sizeof piece);
  if (count <= 0) return false;
  text.append(piece, static_cast<std::size_t>(count));
  return true;
}

std::string RawClient::receive_all() {
  std::string text;
  while (receive_more(text)) {
  }
  return text;
}

std::string RawClient::receive_reply() {
  std::string text;
  while (text.find("\r\n\r\n") == std::string::npos) {
    if (!receive_more(text)) return text;
  }
  const std::size_t body = text.find("\r\n\r\n") + 4;
  const std::size_t length = text.find("Content-Length: ");
  if (length == std::string::npos || length > body) return text;
  const std::size_t size = body + std::stoul(text.substr(length + 16));
  while (text.size() < size && receive_more(text)) {
  }
  return text;
}

int RawClient::status() {
  const std::string reply = receive_reply();
  return reply.starts_with("HTTP/1.1 ") ? std::stoi(reply.substr(9, 3)) : 0;
}

Route text_route(const std::string& method, const std::string& pattern, const std::string& text) {
  Route route;
  route.method = method;
  route.pattern = pattern;
  route.handler = [text](Request& /*request*/) -> Reply {
    return Response{.status = 200, .content_type = "text/plain", .body = text};
  };
  return route;
}

}  // namespace mimamori
