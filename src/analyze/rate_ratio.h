#pragma once

#include <cstdint>
#include <optional>

#include "analyze/interval.h"
#include "base/result.h"

namespace mimamori {

/// Events and person-time of two groups that are compared, the exposed first.
struct RatePair {
  std::int64_t events1 = 0;  // exposed, >= 0
  double time1 = 0;          // > 0
  std::int64_t events0 = 0;  // unexposed
  double time0 = 0;          // the unit of time1
};

/// Ratio of two rates, exposed to unexposed. Infinite limits stand for an unexposed group without events;
/// the Wald interval is absent when either group has none.
struct RateRatio {
  double ratio = 0;
  std::optional<Interval> wald;  // log ratio +- z sqrt(1/events1 + 1/events0)
  Interval exact;                // central conditional (binomial) interval
  Interval mid_p;                // the same, with half of the observed probability left out
  Interval score;                // Wilson's interval of the conditional binomial share
};

/// Tests of equal rates. The doubled p-value belongs to the exact interval, the doubled mid-P value to the
/// mid-P interval; the minimum-likelihood value, which sums all results no likelier than the observed one
/// (ties within 1e-7 relative), can contradict both.
struct RateTests {
  double score_chi_square = 0;  // 1 degree of freedom, without continuity correction
  double score_p = 0;
  double doubled = 0;
  double minimum_likelihood = 0;
  double mid_p_doubled = 0;
  double greater = 0;  // P(X >= observed): the exposed rate is higher
  double less = 0;
};

/// Difference of two rates, exposed minus unexposed.
struct RateDifference {
  double difference = 0;
  Interval wald;
  Interval mover_garwood;       // square-and-add of the two exact intervals
  Interval miettinen_nurminen;  // score interval
};

/// Errors  kInvalidInput: a negative count, a negative or non-finite time, a level not between 0 and 1.
///         kNotEstimable: no person-time in a group; for the ratio and its tests, no event in both.
/// Source  Breslow NE, Day NE (1987) Statistical Methods in Cancer Research II, sections 3.4 and 3.5;
///         Rothman KJ, Greenland S, Lash TL (2008) Modern Epidemiology, chapter 14.
Result<RateRatio> rate_ratio(const RatePair& pair, double level = 0.95);
Result<RateTests> rate_tests(const RatePair& pair);

/// Source  Donner A, Zou GY (2012) Stat Methods Med Res 21:347-359 (square-and-add); Miettinen O,
///         Nurminen M (1985) Stat Med 4:213-226 (score, rates).
Result<RateDifference> rate_difference(const RatePair& pair, double level = 0.95);

}  // namespace mimamori
