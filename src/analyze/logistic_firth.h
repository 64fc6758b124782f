#pragma once

#include "analyze/glm.h"

namespace mimamori {

/// A logistic model whose likelihood is penalized, so that it has a finite maximum under separation too.
struct FirthFit {
  /// log_likelihood, log_likelihood_null and the profile limits and lr_p (always given) are of the penalized
  /// likelihood l + 1/2 ln det I, standard errors from the unpenalized information at the penalized estimate.
  /// The null holds every other coefficient at 0 in the same penalized likelihood.
  GlmFit fit;
  double log_likelihood_plain = 0;  // l at the penalized estimate
  GlmFit maximum_likelihood;        // the same model without penalty
};

/// Errors  as fit_logistic.
/// Source  Firth D (1993) Biometrika 80:27-38; Heinze G, Schemper M (2002) Stat Med 21:2409-2419.
/// Golden  logit_pima
Result<FirthFit> fit_logistic_firth(const GlmData& data, const GlmOptions& options = {});

}  // namespace mimamori
