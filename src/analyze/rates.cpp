#include "analyze/rates.h"

#include <algorithm>
#include <cmath>

#include "analyze/distributions.h"

namespace mimamori {
namespace {

Result<void> check(std::int64_t events, double person_time, double level) {
  if (events < 0) return Error{ErrorCode::kInvalidInput, "rate: events must be at least 0"};
  if (!std::isfinite(person_time) || person_time < 0) {
    return Error{ErrorCode::kInvalidInput, "rate: person-time must be a finite number of at least 0"};
  }
  if (!(level > 0 && level < 1)) {
    return Error{ErrorCode::kInvalidInput, "rate: the level must lie between 0 and 1"};
  }
  if (person_time == 0) return Error{ErrorCode::kNotEstimable, "rate: there is no person-time"};
  return {};
}

/// P(X > events) + P(X = events) / 2 for a Poisson mean; rises with the mean.
double mid_p_above(double events, double mean) {
  return gamma_lower(events + 1, mean) + poisson_at(events, mean) / 2;
}

/// The mean at which mid_p_above reaches a probability, between the exact limits around it.
double mid_p_limit(double events, double probability, double low, double high) {
  const auto root =
      root_between([&](double mean) { return mid_p_above(events, mean) - probability; }, low, high);
  return root ? *root : std::nan("");
}

}  // namespace

Result<RateInterval> exact_rate(std::int64_t events, double person_time, double level) {
  TRY(check(events, person_time, level));
  const auto count = static_cast<double>(events);
  const double tail = (1 - level) / 2;
  return RateInterval{.rate = count / person_time,
                      .lower = events == 0 ? 0 : gamma_quantile(count, tail) / person_time,
                      .upper = gamma_upper_quantile(count + 1, tail) / person_time};
}

Result<RateInterval> mid_p_rate(std::int64_t events, double person_time, double level) {
  TRY(check(events, person_time, level));
  const auto count = static_cast<double>(events);
  const double tail = (1 - level) / 2;
  if (events == 0) return RateInterval{.rate = 0, .lower = 0, .upper = -std::log(2 * tail) / person_time};
  // The mid-P limits lie strictly inside the exact ones.
  const double low = gamma_quantile(count, tail);
  const double high = gamma_upper_quantile(count + 1, tail);
  return RateInterval{.rate = count / person_time,
                      .lower = mid_p_limit(count, tail, low, high) / person_time,
                      .upper = mid_p_limit(count, 1 - tail, low, high) / person_time};
}

Result<RateInterval> wald_log_rate(std::int64_t events, double person_time, double level) {
  TRY(check(events, person_time, level));
  if (events == 0) return Error{ErrorCode::kNotEstimable, "rate: no event, so no interval on the log scale"};
  const auto count = static_cast<double>(events);
  const double rate = count / person_time;
  const double width = std::exp(normal_point(level) / std::sqrt(count));
  return RateInterval{.rate = rate, .lower = rate / width, .upper = rate * width};
}

Result<RateInterval> byar_rate(std::int64_t events, double person_time, double level) {
  TRY(check(events, person_time, level));
  const auto count = static_cast<double>(events);
  const double z = normal_point(level);
  const auto cube = [](double x) { return x * x * x; };
  const auto limit = [&](double x, double sign) {
    return x * cube(1 - 1 / (9 * x) + sign * z / (3 * std::sqrt(x))) / person_time;
  };
  return RateInterval{.rate = count / person_time,
                      .lower = events == 0 ? 0 : std::max(0.0, limit(count, -1)),
                      .upper = limit(count + 1, 1)};
}

}  // namespace mimamori
