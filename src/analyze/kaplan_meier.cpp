#include "analyze/kaplan_meier.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "analyze/distinct_times.h"

namespace mimamori {
namespace {

Error refusal(std::size_t row, const char* expected) {
  return Error{ErrorCode::kInvalidInput,
               "kaplan_meier: row " + std::to_string(row + 1) + ": expected " + expected};
}

Result<void> check(const SurvivalData& data) {
  const std::size_t rows = data.time.size();
  if (rows == 0) return Error{ErrorCode::kInvalidInput, "kaplan_meier: there are no rows"};
  const auto fits = [rows](std::size_t length) { return length == 0 || length == rows; };
  if (data.event.size() != rows || !fits(data.start.size()) || !fits(data.weight.size()) ||
      !fits(data.cluster.size())) {
    return Error{ErrorCode::kInvalidInput, "kaplan_meier: each column must have one entry per row"};
  }
  for (std::size_t i = 0; i < rows; ++i) {
    if (!std::isfinite(data.time[i]) || data.time[i] < 0 || data.event[i] > 1) {
      return refusal(i, "a finite time of at least 0, and an event of 0 or 1");
    }
    if (!data.start.empty() && !(std::isfinite(data.start[i]) && data.start[i] < data.time[i])) {
      return refusal(i, "a finite start before the end");
    }
    if (!data.weight.empty() && !(std::isfinite(data.weight[i]) && data.weight[i] > 0)) {
      return refusal(i, "a finite weight above 0");
    }
  }
  return {};
}

/// The rows against the distinct event times: row i is at risk at the places first[i] <= k < last[i], and an
/// event falls on place last[i] - 1. Rows that leave before `from` have first = last = 0.
struct RiskSets {
  std::vector<double> times;
  std::vector<std::size_t> first;
  std::vector<std::size_t> last;
  std::vector<double> weight;
};

RiskSets make_risk_sets(const SurvivalData& data, const std::optional<double>& from) {
  const double never = -std::numeric_limits<double>::infinity();
  RiskSets sets;
  std::vector<double> times;
  for (std::size_t i = 0; i < data.time.size(); ++i) {
    const bool counts = !from || data.time[i] > *from + kTimeTolerance * std::abs(*from);
    if (data.event[i] != 0 && counts) times.push_back(data.time[i]);
  }
  sets.times = distinct_times(std::move(times));
  for (std::size_t i = 0; i < data.time.size(); ++i) {
    const double start = data.start.empty() ? never : data.start[i];
    sets.last.push_back(count_until(sets.times, data.time[i]));
    sets.first.push_back(start == never ? 0 : std::min(sets.last[i], count_until(sets.times, start)));
    sets.weight.push_back(data.weight.empty() ? 1 : data.weight[i]);
  }
  return sets;
}

/// Counts and weights of the risk sets, summed from the last event time backwards.
std::vector<SurvivalStep> count_steps(const RiskSets& sets, const SurvivalData& data) {
  const std::size_t places = sets.times.size();
  std::vector<SurvivalStep> steps(places);
  std::vector<double> enter(places + 1, 0), leave(places + 1, 0);
  std::vector<std::int64_t> rows_enter(places + 1, 0), rows_leave(places + 1, 0);
  for (std::size_t i = 0; i < sets.first.size(); ++i) {
    if (sets.first[i] == sets.last[i]) continue;
    enter[sets.first[i]] += sets.weight[i];
    leave[sets.last[i]] += sets.weight[i];
    ++rows_enter[sets.first[i]];
    ++rows_leave[sets.last[i]];
    SurvivalStep& at_end = steps[sets.last[i] - 1];
    if (data.event[i] == 0) continue;
    ++at_end.events;
    at_end.weight_events += sets.weight[i];
  }
  double weight = 0;
  std::int64_t rows = 0;
  for (std::size_t k = places; k-- > 0;) {
    weight += leave[k + 1] - enter[k + 1];
    rows += rows_leave[k + 1] - rows_enter[k + 1];
    steps[k].time = sets.times[k];
    steps[k].at_risk = rows;
    steps[k].weight_at_risk = weight;
    if (steps[k].events == rows) steps[k].weight_at_risk = steps[k].weight_events;  // exactly
    steps[k].emptied_early = steps[k].events == rows && k + 1 < places;
  }
  return steps;
}

struct Increment {
  double hazard = 0;
  double variance = 0;
};

Increment hazard_increment(const SurvivalStep& step, HazardTies ties) {
  const double n = step.weight_at_risk;
  const double d = step.weight_events;
  if (ties == HazardTies::kNelsonAalen) return {.hazard = d / n, .variance = d / (n * n)};
  Increment sum;
  const double each = d / static_cast<double>(step.events);
  for (std::int64_t k = 0; k < step.events; ++k) {
    const double left = n - each * static_cast<double>(k);
    sum.hazard += each / left;
    sum.variance += each / (left * left);
  }
  return sum;
}

/// Survival and cumulative hazard with their model-based errors.
void estimate(std::vector<SurvivalStep>& steps, const SurvivalOptions& options) {
  double survival = 1;
  double hazard = 0;
  double hazard_variance = 0;
  double greenwood = 0;
  for (SurvivalStep& step : steps) {
    const Increment increment = hazard_increment(step, options.hazard);
    hazard += increment.hazard;
    hazard_variance += increment.variance;
    step.cumulative_hazard = hazard;
    step.hazard_standard_error = std::sqrt(hazard_variance);
    if (options.survival_from_hazard) {
      step.survival = std::exp(-hazard);
      step.standard_error = step.survival * step.hazard_standard_error;
      continue;
    }
    const double n = step.weight_at_risk;
    const double d = step.weight_events;
    survival = step.events == step.at_risk ? 0 : survival * ((n - d) / n);
    step.survival = survival;
    if (survival <= 0) continue;
    greenwood += d / (n * (n - d));
    step.standard_error = survival * std::sqrt(greenwood);
  }
}

/// Replaces the errors by those of the infinitesimal jackknife: what one unit of weight of a cluster does to
/// the cumulative hazard and to minus the logarithm of survival, squared and summed.
void jackknife(std::vector<SurvivalStep>& steps, const RiskSets& sets, const SurvivalData& data) {
  std::vector<std::int32_t> labels(data.cluster.begin(), data.cluster.end());
  std::ranges::sort(labels);
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  const std::size_t rows = sets.first.size();
  const std::size_t clusters = labels.empty() ? rows : labels.size();
  std::vector<std::vector<std::size_t>> entering(steps.size()), leaving(steps.size());
  std::vector<std::size_t> cluster_of(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    cluster_of[i] =
        labels.empty()
            ? i
            : static_cast<std::size_t>(std::ranges::lower_bound(labels, data.cluster[i]) - labels.begin());
    if (sets.first[i] == sets.last[i]) continue;
    entering[sets.first[i]].push_back(i);
    leaving[sets.last[i] - 1].push_back(i);
  }
  std::vector<double> at_risk(clusters, 0), on_hazard(clusters, 0), on_log(clusters, 0);
  for (std::size_t k = 0; k < steps.size(); ++k) {
    SurvivalStep& step = steps[k];
    const double n = step.weight_at_risk;
    const double d = step.weight_events;
    const bool emptied = step.events == step.at_risk;
    for (const std::size_t i : entering[k]) at_risk[cluster_of[i]] += sets.weight[i];
    for (const std::size_t i : leaving[k]) {
      if (data.event[i] == 0) continue;
      on_hazard[cluster_of[i]] += sets.weight[i] / n;
      if (!emptied) on_log[cluster_of[i]] += sets.weight[i] / (n - d);
    }
    double hazard_square = 0;
    double log_square = 0;
    for (std::size_t c = 0; c < clusters; ++c) {
      on_hazard[c] -= at_risk[c] * d / (n * n);
      if (!emptied) on_log[c] -= at_risk[c] * d / (n * (n - d));
      hazard_square += on_hazard[c] * on_hazard[c];
      log_square += on_log[c] * on_log[c];
    }
    for (const std::size_t i : leaving[k]) at_risk[cluster_of[i]] -= sets.weight[i];
    step.hazard_standard_error = std::sqrt(hazard_square);
    if (step.standard_error) step.standard_error = step.survival * std::sqrt(log_square);
  }
}

}  // namespace

SurvivalLimits survival_limits(const SurvivalStep* step, SurvivalInterval interval, double z) {
  if (step == nullptr) return {.lower = 1, .upper = 1};
  const double s = step->survival;
  const bool open_below = interval == SurvivalInterval::kLog || interval == SurvivalInterval::kLogit;
  if (s <= 0) return {.lower = open_below ? std::optional<double>(0.0) : std::nullopt, .upper = {}};
  const double se = *step->standard_error / s;  // of log(s)
  const auto clamp = [](double value) { return std::clamp(value, 0.0, 1.0); };
  switch (interval) {
    case SurvivalInterval::kLogLog: {
      const double spread = z * se / std::log(s);  // s < 1 after the first event
      return {.lower = std::pow(s, std::exp(-spread)), .upper = std::pow(s, std::exp(spread))};
    }
    case SurvivalInterval::kLog:
      return {.lower = s * std::exp(-z * se), .upper = clamp(s * std::exp(z * se))};
    case SurvivalInterval::kPlain: return {.lower = clamp(s - z * se * s), .upper = clamp(s + z * se * s)};
    case SurvivalInterval::kLogit: {
      const double center = std::log(s / (1 - s));
      const double spread = z * se / (1 - s);
      return {.lower = 1 / (1 + std::exp(spread - center)), .upper = 1 / (1 + std::exp(-spread - center))};
    }
    case SurvivalInterval::kArcsine: break;
  }
  const double center = std::asin(std::sqrt(s));
  const double spread = z * se * std::sqrt(s / (1 - s)) / 2;
  return {.lower = std::pow(std::sin(std::max(0.0, center - spread)), 2),
          .upper = std::pow(std::sin(std::min(std::numbers::pi / 2, center + spread)), 2)};
}

Result<std::vector<SurvivalStep>> kaplan_meier(const SurvivalData& data, const SurvivalOptions& options) {
  TRY(check(data));
  const RiskSets sets = make_risk_sets(data, options.from);
  std::vector<SurvivalStep> steps = count_steps(sets, data);
  estimate(steps, options);
  if (options.variance == SurvivalVariance::kInfinitesimalJackknife) jackknife(steps, sets, data);
  for (SurvivalStep& step : steps) {
    const SurvivalLimits limits = survival_limits(&step, options.interval, options.z);
    step.lower = limits.lower;
    step.upper = limits.upper;
  }
  return steps;
}

Result<std::vector<SurvivalStep>> kaplan_meier(const SurvivalData& data, SurvivalInterval interval) {
  SurvivalOptions options;
  options.interval = interval;
  return kaplan_meier(data, options);
}

const SurvivalStep* step_at(std::span<const SurvivalStep> steps, double time) {
  const auto later = [](double t, const SurvivalStep& step) {
    return t < step.time - kTimeTolerance * std::abs(step.time);
  };
  const auto after = std::upper_bound(steps.begin(), steps.end(), time, later);
  return after == steps.begin() ? nullptr : &*(after - 1);
}

std::optional<double> survival_quantile(std::span<const SurvivalStep> steps, double share) {
  constexpr double kRounding = 1e-12;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].survival > share + kRounding) continue;
    const bool level = steps[i].survival > share - kRounding && i + 1 < steps.size();
    return level ? (steps[i].time + steps[i + 1].time) / 2 : steps[i].time;
  }
  return {};
}

