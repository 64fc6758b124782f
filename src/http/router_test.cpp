#include "http/router.h"

#include <gtest/gtest.h>

#include "base/testing.h"
#include "http/test_network.h"

namespace mimamori {
namespace {

Router router_of(const std::vector<std::string>& routes) {
  std::vector<Route> made;
  for (const std::string& route : routes) {
    const std::size_t space = route.find(' ');
    made.push_back(text_route(route.substr(0, space), route.substr(space + 1), ""));
  }
  return std::move(Router::make(std::move(made))).value();
}

std::string found(const Router& router, const std::string& method, const std::vector<std::string>& segments) {
  const auto result = router.find(method, segments);
  if (const auto* none = std::get_if<NoRoute>(&result))
    return std::to_string(none->status) + " " + none->allow;
  const auto& match = std::get<RouteMatch>(result);
  std::string text = match.route->pattern;
  for (const auto& [name, value] : match.values) text += " " + name + "=" + value;
  return text;
}

TEST(Router, FindsByPathAndMethod) {
  const Router router =
      router_of({"GET /", "GET /a/{id}", "POST /a/{id}", "GET /a/{id}/b", "GET /files/{path...}"});
  EXPECT_EQ(found(router, "GET", {""}), "/");
  EXPECT_EQ(found(router, "GET", {"a", "7"}), "/a/{id} id=7");
  EXPECT_EQ(found(router, "HEAD", {"a", "7"}), "/a/{id} id=7");
  EXPECT_EQ(found(router, "GET", {"a", "7", "b"}), "/a/{id}/b id=7");
  EXPECT_EQ(found(router, "GET", {"files", "x", "y.css"}), "/files/{path...} path=x/y.css");
  EXPECT_EQ(found(router, "GET", {"a"}), "404 ");
  EXPECT_EQ(found(router, "GET", {"a", ""}), "404 ");
  EXPECT_EQ(found(router, "GET", {"a", "7", ""}), "404 ");
  EXPECT_EQ(found(router, "DELETE", {"a", "7"}), "405 GET, HEAD, POST");
}

TEST(Router, TheCloserPatternWinsInAnyOrder) {
  for (const auto& routes : {std::vector<std::string>{"GET /a/{id}", "GET /a/new", "GET /{path...}"},
                             std::vector<std::string>{"GET /{path...}", "GET /a/new", "GET /a/{id}"}}) {
    const Router router = router_of(routes);
    EXPECT_EQ(found(router, "GET", {"a", "new"}), "/a/new");
    EXPECT_EQ(found(router, "GET", {"a", "old"}), "/a/{id} id=old");
    EXPECT_EQ(found(router, "GET", {"b"}), "/{path...} path=b");
  }
}

TEST(Router, RefusesPatternsThatAreUnclearOrTaken) {
  for (const char* pattern : {"", "a", "/{}", "/{a", "/{...}", "/{a...}/b", "/{a}/{a}"}) {
    EXPECT_THAT(Router::make({text_route("GET", pattern, "")}), FailsWith(ErrorCode::kInvalidInput))
        << pattern;
  }
  EXPECT_THAT(Router::make({text_route("GET", "/a/{x}", ""), text_route("GET", "/a/{y}", "")}),
              FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(Router::make({text_route("GET", "/a/{x}", ""), text_route("PUT", "/a/{y}", "")}), Succeeds());
}

}  // namespace
}  // namespace mimamori
