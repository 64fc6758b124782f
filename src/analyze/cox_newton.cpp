#include "analyze/cox_newton.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analyze/cox_exact.h"

namespace mimamori {
namespace {

constexpr int kHalvingsMax = 40;
// Squared length of a Newton step in standard errors below which the next one is lost in rounding.
constexpr double kStepDone = 1e-18;
// The same, for a likelihood that rounding keeps from getting any flatter.
constexpr double kStepLost = 1e-9;
constexpr int kRootStepsMax = 200;
constexpr double kRootDone = 1e-12;

/// Rows and columns of all coefficients but the held one; the whole if none is held.
Eigen::MatrixXd without(const Eigen::MatrixXd& whole, std::optional<Eigen::Index> held) {
  if (!held) return whole;
  const Eigen::Index p = whole.rows();
  Eigen::MatrixXd part(p - 1, p - 1);
  for (Eigen::Index a = 0, i = 0; a < p; ++a) {
    if (a == *held) continue;
    for (Eigen::Index b = 0, k = 0; b < p; ++b) {
      if (b != *held) part(i, k++) = whole(a, b);
    }
    ++i;
  }
  return part;
}

/// The inverse over the free coefficients, with zeros for the held one.
std::optional<Eigen::MatrixXd> free_inverse(const Eigen::MatrixXd& information,
                                            std::optional<Eigen::Index> held) {
  if (!held) return invert_information(information);
  const Eigen::Index p = information.rows();
  Eigen::MatrixXd whole = Eigen::MatrixXd::Zero(p, p);
  if (p == 1) return whole;
  const auto part = invert_information(without(information, held));
  if (!part) return {};
  for (Eigen::Index a = 0, i = 0; a < p; ++a) {
    if (a == *held) continue;
    for (Eigen::Index b = 0, k = 0; b < p; ++b) {
      if (b != *held) whole(a, b) = (*part)(i, k++);
    }
    ++i;
  }
  return whole;
}

}  // namespace

std::variant<CoxEvaluator, CoxRefusal> cox_evaluator(const CoxRiskSets& sets, Ties ties) {
  if (ties == Ties::kEfron || ties == Ties::kBreslow) {
    return CoxEvaluator(
        [&sets, ties](const Eigen::VectorXd& gamma) { return evaluate_cox(sets, gamma, ties); });
  }
  if (auto refusal = refuse_exact(sets, ties)) return *refusal;
  return CoxEvaluator([&sets, ties](const Eigen::VectorXd& gamma) {
    return ties == Ties::kDiscrete ? evaluate_discrete(sets, gamma) : evaluate_marginal(sets, gamma);
  });
}

std::optional<Eigen::MatrixXd> invert_information(const Eigen::MatrixXd& information) {
  if (!(information.diagonal().minCoeff() > 0)) return {};
  const Eigen::VectorXd unit = information.diagonal().cwiseSqrt().cwiseInverse();
  const Eigen::LLT<Eigen::MatrixXd> factored(unit.asDiagonal() * information * unit.asDiagonal());
  if (factored.info() != Eigen::Success) return {};
  const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(information.rows(), information.rows());
  const Eigen::MatrixXd inverse = factored.solve(identity);
  return Eigen::MatrixXd(unit.asDiagonal() * inverse * unit.asDiagonal());
}

bool move_along(const CoxEvaluator& evaluate, Eigen::VectorXd step, CoxMaximum& at) {
  const double floor = at.point.value - 1e-12 * (1 + std::abs(at.point.value));
  for (int halving = 0; halving <= kHalvingsMax; ++halving, step /= 2) {
    const Eigen::VectorXd gamma = at.gamma + step;
    auto point = evaluate(gamma);
    if (!point || !(point->value >= floor)) continue;
    at.gamma = gamma;
    at.point = std::move(*point);
    return true;
  }
  return false;
}

std::optional<CoxMaximum> climb(const CoxEvaluator& evaluate, Eigen::VectorXd start,
                                std::optional<Eigen::Index> held, int steps_max) {
  CoxMaximum at{.gamma = std::move(start), .point = {}, .inverse = {}};
  auto point = evaluate(at.gamma);
  if (!point) return {};
  at.point = std::move(*point);
  double before = std::numeric_limits<double>::infinity();
  for (at.iterations = 0; at.iterations <= steps_max; ++at.iterations) {
    auto inverse = free_inverse(at.point.information, held);
    if (!inverse) return {};
    at.inverse = std::move(*inverse);
    const Eigen::VectorXd step = at.inverse * at.point.gradient;
    const double length = step.dot(at.point.gradient);
    if (!(length > kStepDone)) return at;
    // Where rounding is all that is left, steps no longer shrink.
    if (length < kStepLost && length >= before) return at;
    before = length;
    if (!move_along(evaluate, step, at)) return length < kStepLost ? std::optional(at) : std::nullopt;
  }
  return {};
}

namespace {

/// The statistic at one held value, with its slope in the signed root; absent if the others have no maximum.
struct Held {
  double root = 0;   // square root of the statistic
  double slope = 0;  // of the root, in the held value; 0: not known
  Eigen::VectorXd gamma;
};

class Profile {
 public:
  Profile(const CoxEvaluator& evaluate, Eigen::Index coefficient, double best, CoxStatistic statistic)
      : evaluate_(evaluate), coefficient_(coefficient), best_(best), statistic_(statistic) {}

