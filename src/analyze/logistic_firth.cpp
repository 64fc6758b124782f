#include "analyze/logistic_firth.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analyze/distributions.h"
#include "analyze/glm_problem.h"

namespace mimamori {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kTolerance = 1e-20;   // squared length of a step in standard errors
constexpr double kGoodEnough = 1e-12;  // ... where rounding allows no better step
constexpr int kIterationsMax = 500;
constexpr int kHalvingsMax = 60;
constexpr double kFarthest = 1e3;  // how far a limit is looked for, in standard errors

using Columns = std::vector<Eigen::Index>;

struct FirthPoint {
  double plain = 0;  // log likelihood
  double penalized = 0;
  Eigen::VectorXd score;  // of the penalized likelihood
  Eigen::MatrixXd information;
  Eigen::MatrixXd curvature;  // minus the second derivatives of the penalized likelihood
};

struct FirthMaximum {
  Eigen::VectorXd gamma;
  FirthPoint point;
  int iterations = 0;
  bool converged = false;
};

/// The penalized likelihood over the columns of a basis; `z` is centered or not.
class Firth {
 public:
  Firth(const GlmProblem& problem, const RowMatrix& z, const Columns& basis)
      : problem_(problem),
        z_(z),
        basis_(basis),
        rows_(GlmFamily::kLogistic, z, problem.y, problem.weight, problem.offset) {}

  [[nodiscard]] std::optional<FirthPoint> evaluate(const Eigen::VectorXd& gamma) const {
    auto point = rows_.evaluate(gamma);
    if (!point) return {};
    const auto inverse = invert(point->information, basis_);
    if (!inverse) return {};
    FirthPoint out{.plain = point->value,
                   .penalized = point->value + 0.5 * log_determinant(point->information),
                   .score = std::move(point->gradient),
                   .information = std::move(point->information),
                   .curvature = {}};
    add_penalty(gamma, *inverse, out);
    return out;
  }

  /// Newton with step halving over the free columns; the others keep their values.
  [[nodiscard]] FirthMaximum maximize(Eigen::VectorXd start, const Columns& free) const {
    FirthMaximum at{.gamma = std::move(start), .point = {}};
    auto point = evaluate(at.gamma);
    if (!point) return at;
    at.point = std::move(*point);
    for (at.iterations = 0; at.iterations < kIterationsMax; ++at.iterations) {
      // Far from the maximum the penalized likelihood need not be concave; the information always points
      // upwards.
      auto inverse = invert(at.point.curvature, free);
      if (!inverse) inverse = invert(at.point.information, free);
      if (!inverse) return at;
      const Eigen::VectorXd step = *inverse * at.point.score;
      const double decrement = step.dot(at.point.score);
      at.converged = decrement <= kTolerance;
      if (at.converged) return at;
      if (!move_along(step, at)) {
        at.converged = decrement <= kGoodEnough;
        return at;
      }
    }
    return at;
  }

 private:
  /// Adds the derivatives of 1/2 ln det I to the score, and takes the second ones from the information.
  void add_penalty(const Eigen::VectorXd& gamma, const Eigen::MatrixXd& inverse, FirthPoint& point) const {
    const Eigen::Index p = z_.cols();
    std::vector<Eigen::MatrixXd> slope(std::size_t(p),
                                       Eigen::MatrixXd::Zero(p, p));  // of I by each coefficient
    Eigen::MatrixXd second = Eigen::MatrixXd::Zero(p, p);
    for (Eigen::Index i = 0; i < z_.rows(); ++i) {
      if (problem_.weight[i] == 0) continue;
      const Eigen::VectorXd z = z_.row(i).transpose();
      const RowTerm term = row_term(GlmFamily::kLogistic, 0, z.dot(gamma) + problem_.offset[i], 0);
      const double v = problem_.weight[i] * term.second;
      const double leverage = z.dot(inverse * z);
      point.score += v * leverage * (0.5 - term.mean) * z;
      second += v * (1 - 6 * term.second) * leverage * z * z.transpose();
      const Eigen::MatrixXd part = v * (1 - 2 * term.mean) * z * z.transpose();
      for (const Eigen::Index l : basis_) slope[std::size_t(l)] += z[l] * part;
    }
    for (const Eigen::Index l : basis_) slope[std::size_t(l)] = inverse * slope[std::size_t(l)];
    point.curvature = point.information - 0.5 * second;
    for (const Eigen::Index l : basis_) {
      for (const Eigen::Index m : basis_) {
        point.curvature(l, m) += 0.5 * (slope[std::size_t(l)] * slope[std::size_t(m)]).trace();
      }
    }
  }

  [[nodiscard]] double log_determinant(const Eigen::MatrixXd& information) const {
    const Eigen::MatrixXd used = information(basis_, basis_);
    const Eigen::LLT<Eigen::MatrixXd> factored(used);
    return 2 * Eigen::MatrixXd(factored.matrixL()).diagonal().array().log().sum();
  }

  bool move_along(Eigen::VectorXd step, FirthMaximum& at) const {
    const double floor = at.point.penalized - 1e-13 * (1 + std::abs(at.point.penalized));
    for (int halving = 0; halving <= kHalvingsMax; ++halving, step /= 2) {
      auto point = evaluate(at.gamma + step);
      if (!point || !(point->penalized >= floor)) continue;
      at.gamma += step;
      at.point = std::move(*point);
      return true;
    }
    return false;
  }

