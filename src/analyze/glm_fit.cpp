#include "analyze/glm_fit.h"

#include <cmath>
#include <limits>

#include "analyze/glm_separation.h"

namespace mimamori {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
// A coefficient takes part in a combination (in scaled coordinates) if its share is above this.
constexpr double kTakesPart = 1e-8;

/// The combinations in the coordinates of beta, scaled so that entry j of a column says how much of
/// coefficient j takes part: rounding of the constant's entry is set to 0.
Eigen::MatrixXd null_in_beta(const GlmDesign& design, const Eigen::MatrixXd& null) {
  Eigen::MatrixXd out = null;
  if (!design.has_constant) return out;
  const Eigen::ArrayXd shift = design.center.array() / design.scale.array();
  for (Eigen::Index k = 0; k < null.cols(); ++k) {
    const Eigen::ArrayXd part = shift * null.col(k).array();
    const double entry = null(0, k) - part.sum();
    const double size = std::abs(null(0, k)) + part.abs().sum();
    out(0, k) = std::abs(entry) > kTakesPart * size ? entry : 0;
  }
  return out;
}

std::vector<std::pair<std::size_t, double>> combination_of(const GlmDesign& design,
                                                           const Eigen::MatrixXd& null, Eigen::Index column,
                                                           Eigen::Index j) {
  std::vector<std::pair<std::size_t, double>> out;
  const Eigen::MatrixXd in_beta = null_in_beta(design, null);
  for (Eigen::Index k = 0; k < null.rows(); ++k) {
    const double share = in_beta(k, column);
    if (k == j || std::abs(share) <= kTakesPart) continue;
    out.emplace_back(std::size_t(k), -share * design.scale[j] / design.scale[k]);
  }
  return out;
}

/// Which way a coefficient goes along the directions in which the likelihood rises: 0 if it is free to go
/// both ways.
int direction_of(const GlmLikelihood& likelihood, const GlmDesign& design, const std::vector<bool>& free,
                 Eigen::Index j) {
  const Eigen::VectorXd row = design.transform().row(j).transpose();
  const RowMatrix contrasts = likelihood.contrasts();
  std::vector<Eigen::Index> columns;
  for (Eigen::Index k = 0; k < row.size(); ++k) {
    if (free[std::size_t(k)]) columns.push_back(k);
  }
  RowMatrix used(contrasts.rows(), Eigen::Index(columns.size()));
  Eigen::VectorXd objective(used.cols());
  for (Eigen::Index k = 0; k < used.cols(); ++k) {
    used.col(k) = contrasts.col(columns[std::size_t(k)]);
    objective[k] = row[columns[std::size_t(k)]];
  }
  objective /= objective.cwiseAbs().maxCoeff();
  const auto up = recede(used, objective);
  const auto down = recede(used, -objective);
  const bool rises = up && up->value > 1e-6;
  const bool falls = down && down->value > 1e-6;
  return rises == falls ? 0 : (rises ? 1 : -1);
}

GlmStatus status_of(const GlmEstimate& at, const GlmFit& fit) {
  if (!at.maximum.converged) return GlmStatus::kNoConvergence;
  if (at.maximum.limit) return GlmStatus::kMonotoneLikelihood;
  GlmStatus status = GlmStatus::kOk;
  for (const GlmCoefficient& coefficient : fit.coefficients) {
    if (coefficient.state == CoefficientState::kAliased) status = GlmStatus::kAliased;
    if (coefficient.state == CoefficientState::kConstant && status == GlmStatus::kOk) {
      status = GlmStatus::kConstantCovariate;
    }
  }
  return status;
}

void name_left_out(const GlmDesign& design, const GlmEstimate& at, GlmFit& fit) {
  for (std::size_t j = 0; j < fit.coefficients.size(); ++j) {
    if (design.constant_column[j]) fit.coefficients[j].state = CoefficientState::kConstant;
  }
  for (std::size_t k = 0; k < at.structure.left_out.size(); ++k) {
    const Eigen::Index j = at.structure.left_out[k];
    GlmCoefficient& coefficient = fit.coefficients[std::size_t(j)];
    coefficient.state = CoefficientState::kAliased;
    coefficient.combination = combination_of(design, at.structure.null, Eigen::Index(k), j);
  }
}

void name_infinite(const GlmLikelihood& likelihood, const GlmDesign& design, const GlmEstimate& at,
                   GlmFit& fit) {
  if (!at.maximum.limit) return;
  const Eigen::MatrixXd null = null_in_beta(design, at.maximum.basis.null);
  for (std::size_t j = 0; j < fit.coefficients.size(); ++j) {
    GlmCoefficient& coefficient = fit.coefficients[j];
    if (coefficient.state != CoefficientState::kEstimated) continue;
    if (null.cols() == 0 || null.row(Eigen::Index(j)).cwiseAbs().maxCoeff() <= kTakesPart) continue;
    const int direction = direction_of(likelihood, design, at.free, Eigen::Index(j));
    coefficient.state = direction == 0 ? CoefficientState::kUndetermined : CoefficientState::kInfinite;
    coefficient.estimate = direction * kInfinity;
  }
}

}  // namespace

