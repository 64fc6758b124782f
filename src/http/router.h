#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace mimamori {

struct RouteMatch {
  const Route* route = nullptr;
  std::map<std::string, std::string> values;  // of the {names} in the pattern
};

/// No route has the path, or none with this method.
struct NoRoute {
  int status = 404;   // or 405
  std::string allow;  // for 405: "GET, HEAD, POST"
};

/// Finds routes; plain segments win over {names}, and those over {rest...}.
class Router {
 public:
  /// Errors  kInvalidInput: a pattern without a slash at its start, with an empty or repeated name,
  ///         or two routes for the same method and address.
  static Result<Router> make(std::vector<Route> routes);

  [[nodiscard]] std::variant<RouteMatch, NoRoute> find(std::string_view method,
                                                       std::span<const std::string> segments) const;
  [[nodiscard]] std::span<const Route> routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
  std::vector<std::vector<std::string>> patterns_;  // beside routes_: their segments
};

}  // namespace mimamori