namespace {

/// Where one of the three curves comes down to `share`: the estimate (lower = upper = estimate) or a limit.
template <class Value>
std::optional<double> crossing(std::span<const SurvivalStep> steps, double share, double last_time,
                               const Value& value) {
  constexpr double kRounding = 1e-12;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::optional<double> at = value(steps[i]);
    if (!at) return {};
    if (*at > share + kRounding) continue;
    if (*at < share - kRounding) return steps[i].time;
    for (std::size_t j = i + 1; j < steps.size(); ++j) {
      const std::optional<double> below = value(steps[j]);
      if (below && *below < share - kRounding) return (steps[i].time + steps[j].time) / 2;
    }
    return (steps[i].time + std::max(steps[i].time, last_time)) / 2;
  }
  return {};
}

}  // namespace

SurvivalQuantile survival_quantile_limits(std::span<const SurvivalStep> steps, double share,
                                          SurvivalInterval interval, double last_time, double z) {
  using Value = std::optional<double>;
  return {.estimate =
              crossing(steps, share, last_time, [](const SurvivalStep& s) -> Value { return s.survival; }),
          .lower = crossing(steps, share, last_time,
                            [&](const SurvivalStep& s) { return survival_limits(&s, interval, z).lower; }),
          .upper = crossing(steps, share, last_time,
                            [&](const SurvivalStep& s) { return survival_limits(&s, interval, z).upper; })};
}

