#include "analyze/glm_separation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace mimamori {
namespace {

constexpr double kTolerance = 1e-9;
// A row (largest entry 1) lies apart along a direction (largest entry 1) by at least this much.
constexpr double kSeparated = 1e-6;
constexpr int kStepsMax = 20'000;
// After so many steps without progress the entering column is the first one, which cannot cycle (Bland).
constexpr int kStallsMax = 30;

/// min sum(v + w)  subject to  v - w - contrasts' u = objective,  u, v, w >= 0. Columns are numbered
/// v: 0 .. p-1, w: p .. 2p-1, u: 2p ... The multipliers of the constraints are the direction sought.
class DualSimplex {
 public:
  DualSimplex(const RowMatrix& contrasts, const Eigen::VectorXd& objective)
      : a_(contrasts), c_(objective), p_(objective.size()), basis_(static_cast<std::size_t>(p_)) {
    for (Eigen::Index j = 0; j < p_; ++j) basis_[std::size_t(j)] = c_[j] >= 0 ? j : p_ + j;
  }

  std::optional<RecessionAnswer> solve() {
    double before = std::numeric_limits<double>::infinity();
    int stalls = 0;
    for (int step = 0; step < kStepsMax; ++step) {
      const Eigen::PartialPivLU<Eigen::MatrixXd> factored(basis_matrix());
      const Eigen::VectorXd level = factored.solve(c_);
      const Eigen::VectorXd direction = factored.transpose().solve(costs());
      const double value = costs().dot(level);
      stalls = value < before - kTolerance * (1 + std::abs(value)) ? 0 : stalls + 1;
      before = std::min(before, value);
      const Eigen::Index entering = choose(direction, stalls > kStallsMax);
      if (entering < 0) return RecessionAnswer{.value = c_.dot(direction), .direction = direction};
      if (!pivot(entering, level, factored.solve(column(entering)), stalls > kStallsMax)) return {};
    }
    return {};
  }

 private:
  [[nodiscard]] Eigen::VectorXd column(Eigen::Index k) const {
    if (k < p_) return Eigen::VectorXd::Unit(p_, k);
    if (k < 2 * p_) return -Eigen::VectorXd::Unit(p_, k - p_);
    return -a_.row(k - 2 * p_).transpose();
  }
  [[nodiscard]] Eigen::MatrixXd basis_matrix() const {
    Eigen::MatrixXd matrix(p_, p_);
    for (Eigen::Index j = 0; j < p_; ++j) matrix.col(j) = column(basis_[std::size_t(j)]);
    return matrix;
  }
  [[nodiscard]] Eigen::VectorXd costs() const {
    Eigen::VectorXd out(p_);
    for (Eigen::Index j = 0; j < p_; ++j) out[j] = basis_[std::size_t(j)] < 2 * p_ ? 1 : 0;
    return out;
  }

  /// The column whose reduced cost is the most negative (or the first such); -1: none, the answer is found.
  [[nodiscard]] Eigen::Index choose(const Eigen::VectorXd& direction, bool first) const {
    const Eigen::VectorXd along = a_ * direction;
    Eigen::Index best = -1;
    double least = -kTolerance;
    const auto look = [&](Eigen::Index k, double reduced) {
      if (reduced >= least || (first && best >= 0)) return;
      best = k;
      least = reduced;
    };
    for (Eigen::Index j = 0; j < p_; ++j) look(j, 1 - direction[j]);
    for (Eigen::Index j = 0; j < p_; ++j) look(p_ + j, 1 + direction[j]);
    for (Eigen::Index i = 0; i < along.size(); ++i) look(2 * p_ + i, along[i]);
    return best;
  }

  bool pivot(Eigen::Index entering, const Eigen::VectorXd& level, const Eigen::VectorXd& change, bool first) {
    Eigen::Index leaving = -1;
    double shortest = std::numeric_limits<double>::infinity();
    for (Eigen::Index j = 0; j < p_; ++j) {
      if (change[j] <= kTolerance) continue;
      const double ratio = std::max(level[j], 0.0) / change[j];
      const bool tie = leaving >= 0 && std::abs(ratio - shortest) <= 1e-13 * (1 + shortest);
      // Among ties the largest pivot, for accuracy; once stalled the lowest number, against cycles.
      const bool better =
          tie ? (first ? basis_[std::size_t(j)] < basis_[std::size_t(leaving)] : change[j] > change[leaving])
              : ratio < shortest;
      if (!better) continue;
      leaving = j;
      shortest = std::min(shortest, ratio);
    }
    if (leaving < 0) return false;
    basis_[std::size_t(leaving)] = entering;
    return true;
  }

  const RowMatrix& a_;
  const Eigen::VectorXd& c_;
  Eigen::Index p_;
  std::vector<Eigen::Index> basis_;
};

}  // namespace

std::optional<RecessionAnswer> recede(const RowMatrix& contrasts, const Eigen::VectorXd& objective) {
  return DualSimplex(contrasts, objective).solve();
}

std::optional<Eigen::VectorXd> find_recession(const GlmLikelihood& likelihood,
                                              const std::vector<bool>& free) {
  const RowMatrix all = likelihood.contrasts();
  std::vector<Eigen::Index> columns;
  for (std::size_t j = 0; j < free.size(); ++j) {
    if (free[j]) columns.push_back(Eigen::Index(j));
  }
  if (columns.empty()) return {};
  RowMatrix used(all.rows(), Eigen::Index(columns.size()));
  for (Eigen::Index i = 0; i < all.rows(); ++i) {
    for (std::size_t j = 0; j < columns.size(); ++j) used(i, Eigen::Index(j)) = all(i, columns[j]);
    const double size = used.row(i).cwiseAbs().maxCoeff();
    if (size > 0) used.row(i) /= size;
  }
  const Eigen::VectorXd sum = used.colwise().sum().transpose();
  const double size = sum.cwiseAbs().maxCoeff();
  if (!(size > 1e-12)) return {};  // the contrasts cancel: only d with contrasts d = 0 remain
  const Eigen::VectorXd objective = sum / size;
  const auto answer = recede(used, objective);
  if (!answer || (used * answer->direction).maxCoeff() < kSeparated) return {};
  Eigen::VectorXd direction = Eigen::VectorXd::Zero(all.cols());
  for (std::size_t j = 0; j < columns.size(); ++j) direction[columns[j]] = answer->direction[Eigen::Index(j)];
  return direction;
}

}  // namespace mimamori
