#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "analyze/cox.h"

namespace mimamori {

/// Residuals of a Cox model; n rows in the order given, p covariates. Rows of weight 0 and rows never at risk
/// have 0.
struct CoxResiduals {
  std::vector<double> martingale;  // n  events minus the hazard met
  std::vector<double> deviance;    // n
  std::vector<double> score;       // n x p, per unit of weight
  std::vector<double>
      dfbeta;  // n x p  weight x score x inverse information: what leaving the row out changes
  std::vector<double> dfbetas;  // n x p  the same in standard errors

  /// One per event, by stratum and time: covariates minus their expectation in the risk set.
  struct Schoenfeld {
    std::size_t row = 0;  // from 0
    double time = 0;
    std::int32_t stratum = 0;
  };
  std::vector<Schoenfeld> events;
  std::vector<double> schoenfeld;  // events x p
  std::vector<double>
      scaled_schoenfeld;  // events x p  coefficient + events x schoenfeld x inverse information
};

/// Errors  kInvalidInput: as fit_cox.  kNotEstimable: no event.
/// Source  Therneau TM, Grambsch PM, Fleming TR (1990) Biometrika 77:147-160; Schoenfeld D (1982) Biometrika
///         69:239-241; Efron's ties as in Therneau and Grambsch (2000), section 4.6.
Result<CoxResiduals> cox_residuals(const CoxData& data, const CoxFit& fit, Ties ties = Ties::kEfron);

}  // namespace mimamori
