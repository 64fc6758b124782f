#include "http/client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "http/test_network.h"

namespace mimamori {
namespace {

int listen_on_loopback(std::uint16_t& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ENSURE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ENSURE(::listen(listener, 8) == 0);
  socklen_t size = sizeof address;
  ENSURE(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port = ntohs(address.sin_port);
  return listener;
}

/// A proxy for one connection: reads CONNECT, answers as told, and passes bytes on.
class ConnectProxy {
 public:
  explicit ConnectProxy(std::uint16_t target_port,
                        std::string answer = "HTTP/1.1 200 OK\r\nX-Proxy: 1\r\n\r\n")
      : listener_(listen_on_loopback(port_)),
        answer_(std::move(answer)),
        thread_([this, target_port] { serve(target_port); }) {}
  ~ConnectProxy() {
    stop_ = true;
    thread_.join();
    ::close(listener_);
  }
  ConnectProxy(const ConnectProxy&) = delete;
  ConnectProxy& operator=(const ConnectProxy&) = delete;
  [[nodiscard]] std::string address() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// Only once the request has been answered.
  [[nodiscard]] const std::string& asked() const { return asked_; }

 private:
  bool readable(int number) const {
    while (!stop_) {
      pollfd wanted{.fd = number, .events = POLLIN, .revents = 0};
      if (::poll(&wanted, 1, 20) > 0) return true;
    }
    return false;
  }
  void serve(std::uint16_t target_port) {
    if (!readable(listener_)) return;
    const int client = ::accept(listener_, nullptr, nullptr);
    char byte = 0;
    while (asked_.find("\r\n\r\n") == std::string::npos && ::read(client, &byte, 1) == 1)
      asked_.push_back(byte);
    const int target = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(target_port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(target, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        ::write(client, answer_.data(), answer_.size()) > 0) {
      pass_on(client, target);
    }
    ::close(target);
    ::close(client);
  }
  void pass_on(int client, int target) const {
    char piece[16384];
    while (!stop_) {
      pollfd both[2] = {{.fd = client, .events = POLLIN, .revents = 0},
                        {.fd = target, .events = POLLIN, .revents = 0}};
      if (::poll(both, 2, 20) <= 0) continue;
      for (int i = 0; i < 2; ++i) {
        if (both[i].revents == 0) continue;
        const ssize_t size = ::read(both[i].fd, piece, sizeof piece);
        if (size <= 0 || ::write(both[1 - i].fd, piece, static_cast<std::size_t>(size)) != size) return;
      }
    }
  }

  std::uint16_t port_ = 0;
  int listener_;
  std::string answer_;
  std::string asked_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

ClientSettings settings_for(const HttpServer& server) {
  ClientSettings settings;
  settings.origin = "https://localhost:" + std::to_string(server.port());
  settings.authority = shared_authority().certificate();
  return settings;
}

TEST(HttpClient, GoesThroughAProxyWithItsOwnCertificate) {
  ServerSettings server_settings = test_settings(ClientCertificate::kRequired);
  Route route = text_route("POST", "/a", "");
  route.handler = [](Request& request) -> Reply {
    return Response{.status = 201,
                    .content_type = "text/plain",
                    .headers = {{"X-Reply", "yes"}},
                    .body = request.peer.certificate_name + " " + std::to_string(request.body.size())};
  };
  const auto server = started(std::move(server_settings), {route});
  ConnectProxy proxy(server->port());
  const TestIdentity site = shared_authority().client("site 1");
  ClientSettings settings = settings_for(*server);
  settings.certificate = site.certificate;
  settings.key = site.key;
  settings.proxy = proxy.address();
  settings.proxy_user_password = "user:pass word";
  const auto client = std::move(HttpClient::make(settings)).value();
  const std::string body(1'000'000, 'x');
  const auto reply = client->send({.method = "POST", .target = "/a", .body = body});
  ASSERT_THAT(reply, Succeeds());
  EXPECT_EQ(reply->status, 201);
  EXPECT_EQ(reply->body, "site 1 1000000");
  EXPECT_EQ(reply->header("x-reply"), "yes");
  EXPECT_EQ(reply->header("x-proxy"), "") << "what the proxy says is not what the server says";
  EXPECT_TRUE(
      proxy.asked().starts_with("CONNECT localhost:" + std::to_string(server->port()) + " HTTP/1.1\r\n"));
  EXPECT_NE(proxy.asked().find("Proxy-Authorization: Basic dXNlcjpwYXNzIHdvcmQ="), std::string::npos);
}

TEST(HttpClient, AProxyThatRefusesIsUnavailable) {
  const auto server = started(test_settings(), {text_route("GET", "/a", "A")});
  ConnectProxy proxy(server->port(), "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  ClientSettings settings = settings_for(*server);
  settings.proxy = proxy.address();
  EXPECT_THAT(std::move(HttpClient::make(settings)).value()->send({.target = "/a"}),
              FailsWith(ErrorCode::kUnavailable));
}

TEST(HttpClient, DoesNotLookForAProxyInTheEnvironment) {
  const auto server = started(test_settings(), {text_route("GET", "/a", "A")});
  ::setenv("https_proxy", "http://127.0.0.1:1", 1);
  ::setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
  EXPECT_THAT(client_of(*server)->send({.target = "/a"}), Succeeds());
  ::unsetenv("https_proxy");
  ::unsetenv("ALL_PROXY");
}

TEST(HttpClient, TakesAReplyUpToTheLimitAndNoLonger) {
  const auto server = started(test_settings(), {text_route("GET", "/a", std::string(1000, 'x'))});
  const auto client = client_of(*server);
  EXPECT_THAT(client->send({.target = "/a", .reply_bytes_max = 1000}), Succeeds());
  EXPECT_THAT(client->send({.target = "/a", .reply_bytes_max = 999}), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(client->send({.target = "/a"}), Succeeds()) << "usable afterwards";
}

TEST(HttpClient, DoesNotFollowARedirect) {
  Route route = text_route("GET", "/a", "");
  route.handler = [](Request&) -> Reply { return Response{.status = 303, .headers = {{"Location", "/b"}}}; };
  const auto server = started(test_settings(), {route, text_route("GET", "/b", "B")});
  EXPECT_EQ(client_of(*server)->send({.target = "/a"}).value().status, 303);
}

TEST(HttpClient, GivesUpAfterItsTime) {
  Route route = text_route("GET", "/a", "");
  route.handler = [](Request&) -> Reply {
    return Wait{.topic = "never", .at_most = std::chrono::seconds(50)};
  };
  const auto server = started(test_settings(), {route});
  const auto client = client_of(*server);
  EXPECT_THAT(client->send({.target = "/a", .timeout = std::chrono::milliseconds(100)}),
              FailsWith(ErrorCode::kUnavailable));
}

TEST(HttpClient, NobodyThereIsUnavailable) {
  std::uint16_t port = 0;
  ::close(listen_on_loopback(port));
  ClientSettings settings{.origin = "https://localhost:" + std::to_string(port),
                          .authority = shared_authority().certificate()};
  EXPECT_THAT(std::move(HttpClient::make(settings)).value()->send({.target = "/"}),
              FailsWith(ErrorCode::kUnavailable));
}

TEST(HttpClient, GoesOnAfterTheServerWasRestarted) {
  auto server = started(test_settings(), {text_route("PUT", "/a", "A")});
  const std::uint16_t port = server->port();
  const auto client = client_of(*server);
  EXPECT_THAT(client->send({.method = "PUT", .target = "/a", .body = "x"}), Succeeds());
  server.reset();
  EXPECT_THAT(client->send({.method = "PUT", .target = "/a", .body = "x"}),
              FailsWith(ErrorCode::kUnavailable));
  ServerSettings settings = test_settings();
  settings.port = port;
  server = started(std::move(settings), {text_route("PUT", "/a", "B")});
  EXPECT_EQ(client->send({.method = "PUT", .target = "/a", .body = "x"}).value().body, "B");
}

TEST(HttpClient, KeepsItsConnection) {
  const auto server = started(test_settings(ClientCertificate::kRequired), {text_route("PUT", "/a", "A")});
  const TestIdentity site = shared_authority().client("site 1");
  const auto client = client_of(*server, &site);
  for (int i = 0; i < 3; ++i)
    EXPECT_THAT(client->send({.method = "PUT", .target = "/a", .body = "x"}), Succeeds());
  EXPECT_EQ(server->connection_count(), 1U);
}

TEST(HttpClient, SpeaksHttpsOnly) {
  for (const char* origin : {"http://localhost", "localhost", "file:///etc/passwd", "https://localhost/"}) {
    EXPECT_THAT(HttpClient::make({.origin = origin}), FailsWith(ErrorCode::kInvalidInput)) << origin;
  }
}

}  // namespace
}  // namespace mimamori
