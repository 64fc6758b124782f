#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "analyze/conditional_odds.h"
#include "analyze/interval.h"
#include "analyze/rate_ratio.h"
#include "base/result.h"

namespace mimamori {

/// A statistic of a test of one common effect with its p-value, 1 degree of freedom.
struct ChiSquare {
  double statistic = 0;
  double p = 0;
};

/// A ratio, the standard error of its logarithm and its Wald interval on that scale; the latter are absent
/// when the ratio is 0 or infinite.
struct LogRatio {
  double ratio = 0;
  std::optional<double> se_log;
  std::optional<Interval> interval;
};

/// Mantel-Haenszel summaries of two rates over strata. The ratio is absent, as the tests are, when no stratum
/// has both groups and an event.
struct MantelHaenszelRates {
  std::optional<LogRatio> ratio;
  double difference = 0;
  double difference_se = 0;
  Interval difference_interval;
  std::optional<ChiSquare> chi_square;
  std::optional<ChiSquare> chi_square_corrected;  // |observed - expected| less 1/2
  std::size_t informative_strata = 0;             // person-time in both groups, and an event
};

/// Errors  kInvalidInput: a negative count or time, a level not between 0 and 1.  kNotEstimable: no stratum
///         has person-time in both groups.
/// Source  Greenland S, Robins JM (1985) Biometrics 41:55-68.
Result<MantelHaenszelRates> mantel_haenszel_rates(std::span<const RatePair> strata, double level = 0.95);

/// Mantel-Haenszel summaries of 2 x 2 tables over strata.
struct MantelHaenszelCounts {
  std::optional<LogRatio> odds;  // variance of Robins, Breslow and Greenland; absent when both sides sum to 0
  std::optional<LogRatio> risks;  // risk ratio, variance of Greenland and Robins
  double difference = 0;          // risk difference
  double difference_se = 0;       // Greenland and Robins: for large strata
  Interval difference_interval;
  double difference_se_sato = 0;  // valid for large strata and for many sparse ones
  Interval difference_interval_sato;
  std::optional<ChiSquare> chi_square;            // absent when no stratum is informative
  std::optional<ChiSquare> chi_square_corrected;  // |sum of a - expected| less 1/2
  std::optional<double> breslow_day;  // at the Mantel-Haenszel odds ratio; absent with one stratum or an
                                      // odds ratio of 0 or infinity
  std::optional<double> breslow_day_tarone;
  std::size_t informative_strata = 0;  // no margin is 0
};

/// Errors  kInvalidInput: a negative count, a level not between 0 and 1.  kNotEstimable: no stratum has both
/// groups. Source  Robins J, Breslow N, Greenland S (1986) Biometrics 42:311-323; Greenland S, Robins JM
/// (1985)
///         Biometrics 41:55-68; Sato T (1989) Biometrics 45:1323-1324; Breslow NE, Day NE (1980) Statistical
///         Methods in Cancer Research I, section 4.4; Tarone RE (1985) Biometrika 72:91-95.
Result<MantelHaenszelCounts> mantel_haenszel_counts(std::span<const Counts2x2> strata, double level = 0.95);

}  // namespace mimamori
