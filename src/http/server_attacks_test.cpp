// Attacks S16, S17 and S18 on a listener: whoever behaves is answered all the same.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>
#include <thread>

#include "http/test_network.h"
#include "http/test_smuggling.h"

namespace mimamori {
namespace {

constexpr std::string_view kGet = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

std::vector<Route> routes() {
  Route echo = text_route("POST", "/echo", "");
  echo.body_bytes_max = 1000;
  echo.handler = [](Request& request) -> Reply {
    return Response{.status = 200, .content_type = "text/plain", .body = request.body};
  };
  return {text_route("GET", "/hello", "hello"), echo};
}

bool is_answered(const HttpServer& server) {
  const auto reply = client_of(server)->send({.target = "/hello"});
  return reply.ok() && reply->body == "hello";
}

std::size_t resident_kib() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    if (word == "VmRSS:") {
      std::size_t size = 0;
      status >> size;
      return size;
    }
  }
  return 0;
}

TEST(ServerAttacks, S18EveryDisguiseIsRefusedAndTheConnectionClosed) {
  const auto server = started(test_settings(), routes());
  int refused = 0;
  for (const SmugglingCase& smuggling : smuggling_cases()) {
    RawClient client(server->port());
    // What comes after it must never be taken for a request of its own.
    client.send(smuggling.bytes + std::string(kGet));
    const std::string replies = client.receive_all();
    EXPECT_TRUE(replies.starts_with("HTTP/1.1 " + std::to_string(smuggling.status) + " "))
        << smuggling.bytes << replies;
    EXPECT_EQ(replies.find("HTTP/1.1 ", 1), std::string::npos) << "two replies to " << smuggling.bytes;
    EXPECT_NE(replies.find("Connection: close"), std::string::npos) << smuggling.bytes;
    ++refused;
  }
  EXPECT_GE(refused, 100);
  EXPECT_TRUE(is_answered(*server));
}

TEST(ServerAttacks, S16ABodyBeyondTheLimitIsA413AtOnce) {
  const auto server = started(test_settings(), routes());
  for (const auto& [length, status] : std::vector<std::pair<std::string, int>>{
           {"1001", 413}, {"10737418240", 413}, {"999999999999999999", 413}}) {
    RawClient client(server->port());
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n");
    EXPECT_EQ(client.status(), status) << length;
  }
  RawClient client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x'));
  EXPECT_EQ(client.status(), 200);
}

