#include <array>
#include <nlohmann/json.hpp>

#include "analyze/mantel_haenszel.h"
#include "analyze/rate_ratio.h"
#include "analyze/rates.h"
#include "stats/answer.h"
#include "stats/keys.h"
#include "stats/method.h"
#include "stats/rate_rows.h"

namespace mimamori {
namespace {

SpecKey column(std::string_view name, std::string_view words) {
  return {.name = name, .kind = KeyKind::kColumn, .words = words, .required = true};
}

Interval scaled(const Interval& interval, double by) {
  return {.lower = interval.lower * by, .upper = interval.upper * by};
}

// Rates --------------------------------------------------------------------------------------------------

Json rate_json(std::int64_t events, double person_time, double per, double level) {
  Json out = {{"events", events}, {"person_time", number_json(person_time)}};
  if (person_time == 0) {
    out["status"] = "no_person_time";
    put_null(out, std::array<std::string_view, 5>{"rate", "exact", "midp", "wald_log", "byar"});
    return out;
  }
  const auto put = [&](const char* name, const Result<RateInterval>& rate) {
    out[name] = rate ? pair_json(rate->lower * per, rate->upper * per) : Json(nullptr);
  };
  out["status"] = events == 0 ? "no_events" : "ok";
  out["rate"] = number_json(static_cast<double>(events) / person_time * per);
  put("exact", exact_rate(events, person_time, level));
  put("midp", mid_p_rate(events, person_time, level));
  put("wald_log", wald_log_rate(events, person_time, level));
  put("byar", byar_rate(events, person_time, level));
  return out;
}

Result<Json> run_rate(const Spec& spec, const Rows& rows) {
  const auto events = TRY(rows.whole_numbers(spec.text("events")).at("events"));
  const auto time = TRY(at_least_zero(rows, spec.text("person_time")).at("person_time"));
  const double per = spec.number("per");
  const double level = spec.number("level");
  Json list = Json::array();
  if (spec.has("group")) {
    const Levels groups = rows.levels(spec.texts("group"));
    std::vector<std::int64_t> events_of(groups.count());
    std::vector<double> time_of(groups.count());
    for (std::size_t i = 0; i < events.size(); ++i) {
      const auto group = static_cast<std::size_t>(groups.code[i]);
      events_of[group] += events[i];
      time_of[group] += time[i];
    }
    for (std::size_t k = 0; k < groups.count(); ++k) {
      Json row = {{"group", groups.labels[k]}};
      row.update(rate_json(events_of[k], time_of[k], per, level));
      list.push_back(std::move(row));
    }
  } else {
    for (std::size_t i = 0; i < events.size(); ++i) {
      Json row = {{"row", rows.row_number(i)}};
      row.update(rate_json(events[i], time[i], per, level));
      list.push_back(std::move(row));
    }
  }
  return Json{
      {"table_rows", table_rows(rows)},
      {"per", per},
      {"level", level},
      {"intervals", {{"exact", "Garwood"}, {"midp", "mid-P"}, {"wald_log", "Wald, log"}, {"byar", "Byar"}}},
      {"rows", list}};
}

// Rate ratios ----------------------------------------------------------------------------------------------

void put_ratio(Json& row, const RatePair& pair, double level) {
  static constexpr std::array<std::string_view, 7> kKeys = {
      "irr", "irr_wald", "irr_exact", "irr_midp", "irr_score", "score_chisq", "score_p"};
  const auto ratio = rate_ratio(pair, level);
  const auto tests = rate_tests(pair);
  if (!ratio || !tests) {
    put_null(row, kKeys);
    row["p"] = nullptr;
    return;
  }
  row["irr"] = number_json(ratio->ratio);
  row["irr_wald"] = interval_json(ratio->wald);
  row["irr_exact"] = interval_json(ratio->exact);
  row["irr_midp"] = interval_json(ratio->mid_p);
  row["irr_score"] = interval_json(ratio->score);
  row["score_chisq"] = number_json(tests->score_chi_square);
  row["score_p"] = number_json(tests->score_p);
  row["p"] = {{"two_sided_doubled", tests->doubled},
              {"two_sided_minlike", tests->minimum_likelihood},
              {"mid_p_doubled", tests->mid_p_doubled},
              {"one_sided_greater", tests->greater},
              {"one_sided_less", tests->less}};
}

void put_difference(Json& row, const RatePair& pair, double per, double level) {
  static constexpr std::array<std::string_view, 6> kKeys = {"rate_exposed",     "rate_unexposed",
                                                            "rate_difference",  "rd_wald",
                                                            "rd_mover_garwood", "rd_miettinen_nurminen"};
  const auto difference = rate_difference(pair, level);
  if (!difference) {
    put_null(row, kKeys);
    return;
  }
  row["rate_exposed"] = number_json(static_cast<double>(pair.events1) / pair.time1 * per);
  row["rate_unexposed"] = number_json(static_cast<double>(pair.events0) / pair.time0 * per);
  row["rate_difference"] = number_json(difference->difference * per);
  row["rd_wald"] = interval_json(scaled(difference->wald, per));
  row["rd_mover_garwood"] = interval_json(scaled(difference->mover_garwood, per));
  row["rd_miettinen_nurminen"] = interval_json(scaled(difference->miettinen_nurminen, per));
}

std::string_view status_of(const RatePair& pair) {
  if (pair.time1 == 0 || pair.time0 == 0) return "no_person_time";
  if (pair.events1 + pair.events0 == 0) return "no_events";
  if (pair.events1 == 0) return "no_events_exposed";
  return pair.events0 == 0 ? "no_events_unexposed" : "ok";
}

Result<Json> run_rate_ratio(const Spec& spec, const Rows& rows) {
  const auto a = TRY(rows.whole_numbers(spec.text("exposed_events")).at("exposed_events"));
  const auto b = TRY(rows.whole_numbers(spec.text("unexposed_events")).at("unexposed_events"));
  const auto time1 = TRY(at_least_zero(rows, spec.text("exposed_time")).at("exposed_time"));
  const auto time0 = TRY(at_least_zero(rows, spec.text("unexposed_time")).at("unexposed_time"));
  const double per = spec.number("per");
  const double level = spec.number("level");
  Json list = Json::array();
  for (std::size_t i = 0; i < a.size(); ++i) {
    const RatePair pair{.events1 = a[i], .time1 = time1[i], .events0 = b[i], .time0 = time0[i]};
    Json row = {{"row", rows.row_number(i)}, {"status", status_of(pair)}};
    put_difference(row, pair, per, level);
    put_ratio(row, pair, level);
    list.push_back(std::move(row));
  }
  return Json{{"table_rows", table_rows(rows)},
              {"per", per},
              {"level", level},
              {"intervals",
               {{"irr_wald", "Wald, log"},
                {"irr_exact", "conditional exact, central"},
                {"irr_midp", "conditional mid-P, central"},
                {"irr_score", "conditional score (Wilson)"},
                {"rd_wald", "Wald"},
                {"rd_mover_garwood", "square-and-add of Garwood's intervals"},
                {"rd_miettinen_nurminen", "Miettinen-Nurminen score"}}},
              {"rows", list}};
}

// Mantel-Haenszel with person-time -----------------------------------------------------------------------

/// The events and times of each stratum, summed over its rows.
Result<std::vector<RatePair>> strata_of(const Spec& spec, const Rows& rows, const Levels& strata) {
  const auto events = TRY(rows.whole_numbers(spec.text("events")).at("events"));
  const auto time = TRY(at_least_zero(rows, spec.text("person_time")).at("person_time"));
  const auto exposed = TRY(rows.zero_or_one(spec.text("exposed")).at("exposed"));
  std::vector<RatePair> out(strata.count());
  for (std::size_t i = 0; i < events.size(); ++i) {
    RatePair& pair = out[static_cast<std::size_t>(strata.code[i])];
    (exposed[i] == 1 ? pair.events1 : pair.events0) += events[i];
    (exposed[i] == 1 ? pair.time1 : pair.time0) += time[i];
  }
  return out;
}

Result<Json> run_mantel_haenszel_rates(const Spec& spec, const Rows& rows) {
  const Levels strata = rows.levels(spec.texts("strata"));
  const auto pairs = TRY(strata_of(spec, rows, strata));
  const double per = spec.number("per");
  Json out = {{"level", spec.number("level")},
              {"per", per},
              {"variance", "Greenland-Robins"},
              {"strata", strata.count()}};
  const auto fit = mantel_haenszel_rates(pairs, spec.number("level"));
  if (!fit) {
    out["status"] = "no_information";
    put_null(out, std::array<std::string_view, 9>{"irr_mh", "se_log", "irr_mh_ci", "rd_mh", "rd_mh_se",
                                                  "rd_mh_ci", "mh_chisq", "mh_chisq_cc", "mh_p"});
    out["informative_strata"] = 0;
    return out;
  }
  if (fit->informative_strata == 0) {
    out["status"] = "no_events";
  } else if (!fit->ratio->se_log) {
    out["status"] = "no_events_in_one_group";
  }
  out["informative_strata"] = fit->informative_strata;
  put_log_ratio(out, "irr_mh", "se_log", "irr_mh_ci", fit->ratio);
  out["rd_mh"] = number_json(fit->difference * per);
  out["rd_mh_se"] = number_json(fit->difference_se * per);
  out["rd_mh_ci"] = interval_json(scaled(fit->difference_interval, per));
  const auto put = [&](const std::string& name, const std::string& p, const std::optional<ChiSquare>& test) {
    out[name] = test ? number_json(test->statistic) : Json(nullptr);
    out[p] = test ? number_json(test->p) : Json(nullptr);
  };
  put("mh_chisq", "mh_p", fit->chi_square);
  put("mh_chisq_cc", "mh_p_cc", fit->chi_square_corrected);
  return out;
}

}  // namespace

std::vector<Method> rate_methods() {
  const SpecKey events = column("events", "stats.key.events");
  const SpecKey person_time = column("person_time", "stats.key.person_time");
  SpecKey groups = keys::kStrata;
  groups.name = "group";
  groups.words = "stats.key.rate_group";
  SpecKey strata = keys::kStrata;
  strata.required = true;
  std::vector<Method> out = {
      {.name = "rate", .keys = {events, person_time, groups, keys::kPer, keys::kLevel}, .run = run_rate},
      {.name = "rate_ratio",
       .keys = {column("exposed_events", "stats.key.exposed_events"),
                column("exposed_time", "stats.key.exposed_time"),
                column("unexposed_events", "stats.key.unexposed_events"),
                column("unexposed_time", "stats.key.unexposed_time"), keys::kPer, keys::kLevel},
       .run = run_rate_ratio},
      {.name = "mantel_haenszel_rates",
       .keys = {events, person_time, column("exposed", "stats.key.exposed"), strata, keys::kPer,
                keys::kLevel},
       .run = run_mantel_haenszel_rates},
  };
  for (auto& more : {standardization_methods(), risk_methods()})
    out.insert(out.end(), more.begin(), more.end());
  return out;
}

}  // namespace mimamori
