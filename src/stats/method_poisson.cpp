#include <cmath>
#include <nlohmann/json.hpp>

#include "analyze/conditional_logistic.h"
#include "analyze/negative_binomial.h"
#include "stats/keys.h"
#include "stats/regression.h"
#include "stats/regression_keys.h"

namespace mimamori {
namespace {

constexpr RatioWords kExpWords{"exp_coef", "exp_lower", "exp_upper"};
constexpr RatioWords kRiskWords{"risk_ratio", "rr_lower", "rr_upper"};
constexpr RatioWords kRateWords{"rate_ratio", "rr_lower", "rr_upper"};

void put_counts(Json& answer, const GlmFit& fit) {
  answer["n"] = fit.rows;
  answer["events"] = fit.events;
  if (fit.rows_separated > 0) answer["rows_separated"] = fit.rows_separated;
}

void put_deviance(Json& answer, const GlmFit& fit, double parameters) {
  answer["null_deviance"] = number_json(fit.null_deviance);
  answer["deviance"] = number_json(fit.deviance);
  answer["pearson_chisq"] = number_json(fit.pearson_chi_square);
  answer["df_residual"] = static_cast<double>(fit.rows) - static_cast<double>(fit.rank);
  answer["aic"] = number_json(-2 * fit.log_likelihood + 2 * parameters);
}

Result<RegressionRows> count_rows(const Spec& spec, const Rows& rows, OutcomeKind kind) {
  RegressionRows out = TRY(regression_rows(spec, rows, kind, spec.flag("intercept")));
  if (spec.has("cluster")) out.cluster = rows.levels(spec.text("cluster"));
  return out;
}

Result<Json> run_poisson(const Spec& spec, const Rows& rows) {
  const RegressionRows used = TRY(count_rows(spec, rows, OutcomeKind::kAtLeastZero));
  const GlmOptions options{.constant = spec.flag("intercept"),
                           .variance = variance_of(spec),
                           .profile = spec.text("interval") == "profile",
                           .level = spec.number("level")};
  const GlmFit fit = TRY(fit_poisson(used.data(), options));
  Json answer = Json::object();
  put_counts(answer, fit);
  put_fit(answer, fit, used.names, kExpWords, options.level);
  put_deviance(answer, fit, static_cast<double>(fit.rank));
  if (options.profile) answer["profile_ci"] = profile_json(fit, used.names);
  answer["variance"] = name_of(options.variance);
  return answer;
}

Result<Json> run_modified_poisson(const Spec& spec, const Rows& rows) {
  const RegressionRows used = TRY(count_rows(spec, rows, OutcomeKind::kZeroOne));
  const GlmOptions options{.constant = spec.flag("intercept"),
                           .variance = spec.text("variance") == "sandwich" ? GlmVariance::kRobust
                                                                           : GlmVariance::kRobustSmallSample,
                           .level = spec.number("level")};
  const GlmFit fit = TRY(fit_risk_ratio(used.data(), options));
  Json answer = Json::object();
  put_counts(answer, fit);
  put_fit(answer, fit, used.names, kRiskWords, options.level);
  answer["variance"] = name_of(options.variance);
  return answer;
}

Result<Json> run_negative_binomial(const Spec& spec, const Rows& rows) {
  const RegressionRows used = TRY(count_rows(spec, rows, OutcomeKind::kCount));
  const GlmOptions options{
      .constant = spec.flag("intercept"), .variance = variance_of(spec), .level = spec.number("level")};
  const NegativeBinomialFit found = TRY(fit_negative_binomial(used.data(), options));
  const GlmFit& fit = found.fit;
  Json answer = Json::object();
  put_counts(answer, fit);
  put_fit(answer, fit, used.names, kExpWords, options.level);
  put_deviance(answer, fit, static_cast<double>(fit.rank) + (found.poisson_limit ? 0 : 1));
  answer["theta"] = number_json(found.theta);
  answer["se_theta"] = number_json(found.theta_error);
  answer["dispersion"] = found.poisson_limit ? "not_over_dispersed" : "over_dispersed";
  answer["se_expected_information"] = answer["se_model"];
  answer["se_observed_joint"] = by_name(used.names, found.standard_errors_joint);
  answer["variance"] = name_of(options.variance);
  return answer;
}

Result<Json> run_conditional_poisson(const Spec& spec, const Rows& rows) {
  RegressionRows used = TRY(regression_rows(spec, rows, OutcomeKind::kCount, false));
  if (used.names.empty()) return Error{ErrorCode::kInvalidInput, "covariates: expected at least one"};
  if (spec.has("cluster")) used.cluster = rows.levels(spec.text("cluster"));
  const Levels sets = rows.levels(spec.texts("strata"));
  const bool robust = variance_of(spec) == GlmVariance::kRobust;
  const SetOptions options{
      .robust = robust, .profile = spec.text("interval") == "profile", .level = spec.number("level")};
  const ConditionalFit fit = TRY(fit_conditional_poisson(used.data(), sets.code, options));
  Json answer = {{"n", fit.fit.rows},
                 {"events", fit.fit.events},
                 {"sets", fit.sets},
                 {"informative_sets", fit.informative_sets},
                 {"rows_in_informative_sets", fit.informative_rows}};
  put_fit(answer, fit.fit, used.names, kRateWords, options.level);
  answer["loglik_multinomial"] = answer["loglik"];
  if (options.profile) answer["profile_ci"] = profile_json(fit.fit, used.names);
  answer["variance"] = robust ? "sandwich" : "model";
  return answer;
}

}  // namespace

std::vector<Method> poisson_methods() {
  using namespace keys;
  SpecKey robust = kGlmVariance;
  robust.choices = {"sandwich", "sandwich_small_sample"};
  robust.default_json = "\"sandwich\"";
  SpecKey plain_or_robust = kGlmVariance;
  plain_or_robust.choices = {"model", "sandwich"};
  SpecKey sets = kStrata;
  sets.required = true;
  return {{.name = "poisson",
           .keys = {kOutcome, kCovariates, kFactors, kWeights, kOffset, kCluster, kGlmVariance, kIntercept,
                    kProfileInterval, kLevel},
           .run = run_poisson},
          {.name = "modified_poisson",
           .keys = {kOutcome, kCovariates, kFactors, kWeights, kOffset, kCluster, robust, kIntercept, kLevel},
           .run = run_modified_poisson},
          {.name = "negative_binomial",
           .keys = {kOutcome, kCovariates, kFactors, kWeights, kOffset, kCluster, kGlmVariance, kIntercept,
                    kLevel},
           .run = run_negative_binomial},
          {.name = "conditional_poisson",
           .keys = {kOutcome, kCovariates, kFactors, sets, kOffset, kCluster, plain_or_robust,
                    kProfileInterval, kLevel},
           .run = run_conditional_poisson}};
}

}  // namespace mimamori