  [[nodiscard]] std::optional<Held> at(Eigen::VectorXd gamma, double value) const {
    gamma[coefficient_] = value;
    const auto maximum = climb(evaluate_, std::move(gamma), coefficient_);
    if (!maximum) return {};
    const double slope = maximum->point.gradient[coefficient_];
    if (statistic_ == CoxStatistic::kScore) {
      const auto inverse = invert_information(maximum->point.information);
      if (!inverse) return {};
      return Held{.root = std::abs(slope) * std::sqrt((*inverse)(coefficient_, coefficient_)),
                  .slope = 0,
                  .gamma = maximum->gamma};
    }
    const double root = std::sqrt(std::max(0.0, 2 * (best_ - maximum->point.value)));
    return Held{.root = root, .slope = root > 0 ? -slope / root : 0, .gamma = maximum->gamma};
  }

 private:
  const CoxEvaluator& evaluate_;
  Eigen::Index coefficient_;
  double best_;
  CoxStatistic statistic_;
};

}  // namespace

double cox_limit(const CoxEvaluator& evaluate, const Eigen::VectorXd& gamma, Eigen::Index coefficient,
                 int direction, double first_step, double best, double quantile, CoxStatistic statistic) {
  const Profile profile(evaluate, coefficient, best, statistic);
  const double target = std::sqrt(quantile);
  const double infinite = direction * std::numeric_limits<double>::infinity();
  // Go outwards until the statistic is beyond the target.
  double inside = gamma[coefficient];
  double step = first_step;
  Eigen::VectorXd warm = gamma;
  double outside = inside + direction * step;
  auto held = profile.at(warm, outside);
  for (int doubling = 0; held && held->root < target; ++doubling) {
    if (doubling == 60) return infinite;
    inside = outside;
    warm = held->gamma;
    step *= 1.5;
    outside = inside + direction * step;
    held = profile.at(warm, outside);
  }
  if (!held) return std::numeric_limits<double>::quiet_NaN();
  double inside_root = std::numeric_limits<double>::quiet_NaN();
  double outside_root = held->root;
  for (int k = 0; k < kRootStepsMax; ++k) {
    const double width = std::abs(outside - inside);
    if (width <= kRootDone * (1 + std::abs(outside))) break;
    const double at = held->gamma[coefficient];
    double next = at + (target - held->root) / held->slope;  // Newton; secant where the slope is not known
    if (held->slope == 0)
      next = inside + (outside - inside) * (target - inside_root) / (outside_root - inside_root);
    if (std::abs(next - at) <= kRootDone * (1 + std::abs(at)) && held->slope != 0) return next;
    const bool within = (next - inside) * direction > 0 && (outside - next) * direction > 0;
    // Every third step halves, so that a bracket end which never moves cannot hold things up.
    if (!within || (held->slope == 0 && k % 3 == 2)) next = inside + (outside - inside) / 2;
    held = profile.at(held->gamma, next);
    if (!held) return std::numeric_limits<double>::quiet_NaN();
    if (held->root < target) {
      inside = next;
      inside_root = held->root;
    } else {
      outside = next;
      outside_root = held->root;
    }
  }
  return inside + (outside - inside) / 2;
}

}  // namespace mimamori
