#include <algorithm>
#include <cmath>
#include <limits>

#include "analyze/distributions.h"
#include "analyze/glm_fit.h"

namespace mimamori {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// How far a limit is looked for: in standard errors, or in scaled units where there is none.
constexpr double kFarthest = 1e4;
constexpr double kFarthestScaled = 500;
// Twice a log likelihood that is out of the range of numbers.
constexpr double kVeryFar = 1e6;

/// A likelihood whose constant counts from x = 0 instead of from the centers, so that it can be held fixed.
class UncenteredLikelihood final : public GlmLikelihood {
 public:
  UncenteredLikelihood(const GlmLikelihood& inner, Eigen::MatrixXd to_inner)
      : inner_(&inner), to_inner_(std::move(to_inner)) {}
  UncenteredLikelihood(std::unique_ptr<GlmLikelihood> inner, Eigen::MatrixXd to_inner)
      : owned_(std::move(inner)), inner_(owned_.get()), to_inner_(std::move(to_inner)) {}

  [[nodiscard]] Eigen::Index size() const override { return inner_->size(); }
  [[nodiscard]] std::optional<GlmPoint> evaluate(const Eigen::VectorXd& gamma) const override {
    auto point = inner_->evaluate(to_inner_ * gamma);
    if (!point) return point;
    point->gradient = Eigen::VectorXd(to_inner_.transpose() * point->gradient);
    point->information = Eigen::MatrixXd(to_inner_.transpose() * point->information * to_inner_);
    return point;
  }
  [[nodiscard]] Eigen::MatrixXd spread() const override {
    return to_inner_.transpose() * inner_->spread() * to_inner_;
  }
  [[nodiscard]] RowMatrix contrasts() const override { return inner_->contrasts() * to_inner_; }
  [[nodiscard]] double move(const Eigen::VectorXd& step) const override {
    return inner_->move(to_inner_ * step);
  }
  [[nodiscard]] std::unique_ptr<GlmLikelihood> limit(const Eigen::VectorXd& direction) const override {
    return std::make_unique<UncenteredLikelihood>(inner_->limit(to_inner_ * direction), to_inner_);
  }
  [[nodiscard]] bool empty() const override { return inner_->empty(); }

 private:
  std::unique_ptr<GlmLikelihood> owned_;
  const GlmLikelihood* inner_;
  Eigen::MatrixXd to_inner_;
};

// A maximum that is not found in one step from the last one is looked for in so many.
constexpr int kPieces = 16;

/// 2 (maximum - profile(b)) - point, over coefficient j in scaled units. Each maximum is looked for from
/// where the last one's tangent points: a constant far from the data moves the other coefficients along.
class Profile {
 public:
  Profile(const GlmLikelihood& likelihood, const GlmEstimate& at, Eigen::VectorXd start, Eigen::Index j,
          double point, int iterations_max)
      : likelihood_(likelihood),
        maximum_(at.maximum.point.value),
        best_(std::move(start)),
        free_(at.free),
        j_(j),
        point_(point),
        iterations_max_(iterations_max) {
    free_[std::size_t(j)] = false;
    go_back();
  }

  /// Starts again from the maximum.
  void go_back() {
    start_ = best_;
    along_ = Eigen::VectorXd::Unit(best_.size(), j_);
    const auto point = likelihood_.evaluate(start_);
    if (!point) return;
    const GlmBasis basis = find_basis(likelihood_.spread(), free_);
    if (const auto inverse = invert(point->information, basis.columns)) turn(*inverse, point->information);
  }

