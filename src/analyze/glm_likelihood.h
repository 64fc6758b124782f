#pragma once

// Inside analyze/: what the Newton loop asks of a likelihood that depends on linear predictors.

#include <Eigen/Dense>
#include <memory>
#include <optional>

namespace mimamori {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Log likelihood in nats, gradient, and information (minus the second derivatives).
struct GlmPoint {
  double value = 0;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd information;
};

/// A concave log likelihood of p coefficients. Its directions of recession, along which it never falls, are
/// {d : contrasts() d >= 0}; it rises towards its supremum unless contrasts() d = 0.
class GlmLikelihood {
 public:
  virtual ~GlmLikelihood() = default;
  [[nodiscard]] virtual Eigen::Index size() const = 0;
  /// Absent: beyond the range of numbers.
  [[nodiscard]] virtual std::optional<GlmPoint> evaluate(const Eigen::VectorXd& gamma) const = 0;
  /// Sums of products of the columns, as far as the likelihood can tell them apart.
  [[nodiscard]] virtual Eigen::MatrixXd spread() const = 0;
  [[nodiscard]] virtual RowMatrix contrasts() const = 0;
  /// How far a step moves any contrast.
  [[nodiscard]] virtual double move(const Eigen::VectorXd& step) const = 0;
  /// The limit along a direction of recession: without the rows that it separates. Their part of the value is
  /// 0.
  [[nodiscard]] virtual std::unique_ptr<GlmLikelihood> limit(const Eigen::VectorXd& direction) const = 0;
  /// Nothing is left to estimate from.
  [[nodiscard]] virtual bool empty() const = 0;
};

}  // namespace mimamori
