#include "analyze/rate_ratio.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analyze/distributions.h"
#include "analyze/rates.h"

namespace mimamori {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Result<void> check(const RatePair& pair, double level) {
  if (pair.events1 < 0 || pair.events0 < 0) {
    return Error{ErrorCode::kInvalidInput, "rates: events must be at least 0"};
  }
  if (!(std::isfinite(pair.time1) && std::isfinite(pair.time0) && pair.time1 >= 0 && pair.time0 >= 0)) {
    return Error{ErrorCode::kInvalidInput, "rates: person-time must be finite and at least 0"};
  }
  if (!(level > 0 && level < 1)) {
    return Error{ErrorCode::kInvalidInput, "rates: the level must lie between 0 and 1"};
  }
  if (pair.time1 == 0 || pair.time0 == 0) {
    return Error{ErrorCode::kNotEstimable, "rates: a group has no person-time"};
  }
  return {};
}

Result<void> check_events(const RatePair& pair) {
  if (pair.events1 + pair.events0 == 0)
    return Error{ErrorCode::kNotEstimable, "rates: no event in both groups"};
  return {};
}

/// Given all events, those of the exposed are binomial; the odds of their share are the rate ratio times
/// the ratio of the times.
struct Conditional {
  double a;  // events of the exposed
  double b;  // events of the unexposed

  /// P(X > a) + P(X = a) / 2 at log odds theta; rises with theta.
  [[nodiscard]] double mid_p_above(double theta) const {
    const double share = 1 / (1 + std::exp(-theta));
    const double rest = 1 / (1 + std::exp(theta));
    double above = 0;
    if (b > 0) above = share < rest ? beta_lower(a + 1, b, share) : beta_upper(b, a + 1, rest);
    return above + binomial_at(a, a + b, share, rest) / 2;
  }
  /// The odds at the exact limits. Taken from the smaller side, so that no digits are lost near 1.
  [[nodiscard]] double exact_lower_odds(double tail) const {
    return a == 0 ? 0 : beta_quantile(a, b + 1, tail) / beta_upper_quantile(b + 1, a, tail);
  }
  [[nodiscard]] double exact_upper_odds(double tail) const {
    return b == 0 ? kInfinity : beta_upper_quantile(a + 1, b, tail) / beta_quantile(b, a + 1, tail);
  }
  /// The odds at the mid-P limits: searched inward from the exact ones.
  [[nodiscard]] double mid_p_odds(double probability, double exact_odds, double step) const {
    if (exact_odds == 0 || exact_odds == kInfinity) return exact_odds;
    const auto theta = root_beyond([&](double at) { return mid_p_above(at) - probability; },
                                   std::log(exact_odds), step, step * kInfinity);
    return theta ? std::exp(*theta) : std::nan("");
  }
};

/// Wilson's interval of the share a / n, as odds; each limit from the root that does not cancel.
Interval wilson_odds(double a, double b, double z) {
  const double n = a + b;
  const double square = z * z;
  const double root = z * std::sqrt(4 * a * b / n + square);
  const auto odds = [](double share2, double rest2) { return rest2 == 0 ? kInfinity : share2 / rest2; };
  // 2 (n + z^2) times the share at a limit is 2 a + z^2 -+ root; products of the two roots give the small
  // one.
  const auto low = [&](double x) { return 4 * x * x * (1 + square / n) / (2 * x + square + root); };
  const double high_share = 2 * a + square + root;
  const double high_rest = 2 * b + square + root;
  return {.lower = odds(low(a), high_rest), .upper = odds(high_share, low(b))};
}

/// P(all results no likelier than a), of a binomial(n, share), ties within 1e-7.
double minimum_likelihood(double a, double n, double share, double rest) {
  const double bound = binomial_at(a, n, share, rest) * (1 + 1e-7);
  const double mean = n * share;
  if (a == mean) return 1;
  const auto at_most = [&](double x) { return x < 0 ? 0 : x >= n ? 1 : beta_upper(x + 1, n - x, share); };
  const auto at_least = [&](double x) { return x <= 0 ? 1 : x > n ? 0 : beta_lower(x, n - x + 1, share); };
  // On the far side of the mean the probabilities fall outward: bisect for the first that is small enough.
  const bool below = a < mean;
  double inner = below ? std::ceil(mean) : std::floor(mean);
  double outer = below ? n + 1 : -1;
  if (binomial_at(inner, n, share, rest) <= bound) {
    outer = inner;
  }
  while (std::abs(outer - inner) > 1) {
    const double middle = std::floor((inner + outer) / 2);
    (binomial_at(middle, n, share, rest) <= bound ? outer : inner) = middle;
  }
  return std::min(1.0, below ? at_most(a) + at_least(outer) : at_most(outer) + at_least(a));
}

/// The unexposed rate that is likeliest when the exposed one is higher by a given difference >= 0.
double rate_under_difference(double events1, double time1, double events0, double time0, double difference) {
  const double time = time1 + time0;
  const double linear = time * difference - events1 - events0;
  const double root = std::sqrt(linear * linear + 4 * time * events0 * difference);
  if (linear <= 0) return (root - linear) / (2 * time);
  return 2 * events0 * difference / (root + linear);
}

double score_of_difference(const RatePair& pair, double difference) {
  const auto a = static_cast<double>(pair.events1);
  const auto b = static_cast<double>(pair.events0);
  double rate1 = 0;
  double rate0 = 0;
  if (difference >= 0) {
    rate0 = rate_under_difference(a, pair.time1, b, pair.time0, difference);
    rate1 = rate0 + difference;
  } else {
    rate1 = rate_under_difference(b, pair.time0, a, pair.time1, -difference);
    rate0 = rate1 - difference;
  }
  const double away = a / pair.time1 - b / pair.time0 - difference;
  const double variance = rate1 / pair.time1 + rate0 / pair.time0;
  return away == 0 ? 0 : away / std::sqrt(variance);
}

Interval score_interval(const RatePair& pair, double difference, double z) {
  const auto limit = [&](double target, double step) {
    const auto root = root_beyond([&](double at) { return score_of_difference(pair, at) - target; },
                                  difference, step, step * kInfinity);
    return root ? *root : std::nan("");
  };
  const double step = 1 / pair.time1 + 1 / pair.time0;
  return {.lower = limit(z, -step), .upper = limit(-z, step)};
}

}  // namespace

