#pragma once

#include <cstdint>

#include "base/result.h"

namespace mimamori {

/// An incidence rate per unit of person-time, with its interval.
struct RateInterval {
  double rate = 0;
  double lower = 0;
  double upper = 0;
};

/// Rate of events with the exact Poisson interval (two-sided also at 0 events).
///
///   events       occurrences, >= 0
///   person_time  > 0, in any unit; the rate is per this unit
///   level        coverage, strictly between 0 and 1
///
/// Errors  kInvalidInput: outside these ranges.  kNotEstimable: no person-time.
/// Source  Garwood F (1936) Biometrika 28:437-442, through gamma quantiles.
Result<RateInterval> exact_rate(std::int64_t events, double person_time, double level = 0.95);

/// The same with the mid-P interval: half of the probability of the observed count is left out. With 0
/// events the lower limit is 0.
/// Source  Rothman KJ, Boice JD (1979) Epidemiologic analysis with a programmable calculator.
Result<RateInterval> mid_p_rate(std::int64_t events, double person_time, double level = 0.95);

/// The same with the normal interval of the log rate, rate * exp(+-z / sqrt(events)).
/// Errors  also kNotEstimable: no event.
Result<RateInterval> wald_log_rate(std::int64_t events, double person_time, double level = 0.95);

/// The same with Byar's cube-root approximation of the exact interval.
/// Source  Breslow NE, Day NE (1987) Statistical Methods in Cancer Research II, IARC, formula 2.13.
Result<RateInterval> byar_rate(std::int64_t events, double person_time, double level = 0.95);

}  // namespace mimamori
