#include "analyze/cox.h"

#include <algorithm>
#include <cmath>

#include "analyze/cox_risk_sets.h"

namespace mimamori {
namespace {

// A column whose part that the columns before it do not explain is below this share is aliased.
constexpr double kAliasedShare = 1e-11;
// A likelihood that has stopped to gain (in squared standard errors) ...
constexpr double kFlat = 1e-6;
// ... while some linear predictor still moves by this much, is rising towards infinity.
constexpr double kStillMoving = 1e-3;
// Newton converges quadratically on a maximum, and only by a factor of about e towards infinity.
constexpr double kLinearRate = 0.05;
constexpr int kLinearStepsMax = 3;
constexpr int kHalvingsMax = 40;

CoxRefusal refuse(CoxObstacle obstacle, std::optional<std::size_t> covariate, const std::string& why,
                  int direction = 0) {
  const std::string place = covariate ? "cox: covariate " + std::to_string(*covariate) + ": " : "cox: ";
  return CoxRefusal{
      .obstacle = obstacle, .covariate = covariate, .direction = direction, .sentence = place + why};
}

std::optional<CoxRefusal> find_constant(const CoxData& data, std::size_t covariates) {
  const std::size_t rows = data.stop.size();
  for (std::size_t j = 0; j < covariates; ++j) {
    bool varies = false;
    for (std::size_t i = 1; i < rows && !varies; ++i) varies = data.x[i * covariates + j] != data.x[j];
    if (!varies) return refuse(CoxObstacle::kConstantCovariate, j, "it has one value in all rows");
  }
  return {};
}

/// Looks for columns that no risk set tells anything about, alone or beside the columns before them.
std::optional<CoxRefusal> find_aliased(const CoxRiskSets& sets, const Eigen::MatrixXd& information) {
  const Eigen::Index p = information.rows();
  Eigen::MatrixXd left = information;  // what the columns so far do not explain
  for (Eigen::Index j = 0; j < p; ++j) {
    const auto covariate = static_cast<std::size_t>(j);
    if (information(j, j) <= kAliasedShare * double(sets.events)) {
      return refuse(CoxObstacle::kNoInformation, covariate, "it has one value within each risk set");
    }
    if (left(j, j) <= kAliasedShare * information(j, j)) {
      return refuse(CoxObstacle::kAliased, covariate,
                    "it is a linear combination of the covariates before it");
    }
    for (Eigen::Index a = j + 1; a < p; ++a) {
      const double factor = left(a, j) / left(j, j);
      for (Eigen::Index b = j + 1; b < p; ++b) left(a, b) -= factor * left(j, b);
    }
  }
  return {};
}

/// The inverse of the information, solved with unit diagonal; absent if it is not positive definite.
std::optional<Eigen::MatrixXd> invert(const Eigen::MatrixXd& information) {
  if (information.diagonal().minCoeff() <= 0) return {};
  const Eigen::VectorXd unit = information.diagonal().cwiseSqrt().cwiseInverse();
  const Eigen::LLT<Eigen::MatrixXd> factored(unit.asDiagonal() * information * unit.asDiagonal());
  if (factored.info() != Eigen::Success) return {};
  const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(information.rows(), information.rows());
  const Eigen::MatrixXd inverse = factored.solve(identity);
  return Eigen::MatrixXd(unit.asDiagonal() * inverse * unit.asDiagonal());
}

double largest_move(const CoxRiskSets& sets, const Eigen::VectorXd& step) {
  double largest = 0;
  for (std::size_t i = 0; i < sets.rows; ++i) {
    double move = 0;
    for (std::size_t j = 0; j < sets.covariates; ++j) {
      move += sets.z[i * sets.covariates + j] * step[Eigen::Index(j)];
    }
    largest = std::max(largest, std::abs(move));
  }
  return largest;
}

/// Names the covariate along which the likelihood rises without end: exactly where one does so alone,
/// else the largest part of the last step, if the deaths confirm it.
std::optional<CoxRefusal> find_monotone(const CoxRiskSets& sets, const Eigen::VectorXd& step) {
  const auto describe = [](std::size_t covariate, int direction, const char* how) {
    return refuse(CoxObstacle::kMonotoneLikelihood, covariate,
                  std::string("monotone likelihood: ") + how + " its coefficient goes to " +
                      (direction > 0 ? "plus" : "minus") + " infinity",
                  direction);
  };
  for (std::size_t j = 0; j < sets.covariates; ++j) {
    for (const int direction : {1, -1}) {
      const Eigen::VectorXd unit =
          direction * Eigen::VectorXd::Unit(Eigen::Index(sets.covariates), Eigen::Index(j));
      const CoxShortfall along = shortfall_along(sets, unit);
      if (along.width > 0 && along.shortfall <= 1e-12 * along.width) {
        return describe(j, direction, "there is no finite maximum,");
      }
    }
  }
  const CoxShortfall along = shortfall_along(sets, step);
  if (!(along.width > 0) || along.shortfall > 1e-3 * along.width) return {};
  Eigen::Index largest = 0;
  step.cwiseAbs().maxCoeff(&largest);
  return describe(static_cast<std::size_t>(largest), step[largest] > 0 ? 1 : -1,
                  "together with other covariates there is no finite maximum,");
}

struct Maximum {
  Eigen::VectorXd gamma;
  CoxPoint point;
  Eigen::MatrixXd inverse;
  int iterations = 0;
};

CoxRefusal no_maximum(const CoxRiskSets& sets, const Eigen::VectorXd& step, const std::string& why) {
  if (auto monotone = find_monotone(sets, step)) return *monotone;
  return refuse(CoxObstacle::kNoConvergence, {}, why);
}

/// Moves along the step, halved until the likelihood does not fall (beyond rounding).
bool move_along(const CoxRiskSets& sets, Ties ties, Eigen::VectorXd step, Maximum& at) {
  const double floor = at.point.value - 1e-12 * (1 + std::abs(at.point.value));
  for (int halving = 0; halving <= kHalvingsMax; ++halving, step /= 2) {
    const Eigen::VectorXd gamma = at.gamma + step;
    auto point = evaluate_cox(sets, gamma, ties);
    if (!point || point->value < floor) continue;
    at.gamma = gamma;
    at.point = std::move(*point);
    return true;
  }
  return false;
}

std::variant<Maximum, CoxRefusal> maximize(const CoxRiskSets& sets, const CoxOptions& options, Maximum at) {
  double decrement_before = 0;
  int linear_steps = 0;
  for (at.iterations = 1; at.iterations <= options.iterations_max; ++at.iterations) {
    const Eigen::VectorXd step = at.inverse * at.point.gradient;
    const double decrement = step.dot(at.point.gradient);
    const bool last = decrement <= options.tolerance;
    const bool flat = last || decrement < kFlat;
    linear_steps = flat && decrement > kLinearRate * decrement_before ? linear_steps + 1 : 0;
    decrement_before = decrement;
    if ((last || linear_steps >= kLinearStepsMax) && largest_move(sets, step) > kStillMoving) {
      if (auto monotone = find_monotone(sets, step)) return *monotone;
    }
    if (!move_along(sets, options.ties, step, at)) {
      return no_maximum(sets, step, "no step along the gradient raises the likelihood");
    }
    auto inverse = invert(at.point.information);
    if (!inverse) return no_maximum(sets, step, "the information became singular on the way");
    at.inverse = std::move(*inverse);
    if (last) return at;
  }
  return no_maximum(sets, at.inverse * at.point.gradient,
                    "no convergence within " + std::to_string(options.iterations_max) + " steps");
}

CoxFit describe(const CoxRiskSets& sets, const CoxPoint& null_point, double score, const Maximum& maximum) {
  CoxFit fit;
  const std::size_t p = sets.covariates;
  for (std::size_t a = 0; a < p; ++a) {
    const auto row = static_cast<Eigen::Index>(a);
    fit.coefficients.push_back(maximum.gamma[row] / sets.scale[a]);
    fit.standard_errors.push_back(std::sqrt(maximum.inverse(row, row)) / sets.scale[a]);
    for (std::size_t b = 0; b < p; ++b) {
      fit.covariance.push_back(maximum.inverse(row, Eigen::Index(b)) / sets.scale[a] / sets.scale[b]);
    }
  }
  fit.log_likelihood_null = null_point.value;
  fit.log_likelihood = maximum.point.value;
  fit.score_chi_square = score;
  fit.wald_chi_square = maximum.gamma.dot(maximum.point.information * maximum.gamma);
  fit.iterations = maximum.iterations;
  fit.rows = sets.rows_given;
  fit.rows_at_risk = sets.rows;
  fit.events = sets.events;
  return fit;
}

Result<CoxObjective> objective(const CoxData& data, std::span<const double> beta, Ties ties) {
  auto made = make_risk_sets(data);
  if (const auto* refusal = std::get_if<CoxRefusal>(&made)) {
    const bool invalid = refusal->obstacle == CoxObstacle::kInvalidInput;
    return Error{invalid ? ErrorCode::kInvalidInput : ErrorCode::kNotEstimable, refusal->sentence};
  }
  const CoxRiskSets& sets = std::get<CoxRiskSets>(made);
  const std::size_t p = sets.covariates;
  if (beta.size() != p || !std::ranges::all_of(beta, [](double b) { return std::isfinite(b); })) {
    return Error{ErrorCode::kInvalidInput, "cox: beta must hold one finite number per covariate"};
  }
  Eigen::VectorXd gamma(static_cast<Eigen::Index>(p));
  for (std::size_t j = 0; j < p; ++j) gamma[Eigen::Index(j)] = beta[j] * sets.scale[j];
  const auto point = evaluate_cox(sets, gamma, ties);
  if (!point)
    return Error{ErrorCode::kNotEstimable, "cox: the linear predictor is beyond the range of numbers"};
  CoxObjective out{.value = point->value, .gradient = {}, .information = {}};
  for (std::size_t a = 0; a < p; ++a) {
    const auto row = static_cast<Eigen::Index>(a);
    out.gradient.push_back(point->gradient[row] * sets.scale[a]);
    for (std::size_t b = 0; b < p; ++b) {
      out.information.push_back(point->information(row, Eigen::Index(b)) * sets.scale[a] * sets.scale[b]);
    }
  }
  return out;
}

}  // namespace

std::string_view name_of(CoxObstacle obstacle) {
  switch (obstacle) {
    case CoxObstacle::kInvalidInput: return "invalid_input";
    case CoxObstacle::kNoEvents: return "no_events";
    case CoxObstacle::kConstantCovariate: return "constant_covariate";
    case CoxObstacle::kNoInformation: return "no_information";
    case CoxObstacle::kAliased: return "aliased";
    case CoxObstacle::kMonotoneLikelihood: return "monotone_likelihood";
    case CoxObstacle::kNoConvergence: return "no_convergence";
  }
  return "unknown";
}

std::variant<CoxFit, CoxRefusal> answer_cox(const CoxData& data, const CoxOptions& options) {
  auto made = make_risk_sets(data);
  if (auto* refusal = std::get_if<CoxRefusal>(&made)) return *refusal;
  const CoxRiskSets& sets = std::get<CoxRiskSets>(made);
  if (auto refusal = find_constant(data, sets.covariates)) return *refusal;

  Maximum start{.gamma = Eigen::VectorXd::Zero(Eigen::Index(sets.covariates)), .point = {}, .inverse = {}};
  auto null_point = evaluate_cox(sets, start.gamma, options.ties);
  if (!null_point) return refuse(CoxObstacle::kInvalidInput, {}, "a covariate is too large to be summed");
  if (auto refusal = find_aliased(sets, null_point->information)) return *refusal;
  auto inverse = invert(null_point->information);
  if (!inverse) return refuse(CoxObstacle::kAliased, {}, "the covariates are linearly dependent");
  start.point = *null_point;
  start.inverse = std::move(*inverse);
  const double score = null_point->gradient.dot(start.inverse * null_point->gradient);

  auto maximum = maximize(sets, options, std::move(start));
  if (auto* refusal = std::get_if<CoxRefusal>(&maximum)) return *refusal;
  return describe(sets, *null_point, score, std::get<Maximum>(maximum));
}

Result<CoxFit> fit_cox(const CoxData& data, const CoxOptions& options) {
  auto answer = answer_cox(data, options);
  if (auto* fit = std::get_if<CoxFit>(&answer)) return std::move(*fit);
  const CoxRefusal& refusal = std::get<CoxRefusal>(answer);
  const bool invalid = refusal.obstacle == CoxObstacle::kInvalidInput;
  return Error{invalid ? ErrorCode::kInvalidInput : ErrorCode::kNotEstimable, refusal.sentence};
}

Result<CoxObjective> cox_efron(const CoxData& data, std::span<const double> beta) {
  return objective(data, beta, Ties::kEfron);
}

Result<CoxObjective> cox_breslow(const CoxData& data, std::span<const double> beta) {
  return objective(data, beta, Ties::kBreslow);
}

}  // namespace mimamori
