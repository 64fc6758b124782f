#pragma once

// How answers are written. Include <nlohmann/json.hpp> in the .cpp that uses these.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stats/spec.h"

namespace mimamori {

/// A number; null if it is NaN (not estimable), "Inf" or "-Inf" if it is infinite.
Json number_json(double value);
/// [lower, upper]
Json pair_json(double lower, double upper);
Json list_json(std::span<const double> values);
/// {"age": -0.1, "hormon": -0.4}
Json by_name(std::span<const std::string> names, std::span<const double> values);
/// {"age": {"age": …, "hormon": …}, …} of a p x p row-major matrix; with one name {"x": [v]}, as the
/// reference fixtures write it.
Json matrix_by_name(std::span<const std::string> names, std::span<const double> matrix);

/// The names of the exponentiated estimate and its limits: {"hr", "hr_lower", "hr_upper"}.
struct RatioWords {
  std::string_view estimate, lower, upper;
};

/// Adds coef, se, z, p, the exponentiated estimates with Wald limits of the level, and vcov.
///
///   coefficients  p
///   covariance    p x p, row-major; its diagonal gives se. NaN stands for not estimable.
void put_wald(Json& answer, std::span<const std::string> names, std::span<const double> coefficients,
              std::span<const double> covariance, const RatioWords& words, double level = 0.95);

/// Two-sided normal quantile of a level: 1.959963984540054 for 0.95.
double normal_quantile_of_level(double level);

}  // namespace mimamori
