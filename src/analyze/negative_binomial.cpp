#include "analyze/negative_binomial.h"

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>
#include <limits>

#include "analyze/distributions.h"
#include "analyze/glm_problem.h"

namespace mimamori {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
// theta is looked for up to here; beyond it the variance differs from Poisson's by less than 1e-8 of the
// mean.
constexpr double kLogThetaMax = 20;
constexpr double kLogThetaMin = -20;

const RowLikelihood& rows_of(const RowLikelihood& likelihood, const GlmEstimate& at) {
  return at.maximum.limit ? static_cast<const RowLikelihood&>(*at.maximum.limit) : likelihood;
}

/// Calls visit(row, weight, y, mean) for the rows that take part in the limit.
template <typename Visit>
void for_rows(const GlmProblem& problem, const RowLikelihood& rows, const Eigen::VectorXd& gamma,
              Visit visit) {
  for (Eigen::Index i = 0; i < problem.y.size(); ++i) {
    if (problem.weight[i] == 0 || !rows.in_use(i)) continue;
    visit(i, problem.weight[i], problem.y[i],
          std::exp(problem.design.z.row(i).dot(gamma) + problem.offset[i]));
  }
}

/// Half the sum of (y - mean)^2 - y: the score of 1/theta at 0. Not above 0: no over-dispersion.
double score_at_poisson(const GlmProblem& problem, const RowLikelihood& rows, const Eigen::VectorXd& gamma) {
  double sum = 0;
  for_rows(problem, rows, gamma, [&](Eigen::Index, double weight, double y, double mean) {
    sum += weight * ((y - mean) * (y - mean) - y);
  });
  return sum / 2;
}

double theta_score(double y, double mean, double theta) {
  return boost::math::digamma(y + theta) - boost::math::digamma(theta) - std::log1p(mean / theta) +
         (mean - y) / (theta + mean);
}

double theta_information(double y, double mean, double theta) {
  const double sum = theta + mean;
  return boost::math::trigamma(theta) - boost::math::trigamma(y + theta) - mean / (theta * sum) +
         (mean - y) / (sum * sum);
}

class Profiler {
 public:
  Profiler(const GlmProblem& problem, const GlmDesign& design, Eigen::VectorXd start, int iterations_max)
      : problem_(problem), design_(design), start_(std::move(start)), iterations_max_(iterations_max) {}

  [[nodiscard]] RowLikelihood likelihood(double theta) const {
    return {GlmFamily::kNegativeBinomial, design_.z, problem_.y, problem_.weight, problem_.offset, theta};
  }
  [[nodiscard]] GlmEstimate at(double theta) const {
    return estimate(likelihood(theta), design_, start_, iterations_max_);
  }
  /// Slope of the profile likelihood by log(theta).
  [[nodiscard]] double slope(double log_theta) const {
    const double theta = std::exp(log_theta);
    const RowLikelihood here = likelihood(theta);
    const GlmEstimate best = estimate(here, design_, start_, iterations_max_);
    double sum = 0;
    const auto add = [&](Eigen::Index, double weight, double y, double mean) {
      sum += weight * theta_score(y, mean, theta);
    };
    each(best, here, add);
    return theta * sum;
  }
  /// The theta of the maximum; absent where it is infinite.
  [[nodiscard]] std::optional<double> theta() const {
    const auto f = [&](double log_theta) { return slope(log_theta); };
    const bool above = f(0) > 0;
    const auto root = root_beyond(f, 0, above ? 1 : -1, above ? kLogThetaMax : kLogThetaMin);
    if (!root) return {};
    return std::exp(*root);
  }

 private:
  template <typename Visit>
  void each(const GlmEstimate& best, const RowLikelihood& here, Visit visit) const {
    const RowLikelihood& rows = rows_of(here, best);
    for (Eigen::Index i = 0; i < problem_.y.size(); ++i) {
      if (problem_.weight[i] == 0 || !rows.in_use(i)) continue;
      const double eta = design_.z.row(i).dot(best.maximum.gamma) + problem_.offset[i];
      visit(i, problem_.weight[i], problem_.y[i], std::exp(eta));
    }
  }

