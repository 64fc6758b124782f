#pragma once

#include <Eigen/Dense>
#include <optional>
#include <vector>

#include "analyze/cox_risk_sets.h"

namespace mimamori {

// Risk sets with a factor: covariates that vary with time. Every risk set is summed by itself, since what a
// row adds to it changes from one event time to the next. Cost of each function: O(p^2) times the sum of the
// sizes of all risk sets; memory: that of the rows, not of their pieces. Efron's and Breslow's ties.

// Multiplications for one look at the likelihood beyond which a model is refused (some minutes for a fit).
inline constexpr double kTimeVaryingWorkMax = 5e10;

/// Checks that every transform exists at the event times and sets the factor, scaled to a root mean square of
/// 1 over the events; `scale` takes the rest. Refuses kInvalidInput with the covariate and the row, and
/// kTooMuchWork.
std::optional<CoxRefusal> set_time_factors(const CoxData& data, CoxRiskSets& sets);

/// As evaluate_cox.
/// Source  Therneau TM, Grambsch PM (2000) Modeling Survival Data, sections 3.3 and 6.5.
std::optional<CoxPoint> evaluate_time_varying(const CoxRiskSets& sets, const Eigen::VectorXd& gamma,
                                              Ties ties);

/// As cox_score_residuals.
std::vector<double> time_varying_score_residuals(const CoxRiskSets& sets, const Eigen::VectorXd& gamma,
                                                 Ties ties);

/// As shortfall_along.
CoxShortfall time_varying_shortfall(const CoxRiskSets& sets, const Eigen::VectorXd& direction);

}  // namespace mimamori
