#include <nlohmann/json.hpp>

#include "analyze/conditional_logistic.h"
#include "analyze/logistic_firth.h"
#include "stats/keys.h"
#include "stats/regression.h"
#include "stats/regression_keys.h"

namespace mimamori {
namespace {

constexpr RatioWords kExpWords{"exp_coef", "exp_lower", "exp_upper"};
constexpr RatioWords kOddsWords{"odds_ratio", "or_lower", "or_upper"};
// Firth's fit is added to a separated model of up to so many rows.
constexpr std::size_t kFirthRowsMax = 20'000;

GlmOptions options_of(const Spec& spec) {
  return {.constant = spec.flag("intercept"), .variance = variance_of(spec), .level = spec.number("level")};
}

Result<RegressionRows> logistic_rows(const Spec& spec, const Rows& rows) {
  RegressionRows out = TRY(regression_rows(spec, rows, OutcomeKind::kZeroOne, spec.flag("intercept")));
  if (spec.has("cluster")) out.cluster = rows.levels(spec.text("cluster"));
  return out;
}

void put_counts(Json& answer, const GlmFit& fit) {
  answer["n"] = fit.rows;
  answer["events"] = fit.events;
  if (fit.rows_separated > 0) answer["rows_separated"] = fit.rows_separated;
}

void put_deviance(Json& answer, const GlmFit& fit) {
  answer["null_deviance"] = number_json(fit.null_deviance);
  answer["deviance"] = number_json(fit.deviance);
  answer["df_residual"] = static_cast<double>(fit.rows) - static_cast<double>(fit.rank);
  answer["aic"] = number_json(-2 * fit.log_likelihood + 2 * static_cast<double>(fit.rank));
}

void put_firth(Json& answer, const FirthFit& firth, std::span<const std::string> names, double level) {
  put_fit(answer, firth.fit, names, kExpWords, level);
  answer["penalized_loglik"] = number_json(firth.fit.log_likelihood);
  answer["loglik_unpenalized"] = number_json(firth.log_likelihood_plain);
  answer["profile_penalized_ci"] = profile_json(firth.fit, names);
  Json p = Json::object();
  for (std::size_t j = 0; j < names.size(); ++j) {
    const auto& value = firth.fit.coefficients[j].lr_p;
    p[names[j]] = value ? number_json(*value) : Json(nullptr);
  }
  answer["penalized_lr_p"] = p;
}

Result<Json> run_logistic(const Spec& spec, const Rows& rows) {
  const RegressionRows used = TRY(logistic_rows(spec, rows));
  const GlmOptions options = options_of(spec);
  const GlmFit fit = TRY(fit_logistic(used.data(), options));
  Json answer = Json::object();
  put_counts(answer, fit);
  put_fit(answer, fit, used.names, kExpWords, options.level);
  put_deviance(answer, fit);
  answer["variance"] = name_of(options.variance);
  if (spec.has("ps_first")) {
    const auto count = std::min(static_cast<std::size_t>(spec.whole("ps_first")), fit.fitted.size());
    answer["ps_first" + std::to_string(spec.whole("ps_first"))] =
        list_json(std::span(fit.fitted).first(count));
  }
  const bool separated = fit.status == GlmStatus::kQuasiCompleteSeparation ||
                         fit.status == GlmStatus::kCompleteSeparation || fit.status == GlmStatus::kNoEvents ||
                         fit.status == GlmStatus::kAllEvents;
  if (separated && fit.rows <= kFirthRowsMax) {
    const auto firth = fit_logistic_firth(used.data(), options);
    Json penalized = Json::object();
    if (firth) put_firth(penalized, *firth, used.names, options.level);
    answer["firth"] = firth ? penalized : Json(nullptr);
  }
  return answer;
}

Result<Json> run_profile(const Spec& spec, const Rows& rows) {
  const RegressionRows used = TRY(logistic_rows(spec, rows));
  GlmOptions options = options_of(spec);
  options.profile = true;
  const GlmFit fit = TRY(fit_logistic(used.data(), options));
  Json answer = Json::object();
  put_counts(answer, fit);
  answer["status"] = name_of(fit.status);
  answer["converged"] = fit.converged;
  answer["iterations"] = fit.iterations;
  answer["interval"] = "profile_likelihood";
  answer["level"] = options.level;
  answer["loglik"] = number_json(fit.log_likelihood);
  Json limits = profile_json(fit, used.names);
  for (std::size_t j = 0; j < used.names.size(); ++j) {
    if (!limits.contains(used.names[j])) continue;
    limits[used.names[j]]["coef"] = number_json(fit.coefficients[j].estimate);
    limits[used.names[j]]["lr_p"] = number_json(*fit.coefficients[j].lr_p);
  }
  for (const auto& [name, value] : limits.items()) {
    if (!answer.contains(name)) answer[name] = value;  // a covariate may be called "n"; profile_ci has it too
  }
  answer["profile_ci"] = limits;
  return answer;
}

Result<Json> run_firth(const Spec& spec, const Rows& rows) {
  const RegressionRows used = TRY(regression_rows(spec, rows, OutcomeKind::kZeroOne, spec.flag("intercept")));
  const GlmOptions options{.constant = spec.flag("intercept"), .level = spec.number("level")};
  const FirthFit firth = TRY(fit_logistic_firth(used.data(), options));
  Json answer = Json::object();
  put_counts(answer, firth.fit);
  put_firth(answer, firth, used.names, options.level);
  answer["variance"] = "model";
  answer["ml_status"] = name_of(firth.maximum_likelihood.status);
  for (std::size_t j = 0; j < used.names.size(); ++j) {
    answer["ml_coef_" + used.names[j]] = number_json(firth.maximum_likelihood.coefficients[j].estimate);
  }
  return answer;
}

SetTies ties_of(const Spec& spec) {
  const std::string& name = spec.text("ties");
  if (name == "exact") return SetTies::kExact;
  return name == "efron" ? SetTies::kEfron : SetTies::kBreslow;
}

Result<Json> run_conditional(const Spec& spec, const Rows& rows) {
  RegressionRows used = TRY(regression_rows(spec, rows, OutcomeKind::kZeroOne, false));
  if (used.names.empty()) return Error{ErrorCode::kInvalidInput, "covariates: expected at least one"};
  if (spec.has("cluster")) used.cluster = rows.levels(spec.text("cluster"));
  const Levels sets = rows.levels(spec.texts("strata"));
  const bool robust = variance_of(spec) == GlmVariance::kRobust;
  const SetOptions options{.ties = ties_of(spec),
                           .robust = robust,
                           .profile = spec.text("interval") == "profile",
                           .level = spec.number("level")};
  const ConditionalFit fit = TRY(fit_conditional_logistic(used.data(), sets.code, options));
  Json answer = {{"n", fit.fit.rows},
                 {"cases", fit.fit.events},
                 {"events", fit.fit.events},
                 {"sets", fit.sets},
                 {"informative_sets", fit.informative_sets},
                 {"rows_in_informative_sets", fit.informative_rows}};
  put_fit(answer, fit.fit, used.names, kOddsWords, options.level);
  if (options.profile) answer["profile_ci"] = profile_json(fit.fit, used.names);
  answer["ties"] = spec.text("ties");
  answer["variance"] = robust ? "sandwich" : "model";
  return answer;
}

SpecKey required(SpecKey key) {
  key.required = true;
  return key;
}

}  // namespace

std::vector<Method> logistic_methods() {
  using namespace keys;
  const SpecKey ps_first{.name = "ps_first",
                         .kind = KeyKind::kWholeNumber,
                         .words = "stats.key.ps_first",
                         .least = 1,
                         .most = 1000};
  const SpecKey ties{.name = "ties",
                     .kind = KeyKind::kChoice,
                     .words = "stats.key.set_ties",
                     .default_json = "\"exact\"",
                     .choices = {"exact", "efron", "breslow"}};
  SpecKey variance = kGlmVariance;
  variance.choices = {"model", "sandwich"};
  return {{.name = "logistic",
           .keys = {kOutcome, kCovariates, kFactors, kWeights, kOffset, kCluster, kGlmVariance, kIntercept,
                    kLevel, ps_first},
           .run = run_logistic},
          {.name = "logistic_profile",
           .keys = {kOutcome, kCovariates, kFactors, kWeights, kOffset, kIntercept, kLevel},
           .run = run_profile},
          {.name = "logistic_firth",
           .keys = {kOutcome, kCovariates, kFactors, kWeights, kOffset, kIntercept, kLevel},
           .run = run_firth},
          {.name = "conditional_logistic",
           .keys = {kOutcome, kCovariates, kFactors, required(kStrata), kOffset, ties, kCluster, variance,
                    kProfileInterval, kLevel},
           .run = run_conditional}};
}

}  // namespace mimamori