  const GlmProblem& problem_;
  const GlmDesign& design_;
  Eigen::VectorXd start_;
  int iterations_max_;
};

/// Information of coefficients (scaled) and theta; observed, or expected for the coefficients.
struct JointInformation {
  Eigen::MatrixXd expected, observed;
  Eigen::VectorXd cross;
  double theta = 0;
};

JointInformation joint_information(const GlmProblem& problem, const RowLikelihood& rows,
                                   const Eigen::VectorXd& gamma, double theta) {
  const Eigen::Index p = gamma.size();
  JointInformation out{.expected = Eigen::MatrixXd::Zero(p, p),
                       .observed = Eigen::MatrixXd::Zero(p, p),
                       .cross = Eigen::VectorXd::Zero(p)};
  for_rows(problem, rows, gamma, [&](Eigen::Index i, double weight, double y, double mean) {
    const Eigen::VectorXd z = problem.design.z.row(i).transpose();
    const double sum = theta + mean;
    out.expected += weight * mean * theta / sum * z * z.transpose();
    out.observed += weight * (y + theta) * theta * mean / (sum * sum) * z * z.transpose();
    out.cross -= weight * (y - mean) * mean / (sum * sum) * z;
    out.theta += weight * theta_information(y, mean, theta);
  });
  return out;
}

void add_joint_errors(const GlmProblem& problem, const GlmEstimate& at, const JointInformation& information,
                      NegativeBinomialFit& out) {
  const auto inverse = invert(information.observed, at.maximum.basis.columns);
  if (!inverse) return;
  const Eigen::VectorXd along = *inverse * information.cross;
  const double left = information.theta - information.cross.dot(along);
  if (!(left > 0)) return;
  const Eigen::MatrixXd t = problem.design.transform();
  const Eigen::MatrixXd joint = t * (*inverse + along * along.transpose() / left) * t.transpose();
  out.theta_error = 1 / std::sqrt(left);
  for (std::size_t j = 0; j < out.fit.coefficients.size(); ++j) {
    if (std::isnan(out.fit.coefficients[j].standard_error)) continue;
    out.standard_errors_joint[j] = std::sqrt(joint(Eigen::Index(j), Eigen::Index(j)));
  }
}

/// The log likelihood with the constant alone and a theta of its own.
double null_log_likelihood(const GlmProblem& problem, const GlmEstimate& poisson, const RowLikelihood& rows,
                           const Eigen::VectorXd& start, const GlmOptions& options) {
  const GlmMaximum& null = poisson.null;
  if (!null.converged || null.limit) return null.point.value;
  if (score_at_poisson(problem, rows, null.gamma) <= 0) return null.point.value;
  GlmDesign alone = problem.design;
  alone.constant_column.assign(alone.constant_column.size(), true);
  if (alone.has_constant) alone.constant_column[0] = false;
  const Profiler profiler(problem, alone, start, options.iterations_max);
  const auto theta = profiler.theta();
  return theta ? profiler.at(*theta).maximum.point.value : null.point.value;
}

}  // namespace

Result<NegativeBinomialFit> fit_negative_binomial(const GlmData& data, const GlmOptions& options) {
  if (options.profile) {
    return Error{ErrorCode::kUnsupported, "negative binomial: profile limits are not offered"};
  }
  GlmProblem problem = TRY(make_problem(GlmFamily::kPoisson, data, options.constant).at("negative binomial"));
  const Eigen::VectorXd start = start_of(problem);
  const RowLikelihood poisson_rows(GlmFamily::kPoisson, problem.design.z, problem.y, problem.weight,
                                   problem.offset);
  const GlmEstimate poisson = estimate(poisson_rows, problem.design, start, options.iterations_max);
  NegativeBinomialFit out;
  const std::size_t p = poisson.free.size();
  out.standard_errors_joint.assign(p, kNaN);
  out.theta_error = kNaN;

  const RowLikelihood& used = rows_of(poisson_rows, poisson);
  const Profiler profiler(problem, problem.design, start, options.iterations_max);
  std::optional<double> theta;
  const bool fitted = poisson.maximum.converged && !used.empty();
  if (fitted && score_at_poisson(problem, used, poisson.maximum.gamma) > 0) theta = profiler.theta();
  const double null = null_log_likelihood(problem, poisson, poisson_rows, start, options);
  if (!theta) {
    out.theta = kInfinity;
    out.poisson_limit = true;
    out.fit = finish(problem, data, options, 0, poisson_rows, poisson);
    for (std::size_t j = 0; j < p; ++j)
      out.standard_errors_joint[j] = out.fit.coefficients[j].standard_error_model;
    out.fit.log_likelihood_null = null;
    return out;
  }
  out.theta = *theta;
  problem.family = GlmFamily::kNegativeBinomial;
  const RowLikelihood rows = profiler.likelihood(*theta);
  GlmEstimate at = profiler.at(*theta);
  const JointInformation information =
      joint_information(problem, rows_of(rows, at), at.maximum.gamma, *theta);
  const auto expected = invert(information.expected, at.maximum.basis.columns);
  if (expected) at.maximum.inverse = *expected;
  out.fit = finish(problem, data, options, *theta, rows, at);
  out.fit.log_likelihood_null = null;
  add_joint_errors(problem, at, information, out);
  return out;
}

}  // namespace mimamori
