#include <array>
#include <nlohmann/json.hpp>

#include "analyze/conditional_odds.h"
#include "analyze/distributions.h"
#include "analyze/mantel_haenszel.h"
#include "analyze/proportion.h"
#include "analyze/two_by_two.h"
#include "stats/answer.h"
#include "stats/keys.h"
#include "stats/method.h"
#include "stats/rate_rows.h"

namespace mimamori {
namespace {

SpecKey column(std::string_view name, std::string_view words) {
  return {.name = name, .kind = KeyKind::kColumn, .words = words, .required = true};
}

/// Errors  kInvalidInput: a count above the one that holds it, with the rows.
Result<void> require_at_most(const Rows& rows, std::span<const std::int64_t> part,
                             std::span<const std::int64_t> whole, std::string_view names) {
  std::vector<std::size_t> bad;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] > whole[i]) bad.push_back(rows.row_number(i));
  }
  if (bad.empty()) return {};
  return Error{ErrorCode::kInvalidInput, std::string(names) + ": " + row_list(bad)};
}

// One risk ----------------------------------------------------------------------------------------------

constexpr std::array<std::string_view, 7> kRiskIntervals = {
    "_wald", "_wilson", "_wilson_cc", "_clopper_pearson", "_jeffreys", "_agresti_coull", "_midp"};

/// Adds NAME and NAME_wilson …; null where there is nobody.
void put_risk(Json& row, const std::string& name, std::int64_t cases, std::int64_t persons, double level) {
  const auto fit = proportion_intervals(cases, persons, level);
  row[name] = fit ? number_json(fit->share) : Json(nullptr);
  for (const std::string_view part : kRiskIntervals) row[name + std::string(part)] = nullptr;
  if (!fit) return;
  row[name + "_wald"] = interval_json(fit->wald);
  row[name + "_wilson"] = interval_json(fit->wilson);
  row[name + "_wilson_cc"] = interval_json(fit->wilson_corrected);
  row[name + "_clopper_pearson"] = interval_json(fit->clopper_pearson);
  row[name + "_jeffreys"] = interval_json(fit->jeffreys);
  row[name + "_agresti_coull"] = interval_json(fit->agresti_coull);
  row[name + "_midp"] = interval_json(fit->mid_p);
}

Result<Json> run_risk(const Spec& spec, const Rows& rows) {
  const auto cases = TRY(rows.whole_numbers(spec.text("cases")).at("cases"));
  const auto persons = TRY(rows.whole_numbers(spec.text("persons")).at("persons"));
  TRY(require_at_most(rows, cases, persons, "expected cases of at most the persons"));
  Json list = Json::array();
  for (std::size_t i = 0; i < cases.size(); ++i) {
    Json row = {{"row", rows.row_number(i)}, {"status", persons[i] == 0 ? "no_persons" : "ok"}};
    put_risk(row, "risk", cases[i], persons[i], spec.number("level"));
    list.push_back(std::move(row));
  }
  return Json{{"table_rows", table_rows(rows)}, {"level", spec.number("level")}, {"rows", list}};
}

// Two risks ---------------------------------------------------------------------------------------------

void put_difference(Json& row, const RiskPair& pair, double level) {
  const auto fit = risk_difference(pair, level);
  if (!fit) {
    put_null(row, std::array<std::string_view, 6>{"rd", "rd_wald", "rd_newcombe", "rd_miettinen_nurminen",
                                                  "rd_agresti_caffo", "nnt"});
    return;
  }
  row["rd"] = number_json(fit->difference);
  row["rd_wald"] = interval_json(fit->wald);
  row["rd_newcombe"] = interval_json(fit->newcombe);
  row["rd_miettinen_nurminen"] = interval_json(fit->miettinen_nurminen);
  row["rd_agresti_caffo"] = interval_json(fit->agresti_caffo);
  row["nnt"] = number_json(fit->number_needed);
}

