#include "analyze/kaplan_meier.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analyze/normal.h"

namespace mimamori {
namespace {

Result<void> check(const SurvivalData& data) {
  if (data.time.empty()) return Error{ErrorCode::kInvalidInput, "kaplan_meier: there are no rows"};
  if (data.event.size() != data.time.size()) {
    return Error{ErrorCode::kInvalidInput, "kaplan_meier: time and event must have one entry per row"};
  }
  for (std::size_t i = 0; i < data.time.size(); ++i) {
    if (std::isfinite(data.time[i]) && data.time[i] >= 0 && data.event[i] <= 1) continue;
    return Error{ErrorCode::kInvalidInput,
                 "kaplan_meier: row " + std::to_string(i + 1) +
                     ": expected a finite time of at least 0, and an event of 0 or 1"};
  }
  return {};
}

/// Sets the interval of one step. `variance` is Greenwood's sum, the variance of -log(survival).
void set_interval(SurvivalStep& step, double variance, SurvivalInterval interval) {
  const double s = step.survival;
  if (s <= 0) return;
  const double se = std::sqrt(variance);
  const auto clamp = [](double value) { return std::clamp(value, 0.0, 1.0); };
  switch (interval) {
    case SurvivalInterval::kLogLog: {
      const double spread = kNormal975 * se / std::log(s);  // s < 1 after the first event
      step.lower = std::pow(s, std::exp(-spread));
      step.upper = std::pow(s, std::exp(spread));
      return;
    }
    case SurvivalInterval::kLog:
      step.lower = s * std::exp(-kNormal975 * se);
      step.upper = clamp(s * std::exp(kNormal975 * se));
      return;
    case SurvivalInterval::kPlain:
      step.lower = clamp(s - kNormal975 * se * s);
      step.upper = clamp(s + kNormal975 * se * s);
      return;
    case SurvivalInterval::kLogit: {
      const double center = std::log(s / (1 - s));
      const double spread = kNormal975 * se / (1 - s);
      step.lower = 1 / (1 + std::exp(spread - center));
      step.upper = 1 / (1 + std::exp(-spread - center));
      return;
    }
    case SurvivalInterval::kArcsine: {
      const double center = std::asin(std::sqrt(s));
      const double spread = kNormal975 * se * std::sqrt(s / (1 - s)) / 2;
      step.lower = std::pow(std::sin(std::max(0.0, center - spread)), 2);
      step.upper = std::pow(std::sin(std::min(std::numbers::pi / 2, center + spread)), 2);
      return;
    }
  }
}

}  // namespace

Result<std::vector<SurvivalStep>> kaplan_meier(const SurvivalData& data, SurvivalInterval interval) {
  TRY(check(data));
  std::vector<double> all(data.time.begin(), data.time.end());
  std::vector<double> with_event;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (data.event[i] != 0) with_event.push_back(all[i]);
  }
  std::ranges::sort(all);
  std::ranges::sort(with_event);

  std::vector<SurvivalStep> steps;
  SurvivalStep step;
  double variance = 0;
  for (auto at = with_event.begin(); at != with_event.end();) {
    const auto next = std::upper_bound(at, with_event.end(), *at);
    step.time = *at;
    step.events = next - at;
    step.at_risk = all.end() - std::ranges::lower_bound(all, *at);
    const auto events = static_cast<double>(step.events);
    const auto at_risk = static_cast<double>(step.at_risk);
    step.cumulative_hazard += events / at_risk;
    step.standard_error.reset();
    step.lower.reset();
    step.upper.reset();
    if (step.events == step.at_risk) {
      step.survival = 0;  // exactly: an interval is not defined here
    } else {
      step.survival *= (at_risk - events) / at_risk;
      variance += events / (at_risk * (at_risk - events));
      step.standard_error = step.survival * std::sqrt(variance);
      set_interval(step, variance, interval);
    }
    steps.push_back(step);
    at = next;
  }
  return steps;
}

const SurvivalStep* step_at(std::span<const SurvivalStep> steps, double time) {
  const auto after = std::ranges::upper_bound(steps, time, {}, &SurvivalStep::time);
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
    const auto events = static_cast<double>(step.events);
    const auto at_risk = static_cast<double>(step.at_risk);
    variance += area * area * events / (at_risk * (at_risk - events));
  }
  return RestrictedMean{.mean = area + right, .standard_error = std::sqrt(variance)};
}

Result<std::vector<RiskCount>> counts_at_risk(const SurvivalData& data, std::span<const double> ticks) {
  TRY(check(data));
  std::vector<double> times[2];  // censored, with event
  for (std::size_t i = 0; i < data.time.size(); ++i) times[data.event[i]].push_back(data.time[i]);
  for (std::vector<double>& own : times) std::ranges::sort(own);
  const auto before = [](const std::vector<double>& own, double t) {
    return std::ranges::lower_bound(own, t) - own.begin();
  };
  const auto until = [](const std::vector<double>& own, double t) {
    return std::ranges::upper_bound(own, t) - own.begin();
  };
  std::vector<RiskCount> counts;
  for (const double tick : ticks) {
    counts.push_back({.time = tick,
                      .at_risk = std::ssize(data.time) - before(times[0], tick) - before(times[1], tick),
                      .censored = until(times[0], tick),
                      .events = until(times[1], tick)});
  }
  return counts;
}

}  // namespace mimamori
