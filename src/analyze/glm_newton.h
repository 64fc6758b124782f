#pragma once

// Inside analyze/: the maximum of a concave likelihood, wherever it is.

#include <memory>
#include <vector>

#include "analyze/glm_likelihood.h"

namespace mimamori {

/// The columns that a likelihood can tell apart, chosen in order, and for each of the others the combination
/// that it cannot: a vector n with n_j = 1 along which the likelihood does not change.
struct GlmBasis {
  std::vector<Eigen::Index> columns;
  std::vector<Eigen::Index> left_out;
  Eigen::MatrixXd null;  // p x left_out.size()
};
GlmBasis find_basis(const Eigen::MatrixXd& spread, const std::vector<bool>& candidates);

/// The inverse of the information over some columns, 0 elsewhere; absent if it is not positive definite
/// there.
std::optional<Eigen::MatrixXd> invert(const Eigen::MatrixXd& information,
                                      const std::vector<Eigen::Index>& columns);

struct GlmMaximum {
  Eigen::VectorXd gamma;    // 0 in the columns that are left out
  GlmPoint point;           // of the limit, if there is one; its value is the supremum
  Eigen::MatrixXd inverse;  // of the information over basis.columns, 0 elsewhere
  GlmBasis basis;
  std::unique_ptr<GlmLikelihood> limit;  // set if the supremum lies at infinity
  int iterations = 0;
  bool converged = false;
};

/// Newton with step halving from `start`, over the columns that are free; the others keep their values. Ends
/// when the squared length of a step in standard errors is below 1e-16 (that step is still taken), or at a
/// limit of the likelihood (glm_separation.h), where it goes on with the rows that are left.
GlmMaximum maximize(const GlmLikelihood& likelihood, const Eigen::VectorXd& start,
                    const std::vector<bool>& free, int iterations_max);

}  // namespace mimamori
