#pragma once

// Inside analyze/: a regression whose likelihood is a sum over rows, checked and scaled.

#include "analyze/glm_fit.h"

namespace mimamori {

struct GlmProblem {
  GlmFamily family = GlmFamily::kLogistic;
  GlmDesign design;
  Eigen::VectorXd y, weight, offset;
  std::size_t rows = 0;  // with weight above 0
};

/// Errors  kInvalidInput: see fit_logistic.
Result<GlmProblem> make_problem(GlmFamily family, const GlmData& data, bool has_constant);

/// The constant that fits the whole; the other coefficients 0.
Eigen::VectorXd start_of(const GlmProblem& problem);

/// Sum of squared scores by row or cluster, in scaled coordinates, and how many there were.
Eigen::MatrixXd squared_influence(const GlmProblem& problem, const RowLikelihood& rows,
                                  const Eigen::VectorXd& gamma, double theta,
                                  std::span<const std::int32_t> cluster, double* clusters);

/// The fit of an estimate, with everything that is summed over rows.
GlmFit finish(const GlmProblem& problem, const GlmData& data, const GlmOptions& options, double theta,
              const RowLikelihood& likelihood, const GlmEstimate& at);

}  // namespace mimamori
