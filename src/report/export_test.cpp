#include <limits>
#include <nlohmann/json.hpp>

#include "base/testing.h"
#include "report/numbers.h"
#include "report/report.h"
#include "report/sample_result.h"

namespace mimamori {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// Reads RFC 4180 as a spreadsheet does: rows of cells.
std::vector<std::vector<std::string>> read_csv(std::string_view text) {
  std::vector<std::vector<std::string>> rows(1, {""});
  bool quoted = false;
  for (std::size_t place = 0; place < text.size(); ++place) {
    const char c = text[place];
    std::string& cell = rows.back().back();
    if (quoted && c == '"' && place + 1 < text.size() && text[place + 1] == '"') {
      cell += '"';
      ++place;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      rows.back().emplace_back();
    } else if (!quoted && text.substr(place, 2) == "\r\n") {
      rows.push_back({""});
      ++place;
    } else {
      cell += c;
    }
  }
  rows.pop_back();
  return rows;
}

std::string cell(const std::vector<std::vector<std::string>>& rows, std::size_t row, std::string_view name) {
  for (std::size_t column = 0; column < rows[0].size(); ++column) {
    if (rows[0][column] == name) return rows[row][column];
  }
  ADD_FAILURE() << "no column " << name;
  return "";
}

TEST(Json, EveryNumberReturnsToTwelveDigits) {
  const StudyResult result = sample_result();
  const auto json = nlohmann::ordered_json::parse(to_json(result));
  EXPECT_EQ(json["schema"], "mimamori.study_result/1");
  EXPECT_EQ(json.begin().key(), "schema");
  EXPECT_EQ(json["attrition"][1]["comparator"], 962);
  EXPECT_EQ(json["baseline"][0]["standardized_difference"].get<double>(), -0.092);
  for (std::size_t p = 0; p < result.populations.size(); ++p) {
    for (std::size_t o = 0; o < result.populations[p].outcomes.size(); ++o) {
      const OutcomeResult& outcome = result.populations[p].outcomes[o];
      const auto& written = json["populations"][p]["outcomes"][o];
      EXPECT_EQ(written["exposed"]["events"], outcome.exposed.events);
      EXPECT_EQ(written["comparator"]["person_years"].get<double>(),
                rounded12(outcome.comparator.person_years));
      ASSERT_EQ(written["exposed_curve"]["points"].size(), outcome.exposed_curve.points.size());
      EXPECT_EQ(written["exposed_curve"]["points"].back()["upper"].get<double>(),
                rounded12(outcome.exposed_curve.points.back().upper));
      EXPECT_EQ(written["comparator_curve"]["at_risk"][2]["censored"],
                outcome.comparator_curve.at_risk[2].censored);
      if (outcome.adjusted.estimable) {
        EXPECT_EQ(written["adjusted"]["p_value"].get<double>(), rounded12(outcome.adjusted.p_value));
      }
    }
  }
}

TEST(Json, HoldsEverySiteWithItsStateAndCounts) {
  const auto json = nlohmann::json::parse(to_json(sample_result()));
  ASSERT_EQ(json["sites"].size(), 5U);
  EXPECT_EQ(json["sites"][0]["state"], "contributed");
  EXPECT_EQ(json["sites"][0]["data_cut"], "2023-12-20");
  EXPECT_TRUE(json["sites"][0]["left_on"].is_null());
  EXPECT_EQ(json["sites"][1]["attrition"].size(), json["attrition"].size());
  EXPECT_EQ(json["sites"][2]["state"], "refused");
  EXPECT_EQ(json["sites"][2]["reason"], "倫理審査の結果を待っているため");
  EXPECT_EQ(json["sites"][4]["state"], "not_answered");
  EXPECT_EQ(json["notes"]["days_supply_assumed"], 18);
  const auto& outcome = json["populations"][0]["outcomes"][0];
  EXPECT_EQ(
      outcome["by_site"][0]["exposed_events"].get<int>() + outcome["by_site"][1]["exposed_events"].get<int>(),
      outcome["exposed"]["events"].get<int>());
}

TEST(Json, WhatIsAbsentIsNullAndNeverZero) {
  StudyResult result = sample_result();
  OutcomeResult& outcome = result.populations[0].outcomes[0];
  outcome.exposed.rate_upper.reset();
  outcome.crude.upper = std::numeric_limits<double>::infinity();
  const auto json = nlohmann::json::parse(to_json(result));
  const auto& written = json["populations"][0]["outcomes"];
  EXPECT_TRUE(written[0]["exposed"]["rate_upper"].is_null());
  EXPECT_TRUE(written[0]["crude"]["upper"].is_null());
  EXPECT_TRUE(written[0]["crude"]["not_estimable_reason"].is_null());
  for (const char* name : {"log_ratio", "standard_error", "ratio", "lower", "upper", "p_value"}) {
    EXPECT_TRUE(written[3]["adjusted"][name].is_null()) << name;
    EXPECT_TRUE(written[0]["adjusted"][name].is_number()) << name;
  }
  EXPECT_EQ(written[3]["adjusted"]["not_estimable_reason"]["en"], "no event in the comparator arm");
}

TEST(Json, BytesThatAreNotTextDoNotStopIt) {
  StudyResult result = sample_result();
  result.title.en = "a\xFF";
  EXPECT_EQ(nlohmann::json::parse(to_json(result))["title"]["en"], "a\uFFFD");
}

TEST(Csv, HasOneRowPerPopulationAndOutcome) {
  const std::string csv = to_csv(sample_result());
  ASSERT_THAT(csv, StartsWith("\xEF\xBB\xBFstudy_id,"));
  const auto rows = read_csv(std::string_view(csv).substr(3));
  ASSERT_EQ(rows.size(), 9U);
  for (const auto& row : rows) EXPECT_EQ(row.size(), rows[0].size());
  EXPECT_EQ(cell(rows, 1, "outcome_id"), "hyperkalemia");
  EXPECT_EQ(cell(rows, 5, "population_id"), "baseline_in_reference_range");
  EXPECT_EQ(cell(rows, 1, "exposed_events"), "68");
  EXPECT_EQ(cell(rows, 1, "adjusted_log_ratio"), "0.588");
  EXPECT_EQ(cell(rows, 4, "adjusted_hazard_ratio"), "");
  EXPECT_EQ(cell(rows, 4, "adjusted_estimable"), "false");
}

TEST(Csv, NamesTheSitesByState) {
  const std::string csv = to_csv(sample_result());
  const auto rows = read_csv(std::string_view(csv).substr(3));
  EXPECT_EQ(cell(rows, 1, "sites_contributed"), "H01; H02");
  EXPECT_EQ(cell(rows, 1, "sites_refused"), "H03 (倫理審査の結果を待っているため)");
  EXPECT_EQ(cell(rows, 1, "sites_failed"), "H04 (disk full)");
  EXPECT_EQ(cell(rows, 1, "sites_not_answered"), "H05");
  EXPECT_EQ(cell(rows, 1, "results_in_other_units"), "4");
}

TEST(Csv, QuotesReturnAsTheyWere) {
  StudyResult result = sample_result();
  const std::string text = "a \"b\", c\r\nd";
  result.populations[0].outcomes[0].title.en = text;
  const std::string csv = to_csv(result);
  EXPECT_THAT(csv, HasSubstr("\"a \"\"b\"\", c\r\nd\""));
  EXPECT_EQ(cell(read_csv(std::string_view(csv).substr(3)), 1, "outcome_en"), text);
}

TEST(Csv, NoTextRunsAsAFormulaAndNumbersStayNumbers) {
  StudyResult result = sample_result();
  for (const char* formula : {"=1+1", "+1", "-1", "@x"}) {
    result.exposed_title.en = formula;
    const auto rows = read_csv(std::string_view(to_csv(result)).substr(3));
    EXPECT_EQ(cell(rows, 1, "exposed_en"), std::string("'") + formula);
    EXPECT_EQ(cell(rows, 2, "adjusted_log_ratio"), "-0.061");
  }
}

TEST(Csv, AStudyWithoutOutcomesHasItsHeader) {
  EXPECT_EQ(read_csv(std::string_view(to_csv(StudyResult{})).substr(3)).size(), 1U);
}

}  // namespace
}  // namespace mimamori
