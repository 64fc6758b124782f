#include "analyze/glm.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "analyze/glm_problem.h"

namespace mimamori {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Error wrong_rows(std::string_view what, std::span<const std::size_t> rows) {
  return {ErrorCode::kInvalidInput, std::string(what) + " in " + some_rows(rows)};
}

Result<void> check_outcome(GlmFamily family, std::span<const double> outcome) {
  std::vector<std::size_t> wrong;
  for (std::size_t i = 0; i < outcome.size(); ++i) {
    const double y = outcome[i];
    if (family == GlmFamily::kLogistic ? y != 0 && y != 1 : y < 0) wrong.push_back(i + 1);
  }
  if (wrong.empty()) return {};
  return wrong_rows(
      family == GlmFamily::kLogistic ? "outcome: expected 0 or 1" : "outcome: expected at least 0", wrong);
}

Result<void> check(GlmFamily family, const GlmData& data) {
  const std::size_t n = data.outcome.size();
  if (n == 0) return Error{ErrorCode::kInvalidInput, "expected at least one row"};
  TRY(check_finite("outcome", data.outcome, n));
  for (std::size_t j = 0; j < data.columns.size(); ++j) {
    TRY(check_finite("covariate " + std::to_string(j + 1), data.columns[j], n));
  }
  if (!data.weight.empty()) TRY(check_finite("weight", data.weight, n));
  if (!data.offset.empty()) TRY(check_finite("offset", data.offset, n));
  if (!data.cluster.empty() && data.cluster.size() != n) {
    return Error{ErrorCode::kInvalidInput, "cluster: expected one label per row"};
  }
  std::vector<std::size_t> negative;
  for (std::size_t i = 0; i < data.weight.size(); ++i) {
    if (data.weight[i] < 0) negative.push_back(i + 1);
  }
  if (!negative.empty()) return wrong_rows("weight: expected at least 0", negative);
  return check_outcome(family, data.outcome);
}

Eigen::VectorXd vector_or(std::span<const double> values, std::size_t n, double otherwise) {
  if (values.empty()) return Eigen::VectorXd::Constant(Eigen::Index(n), otherwise);
  return Eigen::Map<const Eigen::VectorXd>(values.data(), Eigen::Index(values.size()));
}

/// The log likelihood of a fit that gives every row its own mean.
double saturated(const GlmProblem& problem, double theta) {
  double sum = 0;
  if (problem.family == GlmFamily::kLogistic) return 0;
  for (Eigen::Index i = 0; i < problem.y.size(); ++i) {
    if (problem.y[i] == 0) continue;
    sum += problem.weight[i] * row_term(problem.family, problem.y[i], std::log(problem.y[i]), theta).value;
  }
  return sum;
}

double variance_at(GlmFamily family, double mean, double theta) {
  switch (family) {
    case GlmFamily::kLogistic: return mean * (1 - mean);
    case GlmFamily::kPoisson: return mean;
    case GlmFamily::kNegativeBinomial: return mean + mean * mean / theta;
  }
  return mean;
}

/// Fitted means and Pearson's statistic; a separated row's mean is its outcome.
void add_fitted(const GlmProblem& problem, const RowLikelihood& rows, const Eigen::VectorXd& gamma,
                double theta, GlmFit& fit) {
  fit.fitted.assign(std::size_t(problem.y.size()), kNaN);
  for (Eigen::Index i = 0; i < problem.y.size(); ++i) {
    const double weight = problem.weight[i];
    if (weight == 0) continue;
    const double y = problem.y[i];
    if (!rows.in_use(i)) {
      fit.fitted[std::size_t(i)] = y;
      ++fit.rows_separated;
      continue;
    }
    const double eta = problem.design.z.row(i).dot(gamma) + problem.offset[i];
    const double mean = row_term(problem.family, y, eta, theta).mean;
    fit.fitted[std::size_t(i)] = mean;
    fit.pearson_chi_square += weight * (y - mean) * (y - mean) / variance_at(problem.family, mean, theta);
  }
}

GlmStatus logistic_status(const GlmFit& fit) {
  if (fit.status != GlmStatus::kMonotoneLikelihood) return fit.status;
  return fit.rows_separated == fit.rows ? GlmStatus::kCompleteSeparation
                                        : GlmStatus::kQuasiCompleteSeparation;
}

}  // namespace

std::string_view name_of(GlmStatus status) {
  switch (status) {
    case GlmStatus::kOk: return "ok";
    case GlmStatus::kConstantCovariate: return "constant_covariate";
    case GlmStatus::kAliased: return "aliased";
    case GlmStatus::kMonotoneLikelihood: return "monotone_likelihood";
    case GlmStatus::kQuasiCompleteSeparation: return "quasi_complete_separation";
    case GlmStatus::kCompleteSeparation: return "complete_separation";
    case GlmStatus::kNoEvents: return "no_events";
    case GlmStatus::kAllEvents: return "all_events";
    case GlmStatus::kNoInformation: return "no_information";
    case GlmStatus::kNoConvergence: return "no_convergence";
  }
  return "unknown";
}

std::string_view name_of(CoefficientState state) {
  switch (state) {
    case CoefficientState::kEstimated: return "ok";
    case CoefficientState::kConstant: return "constant_covariate";
    case CoefficientState::kAliased: return "aliased";
    case CoefficientState::kInfinite: return "monotone_likelihood";
    case CoefficientState::kUndetermined: return "not_estimable";
  }
  return "unknown";
}

