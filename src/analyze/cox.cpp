#include "analyze/cox.h"

#include <algorithm>
#include <cmath>

#include "analyze/cox_model.h"
#include "analyze/cox_newton.h"
#include "analyze/cox_packed.h"
#include "analyze/cox_risk_sets.h"
#include "analyze/cox_robust.h"

namespace mimamori {
namespace {

// A column whose part that the columns before it do not explain is below this share is aliased.
constexpr double kAliasedShare = 1e-11;
std::optional<CoxRefusal> find_constant(const CoxData& data) {
  const CoxColumns columns(data);
  const auto counts = [&](std::size_t row) { return data.weight.empty() || data.weight[row] > 0; };
  std::size_t first = 0;
  while (!counts(first)) ++first;
  for (std::size_t j = 0; j < columns.size(); ++j) {
    bool varies = false;
    for (std::size_t i = first + 1; i < data.stop.size() && !varies; ++i) {
      varies = counts(i) && columns(i, j) != columns(first, j);
    }
    if (!varies) return cox_refusal(CoxObstacle::kConstantCovariate, j, "it has one value in all rows");
  }
  return {};
}

/// Looks for columns that no risk set tells anything about, alone or beside the columns before them.
std::optional<CoxRefusal> find_aliased(const CoxModel& model, const Eigen::MatrixXd& information) {
  const Eigen::Index p = information.rows();
  Eigen::MatrixXd left = information;  // what the columns so far do not explain
  for (Eigen::Index j = 0; j < p; ++j) {
    const auto covariate = static_cast<std::size_t>(j);
    if (information(j, j) <= kAliasedShare * model.death_weight) {
      return cox_refusal(CoxObstacle::kNoInformation, covariate, "it has one value within each risk set");
    }
    if (left(j, j) <= kAliasedShare * information(j, j)) {
      return cox_refusal(CoxObstacle::kAliased, covariate,
                         "it is a linear combination of the covariates before it");
    }
    for (Eigen::Index a = j + 1; a < p; ++a) {
      const double factor = left(a, j) / left(j, j);
      for (Eigen::Index b = j + 1; b < p; ++b) left(a, b) -= factor * left(j, b);
    }
  }
  return {};
}

CoxFit describe(const CoxModel& model, const CoxPoint& null_point, double score, const CoxMaximum& maximum) {
  CoxFit fit;
  const std::size_t p = model.scale.size();
  for (std::size_t a = 0; a < p; ++a) {
    const auto row = static_cast<Eigen::Index>(a);
    fit.coefficients.push_back(maximum.gamma[row] / model.scale[a]);
    fit.standard_errors.push_back(std::sqrt(maximum.inverse(row, row)) / model.scale[a]);
    for (std::size_t b = 0; b < p; ++b) {
      fit.covariance.push_back(maximum.inverse(row, Eigen::Index(b)) / model.scale[a] / model.scale[b]);
    }
  }
  fit.naive_covariance = fit.covariance;
  fit.log_likelihood_null = null_point.value;
  fit.log_likelihood = maximum.point.value;
  fit.score_chi_square = score;
  fit.wald_chi_square = maximum.gamma.dot(maximum.point.information * maximum.gamma);
  fit.iterations = maximum.iterations;
  fit.rows = model.rows;
  fit.rows_of_weight_zero = model.rows_of_weight_zero;
  fit.events_at_zero = model.events_at_zero;
  fit.rows_at_risk = model.rows_at_risk;
  fit.events = model.events;
  return fit;
}

/// Coordinates of one scale in those of another.
Eigen::VectorXd rescaled(const Eigen::VectorXd& gamma, const std::vector<double>& from,
                         const std::vector<double>& to) {
  Eigen::VectorXd out = gamma;
  for (Eigen::Index j = 0; j < out.size(); ++j) out[j] *= to[std::size_t(j)] / from[std::size_t(j)];
  return out;
}

/// A point or an inverse in coordinates of one scale, from those of another.
Eigen::MatrixXd rescaled_matrix(const Eigen::MatrixXd& matrix, const std::vector<double>& rows_times,
                                const std::vector<double>& rows_over) {
  Eigen::MatrixXd out = matrix;
  for (Eigen::Index a = 0; a < out.rows(); ++a) {
    for (Eigen::Index b = 0; b < out.cols(); ++b) {
      const auto i = std::size_t(a), k = std::size_t(b);
      out(a, b) *= rows_times[i] / rows_over[i] * (rows_times[k] / rows_over[k]);
    }
  }
  return out;
}

CoxModel model_of_sets(const CoxRiskSets& sets, Ties ties, CoxEvaluator evaluate) {
  CoxModel model;
  model.evaluate = std::move(evaluate);
  model.ties = ties;
  model.scale = sets.scale;
  model.reach.assign(sets.covariates, 0);
  for (std::size_t k = 0; k < sets.z.size(); ++k) {
    double& reach = model.reach[k % sets.covariates];
    reach = std::max(reach, std::abs(sets.z[k]));
  }
  for (std::size_t j = 0; j < sets.covariates && !sets.factor.empty(); ++j) {
    double most = 0;
    for (std::size_t k = j; k < sets.factor.size(); k += sets.covariates) {
      most = std::max(most, std::abs(sets.factor[k]));
    }
    model.reach[j] *= most;
  }
  model.rows = sets.rows_given - sets.rows_of_weight_zero;
  model.rows_of_weight_zero = sets.rows_of_weight_zero;
  model.rows_at_risk = sets.rows;
  model.events = sets.events;
  model.events_at_zero = sets.events_at_zero;
  for (std::size_t slot = 0; slot < sets.slots; ++slot) {
    model.death_weight += sets.deaths[slot] * sets.death_weight[slot];
  }
  model.sets = [&sets]() -> const CoxRiskSets& { return sets; };
  return model;
}

/// Risk sets that are made when they are first asked for. The data were packed, so they are valid.
class LaterSets {
 public:
  explicit LaterSets(const CoxData& data) : data_(data) {}
  const CoxRiskSets& get() {
    if (!sets_) sets_ = std::get<CoxRiskSets>(make_risk_sets(data_));
    return *sets_;
  }

