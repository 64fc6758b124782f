#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analyze/normal.h"
#include "base/result.h"

namespace mimamori {

/// Durations until an event or the end of observation. A row is at risk on (start, time].
///
///   time     n  duration, finite, >= 0; one unit for all
///   event    n  1 if the event occurred at time, 0 if the row was censored then (still at risk then)
///   start    n  delayed entry, finite, < time; empty: at risk from the beginning, at time 0 too
///   weight   n  finite, > 0; empty: 1
///   cluster  n  rows of one label are one unit of the infinitesimal jackknife; empty: each row is one
///
/// Times that differ by less than 1e-9 relative are one time.
struct SurvivalData {
  std::span<const double> time;
  std::span<const std::uint8_t> event;
  std::span<const double> start = {};
  std::span<const double> weight = {};
  std::span<const std::int32_t> cluster = {};
};

/// The scale on which an interval of survival is symmetric.
enum class SurvivalInterval : std::uint8_t { kLogLog, kLog, kPlain, kLogit, kArcsine };

enum class SurvivalVariance : std::uint8_t {
  kGreenwood,               // binomial at each event time, weights taken as frequencies
  kInfinitesimalJackknife,  // sum over clusters of the squared influence: for weights that are not
                            // frequencies
};

/// How the cumulative hazard counts d events of one time among n at risk.
enum class HazardTies : std::uint8_t {
  kNelsonAalen,        // d/n
  kFlemingHarrington,  // 1/n + 1/(n-1) + ...: as if they came one after the other
};

struct SurvivalOptions {
  SurvivalInterval interval = SurvivalInterval::kLogLog;
  SurvivalVariance variance = SurvivalVariance::kGreenwood;
  HazardTies hazard = HazardTies::kNelsonAalen;
  bool survival_from_hazard = false;  // exp(-cumulative hazard) in place of the product limit
  std::optional<double> from;         // condition on being event-free then: only later time counts
  double z = kNormal975;              // normal quantile of the intervals
};

/// What holds from one event time until the next.
struct SurvivalStep {
  double time = 0;
  std::int64_t at_risk = 0;  // rows just before this time
  std::int64_t events = 0;   // rows at this time
  double weight_at_risk = 0;
  double weight_events = 0;
  double survival = 1;                   // from this time on
  std::optional<double> standard_error;  // absent once survival is 0
  std::optional<double> lower;           // interval of survival; absent where it is not defined
  std::optional<double> upper;
  double cumulative_hazard = 0;
  double hazard_standard_error = 0;
  /// Everyone at risk had the event although other rows enter later: survival stays 0 from here on and says
  /// nothing about them. A curve with SurvivalOptions::from at this time describes the rest.
  bool emptied_early = false;
};

/// Counts at one moment of the time axis.
struct RiskCount {
  double time = 0;
  std::int64_t at_risk = 0;   // rows that entered before this time and leave at or after it
  std::int64_t censored = 0;  // up to and including this time
  std::int64_t events = 0;    // up to and including this time
  double weight_at_risk = 0;
};

/// One step per distinct event time, rising; no step without an event (survival is then 1).
///
/// Errors  kInvalidInput: lengths disagree, no row, a number out of its range (with the row, from 1).
/// Cost    O(n log n); the infinitesimal jackknife O(event times x clusters).
/// Source  Kaplan EL, Meier P (1958) J Am Stat Assoc 53:457-481; Greenwood M (1926); the log-log
///         interval as in Kalbfleisch JD, Prentice RL (1980), the logit and arcsine ones as in
///         Borgan O, Liestol K (1990) Scand J Stat 17:35-41; Fleming TR, Harrington DP (1984) Commun
///         Stat 13:2469-2486.
Result<std::vector<SurvivalStep>> kaplan_meier(const SurvivalData& data, const SurvivalOptions& options);
Result<std::vector<SurvivalStep>> kaplan_meier(const SurvivalData& data,
                                               SurvivalInterval interval = SurvivalInterval::kLogLog);

/// An interval of survival; a limit that is not defined is absent.
struct SurvivalLimits {
  std::optional<double> lower;
  std::optional<double> upper;
};
/// The interval of one step on another scale than the one it was made with; nullptr: before the first event,
/// [1, 1]. Where survival is 0, log and logit still have a lower limit, 0.
SurvivalLimits survival_limits(const SurvivalStep* step, SurvivalInterval interval, double z = kNormal975);

/// The last step at or before a time; nullptr before the first event (survival 1).
const SurvivalStep* step_at(std::span<const SurvivalStep> steps, double time);

/// The first time at which at most `share` of the rows survive; where survival equals `share` over an
/// interval, its midpoint. Absent when the curve does not come down to it.
std::optional<double> survival_quantile(std::span<const SurvivalStep> steps, double share);

/// The same with the times at which the limits of survival come down to `share`.
///
///   last_time  end of observation: where a curve stays at exactly `share` until then, that interval's
///              midpoint is given, as quantile() of R's survfit does
struct SurvivalQuantile {
  std::optional<double> estimate;
  std::optional<double> lower;
  std::optional<double> upper;
};
SurvivalQuantile survival_quantile_limits(std::span<const SurvivalStep> steps, double share,
                                          SurvivalInterval interval, double last_time, double z = kNormal975);

/// Area under the survival curve up to tau, and its standard error (Royston P, Parmar MK (2013) BMC Med
/// Res Methodol 13:152). The curve must be the product limit from time 0.
struct RestrictedMean {
  double mean = 0;
  double standard_error = 0;
};
RestrictedMean restricted_mean(std::span<const SurvivalStep> steps, double tau);

/// Counts for the table under a survival curve, in the order of `ticks`.
Result<std::vector<RiskCount>> counts_at_risk(const SurvivalData& data, std::span<const double> ticks);

}  // namespace mimamori
