#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "analyze/aalen_johansen.h"
#include "analyze/distributions.h"
#include "analyze/fine_gray.h"
#include "analyze/gray.h"
#include "stats/answer.h"
#include "stats/keys.h"
#include "stats/method.h"

namespace mimamori {
namespace {

/// The event column as causes: 0 censored, 1, 2, ... what happened.
Result<std::vector<std::int32_t>> causes_of(const Spec& spec, const Rows& rows) {
  const std::vector<std::int64_t> codes = TRY(rows.whole_numbers(spec.text("event")));
  std::vector<std::int32_t> causes;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (codes[i] > 1000) {
      return Error{ErrorCode::kInvalidInput,
                   "row " + std::to_string(rows.row_number(i)) + ": expected a cause from 0 to 1000"};
    }
    causes.push_back(static_cast<std::int32_t>(codes[i]));
  }
  return causes;
}

Result<void> check_times(const Spec& spec, const Rows& rows) {
  const std::span<const double> time = rows.numbers(spec.text("time"));
  const std::span<const double> start =
      spec.has("start") ? rows.numbers(spec.text("start")) : std::span<const double>();
  std::vector<std::size_t> bad;
  for (std::size_t i = 0; i < time.size(); ++i) {
    if (time[i] < 0 || (!start.empty() && time[i] <= start[i])) bad.push_back(rows.row_number(i));
  }
  if (bad.empty()) return {};
  return Error{ErrorCode::kInvalidInput,
               row_list(bad) + ": expected a time of at least 0 that is after the start"};
}

std::string cause_name(std::int32_t cause) { return "cause_" + std::to_string(cause); }

std::set<std::int32_t> causes_in(const std::vector<std::int32_t>& causes) {
  std::set<std::int32_t> all(causes.begin(), causes.end());
  all.erase(0);
  return all;
}

struct NamedInterval {
  std::string_view name;
  IncidenceInterval interval;
};
constexpr NamedInterval kIntervals[] = {{"ci_loglog_of_F", IncidenceInterval::kLogLogOfIncidence},
                                        {"ci_cloglog_of_1_minus_F", IncidenceInterval::kCloglogOfComplement},
                                        {"ci_plain", IncidenceInterval::kPlain}};

/// Limits with one of the standard errors at each step; before the first event there are none.
Json interval_json(const std::vector<const IncidenceStep*>& steps, std::size_t cause,
                   double Incidence::*error, IncidenceInterval interval, double z) {
  Json lower = Json::array(), upper = Json::array();
  for (const IncidenceStep* step : steps) {
    const IncidenceLimits limits =
        step == nullptr
            ? IncidenceLimits{}
            : incidence_limits(step->causes[cause].value, step->causes[cause].*error, interval, z);
    lower.push_back(limits.lower ? Json(*limits.lower) : Json(nullptr));
    upper.push_back(limits.upper ? Json(*limits.upper) : Json(nullptr));
  }
  return {{"lower", lower}, {"upper", upper}};
}

Json cause_json(const std::vector<const IncidenceStep*>& steps, std::size_t cause, double z) {
  const auto column = [&](double Incidence::*field) {
    Json list = Json::array();
    for (const IncidenceStep* step : steps)
      list.push_back(step == nullptr ? 0.0 : step->causes[cause].*field);
    return list;
  };
  Json out = {{"cif", column(&Incidence::value)},
              {"se_greenwood_delta", column(&Incidence::se_greenwood)},
              {"se_gray_aalen", column(&Incidence::se_aalen)},
              {"se_infinitesimal_jackknife", column(&Incidence::se_jackknife)}};
  for (const NamedInterval& one : kIntervals) {
    const std::string name(one.name);
    out[name + "_greenwood"] = interval_json(steps, cause, &Incidence::se_greenwood, one.interval, z);
    out[name + "_gray_aalen"] = interval_json(steps, cause, &Incidence::se_aalen, one.interval, z);
    out[name + "_infinitesimal_jackknife"] =
        interval_json(steps, cause, &Incidence::se_jackknife, one.interval, z);
  }
  return out;
}

/// The columns of the rows of one group, or of all.
struct CompetingRows {
  std::vector<double> time, start, weight;
  std::vector<std::int32_t> cause, cluster;
};

CompetingRows rows_of(const Spec& spec, const Rows& rows, const std::vector<std::int32_t>& causes,
                      const Levels* groups, std::int32_t group) {
  const auto column = [&](std::string_view key) {
    return spec.has(key) ? rows.numbers(spec.text(key)) : std::span<const double>();
  };
  const std::span<const double> time = column("time"), start = column("start"), weight = rows.weights();
  const std::vector<std::int32_t> cluster =
      spec.has("cluster") ? rows.levels(spec.text("cluster")).code : std::vector<std::int32_t>();
  CompetingRows out;
  for (std::size_t i = 0; i < time.size(); ++i) {
    if (groups != nullptr && groups->code[i] != group) continue;
    out.time.push_back(time[i]);
    out.cause.push_back(causes[i]);
    if (!start.empty()) out.start.push_back(start[i]);
    if (!weight.empty()) out.weight.push_back(weight[i]);
    if (!cluster.empty()) out.cluster.push_back(cluster[i]);
  }
  return out;
}

Result<Json> incidence_json(const Spec& spec, const CompetingRows& own) {
  const CompetingData data{
      .time = own.time, .cause = own.cause, .start = own.start, .weight = own.weight, .cluster = own.cluster};
  // For independent rows from the beginning on the infinitesimal jackknife is Greenwood's variance.
  const bool differs = !own.start.empty() || !own.weight.empty() || !own.cluster.empty();
  const std::vector<IncidenceStep> curve = TRY(aalen_johansen(data, differs));
  std::vector<const IncidenceStep*> steps;
  std::vector<double> times = spec.numbers("times");
  if (spec.has("times")) {
    for (const double time : times) steps.push_back(step_at(curve, time));
  } else {
    for (const IncidenceStep& step : curve) {
      steps.push_back(&step);
      times.push_back(step.time);
    }
  }
  Json survival = Json::array(), at_risk = Json::array();
  for (const IncidenceStep* step : steps) survival.push_back(step == nullptr ? 1.0 : step->survival);
  for (const double time : times) {
    double weight = 0;
    for (std::size_t i = 0; i < own.time.size(); ++i) {
      const bool entered = own.start.empty() || own.start[i] < time;
      if (entered && own.time[i] >= time) weight += own.weight.empty() ? 1 : own.weight[i];
    }
    at_risk.push_back(weight);
  }
  Json events = Json::object();
  for (const std::int32_t cause : causes_in(own.cause)) {
    events[cause_name(cause)] = std::ranges::count(own.cause, cause);
  }
  Json answer = {{"status", curve.empty() ? "no_events" : "ok"}, {"n", own.time.size()}, {"events", events}};
  answer["level"] = spec.number("level");
  answer["times"] = list_json(times);
  answer["n_risk"] = at_risk;
  answer["survival"] = survival;
  for (const std::int32_t cause : causes_in(own.cause)) {
    answer[cause_name(cause)] =
        cause_json(steps, static_cast<std::size_t>(cause - 1), normal_point(spec.number("level")));
  }
  Json warnings = Json::array();
  if (std::ranges::any_of(curve, &IncidenceStep::emptied_early)) warnings.push_back("early_empty_risk_set");
  answer["warnings"] = warnings;
  return answer;
}

Result<Json> run_aalen_johansen(const Spec& spec, const Rows& rows) {
  TRY(check_times(spec, rows));
  const std::vector<std::int32_t> causes = TRY(causes_of(spec, rows));
  if (!spec.has("group")) return incidence_json(spec, rows_of(spec, rows, causes, nullptr, 0));
  const Levels groups = rows.levels(spec.text("group"));
  Json answer = {{"n", rows.used()}, {"groups", Json::object()}};
  for (std::size_t g = 0; g < groups.count(); ++g) {
    const CompetingRows own = rows_of(spec, rows, causes, &groups, static_cast<std::int32_t>(g));
    answer["groups"][groups.labels[g]] = TRY(incidence_json(spec, own));
  }
  return answer;
}

Result<Json> run_gray_test(const Spec& spec, const Rows& rows) {
  const std::vector<std::int32_t> causes = TRY(causes_of(spec, rows));
  const Levels groups = rows.levels(spec.text("group"));
  const Levels strata = rows.levels(spec.texts("strata"));
  const std::set<std::int32_t> all = causes_in(causes);
  Json answer = {{"n", rows.used()}, {"groups", groups.labels}, {"rho", spec.number("rho")}};
  if (all.empty()) answer["status"] = "no_events";
  if (groups.count() < 2) answer["status"] = "no_information";
  for (const std::int32_t cause : all) {
    const GrayTest test = TRY(gray_test({.time = rows.numbers(spec.text("time")),
                                         .cause = causes,
                                         .group = groups.code,
                                         .stratum = strata.code},
                                        cause, spec.number("rho")));
    const bool tested = test.degrees > 0;
    answer[cause_name(cause)] = {{"events", test.events},
                                 {"chisq", tested ? number_json(test.chi_square) : Json(nullptr)},
                                 {"df", test.degrees},
                                 {"p", tested ? number_json(test.p) : Json(nullptr)}};
  }
  return answer;
}

Json refusal_json(const CoxRefusal& refusal, const std::vector<std::string>& names) {
  Json answer = {{"status", name_of(refusal.obstacle)}, {"converged", false}};
  Json nonestimable = Json::array();
  for (std::size_t j = 0; j < names.size(); ++j) {
    if (!refusal.covariate || *refusal.covariate == j) nonestimable.push_back(names[j]);
  }
  answer["nonestimable"] = nonestimable;
  if (refusal.direction != 0 && refusal.covariate) {
    answer["coef_ml"] = refusal.direction > 0 ? "Inf" : "-Inf";
  }
  return answer;
}

FineGrayOptions options_of(const Spec& spec) {
  FineGrayOptions options;
  options.cause = static_cast<std::int32_t>(spec.whole("cause"));
  const bool crr = spec.text("censoring_weights") == "crr";
  options.censoring = crr ? CensoringTies::kEventsAtRisk : CensoringTies::kEventsFirst;
  const std::string ties = spec.has("ties") ? spec.text("ties") : crr ? "breslow" : "efron";
  options.ties = ties == "efron" ? Ties::kEfron : Ties::kBreslow;
  const std::string variance = spec.has("variance") ? spec.text("variance")
                               : crr                ? "sandwich"
                                                    : "sandwich fixed weights";
  options.variance = variance == "sandwich"                 ? FineGrayVariance::kFull
                     : variance == "sandwich fixed weights" ? FineGrayVariance::kFixedWeights
                                                            : FineGrayVariance::kModel;
  return options;
}

std::string_view words_of(FineGrayVariance variance) {
  switch (variance) {
    case FineGrayVariance::kFull: return "sandwich";
    case FineGrayVariance::kFixedWeights: return "sandwich fixed weights";
    case FineGrayVariance::kModel: break;
  }
  return "model based";
}

Result<Json> run_fine_gray(const Spec& spec, const Rows& rows) {
  const Design design = TRY(rows.design(spec));
  if (design.size() == 0) {
    return Error{ErrorCode::kInvalidInput, "covariates, factors: expected at least one covariate"};
  }
  const std::vector<std::int32_t> causes = TRY(causes_of(spec, rows));
  const std::vector<double> x = design.row_major();
  const Levels groups = spec.has("censoring_group") ? rows.levels(spec.text("censoring_group")) : Levels{};
  const FineGrayOptions options = options_of(spec);
  const auto fit = fine_gray({.x = x,
                              .time = rows.numbers(spec.text("time")),
                              .cause = causes,
                              .weight = rows.weights(),
                              .censoring_group = groups.code},
                             options);
  Json answer = {{"n", rows.used()},
                 {"events", std::ranges::count(causes, options.cause)},
                 {"cause", options.cause},
                 {"censoring_weights", spec.text("censoring_weights")},
                 {"ties", options.ties == Ties::kEfron ? "efron" : "breslow"},
                 {"variance", words_of(options.variance)}};
  if (const auto* refusal = std::get_if<CoxRefusal>(&fit)) {
    if (refusal->obstacle == CoxObstacle::kInvalidInput) return error_of(*refusal);
    answer.update(refusal_json(*refusal, design.names));
    return answer;
  }
  const auto& done = std::get<FineGrayFit>(fit);
  answer["competing_events"] = done.competing_events;
  answer["converged"] = true;
  answer["iterations"] = done.iterations;
  put_wald(answer, design.names, done.coefficients, done.covariance, {"shr", "shr_lower", "shr_upper"},
           spec.number("level"));
  if (options.variance != FineGrayVariance::kModel) answer["se_sandwich"] = answer["se"];
  answer["se_model"] = by_name(design.names, done.model_errors);
  answer["loglik_null"] = done.log_likelihood_null;
  answer["loglik"] = done.log_likelihood;
  return answer;
}

SpecKey competing_key(std::string_view name, KeyKind kind, std::string_view words,
                      std::string_view default_json = {}, std::vector<std::string_view> choices = {}) {
  SpecKey key;
  key.name = name;
  key.kind = kind;
  key.words = words;
  key.default_json = default_json;
  key.choices = std::move(choices);
  return key;
}

SpecKey causes_key() {
  SpecKey event = keys::kEvent;
  event.words = "stats.key.causes";
  return event;
}

}  // namespace

