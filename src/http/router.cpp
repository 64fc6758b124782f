#include "http/router.h"

#include <algorithm>
#include <optional>
#include <set>

namespace mimamori {
namespace {

enum class SegmentKind { kPlain, kName, kRest };

SegmentKind kind_of(std::string_view segment) {
  if (!segment.starts_with('{')) return SegmentKind::kPlain;
  return segment.ends_with("...}") ? SegmentKind::kRest : SegmentKind::kName;
}

std::string name_in(std::string_view segment) {
  const std::size_t end = segment.size() - (kind_of(segment) == SegmentKind::kRest ? 4 : 1);
  return std::string(segment.substr(1, end - 1));
}

Result<std::vector<std::string>> split_pattern(const std::string& pattern) {
  const Error error{ErrorCode::kInvalidInput, "route " + pattern + ": expected /plain/{name}/{rest...}"};
  if (!pattern.starts_with('/')) return error;
  std::vector<std::string> segments;
  std::set<std::string> names;
  for (std::size_t start = 1; start <= pattern.size();) {
    const std::size_t end = std::min(pattern.find('/', start), pattern.size());
    const std::string segment = pattern.substr(start, end - start);
    start = end + 1;
    if (kind_of(segment) != SegmentKind::kPlain) {
      const bool rest_in_the_middle = kind_of(segment) == SegmentKind::kRest && end != pattern.size();
      if (!segment.ends_with('}') || segment.size() < 3 || name_in(segment).empty() || rest_in_the_middle ||
          !names.insert(name_in(segment)).second) {
        return error;
      }
    }
    segments.push_back(segment);
  }
  return segments;
}

/// The same address with other names for its parts.
std::string shape_of(const std::vector<std::string>& pattern) {
  std::string shape;
  for (const std::string& segment : pattern) {
    const SegmentKind kind = kind_of(segment);
    shape += kind == SegmentKind::kPlain ? "/" + segment : kind == SegmentKind::kName ? "/{}" : "/{...}";
  }
  return shape;
}

std::optional<std::map<std::string, std::string>> match(const std::vector<std::string>& pattern,
                                                        std::span<const std::string> segments) {
  std::map<std::string, std::string> values;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (i >= segments.size()) return std::nullopt;
    switch (kind_of(pattern[i])) {
      case SegmentKind::kPlain:
        if (pattern[i] != segments[i]) return std::nullopt;
        break;
      case SegmentKind::kName:
        if (segments[i].empty()) return std::nullopt;
        values.emplace(name_in(pattern[i]), segments[i]);
        break;
      case SegmentKind::kRest: {
        std::string rest = segments[i];
        for (const std::string& segment : segments.subspan(i + 1)) rest += "/" + segment;
        values.emplace(name_in(pattern[i]), std::move(rest));
        return values;
      }
    }
  }
  if (pattern.size() != segments.size()) return std::nullopt;
  return values;
}

/// True if the first of two patterns that both match is the closer one.
bool is_closer(const std::vector<std::string>& one, const std::vector<std::string>& other) {
  for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i) {
    if (kind_of(one[i]) != kind_of(other[i])) return kind_of(one[i]) < kind_of(other[i]);
  }
  return false;
}

}  // namespace

Result<Router> Router::make(std::vector<Route> routes) {
  Router router;
  std::set<std::string> seen;
  for (const Route& route : routes) {
    std::vector<std::string> pattern = TRY(split_pattern(route.pattern));
    if (!seen.insert(route.method + " " + shape_of(pattern)).second) {
      return Error{ErrorCode::kInvalidInput,
                   "route " + route.method + " " + route.pattern + ": expected an address of its own"};
    }
    router.patterns_.push_back(std::move(pattern));
  }
  router.routes_ = std::move(routes);
  return router;
}

std::variant<RouteMatch, NoRoute> Router::find(std::string_view method,
                                               std::span<const std::string> segments) const {
  std::optional<std::size_t> best;
  RouteMatch found;
  std::set<std::string> allowed;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    auto values = match(patterns_[i], segments);
    if (!values) continue;
    allowed.insert(routes_[i].method);
    if (routes_[i].method == "GET") allowed.insert("HEAD");
    const bool right_method = routes_[i].method == method || (method == "HEAD" && routes_[i].method == "GET");
    if (!right_method || (best && !is_closer(patterns_[i], patterns_[*best]))) continue;
    best = i;
    found = {.route = &routes_[i], .values = *std::move(values)};
  }
  if (best) return found;
  if (allowed.empty()) return NoRoute{};
  NoRoute no_route{.status = 405, .allow = {}};
  for (const std::string& name : allowed) no_route.allow += (no_route.allow.empty() ? "" : ", ") + name;
  return no_route;
}

}  // namespace mimamori
