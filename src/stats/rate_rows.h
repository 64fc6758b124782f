#pragma once

// What the methods of rates, risks and descriptions share. Include <nlohmann/json.hpp> before use.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyze/interval.h"
#include "analyze/mantel_haenszel.h"
#include "stats/method.h"

namespace mimamori {

/// [lower, upper]; null if absent.
Json interval_json(const std::optional<Interval>& interval);

/// A number; null if absent.
Json optional_json(const std::optional<double>& value);

/// {given, used, dropped}: for answers in which "rows" holds one object per row or group.
Json table_rows(const Rows& rows);

/// Adds a ratio, its error and its interval, null where absent.
void put_log_ratio(Json& object, std::string_view ratio, std::string_view se, std::string_view interval,
                   const std::optional<LogRatio>& value);

/// A column of numbers of at least 0.  Errors  kInvalidInput: another number, with the rows.
Result<std::vector<double>> at_least_zero(const Rows& rows, std::string_view column);

/// Sets every key to null.
void put_null(Json& object, std::span<const std::string_view> keys);

/// The methods of standardization and observed against expected, in method_standardization.cpp; part of
/// rate_methods().
std::vector<Method> standardization_methods();
/// The methods of risks, in method_risks.cpp; part of rate_methods().
std::vector<Method> risk_methods();
/// The methods that compare samples, in method_samples.cpp; part of descriptive_methods().
std::vector<Method> sample_methods();

}  // namespace mimamori
