#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analyze/cox.h"
#include "analyze/descriptive.h"
#include "analyze/kaplan_meier.h"
#include "analyze/normal.h"
#include "analyze/rates.h"
#include "analyze/test_table.h"
#include "base/testing.h"

// Reference answers of R's packages that lie outside this repository. Each test names the checks that it
// answers; the checks of weights, offset, robust variance, exact ties and the like belong to later work.

namespace mimamori {
namespace {

using Json = nlohmann::json;

std::filesystem::path fixture(const std::string& name) { return shared_data() / "stats" / name; }

Json check_of(const std::string& name, const std::string& id) {
  const Json all = read_json(fixture(name) / "expected.json");
  if (!all.is_object()) return {};
  for (const Json& check : all["checks"]) {
    if (check["id"] == id) return check;
  }
  return {};
}

void expect_close(double actual, const Json& expected, double relative, double absolute,
                  const std::string& what) {
  ASSERT_TRUE(expected.is_number()) << what;
  EXPECT_NEAR(actual, expected.get<double>(), std::max(absolute, relative * std::abs(expected.get<double>())))
      << what;
}

/// Compares everything that a fit and its Wald interval say with the expectation of a check.
void compare(const CoxFit& fit, const std::vector<std::string>& names, const Json& expect, bool robust) {
  const std::size_t p = names.size();
  EXPECT_EQ(fit.rows, expect["n"].get<std::size_t>());
  EXPECT_EQ(fit.events, expect["events"].get<std::size_t>());
  for (std::size_t j = 0; j < p; ++j) {
    const double b = fit.coefficients[j];
    const double se = fit.standard_errors[j];
    expect_close(b, expect["coef"][names[j]], 1e-6, 1e-7, names[j]);
    expect_close(std::exp(b), expect["hr"][names[j]], 1e-6, 1e-7, names[j] + " hr");
    expect_close(se, expect[robust ? "naive_se" : "se"][names[j]], 1e-6, 1e-7, names[j] + " se");
    if (robust) continue;
    expect_close(b / se, expect["z"][names[j]], 1e-6, 1e-7, names[j] + " z");
    expect_close(two_sided_p(b / se), expect["p"][names[j]], 1e-4, 1e-9, names[j] + " p");
    expect_close(std::exp(b - kNormal975 * se), expect["hr_lower"][names[j]], 1e-6, 1e-7,
                 names[j] + " lower");
    expect_close(std::exp(b + kNormal975 * se), expect["hr_upper"][names[j]], 1e-6, 1e-7,
                 names[j] + " upper");
    if (p == 1) {  // a 1 x 1 covariance is written as a list
      expect_close(fit.covariance[0], expect["vcov"][names[0]][0], 1e-5, 1e-10, "vcov");
      continue;
    }
    for (std::size_t k = 0; k < p; ++k) {
      expect_close(fit.covariance[j * p + k], expect["vcov"][names[j]][names[k]], 1e-5, 1e-10, "vcov");
    }
  }
  expect_close(fit.log_likelihood_null, expect["loglik_null"], 1e-9, 1e-7, "null");
  expect_close(fit.log_likelihood, expect["loglik"], 1e-9, 1e-7, "loglik");
  expect_close(2 * (fit.log_likelihood - fit.log_likelihood_null), expect["lr_chisq"], 1e-6, 1e-7, "lr");
  expect_close(fit.score_chi_square, expect["score_chisq"], 1e-6, 1e-7, "score");
  if (!robust) expect_close(fit.wald_chi_square, expect["wald_chisq"], 1e-6, 1e-7, "wald");
}

struct CoxCheck {
  const char* folder;
  const char* id;
  std::vector<std::string> covariates;
  const char* stop;
  const char* event;
  const char* start = "";
  const char* stratum = "";
  Ties ties = Ties::kEfron;
  bool robust = false;  // the check asks for a sandwich; its naive part is compared
};

void PrintTo(const CoxCheck& check, std::ostream* out) { *out << check.folder << "/" << check.id; }

class CoxAgainstR : public testing::TestWithParam<CoxCheck> {};

TEST_P(CoxAgainstR, GivesTheSameNumbers) {
  const CoxCheck& check = GetParam();
  const Json expected = check_of(check.folder, check.id);
  ASSERT_FALSE(expected.is_null());
  TestTable table = TestTable::read(fixture(check.folder) / "input.csv");
  if (std::string(check.folder) == "cox_edge_cases") table = table.where("case", 1);
  if (table.columns.contains("grade")) {
    for (const int level : {2, 3}) {
      for (const double grade : table.at("grade")) {
        table.columns["grade=" + std::to_string(level)].push_back(grade == level ? 1 : 0);
      }
    }
  }
  const TestCox cox(table, check.covariates, check.stop, check.event, check.start, check.stratum);
  const auto fit = fit_cox(cox.data(), {.ties = check.ties});
  ASSERT_THAT(fit, Succeeds());
  compare(*fit, check.covariates, expected["expect"], check.robust);
}

const std::vector<std::string> kGbsg = {"age", "hormon", "nodes"};
const std::vector<std::string> kCgd = {"rx", "age", "inherit"};

INSTANTIATE_TEST_SUITE_P(
    External, CoxAgainstR,
    testing::Values(
        CoxCheck{"cox_gbsg", "fit_efron", kGbsg, "time", "status"},
        CoxCheck{"cox_gbsg", "fit_breslow", kGbsg, "time", "status", "", "", Ties::kBreslow},
        CoxCheck{"cox_gbsg", "strata_grade_efron", kGbsg, "time", "status", "", "grade"},
        CoxCheck{"cox_gbsg", "strata_grade_breslow", kGbsg, "time", "status", "", "grade", Ties::kBreslow},
        CoxCheck{"cox_gbsg", "factor_grade", {"hormon", "meno", "grade=2", "grade=3"}, "time", "status"},
        CoxCheck{"cox_gbsg", "robust_efron", kGbsg, "time", "status", "", "", Ties::kEfron, true},
        CoxCheck{"cox_gbsg", "robust_breslow", kGbsg, "time", "status", "", "", Ties::kBreslow, true},
        CoxCheck{"cox_edge_cases", "case1_efron", {"x"}, "time", "event", "entry"},
        CoxCheck{"cox_edge_cases", "case1_breslow", {"x"}, "time", "event", "entry", "", Ties::kBreslow},
        CoxCheck{"cox_sim_options", "plain_efron", {"x", "age"}, "time", "event"},
        CoxCheck{"cox_sim_options", "plain_breslow", {"x", "age"}, "time", "event", "", "", Ties::kBreslow},
        CoxCheck{"cox_cgd_recurrent", "andersen_gill_efron", kCgd, "tstop", "status", "tstart", "",
                 Ties::kEfron, true},
        CoxCheck{"cox_cgd_recurrent", "andersen_gill_breslow", kCgd, "tstop", "status", "tstart", "",
                 Ties::kBreslow, true},
        CoxCheck{"cox_cgd_recurrent",
                 "pwp_strata_event_number",
                 {"rx"},
                 "tstop",
                 "status",
                 "tstart",
                 "enum",
                 Ties::kEfron,
                 true}),
    [](const auto& check) { return std::string(check.param.folder) + "_" + check.param.id; });

TEST(ExternalCoxEdges, EachDegenerateCaseHasItsObstacle) {
  const TestTable all = TestTable::read(fixture("cox_edge_cases") / "input.csv");
  ASSERT_GT(all.rows, 0U);
  const std::vector<std::pair<double, std::string>> cases = {
      {2, "case2_monotone"}, {3, "case3_no_events"}, {4, "case4_constant_covariate"}};
  for (const auto& [number, id] : cases) {
    const Json check = check_of("cox_edge_cases", id);
    ASSERT_FALSE(check.is_null()) << id;
    const TestCox cox(all.where("case", number), {"x"}, "time", "event", "entry");
    const auto answer = answer_cox(cox.data(), {.ties = Ties::kBreslow});
    const auto* refusal = std::get_if<CoxRefusal>(&answer);
    ASSERT_NE(refusal, nullptr) << id;
    EXPECT_EQ(name_of(refusal->obstacle), check["expect"]["status"].get<std::string>());
    EXPECT_EQ(refusal->direction, number == 2 ? -1 : 0);
  }
}

TEST(ExternalKaplanMeier, AmlAgreesWithR) {
  const TestTable all = TestTable::read(fixture("km_aml") / "input.csv");
  ASSERT_GT(all.rows, 0U);
  const std::vector<std::pair<std::string, SurvivalInterval>> intervals = {
      {"plain", SurvivalInterval::kPlain},
      {"log", SurvivalInterval::kLog},
      {"log-log", SurvivalInterval::kLogLog},
      {"logit", SurvivalInterval::kLogit},
      {"arcsin", SurvivalInterval::kArcsine}};
  for (const int group : {1, 2}) {
    const Json check = check_of("km_aml", "group_" + std::to_string(group));
    ASSERT_FALSE(check.is_null());
    const Json& expect = check["expect"];
    const TestTable table = all.where("group", group);
    std::vector<std::uint8_t> event;
    for (const double e : table.at("status")) event.push_back(static_cast<std::uint8_t>(e));
    const SurvivalData data{.time = table.at("time"), .event = event};
    const std::vector<double> times = check["spec"]["times"];
    const auto counts = counts_at_risk(data, times);
    ASSERT_THAT(counts, Succeeds());
    for (const auto& [name, interval] : intervals) {
      const auto steps = kaplan_meier(data, interval);
      ASSERT_THAT(steps, Succeeds());
      for (std::size_t i = 0; i < times.size(); ++i) {
        const SurvivalStep* step = step_at(*steps, times[i]);
        EXPECT_EQ((*counts)[i].at_risk, expect["n_risk"][i].get<std::int64_t>());
        expect_close(step == nullptr ? 1 : step->survival, expect["survival"][i], 1e-9, 1e-12, name);
        if (step == nullptr) continue;
        expect_close(step->cumulative_hazard, expect["nelson_aalen"][i], 1e-9, 1e-12, "nelson-aalen");
        if (step->survival == 0) {
          EXPECT_EQ(step->lower.has_value(), !expect["lower_" + name][i].is_null()) << name;
          EXPECT_FALSE(step->upper.has_value());
          continue;
        }
        expect_close(*step->standard_error, expect["std_err"][i], 1e-9, 1e-12, "se");
        expect_close(*step->lower, expect["lower_" + name][i], 1e-9, 1e-12, "lower " + name);
        expect_close(*step->upper, expect["upper_" + name][i], 1e-9, 1e-12, "upper " + name);
      }
    }
    const auto steps = kaplan_meier(data);
    const Json& quantiles = expect["quantiles"]["log-log"];
    expect_close(*survival_quantile(*steps, 0.75), quantiles["q25"]["est"], 1e-9, 0, "q25");
    expect_close(*survival_quantile(*steps, 0.5), quantiles["median"]["est"], 1e-9, 0, "median");
    expect_close(*survival_quantile(*steps, 0.25), quantiles["q75"]["est"], 1e-9, 0, "q75");
    const RestrictedMean mean = restricted_mean(*steps, check["spec"]["rmst_tau"]);
    expect_close(mean.mean, expect["rmst"], 1e-9, 1e-12, "rmst");
    expect_close(mean.standard_error, expect["rmst_se"], 1e-9, 1e-12, "rmst se");
  }
}

TEST(ExternalKaplanMeier, EdgeCasesAgreeWithR) {
  const TestTable all = TestTable::read(fixture("km_aml") / "edge.csv");
  ASSERT_GT(all.rows, 0U);
  for (const int number : {1, 2, 3}) {
    const Json check = check_of("km_aml", "edge_" + std::to_string(number));
    ASSERT_FALSE(check.is_null());
    const Json& expect = check["expect"];
    const TestTable table = all.where("case", number);
    std::vector<std::uint8_t> event;
    for (const double e : table.at("event")) event.push_back(static_cast<std::uint8_t>(e));
    const auto steps = kaplan_meier({.time = table.at("time"), .event = event});
    ASSERT_THAT(steps, Succeeds());
    ASSERT_EQ(steps->size(), expect["event_times"].size());
    for (std::size_t i = 0; i < steps->size(); ++i) {
      const SurvivalStep& step = (*steps)[i];
      expect_close(step.time, expect["event_times"][i], 0, 0, "time");
      expect_close(step.survival, expect["survival"][i], 1e-9, 1e-12, "survival");
      EXPECT_EQ(step.standard_error.has_value(), !expect["greenwood_se"][i].is_null());
      if (step.standard_error)
        expect_close(*step.standard_error, expect["greenwood_se"][i], 1e-9, 1e-12, "se");
    }
    const auto median = survival_quantile(*steps, 0.5);
    EXPECT_EQ(median.has_value(), !expect["median_r"].is_null());
    if (median) expect_close(*median, expect["median_r"], 1e-9, 0, "median");
  }
}

TEST(ExternalRates, SingleRatesAgreeWithR) {
  const Json check = check_of("rates_and_risks", "single_rates_95");
  ASSERT_FALSE(check.is_null());
  const TestTable table = TestTable::read(fixture("rates_and_risks") / "single.csv");
  ASSERT_EQ(table.rows, check["expect"]["rows"].size());
  for (std::size_t i = 0; i < table.rows; ++i) {
    const Json& row = check["expect"]["rows"][i];
    const auto events = static_cast<std::int64_t>(table.at("events")[i]);
    const double thousands = table.at("person_years")[i] / 1000;
    const auto exact = exact_rate(events, thousands);
    const auto mid_p = mid_p_rate(events, thousands);
    ASSERT_THAT(exact, Succeeds());
    ASSERT_THAT(mid_p, Succeeds());
    expect_close(exact->rate, row["rate"], 1e-9, 1e-12, "rate");
    expect_close(exact->lower, row["exact"][0], 1e-9, 1e-12, "lower");
    expect_close(exact->upper, row["exact"][1], 1e-9, 1e-12, "upper");
    expect_close(mid_p->lower, row["midp"][0], 1e-8, 1e-10, "mid-P lower");
    expect_close(mid_p->upper, row["midp"][1], 1e-8, 1e-10, "mid-P upper");
  }
}

TEST(ExternalDescriptive, MeansQuantilesAndDifferencesAgreeWithR) {
  const TestTable all = TestTable::read(fixture("basic_stats") / "input.csv");
  const Json quantiles = check_of("basic_stats", "quantiles");
  const Json two_sample = check_of("basic_stats", "two_sample");
  ASSERT_FALSE(quantiles.is_null() || two_sample.is_null());
  const std::vector<double> shares = quantiles["spec"]["probabilities"];
  for (std::size_t i = 0; i < shares.size(); ++i) {
    expect_close(*quantile(all.at("y"), shares[i]), quantiles["expect"]["type7"][i], 1e-9, 1e-12, "type 7");
  }
  const MeanSpread one = mean_and_spread(all.where("arm", 1).at("y"));
  const MeanSpread zero = mean_and_spread(all.where("arm", 0).at("y"));
  const Json& expect = two_sample["expect"];
  expect_close(*one.mean, expect["mean1"], 1e-8, 1e-10, "mean1");
  expect_close(*zero.standard_deviation, expect["sd0"], 1e-8, 1e-10, "sd0");
  expect_close(*standardized_difference_of_means(one, zero), expect["smd"], 1e-8, 1e-10, "smd");
}

}  // namespace
}  // namespace mimamori