void put_ratio(Json& row, const RiskPair& pair, double level) {
  const auto fit = risk_ratio(pair, level);
  if (!fit) {
    put_null(row, std::array<std::string_view, 4>{"rr", "rr_katz", "rr_miettinen_nurminen", "rr_koopman"});
    return;
  }
  row["rr"] = number_json(fit->ratio);
  row["rr_katz"] = interval_json(fit->katz);
  row["rr_miettinen_nurminen"] = interval_json(fit->miettinen_nurminen);
  row["rr_koopman"] = interval_json(fit->koopman);
}

void put_odds(Json& row, const RiskPair& pair, double level) {
  const auto fit = odds_ratio(pair, level);
  row["or"] = fit ? optional_json(fit->ratio) : Json(nullptr);
  row["or_woolf"] = fit ? interval_json(fit->woolf) : Json(nullptr);
  row["or_haldane"] = nullptr;
  if (!fit) return;
  const EstimateInterval& haldane = fit->haldane;
  row["or_haldane"] = list_json(std::array{haldane.estimate, haldane.interval.lower, haldane.interval.upper});
}

/// Fisher's tests and the conditional odds ratio; null where the margins allow one table only.
void put_exact(Json& row, const RiskPair& pair, double level) {
  put_null(row, std::array<std::string_view, 7>{"fisher_p_minlike", "fisher_p_doubled", "fisher_mid_p",
                                                "fisher_p_greater", "fisher_p_less",
                                                "or_exact_conditional_mle", "or_exact_conditional_ci"});
  row["or_midp_ci"] = nullptr;
  const Counts2x2 cells = cells_of(pair);
  const auto exact = ConditionalOdds::of(std::span(&cells, 1));
  if (!exact || pair.persons1 == 0 || pair.persons0 == 0) {
    if (!exact) row["exact_reason"] = exact.error().sentence;
    return;
  }
  row["fisher_p_minlike"] = exact->minimum_likelihood();
  row["fisher_p_doubled"] = exact->doubled();
  row["fisher_mid_p"] = exact->mid_p_doubled();
  row["fisher_p_greater"] = exact->greater();
  row["fisher_p_less"] = exact->less();
  row["or_exact_conditional_mle"] = number_json(exact->estimate());
  row["or_exact_conditional_ci"] = interval_json(exact->exact(level));
  row["or_midp_ci"] = interval_json(exact->mid_p(level));
}

void put_chi_square(Json& row, const RiskPair& pair) {
  const auto fit = chi_square_2x2(pair);
  if (!fit) {
    put_null(row, std::array<std::string_view, 5>{"chisq_pearson", "chisq_pearson_p", "chisq_yates",
                                                  "chisq_yates_p", "min_expected"});
    return;
  }
  row["chisq_pearson"] = number_json(fit->pearson);
  row["chisq_pearson_p"] = number_json(chi_square_upper(fit->pearson, 1));
  row["chisq_yates"] = number_json(fit->yates);
  row["chisq_yates_p"] = number_json(chi_square_upper(fit->yates, 1));
  row["min_expected"] = number_json(fit->min_expected);
}

std::string_view status_of(const RiskPair& pair) {
  if (pair.persons1 == 0 || pair.persons0 == 0) return "no_persons";
  if (pair.cases1 + pair.cases0 == 0) return "no_events";
  if (pair.cases1 + pair.cases0 == pair.persons1 + pair.persons0) return "only_events";
  if (pair.cases1 == 0) return "no_events_exposed";
  return pair.cases0 == 0 ? "no_events_unexposed" : "ok";
}

Json two_by_two_names() {
  return {{"rd_newcombe", "square-and-add of Wilson's intervals (method 10)"},
          {"rd_miettinen_nurminen", "score, variance times N/(N-1)"},
          {"rd_agresti_caffo", "Wald after adding 1 to each cell"},
          {"rr_katz", "Wald, log"},
          {"rr_miettinen_nurminen", "score, variance times N/(N-1)"},
          {"rr_koopman", "score"},
          {"or_woolf", "Wald, log"},
          {"or_haldane", "Wald, log, after adding 1/2 to each cell: estimate, lower, upper"},
          {"or_exact_conditional_ci", "conditional exact, central (pairs with fisher_p_doubled)"},
          {"or_midp_ci", "conditional mid-P, central (pairs with fisher_mid_p)"}};
}

