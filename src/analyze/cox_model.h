#pragma once

#include <Eigen/Dense>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "analyze/cox.h"
#include "analyze/cox_newton.h"
#include "analyze/cox_risk_sets.h"

namespace mimamori {

/// What the search for a maximum needs to know, whether the rows lie in risk sets or packed.
struct CoxModel {
  CoxEvaluator evaluate;
  Ties ties = Ties::kEfron;
  std::vector<double> scale;  // covariates: gamma = beta * scale
  std::vector<double> reach;  // covariates: largest |x - center| / scale
  std::size_t rows = 0;       // given, without those of weight 0
  std::size_t rows_of_weight_zero = 0;
  std::size_t rows_at_risk = 0;
  std::size_t events = 0;
  std::size_t events_at_zero = 0;
  double death_weight = 0;  // sum over the deaths
  /// The same rows as risk sets, made when first asked for.
  std::function<const CoxRiskSets&()> sets;
};

CoxRefusal cox_refusal(CoxObstacle obstacle, std::optional<std::size_t> covariate, const std::string& why,
                       int direction = 0);

/// Newton from a start with its point and inverse. Refuses kMonotoneLikelihood, kNoConvergence.
std::variant<CoxMaximum, CoxRefusal> maximize_cox(const CoxModel& model, const CoxOptions& options,
                                                  CoxMaximum at);

}  // namespace mimamori