 private:
  const CoxData& data_;
  std::optional<CoxRiskSets> sets_;
};

/// evaluate_cox in the coordinates of packed rows, for linear predictors that these are not made for.
std::optional<CoxPoint> evaluate_far_out(const CoxRiskSets& sets, const CoxPacked& packed,
                                         const Eigen::VectorXd& gamma, Ties ties) {
  auto point = evaluate_cox(sets, rescaled(gamma, packed.scale, sets.scale), ties);
  if (!point) return {};
  point->gradient = rescaled(point->gradient, packed.scale, sets.scale);
  point->information = rescaled_matrix(point->information, sets.scale, packed.scale);
  return point;
}

CoxModel model_of_packed(const CoxPacked& packed, Ties ties, CoxPackedEvaluator& evaluator, LaterSets& sets) {
  CoxModel model;
  model.ties = ties;
  model.evaluate = [&packed, &evaluator, &sets, ties](const Eigen::VectorXd& gamma) {
    auto point = evaluator(gamma);
    return point || !gamma.allFinite() ? point : evaluate_far_out(sets.get(), packed, gamma, ties);
  };
  model.scale = packed.scale;
  model.reach = packed.reach;
  model.rows = packed.rows_given - packed.rows_of_weight_zero;
  model.rows_of_weight_zero = packed.rows_of_weight_zero;
  model.rows_at_risk = packed.rows;
  model.events = packed.events;
  model.events_at_zero = packed.events_at_zero;
  for (std::size_t slot = 0; slot < packed.slots; ++slot) {
    model.death_weight += packed.deaths[slot] * packed.death_weight[slot];
  }
  model.sets = [&sets]() -> const CoxRiskSets& { return sets.get(); };
  return model;
}

std::variant<CoxFit, CoxRefusal> fit_model(const CoxData& data, const CoxModel& model,
                                           const CoxOptions& options) {
  CoxMaximum start{
      .gamma = Eigen::VectorXd::Zero(Eigen::Index(model.scale.size())), .point = {}, .inverse = {}};
  auto null_point = model.evaluate(start.gamma);
  if (!null_point)
    return cox_refusal(CoxObstacle::kInvalidInput, {}, "a covariate is too large to be summed");
  if (auto refusal = find_aliased(model, null_point->information)) return *refusal;
  auto inverse = invert_information(null_point->information);
  if (!inverse) return cox_refusal(CoxObstacle::kAliased, {}, "the covariates are linearly dependent");
  start.point = *null_point;
  start.inverse = std::move(*inverse);
  const double score = null_point->gradient.dot(start.inverse * null_point->gradient);

  auto maximum = maximize_cox(model, options, std::move(start));
  if (auto* refusal = std::get_if<CoxRefusal>(&maximum)) return *refusal;
  const auto& at = std::get<CoxMaximum>(maximum);
  CoxFit fit = describe(model, *null_point, score, at);
  if (!options.robust) return fit;
  const CoxRiskSets& sets = model.sets();
  put_sandwich(data, sets, options.ties, rescaled(at.gamma, model.scale, sets.scale),
               rescaled_matrix(at.inverse, sets.scale, model.scale), fit);
  return fit;
}

}  // namespace

std::string_view name_of(Ties ties) {
  switch (ties) {
    case Ties::kEfron: return "efron";
    case Ties::kBreslow: return "breslow";
    case Ties::kDiscrete: return "exact";
    case Ties::kMarginal: return "kalbfleisch_prentice";
  }
  return "unknown";
}

Error error_of(const CoxRefusal& refusal) {
  switch (refusal.obstacle) {
    case CoxObstacle::kInvalidInput: return Error{ErrorCode::kInvalidInput, refusal.sentence};
    case CoxObstacle::kTooMuchWork: return Error{ErrorCode::kUnsupported, refusal.sentence};
    default: return Error{ErrorCode::kNotEstimable, refusal.sentence};
  }
}

std::string_view name_of(CoxObstacle obstacle) {
  switch (obstacle) {
    case CoxObstacle::kInvalidInput: return "invalid_input";
    case CoxObstacle::kTooMuchWork: return "too_much_work";
    case CoxObstacle::kNoEvents: return "no_events";
    case CoxObstacle::kConstantCovariate: return "constant_covariate";
    case CoxObstacle::kNoInformation: return "no_information";
    case CoxObstacle::kAliased: return "aliased";
    case CoxObstacle::kMonotoneLikelihood: return "monotone_likelihood";
    case CoxObstacle::kNoConvergence: return "no_convergence";
  }
  return "unknown";
}

std::variant<CoxFit, CoxRefusal> fit_risk_sets(const CoxData& data, const CoxRiskSets& sets,
                                               const CoxOptions& options) {
  auto chosen = cox_evaluator(sets, options.ties);
  if (auto* refusal = std::get_if<CoxRefusal>(&chosen)) return *refusal;
  if (options.robust && is_exact(options.ties)) {
    return cox_refusal(CoxObstacle::kInvalidInput, {}, "robust variance is not offered with exact ties");
  }
  return fit_model(data, model_of_sets(sets, options.ties, std::get<CoxEvaluator>(std::move(chosen))),
                   options);
}

std::variant<CoxFit, CoxRefusal> answer_cox(const CoxData& data, const CoxOptions& options) {
  if (!is_exact(options.ties) && data.transforms.empty()) {
    if (const auto packed = pack_cox(data, options.threads)) {
      CoxPackedEvaluator evaluator(*packed, options.ties);
      LaterSets sets(data);
      return fit_model(data, model_of_packed(*packed, options.ties, evaluator, sets), options);
    }
  }
  auto made = make_risk_sets(data);
  if (auto* refusal = std::get_if<CoxRefusal>(&made)) return *refusal;
  if (auto refusal = find_constant(data)) return *refusal;
  return fit_risk_sets(data, std::get<CoxRiskSets>(made), options);
}

Result<CoxFit> fit_cox(const CoxData& data, const CoxOptions& options) {
  auto answer = answer_cox(data, options);
  if (auto* fit = std::get_if<CoxFit>(&answer)) return std::move(*fit);
  return error_of(std::get<CoxRefusal>(answer));
}

Result<CoxObjective> cox_objective(const CoxData& data, std::span<const double> beta, Ties ties) {
  auto made = make_risk_sets(data);
  if (const auto* refusal = std::get_if<CoxRefusal>(&made)) return error_of(*refusal);
  const CoxRiskSets& sets = std::get<CoxRiskSets>(made);
  const std::size_t p = sets.covariates;
  if (beta.size() != p || !std::ranges::all_of(beta, [](double b) { return std::isfinite(b); })) {
    return Error{ErrorCode::kInvalidInput, "cox: beta must hold one finite number per covariate"};
  }
  Eigen::VectorXd gamma(static_cast<Eigen::Index>(p));
  for (std::size_t j = 0; j < p; ++j) gamma[Eigen::Index(j)] = beta[j] * sets.scale[j];
  const auto chosen = cox_evaluator(sets, ties);
  if (const auto* refusal = std::get_if<CoxRefusal>(&chosen)) return error_of(*refusal);
  const auto point = std::get<CoxEvaluator>(chosen)(gamma);
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

Result<CoxObjective> cox_efron(const CoxData& data, std::span<const double> beta) {
  return cox_objective(data, beta, Ties::kEfron);
}

Result<CoxObjective> cox_breslow(const CoxData& data, std::span<const double> beta) {
  return cox_objective(data, beta, Ties::kBreslow);
}

}  // namespace mimamori
