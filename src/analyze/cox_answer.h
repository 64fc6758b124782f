#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "analyze/cox.h"

namespace mimamori {

/// What became of one covariate.
struct CoxCovariate {
  std::optional<CoxObstacle> obstacle;  // absent: estimated
  int direction = 0;                    // kMonotoneLikelihood: the coefficient is plus or minus infinity
  std::vector<double> combination;      // kAliased: p coefficients of the columns that add up to it
  // kMonotoneLikelihood: the finite end of the profile interval of the log hazard ratio, and the likelihood
  // ratio test against 0; NaN where other coefficients have no maximum either.
  double profile_limit = 0;
  double lr_chi_square = 0;
};

/// A Cox fit that goes on without what cannot be estimated, and says so.
struct CoxAnswer {
  std::optional<CoxObstacle> status;     // the gravest obstacle; absent: every covariate is estimated
  std::vector<CoxCovariate> covariates;  // p
  std::vector<std::size_t> estimated;    // covariates that `fit` is about, in their order
  /// Coefficients, errors, covariance of `estimated`; the counts and log likelihoods of the whole model.
  /// Under a monotone likelihood all this is the limit along which the coefficients named so go to infinity.
  CoxFit fit;
  std::size_t degrees_of_freedom = 0;  // of the three tests
  bool converged = true;
};

/// As answer_cox, but constant, uninformative and aliased columns are left out and named, and under a
/// monotone likelihood the other coefficients come from the limit: each risk set keeps the rows that are
/// furthest along the path to infinity.
///
///   chi_square  of the profile limits, one degree of freedom: 3.84... for 95 %
///
/// Errors  kInvalidInput, kUnsupported: as fit_cox.
/// Source  statistics.md section 6 in the project's reference; Albert A, Anderson JA (1984) Biometrika
/// 71:1-10 for the
///         limit of a likelihood without maximum.
Result<CoxAnswer> answer_whole_cox(const CoxData& data, const CoxOptions& options,
                                   double chi_square = 3.841458820694124);

/// Limits of the log hazard ratios of a model that fit_cox can fit, other than Wald's.
struct CoxLimits {
  std::vector<double> lower, upper;  // p; infinite if the statistic never gets there
};
/// Where twice the fall of the profile log likelihood reaches chi_square.
/// Source  Venzon DJ, Moolgavkar SH (1988) Appl Stat 37:87-94.
Result<CoxLimits> cox_profile_limits(const CoxData& data, const CoxOptions& options, double chi_square);
/// Where the profile score statistic reaches chi_square.
/// Source  Cox DR, Hinkley DV (1974) Theoretical Statistics, section 9.3.
Result<CoxLimits> cox_score_limits(const CoxData& data, const CoxOptions& options, double chi_square);

}  // namespace mimamori
