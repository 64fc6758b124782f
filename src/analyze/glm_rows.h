#pragma once

// Inside analyze/: likelihoods that are a sum over rows.

#include <cstdint>
#include <vector>

#include "analyze/glm_likelihood.h"

namespace mimamori {

enum class GlmFamily : std::uint8_t { kLogistic, kPoisson, kNegativeBinomial };

/// One row's log likelihood and its first two derivatives by the linear predictor, with its mean.
struct RowTerm {
  double value = 0;
  double first = 0;   // the residual y - mean, where the link is canonical
  double second = 0;  // minus the second derivative: > 0
  double mean = 0;
};
/// theta is used by kNegativeBinomial only, whose constant lgamma(y + theta) - lgamma(theta) + ... is
/// included.
RowTerm row_term(GlmFamily family, double y, double eta, double theta);

/// Columns centered (unless asked not to) and scaled: z = (x - center) / scale; column 0 is the constant.
struct GlmDesign {
  RowMatrix z;                        // n x p
  Eigen::VectorXd center;             // p, 0 for the constant
  Eigen::VectorXd scale;              // p, > 0; 1 where a column has one value
  std::vector<bool> constant_column;  // one value in all rows; not for the model's constant
  bool has_constant = true;

  /// beta = transform() * gamma
  [[nodiscard]] Eigen::MatrixXd transform() const;
};

class RowLikelihood final : public GlmLikelihood {
 public:
  /// z, y, weight and offset must outlive this.
  RowLikelihood(GlmFamily family, const RowMatrix& z, const Eigen::VectorXd& y, const Eigen::VectorXd& weight,
                const Eigen::VectorXd& offset, double theta = 0)
      : family_(family), z_(z), y_(y), weight_(weight), offset_(offset), theta_(theta) {}

  [[nodiscard]] Eigen::Index size() const override { return z_.cols(); }
  [[nodiscard]] std::optional<GlmPoint> evaluate(const Eigen::VectorXd& gamma) const override;
  [[nodiscard]] Eigen::MatrixXd spread() const override;
  [[nodiscard]] RowMatrix contrasts() const override;
  [[nodiscard]] double move(const Eigen::VectorXd& step) const override;
  [[nodiscard]] std::unique_ptr<GlmLikelihood> limit(const Eigen::VectorXd& direction) const override;
  [[nodiscard]] bool empty() const override { return left_out_ == y_.size(); }

  [[nodiscard]] bool in_use(Eigen::Index row) const { return out_.empty() || !out_[std::size_t(row)]; }
  [[nodiscard]] Eigen::Index left_out() const { return left_out_; }

 private:
  GlmFamily family_;
  const RowMatrix& z_;
  const Eigen::VectorXd& y_;
  const Eigen::VectorXd& weight_;
  const Eigen::VectorXd& offset_;
  double theta_;
  std::vector<bool> out_;  // rows that a limit left out; empty: none
  Eigen::Index left_out_ = 0;
};

}  // namespace mimamori