TEST(ServerAttacks, S16AClientThatSendsOnAfterA413StillReadsIt) {
  const auto server = started(test_settings(), routes());
  RawClient client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n");
  client.send(std::string(300'000, 'x'));
  EXPECT_EQ(client.status(), 413);
}

TEST(ServerAttacks, S16EndlessHeadersAreA431AndCostNoMemory) {
  const auto server = started(test_settings(), routes());
  ASSERT_TRUE(is_answered(*server));
  const std::size_t before = resident_kib();
  for (int i = 0; i < 20; ++i) {
    RawClient one_long(server->port());
    one_long.send("GET /hello HTTP/1.1\r\nHost: a\r\nX: " + std::string(std::size_t{1} << 20U, 'x'));
    const int long_status = one_long.status();
    EXPECT_TRUE(long_status == 431 || long_status == 0) << long_status;  // or closed while still sending
    RawClient many(server->port());
    std::string headers = "GET /hello HTTP/1.1\r\nHost: a\r\n";
    for (int j = 0; j < 2000; ++j) headers += "X" + std::to_string(j) + ":\r\n";
    many.send(headers);
    const int many_status = many.status();
    EXPECT_TRUE(many_status == 431 || many_status == 0) << many_status;
  }
  EXPECT_TRUE(is_answered(*server));
  EXPECT_LT(resident_kib(), before + 8 * 1024);
}

TEST(ServerAttacks, S16ALengthThatLiesEndsTheConnection) {
  ServerSettings settings = test_settings();
  settings.limits.body_piece_timeout = std::chrono::milliseconds(50);
  settings.limits.head_timeout = std::chrono::milliseconds(500);
  const auto server = started(std::move(settings), routes());
  RawClient too_short(server->port());
  too_short.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nshort");
  EXPECT_EQ(too_short.receive_all(), "");
  RawClient too_long(server->port());
  too_long.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello, and more");
  EXPECT_TRUE(too_long.receive_reply().ends_with("\r\n\r\nhello"));
  EXPECT_EQ(too_long.status(), 0) << "\", and more\" has no end of line yet, and then times out";
}

TEST(ServerAttacks, S17SlowHeadersAreCutOffAndOthersAnswered) {
  ServerSettings settings = test_settings();
  settings.limits.head_timeout = std::chrono::milliseconds(300);
  const auto server = started(std::move(settings), routes());
  std::vector<RawClient> slow;
  for (int i = 0; i < 200; ++i) {
    slow.emplace_back(server->port());
    slow.back().send("GET /hello HTTP/1.1\r\nHost: a\r\nX: ");
  }
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(is_answered(*server));
  for (RawClient& client : slow) EXPECT_EQ(client.receive_all(), "");
  EXPECT_TRUE(is_answered(*server));
}

TEST(ServerAttacks, S17AByteNowAndThenDoesNotBuyTime) {
  ServerSettings settings = test_settings();
  settings.limits.head_timeout = std::chrono::milliseconds(200);
  const auto server = started(std::move(settings), routes());
  RawClient slow(server->port());
  const auto end = std::chrono::steady_clock::now() + kGenerous;
  bool open = true;
  while (open && std::chrono::steady_clock::now() < end) {
    open = slow.send("x") && server->connection_count() > 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_FALSE(open);
}

TEST(ServerAttacks, S17AClientThatNeverReadsIsCutOff) {
  ServerSettings settings = test_settings();
  settings.limits.write_piece_timeout = std::chrono::milliseconds(200);
  std::vector<Route> with_large = routes();
  with_large.push_back(text_route("GET", "/large", std::string(std::size_t{32} << 20U, 'x')));
  const auto server = started(std::move(settings), with_large);
  RawClient client(server->port());
  client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto end = std::chrono::steady_clock::now() + kGenerous;
  while (server->connection_count() > 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(server->connection_count(), 0U);
}

TEST(ServerAttacks, S17AClientThatNeverShakesHandsIsCutOff) {
  ServerSettings settings = test_settings();
  settings.limits.handshake_timeout = std::chrono::milliseconds(200);
  const auto server = started(std::move(settings), routes());
  std::vector<RawClient> silent;
  for (int i = 0; i < 50; ++i) silent.emplace_back(server->port(), nullptr, false);
  EXPECT_TRUE(is_answered(*server));
  const auto end = std::chrono::steady_clock::now() + kGenerous;
  while (server->connection_count() > 1 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_LE(server->connection_count(), 1U);
}

TEST(ServerAttacks, FiveHundredIdleConnectionsLeaveOthersAnswered) {
  const auto server = started(test_settings(), routes());
  std::vector<RawClient> idle;
  for (int i = 0; i < 500; ++i) {
    idle.emplace_back(server->port());
    ASSERT_TRUE(idle.back().connected());
  }
  EXPECT_GE(server->connection_count(), 500U);
  EXPECT_TRUE(is_answered(*server));
  for (RawClient& client : idle) {
    ASSERT_TRUE(client.send(kGet));
    ASSERT_EQ(client.status(), 200);
  }
}

TEST(ServerAttacks, S17AThousandConnectionsHalfwayThroughTheirHeadersDelayNobody) {
  ServerSettings settings = test_settings();
  settings.limits.head_timeout = kGenerous;  // none of them is cut off while we look
  rlimit files{};                            // both ends of every connection are in this process
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  files.rlim_cur = std::max<rlim_t>(files.rlim_cur, std::min<rlim_t>(files.rlim_max, 4096));
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);
  const auto server = started(std::move(settings), routes());
  std::vector<RawClient> slow;
  for (int i = 0; i < 1000; ++i) {
    slow.emplace_back(server->port());
    ASSERT_TRUE(slow.back().connected()) << i;
    ASSERT_TRUE(slow.back().send("GET /hello HTTP/1.1\r\nHost: a\r\nX: "));
  }
  EXPECT_GE(server->connection_count(), 1000U);
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(is_answered(*server)) << i;
  // They were all there the whole time, and each is answered once it has ended its headers.
  EXPECT_GE(server->connection_count(), 1000U);
  for (RawClient& client : slow) {
    ASSERT_TRUE(client.send("x\r\n\r\n"));
    ASSERT_EQ(client.status(), 200);
  }
}

TEST(ServerAttacks, OneAddressCannotTakeAllConnections) {
  ServerSettings settings = test_settings();
  settings.limits.connections_per_address = 3;
  const auto server = started(std::move(settings), routes());
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) clients.emplace_back(server->port());
  for (const RawClient& client : clients) EXPECT_TRUE(client.connected());
  EXPECT_FALSE(RawClient(server->port()).connected());
  clients.pop_back();
  const auto end = std::chrono::steady_clock::now() + kGenerous;
  while (server->connection_count() > 2 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_TRUE(RawClient(server->port()).connected()) << "there is room again";
}

}  // namespace
}  // namespace mimamori
