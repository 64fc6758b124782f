#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "analyze/interval.h"
#include "base/result.h"

namespace mimamori {

/// A directly standardized rate: stratum rates weighted by a standard population.
struct DirectRate {
  double crude = 0;
  double rate = 0;
  double se = 0;          // sqrt of the weighted Poisson variance
  Interval gamma;         // Fay and Feuer: adds the largest weight for the upper limit
  Interval gamma_tiwari;  // Tiwari, Clegg and Zou: adds the mean weight instead
  Interval normal;
  std::optional<Interval> log_normal;  // absent without events
};

/// Per unit of person-time.
///
///   events, person_time, standard   one each per stratum; >= 0; person_time > 0 where standard is
///
/// Errors  kInvalidInput: lengths disagree, negative or non-finite numbers, no standard population, a level
/// not
///         between 0 and 1.  kNotEstimable: a stratum of the standard has no person-time.
/// Source  Fay MP, Feuer EJ (1997) Stat Med 16:791-801; Tiwari RC, Clegg LX, Zou Z (2006) Stat Methods Med
/// Res
///         15:547-569.
Result<DirectRate> direct_standardization(std::span<const double> events, std::span<const double> person_time,
                                          std::span<const double> standard, double level = 0.95);

/// Observed events against those that reference rates lead to expect: an SMR, O/E, or indirect
/// standardization.
struct ObservedExpected {
  double observed = 0;
  double expected = 0;
  double ratio = 0;
  Interval exact;
  Interval mid_p;
  Interval byar;
  double p_doubled = 0;      // belongs to the exact interval; of a ratio of 1
  double p_mid_doubled = 0;  // belongs to the mid-P interval
};

/// Errors  kInvalidInput: a negative count or expectation, a level not between 0 and 1.
///         kNotEstimable: nothing is expected.
/// Source  Breslow NE, Day NE (1987) Statistical Methods in Cancer Research II, section 2.3.
Result<ObservedExpected> observed_expected(std::int64_t observed, double expected, double level = 0.95);

/// The events that reference rates lead to expect: sum of rate * person_time over strata.
Result<double> expected_events(std::span<const double> reference_rates, std::span<const double> person_time);

}  // namespace mimamori
