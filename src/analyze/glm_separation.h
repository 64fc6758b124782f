#pragma once

// Inside analyze/.

#include <optional>
#include <vector>

#include "analyze/glm_likelihood.h"

namespace mimamori {

/// The d that maximizes objective'd with contrasts d >= 0 and |d_j| <= 1.
struct RecessionAnswer {
  double value = 0;
  Eigen::VectorXd direction;
};

/// A linear programme, solved in its dual (as many constraints as columns) by the revised simplex method.
///
/// Absent: no answer within the bound on steps.
/// Source  Konis K (2007) Linear programming algorithms for detecting separated data in binary logistic
///         regression models, thesis, University of Oxford; Bland RG (1977) Math Oper Res 2:103-107.
std::optional<RecessionAnswer> recede(const RowMatrix& contrasts, const Eigen::VectorXd& objective);

/// A direction along which the likelihood rises for ever, over the free columns (others 0); absent if there
/// is none.
std::optional<Eigen::VectorXd> find_recession(const GlmLikelihood& likelihood, const std::vector<bool>& free);

}  // namespace mimamori
