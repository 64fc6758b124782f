#pragma once

#include "analyze/glm.h"

namespace mimamori {

/// How several cases of one set share it: the exact conditional likelihood, or its approximations, which are
/// those of tied deaths in a Cox model.
enum class SetTies : std::uint8_t { kExact, kEfron, kBreslow };

struct SetOptions {
  SetTies ties = SetTies::kExact;
  bool robust =
      false;  // squared influence summed by set, or by cluster of whole sets; no small-sample factor
  bool profile = false;
  double level = 0.95;
  int iterations_max = 200;
};

struct ConditionalFit {
  GlmFit fit;  // no constant: coefficient j is column j. rows: all rows; deviance and fitted are not given
  std::size_t sets = 0;
  std::size_t informative_sets = 0;  // the others have nothing to compare, and leave the likelihood
  std::size_t informative_rows = 0;
};

/// Conditional logistic regression of matched sets, 1:m and m:n.
///
///   data.outcome  n  1 for a case, 0 for a control
///   data.cluster  n  for options.robust; a set must lie within one cluster
///   set           n  rows of one label are one matched set
///
/// A column with one value within every informative set (a matching factor) is aliased with the sets. Weights
/// are not offered. Errors  kInvalidInput: as fit_logistic, or a set in two clusters.  kUnsupported: weights,
/// or exact sets so large that
///         one evaluation takes more than 2e9 products.
/// Source  Gail MH, Lubin JH, Rubinstein LV (1981) Biometrika 68:703-707. The recursion runs over the
/// probabilities
///         of a Poisson binomial variable, so that it neither over- nor underflows.
/// Golden  clogit_sim
Result<ConditionalFit> fit_conditional_logistic(const GlmData& data, std::span<const std::int32_t> set,
                                                const SetOptions& options = {});

/// Poisson regression with one free level per set, which the sets' totals condition away (multinomial
/// likelihood): self-controlled case series, with log(days) as offset.
///
///   data.outcome  n  counts >= 0
///
/// log_likelihood is the sum of count * log(share of the set), without the multinomial coefficients.
/// Errors  kInvalidInput, kUnsupported (weights): as above.
/// Source  Farrington CP (1995) Biometrics 51:228-235; Hausman J, Hall BH, Griliches Z (1984) Econometrica
///         52:909-938.
Result<ConditionalFit> fit_conditional_poisson(const GlmData& data, std::span<const std::int32_t> set,
                                               const SetOptions& options = {});

}  // namespace mimamori
