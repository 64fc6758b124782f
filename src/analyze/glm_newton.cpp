#include "analyze/glm_newton.h"

#include <algorithm>
#include <cmath>

#include "analyze/glm_separation.h"

namespace mimamori {
namespace {

// A column whose part that the columns before it do not explain is below this share is left out.
constexpr double kAliasedShare = 1e-11;
constexpr double kTolerance = 1e-16;  // squared length of a step in standard errors
// A likelihood that has stopped to gain while some row still moves by this much may be rising to infinity ...
constexpr double kFlat = 1e-4;
constexpr double kStillMoving = 1e-3;
// ... above all if the gain shrinks by a factor of about e per step; at a maximum it shrinks quadratically.
constexpr double kLinearRate = 0.05;
constexpr int kLinearStepsMax = 3;
constexpr int kHalvingsMax = 60;

enum class End { kMaximum, kSuspect, kStuck };

struct Climb {
  const GlmLikelihood& likelihood;
  GlmMaximum& at;
  int iterations_max;
  bool suspicious;  // look out for a rise to infinity

  /// Moves along the step, halved until the likelihood does not fall (beyond rounding).
  bool move_along(Eigen::VectorXd step) {
    const double floor = at.point.value - 1e-13 * (1 + std::abs(at.point.value));
    for (int halving = 0; halving <= kHalvingsMax; ++halving, step /= 2) {
      const Eigen::VectorXd gamma = at.gamma + step;
      auto point = likelihood.evaluate(gamma);
      if (!point || point->value < floor) continue;
      at.gamma = gamma;
      at.point = std::move(*point);
      return true;
    }
    return false;
  }

  End run() {
    double decrement_before = 0;
    int linear_steps = 0;
    while (at.iterations < iterations_max) {
      auto inverse = invert(at.point.information, at.basis.columns);
      if (!inverse) return End::kSuspect;
      at.inverse = std::move(*inverse);
      const Eigen::VectorXd step = at.inverse * at.point.gradient;
      const double decrement = step.dot(at.point.gradient);
      const bool last = decrement <= kTolerance;
      linear_steps = decrement < kFlat && decrement > kLinearRate * decrement_before ? linear_steps + 1 : 0;
      decrement_before = decrement;
      const bool rising = (last || linear_steps >= kLinearStepsMax) && likelihood.move(step) > kStillMoving;
      if (suspicious && rising) return End::kSuspect;
      ++at.iterations;
      if (!move_along(step)) return last ? End::kMaximum : End::kStuck;
      if (!last) continue;
      inverse = invert(at.point.information, at.basis.columns);
      if (!inverse) return End::kSuspect;
      at.inverse = std::move(*inverse);
      return rising ? End::kStuck : End::kMaximum;
    }
    return End::kStuck;
  }
};

}  // namespace

GlmBasis find_basis(const Eigen::MatrixXd& spread, const std::vector<bool>& candidates) {
  const Eigen::Index p = spread.rows();
  const double largest = p > 0 ? spread.diagonal().maxCoeff() : 0;
  GlmBasis basis;
  Eigen::MatrixXd left = spread;  // what the columns so far do not explain
  // explained.col(j): the combination of the chosen columns that column j equals so far
  Eigen::MatrixXd explained = Eigen::MatrixXd::Zero(p, p);
  for (Eigen::Index j = 0; j < p; ++j) {
    if (!candidates[std::size_t(j)]) continue;
    if (!(left(j, j) > kAliasedShare * std::max(spread(j, j), 1e-12 * largest))) {
      basis.left_out.push_back(j);
      continue;
    }
    basis.columns.push_back(j);
    for (Eigen::Index a = j + 1; a < p; ++a) {
      if (!candidates[std::size_t(a)]) continue;
      const double factor = left(a, j) / left(j, j);
      explained.col(a) += factor * (Eigen::VectorXd::Unit(p, j) - explained.col(j));
      for (Eigen::Index b = j + 1; b < p; ++b) left(a, b) -= factor * left(j, b);
    }
  }
  basis.null = Eigen::MatrixXd::Zero(p, Eigen::Index(basis.left_out.size()));
  for (std::size_t k = 0; k < basis.left_out.size(); ++k) {
    const Eigen::Index j = basis.left_out[k];
    if (spread(j, j) > 1e-12 * largest) basis.null.col(Eigen::Index(k)) = -explained.col(j);
    basis.null(j, Eigen::Index(k)) = 1;
  }
  return basis;
}

std::optional<Eigen::MatrixXd> invert(const Eigen::MatrixXd& information,
                                      const std::vector<Eigen::Index>& columns) {
  const auto q = Eigen::Index(columns.size());
  Eigen::MatrixXd used(q, q);
  for (Eigen::Index a = 0; a < q; ++a) {
    for (Eigen::Index b = 0; b < q; ++b)
      used(a, b) = information(columns[std::size_t(a)], columns[std::size_t(b)]);
  }
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(information.rows(), information.cols());
  if (q == 0) return out;
  if (!(used.diagonal().minCoeff() > 0)) return {};
  const Eigen::VectorXd unit = used.diagonal().cwiseSqrt().cwiseInverse();
  const Eigen::LLT<Eigen::MatrixXd> factored(unit.asDiagonal() * used * unit.asDiagonal());
  if (factored.info() != Eigen::Success) return {};
  const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(q, q);
  const Eigen::MatrixXd inverse = unit.asDiagonal() * factored.solve(identity) * unit.asDiagonal();
  if (!inverse.allFinite()) return {};
  for (Eigen::Index a = 0; a < q; ++a) {
    for (Eigen::Index b = 0; b < q; ++b)
      out(columns[std::size_t(a)], columns[std::size_t(b)]) = inverse(a, b);
  }
  return out;
}

GlmMaximum maximize(const GlmLikelihood& likelihood, const Eigen::VectorXd& start,
                    const std::vector<bool>& free, int iterations_max) {
  GlmMaximum at;
  at.gamma = start;
  // What is answered where not even the start can be evaluated: no information, not converged.
  at.point = GlmPoint{.value = 0,
                      .gradient = Eigen::VectorXd::Zero(start.size()),
                      .information = Eigen::MatrixXd::Zero(start.size(), start.size())};
  at.inverse = at.point.information;
  const GlmLikelihood* current = &likelihood;
  bool suspicious = true;
  while (true) {
    at.basis = find_basis(current->spread(), free);
    for (const Eigen::Index j : at.basis.left_out) at.gamma[j] = 0;
    auto point = current->evaluate(at.gamma);
    if (!point) return at;
    at.point = std::move(*point);
    Climb climb{.likelihood = *current, .at = at, .iterations_max = iterations_max, .suspicious = suspicious};
    const End end = climb.run();
    at.converged = end == End::kMaximum;
    if (at.converged || (end == End::kStuck && !suspicious)) return at;
    const auto direction = find_recession(*current, free);
    if (!direction) {
      if (!suspicious || end == End::kStuck) return at;
      suspicious = false;  // an outlier or a very flat top: go on without looking
      continue;
    }
    at.limit = current->limit(*direction);
    current = at.limit.get();
    at.gamma = start;
    at.iterations = 0;
    if (current->empty()) {
      at.basis = find_basis(current->spread(), free);
      at.point.value = 0;
      at.point.gradient.setZero(start.size());
      at.point.information.setZero(start.size(), start.size());
      at.inverse = at.point.information;
      at.converged = true;
      return at;
    }
  }
}

}  // namespace mimamori
