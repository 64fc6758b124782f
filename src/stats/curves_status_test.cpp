// What the methods of curves, competing risks and proportional hazards say where there is nothing to
// estimate.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/testing.h"
#include "stats/method.h"
#include "stats/read_table.h"

namespace mimamori {
namespace {

// Rows 7 and 8 enter late, after everyone else has left.
constexpr const char* kRows =
    "time,event,cause,group,x,none,start,negative\n"
    "0,1,1,a,0.5,0,-1,3\n"
    "2,0,0,a,1.5,0,0,-2\n"
    "3,1,2,a,0.2,0,0,1\n"
    "3,0,0,a,0.9,0,1,1\n"
    "4,1,1,a,1.1,0,0,1\n"
    "5,1,2,a,0.1,0,0,1\n"
    "8,1,1,a,0.7,0,6,1\n"
    "9,0,0,a,0.3,0,6,1\n";

Json answer_to(const char* spec) {
  const auto table = read_csv(kRows);
  EXPECT_THAT(table, Succeeds());
  const auto answer = fit(Json::parse(spec), *table);
  EXPECT_THAT(answer, Succeeds());
  return answer.ok() ? *answer : Json::object();
}

TEST(CurveStatus, AnEventAtTimeZeroCountsAndIsMentioned) {
  const Json answer = answer_to(R"({"method": "kaplan_meier", "time": "time", "event": "event"})");
  EXPECT_EQ(answer["event_times"][0], 0);
  EXPECT_EQ(answer["survival"][0], 7.0 / 8);
  EXPECT_EQ(answer["events_at_time_zero"], 1);
  EXPECT_EQ(answer["warnings"], Json::parse(R"(["events_at_time_zero"])"));
}

TEST(CurveStatus, AnEarlyEmptyRiskSetOffersTheConditionalCurve) {
  const Json answer = answer_to(
      R"({"method": "kaplan_meier", "time": "time", "start": "start", "event": "event", "subset": "time > 4"})");
  EXPECT_EQ(answer["survival"], Json::parse("[0.0, 0.0]"));
  EXPECT_EQ(answer["std_err"][0], nullptr);
  EXPECT_EQ(answer["warnings"], Json::parse(R"(["early_empty_risk_set"])"));
  EXPECT_EQ(answer["conditional"]["from"], 5);
  EXPECT_EQ(answer["conditional"]["event_times"], Json::parse("[8.0]"));
  EXPECT_EQ(answer["conditional"]["survival"], Json::parse("[0.5]"));
}

TEST(CurveStatus, WithoutEventsSurvivalIsOneAndPersonTimeRemains) {
  const Json answer = answer_to(
      R"({"method": "kaplan_meier", "time": "time", "event": "none", "times": [3, 10], "rmst_tau": 4})");
  EXPECT_EQ(answer["status"], "no_events");
  EXPECT_EQ(answer["survival"], Json::parse("[1, 1]"));
  EXPECT_EQ(answer["person_time"], 34);
  EXPECT_EQ(answer["quantiles"]["log-log"]["median"]["est"], nullptr);
  EXPECT_EQ(answer["rmst"], 4);
  EXPECT_EQ(answer["beyond_last_time"], Json::parse("[false, true]"));
}

TEST(CurveStatus, OneGroupCannotBeCompared) {
  const Json log_rank =
      answer_to(R"({"method": "logrank", "time": "time", "event": "event", "group": "group"})");
  EXPECT_EQ(log_rank["status"], "no_information");
  EXPECT_EQ(log_rank["chisq"], nullptr);
  EXPECT_EQ(log_rank["events"], 5);
  const Json gray =
      answer_to(R"({"method": "gray_test", "time": "time", "event": "cause", "group": "group"})");
  EXPECT_EQ(gray["status"], "no_information");
  EXPECT_EQ(gray["cause_1"]["p"], nullptr);
}

TEST(CurveStatus, ModelsNameWhatTheyCannotEstimate) {
  const Json no_cause = answer_to(
      R"({"method": "fine_gray", "time": "time", "event": "cause", "cause": 3, "covariates": ["x"]})");
  EXPECT_EQ(no_cause["status"], "no_events");
  const Json constant =
      answer_to(R"({"method": "fine_gray", "time": "time", "event": "cause", "covariates": ["x", "none"]})");
  EXPECT_EQ(constant["status"], "constant_covariate");
  EXPECT_EQ(constant["nonestimable"], Json::parse(R"(["none"])"));
  const Json no_events =
      answer_to(R"({"method": "ph_test", "time": "time", "event": "none", "covariates": ["x"]})");
  EXPECT_EQ(no_events["status"], "no_events");
  EXPECT_EQ(no_events["nonestimable"], Json::parse(R"(["x"])"));
}

TEST(CurveStatus, ImpossibleTimesAreRefusedWithTheirRows) {
  const auto table = read_csv(kRows);
  ASSERT_THAT(table, Succeeds());
  const auto answer =
      fit(Json::parse(R"({"method": "kaplan_meier", "time": "negative", "event": "event"})"), *table);
  ASSERT_THAT(answer, FailsWith(ErrorCode::kInvalidInput));
  EXPECT_NE(answer.error().sentence.find("row 2"), std::string::npos);
}

}  // namespace
}  // namespace mimamori
