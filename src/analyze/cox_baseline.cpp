#include "analyze/cox_baseline.h"

#include <algorithm>
#include <cmath>

#include "analyze/cox_places.h"
#include "analyze/distinct_times.h"

namespace mimamori {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The covariance of the coefficients of z.
MatrixXd scaled_covariance(const CoxFit& fit, const CoxRiskSets& sets) {
  const auto p = static_cast<Index>(sets.covariates);
  MatrixXd scaled(p, p);
  for (Index a = 0; a < p; ++a) {
    for (Index b = 0; b < p; ++b) {
      scaled(a, b) =
          fit.covariance[std::size_t(a * p + b)] * sets.scale[std::size_t(a)] * sets.scale[std::size_t(b)];
    }
  }
  return scaled;
}

void set_limits(CoxCurveStep& step, const CoxCurveOptions& options) {
  SurvivalStep survival;
  survival.survival = step.survival;
  survival.standard_error = step.survival * step.hazard_standard_error;
  const SurvivalLimits limits = survival_limits(&survival, options.interval, options.z);
  step.lower = limits.lower;
  step.upper = limits.upper;
}

}  // namespace

Result<std::vector<CoxCurve>> cox_curves(const CoxData& data, const CoxFit& fit, std::span<const double> at,
                                         const CoxCurveOptions& options) {
  auto made = cox_places(data, fit.coefficients, options.ties, false);
  if (const auto* refusal = std::get_if<CoxRefusal>(&made)) return error_of(*refusal);
  const CoxPlaces places = std::get<CoxPlaces>(std::move(made));
  const CoxRiskSets& sets = places.sets;
  const auto p = static_cast<Index>(sets.covariates);
  if (at.size() != sets.covariates || !std::ranges::all_of(at, [](double x) { return std::isfinite(x); })) {
    return Error{ErrorCode::kInvalidInput, "cox_curves: expected one finite value per covariate"};
  }
  VectorXd z(p);
  double predictor = options.offset;
  for (std::size_t j = 0; j < sets.covariates; ++j) {
    z[Index(j)] = (at[j] - sets.center[j]) / sets.scale[j];
    predictor += z[Index(j)] * (fit.coefficients[j] * sets.scale[j]);
  }
  const double factor = std::exp(predictor - places.top);
  const MatrixXd covariance = scaled_covariance(fit, sets);

  std::vector<CoxCurve> curves;
  double hazard = 0;
  double variance = 0;
  VectorXd pull = VectorXd::Zero(p);  // minus the derivative of the hazard by the coefficients of z
  for (std::size_t slot = 0; slot < sets.slots; ++slot) {
    if (sets.deaths[slot] == 0) continue;
    const bool opens = slot == 0 || sets.deaths[slot - 1] == 0;
    if (opens) {
      curves.push_back({.stratum = places.label[slot], .steps = {}});
      hazard = variance = 0;
      pull.setZero();
    }
    const TiedPlace& place = places.place[slot];
    hazard += factor * place.hazard;
    variance += factor * factor * place.variance;
    pull += factor * (place.hazard_mean - place.hazard * z);
    CoxCurveStep step;
    step.time = places.time[slot];
    step.at_risk = places.at_risk[slot];
    step.events = sets.deaths[slot];
    step.cumulative_hazard = hazard;
    step.hazard_standard_error = std::sqrt(variance + pull.dot(covariance * pull));
    step.survival = std::exp(-hazard);
    set_limits(step, options);
    curves.back().steps.push_back(step);
  }
  return curves;
}

const CoxCurveStep* step_at(std::span<const CoxCurveStep> steps, double time) {
  const auto later = [](double t, const CoxCurveStep& step) {
    return t < step.time - kTimeTolerance * std::abs(step.time);
  };
  const auto after = std::upper_bound(steps.begin(), steps.end(), time, later);
  return after == steps.begin() ? nullptr : &*(after - 1);
}

}  // namespace mimamori