GlmEstimate estimate(const GlmLikelihood& likelihood, const GlmDesign& design, const Eigen::VectorXd& start,
                     int iterations_max) {
  GlmEstimate out;
  std::vector<bool> varies = design.constant_column;
  varies.flip();
  out.structure = find_basis(likelihood.spread(), varies);
  out.free.assign(varies.size(), false);
  for (const Eigen::Index j : out.structure.columns) out.free[std::size_t(j)] = true;
  std::vector<bool> constant_alone(varies.size(), false);
  if (design.has_constant) constant_alone[0] = true;
  out.null = maximize(likelihood, start, constant_alone, iterations_max);
  // The null is a good place to start from, unless it lies at infinity.
  const bool from_null = out.null.converged && !out.null.limit;
  out.maximum = maximize(likelihood, from_null ? out.null.gamma : start, out.free, iterations_max);
  return out;
}

GlmFit describe(const GlmLikelihood& likelihood, const GlmDesign& design, const GlmEstimate& at,
                const GlmOptions& options, const std::optional<Eigen::MatrixXd>& inside) {
  const Eigen::Index p = likelihood.size();
  GlmFit fit;
  fit.coefficients.resize(std::size_t(p));
  name_left_out(design, at, fit);
  name_infinite(likelihood, design, at, fit);

  const Eigen::MatrixXd t = design.transform();
  const Eigen::VectorXd beta = t * at.maximum.gamma;
  const Eigen::MatrixXd& bread = at.maximum.inverse;
  const Eigen::MatrixXd model = t * bread * t.transpose();
  const Eigen::MatrixXd asked =
      inside ? Eigen::MatrixXd(t * (bread * *inside * bread) * t.transpose()) : model;
  fit.covariance.assign(std::size_t(p * p), kNaN);
  for (Eigen::Index j = 0; j < p; ++j) {
    GlmCoefficient& coefficient = fit.coefficients[std::size_t(j)];
    const bool estimated = coefficient.state == CoefficientState::kEstimated && at.maximum.converged;
    if (coefficient.state != CoefficientState::kInfinite) coefficient.estimate = estimated ? beta[j] : kNaN;
    coefficient.standard_error = estimated ? std::sqrt(asked(j, j)) : kNaN;
    coefficient.standard_error_model = estimated ? std::sqrt(model(j, j)) : kNaN;
    for (Eigen::Index k = 0; k < p && estimated; ++k) {
      if (fit.coefficients[std::size_t(k)].state != CoefficientState::kEstimated) continue;
      fit.covariance[std::size_t(j * p + k)] = asked(j, k);
    }
  }
  fit.log_likelihood = at.maximum.converged ? at.maximum.point.value : kNaN;
  fit.log_likelihood_null = at.null.converged ? at.null.point.value : kNaN;
  fit.rank = at.structure.columns.size();
  fit.rank_null = design.has_constant ? 1 : 0;
  fit.iterations = at.maximum.iterations;
  fit.converged = at.maximum.converged;
  fit.score_chi_square = kNaN;
  if (at.null.converged && !at.null.limit) {
    const auto inverse = invert(at.null.point.information, at.structure.columns);
    if (inverse) fit.score_chi_square = at.null.point.gradient.dot(*inverse * at.null.point.gradient);
  }
  fit.status = status_of(at, fit);
  for (Eigen::Index j = 0; j < p && at.maximum.converged; ++j) {
    GlmCoefficient& coefficient = fit.coefficients[std::size_t(j)];
    const bool infinite = coefficient.state == CoefficientState::kInfinite;
    if (!infinite && !(options.profile && coefficient.state == CoefficientState::kEstimated)) continue;
    const ProfileLimits limits = profile_limits(likelihood, design, at, j, coefficient.estimate,
                                                coefficient.standard_error_model, options);
    coefficient.profile = limits.limits;
    coefficient.lr_p = limits.lr_p;
  }
  return fit;
}

}  // namespace mimamori
