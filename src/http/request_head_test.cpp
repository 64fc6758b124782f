#include "http/request_head.h"

#include <gtest/gtest.h>

#include "http/test_smuggling.h"

namespace mimamori {
namespace {

RequestHead good(const std::string& bytes) {
  const auto result = read_request_head(bytes);
  const auto* head = std::get_if<RequestHead>(&result);
  EXPECT_NE(head, nullptr) << bytes;
  return head == nullptr ? RequestHead{} : *head;
}

/// 0 if it is taken.
int status_for(const std::string& bytes) {
  const auto end = find_head_end(bytes, HttpLimits{});
  if (const auto* problem = std::get_if<HeadProblem>(&end)) return problem->status;
  const auto size = std::get<0>(end);
  if (!size) return -1;
  const auto result = read_request_head(bytes.substr(0, *size));
  const auto* problem = std::get_if<HeadProblem>(&result);
  return problem == nullptr ? 0 : problem->status;
}

TEST(RequestHead, ReadsAPlainRequest) {
  const RequestHead head = good(
      "POST /api/v1/requests/%E5%B1%B1?a=1&b=x+y%26&c= HTTP/1.1\r\nHost: center.example:8443\r\n"
      "Content-Length: 12\r\nX-Own:\t two words \r\n\r\n");
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.path, "/api/v1/requests/%E5%B1%B1");
  EXPECT_EQ(head.segments, (std::vector<std::string>{"api", "v1", "requests", "山"}));
  EXPECT_EQ(head.query, (std::map<std::string, std::string>{{"a", "1"}, {"b", "x y&"}, {"c", ""}}));
  EXPECT_EQ(head.content_length, 12U);
  EXPECT_TRUE(head.keep_alive);
  ASSERT_EQ(head.headers.size(), 3U);
  EXPECT_EQ(head.headers[2].name, "x-own");
  EXPECT_EQ(head.headers[2].value, "two words");
}

TEST(RequestHead, KnowsTheRootAndATrailingSlash) {
  EXPECT_EQ(good("GET / HTTP/1.1\r\nHost: a\r\n\r\n").segments, (std::vector<std::string>{""}));
  EXPECT_EQ(good("GET /a/ HTTP/1.1\r\nHost: a\r\n\r\n").segments, (std::vector<std::string>{"a", ""}));
}

TEST(RequestHead, SaysWhetherTheConnectionGoesOn) {
  EXPECT_FALSE(good("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").keep_alive);
  EXPECT_TRUE(good("GET / HTTP/1.1\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
}

TEST(RequestHead, TakesRepeatedListsOnly) {
  EXPECT_EQ(status_for("GET / HTTP/1.1\r\nHost: a\r\nAccept: a\r\nAccept: b\r\n\r\n"), 0);
  EXPECT_EQ(status_for("GET / HTTP/1.1\r\nHost: a\r\nCookie: a\r\nCookie: b\r\n\r\n"), 400);
}

TEST(RequestHead, ABodyNeedsALengthAndAMethodForIt) {
  EXPECT_EQ(status_for("PUT / HTTP/1.1\r\nHost: a\r\n\r\n"), 411);
  EXPECT_EQ(status_for("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"), 0);
  EXPECT_EQ(status_for("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"), 0);
  EXPECT_EQ(status_for("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n"), 400);
  EXPECT_EQ(status_for("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999999999\r\n\r\n"), 0);
  EXPECT_EQ(status_for("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000000000\r\n\r\n"), 400);
}

TEST(RequestHead, HeadersEndAtTheirLimits) {
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\n";
  std::string hundred = start;
  for (int i = 1; i < 100; ++i) hundred += "X-" + std::to_string(i) + ": 1\r\n";
  EXPECT_EQ(status_for(hundred + "\r\n"), 0);
  EXPECT_EQ(status_for(hundred + "X-100: 1\r\n\r\n"), 431);
  EXPECT_EQ(status_for(hundred + "X-100: 1\r\n"), 431) << "before its end";

  const std::size_t room = HttpLimits{}.head_bytes - start.size() - std::string("X: \r\n\r\n").size();
  EXPECT_EQ(status_for(start + "X: " + std::string(room, 'x') + "\r\n\r\n"), 0);
  EXPECT_EQ(status_for(start + "X: " + std::string(room + 1, 'x') + "\r\n\r\n"), 431);
  EXPECT_EQ(status_for(start + "X: " + std::string(room + 1000, 'x')), 431) << "a line that never ends";
  EXPECT_EQ(status_for(start + "X: " + std::string(room - 1000, 'x')), -1) << "it may still end";

  const auto get = [](std::size_t size) {
    return "GET /" + std::string(size - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
  };
  EXPECT_EQ(status_for(get(limits::kTargetBytesMax)), 0);
  EXPECT_EQ(status_for(get(limits::kTargetBytesMax + 1)), 414);
}

TEST(RequestHead, EveryBeginningOfAGoodRequestIsUnfinished) {
  const std::string bytes = "GET /a?b=c HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n";
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(status_for(bytes.substr(0, size)), -1) << size;
  EXPECT_EQ(status_for(bytes), 0);
}

TEST(RequestHead, S18RefusesEveryKnownDisguise) {
  EXPECT_GE(smuggling_cases().size(), 100U);
  for (const SmugglingCase& smuggling : smuggling_cases()) {
    const int status = status_for(smuggling.bytes);
    EXPECT_EQ(status, smuggling.status) << smuggling.bytes;
  }
}

TEST(RequestHead, S14RefusesStepsOutOfTheTree) {
  for (const char* path : {"/..", "/a/../b", "/.", "/%2e%2e", "/%2E./x", "/a%2fb", "/a%5cb", "/%00",
                           "/a%0d%0ab", "/%", "/%4", "/%zz", "/a%7f"}) {
    EXPECT_EQ(status_for(std::string("GET ") + path + " HTTP/1.1\r\nHost: a\r\n\r\n"), 400) << path;
  }
  EXPECT_EQ(status_for("GET /...a/.b/c..d HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
}

}  // namespace
}  // namespace mimamori
