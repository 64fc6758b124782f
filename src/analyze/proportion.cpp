#include "analyze/proportion.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analyze/distributions.h"

namespace mimamori {
namespace {

/// Wilson's interval; the lower limit from the product of the two roots, which does not cancel near 0.
Interval wilson(double x, double n, double z) {
  const double square = z * z;
  const double root = z * std::sqrt(square + 4 * x * (n - x) / n);
  const auto lower = [&](double count) { return 2 * count * count / (n * (2 * count + square + root)); };
  return {.lower = lower(x), .upper = 1 - lower(n - x)};
}

Interval wilson_corrected(double x, double n, double z) {
  const double p = x / n;
  const double square = z * z;
  const auto root = [&](double sign) {
    return z * std::sqrt(std::max(0.0, square - 1 / n + 4 * n * p * (1 - p) + sign * (4 * p - 2))) + 1;
  };
  const double width = 2 * (n + square);
  return {.lower = x == 0 ? 0 : std::max(0.0, (2 * x + square - root(1)) / width),
          .upper = x == n ? 1 : std::min(1.0, (2 * x + square + root(-1)) / width)};
}

/// The share at which P(X > x) + P(X = x) / 2 reaches a target.
double mid_p_limit(double x, double n, double target) {
  const auto distance = [&](double theta) {
    const double share = 1 / (1 + std::exp(-theta));
    const double rest = 1 / (1 + std::exp(theta));
    double above = 0;
    if (x < n) above = share < rest ? beta_lower(x + 1, n - x, share) : beta_upper(n - x, x + 1, rest);
    return above + binomial_at(x, n, share, rest) / 2 - target;
  };
  const bool up = distance(0) < 0;
  const double far = up ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
  const auto theta = root_beyond(distance, 0, up ? 0.5 : -0.5, far);
  return theta ? 1 / (1 + std::exp(-*theta)) : std::nan("");
}

}  // namespace

Result<ProportionIntervals> proportion_intervals(std::int64_t count, std::int64_t total, double level) {
  if (count < 0 || count > total) {
    return Error{ErrorCode::kInvalidInput, "proportion: the count must lie between 0 and the total"};
  }
  if (!(level > 0 && level < 1)) {
    return Error{ErrorCode::kInvalidInput, "proportion: the level must lie between 0 and 1"};
  }
  if (total == 0) return Error{ErrorCode::kNotEstimable, "proportion: nobody to count"};
  const auto x = static_cast<double>(count);
  const auto n = static_cast<double>(total);
  const double z = normal_point(level);
  const double tail = (1 - level) / 2;
  const double p = x / n;
  const double wald = z * std::sqrt(p * (1 - p) / n);
  const double center = (x + z * z / 2) / (n + z * z);
  const double agresti = z * std::sqrt(center * (1 - center) / (n + z * z));
  ProportionIntervals out{.share = p,
                          .wald = {.lower = p - wald, .upper = p + wald},
                          .wilson = wilson(x, n, z),
                          .wilson_corrected = wilson_corrected(x, n, z),
                          .clopper_pearson = {.lower = 0, .upper = 1},
                          .mid_p = {.lower = 0, .upper = 1},
                          .jeffreys = {.lower = 0, .upper = 1},
                          .agresti_coull = {.lower = center - agresti, .upper = center + agresti}};
  if (count > 0) {
    out.clopper_pearson.lower = beta_quantile(x, n - x + 1, tail);
    out.mid_p.lower = mid_p_limit(x, n, tail);
    out.jeffreys.lower = beta_quantile(x + 0.5, n - x + 0.5, tail);
  }
  if (count < total) {
    out.clopper_pearson.upper = beta_upper_quantile(x + 1, n - x, tail);
    out.mid_p.upper = mid_p_limit(x, n, 1 - tail);
    out.jeffreys.upper = beta_upper_quantile(x + 0.5, n - x + 0.5, tail);
  }
  return out;
}

}  // namespace mimamori
