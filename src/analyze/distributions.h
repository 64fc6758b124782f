#pragma once

#include <functional>
#include <optional>

namespace mimamori {

/// Distribution functions and root search, so that Boost's headers stay in one source file. Outside their
/// domain they answer NaN or infinity and never throw. Tails are computed as tails (no 1 - p), so they keep
/// their relative precision as far as a double reaches.

/// The point that a standard normal variable exceeds with this probability.
double normal_upper_quantile(double probability);
double normal_upper(double z);

/// The z of a two-sided interval: 1.959963984540054 at level 0.95.
double normal_point(double level);

double chi_square_upper(double statistic, double degrees);
double t_two_sided(double t, double degrees);
double t_upper_quantile(double probability, double degrees);
double f_lower(double f, double degrees1, double degrees2);
double f_upper(double f, double degrees1, double degrees2);

/// Gamma distribution with scale 1; shape > 0.
double gamma_lower(double shape, double x);
double gamma_upper(double shape, double x);
double gamma_quantile(double shape, double probability);
double gamma_upper_quantile(double shape, double probability);

/// Beta distribution; both shapes > 0.
double beta_lower(double a, double b, double x);
double beta_upper(double a, double b, double x);
double beta_quantile(double a, double b, double probability);
double beta_upper_quantile(double a, double b, double probability);

/// P(X = x) of a Poisson and of a binomial variable; the binomial takes share and 1 - share, so that neither
/// loses digits near 1.
double poisson_at(double x, double mean);
double binomial_at(double x, double n, double share, double rest);

using Function = std::function<double(double)>;

/// The zero of a monotone function between two points, to the last digits of a double. Absent when the
/// function has one sign at both: a failure to bracket is never a number.
std::optional<double> root_between(const Function& f, double low, double high);

/// The same, searched from a start in steps that double, toward `step`'s sign, until the sign changes or
/// `limit` (same direction) is passed.
std::optional<double> root_beyond(const Function& f, double start, double step, double limit);

}  // namespace mimamori
