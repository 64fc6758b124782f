#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"

namespace mimamori {

/// Durations until an event or the end of observation.
///
///   time   n  duration, finite, >= 0; one unit for all
///   event  n  1 if the event occurred at time, 0 if the row was censored then (still at risk then)
struct SurvivalData {
  std::span<const double> time;
  std::span<const std::uint8_t> event;
};

/// The scale on which a 95 % interval of survival is symmetric.
enum class SurvivalInterval : std::uint8_t { kLogLog, kLog, kPlain, kLogit, kArcsine };

/// What holds from one event time until the next.
struct SurvivalStep {
  double time = 0;
  std::int64_t at_risk = 0;              // just before this time
  std::int64_t events = 0;               // at this time
  double survival = 1;                   // from this time on
  std::optional<double> standard_error;  // Greenwood; absent once survival is 0
  std::optional<double> lower;           // interval of survival; absent where it is not defined
  std::optional<double> upper;
  double cumulative_hazard = 0;  // Nelson-Aalen
};

/// Counts at one moment of the time axis.
struct RiskCount {
  double time = 0;
  std::int64_t at_risk = 0;   // rows with a duration of at least this time
  std::int64_t censored = 0;  // up to and including this time
  std::int64_t events = 0;    // up to and including this time
};

/// One step per distinct event time, rising; no step without an event (survival is then 1).
///
/// Errors  kInvalidInput: lengths disagree, no row, a time that is negative or not finite.
/// Source  Kaplan EL, Meier P (1958) J Am Stat Assoc 53:457-481; Greenwood M (1926); the log-log
///         interval as in Kalbfleisch JD, Prentice RL (1980), the logit and arcsine ones as in
///         Borgan O, Liestol K (1990) Scand J Stat 17:35-41.
Result<std::vector<SurvivalStep>> kaplan_meier(const SurvivalData& data,
                                               SurvivalInterval interval = SurvivalInterval::kLogLog);

/// The last step at or before a time; nullptr before the first event (survival 1).
const SurvivalStep* step_at(std::span<const SurvivalStep> steps, double time);

/// The first time at which at most `share` of the rows survive; where survival equals `share` over an
/// interval, its midpoint. Absent when the curve does not come down to it.
std::optional<double> survival_quantile(std::span<const SurvivalStep> steps, double share);

/// Area under the survival curve up to tau, and its standard error (Royston P, Parmar MK (2013) BMC Med
/// Res Methodol 13:152).
struct RestrictedMean {
  double mean = 0;
  double standard_error = 0;
};
RestrictedMean restricted_mean(std::span<const SurvivalStep> steps, double tau);

/// Counts for the table under a survival curve, in the order of `ticks`.
Result<std::vector<RiskCount>> counts_at_risk(const SurvivalData& data, std::span<const double> ticks);

}  // namespace mimamori