RestrictedMean restricted_mean(std::span<const SurvivalStep> steps, double tau) {
  // Backwards, so that the area right of each event time is at hand for its part of the variance.
  double area = 0;
  double variance = 0;
  double right = tau;
  for (std::size_t i = steps.size(); i-- > 0;) {
    const SurvivalStep& step = steps[i];
    if (step.time >= tau) continue;
    area += step.survival * (right - step.time);
    right = step.time;
    if (step.events == step.at_risk) continue;  // nothing remains to its right
    const double n = step.weight_at_risk;
    const double d = step.weight_events;
    variance += area * area * d / (n * (n - d));
  }
  return RestrictedMean{.mean = area + right, .standard_error = std::sqrt(variance)};
}

Result<std::vector<RiskCount>> counts_at_risk(const SurvivalData& data, std::span<const double> ticks) {
  TRY(check(data));
  std::vector<RiskCount> counts;
  for (const double tick : ticks) {
    RiskCount count{.time = tick};
    const double before = tick - kTimeTolerance * std::abs(tick);
    const double until = tick + kTimeTolerance * std::abs(tick);
    for (std::size_t i = 0; i < data.time.size(); ++i) {
      const bool entered = data.start.empty() || data.start[i] < before;
      if (entered && data.time[i] >= before) {
        ++count.at_risk;
        count.weight_at_risk += data.weight.empty() ? 1 : data.weight[i];
      }
      if (data.time[i] > until) continue;
      ++(data.event[i] != 0 ? count.events : count.censored);
    }
    counts.push_back(count);
  }
  return counts;
}

}  // namespace mimamori
