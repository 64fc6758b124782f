#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analyze/normal.h"
#include "base/result.h"

namespace mimamori {

/// Times until the first of several kinds of event. A row is at risk on (start, time].
///
///   time     n  finite, >= 0
///   cause    n  0: censored at time (still at risk then); 1, 2, ...: what happened
///   start    n  delayed entry, finite, < time; empty: at risk from the beginning
///   weight   n  finite, > 0; empty: 1
///   cluster  n  units of the infinitesimal jackknife; empty: each row is one
struct CompetingData {
  std::span<const double> time;
  std::span<const std::int32_t> cause;
  std::span<const double> start = {};
  std::span<const double> weight = {};
  std::span<const std::int32_t> cluster = {};
};

/// The probability of one cause from one event time on, with its standard error in three forms.
struct Incidence {
  std::int64_t events = 0;  // rows of this cause at this time
  double value = 0;
  double se_greenwood = 0;  // delta method on multinomial counts
  double se_aalen = 0;      // counting-process form with correction for ties, as cmprsk's cuminc prints it
  double se_jackknife =
      0;  // infinitesimal jackknife by cluster; equals se_greenwood without weights and clusters
};

/// What holds from one event time (of any cause) until the next.
struct IncidenceStep {
  double time = 0;
  std::int64_t at_risk = 0;  // rows just before this time
  double weight_at_risk = 0;
  double survival = 1;  // free of every cause
  std::vector<Incidence> causes;
  bool emptied_early = false;  // as in SurvivalStep
};

/// Cumulative incidence of each cause 1 .. the largest in the data, one step per distinct event time.
///
/// Errors  kInvalidInput: lengths disagree, no row, a number out of its range (with the row, from 1).
/// Cost    O(n log n); the infinitesimal jackknife O(event times x clusters x causes), only if asked for.
/// Source  Aalen OO, Johansen S (1978) Scand J Stat 5:141-150; Marubini E, Valsecchi MG (1995) Analysing
/// survival
///         data, section 10.2.3; Gray RJ (1988) Ann Stat 16:1141-1154.
Result<std::vector<IncidenceStep>> aalen_johansen(const CompetingData& data, bool with_jackknife = true);

/// The last step at or before a time; nullptr before the first event.
const IncidenceStep* step_at(std::span<const IncidenceStep> steps, double time);

enum class IncidenceInterval : std::uint8_t {
  kLogLogOfIncidence,    // F^exp(-+ z se / (F ln F))
  kCloglogOfComplement,  // 1 - (1-F)^exp(-+ ...): for a single cause the log-log interval of survival
  kPlain,
};
/// Absent where it is not defined (F of 0, except for kPlain).
struct IncidenceLimits {
  std::optional<double> lower;
  std::optional<double> upper;
};
IncidenceLimits incidence_limits(double value, double standard_error, IncidenceInterval interval,
                                 double z = kNormal975);

}  // namespace mimamori
