#pragma once

#include <Eigen/Dense>
#include <optional>

#include "analyze/cox_risk_sets.h"

namespace mimamori {

/// Above these a model with exact ties is refused (kTooMuchWork), for one evaluation of the likelihood:
/// multiplications of discrete or marginal ties (about 5 seconds), and deaths at one time.
inline constexpr double kExactWorkMax = 5e9;
inline constexpr std::uint32_t kExactDeathsMax = 500;

/// Refuses exact ties with weights (kInvalidInput) and beyond the limits (kTooMuchWork).
std::optional<CoxRefusal> refuse_exact(const CoxRiskSets& sets, Ties ties);

/// Discrete time: given how many of a risk set died, which? The denominator sums over all subsets of that
/// size, by the recursion of elementary symmetric functions. Source  Cox DR (1972) J R Stat Soc B 34:187-220,
/// section 6; Gail MH, Lubin JH, Rubinstein LV (1981)
///         Biometrika 68:703-707.
std::optional<CoxPoint> evaluate_discrete(const CoxRiskSets& sets, const Eigen::VectorXd& gamma);

/// Continuous time, order of the tied deaths unknown: the probability that they precede everyone else at
/// risk,
///   integral over u > 0 of  e^-u  product over the deaths of (1 - e^(-u risk / risk of the others)).
/// Source  Kalbfleisch JD, Prentice RL (1973) Biometrika 60:267-278; the integral, DeLong DM, Guirguis GH, So
/// YC
///         (1994) Biometrika 81:607-611. Trapezoid rule in ln u, whose error is below rounding here.
std::optional<CoxPoint> evaluate_marginal(const CoxRiskSets& sets, const Eigen::VectorXd& gamma);

}  // namespace mimamori
