#include "analyze/standardization.h"

#include <algorithm>
#include <cmath>

#include "analyze/distributions.h"
#include "analyze/rates.h"

namespace mimamori {
namespace {

bool is_count(double value) { return std::isfinite(value) && value >= 0; }

/// A gamma distribution with this mean and variance: its quantile from below or above.
double gamma_of(double mean, double variance, double tail, bool upper) {
  const double shape = mean * mean / variance;
  const double scale = variance / mean;
  return scale * (upper ? gamma_upper_quantile(shape, tail) : gamma_quantile(shape, tail));
}

Result<void> check(std::span<const double> events, std::span<const double> person_time,
                   std::span<const double> standard, double level) {
  if (events.size() != person_time.size() || events.size() != standard.size()) {
    return Error{ErrorCode::kInvalidInput,
                 "standardization: events, person-time and standard differ in length"};
  }
  if (!std::ranges::all_of(events, is_count) || !std::ranges::all_of(person_time, is_count) ||
      !std::ranges::all_of(standard, is_count)) {
    return Error{ErrorCode::kInvalidInput, "standardization: every number must be finite and at least 0"};
  }
  if (!(level > 0 && level < 1)) {
    return Error{ErrorCode::kInvalidInput, "standardization: the level must lie between 0 and 1"};
  }
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (person_time[i] == 0 && (standard[i] > 0 || events[i] > 0)) {
      return Error{ErrorCode::kNotEstimable,
                   "standardization: stratum " + std::to_string(i + 1) + " has no person-time"};
    }
  }
  return {};
}

}  // namespace

Result<DirectRate> direct_standardization(std::span<const double> events, std::span<const double> person_time,
                                          std::span<const double> standard, double level) {
  TRY(check(events, person_time, standard, level));
  double all_standard = 0;
  double all_events = 0;
  double all_time = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    all_standard += standard[i];
    all_events += events[i];
    all_time += person_time[i];
  }
  if (all_standard == 0) {
    return Error{ErrorCode::kInvalidInput, "standardization: there is no standard population"};
  }
  double rate = 0;
  double variance = 0;
  double most = 0;
  double sum = 0;
  double squares = 0;
  double strata = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (person_time[i] == 0) continue;
    const double weight = standard[i] / all_standard / person_time[i];
    rate += weight * events[i];
    variance += weight * weight * events[i];
    most = std::max(most, weight);
    sum += weight;
    squares += weight * weight;
    ++strata;
  }
  const double tail = (1 - level) / 2;
  const double z = normal_point(level);
  const double se = std::sqrt(variance);
  const double lower = rate > 0 ? gamma_of(rate, variance, tail, false) : 0;
  DirectRate out{
      .crude = all_events / all_time,
      .rate = rate,
      .se = se,
      .gamma = {.lower = lower, .upper = gamma_of(rate + most, variance + most * most, tail, true)},
      .gamma_tiwari = {.lower = lower,
                       .upper = gamma_of(rate + sum / strata, variance + squares / strata, tail, true)},
      .normal = {.lower = rate - z * se, .upper = rate + z * se},
      .log_normal = {}};
  if (rate > 0) {
    const double width = std::exp(z * se / rate);
    out.log_normal = Interval{.lower = rate / width, .upper = rate * width};
  }
  return out;
}

Result<ObservedExpected> observed_expected(std::int64_t observed, double expected, double level) {
  const RateInterval exact = TRY(exact_rate(observed, expected, level).at("observed/expected"));
  const RateInterval mid_p = TRY(mid_p_rate(observed, expected, level));
  const RateInterval byar = TRY(byar_rate(observed, expected, level));
  const auto count = static_cast<double>(observed);
  const double at = poisson_at(count, expected);
  const double at_most = gamma_upper(count + 1, expected);
  const double at_least = observed == 0 ? 1 : gamma_lower(count, expected);
  const double tail = std::min(at_most, at_least);
  return ObservedExpected{.observed = count,
                          .expected = expected,
                          .ratio = exact.rate,
                          .exact = {.lower = exact.lower, .upper = exact.upper},
                          .mid_p = {.lower = mid_p.lower, .upper = mid_p.upper},
                          .byar = {.lower = byar.lower, .upper = byar.upper},
                          .p_doubled = std::min(1.0, 2 * tail),
                          .p_mid_doubled = std::min(1.0, 2 * tail - at)};
}

Result<double> expected_events(std::span<const double> reference_rates, std::span<const double> person_time) {
  if (reference_rates.size() != person_time.size()) {
    return Error{ErrorCode::kInvalidInput, "standardization: rates and person-time differ in length"};
  }
  if (!std::ranges::all_of(reference_rates, is_count) || !std::ranges::all_of(person_time, is_count)) {
    return Error{ErrorCode::kInvalidInput, "standardization: every number must be finite and at least 0"};
  }
  double expected = 0;
  for (std::size_t i = 0; i < reference_rates.size(); ++i) expected += reference_rates[i] * person_time[i];
  return expected;
}

}  // namespace mimamori
