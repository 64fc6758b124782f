#pragma once

// What the methods of regressions share. Include <nlohmann/json.hpp> before use.

#include <string>
#include <vector>

#include "analyze/glm.h"
#include "stats/answer.h"
#include "stats/method.h"

namespace mimamori {

/// The columns of a regression as a spec names them, kept alive for a call of analyze/.
struct RegressionRows {
  std::vector<std::string> names;  // of the coefficients, "(Intercept)" first if there is one
  Design design;
  std::vector<double> outcome;
  Levels cluster;
  std::span<const double> weights, offset;

  [[nodiscard]] GlmData data() const {
    return {.columns = design.columns,
            .outcome = outcome,
            .weight = weights,
            .offset = offset,
            .cluster = cluster.code};
  }
};

enum class OutcomeKind { kZeroOne, kCount, kAtLeastZero };

/// Reads covariates, factors, outcome, and weights, offset, cluster where the spec has them.
/// Errors  kInvalidInput: the outcome is not of its kind, with the rows.
Result<RegressionRows> regression_rows(const Spec& spec, const Rows& rows, OutcomeKind kind, bool constant);

/// The key "variance" of a spec (model, sandwich, sandwich_small_sample); absent: sandwich where a cluster is
/// given.
GlmVariance variance_of(const Spec& spec);
std::string_view name_of(GlmVariance variance);

/// Writes a fit: status, coefficients with Wald limits, states, log likelihoods, likelihood-ratio and score
/// tests, covariance, iterations; and for a coefficient without an estimate why, and what can still be said
/// of it.
void put_fit(Json& answer, const GlmFit& fit, std::span<const std::string> names, const RatioWords& words,
             double level);

/// {"age": {"lower": …, "upper": …}, …} of the coefficients that have profile limits.
Json profile_json(const GlmFit& fit, std::span<const std::string> names);

}  // namespace mimamori
