#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "analyze/cox.h"
#include "analyze/cox_baseline.h"
#include "analyze/cox_residuals.h"
#include "analyze/distributions.h"
#include "analyze/proportional_hazards.h"
#include "stats/answer.h"
#include "stats/keys.h"
#include "stats/method.h"

namespace mimamori {
namespace {

/// Owns what a CoxData looks at.
struct CoxRows {
  Design design;
  std::span<const double> time, start, weight, offset;
  std::vector<std::uint8_t> event;
  Levels strata;
  std::vector<std::int32_t> cluster;
  Ties ties = Ties::kEfron;

  [[nodiscard]] CoxData data() const {
    return {.x = {},
            .start = start,
            .stop = time,
            .event = event,
            .stratum = strata.code,
            .weight = weight,
            .offset = offset,
            .cluster = cluster,
            .columns = design.columns};
  }
};

Result<CoxRows> cox_rows(const Spec& spec, const Rows& rows) {
  CoxRows out;
  out.design = TRY(rows.design(spec));
  if (out.design.size() == 0) {
    return Error{ErrorCode::kInvalidInput, "covariates, factors: expected at least one covariate"};
  }
  out.time = rows.numbers(spec.text("time"));
  if (spec.has("start")) out.start = rows.numbers(spec.text("start"));
  out.event = TRY(rows.zero_or_one(spec.text("event")));
  out.weight = rows.weights();
  out.offset = rows.offset();
  out.strata = rows.levels(spec.texts("strata"));
  if (spec.has("cluster")) out.cluster = rows.levels(spec.text("cluster")).code;
  out.ties = spec.text("ties") == "breslow" ? Ties::kBreslow : Ties::kEfron;
  std::vector<std::size_t> bad;
  for (std::size_t i = 0; i < out.time.size(); ++i) {
    if (!out.start.empty() && out.time[i] <= out.start[i]) bad.push_back(rows.row_number(i));
  }
  if (bad.empty()) return out;
  return Error{ErrorCode::kInvalidInput, row_list(bad) + ": expected a time after the start"};
}

Json refusal_json(const CoxRefusal& refusal, const CoxRows& rows) {
  Json nonestimable = Json::array();
  for (std::size_t j = 0; j < rows.design.size(); ++j) {
    if (!refusal.covariate || *refusal.covariate == j) nonestimable.push_back(rows.design.names[j]);
  }
  Json answer = {{"status", name_of(refusal.obstacle)},
                 {"n", rows.time.size()},
                 {"events", std::ranges::count(rows.event, 1)},
                 {"converged", false},
                 {"nonestimable", nonestimable}};
  if (refusal.direction != 0) answer["coef_ml"] = refusal.direction > 0 ? "Inf" : "-Inf";
  return answer;
}

/// The model that everything here follows from, or the answer that says why there is none.
std::variant<CoxFit, Json> fitted(const CoxRows& rows, Ties ties, bool robust) {
  CoxOptions options;
  options.ties = ties;
  options.robust = robust;
  auto answer = answer_cox(rows.data(), options);
  if (const auto* refusal = std::get_if<CoxRefusal>(&answer)) return refusal_json(*refusal, rows);
  return std::get<CoxFit>(std::move(answer));
}

Json model_json(const CoxRows& rows, const CoxFit& fit) {
  return {{"n", fit.rows},
          {"events", fit.events},
          {"ties", rows.ties == Ties::kBreslow ? "breslow" : "efron"},
          {"iterations", fit.iterations},
          {"converged", true},
          {"coef", by_name(rows.design.names, fit.coefficients)}};
}

/// Columns of one factor are one term; every other covariate is a term of its own.
struct NamedTerms {
  std::vector<std::string> names;
  std::vector<PhTerm> terms;
};

NamedTerms terms_of(const Spec& spec, const Design& design) {
  NamedTerms out;
  const std::size_t plain = spec.texts("covariates").size();
  for (std::size_t j = 0; j < design.size(); ++j) {
    std::string name = design.names[j];
    for (const Factor& factor : spec.factors("factors")) {
      if (j >= plain && name.starts_with(factor.column + "=")) name = factor.column;
    }
    if (out.names.empty() || out.names.back() != name) {
      out.names.push_back(name);
      out.terms.emplace_back();
    }
    out.terms.back().push_back(j);
  }
  return out;
}

void put_line(Json& answer, const std::string& name, const PhTest::Line& line) {
  const bool tested = line.degrees > 0;
  answer["chisq"][name] = tested ? number_json(line.chi_square) : Json(nullptr);
  answer["df"][name] = line.degrees;
  answer["p"][name] = tested ? number_json(line.p) : Json(nullptr);
}

TimeTransform transform_of(const std::string& word) {
  if (word == "identity") return TimeTransform::kIdentity;
  if (word == "log") return TimeTransform::kLog;
  if (word == "rank") return TimeTransform::kRank;
  return TimeTransform::kKm;
}

Result<Json> run_ph_test(const Spec& spec, const Rows& rows) {
  const CoxRows cox = TRY(cox_rows(spec, rows));
  auto model = fitted(cox, cox.ties, false);
  if (const auto* none = std::get_if<Json>(&model)) return *none;
  const CoxFit fit = std::get<CoxFit>(std::move(model));
  const NamedTerms named = terms_of(spec, cox.design);
  PhOptions options;
  options.ties = cox.ties;
  options.transform = transform_of(spec.text("transform"));
  if (spec.text("statistic") == "1994 approximation") options.statistic = PhStatistic::kApproximate1994;
  if (spec.flag("terms")) options.terms = named.terms;
  const PhTest test = TRY(ph_test(cox.data(), fit, options));

  Json answer = model_json(cox, fit);
  answer["statistic"] = spec.text("statistic");
  answer["transform"] = spec.text("transform");
  for (const char* key : {"chisq", "df", "p"}) answer[key] = Json::object();
  for (std::size_t t = 0; t < test.terms.size(); ++t) {
    put_line(answer, spec.flag("terms") ? named.names[t] : cox.design.names[t], test.terms[t]);
  }
  put_line(answer, "GLOBAL", test.global);
  return answer;
}

/// The covariates at which to predict: 0 where none is given.
Result<std::vector<double>> prediction_point(const Spec& spec, const Design& design) {
  std::vector<double> at(design.size(), 0);
  for (const auto& [name, value] : spec.number_by_name("at")) {
    const auto found = std::ranges::find(design.names, name);
    if (found == design.names.end()) {
      return Error{ErrorCode::kInvalidInput,
                   "at: expected names of covariates or of indicators such as grade=2"};
    }
    at[static_cast<std::size_t>(found - design.names.begin())] = value;
  }
  return at;
}

SurvivalInterval interval_of(const std::string& word) {
  if (word == "plain") return SurvivalInterval::kPlain;
  if (word == "log-log") return SurvivalInterval::kLogLog;
  if (word == "logit") return SurvivalInterval::kLogit;
  if (word == "arcsin") return SurvivalInterval::kArcsine;
  return SurvivalInterval::kLog;
}

Json optional_json(const std::optional<double>& value) { return value ? number_json(*value) : Json(nullptr); }

/// One stratum's curve at the times, or at its event times.
Json curve_json(const CoxCurve& curve, const std::vector<double>* times) {
  Json at = Json::array(), hazard = Json::array(), error = Json::array(), survival = Json::array(),
       lower = Json::array(), upper = Json::array();
  const auto push = [&](double time, const CoxCurveStep* step) {
    at.push_back(time);
    hazard.push_back(step == nullptr ? 0 : step->cumulative_hazard);
    error.push_back(step == nullptr ? 0 : step->hazard_standard_error);
    survival.push_back(step == nullptr ? 1 : step->survival);
    lower.push_back(step == nullptr ? Json(1) : optional_json(step->lower));
    upper.push_back(step == nullptr ? Json(1) : optional_json(step->upper));
  };
  if (times != nullptr) {
    for (const double time : *times) push(time, step_at(curve.steps, time));
  } else {
    for (const CoxCurveStep& step : curve.steps) push(step.time, &step);
  }
  return {{"times", at},
          {"cumulative_hazard", hazard},
          {"cumulative_hazard_se", error},
          {"survival", survival},
          {"lower", lower},
          {"upper", upper}};
}

/// The curves of the model with one kind of ties: of the only stratum, or by stratum.
Result<Json> curves_json(const Spec& spec, const CoxRows& cox, const CoxFit& fit, Ties ties) {
  CoxCurveOptions options;
  options.ties = ties;
  options.interval = interval_of(spec.text("conf_type"));
  options.offset = spec.number("at_offset");
  options.z = normal_point(spec.number("level"));
  const std::vector<double> at = TRY(prediction_point(spec, cox.design));
  const std::vector<CoxCurve> curves = TRY(cox_curves(cox.data(), fit, at, options));
  const std::vector<double>* times = spec.has("times") ? &spec.numbers("times") : nullptr;
  if (!spec.has("strata")) return curve_json(curves.front(), times);
  Json out = Json::object();
  for (const CoxCurve& curve : curves) {
    out[cox.strata.labels[static_cast<std::size_t>(curve.stratum)]] = curve_json(curve, times);
  }
  return out;
}

Json hazards_of(const Json& curves, bool by_stratum) {
  if (!by_stratum) return curves["cumulative_hazard"];
  Json out = Json::object();
  for (const auto& [label, curve] : curves.items()) out[label] = curve["cumulative_hazard"];
  return out;
}

/// Both estimators side by side, each with the model fitted by its own rule; the curve is that of "ties".
Result<Json> run_cox_baseline(const Spec& spec, const Rows& rows) {
  const CoxRows cox = TRY(cox_rows(spec, rows));
  const bool robust = !cox.cluster.empty() || spec.text("variance") == "sandwich";
  const bool by_stratum = spec.has("strata");
  Json answer, hazards = Json::object();
  for (const Ties ties : {Ties::kEfron, Ties::kBreslow}) {
    auto model = fitted(cox, ties, robust);
    if (const auto* none = std::get_if<Json>(&model)) return *none;
    const CoxFit fit = std::get<CoxFit>(std::move(model));
    const Json curves = TRY(curves_json(spec, cox, fit, ties));
    hazards[ties == Ties::kEfron ? "efron" : "breslow"] = hazards_of(curves, by_stratum);
    if (ties != cox.ties) continue;
    answer = model_json(cox, fit);
    answer["interval"] = spec.text("conf_type");
    answer["level"] = spec.number("level");
    answer["variance"] = robust ? "sandwich" : "model based";
    const std::vector<double> at = TRY(prediction_point(spec, cox.design));
    answer["at"] = by_name(cox.design.names, at);
    if (by_stratum) {
      answer["curves"] = curves;
    } else {
      answer.update(curves);
    }
  }
  answer.update(hazards);
  return answer;
}

/// An n x p row-major matrix as one list per name.
Json columns_json(const std::vector<std::string>& names, const std::vector<double>& matrix) {
  Json out = Json::object();
  for (std::size_t j = 0; j < names.size(); ++j) {
    Json column = Json::array();
    for (std::size_t k = j; k < matrix.size(); k += names.size()) column.push_back(number_json(matrix[k]));
    out[names[j]] = column;
  }
  return out;
}

/// Schoenfeld residuals, one per event.
Json events_json(const CoxResiduals& residuals, const CoxRows& cox, const Rows& rows) {
  Json row = Json::array(), time = Json::array(), stratum = Json::array();
  for (const CoxResiduals::Schoenfeld& event : residuals.events) {
    row.push_back(rows.row_number(event.row));
    time.push_back(event.time);
    stratum.push_back(cox.strata.labels[static_cast<std::size_t>(event.stratum)]);
  }
  Json out = {{"row", row}, {"time", time}};
  if (cox.strata.count() > 1) out["stratum"] = stratum;
  out["schoenfeld"] = columns_json(cox.design.names, residuals.schoenfeld);
  out["scaled_schoenfeld"] = columns_json(cox.design.names, residuals.scaled_schoenfeld);
  return out;
}

Result<Json> run_cox_residuals(const Spec& spec, const Rows& rows) {
  const CoxRows cox = TRY(cox_rows(spec, rows));
  auto model = fitted(cox, cox.ties, false);
  if (const auto* none = std::get_if<Json>(&model)) return *none;
  const CoxFit fit = std::get<CoxFit>(std::move(model));
  const CoxResiduals residuals = TRY(cox_residuals(cox.data(), fit, cox.ties));
  const std::vector<std::string>& types = spec.texts("types");
  const auto wanted = [&](std::string_view name) { return std::ranges::find(types, name) != types.end(); };
  Json answer = model_json(cox, fit);
  Json row = Json::array();
  for (std::size_t i = 0; i < cox.time.size(); ++i) row.push_back(rows.row_number(i));
  answer["row"] = row;
  if (wanted("martingale")) answer["martingale"] = list_json(residuals.martingale);
  if (wanted("deviance")) answer["deviance"] = list_json(residuals.deviance);
  if (wanted("score")) answer["score"] = columns_json(cox.design.names, residuals.score);
  if (wanted("dfbeta")) answer["dfbeta"] = columns_json(cox.design.names, residuals.dfbeta);
  if (wanted("dfbetas")) answer["dfbetas"] = columns_json(cox.design.names, residuals.dfbetas);
  if (wanted("schoenfeld")) answer["at_events"] = events_json(residuals, cox, rows);
  return answer;
}

SpecKey ph_key(std::string_view name, KeyKind kind, std::string_view words,
               std::string_view default_json = {}, std::vector<std::string_view> choices = {}) {
  SpecKey key;
  key.name = name;
  key.kind = kind;
  key.words = words;
  key.default_json = default_json;
  key.choices = std::move(choices);
  return key;
}

/// The keys of the model, then those of what follows it.
std::vector<SpecKey> model_keys(std::vector<SpecKey> own) {
  std::vector<SpecKey> all = {
      keys::kTime,
      keys::kEvent,
      keys::kStart,
      keys::kCovariates,
      keys::kFactors,
      keys::kStrata,
      keys::kCluster,
      keys::kWeights,
      keys::kOffset,
      ph_key("ties", KeyKind::kChoice, "stats.key.ph_ties", "\"efron\"", {"efron", "breslow"})};
  all.insert(all.end(), own.begin(), own.end());
  return all;
}

}  // namespace

std::vector<Method> ph_methods() {
  return {
      {.name = "ph_test",
       .keys = model_keys({ph_key("transform", KeyKind::kChoice, "stats.key.ph_transform", "\"km\"",
                                  {"km", "identity", "rank", "log"}),
                           ph_key("statistic", KeyKind::kChoice, "stats.key.ph_statistic", "\"score test\"",
                                  {"score test", "1994 approximation"}),
                           ph_key("terms", KeyKind::kFlag, "stats.key.ph_terms", "true")}),
       .run = run_ph_test},
      {.name = "cox_baseline",
       .keys = model_keys({keys::kTimes, keys::kLevel,
                           ph_key("at", KeyKind::kNumberByName, "stats.key.baseline_at"),
                           ph_key("at_offset", KeyKind::kNumber, "stats.key.baseline_at_offset", "0"),
                           ph_key("conf_type", KeyKind::kChoice, "stats.key.conf_type", "\"log\"",
                                  {"log", "log-log", "plain", "logit", "arcsin"}),
                           ph_key("variance", KeyKind::kChoice, "stats.key.baseline_variance",
                                  "\"model based\"", {"model based", "sandwich"})}),
       .run = run_cox_baseline},
      {.name = "cox_residuals",
       .keys = model_keys({ph_key("types", KeyKind::kChoices, "stats.key.residual_types",
                                  R"(["martingale", "deviance", "schoenfeld"])",
                                  {"martingale", "deviance", "score", "dfbeta", "dfbetas", "schoenfeld"})}),
       .run = run_cox_residuals}};
}

}  // namespace mimamori