  double operator()(double b) {
    const Eigen::VectorXd start_before = start_;
    const Eigen::VectorXd along_before = along_;
    GlmMaximum there = step_to(b);
    if (!there.converged) {
      start_ = start_before;
      along_ = along_before;
      const double piece = (b - start_[j_]) / kPieces;
      for (int k = 1; k < kPieces; ++k) step_to(start_before[j_] + k * piece);
      there = step_to(b);
    }
    converged_ = there.converged;
    return std::min(2 * (maximum_ - there.point.value) - point_, kVeryFar);
  }
  /// A limit, in units of beta; NaN if the fit at it did not converge.
  double limit(double root, double unit) {
    operator()(root);
    return converged_ ? root / unit : std::numeric_limits<double>::quiet_NaN();
  }
  [[nodiscard]] bool converged() const { return converged_; }

 private:
  GlmMaximum step_to(double b) {
    GlmMaximum there = maximize(likelihood_, start_ + along_ * (b - start_[j_]), free_, iterations_max_);
    if (there.converged && !there.limit) {
      start_ = there.gamma;
      turn(there.inverse, there.point.information);
    }
    return there;
  }
  /// The direction in which the maximum over the others moves with coefficient j.
  void turn(const Eigen::MatrixXd& inverse, const Eigen::MatrixXd& information) {
    along_ = -inverse * information.col(j_);
    along_[j_] = 1;
  }

  const GlmLikelihood& likelihood_;
  double maximum_;
  Eigen::VectorXd best_;   // the maximum over all coefficients
  Eigen::VectorXd start_;  // the last maximum with coefficient j held
  Eigen::VectorXd along_;
  std::vector<bool> free_;
  Eigen::Index j_;
  double point_;
  int iterations_max_;
  bool converged_ = true;  // at the last point
};

/// Scaled coordinates in which the constant counts from x = 0.
Eigen::MatrixXd uncentered(const GlmDesign& design) {
  Eigen::MatrixXd to_inner = Eigen::MatrixXd::Identity(design.center.size(), design.center.size());
  to_inner.row(0) += (design.center.array() / design.scale.array()).matrix().transpose();
  return to_inner;
}

}  // namespace

ProfileLimits profile_limits(const GlmLikelihood& likelihood, const GlmDesign& design, const GlmEstimate& at,
                             Eigen::Index j, double estimate, double error, const GlmOptions& options) {
  const bool is_constant = design.has_constant && j == 0;
  std::optional<UncenteredLikelihood> shifted;
  Eigen::VectorXd start = at.maximum.limit ? Eigen::VectorXd::Zero(likelihood.size()) : at.maximum.gamma;
  if (is_constant) {
    shifted.emplace(likelihood, uncentered(design));
    start[0] = (design.transform() * start)[0];
  }
  const double z = normal_point(options.level);
  const GlmLikelihood& used = is_constant ? static_cast<const GlmLikelihood&>(*shifted) : likelihood;
  Profile profile(used, at, start, j, z * z, options.iterations_max);
  const auto f = [&](double b) { return profile(b); };

  const double unit = design.scale[j];  // from beta to scaled units
  const double at_null = f(0) + z * z;
  ProfileLimits out{.limits = {-kInfinity, kInfinity},
                    .lr_p = profile.converged() ? chi_square_upper(std::max(at_null, 0.0), 1)
                                                : std::numeric_limits<double>::quiet_NaN()};
  profile.go_back();
  if (std::isinf(estimate)) {
    const double way = at_null > z * z ? (estimate > 0 ? 1 : -1) : (estimate > 0 ? -1 : 1);
    const auto root = root_beyond(f, 0, way, way * kFarthestScaled);
    if (root) (estimate > 0 ? out.limits.lower : out.limits.upper) = profile.limit(*root, unit);
  } else {
    const double center = estimate * unit;
    const double step = z * error * unit;
    const auto lower = root_beyond(f, center, -step, center - kFarthest * step);
    if (lower) out.limits.lower = profile.limit(*lower, unit);
    profile.go_back();
    const auto upper = root_beyond(f, center, step, center + kFarthest * step);
    if (upper) out.limits.upper = profile.limit(*upper, unit);
  }
  return out;
}

}  // namespace mimamori
