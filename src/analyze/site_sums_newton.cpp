#include "analyze/site_sums_newton.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analyze/glm_newton.h"

namespace mimamori {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kCoefficientMax = 12;      // beyond it a likelihood is taken to rise for ever
constexpr double kEigenvalueRatio = 1e-12;  // and so where the information is this close to singular

Eigen::MatrixXd square(std::span<const FixedPoint> upper, Eigen::Index p) {
  Eigen::MatrixXd out(p, p);
  std::size_t at = 0;
  for (Eigen::Index a = 0; a < p; ++a) {
    for (Eigen::Index b = a; b < p; ++b) out(a, b) = out(b, a) = upper[at++].value();
  }
  return out;
}

Eigen::VectorXd vector(std::span<const FixedPoint> values) {
  Eigen::VectorXd out(Eigen::Index(values.size()));
  for (Eigen::Index a = 0; a < out.size(); ++a) out[a] = values[std::size_t(a)].value();
  return out;
}

/// The coefficient that the information tells least about; absent if it is regular.
std::optional<std::size_t> singular_along(const Eigen::MatrixXd& information) {
  const Eigen::VectorXd diagonal = information.diagonal();
  Eigen::Index least = 0;
  if (!(diagonal.minCoeff(&least) > 0)) return std::size_t(least);
  const Eigen::VectorXd unit = diagonal.cwiseSqrt().cwiseInverse();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
      Eigen::MatrixXd(unit.asDiagonal() * information * unit.asDiagonal()));
  if (solver.eigenvalues()[0] > kEigenvalueRatio * solver.eigenvalues().tail(1)[0]) return {};
  solver.eigenvectors().col(0).cwiseAbs().maxCoeff(&least);
  return std::size_t(least);
}

std::vector<Eigen::Index> all(Eigen::Index p) {
  std::vector<Eigen::Index> out;
  for (Eigen::Index j = 0; j < p; ++j) out.push_back(j);
  return out;
}

/// A fall that rounding of the told likelihood can make is none: each told value is off by half a last digit.
double slack(double value, int digits) {
  const double relative = digits > 0 ? std::pow(10.0, 1 - digits) : 1e-12;
  return relative * (1 + std::abs(value));
}

}  // namespace

std::string_view name_of(SumState state) {
  switch (state) {
    case SumState::kGoing: return "going";
    case SumState::kDone: return "ok";
    case SumState::kAliased: return "aliased";
    case SumState::kMonotoneLikelihood: return "monotone_likelihood";
    case SumState::kNoConvergence: return "no_convergence";
  }
  return "unknown";
}

SumNewton::SumNewton(std::size_t parameters, SumRules rules) : rules_(std::move(rules)) {
  rules_.start.resize(parameters, 0);
  request_.beta = rules_.start;
  request_.detail = rules_.detail;
}

void SumNewton::propose(double factor) {
  for (std::size_t j = 0; j < base_.size(); ++j) request_.beta[j] = base_[j] + factor * step_[j];
  request_.step_factor = factor;
}

Result<void> SumNewton::take(const SiteSums& totals) {
  const std::size_t p = request_.beta.size();
  if (totals.gradient.size() != p || totals.information.size() != p * (p + 1) / 2) {
    return Error{ErrorCode::kInvalidInput,
                 "site sums: expected sums of " + std::to_string(p) + " parameters"};
  }
  ENSURE(state_ == SumState::kGoing);
  if (request_.final) {
    state_ = SumState::kDone;
    return {};
  }
  ++request_.round;
  const double value = totals.log_likelihood.value();
  halved_ = !base_.empty() && value < base_value_ - slack(base_value_, rules_.detail.log_likelihood_digits);
  if (halved_) {
    const double factor = request_.step_factor / 2;
    if (factor < rules_.smallest_factor)
      state_ = SumState::kNoConvergence;
    else
      propose(factor);
  } else {
    climb(totals);
  }
  const bool over = request_.round >= rules_.rounds_max && !request_.final;
  if (state_ == SumState::kGoing && over) state_ = SumState::kNoConvergence;
  return {};
}

void SumNewton::climb(const SiteSums& totals) {
  const bool at_start = base_.empty();
  base_ = request_.beta;
  base_value_ = totals.log_likelihood.value();
  const auto p = Eigen::Index(base_.size());
  const Eigen::MatrixXd information = square(totals.information, p);
  const Eigen::VectorXd score = vector(totals.gradient);
  for (std::size_t j = 0; j < base_.size(); ++j) {
    if (std::abs(base_[j] - rules_.start[j]) <= kCoefficientMax) continue;
    state_ = SumState::kMonotoneLikelihood;
    coefficient_ = j;
    return;
  }
  coefficient_ = singular_along(information);
  const auto inverse = coefficient_ ? std::nullopt : invert(information, all(p));
  if (!inverse) {
    state_ = at_start ? SumState::kAliased : SumState::kMonotoneLikelihood;
    return;
  }
  const Eigen::VectorXd step = *inverse * score;
  step_.assign(step.begin(), step.end());
  const double scaled = (score.array().abs() / information.diagonal().array().sqrt()).maxCoeff();
  if (score.dot(step) < rules_.decrement_max && scaled < rules_.score_max) {
    // The step that is this short is still taken: what is left of it is its square.
    request_.final = true;
    request_.detail.information_digits = rules_.final_information_digits;
  }
  propose(1);
}

Result<SiteSumFit> fit_site_sums(std::size_t parameters, const SumRules& rules, const AskSites& ask) {
  SumNewton newton(parameters, rules);
  SiteSumFit fit;
  const auto p = Eigen::Index(parameters);
  while (newton.state() == SumState::kGoing) {
    const SumRequest request = newton.request();
    const std::vector<SiteSums> answers = TRY(ask(request));
    const SiteSums totals = TRY(add_sums(answers));
    TRY(newton.take(totals));
    if (fit.rounds++ == 0) fit.log_likelihood_start = totals.log_likelihood.value();
    fit.log_likelihood = totals.log_likelihood.value();
    fit.rows = totals.rows;
    fit.events = totals.events;
    if (newton.state() != SumState::kDone) continue;
    const auto inverse = invert(square(totals.information, p), all(p));
    if (!inverse) return Error{ErrorCode::kNotEstimable, "site sums: the last information is singular"};
    fit.coefficients = request.beta;
    for (Eigen::Index a = 0; a < p; ++a) {
      fit.standard_errors.push_back(std::sqrt((*inverse)(a, a)));
      for (Eigen::Index b = 0; b < p; ++b) fit.covariance.push_back((*inverse)(a, b));
    }
  }
  fit.state = newton.state();
  fit.coefficient = newton.coefficient();
  if (fit.state != SumState::kDone) {
    fit.coefficients.assign(parameters, kNaN);
    fit.standard_errors.assign(parameters, kNaN);
    fit.covariance.assign(parameters * parameters, kNaN);
  }
  return fit;
}

}  // namespace mimamori
