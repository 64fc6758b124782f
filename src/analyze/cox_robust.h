#pragma once

#include "analyze/cox.h"
#include "analyze/cox_newton.h"
#include "analyze/cox_risk_sets.h"

namespace mimamori {

/// Puts the sandwich in place of the inverse information in a fit: covariance, standard errors, Wald and
/// robust score tests. Sums over clusters of data.cluster, or over rows; no small-sample factor. Efron's or
/// Breslow's ties.
///
///   gamma    scaled coefficients at the maximum;  inverse  of the information there
///
/// The robust score test is taken at a linear predictor of 0, without the offset, as coxph of R does.
///
/// Source  Lin DY, Wei LJ (1989) J Am Stat Assoc 84:1074-1078.
void put_sandwich(const CoxData& data, const CoxRiskSets& sets, Ties ties, const Eigen::VectorXd& gamma,
                  const Eigen::MatrixXd& inverse, CoxFit& fit);

}  // namespace mimamori
