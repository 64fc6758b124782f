#pragma once

// Inside analyze/: likelihoods that are a sum over sets of rows, conditional on each set's total.

#include <cstdint>
#include <span>
#include <vector>

#include "analyze/glm_likelihood.h"

namespace mimamori {

/// kMultinomial is Breslow's approximation, and exact for counts.
enum class SetKind : std::uint8_t { kExact, kEfron, kMultinomial };

class SetLikelihood final : public GlmLikelihood {
 public:
  /// z (n x p), y and offset must outlive this. Sets without anything to compare are left out.
  ///   set  n  labels
  SetLikelihood(SetKind kind, const RowMatrix& z, const Eigen::VectorXd& y, const Eigen::VectorXd& offset,
                std::span<const std::int32_t> set);

  [[nodiscard]] Eigen::Index size() const override { return z_.cols(); }
  [[nodiscard]] std::optional<GlmPoint> evaluate(const Eigen::VectorXd& gamma) const override;
  [[nodiscard]] Eigen::MatrixXd spread() const override;
  [[nodiscard]] RowMatrix contrasts() const override;
  [[nodiscard]] double move(const Eigen::VectorXd& step) const override;
  [[nodiscard]] std::unique_ptr<GlmLikelihood> limit(const Eigen::VectorXd& direction) const override;
  [[nodiscard]] bool empty() const override { return rows_.empty(); }

  [[nodiscard]] std::size_t sets() const { return begin_.size() - 1; }
  [[nodiscard]] std::size_t rows() const { return rows_.size(); }
  /// The first row of a set.
  [[nodiscard]] Eigen::Index row_of(std::size_t set) const { return rows_[begin_[set]]; }
  /// One set's part.
  [[nodiscard]] GlmPoint evaluate_set(std::size_t set, const Eigen::VectorXd& gamma) const;
  /// Products that one evaluation takes.
  [[nodiscard]] double work() const;

 private:
  [[nodiscard]] std::span<const Eigen::Index> rows_of(std::size_t set) const {
    return std::span(rows_).subspan(begin_[set], begin_[set + 1] - begin_[set]);
  }
  [[nodiscard]] bool is_multinomial(std::size_t set) const;  // one case, or counts
  /// Takes a set's rows in, if they can tell anything.
  void add_set(std::span<const Eigen::Index> rows);
  /// Of a set along a direction: rows that stay in the likelihood's limit.
  [[nodiscard]] std::vector<Eigen::Index> rows_left(std::span<const Eigen::Index> rows,
                                                    const Eigen::VectorXd& direction) const;

  SetKind kind_;
  const RowMatrix& z_;
  const Eigen::VectorXd& y_;
  const Eigen::VectorXd& offset_;
  std::vector<Eigen::Index> rows_;     // grouped by set
  std::vector<std::size_t> begin_{0};  // where each set begins in rows_, and the end
};

}  // namespace mimamori
