#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "analyze/distributions.h"
#include "analyze/kaplan_meier.h"
#include "analyze/log_rank.h"
#include "stats/answer.h"
#include "stats/keys.h"
#include "stats/method.h"

namespace mimamori {
namespace {

/// The columns of a curve, for all rows or those of one group.
struct CurveRows {
  std::vector<double> time, start, weight;
  std::vector<std::uint8_t> event;
  std::vector<std::int32_t> cluster;

  [[nodiscard]] SurvivalData data() const {
    return {.time = time, .event = event, .start = start, .weight = weight, .cluster = cluster};
  }
  [[nodiscard]] CurveRows of(const Levels& groups, std::int32_t group) const {
    CurveRows out;
    for (std::size_t i = 0; i < time.size(); ++i) {
      if (groups.code[i] != group) continue;
      out.time.push_back(time[i]);
      out.event.push_back(event[i]);
      if (!start.empty()) out.start.push_back(start[i]);
      if (!weight.empty()) out.weight.push_back(weight[i]);
      if (!cluster.empty()) out.cluster.push_back(cluster[i]);
    }
    return out;
  }
};

template <class T>
std::vector<T> copy_of(std::span<const T> values) {
  return {values.begin(), values.end()};
}

Result<CurveRows> curve_rows(const Spec& spec, const Rows& rows) {
  CurveRows out;
  out.time = copy_of(rows.numbers(spec.text("time")));
  out.event = TRY(rows.zero_or_one(spec.text("event")));
  if (spec.has("start")) out.start = copy_of(rows.numbers(spec.text("start")));
  out.weight = copy_of(rows.weights());
  if (spec.has("cluster")) out.cluster = rows.levels(spec.text("cluster")).code;
  std::vector<std::size_t> bad;
  for (std::size_t i = 0; i < out.time.size(); ++i) {
    const bool ends_too_early = out.time[i] < 0 || (!out.start.empty() && out.time[i] <= out.start[i]);
    if (ends_too_early) bad.push_back(rows.row_number(i));
  }
  if (bad.empty()) return out;
  return Error{ErrorCode::kInvalidInput,
               row_list(bad) + ": expected a time of at least 0 that is after the start"};
}

struct NamedInterval {
  std::string_view name;
  SurvivalInterval interval;
};
constexpr NamedInterval kIntervals[] = {{"plain", SurvivalInterval::kPlain},
                                        {"log", SurvivalInterval::kLog},
                                        {"log-log", SurvivalInterval::kLogLog},
                                        {"logit", SurvivalInterval::kLogit},
                                        {"arcsin", SurvivalInterval::kArcsine}};

std::vector<NamedInterval> wanted_intervals(const Spec& spec) {
  std::vector<std::string> names = spec.texts("conf_types");
  if (names.empty()) names.push_back(spec.has("conf_type") ? spec.text("conf_type") : "log-log");
  std::vector<NamedInterval> wanted;
  for (const NamedInterval& one : kIntervals) {
    if (std::ranges::find(names, one.name) != names.end()) wanted.push_back(one);
  }
  return wanted;
}

Json optional_json(const std::optional<double>& value) { return value ? number_json(*value) : Json(nullptr); }

SurvivalOptions options_of(const Spec& spec, const CurveRows& rows) {
  SurvivalOptions options;
  const bool whole = std::ranges::all_of(rows.weight, [](double w) { return w == std::floor(w); });
  const bool robust = spec.has("variance") ? spec.text("variance") == "infinitesimal_jackknife"
                                           : !whole || !rows.cluster.empty();
  if (robust) options.variance = SurvivalVariance::kInfinitesimalJackknife;
  if (spec.text("hazard") == "fleming_harrington") options.hazard = HazardTies::kFlemingHarrington;
  options.survival_from_hazard = spec.text("estimator") == "exp_hazard";
  options.z = normal_point(spec.number("level"));
  if (spec.has("from")) options.from = spec.number("from");
  return options;
}

std::string quantile_name(double probability) {
  if (probability == 0.5) return "median";
  std::string digits = Json(probability * 100).dump();
  if (digits.ends_with(".0")) digits.resize(digits.size() - 2);
  return "q" + digits;
}

/// The columns of a curve at some steps; nullptr stands for the time before the first event.
void put_steps(Json& answer, const std::vector<const SurvivalStep*>& steps,
               const std::vector<NamedInterval>& intervals, double z) {
  Json survival = Json::array(), error = Json::array(), incidence = Json::array(), hazard = Json::array(),
       hazard_error = Json::array();
  for (const SurvivalStep* step : steps) {
    survival.push_back(step == nullptr ? 1 : step->survival);
    error.push_back(step == nullptr ? Json(0) : optional_json(step->standard_error));
    incidence.push_back(step == nullptr ? 0 : 1 - step->survival);
    hazard.push_back(step == nullptr ? 0 : step->cumulative_hazard);
    hazard_error.push_back(step == nullptr ? 0 : step->hazard_standard_error);
  }
  answer["survival"] = survival;
  answer["std_err"] = error;
  answer["cumulative_incidence"] = incidence;
  for (const NamedInterval& one : intervals) {
    Json lower = Json::array(), upper = Json::array();
    for (const SurvivalStep* step : steps) {
      const SurvivalLimits limits = survival_limits(step, one.interval, z);
      lower.push_back(optional_json(limits.lower));
      upper.push_back(optional_json(limits.upper));
    }
    answer["lower_" + std::string(one.name)] = lower;
    answer["upper_" + std::string(one.name)] = upper;
  }
  answer["nelson_aalen"] = hazard;
  answer["nelson_aalen_se"] = hazard_error;
}

void put_quantiles(Json& answer, const std::vector<SurvivalStep>& steps, const Spec& spec,
                   const std::vector<NamedInterval>& intervals, double last_time, double z) {
  Json all = Json::object();
  for (const NamedInterval& one : intervals) {
    Json own = Json::object();
    for (const double probability : spec.numbers("probabilities")) {
      const SurvivalQuantile q = survival_quantile_limits(steps, 1 - probability, one.interval, last_time, z);
      own[quantile_name(probability)] = {{"est", optional_json(q.estimate)},
                                         {"lower", optional_json(q.lower)},
                                         {"upper", optional_json(q.upper)}};
    }
    all[std::string(one.name)] = own;
  }
  answer["quantiles"] = all;
  answer["median_r"] = optional_json(survival_quantile(steps, 0.5));
}

/// The curve at the times asked for, or at each event time.
Result<void> put_curve(Json& answer, const CurveRows& rows, const std::vector<SurvivalStep>& steps,
                       const Spec& spec, const SurvivalOptions& options) {
  const std::vector<NamedInterval> intervals = wanted_intervals(spec);
  std::vector<const SurvivalStep*> at;
  Json at_risk = Json::array();
  if (spec.has("times")) {
    const std::vector<double>& times = spec.numbers("times");
    const double last_time = *std::ranges::max_element(rows.time);
    const std::vector<RiskCount> counts = TRY(counts_at_risk(rows.data(), times));
    Json beyond = Json::array();
    for (std::size_t i = 0; i < times.size(); ++i) {
      at.push_back(step_at(steps, times[i]));
      at_risk.push_back(counts[i].weight_at_risk);
      beyond.push_back(times[i] > last_time);
    }
    answer["times"] = list_json(times);
    answer["n_risk"] = at_risk;
    answer["beyond_last_time"] = beyond;
    put_steps(answer, at, intervals, options.z);
    return {};
  }
  Json times = Json::array(), events = Json::array();
  for (const SurvivalStep& step : steps) {
    at.push_back(&step);
    times.push_back(step.time);
    at_risk.push_back(step.weight_at_risk);
    events.push_back(step.weight_events);
  }
  answer["event_times"] = times;
  answer["n_risk"] = at_risk;
  answer["n_event"] = events;
  put_steps(answer, at, intervals, options.z);
  answer["greenwood_se"] =
      options.variance == SurvivalVariance::kGreenwood ? answer["std_err"] : Json(nullptr);
  return {};
}

double person_time(const CurveRows& rows) {
  double sum = 0;
  for (std::size_t i = 0; i < rows.time.size(); ++i) {
    const double start = rows.start.empty() ? 0 : rows.start[i];
    sum += (rows.weight.empty() ? 1 : rows.weight[i]) * (rows.time[i] - start);
  }
  return sum;
}

/// What a reader must know before believing the curve.
Result<void> put_warnings(Json& answer, const CurveRows& rows, const std::vector<SurvivalStep>& steps,
                          const Spec& spec, SurvivalOptions options) {
  Json warnings = Json::array();
  std::int64_t at_zero = 0;
  for (std::size_t i = 0; i < rows.time.size(); ++i) at_zero += rows.time[i] == 0 ? rows.event[i] : 0;
  if (at_zero > 0) {
    warnings.push_back("events_at_time_zero");
    answer["events_at_time_zero"] = at_zero;
  }
  std::optional<double> emptied;
  for (const SurvivalStep& step : steps) {
    if (step.emptied_early) emptied = step.time;
  }
  if (emptied) {
    warnings.push_back("early_empty_risk_set");
    // Given that a person was free of the event when the risk set last ran empty.
    options.from = emptied;
    const std::vector<SurvivalStep> later = TRY(kaplan_meier(rows.data(), options));
    Json conditional = {{"from", *emptied}};
    TRY(put_curve(conditional, rows, later, spec, options));
    answer["conditional"] = conditional;
  }
  answer["warnings"] = warnings;
  return {};
}

Result<Json> one_curve(const Spec& spec, const CurveRows& rows) {
  const SurvivalOptions options = options_of(spec, rows);
  const std::vector<SurvivalStep> steps = TRY(kaplan_meier(rows.data(), options));
  const auto events = std::accumulate(rows.event.begin(), rows.event.end(), std::int64_t{0});
  Json answer = {{"status", events == 0 ? "no_events" : "ok"}, {"n", rows.time.size()}, {"events", events}};
  answer["person_time"] = person_time(rows);
  answer["variance"] =
      options.variance == SurvivalVariance::kGreenwood ? "greenwood" : "infinitesimal_jackknife";
  answer["estimator"] = spec.text("estimator");
  answer["hazard"] = spec.text("hazard");
  answer["level"] = spec.number("level");
  TRY(put_curve(answer, rows, steps, spec, options));
  const double last_time = *std::ranges::max_element(rows.time);
  put_quantiles(answer, steps, spec, wanted_intervals(spec), last_time, options.z);
  answer["last_time"] = last_time;
  if (spec.has("rmst_tau")) {
    const double tau = spec.number("rmst_tau");
    const RestrictedMean mean = restricted_mean(steps, tau);
    answer["rmst_tau"] = tau;
    answer["rmst"] = mean.mean;
    answer["rmst_se"] = mean.standard_error;
    answer["rmst_beyond_last_time"] = tau > last_time;
  }
  TRY(put_warnings(answer, rows, steps, spec, options));
  return answer;
}

Result<Json> run_kaplan_meier(const Spec& spec, const Rows& rows) {
  const CurveRows all = TRY(curve_rows(spec, rows));
  if (!spec.has("group")) return one_curve(spec, all);
  const Levels groups = rows.levels(spec.text("group"));
  Json answer = {{"n", rows.used()}, {"groups", Json::object()}};
  for (std::size_t g = 0; g < groups.count(); ++g) {
    answer["groups"][groups.labels[g]] = TRY(one_curve(spec, all.of(groups, static_cast<std::int32_t>(g))));
  }
  return answer;
}

LogRankWeight log_rank_weight(const Spec& spec) {
  const std::string& word = spec.text("test");
  if (word == "gehan") return LogRankWeight::kGehan;
  if (word == "tarone_ware") return LogRankWeight::kTaroneWare;
  if (word == "peto_peto") return LogRankWeight::kPetoPeto;
  if (word == "modified_peto") return LogRankWeight::kModifiedPeto;
  if (word == "fleming_harrington" || spec.has("rho") || spec.has("gamma")) {
    return LogRankWeight::kFlemingHarrington;
  }
  return LogRankWeight::kLogRank;
}

Result<Json> run_log_rank(const Spec& spec, const Rows& rows) {
  const CurveRows all = TRY(curve_rows(spec, rows));
  const Levels groups = rows.levels(spec.text("group"));
  const Levels strata = rows.levels(spec.texts("strata"));
  LogRankOptions options{.weight = log_rank_weight(spec)};
  if (spec.has("rho")) options.rho = spec.number("rho");
  if (spec.has("gamma")) options.gamma = spec.number("gamma");
  options.scores = spec.numbers("scores");
  if (!options.scores.empty() && options.scores.size() != groups.count()) {
    return Error{ErrorCode::kInvalidInput,
                 "scores: expected one number for each of " + std::to_string(groups.count()) + " groups"};
  }
  const LogRankTest test = TRY(log_rank({.time = all.time,
                                         .event = all.event,
                                         .group = groups.code,
                                         .start = all.start,
                                         .stratum = strata.code},
                                        options));
  std::vector<std::int64_t> sizes(groups.count(), 0);
  for (const std::int32_t code : groups.code) ++sizes[static_cast<std::size_t>(code)];
  Json answer = {{"n", rows.used()}, {"events", test.events}, {"groups", groups.labels}, {"group_n", sizes}};
  if (test.events == 0) {
    answer["status"] = "no_events";
  } else if (test.degrees == 0) {
    answer["status"] = "no_information";
  }
  answer["test"] =
      options.weight == LogRankWeight::kFlemingHarrington ? "fleming_harrington" : spec.text("test");
  answer["observed"] = list_json(test.observed);
  answer["expected"] = list_json(test.expected);
  answer["variance"] = list_json(test.variance);
  const bool tested = test.degrees > 0;
  answer["chisq"] = tested ? Json(test.chi_square) : Json(nullptr);
  answer["df"] = test.degrees;
  answer["p"] = tested ? Json(test.p) : Json(nullptr);
  answer["trend"] = {{"chisq", test.trend_defined ? Json(test.trend_chi_square) : Json(nullptr)},
                     {"df", 1},
                     {"p", test.trend_defined ? Json(test.trend_p) : Json(nullptr)}};
  return answer;
}

SpecKey curve_key(std::string_view name, KeyKind kind, std::string_view words,
                  std::string_view default_json = {}, std::vector<std::string_view> choices = {}) {
  SpecKey key;
  key.name = name;
  key.kind = kind;
  key.words = words;
  key.default_json = default_json;
  key.choices = std::move(choices);
  return key;
}

Method kaplan_meier_method() {
  const std::vector<std::string_view> intervals = {"plain", "log", "log-log", "logit", "arcsin"};
  SpecKey probabilities =
      curve_key("probabilities", KeyKind::kNumbers, "stats.key.km_probabilities", "[0.25, 0.5, 0.75]");
  probabilities.least = 0;
  probabilities.most = 1;
  probabilities.open = true;
  return {.name = "kaplan_meier",
          .keys = {keys::kTime, keys::kEvent, keys::kStart, keys::kWeights, keys::kCluster, keys::kGroup,
                   keys::kTimes, keys::kLevel,
                   curve_key("conf_types", KeyKind::kChoices, "stats.key.conf_types", {}, intervals),
                   curve_key("conf_type", KeyKind::kChoice, "stats.key.conf_type", {}, intervals),
                   curve_key("variance", KeyKind::kChoice, "stats.key.km_variance", {},
                             {"greenwood", "infinitesimal_jackknife"}),
                   curve_key("estimator", KeyKind::kChoice, "stats.key.km_estimator", "\"product_limit\"",
                             {"product_limit", "exp_hazard"}),
                   curve_key("hazard", KeyKind::kChoice, "stats.key.km_hazard", "\"nelson_aalen\"",
                             {"nelson_aalen", "fleming_harrington"}),
                   probabilities, curve_key("rmst_tau", KeyKind::kNumber, "stats.key.rmst_tau"),
                   curve_key("from", KeyKind::kNumber, "stats.key.km_from")},
          .run = run_kaplan_meier};
}

Method log_rank_method() {
  SpecKey group = keys::kGroup;
  group.required = true;
  return {.name = "logrank",
          .keys = {keys::kTime, keys::kEvent, keys::kStart, group, keys::kStrata,
                   curve_key("test", KeyKind::kChoice, "stats.key.logrank_test", "\"logrank\"",
                             {"logrank", "gehan", "tarone_ware", "peto_peto", "modified_peto",
                              "fleming_harrington"}),
                   curve_key("rho", KeyKind::kNumber, "stats.key.logrank_rho"),
                   curve_key("gamma", KeyKind::kNumber, "stats.key.logrank_gamma"),
                   curve_key("scores", KeyKind::kNumbers, "stats.key.logrank_scores")},
          .run = run_log_rank};
}

}  // namespace

std::vector<Method> curve_methods() { return {kaplan_meier_method(), log_rank_method()}; }

}  // namespace mimamori
