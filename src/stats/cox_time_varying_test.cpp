// The key time_varying of cox_ph: R's answers in tests/golden/cox_time_varying_r, names, and refusals.

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/testing.h"
#include "stats/method.h"
#include "stats/read_table.h"

namespace mimamori {
namespace {

std::string read_file(const std::string& name) {
  std::ifstream file(std::filesystem::path(MIMAMORI_SOURCE_DIR) / "tests/golden/cox_time_varying_r" / name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

const Json& all_cases() {
  static const Json cases = Json::parse(read_file("cases.json"), nullptr, false);
  return cases;
}

class CoxTimeVaryingGolden : public testing::TestWithParam<std::size_t> {};

TEST_P(CoxTimeVaryingGolden, AgreesWithR) {
  const Json& one = all_cases()[GetParam()];
  SCOPED_TRACE(one["spec"].dump());
  const auto table = read_csv(read_file("input.csv"));
  ASSERT_THAT(table, Succeeds());
  const auto answer = fit(one["spec"], *table);
  ASSERT_THAT(answer, Succeeds());
  EXPECT_EQ((*answer)["status"], "ok");
  for (const auto& [key, expected] : one["expect"].items()) {
    const Json& actual = (*answer)[key];
    const Json names = expected.is_object() ? expected : Json{{"", expected}};
    for (const auto& [name, value] : names.items()) {
      const Json& number = expected.is_object() ? actual.value(name, Json()) : actual;
      ASSERT_TRUE(number.is_number()) << key << " " << name;
      EXPECT_NEAR(number.get<double>(), value.get<double>(),
                  1e-8 * std::max(1.0, std::abs(value.get<double>())))
          << key << " " << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Case, CoxTimeVaryingGolden, testing::Range<std::size_t>(0, all_cases().size()));

TEST(CoxTimeVaryingGoldenFolder, HoldsTheCases) {
  ASSERT_TRUE(all_cases().is_array());
  EXPECT_GE(all_cases().size(), 8U);
}

constexpr const char* kRows =
    "time,event,x,gap\n1,1,1,2\n90,1,0,\n91,1,1,3\n120,1,0,1\n365,1,1,1\n366,1,0,2\n400,1,1,3\n410,0,0,4\n";

Result<Json> fit_small(const Json& time_varying) {
  Json spec = {{"method", "cox_ph"}, {"time", "time"}, {"event", "event"}};
  spec["time_varying"] = time_varying;
  const Table table = TRY(read_csv(kRows));
  return fit(spec, table);
}

TEST(CoxTimeVaryingSpec, CoefficientsOfPiecesAreNamedAfterTheirTimes) {
  const auto answer = fit_small({{"early", {{"covariate", "x"}, {"cuts", {90, 365}}}}});
  ASSERT_THAT(answer, Succeeds());
  std::vector<std::string> names;
  for (const auto& [name, value] : (*answer)["coef"].items()) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"early <=90", "early (90,365]", "early >365"}));
}

TEST(CoxTimeVaryingSpec, RowsThatMissTheCovariateAreDroppedAndCounted) {
  const auto answer = fit_small({{"g", {{"covariate", "gap"}, {"transform", "log"}}}});
  ASSERT_THAT(answer, Succeeds());
  EXPECT_EQ((*answer)["rows"]["used"], 7);
  EXPECT_EQ((*answer)["rows"]["dropped"][0]["reason"], "missing:gap");
}

TEST(CoxTimeVaryingSpec, WhatItDoesNotSayIsRefused) {
  for (const char* wrong : {
           R"({"g": {"covariate": "x"}})",
           R"({"g": {"transform": "log"}})",
           R"({"g": {"covariate": "x", "transform": "log", "cuts": [1]}})",
           R"({"g": {"covariate": "x", "transform": "cosine"}})",
           R"({"g": {"covariate": "nowhere", "transform": "log"}})",
           R"({"g": {"covariate": "x", "cuts": []}})",
           R"({"g": {"covariate": "x", "cuts": [2, 2]}})",
           R"({"g": {"covariate": "x", "cuts": ["a"]}})",
           R"({"g": {"covariate": "x", "transform": "log", "more": 1}})",
           R"(["x"])",
           R"({"g": "log"})",
       }) {
    const auto answer = fit_small(Json::parse(wrong));
    ASSERT_FALSE(answer.ok()) << wrong;
    EXPECT_EQ(answer.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(answer.error().sentence.find("time_varying"), std::string::npos) << answer.error().sentence;
  }
  EXPECT_THAT(fit_small(Json::parse(R"({"g": {"covariate": "x", "cuts": 90}})")), Succeeds());
}

TEST(CoxTimeVaryingSpec, NameThatIsTakenIsRefused) {
  Json spec = {{"method", "cox_ph"}, {"time", "time"}, {"event", "event"}, {"covariates", {"x"}}};
  spec["time_varying"] = {{"x", {{"covariate", "x"}, {"transform", "log"}}}};
  EXPECT_FALSE(fit(spec, *read_csv(kRows)).ok());
  spec["time_varying"] = {{"x ln t", {{"covariate", "x"}, {"transform", "log"}}}};
  EXPECT_THAT(fit(spec, *read_csv(kRows)), Succeeds());
}

TEST(CoxTimeVaryingSpec, EventsAtTimeZeroAreNamedByTheirRowsWhereTheLogarithmDoesNotExist) {
  const auto table = read_csv("time,event,x\n5,1,1\n0,1,0\n3,1,1\n0,0,1\n4,0,0\n");
  Json spec = {{"method", "cox_ph"}, {"time", "time"}, {"event", "event"}};
  spec["time_varying"] = {{"g", {{"covariate", "x"}, {"transform", "log"}}}};
  const auto answer = fit(spec, *table);
  ASSERT_FALSE(answer.ok());
  EXPECT_NE(answer.error().sentence.find("row 2"), std::string::npos) << answer.error().sentence;
  spec["time_varying"]["g"]["transform"] = "log1p";
  EXPECT_THAT(fit(spec, *table), Succeeds());
}

}  // namespace
}  // namespace mimamori
