#include <gtest/gtest.h>

#include <set>

#include "base/testing.h"
#include "clinical/analyte.h"
#include "clinical/drug_list.h"
#include "clinical/formula.h"
#include "clinical/reference_interval.h"

namespace mimamori {
namespace {

const Date kDay = *parse_iso_date("2022-04-01");

// Golden values: computed with R, analysis reference section 10.
TEST(Formula, EgfrOfJapaneseAdultsAgreesWithR) {
  EXPECT_NEAR(egfr_japan(1.0, 60, Sex::kMale), 59.9063, 5e-5);
  EXPECT_NEAR(egfr_japan(1.0, 60, Sex::kFemale), 44.2707, 5e-5);
  EXPECT_NEAR(egfr_japan(0.7, 40, Sex::kFemale), 73.4713, 5e-5);
  EXPECT_NEAR(egfr_japan(4.0, 75, Sex::kMale), 12.3312, 5e-5);
}

TEST(Formula, EgfrFromCystatinAgreesWithR) {
  EXPECT_NEAR(egfr_cystatin_japan(1.0, 60, Sex::kMale), 73.7699, 5e-5);
  EXPECT_NEAR(egfr_cystatin_japan(1.0, 60, Sex::kFemale), 67.9643, 5e-5);
}

TEST(Analyte, SerumCreatinineIsAcceptedAndUrineIsNot) {
  const Analyte& creatinine = *find_analyte("creatinine");
  EXPECT_TRUE(creatinine.accepts("3C015000002327101", "023", kDay));
  EXPECT_TRUE(creatinine.accepts("3C015000002227101", "022", kDay));
  EXPECT_FALSE(creatinine.accepts("3C015000000127101", "001", kDay));
  EXPECT_FALSE(creatinine.accepts("3C015000000427101", "004", kDay));
  EXPECT_FALSE(creatinine.accepts("3C015000002327101", "", kDay));
  EXPECT_FALSE(creatinine.accepts("3C016000002327101", "023", kDay));  // cystatin C
  EXPECT_FALSE(creatinine.accepts("3C015", "023", kDay));              // not a whole code
}

TEST(Analyte, PanelResultCountsAsPlateletsOnlyWithItsSuffix) {
  const Analyte& platelets = *find_analyte("platelets");
  EXPECT_TRUE(platelets.accepts("2A990000001930155", "019", kDay));
  EXPECT_FALSE(platelets.accepts("2A990000001930153", "019", kDay));
  EXPECT_TRUE(platelets.accepts("2A050000001930101", "019", kDay));
  EXPECT_TRUE(platelets.accepts("2A050000001830101", "018", kDay));
  EXPECT_FALSE(platelets.accepts("2A050000002330101", "023", kDay));
}

TEST(Analyte, RuleHoldsFromItsFirstDayToTheDayBeforeItsEnd) {
  const RuleValidity validity{.from = kDay, .until = kDay + Days(2)};
  EXPECT_FALSE(validity.holds_on(kDay - Days(1)));
  EXPECT_TRUE(validity.holds_on(kDay));
  EXPECT_TRUE(validity.holds_on(kDay + Days(1)));
  EXPECT_FALSE(validity.holds_on(kDay + Days(2)));
}

TEST(Analyte, NoResultBelongsToTwoAnalytes) {
  std::set<std::string> seen;
  for (const Analyte& analyte : analytes()) {
    EXPECT_FALSE(analyte.unit.empty()) << analyte.id;
    EXPECT_FALSE(analyte.name.ja.empty()) << analyte.id;
    EXPECT_TRUE(measured_analyte(analyte).derived_from.empty()) << analyte.id;
    for (const Jlac10Pattern& pattern : analyte.jlac10) {
      EXPECT_TRUE(seen.insert(pattern.prefix + "-" + pattern.result_suffix).second) << analyte.id;
    }
  }
  EXPECT_EQ(find_analyte("kalium"), nullptr);
  EXPECT_EQ(measured_analyte(*find_analyte("egfr")).id, "creatinine");
}

TEST(ReferenceInterval, DependsOnSexWhereTheRuleDoes) {
  EXPECT_EQ(fallback_interval("alt", Sex::kMale, kDay), (ReferenceInterval{10, 42}));
  EXPECT_EQ(fallback_interval("alt", Sex::kFemale, kDay), (ReferenceInterval{7, 23}));
  EXPECT_EQ(fallback_interval("alt", Sex::kUnknown, kDay), std::nullopt);
  EXPECT_EQ(fallback_interval("potassium", Sex::kUnknown, kDay), (ReferenceInterval{3.6, 4.8}));
  EXPECT_EQ(fallback_interval("platelets", Sex::kMale, kDay), (ReferenceInterval{15.8, 34.8}));
  EXPECT_EQ(fallback_interval("egfr", Sex::kMale, kDay), (ReferenceInterval{60, std::nullopt}));
  EXPECT_EQ(fallback_interval("zinc", Sex::kMale, kDay), std::nullopt);
}

TEST(DrugList, CodeBelongsToTheDrugItBeginsWith) {
  ASSERT_NE(find_listed_drug("hot", "9001001010101"), nullptr);
  EXPECT_EQ(find_listed_drug("hot", "9001001010101")->name.en, "Drug A (fictional)");
  EXPECT_EQ(find_listed_drug("hot", "900100"), nullptr);
  EXPECT_EQ(find_listed_drug("yj", "9001001"), nullptr);
  EXPECT_NE(find_listed_drug("yj", "9001001F1020"), nullptr);
  EXPECT_EQ(find_listed_drug("hot", "9009001"), nullptr);
}

}  // namespace
}  // namespace mimamori
