#include <algorithm>
#include <cmath>

#include "analyze/cox_model.h"

namespace mimamori {
namespace {

// A likelihood that has stopped to gain (in squared standard errors) ...
constexpr double kFlat = 1e-6;
// ... while some linear predictor still moves by this much, is rising towards infinity.
constexpr double kStillMoving = 1e-3;
// Newton converges quadratically on a maximum, and only by a factor of about e towards infinity.
constexpr double kLinearRate = 0.05;
constexpr int kLinearStepsMax = 3;
// Squared length of a step in standard errors beyond which nothing that is printed changes.
constexpr double kStepLost = 1e-18;

/// The path in the covariates' own units: going along it, each unit of step adds this to the coefficients.
std::vector<double> path_of(const CoxRiskSets& sets, const Eigen::VectorXd& step) {
  std::vector<double> path;
  for (std::size_t j = 0; j < sets.covariates; ++j) path.push_back(step[Eigen::Index(j)] / sets.scale[j]);
  return path;
}

/// Names the covariate along which the likelihood rises without end: exactly where one does so alone,
/// else the largest part of the last step, if the deaths confirm it.
std::optional<CoxRefusal> find_monotone(const CoxModel& model, const Eigen::VectorXd& model_step) {
  const CoxRiskSets& sets = model.sets();
  Eigen::VectorXd step = model_step;  // in the coordinates of the risk sets
  for (std::size_t j = 0; j < sets.covariates; ++j) step[Eigen::Index(j)] *= sets.scale[j] / model.scale[j];
  const auto describe = [](std::size_t covariate, int direction, const char* how) {
    return cox_refusal(CoxObstacle::kMonotoneLikelihood, covariate,
                       std::string("monotone likelihood: ") + how + " its coefficient goes to " +
                           (direction > 0 ? "plus" : "minus") + " infinity",
                       direction);
  };
  for (std::size_t j = 0; j < sets.covariates; ++j) {
    for (const int direction : {1, -1}) {
      const Eigen::VectorXd unit =
          direction * Eigen::VectorXd::Unit(Eigen::Index(sets.covariates), Eigen::Index(j));
      const CoxShortfall along = shortfall_along(sets, unit, model.ties);
      if (!(along.width > 0) || along.shortfall > 1e-12 * along.width) continue;
      CoxRefusal refusal = describe(j, direction, "there is no finite maximum,");
      refusal.path = path_of(sets, unit);
      return refusal;
    }
  }
  const CoxShortfall along = shortfall_along(sets, step, model.ties);
  if (!(along.width > 0) || along.shortfall > 1e-3 * along.width) return {};
  Eigen::Index largest = 0;
  step.cwiseAbs().maxCoeff(&largest);
  CoxRefusal refusal = describe(static_cast<std::size_t>(largest), step[largest] > 0 ? 1 : -1,
                                "together with other covariates there is no finite maximum,");
  refusal.path = path_of(sets, step);
  return refusal;
}

CoxRefusal no_maximum(const CoxModel& model, const Eigen::VectorXd& step, const std::string& why) {
  if (auto monotone = find_monotone(model, step)) return *monotone;
  return cox_refusal(CoxObstacle::kNoConvergence, {}, why);
}

/// Whether some linear predictor may still move along a step.
bool is_moving(const CoxModel& model, const Eigen::VectorXd& step) {
  double move = 0;
  for (std::size_t j = 0; j < model.reach.size(); ++j)
    move += std::abs(step[Eigen::Index(j)]) * model.reach[j];
  return move > kStillMoving;
}

}  // namespace

CoxRefusal cox_refusal(CoxObstacle obstacle, std::optional<std::size_t> covariate, const std::string& why,
                       int direction) {
  const std::string place = covariate ? "cox: covariate " + std::to_string(*covariate) + ": " : "cox: ";
  return CoxRefusal{
      .obstacle = obstacle, .covariate = covariate, .direction = direction, .sentence = place + why};
}

std::variant<CoxMaximum, CoxRefusal> maximize_cox(const CoxModel& model, const CoxOptions& options,
                                                  CoxMaximum at) {
  double decrement_before = 0;
  int linear_steps = 0;
  for (at.iterations = 1; at.iterations <= options.iterations_max; ++at.iterations) {
    const Eigen::VectorXd step = at.inverse * at.point.gradient;
    const double decrement = step.dot(at.point.gradient);
    const bool last = decrement <= options.tolerance;
    const bool flat = last || decrement < kFlat;
    linear_steps = flat && decrement > kLinearRate * decrement_before ? linear_steps + 1 : 0;
    decrement_before = decrement;
    if ((last || linear_steps >= kLinearStepsMax) && is_moving(model, step)) {
      if (auto monotone = find_monotone(model, step)) return *monotone;
    }
    if (decrement <= kStepLost) {  // the point would only be rounded anew
      at.gamma += step;
      return at;
    }
    if (!move_along(model.evaluate, step, at)) {
      return no_maximum(model, step, "no step along the gradient raises the likelihood");
    }
    auto inverse = invert_information(at.point.information);
    if (!inverse) return no_maximum(model, step, "the information became singular on the way");
    at.inverse = std::move(*inverse);
    if (last) return at;
  }
  return no_maximum(model, at.inverse * at.point.gradient,
                    "no convergence within " + std::to_string(options.iterations_max) + " steps");
}

}  // namespace mimamori