  const GlmProblem& problem_;
  const RowMatrix& z_;
  const Columns& basis_;
  RowLikelihood rows_;
};

Columns without(const Columns& columns, Eigen::Index j) {
  Columns out;
  std::ranges::copy_if(columns, std::back_inserter(out), [&](Eigen::Index k) { return k != j; });
  return out;
}

/// The direction in which the maximum over the others moves with coefficient j.
Eigen::VectorXd tangent(const FirthPoint& point, const Columns& others, Eigen::Index j) {
  Eigen::VectorXd along = Eigen::VectorXd::Zero(point.score.size());
  for (const Eigen::MatrixXd* second : {&point.curvature, &point.information}) {
    if (const auto inverse = invert(*second, others)) {
      along = -*inverse * second->col(j);
      break;
    }
  }
  along[j] = 1;
  return along;
}

/// Penalized profile limits and p of one coefficient; scaled coordinates in which gamma_j = scale_j * beta_j.
ProfileLimits limits_of(const Firth& firth, const FirthMaximum& best, const Columns& free, Eigen::Index j,
                        double error, double level) {
  const double z = normal_point(level);
  const Columns others = without(free, j);
  FirthMaximum last = best;
  bool converged = true;  // at the last point
  const auto f = [&](double b) {
    const FirthMaximum there =
        firth.maximize(last.gamma + tangent(last.point, others, j) * (b - last.gamma[j]), others);
    if (there.converged) last = there;
    converged = there.converged;
    return 2 * (best.point.penalized - there.point.penalized) - z * z;
  };
  ProfileLimits out{.limits = {-kInfinity, kInfinity},
                    .lr_p = chi_square_upper(std::max(f(0) + z * z, 0.0), 1)};
  for (const double way : {-1.0, 1.0}) {
    last = best;
    const double center = best.gamma[j];
    const auto root = root_beyond(f, center, way * z * error, center + way * kFarthest * error);
    if (!root) continue;
    f(*root);
    (way < 0 ? out.limits.lower : out.limits.upper) = converged ? *root : kNaN;
  }
  return out;
}

void add_limits(const GlmProblem& problem, const FirthMaximum& best, const Columns& basis, double level,
                GlmFit& fit) {
  const GlmDesign& design = problem.design;
  RowMatrix uncentered = design.z;
  uncentered.rowwise() += (design.center.array() / design.scale.array()).matrix().transpose();
  for (const Eigen::Index j : basis) {
    GlmCoefficient& coefficient = fit.coefficients[std::size_t(j)];
    const bool is_constant = design.has_constant && j == 0;
    const Firth firth(problem, is_constant ? uncentered : design.z, basis);
    FirthMaximum at = best;
    if (is_constant) at.gamma[0] = (design.transform() * best.gamma)[0];
    const double unit = design.scale[j];
    const ProfileLimits found =
        limits_of(firth, at, basis, j, coefficient.standard_error_model * unit, level);
    coefficient.profile = Interval{.lower = found.limits.lower / unit, .upper = found.limits.upper / unit};
    coefficient.lr_p = found.lr_p;
  }
}

}  // namespace

Result<FirthFit> fit_logistic_firth(const GlmData& data, const GlmOptions& options) {
  GlmOptions plain = options;
  plain.profile = false;
  FirthFit out;
  out.maximum_likelihood = TRY(fit_logistic(data, plain));
  const GlmProblem problem = TRY(make_problem(GlmFamily::kLogistic, data, options.constant).at("logistic"));
  const RowLikelihood rows(GlmFamily::kLogistic, problem.design.z, problem.y, problem.weight, problem.offset);
  GlmEstimate at = estimate(rows, problem.design, start_of(problem), options.iterations_max);
  const Columns& basis = at.structure.columns;
  const Firth firth(problem, problem.design.z, basis);
  const FirthMaximum best = firth.maximize(start_of(problem), basis);
  const FirthMaximum null = firth.maximize(start_of(problem), options.constant ? Columns{0} : Columns{});
  at.maximum = GlmMaximum{};
  at.maximum.gamma = best.gamma;
  at.maximum.converged = best.converged;
  at.maximum.iterations = best.iterations;
  if (best.point.information.size() == 0) {
    return Error{ErrorCode::kNotEstimable, "logistic: the linear predictor is beyond the range of numbers"};
  }
  at.maximum.inverse = invert(best.point.information, basis).value_or(Eigen::MatrixXd());
  if (at.maximum.inverse.size() == 0)
    return Error{ErrorCode::kNotEstimable, "logistic: the information is singular"};
  at.maximum.point.value = best.point.plain;
  out.fit = finish(problem, data, plain, 0, rows, at);
  // In units of the covariates the determinant loses the scales.
  double units = 0;
  for (const Eigen::Index j : basis) units += std::log(problem.design.scale[j]);
  out.log_likelihood_plain = best.point.plain;
  out.fit.log_likelihood = best.point.penalized + units;
  out.fit.log_likelihood_null = null.point.penalized + units;
  out.fit.converged = best.converged && null.converged;
  if (best.converged) add_limits(problem, best, basis, options.level, out.fit);
  // The penalty keeps a finite maximum where no row, or every row, has the outcome.
  const bool one_sided = out.fit.status == GlmStatus::kNoEvents || out.fit.status == GlmStatus::kAllEvents;
  if (one_sided) out.fit.status = GlmStatus::kOk;
  return out;
}

}  // namespace mimamori
