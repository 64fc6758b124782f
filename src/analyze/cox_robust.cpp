#include "analyze/cox_robust.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mimamori {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Dense numbers of the clusters of the rows at risk, in the order of the labels.
std::vector<std::size_t> dense_clusters(const CoxData& data, const CoxRiskSets& sets, std::size_t& clusters) {
  std::vector<std::size_t> dense(sets.rows);
  std::vector<std::int64_t> labels;
  for (const std::uint32_t row : sets.row) {
    labels.push_back(data.cluster.empty() ? std::int64_t{row} : std::int64_t{data.cluster[row]});
  }
  std::vector<std::int64_t> distinct = labels;
  std::ranges::sort(distinct);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  for (std::size_t i = 0; i < sets.rows; ++i) {
    dense[i] = static_cast<std::size_t>(std::ranges::lower_bound(distinct, labels[i]) - distinct.begin());
  }
  clusters = distinct.size();
  return dense;
}

/// Weighted score residuals summed by cluster: one row each.
MatrixXd cluster_scores(const CoxRiskSets& sets, const std::vector<std::size_t>& cluster,
                        std::size_t clusters, const VectorXd& gamma, Ties ties) {
  const std::size_t p = sets.covariates;
  const std::vector<double> residuals = cox_score_residuals(sets, gamma, ties);
  MatrixXd scores = MatrixXd::Zero(Index(clusters), Index(p));
  for (std::size_t i = 0; i < sets.rows; ++i) {
    for (std::size_t j = 0; j < p; ++j) {
      scores(Index(cluster[i]), Index(j)) += sets.weight_of(i) * residuals[i * p + j];
    }
  }
  return scores;
}

/// value' matrix^-1 value; NaN if the matrix has no inverse.
double quadratic_form(const MatrixXd& matrix, const VectorXd& value) {
  const auto inverse = invert_information(matrix);
  return inverse ? value.dot(*inverse * value) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

void put_sandwich(const CoxData& data, const CoxRiskSets& sets, Ties ties, const VectorXd& gamma,
                  const MatrixXd& inverse, CoxFit& fit) {
  std::size_t clusters = 0;
  const std::vector<std::size_t> cluster = dense_clusters(data, sets, clusters);
  const MatrixXd influence = cluster_scores(sets, cluster, clusters, gamma, ties) * inverse;
  const MatrixXd sandwich = influence.transpose() * influence;
  const std::size_t p = sets.covariates;
  for (std::size_t a = 0; a < p; ++a) {
    for (std::size_t b = 0; b < p; ++b) {
      fit.covariance[a * p + b] = sandwich(Index(a), Index(b)) / sets.scale[a] / sets.scale[b];
    }
    fit.standard_errors[a] = std::sqrt(fit.covariance[a * p + a]);
  }
  fit.wald_chi_square = quadratic_form(sandwich, gamma);
  // The reference implementation takes this one test at a linear predictor of 0, without the offset; so do
  // we.
  CoxRiskSets without_offset;
  if (!sets.offset.empty()) {
    without_offset = sets;
    without_offset.offset.clear();
  }
  const MatrixXd at_zero = cluster_scores(sets.offset.empty() ? sets : without_offset, cluster, clusters,
                                          VectorXd::Zero(Index(p)), ties);
  fit.robust_score_chi_square =
      quadratic_form(at_zero.transpose() * at_zero, at_zero.colwise().sum().transpose());
}

}  // namespace mimamori
