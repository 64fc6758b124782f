#include "stats/regression.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/testing.h"
#include "stats/read_table.h"

namespace mimamori {
namespace {

Json answer(const std::string& csv, const char* spec) {
  const auto table = read_csv(csv);
  EXPECT_THAT(table, Succeeds());
  const auto fitted = fit(Json::parse(spec), *table);
  EXPECT_THAT(fitted, Succeeds());
  return fitted ? *fitted : Json();
}

// z = 1 has only events; x overlaps.
constexpr const char* kSeparated =
    "y,x,z\n0,1,0\n0,2,0\n1,3,0\n0,4,0\n1,5,0\n1,6,0\n0,2.5,0\n1,2,1\n1,4,1\n1,3,1\n";

TEST(LogisticAnswer, NamesTheSeparatingVariableItsLimitAndFirthsFit) {
  const Json fit =
      answer(kSeparated, R"spec({"method": "logistic", "outcome": "y", "covariates": ["x", "z"]})spec");
  EXPECT_EQ(fit["status"], "quasi_complete_separation");
  EXPECT_EQ(fit["coef"]["z"], "Inf");
  EXPECT_EQ(fit["exp_coef"]["z"], "Inf");
  EXPECT_TRUE(fit["se"]["z"].is_null());
  EXPECT_TRUE(fit["exp_lower"]["z"].is_null());
  EXPECT_TRUE(fit["coef"]["x"].is_number());
  EXPECT_EQ(fit["rows_separated"], 3);
  EXPECT_EQ(fit["not_estimated"]["z"]["status"], "monotone_likelihood");
  EXPECT_TRUE(fit["not_estimated"]["z"]["profile_lower"].is_number());
  EXPECT_EQ(fit["not_estimated"]["z"]["profile_upper"], "Inf");
  EXPECT_TRUE(fit["not_estimated"]["z"]["lr_p"].is_number());
  EXPECT_TRUE(fit["firth"]["coef"]["z"].is_number());
  EXPECT_TRUE(fit["firth"]["profile_penalized_ci"]["z"]["upper"].is_number());
}

TEST(LogisticAnswer, NamesAnAliasedColumnWithItsCombination) {
  const Json fit =
      answer("y,a,b,c\n0,1,2,5\n1,2,1,5\n0,3,5,11\n1,4,1,9\n0,2,2,7\n1,1,3,6\n0,4,4,12\n1,3,2,8\n",
             R"spec({"method": "logistic", "outcome": "y", "covariates": ["a", "b", "c"]})spec");
  EXPECT_FALSE(fit.contains("not_estimated"));  // c is near 2 a + b + 1, but not it
  const Json aliased =
      answer("y,a,b,c\n0,1,2,5\n1,2,1,6\n0,3,5,12\n1,4,1,10\n0,2,2,7\n1,1,3,6\n0,4,4,13\n1,3,2,9\n",
             R"spec({"method": "logistic", "outcome": "y", "covariates": ["a", "b", "c"]})spec");
  EXPECT_EQ(aliased["status"], "aliased");
  EXPECT_TRUE(aliased["coef"]["c"].is_null());
  const Json equals = aliased["not_estimated"]["c"]["equals"];
  EXPECT_NEAR(equals["(Intercept)"].get<double>(), 1, 1e-9);
  EXPECT_NEAR(equals["a"].get<double>(), 2, 1e-9);
  EXPECT_NEAR(equals["b"].get<double>(), 1, 1e-9);
}

TEST(PoissonAnswer, ALevelWithoutCountsIsMinusInfinityWithAnUpperLimit) {
  const Json fit = answer("d,g,t\n3,a,10\n5,a,20\n4,b,9\n0,c,8\n0,c,11\n6,b,12\n",
                          R"spec({"method": "poisson", "outcome": "d", "factors": {"g": {"reference": "a"}},
                              "offset": "ln(t)"})spec");
  EXPECT_EQ(fit["status"], "monotone_likelihood");
  EXPECT_EQ(fit["coef"]["g=c"], "-Inf");
  EXPECT_EQ(fit["exp_coef"]["g=c"], 0.0);
  EXPECT_NEAR(fit["coef"]["g=b"].get<double>(), std::log(10.0 / 21 / (8.0 / 30)), 1e-10);
  EXPECT_EQ(fit["not_estimated"]["g=c"]["profile_lower"], "-Inf");
  EXPECT_TRUE(fit["not_estimated"]["g=c"]["profile_upper"].is_number());
}

TEST(NegativeBinomialAnswer, CountsWithoutExtraSpreadSayThetaIsInfinite) {
  const Json fit = answer("d,x\n3,0\n4,0\n3,0\n6,1\n7,1\n6,1\n",
                          R"spec({"method": "negative_binomial", "outcome": "d", "covariates": ["x"]})spec");
  EXPECT_EQ(fit["theta"], "Inf");
  EXPECT_EQ(fit["dispersion"], "not_over_dispersed");
  EXPECT_NEAR(fit["coef"]["x"].get<double>(), std::log(19.0 / 10), 1e-10);
}

TEST(ConditionalLogisticAnswer, CountsInformativeSetsAndNamesTheMatchingFactor) {
  const Json fit =
      answer("s,y,x,age\n1,1,2,50\n1,0,1,50\n2,1,1,60\n2,0,3,60\n3,1,1,70\n4,0,2,40\n5,1,3,45\n5,0,1,45\n",
             R"spec({"method": "conditional_logistic", "outcome": "y", "covariates": ["x", "age"],
                              "strata": "s"})spec");
  EXPECT_EQ(fit["n"], 8);
  EXPECT_EQ(fit["sets"], 5);
  EXPECT_EQ(fit["informative_sets"], 3);
  EXPECT_EQ(fit["status"], "aliased");
  EXPECT_EQ(fit["not_estimated"]["age"]["status"], "aliased");
  EXPECT_TRUE(fit["coef"]["x"].is_number());
}

TEST(RegressionAnswer, AnOutcomeOfAnotherKindIsRefusedWithItsRows) {
  const auto table = read_csv("y,x\n0,1\n2,2\n1,3\n");
  ASSERT_THAT(table, Succeeds());
  const auto refused =
      fit(Json::parse(R"spec({"method": "logistic", "outcome": "y", "covariates": ["x"]})spec"), *table);
  ASSERT_THAT(refused, FailsWith(ErrorCode::kInvalidInput));
  EXPECT_NE(refused.error().sentence.find("row 2"), std::string::npos) << refused.error().sentence;
}

}  // namespace
}  // namespace mimamori
