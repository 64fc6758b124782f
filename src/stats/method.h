#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "stats/spec.h"
#include "stats/table.h"

namespace mimamori {

/// One way of analyzing a table.
struct Method {
  std::string_view name;      // "cox_ph"; its paragraph of explanation is the text "stats.NAME"
  std::vector<SpecKey> keys;  // beside those that every method has: method, input, subset (common_keys())
  /// Gives the answer's own keys (coef, se, status, …). "method" and "rows" are put in front by fit(), and so
  /// is "status": "ok" where the answer does not say another. At least one row is in use. Errors
  /// kInvalidInput: the data do not fit the method. No estimate is an answer with a status, not an error.
  Result<Json> (*run)(const Spec& spec, const Rows& rows);
};

/// Every method, in the order of `stats list`.
std::span<const Method> methods();

/// nullptr: no such method.
const Method* find_method(std::string_view name);

/// What every spec may hold beside its method's keys.
std::span<const SpecKey> common_keys();

/// Analyzes a table as a spec says.
/// Errors  kInvalidInput, kUnsupported: the spec or the table, each with its place.
Result<Json> fit(const Json& spec, const Table& table);

// One function per file method_<area>.cpp; methods.cpp puts their lists together.
std::vector<Method> cox_methods();
std::vector<Method> curve_methods();
std::vector<Method> competing_methods();
std::vector<Method> ph_methods();
std::vector<Method> logistic_methods();
std::vector<Method> poisson_methods();
std::vector<Method> rate_methods();
std::vector<Method> descriptive_methods();

}  // namespace mimamori
