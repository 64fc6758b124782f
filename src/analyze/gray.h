#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace mimamori {

/// Times until the first of several kinds of event, in groups.
///
///   time     n  finite
///   cause    n  0: censored (still at risk then); 1, 2, ...: what happened
///   group    n  0 .. groups - 1, each of them used
///   stratum  n  groups are compared within rows of one label; empty: one stratum
struct GrayData {
  std::span<const double> time;
  std::span<const std::int32_t> cause;
  std::span<const std::int32_t> group;
  std::span<const std::int32_t> stratum = {};
};

struct GrayTest {
  std::vector<double> scores;    // per group
  std::vector<double> variance;  // groups x groups
  double chi_square = 0;
  int degrees = 0;  // 0: no event of this cause, or a single group
  double p = 1;
  std::int64_t events = 0;  // of this cause
};

/// Gray's test that the cumulative incidence of one cause is the same in all groups.
///
///   rho  the weight of an event time is (1 - F(t-))^rho, F the pooled incidence
///
/// Errors  kInvalidInput: lengths disagree, no row, a number out of its range (with the row, from 1).
/// Source  Gray RJ (1988) Ann Stat 16:1141-1154, with that paper's correction of the variance for ties as in
/// his
///         program cuminc.
Result<GrayTest> gray_test(const GrayData& data, std::int32_t cause, double rho = 0);

}  // namespace mimamori