Result<Json> run_two_by_two(const Spec& spec, const Rows& rows) {
  const auto a = TRY(rows.whole_numbers(spec.text("exposed_cases")).at("exposed_cases"));
  const auto n1 = TRY(rows.whole_numbers(spec.text("exposed_persons")).at("exposed_persons"));
  const auto c = TRY(rows.whole_numbers(spec.text("unexposed_cases")).at("unexposed_cases"));
  const auto n0 = TRY(rows.whole_numbers(spec.text("unexposed_persons")).at("unexposed_persons"));
  TRY(require_at_most(rows, a, n1, "expected exposed_cases of at most exposed_persons"));
  TRY(require_at_most(rows, c, n0, "expected unexposed_cases of at most unexposed_persons"));
  const double level = spec.number("level");
  Json list = Json::array();
  for (std::size_t i = 0; i < a.size(); ++i) {
    const RiskPair pair{.cases1 = a[i], .persons1 = n1[i], .cases0 = c[i], .persons0 = n0[i]};
    Json row = {{"row", rows.row_number(i)}, {"status", status_of(pair)}};
    put_risk(row, "risk1", a[i], n1[i], level);
    put_risk(row, "risk0", c[i], n0[i], level);
    put_difference(row, pair, level);
    put_ratio(row, pair, level);
    put_odds(row, pair, level);
    put_exact(row, pair, level);
    put_chi_square(row, pair);
    list.push_back(std::move(row));
  }
  return Json{
      {"table_rows", table_rows(rows)}, {"level", level}, {"intervals", two_by_two_names()}, {"rows", list}};
}

// Mantel-Haenszel ---------------------------------------------------------------------------------------

Result<std::vector<Counts2x2>> tables_of(const Spec& spec, const Rows& rows) {
  const auto a = TRY(rows.whole_numbers(spec.text("exposed_cases")).at("exposed_cases"));
  const auto b = TRY(rows.whole_numbers(spec.text("exposed_noncases")).at("exposed_noncases"));
  const auto c = TRY(rows.whole_numbers(spec.text("unexposed_cases")).at("unexposed_cases"));
  const auto d = TRY(rows.whole_numbers(spec.text("unexposed_noncases")).at("unexposed_noncases"));
  const Levels strata = rows.levels(spec.texts("strata"));
  const bool rows_are_strata = !spec.has("strata");
  std::vector<Counts2x2> out(rows_are_strata ? rows.used() : strata.count());
  for (std::size_t i = 0; i < a.size(); ++i) {
    Counts2x2& table = out[rows_are_strata ? i : static_cast<std::size_t>(strata.code[i])];
    table.a += a[i];
    table.b += b[i];
    table.c += c[i];
    table.d += d[i];
  }
  return out;
}

void put_tests(Json& out, const MantelHaenszelCounts& fit) {
  const auto statistic = [](const std::optional<ChiSquare>& test) {
    return test ? number_json(test->statistic) : Json(nullptr);
  };
  const auto p = [](const std::optional<ChiSquare>& test) {
    return test ? number_json(test->p) : Json(nullptr);
  };
  out["cmh_chisq"] = statistic(fit.chi_square);
  out["cmh_chisq_cc"] = statistic(fit.chi_square_corrected);
  out["cmh_p"] = p(fit.chi_square);
  out["cmh_p_cc"] = p(fit.chi_square_corrected);
  out["breslow_day"] = optional_json(fit.breslow_day);
  out["breslow_day_tarone"] = optional_json(fit.breslow_day_tarone);
  out["informative_strata"] = fit.informative_strata;
  put_null(out, std::array<std::string_view, 3>{"breslow_day_df", "breslow_day_p", "breslow_day_tarone_p"});
  if (!fit.breslow_day) return;
  const auto degrees = static_cast<double>(fit.informative_strata - 1);
  out["breslow_day_df"] = fit.informative_strata - 1;
  out["breslow_day_p"] = number_json(chi_square_upper(*fit.breslow_day, degrees));
  out["breslow_day_tarone_p"] = number_json(chi_square_upper(*fit.breslow_day_tarone, degrees));
}

