#include "analyze/distributions.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace mimamori {
namespace {

namespace policies = boost::math::policies;

using Quiet = policies::policy<
    policies::domain_error<policies::ignore_error>, policies::pole_error<policies::ignore_error>,
    policies::overflow_error<policies::ignore_error>, policies::underflow_error<policies::ignore_error>,
    policies::rounding_error<policies::ignore_error>,
    policies::indeterminate_result_error<policies::ignore_error>,
    policies::evaluation_error<policies::ignore_error>>;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

double normal_upper_quantile(double probability) {
  return std::numbers::sqrt2 * boost::math::erfc_inv(2 * probability, Quiet());
}

double normal_upper(double z) { return std::erfc(z / std::numbers::sqrt2) / 2; }

double normal_point(double level) { return normal_upper_quantile((1 - level) / 2); }

double chi_square_upper(double statistic, double degrees) { return gamma_upper(degrees / 2, statistic / 2); }

double t_two_sided(double t, double degrees) {
  if (!std::isfinite(t)) return std::isinf(t) ? 0 : kNaN;
  return beta_lower(degrees / 2, 0.5, degrees / (degrees + t * t));
}

double t_upper_quantile(double probability, double degrees) {
  if (!(degrees > 0)) return kNaN;
  return boost::math::quantile(
      boost::math::complement(boost::math::students_t_distribution<double, Quiet>(degrees), probability));
}

double f_lower(double f, double degrees1, double degrees2) {
  if (std::isinf(f)) return 1;
  return beta_lower(degrees1 / 2, degrees2 / 2, degrees1 * f / (degrees1 * f + degrees2));
}

double f_upper(double f, double degrees1, double degrees2) {
  if (std::isinf(f)) return 0;
  return beta_lower(degrees2 / 2, degrees1 / 2, degrees2 / (degrees1 * f + degrees2));
}

double gamma_lower(double shape, double x) {
  return shape > 0 && x >= 0 ? boost::math::gamma_p(shape, x, Quiet()) : kNaN;
}

double gamma_upper(double shape, double x) {
  return shape > 0 && x >= 0 ? boost::math::gamma_q(shape, x, Quiet()) : kNaN;
}

double gamma_quantile(double shape, double probability) {
  return shape > 0 ? boost::math::gamma_p_inv(shape, probability, Quiet()) : kNaN;
}

double gamma_upper_quantile(double shape, double probability) {
  return shape > 0 ? boost::math::gamma_q_inv(shape, probability, Quiet()) : kNaN;
}

double beta_lower(double a, double b, double x) {
  return a > 0 && b > 0 && x >= 0 && x <= 1 ? boost::math::ibeta(a, b, x, Quiet()) : kNaN;
}

double beta_upper(double a, double b, double x) {
  return a > 0 && b > 0 && x >= 0 && x <= 1 ? boost::math::ibetac(a, b, x, Quiet()) : kNaN;
}

double beta_quantile(double a, double b, double probability) {
  return a > 0 && b > 0 ? boost::math::ibeta_inv(a, b, probability, Quiet()) : kNaN;
}

double beta_upper_quantile(double a, double b, double probability) {
  return a > 0 && b > 0 ? boost::math::ibetac_inv(a, b, probability, Quiet()) : kNaN;
}

double poisson_at(double x, double mean) {
  return mean == 0 ? (x == 0 ? 1 : 0) : boost::math::gamma_p_derivative(x + 1, mean, Quiet());
}

double binomial_at(double x, double n, double share, double rest) {
  if (share == 0) return x == 0 ? 1 : 0;
  if (rest == 0) return x == n ? 1 : 0;
  return (share < rest ? boost::math::ibeta_derivative(x + 1, n - x + 1, share, Quiet())
                       : boost::math::ibeta_derivative(n - x + 1, x + 1, rest, Quiet())) /
         (n + 1);
}

std::optional<double> root_between(const Function& f, double low, double high) {
  const double at_low = f(low);
  const double at_high = f(high);
  if (at_low == 0) return low;
  if (at_high == 0) return high;
  if (std::isnan(at_low) || std::isnan(at_high) || (at_low < 0) == (at_high < 0)) return {};
  // A score may be infinite at an end of its range, which would mislead the interpolation: squeezed into (-1,
  // 1).
  const double scale = std::min({std::abs(at_low), std::abs(at_high), 1e100});
  const auto squeezed = [&](double at) {
    const double value = f(at);
    return std::isinf(value) ? std::copysign(1, value) : value / (scale + std::abs(value));
  };
  std::uintmax_t steps = 1000;
  const auto root =
      boost::math::tools::toms748_solve(squeezed, low, high, squeezed(low), squeezed(high),
                                        boost::math::tools::eps_tolerance<double>(52), steps, Quiet());
  return std::midpoint(root.first, root.second);
}

std::optional<double> root_beyond(const Function& f, double start, double step, double limit) {
  double from = start;
  const bool negative = f(start) < 0;
  for (int k = 0; k < 200; ++k, step *= 2) {
    double to = from + step;
    const bool last = step > 0 ? to >= limit : to <= limit;
    if (last) to = limit;
    if ((f(to) < 0) != negative) return root_between(f, std::min(from, to), std::max(from, to));
    if (last) return {};
    from = to;
  }
  return {};
}

}  // namespace mimamori
