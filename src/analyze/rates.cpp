#include "analyze/rates.h"

#include <boost/math/distributions/gamma.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>

namespace mimamori {
namespace {

// Failures come back as NaN or infinity, never as an exception; the arguments are checked before.
using Quiet = boost::math::policies::policy<
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::pole_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;

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

double gamma_quantile(double shape, double probability) {
  return boost::math::quantile(boost::math::gamma_distribution<double, Quiet>(shape), probability);
}

double gamma_quantile_upper(double shape, double probability) {
  return boost::math::quantile(
      boost::math::complement(boost::math::gamma_distribution<double, Quiet>(shape), probability));
}

/// P(X > events) + P(X = events) / 2 for a Poisson mean; rises with the mean.
double mid_p_above(double events, double mean) {
  const double at = std::exp(events * std::log(mean) - mean - std::lgamma(events + 1));
  return boost::math::gamma_p(events + 1, mean, Quiet()) + at / 2;
}

/// The mean at which mid_p_above reaches a probability, between the exact limits around it.
double mid_p_limit(double events, double probability, double low, double high) {
  const auto distance = [&](double mean) { return mid_p_above(events, mean) - probability; };
  std::uintmax_t steps = 200;
  const auto root = boost::math::tools::toms748_solve(
      distance, low, high, boost::math::tools::eps_tolerance<double>(52), steps, Quiet());
  return (root.first + root.second) / 2;
}

}  // namespace

Result<RateInterval> exact_rate(std::int64_t events, double person_time, double level) {
  TRY(check(events, person_time, level));
  const auto count = static_cast<double>(events);
  const double tail = (1 - level) / 2;
  return RateInterval{.rate = count / person_time,
                      .lower = events == 0 ? 0 : gamma_quantile(count, tail) / person_time,
                      .upper = gamma_quantile_upper(count + 1, tail) / person_time};
}

Result<RateInterval> mid_p_rate(std::int64_t events, double person_time, double level) {
  TRY(check(events, person_time, level));
  const auto count = static_cast<double>(events);
  const double tail = (1 - level) / 2;
  if (events == 0) return RateInterval{.rate = 0, .lower = 0, .upper = -std::log(2 * tail) / person_time};
  // The mid-P limits lie strictly inside the exact ones.
  const double low = gamma_quantile(count, tail);
  const double high = gamma_quantile_upper(count + 1, tail);
  return RateInterval{.rate = count / person_time,
                      .lower = mid_p_limit(count, tail, low, high) / person_time,
                      .upper = mid_p_limit(count, 1 - tail, low, high) / person_time};
}

}  // namespace mimamori