Result<GlmProblem> make_problem(GlmFamily family, const GlmData& data, bool has_constant) {
  TRY(check(family, data));
  const std::size_t n = data.outcome.size();
  GlmProblem problem;
  problem.family = family;
  problem.y = vector_or(data.outcome, n, 0);
  problem.weight = vector_or(data.weight, n, 1);
  problem.offset = vector_or(data.offset, n, 0);
  problem.rows = std::size_t((problem.weight.array() > 0).count());
  if (problem.rows == 0) return Error{ErrorCode::kInvalidInput, "weight: expected one above 0"};
  problem.design = make_design(data.columns, problem.weight, has_constant, false);
  return problem;
}

Eigen::VectorXd start_of(const GlmProblem& problem) {
  Eigen::VectorXd start = Eigen::VectorXd::Zero(problem.design.z.cols());
  if (!problem.design.has_constant) return start;
  const double total = problem.weight.sum();
  const double events = problem.weight.dot(problem.y);
  if (problem.family == GlmFamily::kLogistic) {
    const double share = (events + 0.5) / (total + 1);
    start[0] = std::log(share / (1 - share)) - problem.weight.dot(problem.offset) / total;
    return start;
  }
  const double largest = problem.offset.maxCoeff();
  const double exposure = (problem.weight.array() * (problem.offset.array() - largest).exp()).sum();
  if (exposure > 0) start[0] = std::log(std::max(events, 0.5) / exposure) - largest;
  return start;
}

Eigen::MatrixXd squared_influence(const GlmProblem& problem, const RowLikelihood& rows,
                                  const Eigen::VectorXd& gamma, double theta,
                                  std::span<const std::int32_t> cluster, double* clusters) {
  const Eigen::Index p = gamma.size();
  std::map<std::int32_t, Eigen::VectorXd> sums;
  Eigen::MatrixXd inside = Eigen::MatrixXd::Zero(p, p);
  double groups = 0;
  for (Eigen::Index i = 0; i < problem.y.size(); ++i) {
    if (problem.weight[i] == 0) continue;
    const double eta = problem.design.z.row(i).dot(gamma) + problem.offset[i];
    const double first = rows.in_use(i) ? row_term(problem.family, problem.y[i], eta, theta).first : 0;
    const Eigen::VectorXd score = problem.weight[i] * first * problem.design.z.row(i).transpose();
    if (cluster.empty()) {
      inside.selfadjointView<Eigen::Lower>().rankUpdate(score);
      ++groups;
      continue;
    }
    auto [at, added] = sums.try_emplace(cluster[std::size_t(i)], Eigen::VectorXd::Zero(p));
    at->second += score;
  }
  for (const auto& [label, score] : sums) {
    inside.selfadjointView<Eigen::Lower>().rankUpdate(score);
    ++groups;
  }
  *clusters = groups;
  return inside.selfadjointView<Eigen::Lower>();
}

GlmFit finish(const GlmProblem& problem, const GlmData& data, const GlmOptions& options, double theta,
              const RowLikelihood& likelihood, const GlmEstimate& at) {
  const auto& rows = at.maximum.limit ? static_cast<const RowLikelihood&>(*at.maximum.limit) : likelihood;
  std::optional<Eigen::MatrixXd> inside;
  if (options.variance != GlmVariance::kModel) {
    double groups = 0;
    inside = squared_influence(problem, rows, at.maximum.gamma, theta, data.cluster, &groups);
    if (options.variance == GlmVariance::kRobustSmallSample) {
      const double lost = data.cluster.empty() ? double(at.structure.columns.size()) : 1;
      *inside *= groups / (groups - lost);
    }
  }
  GlmFit fit = describe(likelihood, problem.design, at, options, inside);
  fit.rows = problem.rows;
  fit.events = 0;
  for (Eigen::Index i = 0; i < problem.y.size(); ++i) fit.events += problem.weight[i] > 0 ? problem.y[i] : 0;
  const double most = saturated(problem, theta);
  fit.deviance = 2 * (most - fit.log_likelihood);
  fit.null_deviance = 2 * (most - fit.log_likelihood_null);
  if (at.maximum.converged) add_fitted(problem, rows, at.maximum.gamma, theta, fit);
  if (problem.family == GlmFamily::kLogistic) fit.status = logistic_status(fit);
  if (fit.events == 0) fit.status = GlmStatus::kNoEvents;
  if (problem.family == GlmFamily::kLogistic && fit.events == double(fit.rows)) {
    fit.status = GlmStatus::kAllEvents;
  }
  return fit;
}

namespace {

Result<GlmFit> fit_rows(GlmFamily family, const GlmData& data, const GlmOptions& options) {
  const GlmProblem problem = TRY(make_problem(family, data, options.constant));
  const RowLikelihood likelihood(family, problem.design.z, problem.y, problem.weight, problem.offset);
  const GlmEstimate at = estimate(likelihood, problem.design, start_of(problem), options.iterations_max);
  return finish(problem, data, options, 0, likelihood, at);
}

}  // namespace

Result<GlmFit> fit_logistic(const GlmData& data, const GlmOptions& options) {
  return fit_rows(GlmFamily::kLogistic, data, options).at("logistic");
}

Result<GlmFit> fit_poisson(const GlmData& data, const GlmOptions& options) {
  return fit_rows(GlmFamily::kPoisson, data, options).at("poisson");
}

Result<GlmFit> fit_risk_ratio(const GlmData& data, GlmOptions options) {
  TRY(check_outcome(GlmFamily::kLogistic, data.outcome).at("risk ratio"));
  if (options.variance == GlmVariance::kModel) options.variance = GlmVariance::kRobust;
  return fit_rows(GlmFamily::kPoisson, data, options).at("risk ratio");
}

}  // namespace mimamori
