#include "stats/regression.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "analyze/distributions.h"
#include "stats/rate_rows.h"

namespace mimamori {
namespace {

Json coefficient_json(const GlmCoefficient& coefficient, std::span<const std::string> names) {
  Json out = {{"status", name_of(coefficient.state)}};
  if (coefficient.state == CoefficientState::kAliased) {
    Json combination = Json::object();
    for (const auto& [other, factor] : coefficient.combination)
      combination[names[other]] = number_json(factor);
    out["equals"] = combination;
  }
  if (coefficient.state == CoefficientState::kInfinite) {
    out["estimate"] = number_json(coefficient.estimate);
    out["profile_lower"] = number_json(coefficient.profile->lower);
    out["profile_upper"] = number_json(coefficient.profile->upper);
    out["lr_p"] = number_json(coefficient.lr_p.value_or(std::nan("")));
  }
  return out;
}

}  // namespace

Result<RegressionRows> regression_rows(const Spec& spec, const Rows& rows, OutcomeKind kind, bool constant) {
  RegressionRows out;
  out.design = TRY(rows.design(spec));
  if (constant) out.names.emplace_back("(Intercept)");
  out.names.insert(out.names.end(), out.design.names.begin(), out.design.names.end());
  const std::string& column = spec.text("outcome");
  if (kind == OutcomeKind::kZeroOne) {
    const std::vector<std::uint8_t> y = TRY(rows.zero_or_one(column).at("outcome"));
    out.outcome.assign(y.begin(), y.end());
  } else if (kind == OutcomeKind::kCount) {
    const std::vector<std::int64_t> y = TRY(rows.whole_numbers(column).at("outcome"));
    for (const std::int64_t count : y) out.outcome.push_back(static_cast<double>(count));
  } else {
    out.outcome = TRY(at_least_zero(rows, column).at("outcome"));
  }
  out.weights = rows.weights();
  out.offset = rows.offset();
  return out;
}

GlmVariance variance_of(const Spec& spec) {
  if (!spec.has("variance")) return spec.has("cluster") ? GlmVariance::kRobust : GlmVariance::kModel;
  const std::string& name = spec.text("variance");
  if (name == "model") return GlmVariance::kModel;
  return name == "sandwich" ? GlmVariance::kRobust : GlmVariance::kRobustSmallSample;
}

std::string_view name_of(GlmVariance variance) {
  switch (variance) {
    case GlmVariance::kModel: return "model";
    case GlmVariance::kRobust: return "sandwich";
    case GlmVariance::kRobustSmallSample: return "sandwich_small_sample";
  }
  return "model";
}

void put_fit(Json& answer, const GlmFit& fit, std::span<const std::string> names, const RatioWords& words,
             double level) {
  answer["status"] = name_of(fit.status);
  answer["converged"] = fit.converged;
  answer["iterations"] = fit.iterations;
  std::vector<double> estimates;
  std::vector<double> model;
  Json not_estimated = Json::object();
  for (std::size_t j = 0; j < fit.coefficients.size(); ++j) {
    const GlmCoefficient& coefficient = fit.coefficients[j];
    estimates.push_back(coefficient.estimate);
    model.push_back(coefficient.standard_error_model);
    if (coefficient.state != CoefficientState::kEstimated) {
      not_estimated[names[j]] = coefficient_json(coefficient, names);
    }
  }
  if (!not_estimated.empty()) answer["not_estimated"] = not_estimated;
  put_wald(answer, names, estimates, fit.covariance, words, level);
  answer["se_model"] = by_name(names, model);
  answer["interval"] = "wald";
  answer["level"] = level;
  answer["loglik_null"] = number_json(fit.log_likelihood_null);
  answer["loglik"] = number_json(fit.log_likelihood);
  const double lr = 2 * (fit.log_likelihood - fit.log_likelihood_null);
  const auto df = static_cast<double>(fit.rank - fit.rank_null);
  const auto p_of = [&](double statistic) { return df > 0 ? chi_square_upper(statistic, df) : std::nan(""); };
  answer["lr_chisq"] = number_json(lr);
  answer["lr_df"] = df;
  answer["lr_p"] = number_json(p_of(lr));
  answer["score_chisq"] = number_json(fit.score_chi_square);
  answer["score_p"] = number_json(p_of(fit.score_chi_square));
}

Json profile_json(const GlmFit& fit, std::span<const std::string> names) {
  Json out = Json::object();
  for (std::size_t j = 0; j < fit.coefficients.size(); ++j) {
    const auto& limits = fit.coefficients[j].profile;
    if (!limits) continue;
    out[names[j]] = {{"lower", number_json(limits->lower)}, {"upper", number_json(limits->upper)}};
  }
  return out;
}

}  // namespace mimamori