std::vector<Method> competing_methods() {
  SpecKey group = keys::kGroup;
  group.required = true;
  SpecKey cause = competing_key("cause", KeyKind::kWholeNumber, "stats.key.cause", "1");
  cause.least = 1;
  cause.most = 1000;
  return {
      {.name = "aalen_johansen",
       .keys = {keys::kTime, causes_key(), keys::kStart, keys::kWeights, keys::kCluster, keys::kGroup,
                keys::kTimes, keys::kLevel},
       .run = run_aalen_johansen},
      {.name = "gray_test",
       .keys = {keys::kTime, causes_key(), group, keys::kStrata,
                competing_key("rho", KeyKind::kNumber, "stats.key.gray_rho", "0")},
       .run = run_gray_test},
      {.name = "fine_gray",
       .keys = {keys::kTime, causes_key(), cause, keys::kCovariates, keys::kFactors, keys::kWeights,
                keys::kLevel,
                competing_key("censoring_weights", KeyKind::kChoice, "stats.key.censoring_weights", "\"crr\"",
                              {"crr", "finegray"}),
                competing_key("censoring_group", KeyKind::kLevelColumn, "stats.key.censoring_group"),
                competing_key("ties", KeyKind::kChoice, "stats.key.fine_gray_ties", {}, {"breslow", "efron"}),
                competing_key("variance", KeyKind::kChoice, "stats.key.fine_gray_variance", {},
                              {"sandwich", "sandwich fixed weights", "model based"})},
       .run = run_fine_gray}};
}

}  // namespace mimamori
