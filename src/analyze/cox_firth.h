#pragma once

#include <span>
#include <vector>

#include "analyze/cox.h"

namespace mimamori {

/// A Cox model with Firth's penalty: finite even where the likelihood has no maximum. p coefficients in the
/// order of the columns.
struct CoxFirthFit {
  std::vector<double> coefficients;     // log hazard ratios at the maximum of the penalized log likelihood
  std::vector<double> standard_errors;  // from the unpenalized information there
  std::vector<double> covariance;       // p x p, row-major, likewise
  std::vector<double> lower, upper;  // limits from the penalized profile; infinite if it never falls enough
  std::vector<double> penalized_lr_chi_square;  // of each coefficient against 0, one degree of freedom
  double penalized_log_likelihood_null = 0;
  double penalized_log_likelihood = 0;     // log likelihood + half the log determinant of the information
  double log_likelihood = 0;               // unpenalized, at the same place
  double penalized_lr_chi_square_all = 0;  // p degrees of freedom
  int iterations = 0;
  std::size_t rows = 0;
  std::size_t events = 0;
};

struct CoxFirthOptions {
  Ties ties = Ties::kEfron;               // or kBreslow
  double chi_square = 3.841458820694124;  // of the profile limits, one degree of freedom: 95 %
  bool profile = true;                    // limits and tests; without them the fit is all there is
};

/// Errors  kInvalidInput: as fit_cox, and exact ties.  kNotEstimable: no event, a constant or aliased column,
///         no convergence; kUnsupported: event times x covariates are too many to be held.
/// Source  Firth D (1993) Biometrika 80:27-38; Heinze G, Schemper M (2001) Biometrics 57:114-119.
Result<CoxFirthFit> fit_cox_firth(const CoxData& data, const CoxFirthOptions& options = {});

}  // namespace mimamori
