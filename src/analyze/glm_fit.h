#pragma once

// Inside analyze/: from a likelihood to coefficients, each with its state.

#include "analyze/glm.h"
#include "analyze/glm_newton.h"
#include "analyze/glm_rows.h"

namespace mimamori {

/// A maximum in the scaled coordinates, with what was left out before it was sought.
struct GlmEstimate {
  std::vector<bool> free;  // columns that take part
  GlmBasis structure;      // ... and what the whole likelihood cannot tell apart
  GlmMaximum maximum;
  GlmMaximum null;
};

/// Finds the maximum with all columns and with the constant alone.
GlmEstimate estimate(const GlmLikelihood& likelihood, const GlmDesign& design, const Eigen::VectorXd& start,
                     int iterations_max);

/// Coefficients (states, estimates, model-based errors, profile limits), covariance, log likelihoods, score
/// test, ranks, iterations and status; the status names the worst of what happened.
///
///   inside  the "meat" of the robust variance in scaled coordinates; absent: the model's variance
GlmFit describe(const GlmLikelihood& likelihood, const GlmDesign& design, const GlmEstimate& estimate,
                const GlmOptions& options, const std::optional<Eigen::MatrixXd>& inside);

/// Limits b of coefficient j where 2 (maximum - profile(b)) equals the chi-square point of the level, and the
/// likelihood-ratio p against b = 0. Infinite where the profile never falls that far.
struct ProfileLimits {
  Interval limits;
  double lr_p = 1;
};
///   estimate, error  of coefficient j; estimate may be infinite, error is then not used
ProfileLimits profile_limits(const GlmLikelihood& likelihood, const GlmDesign& design, const GlmEstimate& at,
                             Eigen::Index j, double estimate, double error, const GlmOptions& options);

/// The sentence-ready list of row numbers: "rows 3, 17 and 24 more".
std::string some_rows(std::span<const std::size_t> numbers);

/// Columns, centered if the model has a constant or `center` asks for it, and scaled. Rows of weight 0 do not
/// count towards centers and scales.
GlmDesign make_design(std::span<const std::span<const double>> columns, const Eigen::VectorXd& weight,
                      bool has_constant, bool center);

/// Errors  kInvalidInput: a length that is not n, or a number that is not finite, with the rows (from 1).
Result<void> check_finite(std::string_view what, std::span<const double> values, std::size_t rows);

}  // namespace mimamori