Result<RateRatio> rate_ratio(const RatePair& pair, double level) {
  TRY(check(pair, level));
  TRY(check_events(pair));
  const Conditional given{.a = static_cast<double>(pair.events1), .b = static_cast<double>(pair.events0)};
  const double times = pair.time0 / pair.time1;
  const double tail = (1 - level) / 2;
  const double z = normal_point(level);
  const double low = given.exact_lower_odds(tail);
  const double high = given.exact_upper_odds(tail);
  const Interval score = wilson_odds(given.a, given.b, z);
  RateRatio out{.ratio = given.b == 0 ? kInfinity : given.a / given.b * times,
                .wald = {},
                .exact = {.lower = low * times, .upper = high * times},
                .mid_p = {.lower = given.mid_p_odds(tail, low, 0.25) * times,
                          .upper = given.mid_p_odds(1 - tail, high, -0.25) * times},
                .score = {.lower = score.lower * times, .upper = score.upper * times}};
  if (given.a > 0 && given.b > 0) {
    const double width = std::exp(z * std::sqrt(1 / given.a + 1 / given.b));
    out.wald = Interval{.lower = out.ratio / width, .upper = out.ratio * width};
  }
  return out;
}

Result<RateTests> rate_tests(const RatePair& pair) {
  TRY(check(pair, 0.95));
  TRY(check_events(pair));
  const auto a = static_cast<double>(pair.events1);
  const auto b = static_cast<double>(pair.events0);
  const double n = a + b;
  const double share = pair.time1 / (pair.time1 + pair.time0);
  const double rest = pair.time0 / (pair.time1 + pair.time0);
  const double away = a - n * share;
  RateTests out;
  out.score_chi_square = away * away / (n * share * rest);
  out.score_p = chi_square_upper(out.score_chi_square, 1);
  out.greater = a == 0 ? 1 : beta_lower(a, b + 1, share);
  out.less = b == 0 ? 1 : beta_upper(a + 1, b, share);
  const double half = binomial_at(a, n, share, rest) / 2;
  out.doubled = std::min(1.0, 2 * std::min(out.greater, out.less));
  out.mid_p_doubled = std::min(1.0, 2 * (std::min(out.greater, out.less) - half));
  out.minimum_likelihood = minimum_likelihood(a, n, share, rest);
  return out;
}

Result<RateDifference> rate_difference(const RatePair& pair, double level) {
  TRY(check(pair, level));
  const RateInterval one = TRY(exact_rate(pair.events1, pair.time1, level));
  const RateInterval zero = TRY(exact_rate(pair.events0, pair.time0, level));
  const double z = normal_point(level);
  const double difference = one.rate - zero.rate;
  const double width = z * std::sqrt(one.rate / pair.time1 + zero.rate / pair.time0);
  return RateDifference{
      .difference = difference,
      .wald = {.lower = difference - width, .upper = difference + width},
      .mover_garwood = {.lower = difference - std::hypot(one.rate - one.lower, zero.upper - zero.rate),
                        .upper = difference + std::hypot(one.upper - one.rate, zero.rate - zero.lower)},
      .miettinen_nurminen = score_interval(pair, difference, z)};
}

}  // namespace mimamori
