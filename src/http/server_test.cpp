#include "http/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/hash.h"
#include "http/response.h"
#include "http/test_network.h"

namespace mimamori {
namespace {

Response text(std::string body, int status = 200) {
  return {.status = status, .content_type = "text/plain", .body = std::move(body)};
}

Route route(const std::string& method, const std::string& pattern, Handler handler) {
  Route made;
  made.method = method;
  made.pattern = pattern;
  made.handler = std::move(handler);
  return made;
}

TransportReply reply_to(HttpServer& server, TransportRequest request) {
  auto reply = client_of(server)->send(request);
  EXPECT_THAT(reply, Succeeds());
  return reply.ok() ? *std::move(reply) : TransportReply{};
}

void wait_until(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + kGenerous;
  while (!condition() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_TRUE(condition());
}

TEST(HttpServer, HandsTheHandlerEverythingOfTheRequest) {
  const auto server = started(
      test_settings(), {route("POST", "/a/{id}", [](Request& request) -> Reply {
        return text(request.method + " " + request.path_values.at("id") + " " + request.query.at("q") + " " +
                    std::string(request.header("x-own")) + " " + request.body + " " + request.peer.address);
      })});
  const TransportReply reply = reply_to(
      *server,
      {.method = "POST", .target = "/a/b%20c?q=1%2B1", .headers = {{"X-Own", "mine"}}, .body = "body"});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "POST b c 1+1 mine body 127.0.0.1");
}

TEST(HttpServer, AnswersManyRequestsOnOneConnectionAndPipelinedOnes) {
  const auto server = started(test_settings(), {text_route("GET", "/a", "A"), text_route("GET", "/b", "B")});
  RawClient client(server->port());
  ASSERT_TRUE(client.send(
      "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  const std::string replies = client.receive_all();
  EXPECT_NE(replies.find("\r\n\r\nAHTTP/1.1 200 OK"), std::string::npos) << replies;
  EXPECT_TRUE(replies.ends_with("\r\n\r\nB"));
}

TEST(HttpServer, ClosesAfterTheAllowedNumberOfRequests) {
  ServerSettings settings = test_settings();
  settings.limits.requests_per_connection = 2;
  const auto server = started(std::move(settings), {text_route("GET", "/a", "A")});
  RawClient client(server->port());
  ASSERT_TRUE(client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_EQ(client.receive_reply().find("Connection: close"), std::string::npos);
  ASSERT_TRUE(client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_NE(client.receive_all().find("Connection: close"), std::string::npos);
}

TEST(HttpServer, SaysWhatItDoesNotHave) {
  const auto server = started(test_settings(), {text_route("GET", "/a", "A")});
  EXPECT_EQ(reply_to(*server, {.target = "/b"}).status, 404);
  const TransportReply wrong_method = reply_to(*server, {.method = "DELETE", .target = "/a"});
  EXPECT_EQ(wrong_method.status, 405);
  EXPECT_EQ(wrong_method.header("allow"), "GET, HEAD");
}

TEST(HttpServer, HeadGivesTheLengthWithoutTheBody) {
  const auto server = started(test_settings(), {text_route("GET", "/a", "four")});
  const TransportReply reply = reply_to(*server, {.method = "HEAD", .target = "/a"});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("content-length"), "4");
  EXPECT_EQ(reply.body, "");
}

TEST(HttpServer, TheGateJudgesBeforeTheBodyIsRead) {
  std::atomic<int> handled = 0;
  ServerSettings settings = test_settings();
  settings.gate = [](const Route& asked, Request& request) -> std::optional<Response> {
    if (request.header("x-role") == asked.access.roles.at(0)) {
      request.caller = std::string("yamada");
      return std::nullopt;
    }
    return problem(403, "Forbidden");
  };
  Route post = route("POST", "/a", [&](Request& request) -> Reply {
    ++handled;
    return text(std::any_cast<std::string>(request.caller));
  });
  post.access = {.audience = "staff", .roles = {"approver"}};
  const auto server = started(std::move(settings), {post});

  RawClient client(server->port());
  ASSERT_TRUE(client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"));
  EXPECT_EQ(client.status(), 403) << "though the body never came";
  EXPECT_EQ(handled, 0);
  const TransportReply reply =
      reply_to(*server, {.method = "POST", .target = "/a", .headers = {{"X-Role", "approver"}}, .body = "b"});
  EXPECT_EQ(reply.body, "yamada");
}

TEST(HttpServer, IsOnlyForTheHostsItIsToldOf) {
  ServerSettings settings = test_settings();
  settings.hosts = {"console.example", "[::1]"};
  const auto server = started(std::move(settings), {text_route("GET", "/", "A")});
  for (const auto& [host, status] : std::vector<std::pair<std::string, int>>{{"console.example", 200},
                                                                             {"console.example:8443", 200},
                                                                             {"[::1]:8443", 200},
                                                                             {"[::1]", 200},
                                                                             {"evil.example", 421},
                                                                             {"console.example.evil", 421},
                                                                             {"localhost", 421}}) {
    RawClient client(server->port());
    client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    EXPECT_EQ(client.status(), status) << host;
  }
}

TEST(HttpServer, ALibrarysExceptionIsA500WithoutWords) {
  const auto server =
      started(test_settings(),
              {route("GET", "/a", [](Request&) -> Reply { throw std::runtime_error("a patient's name"); })});
  const TransportReply reply = reply_to(*server, {.target = "/a"});
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.body.find("patient"), std::string::npos);
}

/// Hashes what comes, and says if it was destroyed before its end.
class HashingSink : public BodySink {
 public:
  explicit HashingSink(std::atomic<int>& destroyed) : destroyed_(destroyed) {}
  ~HashingSink() override { ++destroyed_; }
  Result<void> write(std::string_view piece) override {
    hash_.add(piece);
    size_ += piece.size();
    largest_ = std::max(largest_, piece.size());
    if (piece.starts_with("refuse")) return Error{ErrorCode::kInvalidInput, "chunk: refused"};
    return {};
  }
  std::string end() { return hash_.hex() + " " + std::to_string(size_) + " " + std::to_string(largest_); }

 private:
  std::atomic<int>& destroyed_;
  Sha256 hash_;
  std::size_t size_ = 0;
  std::size_t largest_ = 0;
};

class ChunkUpload : public testing::Test {
 protected:
  ChunkUpload() {
    Route put = route("PUT", "/chunk", [this](Request& request) -> Reply {
      ++handled_;
      return text(request.body + dynamic_cast<HashingSink&>(*request.sink).end());
    });
    put.body_bytes_max = std::size_t{4} * 1024 * 1024;
    put.open_sink = [this](const Request&) -> Result<std::unique_ptr<BodySink>> {
      return std::unique_ptr<BodySink>(std::make_unique<HashingSink>(destroyed_));
    };
    server_ = started(test_settings(), {put});
  }
  std::atomic<int> handled_ = 0;
  std::atomic<int> destroyed_ = 0;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(ChunkUpload, ComesInPiecesAndWhole) {
  std::string body(std::size_t{4} * 1024 * 1024, 'x');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 7919 >> 3U);
  const TransportReply reply = reply_to(*server_, {.method = "PUT", .target = "/chunk", .body = body});
  EXPECT_EQ(reply.body, sha256_hex(body) + " 4194304 " + std::to_string(limits::kBodyPieceBytes));
}

TEST_F(ChunkUpload, OfOneByteMoreThanAllowedIsA413) {
  const std::string body(std::size_t{4} * 1024 * 1024 + 1, 'x');
  EXPECT_EQ(reply_to(*server_, {.method = "PUT", .target = "/chunk", .body = body}).status, 413);
  EXPECT_EQ(handled_, 0);
}

TEST_F(ChunkUpload, ThatTheSinkRefusesIsAnswered) {
  EXPECT_EQ(reply_to(*server_, {.method = "PUT", .target = "/chunk", .body = "refuse"}).status, 422);
  const std::string body = "refuse" + std::string(3'000'000, 'x');
  EXPECT_EQ(reply_to(*server_, {.method = "PUT", .target = "/chunk", .body = body}).status, 422);
  EXPECT_EQ(handled_, 0);
}

TEST_F(ChunkUpload, ThatBreaksOffIsForgotten) {
  {
    RawClient client(server_->port());
    ASSERT_TRUE(client.send("PUT /chunk HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf"));
  }
  wait_until([&] { return destroyed_ == 1; });
  EXPECT_EQ(handled_, 0);
}

TEST(HttpServer, SendsAFileFromTheDisk) {
  const ScratchFolder folder;
  std::string content(3'000'001, 'a');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 31 >> 2U);
  std::ofstream(folder.path() / "file", std::ios::binary) << content;
  const auto server = started(test_settings(), {route("GET", "/file", [&](Request&) -> Reply {
                                Response response = text("");
                                response.file =
                                    FileBody{.path = folder.path() / "file", .size_bytes = content.size()};
                                return response;
                              })});
  EXPECT_EQ(reply_to(*server, {.target = "/file"}).body, content);
  std::filesystem::resize_file(folder.path() / "file", 1'000'000);
  EXPECT_THAT(client_of(*server)->send({.target = "/file"}), FailsWith(ErrorCode::kUnavailable));
}

/// What a site's poll is made of: something to ask for, and a number that grows.
class LongPoll : public testing::Test {
 protected:
  void start(std::chrono::milliseconds at_most) {
    ServerSettings settings = test_settings();
    settings.limits.worker_threads = 2;
    server_ = started(std::move(settings),
                      {route("GET", "/poll/{site}", [this, at_most](Request& request) -> Reply {
                        ++asked_;
                        const std::string site = request.path_values.at("site");
                        const std::lock_guard lock(mutex_);
                        if (!news_[site].empty()) return text(news_[site]);
                        if (request.wait_is_over) return no_content();
                        return Wait{.topic = site, .at_most = at_most};
                      })});
  }
  void tell(const std::string& site, const std::string& news) {
    {
      const std::lock_guard lock(mutex_);
      news_[site] = news;
    }
    server_->notify(site);
  }
  std::mutex mutex_;
  std::map<std::string, std::string> news_;
  std::atomic<int> asked_ = 0;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(LongPoll, IsAnsweredWhenThereIsNews) {
  start(std::chrono::seconds(55));
  std::thread teller([this] {
    wait_until([&] { return asked_ >= 1; });
    tell("a", "news");
  });
  EXPECT_EQ(reply_to(*server_, {.target = "/poll/a"}).body, "news");
  teller.join();
}

TEST_F(LongPoll, EndsWithNothingAtItsDeadline) {
  start(std::chrono::milliseconds(30));
  EXPECT_EQ(reply_to(*server_, {.target = "/poll/a"}).status, 204);
  EXPECT_EQ(asked_, 2);
}

TEST_F(LongPoll, HoldsNoThreadAndWakesOnlyWhoWaitsForTheTopic) {
  start(std::chrono::seconds(55));
  std::vector<RawClient> clients;
  for (int i = 0; i < 50; ++i) {
    clients.emplace_back(server_->port());
    ASSERT_TRUE(clients.back().send("GET /poll/site" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n"));
  }
  wait_until([&] { return asked_ >= 50; });
  for (int i = 49; i >= 0; --i) {
    tell("site" + std::to_string(i), "news " + std::to_string(i));
    EXPECT_TRUE(clients[static_cast<std::size_t>(i)].receive_reply().ends_with("news " + std::to_string(i)));
  }
  // Two each; a notification may meet a handler that is just asking, which then asks once more.
  EXPECT_LE(asked_, 200);
}

TEST_F(LongPoll, NoNewsIsMissedHoweverItFalls) {
  start(std::chrono::seconds(55));
  for (int i = 0; i < 100; ++i) {
    const std::string site = "s" + std::to_string(i);
    RawClient client(server_->port());
    ASSERT_TRUE(client.send("GET /poll/" + site + " HTTP/1.1\r\nHost: x\r\n\r\n"));
    std::this_thread::sleep_for(std::chrono::microseconds(i * 40));
    tell(site, "x");
    EXPECT_EQ(client.status(), 200);
  }
}

TEST_F(LongPoll, EndsWhenTheClientHangsUp) {
  start(std::chrono::seconds(55));
  {
    RawClient client(server_->port());
    ASSERT_TRUE(client.send("GET /poll/a HTTP/1.1\r\nHost: x\r\n\r\n"));
    wait_until([&] { return asked_ == 1; });
  }
  wait_until([&] { return server_->connection_count() == 0; });
}

TEST_F(LongPoll, DoesNotHoldUpTheEndOfTheServer) {
  start(std::chrono::seconds(55));
  RawClient client(server_->port());
  ASSERT_TRUE(client.send("GET /poll/a HTTP/1.1\r\nHost: x\r\n\r\n"));
  wait_until([&] { return asked_ == 1; });
  const auto before = std::chrono::steady_clock::now();
  server_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(30));
}

TEST(HttpServer, WaitsForHandlersThatRunWhenItEnds) {
  std::atomic<bool> begun = false;
  std::atomic<bool> ended = false;
  auto server = started(test_settings(), {route("GET", "/slow", [&](Request&) -> Reply {
                          begun = true;
                          std::this_thread::sleep_for(std::chrono::milliseconds(100));
                          ended = true;
                          return text("slow");
                        })});
  RawClient client(server->port());
  ASSERT_TRUE(client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"));
  wait_until([&] { return begun.load(); });
  server.reset();
  EXPECT_TRUE(ended);
}

TEST(HttpServer, DoesNotStartOnAPortThatIsTakenOrWithAForeignKey) {
  const auto server = started(test_settings(), {text_route("GET", "/", "")});
  ServerSettings settings = test_settings();
  settings.port = server->port();
  EXPECT_THAT(HttpServer::start(settings, {text_route("GET", "/", "")}), FailsWith(ErrorCode::kIo));
  settings = test_settings();
  settings.tls.key = std::move(make_private_key()).value();
  EXPECT_THAT(HttpServer::start(settings, {text_route("GET", "/", "")}), FailsWith(ErrorCode::kInvalidInput));
  settings = test_settings();
  settings.address = "localhost";
  EXPECT_THAT(HttpServer::start(settings, {text_route("GET", "/", "")}), FailsWith(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace mimamori
