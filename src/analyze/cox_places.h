#pragma once

#include <variant>
#include <vector>

#include "analyze/cox.h"
#include "analyze/cox_risk_sets.h"
#include "analyze/risk_moments.h"

namespace mimamori {

/// A Cox model at given coefficients, event time by event time: what baseline hazards, residuals and tests of
/// proportional hazards are made of.
///
///   sets    rows and slots as in cox_risk_sets.h; covariates z = (x - center) / scale
///   time    slots  the event time; at end marks NaN
///   label   slots  the stratum
///   place   slots  sums at the event time; at end marks 0 deaths
///   risk    rows of sets  exp(linear predictor - top)
struct CoxPlaces {
  CoxRiskSets sets;
  std::vector<double> time;
  std::vector<std::int32_t> label;
  std::vector<TiedPlace> place;
  std::vector<std::int64_t> at_risk;  // slots
  std::vector<double> risk;
  double top = 0;

  [[nodiscard]] Eigen::Map<const Eigen::VectorXd> z(std::size_t row) const {
    return {&sets.z[row * sets.covariates], static_cast<Eigen::Index>(sets.covariates)};
  }
};

///   beta              p  log hazard ratios
///   with_information  also the second moments
/// Refuses kInvalidInput, kNoEvents. Ties: Efron's or Breslow's.
/// Cost  O(n p) after sorting; O(n p^2) with second moments.
std::variant<CoxPlaces, CoxRefusal> cox_places(const CoxData& data, std::span<const double> beta, Ties ties,
                                               bool with_information);

}  // namespace mimamori
