#pragma once

#include "analyze/glm.h"

namespace mimamori {

/// NB2: the variance is mean + mean^2 / theta.
struct NegativeBinomialFit {
  /// Standard errors from the expected information with theta held at its estimate; log_likelihood_null has a
  /// theta of its own. Profile limits (of infinite coefficients) hold theta at its estimate.
  GlmFit fit;
  double theta = 0;        // infinite: the counts are not over-dispersed, and `fit` is the Poisson fit
  double theta_error = 0;  // from the joint observed information; NaN where theta is infinite
  std::vector<double> standard_errors_joint;  // from the joint observed information of coefficients and theta
  bool poisson_limit = false;
};

/// log(mean) = linear predictor, by maximum likelihood.
/// Errors  as fit_poisson; `options.profile` is not offered (kUnsupported).
/// Source  Lawless JF (1987) Can J Stat 15:209-225.
/// Golden  poisson_ships_nb
Result<NegativeBinomialFit> fit_negative_binomial(const GlmData& data, const GlmOptions& options = {});

}  // namespace mimamori