/// The common odds ratio given all margins.
void put_common_exact(Json& out, std::span<const Counts2x2> tables, double level) {
  put_null(out, std::array<std::string_view, 6>{"exact_conditional_or", "exact_conditional_ci",
                                                "exact_conditional_midp_ci", "exact_p_minlike",
                                                "exact_p_doubled", "exact_mid_p"});
  const auto exact = ConditionalOdds::of(tables);
  if (!exact) {
    out["exact_reason"] = exact.error().sentence;
    return;
  }
  if (exact->is_fixed()) return;
  out["exact_conditional_or"] = number_json(exact->estimate());
  out["exact_conditional_ci"] = interval_json(exact->exact(level));
  out["exact_conditional_midp_ci"] = interval_json(exact->mid_p(level));
  out["exact_p_minlike"] = exact->minimum_likelihood();
  out["exact_p_doubled"] = exact->doubled();
  out["exact_mid_p"] = exact->mid_p_doubled();
}

Result<Json> run_mantel_haenszel(const Spec& spec, const Rows& rows) {
  const auto tables = TRY(tables_of(spec, rows));
  const double level = spec.number("level");
  Json out = {
      {"strata", tables.size()},
      {"level", level},
      {"variance",
       {{"or", "Robins-Breslow-Greenland"}, {"rr", "Greenland-Robins"}, {"rd", "Greenland-Robins; Sato"}}}};
  const auto fit = mantel_haenszel_counts(tables, level);
  if (!fit) {
    out["status"] = "no_information";
    put_null(out, std::array<std::string_view, 9>{"or_mh", "or_se_log_rbg", "or_ci", "rr_mh", "rr_se_log_gr",
                                                  "rr_ci", "rd_mh", "rd_se_greenland_robins", "rd_se_sato"});
    put_null(out, std::array<std::string_view, 2>{"rd_ci_greenland_robins", "rd_ci_sato"});
    put_tests(out, {});
    put_common_exact(out, {}, level);
    return out;
  }
  if (fit->informative_strata == 0) {
    out["status"] = "no_information";
  } else if (!fit->odds || !fit->odds->se_log) {
    out["status"] = "empty_cells";
  }
  put_log_ratio(out, "or_mh", "or_se_log_rbg", "or_ci", fit->odds);
  put_log_ratio(out, "rr_mh", "rr_se_log_gr", "rr_ci", fit->risks);
  out["rd_mh"] = number_json(fit->difference);
  out["rd_se_greenland_robins"] = number_json(fit->difference_se);
  out["rd_se_sato"] = number_json(fit->difference_se_sato);
  out["rd_ci_greenland_robins"] = interval_json(fit->difference_interval);
  out["rd_ci_sato"] = interval_json(fit->difference_interval_sato);
  put_tests(out, *fit);
  put_common_exact(out, tables, level);
  return out;
}

}  // namespace

std::vector<Method> risk_methods() {
  SpecKey strata = keys::kStrata;
  strata.words = "stats.key.strata_or_rows";
  const SpecKey a = column("exposed_cases", "stats.key.exposed_cases");
  const SpecKey c = column("unexposed_cases", "stats.key.unexposed_cases");
  return {
      {.name = "risk",
       .keys = {column("cases", "stats.key.cases"), column("persons", "stats.key.persons"), keys::kLevel},
       .run = run_risk},
      {.name = "two_by_two",
       .keys = {a, column("exposed_persons", "stats.key.exposed_persons"), c,
                column("unexposed_persons", "stats.key.unexposed_persons"), keys::kLevel},
       .run = run_two_by_two},
      {.name = "mantel_haenszel",
       .keys = {a, column("exposed_noncases", "stats.key.exposed_noncases"), c,
                column("unexposed_noncases", "stats.key.unexposed_noncases"), strata, keys::kLevel},
       .run = run_mantel_haenszel},
  };
}

}  // namespace mimamori
