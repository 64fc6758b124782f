#pragma once

#include <Eigen/Dense>
#include <functional>
#include <optional>
#include <variant>

#include "analyze/cox.h"
#include "analyze/cox_risk_sets.h"

namespace mimamori {

/// A log likelihood (or a penalized one) with its slopes in scaled coordinates; absent where it is not
/// finite.
using CoxEvaluator = std::function<std::optional<CoxPoint>(const Eigen::VectorXd& gamma)>;

/// The evaluator of a way of ties over sets that outlive it. Refuses kTooMuchWork, and kInvalidInput for
/// weights with exact ties.
std::variant<CoxEvaluator, CoxRefusal> cox_evaluator(const CoxRiskSets& sets, Ties ties);

/// The inverse of the information, solved with unit diagonal; absent if it is not positive definite.
std::optional<Eigen::MatrixXd> invert_information(const Eigen::MatrixXd& information);

struct CoxMaximum {
  Eigen::VectorXd gamma;
  CoxPoint point;
  Eigen::MatrixXd inverse;  // of the information; row and column of a held coefficient are 0
  int iterations = 0;
};

/// Moves along the step, halved until the likelihood does not fall (beyond rounding). False: nowhere to go.
bool move_along(const CoxEvaluator& evaluate, Eigen::VectorXd step, CoxMaximum& at);

/// Newton from a start to a finite maximum, with one coefficient held at its start if `held` is given. Absent
/// if there is no convergence: none is claimed, and nothing is said about why.
std::optional<CoxMaximum> climb(const CoxEvaluator& evaluate, Eigen::VectorXd start,
                                std::optional<Eigen::Index> held = {}, int steps_max = 100);

/// Fits over risk sets that are made already; data give the clusters. As answer_cox, which asks for constant
/// columns first.
std::variant<CoxFit, CoxRefusal> fit_risk_sets(const CoxData& data, const CoxRiskSets& sets,
                                               const CoxOptions& options);

/// What is compared with the chi-square quantile when a coefficient is held away from its estimate.
enum class CoxStatistic : std::uint8_t {
  kLikelihoodRatio,  // twice the fall of the log likelihood from `best`
  kScore,            // the squared slope over its variance
};

/// Where the statistic of one coefficient reaches the quantile, going from gamma in the direction (+1, -1).
/// The other coefficients are at their best. `quantile` is a positive chi-square value; `best` the maximum of
/// the log likelihood. Infinite if it is never reached.
///
/// Source  Venzon DJ, Moolgavkar SH (1988) Appl Stat 37:87-94, for the definition; the root is bracketed and
/// found
///         by Newton's method on the signed root of the statistic, with bisection as a safeguard.
double cox_limit(const CoxEvaluator& evaluate, const Eigen::VectorXd& gamma, Eigen::Index coefficient,
                 int direction, double first_step, double best, double quantile, CoxStatistic statistic);

}  // namespace mimamori
