#include "serve/stats_run.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/testing.h"

namespace mimamori {
namespace {

using Json = nlohmann::ordered_json;
using std::filesystem::path;

/// Two tables and some specs of a rate, which everyone can work out by hand: 3 events in 10 + 20 years.
class StatsRun : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(specs());
    write("data/input.csv", "y,x\n1,0\n0,0\n1,1\n1,1\n0,1\n0,0\n");
    write("data/other.csv", "y,x\n1,0\n0,0\n0,1\n1,1\n");
    write("specs/a.json", R"({"method": "logistic", "outcome": "y", "covariates": ["x"]})");
    write("specs/b.json", R"({"method": "logistic", "outcome": "y", "covariates": ["z"]})");
    write("specs/c.json", R"({"method": "logistic", "outcome": "y", "input": "other.csv"})");
  }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((scratch_.path() / name).parent_path());
    std::ofstream(scratch_.path() / name) << text;
  }
  [[nodiscard]] path specs() const { return scratch_.path() / "specs"; }
  [[nodiscard]] path data() const { return scratch_.path() / "data"; }
  [[nodiscard]] path at(const std::string& name) const { return scratch_.path() / name; }

 private:
  ScratchFolder scratch_;
};

TEST_F(StatsRun, OneSpecGivesItsAnswerAlone) {
  const auto reply = fit_specs({.spec = specs() / "a.json", .data = data() / "input.csv", .out = {}});
  ASSERT_THAT(reply, Succeeds());
  const Json answer = Json::parse(reply->text);
  EXPECT_EQ(answer["method"], "logistic");
  EXPECT_EQ(answer["status"], "ok");
  EXPECT_EQ(answer["n"], 6);
  // odds 1/2 without x and 2 with it
  EXPECT_NEAR(answer["coef"]["x"].get<double>(), std::log(4.0), 1e-9);
  EXPECT_TRUE(reply->failures.empty());
}

TEST_F(StatsRun, AFolderAnswersEverySpecAndASpecThatFailsDoesNotStopTheRest) {
  const auto reply = fit_specs({.spec = specs(), .data = data(), .out = {}});
  ASSERT_THAT(reply, Succeeds());
  const Json checks = Json::parse(reply->text)["checks"];
  ASSERT_EQ(checks.size(), 3U);
  EXPECT_EQ(checks["a"]["n"], 6);
  EXPECT_EQ(checks["b"]["status"], "refused");
  EXPECT_EQ(checks["b"]["error"]["code"], "kInvalidInput");
  EXPECT_EQ(checks["c"]["n"], 4);  // from other.csv
  ASSERT_EQ(reply->failures.size(), 1U);
  EXPECT_NE(reply->failures[0].find("no column z"), std::string::npos);
}

TEST_F(StatsRun, AnAnswerFileForEachSpec) {
  const auto reply = fit_specs({.spec = specs(), .data = data(), .out = at("out/answers")});
  ASSERT_THAT(reply, Succeeds());
  for (const char* name : {"a.json", "b.json", "c.json"}) {
    std::ifstream file(at("out/answers") / name);
    EXPECT_TRUE(Json::parse(file, nullptr, false).contains("status")) << name;
  }
}

TEST_F(StatsRun, AnswersNeverReplaceTheirSpecs) {
  EXPECT_THAT(fit_specs({.spec = specs(), .data = data(), .out = specs()}), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(fit_specs({.spec = specs() / "a.json", .data = data(), .out = at("specs/../specs")}),
              FailsWith(ErrorCode::kConflict));
}

TEST_F(StatsRun, ASpecNamesItsFileOnlyInsideTheFolderOfTheData) {
  for (const char* input : {"../specs/a.csv", "/etc/passwd.csv", "x/../../y.csv", ""}) {
    write("specs/a.json", Json{{"method", "logistic"}, {"outcome", "y"}, {"input", input}}.dump());
    EXPECT_THAT(fit_specs({.spec = specs() / "a.json", .data = data(), .out = {}}),
                FailsWith(ErrorCode::kInvalidInput))
        << input;
  }
}

TEST_F(StatsRun, WhatIsNotThereIsNotFound) {
  EXPECT_THAT(fit_specs({.spec = at("none.json"), .data = data(), .out = {}}),
              FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(fit_specs({.spec = data(), .data = data(), .out = {}}), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(fit_specs({.spec = specs() / "a.json", .data = at("none.csv"), .out = {}}),
              FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(stats_explain("no such method"), FailsWith(ErrorCode::kNotFound));
}

}  // namespace
}  // namespace mimamori
