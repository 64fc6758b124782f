#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analyze/interval.h"
#include "base/result.h"

namespace mimamori {

/// A t test of a difference of means with its interval; the difference is group 1 minus group 0.
struct TTest {
  double difference = 0;
  double t = 0;
  double degrees = 0;
  double p = 0;
  Interval interval;
};

/// Welch's test and, with the variances pooled, Student's.
/// Errors  kInvalidInput: a level not between 0 and 1.  kNotEstimable: fewer than two values in a group, or
/// no spread
///         in both.
/// Source  Welch BL (1947) Biometrika 34:28-35; Student (1908) Biometrika 6:1-25.
Result<TTest> welch_test(std::span<const double> group1, std::span<const double> group0, double level = 0.95);
Result<TTest> pooled_t_test(std::span<const double> group1, std::span<const double> group0,
                            double level = 0.95);

/// The mean of one sample against a value; of paired samples, give their differences.
/// Errors  as above.
Result<TTest> one_sample_t_test(std::span<const double> values, double null_value = 0, double level = 0.95);

/// Wilcoxon's rank sum test (Mann and Whitney). `w` counts the pairs in which group 1 is higher, ties by
/// half.
struct RankSumTest {
  double w = 0;
  double p_continuity = 0;  // normal approximation with the variance corrected for ties
  double p_no_continuity = 0;
  std::optional<double>
      p_exact;  // permutation distribution of the midranks, doubled tail; absent above 4e7 steps
  std::optional<double> shift;  // Hodges-Lehmann: the median of all differences; absent above 1e7 pairs
  bool has_ties = false;
};

/// Errors  kNotEstimable: an empty group, or all values equal.
/// Source  Mann HB, Whitney DR (1947) Ann Math Stat 18:50-60; Lehmann EL (1975) Nonparametrics, chapter 1.
Result<RankSumTest> rank_sum_test(std::span<const double> group1, std::span<const double> group0);

/// Wilcoxon's signed rank test against 0. Zeros are left out (counted). `v` sums the ranks of positive
/// values.
struct SignedRankTest {
  double v = 0;
  double p_continuity = 0;
  double p_no_continuity = 0;
  std::optional<double> p_exact;
  std::size_t zeros = 0;
};

/// Errors  kNotEstimable: no value other than 0.
Result<SignedRankTest> signed_rank_test(std::span<const double> values);

/// A statistic with its degrees of freedom (the second only for F) and p-value.
struct TestStatistic {
  double statistic = 0;
  double degrees1 = 0;
  double degrees2 = 0;
  double p = 0;
};

/// Kruskal and Wallis's test of several groups, corrected for ties.
/// Errors  kNotEstimable: fewer than two groups with values, or all values equal.
Result<TestStatistic> kruskal_wallis_test(std::span<const std::vector<double>> groups);

/// Ratio of variances, group 1 to group 0; the p-value doubles the smaller tail.
/// Errors  kNotEstimable: fewer than two values in a group, or no spread in group 0.
Result<TestStatistic> variance_ratio_test(std::span<const double> group1, std::span<const double> group0);

/// Levene's test on distances from the group medians.
/// Errors  kNotEstimable: fewer than two groups with values, or no spread of the distances.
/// Source  Brown MB, Forsythe AB (1974) J Am Stat Assoc 69:364-367.
Result<TestStatistic> brown_forsythe_test(std::span<const std::vector<double>> groups);

}  // namespace mimamori
