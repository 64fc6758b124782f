#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyze/interval.h"
#include "base/result.h"

namespace mimamori {

/// The rows of a regression on a linear predictor: constant + x'b + offset.
///
///   columns  p spans of length n  covariates, without the constant
///   outcome  n
///   weight   n  >= 0; empty: all 1. Rows with weight 0 are left out.
///   offset   n  empty: all 0
///   cluster  n  rows of one label count as one in the robust variance; empty: each row for itself
struct GlmData {
  std::span<const std::span<const double>> columns;
  std::span<const double> outcome;
  std::span<const double> weight;
  std::span<const double> offset;
  std::span<const std::int32_t> cluster;
};

/// kRobust sums squared influence over rows or clusters without a small-sample factor (HC0, Lin and Wei);
/// kRobustSmallSample multiplies it by n/(n - p) or, with clusters, g/(g - 1).
enum class GlmVariance : std::uint8_t { kModel, kRobust, kRobustSmallSample };

struct GlmOptions {
  bool constant = true;
  GlmVariance variance = GlmVariance::kModel;
  bool profile = false;  // profile-likelihood limits of every coefficient
  double level = 0.95;   // of those limits
  int iterations_max = 200;
};

enum class GlmStatus : std::uint8_t {
  kOk,
  kConstantCovariate,        // left out, the rest is estimated
  kAliased,                  // left out, the likelihood is the same
  kMonotoneLikelihood,       // some coefficient is infinite
  kQuasiCompleteSeparation,  // the same, in a logistic model, with some rows not separated
  kCompleteSeparation,       // ... with all rows separated: nothing is estimable
  kNoEvents,                 // the outcome is 0 in all rows
  kAllEvents,                // the outcome is 1 in all rows
  kNoInformation,            // no row (no set) tells anything
  kNoConvergence,
};
/// "ok", "aliased" and so on, the words of the reference fixtures.
std::string_view name_of(GlmStatus status);

enum class CoefficientState : std::uint8_t {
  kEstimated,
  kConstant,      // one value in all rows
  kAliased,       // `combination` of the columns before it; empty: one value within every matched set
  kInfinite,      // the estimate is plus or minus infinity; the limits are those of the profile likelihood
  kUndetermined,  // the separated rows leave it free to go either way
};
std::string_view name_of(CoefficientState state);

struct GlmCoefficient {
  CoefficientState state = CoefficientState::kEstimated;
  double estimate = 0;                                      // NaN unless estimated or infinite
  double standard_error = 0;                                // of the variance asked for; NaN unless estimated
  double standard_error_model = 0;                          // from the information at the estimate
  std::vector<std::pair<std::size_t, double>> combination;  // kAliased: (earlier coefficient, factor)
  std::optional<Interval> profile;                          // asked for, or kInfinite
  std::optional<double> lr_p;  // likelihood-ratio p against 0, where `profile` is given
};

/// A fitted model; coefficient 0 is the constant, if there is one, then the columns in order.
struct GlmFit {
  GlmStatus status = GlmStatus::kOk;
  std::vector<GlmCoefficient> coefficients;
  std::vector<double> covariance;  // square, row-major; NaN where a coefficient is not estimated
  double log_likelihood_null = 0;  // the constant and the offset alone
  double log_likelihood = 0;       // the supremum, where some coefficient is infinite
  double deviance = 0;
  double null_deviance = 0;
  double pearson_chi_square = 0;
  double score_chi_square = 0;  // at the null
  std::size_t rows = 0;         // with weight above 0
  std::size_t rank = 0;         // coefficients that are not left out
  std::size_t rank_null = 0;
  double events = 0;               // sum of the outcome
  std::size_t rows_separated = 0;  // rows whose fitted value is its limit (0 or 1), out of the limit fit
  int iterations = 0;
  bool converged = true;
  std::vector<double> fitted;  // mean of the outcome by row given (NaN where the weight is 0)
};

/// log(odds) = linear predictor; outcome 0 or 1.
///
/// Newton with step halving on centered and scaled columns. A maximum at infinity is confirmed by a linear
/// programme over the rows, which names the rows that are separated; the others are fitted again (the limit
/// fit), so that every coefficient that is still determined has its estimate, and the infinite ones their
/// direction, a one-sided profile limit and a likelihood-ratio p.
///
/// Errors  kInvalidInput: lengths disagree, a number is not finite, a weight below 0, the outcome is not 0 or
/// 1;
///         rows are named by number, from 1.
/// Source  Albert A, Anderson JA (1984) Biometrika 71:1-10 (separation); Geyer CJ (2009) Electron J Stat
///         3:259-289 (limit fit); Venzon DJ, Moolgavkar SH (1988) Appl Stat 37:87-94 (profile limits);
///         White H (1982) Econometrica 50:1-25 (robust variance).
/// Golden  logit_pima, ps_sim
Result<GlmFit> fit_logistic(const GlmData& data, const GlmOptions& options = {});

/// log(mean) = linear predictor; outcome a count (any number >= 0 is taken).
///
/// As fit_logistic. A level without any count has no finite coefficient: status kMonotoneLikelihood.
/// Source  McCullagh P, Nelder JA (1989) Generalized Linear Models.
/// Golden  poisson_ships_nb
Result<GlmFit> fit_poisson(const GlmData& data, const GlmOptions& options = {});

/// Risk ratios of a 0/1 outcome: fit_poisson with the robust variance (HC0, or by cluster).
/// Source  Zou G (2004) Am J Epidemiol 159:702-706.
Result<GlmFit> fit_risk_ratio(const GlmData& data, GlmOptions options = {});

}  // namespace mimamori
