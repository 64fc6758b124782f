#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/result.h"

namespace mimamori {

/// Tests of independence of an r x c table of counts. Rows and columns without anybody do not count.
struct ContingencyTests {
  double pearson = 0;
  double degrees = 0;
  double pearson_p = 0;
  double likelihood_ratio = 0;  // G
  double likelihood_ratio_p = 0;
  std::optional<double> yates;  // 2 x 2 only
  std::optional<double> yates_p;
  double min_expected = 0;
  double cramers_v = 0;
  std::optional<double> fisher_p;  // Fisher's exact test (Freeman and Halton), minimum likelihood, ties
                                   // within 1e-7; absent when it would take more than 3e6 steps
};

/// Errors  kInvalidInput: a negative count, or a size that is not rows * columns.
///         kNotEstimable: fewer than two rows or columns with anybody.
/// Source  Agresti A (2013) Categorical Data Analysis, chapter 3; Freeman GH, Halton JH (1951) Biometrika
/// 38:141-149.
Result<ContingencyTests> contingency_tests(std::span<const std::int64_t> counts, std::size_t rows,
                                           std::size_t columns);

}  // namespace mimamori
