#include "omop/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/text2.h"
#include "omop/row.h"

namespace mimamori {
namespace {

HeaderMatch match(const char* table, const std::vector<std::string_view>& header) {
  return match_header(*find_omop_table(table), header);
}

TEST(OmopTables, EveryTableBeginsWithItsPersonAndNamesColumnsOnce) {
  for (const OmopTable& table : omop_tables()) {
    if (table.has_person) {
      EXPECT_EQ(table.columns[0].name, "person_id") << table.name;
      EXPECT_EQ(table.columns[0].use, ColumnUse::kRequired) << table.name;
    }
    std::set<std::string_view> names;
    for (const OmopColumn& column : table.columns) {
      EXPECT_FALSE(column.name.empty()) << table.name;  // an array longer than its list
      EXPECT_TRUE(names.insert(column.name).second) << table.name << " " << column.name;
    }
  }
}

TEST(OmopTables, FileNamesSpeakOfTables) {
  EXPECT_EQ(omop_table_of_file("PERSON.csv"), "person");
  EXPECT_EQ(omop_table_of_file("drug_exposure_0001.csv.gz"), "drug_exposure");
  EXPECT_EQ(omop_table_of_file("2024_concept_ancestor.csv"), "concept_ancestor");
  EXPECT_EQ(omop_table_of_file("CONCEPT.csv"), "concept");
  EXPECT_EQ(omop_table_of_file("observation_period.csv"), "observation_period");
  EXPECT_EQ(omop_table_of_file("condition_era.csv"), "condition_era");
  EXPECT_EQ(omop_table_of_file("personal.csv"), "");
  EXPECT_EQ(omop_table_of_file("LICENSE.txt"), "");
  EXPECT_EQ(omop_table_of_file("._PERSON.csv"), "");
}

TEST(OmopHeader, CaseBlanksUnderscoresAndOrderDoNotMatter) {
  const HeaderMatch found = match(
      "concept_ancestor",
      {"Descendant Concept ID", "ancestorConceptId", "MIN_LEVELS_OF_SEPARATION", "max_levels_of_separation"});
  EXPECT_THAT(found.places, testing::ElementsAre(1, 0, 2, 3));
  EXPECT_EQ(found.repaired, 0U);
  EXPECT_EQ(found.unknown, 0U);
}

TEST(OmopHeader, AColumnIsFoundInsideAnExpression) {
  const HeaderMatch found =
      match("observation_period",
            {"OBSERVATION_PERIOD_ID", "PERSON_ID", "date(observation_period_start_date,'unixepoch')",
             "date(observation_period_end_date,'unixepoch')", "PERIOD_TYPE_CONCEPT_ID"});
  EXPECT_TRUE(found.missing.empty());
  EXPECT_EQ(found.repaired, 2U);
  EXPECT_THAT(found.places, testing::ElementsAre(1, 2, 3, 4, 0));
}

TEST(OmopHeader, AnExpressionOverTwoColumnsIsNeither) {
  const HeaderMatch found =
      match("observation_period", {"person_id", "observation_period_start_date",
                                   "coalesce(observation_period_end_date,observation_period_start_date)"});
  EXPECT_THAT(found.missing, testing::ElementsAre("observation_period_end_date"));
  EXPECT_EQ(found.unknown, 1U);
}

TEST(OmopHeader, ADatetimeStandsInForItsDate) {
  const HeaderMatch found = match("death", {"person_id", "death_datetime"});
  EXPECT_TRUE(found.missing.empty());
  EXPECT_EQ(found.places[1], 1U);
}

TEST(OmopHeader, MissingUnknownAndRepeatedColumnsAreCounted) {
  const HeaderMatch found = match("death", {"person_id", "death_date", "death_date", "comment"});
  EXPECT_TRUE(found.missing.empty());
  EXPECT_EQ(found.twice, 1U);
  EXPECT_EQ(found.unknown, 1U);
  EXPECT_EQ(found.absent, 5U);
  EXPECT_EQ(found.places[1], 1U);
  EXPECT_THAT(match("person", {"person_id", "year_of_birth"}).missing,
              testing::ElementsAre("gender_concept_id"));
}

TEST(OmopFindingTitles, EveryFindingHasOneInBothLanguages) {
  namespace f = omop_findings;
  for (const OmopFinding& kind :
       {f::kHeaderRepaired, f::kColumnMissing, f::kColumnUnknown, f::kColumnTwice, f::kDelimiter,
        f::kTableByHeader, f::kNotUtf8, f::kUndecodable, f::kSeveralLines, f::kDateUnreadable,
        f::kNumberUnreadable, f::kDatesDisagree, f::kEndBeforeStart, f::kBirthInferred, f::kConceptMissing,
        f::kTextLeft, f::kVisitKind, f::kDrugType, f::kNegative}) {
    EXPECT_NE(catalogue("finding." + std::string(kind.check)).ja, "");
  }
  EXPECT_NE(catalogue("finding.omop_person_missing").ja, "");
  EXPECT_NE(catalogue("finding.omop_visit_missing").ja, "");
}

}  // namespace
}  // namespace mimamori
