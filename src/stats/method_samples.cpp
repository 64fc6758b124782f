#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "analyze/contingency.h"
#include "analyze/descriptive.h"
#include "analyze/two_sample.h"
#include "stats/answer.h"
#include "stats/keys.h"
#include "stats/method.h"
#include "stats/rate_rows.h"

namespace mimamori {
namespace {

Json t_json(const Result<TTest>& test) {
  if (!test) return {{"t", nullptr}, {"df", nullptr}, {"p", nullptr}, {"ci", nullptr}};
  return {{"t", number_json(test->t)},
          {"df", number_json(test->degrees)},
          {"p", number_json(test->p)},
          {"ci", interval_json(test->interval)}};
}

Json f_json(const Result<TestStatistic>& test) {
  if (!test) return {{"f", nullptr}, {"df1", nullptr}, {"df2", nullptr}, {"p", nullptr}};
  return {{"f", number_json(test->statistic)},
          {"df1", test->degrees1},
          {"df2", test->degrees2},
          {"p", number_json(test->p)}};
}

Json rank_sum_json(const Result<RankSumTest>& test) {
  if (!test)
    return {{"w", nullptr}, {"p_continuity", nullptr}, {"p_no_continuity", nullptr}, {"p_exact", nullptr}};
  return {{"w", test->w},
          {"p_continuity", number_json(test->p_continuity)},
          {"p_no_continuity", number_json(test->p_no_continuity)},
          {"p_exact", optional_json(test->p_exact)},
          {"ties", test->has_ties},
          {"hodges_lehmann", optional_json(test->shift)}};
}

/// Differences in units of a standard deviation: of the mean of both variances, and of the pooled variance.
void put_differences(Json& out, const MeanSpread& one, const MeanSpread& zero) {
  out["smd"] = optional_json(standardized_difference_of_means(one, zero));
  out["smd_pooled_n"] = nullptr;
  if (!one.standard_deviation || !zero.standard_deviation) return;
  const auto n1 = static_cast<double>(one.count);
  const auto n0 = static_cast<double>(zero.count);
  const double variance = ((n1 - 1) * *one.standard_deviation * *one.standard_deviation +
                           (n0 - 1) * *zero.standard_deviation * *zero.standard_deviation) /
                          (n1 + n0 - 2);
  if (variance > 0) out["smd_pooled_n"] = number_json((*one.mean - *zero.mean) / std::sqrt(variance));
}

/// The two levels of the spec's group column, the reference second.
struct TwoLevels {
  std::int32_t group1 = 1;
  std::int32_t group0 = 0;
};

Result<TwoLevels> two_levels(const Spec& spec, const Levels& levels) {
  if (levels.count() != 2) {
    return Error{ErrorCode::kInvalidInput,
                 "group: expected two levels, found " + std::to_string(levels.count())};
  }
  if (!spec.has("reference")) return TwoLevels{};
  const auto found = std::ranges::find(levels.labels, spec.text("reference"));
  if (found == levels.labels.end()) {
    return Error{ErrorCode::kInvalidInput,
                 "reference: expected " + levels.labels[0] + " or " + levels.labels[1]};
  }
  const auto reference = static_cast<std::int32_t>(found - levels.labels.begin());
  return TwoLevels{.group1 = 1 - reference, .group0 = reference};
}

Result<Json> run_two_sample(const Spec& spec, const Rows& rows) {
  const Levels levels = rows.levels(spec.text("group"));
  if (levels.count() == 1) return Json{{"status", "one_group"}, {"n", rows.used()}};
  if (levels.count() == 1) return Json{{"status", "one_group"}, {"n", rows.used()}};
  const TwoLevels two = TRY(two_levels(spec, levels));
  const std::span<const double> values = rows.numbers(spec.text("outcome"));
  const double level = spec.number("level");
  std::vector<std::vector<double>> groups(2);  // group 1 first
  for (std::size_t i = 0; i < values.size(); ++i) {
    groups[levels.code[i] == two.group1 ? 0 : 1].push_back(values[i]);
  }
  const std::vector<double>& x = groups[0];
  const std::vector<double>& y = groups[1];
  const MeanSpread one = mean_and_spread(x);
  const MeanSpread zero = mean_and_spread(y);
  const auto kruskal = kruskal_wallis_test(groups);
  Json out = {{"group1", levels.labels[static_cast<std::size_t>(two.group1)]},
              {"group0", levels.labels[static_cast<std::size_t>(two.group0)]},
              {"level", level},
              {"n1", one.count},
              {"n0", zero.count},
              {"mean1", optional_json(one.mean)},
              {"mean0", optional_json(zero.mean)},
              {"sd1", optional_json(one.standard_deviation)},
              {"sd0", optional_json(zero.standard_deviation)},
              {"difference", number_json(*one.mean - *zero.mean)}};
  const auto welch = welch_test(x, y, level);
  if (!welch) out["status"] = one.count < 2 || zero.count < 2 ? "too_few_values" : "no_spread";
  out["welch"] = t_json(welch);
  out["pooled"] = t_json(pooled_t_test(x, y, level));
  out["wilcoxon"] = rank_sum_json(rank_sum_test(x, y));
  out["kruskal_chisq"] = kruskal ? number_json(kruskal->statistic) : Json(nullptr);
  out["kruskal_p"] = kruskal ? number_json(kruskal->p) : Json(nullptr);
  out["variance_ratio_f"] = f_json(variance_ratio_test(x, y));
  out["brown_forsythe"] = f_json(brown_forsythe_test(groups));
  put_differences(out, one, zero);
  return out;
}

Result<Json> run_one_sample(const Spec& spec, const Rows& rows) {
  const std::span<const double> outcome = rows.numbers(spec.text("outcome"));
  std::vector<double> values(outcome.begin(), outcome.end());
  if (spec.has("minus")) {
    const std::span<const double> minus = rows.numbers(spec.text("minus"));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] -= minus[i];
  }
  const double null_value = spec.number("null_value");
  std::vector<double> away = values;
  for (double& value : away) value -= null_value;
  const MeanSpread spread = mean_and_spread(values);
  const auto t = one_sample_t_test(values, null_value, spec.number("level"));
  const auto signed_rank = signed_rank_test(away);
  Json out = {{"n", spread.count},
              {"mean", optional_json(spread.mean)},
              {"sd", optional_json(spread.standard_deviation)},
              {"level", spec.number("level")}};
  if (!t) out["status"] = spread.count < 2 ? "too_few_values" : "no_spread";
  out["t_test"] = t_json(t);
  out["signed_rank"] = nullptr;
  if (signed_rank) {
    out["signed_rank"] = {{"v", signed_rank->v},
                          {"p_continuity", number_json(signed_rank->p_continuity)},
                          {"p_no_continuity", number_json(signed_rank->p_no_continuity)},
                          {"p_exact", optional_json(signed_rank->p_exact)},
                          {"zeros", signed_rank->zeros}};
  }
  return out;
}

// Tables of counts ------------------------------------------------------------------------------------------

Json tests_json(const ContingencyTests& tests) {
  Json out = {
      {"pearson", {{"chisq", tests.pearson}, {"df", tests.degrees}, {"p", number_json(tests.pearson_p)}}}};
  out["yates"] = optional_json(tests.yates);
  out["yates_p"] = optional_json(tests.yates_p);
  out["fisher_p"] = optional_json(tests.fisher_p);
  if (!tests.fisher_p) out["fisher_reason"] = "too_much_work";
  out["likelihood_ratio_g"] = tests.likelihood_ratio;
  out["likelihood_ratio_p"] = number_json(tests.likelihood_ratio_p);
  out["min_expected"] = tests.min_expected;
  out["cramers_v"] = tests.cramers_v;
  return out;
}

Result<Json> run_categorical(const Spec& spec, const Rows& rows) {
  const Levels groups = rows.levels(spec.text("group"));
  const Levels outcome = rows.levels(spec.text("outcome"));
  const std::size_t r = groups.count();
  const std::size_t c = outcome.count();
  if (r > 1000 || c > 1000) {
    return Error{ErrorCode::kUnsupported, "expected at most 1000 levels of group and of outcome"};
  }
  std::vector<std::int64_t> counts(r * c);
  for (std::size_t i = 0; i < groups.code.size(); ++i) {
    ++counts[static_cast<std::size_t>(groups.code[i]) * c + static_cast<std::size_t>(outcome.code[i])];
  }
  Json table = Json::object();
  for (std::size_t g = 0; g < r; ++g) {
    const auto from = counts.begin() + static_cast<std::ptrdiff_t>(g * c);
    table[spec.text("group") + groups.labels[g]] = std::vector(from, from + static_cast<std::ptrdiff_t>(c));
  }
  Json out = {{"n", rows.used()}, {"levels", outcome.labels}, {"table", table}};
  const auto tests = contingency_tests(counts, r, c);
  if (tests) {
    out.update(tests_json(*tests));
  } else {
    out["status"] = "no_information";
    put_null(out,
             std::array<std::string_view, 8>{"pearson", "yates", "yates_p", "fisher_p", "likelihood_ratio_g",
                                             "likelihood_ratio_p", "min_expected", "cramers_v"});
  }
  out["smd_yang_dalton"] = nullptr;
  if (r == 2) {
    std::vector<double> rows_of[2];
    for (std::size_t k = 0; k < 2 * c; ++k) rows_of[k / c].push_back(static_cast<double>(counts[k]));
    out["smd_yang_dalton"] = optional_json(standardized_difference_of_levels(rows_of[1], rows_of[0]));
  }
  return out;
}

}  // namespace

std::vector<Method> sample_methods() {
  SpecKey group = keys::kGroup;
  group.required = true;
  SpecKey levels = keys::kOutcome;
  levels.kind = KeyKind::kLevelColumn;
  return {
      {.name = "two_sample",
       .keys = {keys::kOutcome,
                group,
                {.name = "reference", .kind = KeyKind::kLevel, .words = "stats.key.reference_group"},
                keys::kLevel},
       .run = run_two_sample},
      {.name = "one_sample",
       .keys = {keys::kOutcome,
                {.name = "minus", .kind = KeyKind::kColumn, .words = "stats.key.minus"},
                {.name = "null_value",
                 .kind = KeyKind::kNumber,
                 .words = "stats.key.null_value",
                 .default_json = "0"},
                keys::kLevel},
       .run = run_one_sample},
      {.name = "categorical", .keys = {levels, group}, .run = run_categorical},
  };
}

}  // namespace mimamori
