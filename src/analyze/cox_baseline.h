#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analyze/cox.h"
#include "analyze/kaplan_meier.h"

namespace mimamori {

/// What a fitted Cox model predicts from one event time until the next.
struct CoxCurveStep {
  double time = 0;
  std::int64_t at_risk = 0;  // rows of the stratum just before this time
  std::int64_t events = 0;
  double cumulative_hazard = 0;
  double hazard_standard_error = 0;  // its coefficients' uncertainty included
  double survival = 1;               // exp(-cumulative_hazard)
  std::optional<double> lower;       // of survival
  std::optional<double> upper;
};

/// One curve per stratum, in the order of the labels; a stratum without an event has none.
struct CoxCurve {
  std::int32_t stratum = 0;
  std::vector<CoxCurveStep> steps;
};

struct CoxCurveOptions {
  Ties ties = Ties::kEfron;  // Efron's or Breslow's estimator, as the model was fitted
  SurvivalInterval interval = SurvivalInterval::kLog;
  double offset = 0;  // of the person described
  double z = kNormal975;
};

/// Cumulative hazard and survival of a person with given covariates; at 0 it is the baseline hazard.
///
///   at  p  covariates of that person
///
/// Errors  kInvalidInput: as fit_cox, or `at` is not p finite numbers.  kNotEstimable: no event.
/// Source  Breslow NE (1972) J R Stat Soc B 34:216-217; Tsiatis AA (1981) Ann Stat 9:93-108; with Efron's
/// ties
///         Therneau TM, Grambsch PM (2000) Modeling Survival Data, section 10.2.
Result<std::vector<CoxCurve>> cox_curves(const CoxData& data, const CoxFit& fit, std::span<const double> at,
                                         const CoxCurveOptions& options = {});

/// The last step at or before a time; nullptr before the first event.
const CoxCurveStep* step_at(std::span<const CoxCurveStep> steps, double time);

}  // namespace mimamori
