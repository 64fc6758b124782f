#include "http/response.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/testing.h"

namespace mimamori {
namespace {

std::string header_of(const Response& response, std::string_view name) {
  for (const Header& header : response.headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

TEST(Problem, GivesStatusAndCodeButTheSentenceOnlyWhereItMayBeShown) {
  const Error error{ErrorCode::kConflict, "package: expected another hash"};
  const auto hidden = nlohmann::json::parse(problem(error).body);
  EXPECT_EQ(hidden.at("status"), 409);
  EXPECT_EQ(hidden.at("code"), "kConflict");
  EXPECT_FALSE(hidden.contains("detail"));
  const auto shown = nlohmann::json::parse(problem(error, Sentence::kShown).body);
  EXPECT_EQ(shown.at("detail"), "package: expected another hash");
  EXPECT_EQ(problem(error).content_type, "application/problem+json");
}

TEST(Problem, EveryCodeHasAStatus) {
  EXPECT_EQ(status_of(ErrorCode::kInvalidInput), 422);
  EXPECT_EQ(status_of(ErrorCode::kNotFound), 404);
  EXPECT_EQ(status_of(ErrorCode::kConflict), 409);
  EXPECT_EQ(status_of(ErrorCode::kPermissionDenied), 403);
  EXPECT_EQ(status_of(ErrorCode::kUnsupported), 501);
  EXPECT_EQ(status_of(ErrorCode::kUnavailable), 503);
  EXPECT_EQ(status_of(ErrorCode::kNotEstimable), 422);
  EXPECT_EQ(status_of(ErrorCode::kDisclosureRefused), 403);
  EXPECT_EQ(status_of(ErrorCode::kIo), 500);
}

TEST(HeadOf, GivesLengthTypeAndTheEndOfTheConnection) {
  Response response = json_response(200, "{}");
  EXPECT_EQ(head_of(response, true),
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n");
  response = no_content();
  EXPECT_EQ(head_of(response, false), "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
}

TEST(HeadOf, ALineBreakInAHeaderBecomesA500) {
  Response response = json_response(200, "{}");
  response.headers.push_back({"Location", "/a\r\nSet-Cookie: b"});
  EXPECT_TRUE(head_of(response, true).starts_with("HTTP/1.1 500 "));
}

TEST(SecurityHeaders, AreThoseOfThePortalUnlessTheReplySaysElse) {
  Response response = json_response(200, "{}");
  response.headers.push_back({"Cache-Control", "no-cache"});
  add_security_headers(response);
  const std::string policy = header_of(response, "Content-Security-Policy");
  EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'self'; "));
  EXPECT_NE(policy.find("require-trusted-types-for 'script'; trusted-types 'none'"), std::string::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(header_of(response, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(header_of(response, "Referrer-Policy"), "no-referrer");
  EXPECT_EQ(header_of(response, "Cross-Origin-Opener-Policy"), "same-origin");
  EXPECT_EQ(header_of(response, "Cache-Control"), "no-cache");
}

TEST(StaticFiles, ComeWithTypeAndTagAndAreNotSentTwice) {
  const std::vector<EmbeddedFile> embedded = {{.path = "index.html", .content = "<p>"},
                                              {.path = "assets/a-1.js", .content = "1"}};
  const StaticFiles files(embedded);
  Request request;
  const Response first = files.serve(request, "index.html");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(first.body, "<p>");
  EXPECT_EQ(header_of(first, "Cache-Control"), "no-cache");
  request.headers.push_back({"if-none-match", header_of(first, "ETag")});
  EXPECT_EQ(files.serve(request, "index.html").status, 304);
  EXPECT_EQ(files.serve(request, "assets/a-1.js").status, 200);
  EXPECT_NE(header_of(files.serve(request, "assets/a-1.js"), "Cache-Control").find("immutable"),
            std::string::npos);
  EXPECT_EQ(files.serve(request, "../index.html").status, 404);
}

}  // namespace
}  // namespace mimamori
