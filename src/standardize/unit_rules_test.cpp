#include "standardize/unit_rules.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/testing.h"

namespace mimamori {
namespace {

const Date kToday = *make_date(2024, 6, 12);
constexpr std::string_view kPotassium = "3H015000002326101";
constexpr std::string_view kPlatelets = "2A050000001930101";
constexpr std::string_view kCreatinine = "3C015000002327101";
constexpr std::string_view kHeader =
    "analyte,name,standard_unit,accepted_unit,multiply_by,divide_by,valid_from,valid_to\n";

double converted(std::string_view jlac10, std::string_view unit, double value) {
  const UnitRule* rule = UnitRules::built_in().find(jlac10, unit, kToday);
  if (rule == nullptr) return -1;
  return convert(*rule, value);
}

TEST(NormalizeUnit, OneSpellingForTenToTheFourthPerMicrolitre) {
  for (const char* text :
       {"10*4/uL", "×10＾4/μL", "x10^4/uL", "10^4/µL", "X10E4/UL", "10**4/uL", ".10*4/uL", "×10⁴/μℓ", "万/μL",
        "万/㎕", " 万 / μL", "１０＾４／μＬ", "10^4/mm3", "万/mm^3", "*10^4/uL"}) {
    EXPECT_EQ(normalize_unit(text), "10*4/ul") << text;
  }
  EXPECT_NE(normalize_unit("10^3/uL"), normalize_unit("10^4/uL"));
}

TEST(NormalizeUnit, CaseIsKeptOnlyWhereItMeansMega) {
  EXPECT_EQ(normalize_unit("MEQ/L"), "meq/l");
  EXPECT_EQ(normalize_unit("g/dl"), normalize_unit("G/DL"));
  EXPECT_NE(normalize_unit("MU/L"), normalize_unit("mU/L"));
  EXPECT_EQ(normalize_unit("MG/DL"), "mg/dl");
  EXPECT_EQ(normalize_unit("㎎/㎗"), "mg/dl");
  EXPECT_EQ(normalize_unit(""), "");
  EXPECT_EQ(normalize_unit("mL/min/1.73m²"), "ml/min/1.73m2");
}

TEST(UnitRules, ConversionsLeaveNoBinaryTrace) {
  EXPECT_EQ(converted(kPlatelets, "/μL", 253'000), 25.3);
  EXPECT_EQ(converted(kPlatelets, "×10＾3/μL", 253), 25.3);
  EXPECT_EQ(converted(kPlatelets, "K/uL", 253), 25.3);
  EXPECT_EQ(converted(kPlatelets, "10*9/L", 253), 25.3);
  EXPECT_EQ(converted(kPlatelets, "万/μL", 25.3), 25.3);
  EXPECT_EQ(converted(kCreatinine, "umol/L", 88.42), 1.0);
  EXPECT_EQ(converted(kCreatinine, "µmol/L", 176.84), 2.0);
  EXPECT_EQ(converted(kCreatinine, "mg/dl", 0.95), 0.95);
  EXPECT_EQ(converted("2A010000001930101", "×10＾3/μL", 8.1), 8100);
  EXPECT_EQ(converted("3A015000002327101", "g/L", 42), 4.2);
  EXPECT_EQ(converted("3D010000001926101", "mmol/L", 5.5), 99.0825);
}

TEST(UnitRules, MilliequivalentsEqualMillimolesForMonovalentIonsOnly) {
  EXPECT_EQ(converted(kPotassium, "mEq/L", 4.1), 4.1);
  EXPECT_EQ(converted(kPotassium, "mmol/L", 4.1), 4.1);
  EXPECT_EQ(UnitRules::built_in().standard_unit(kPotassium, kToday), "mmol/L");
  EXPECT_EQ(converted("3H030000002327101", "mEq/L", 5), 10.0195);
}

TEST(UnitRules, AUnitOfAnotherKindIsNotAccepted) {
  EXPECT_EQ(UnitRules::built_in().find(kPotassium, "mg/dL", kToday), nullptr);
  EXPECT_EQ(UnitRules::built_in().find(kPotassium, "", kToday), nullptr);
  EXPECT_EQ(UnitRules::built_in().find("9Z999000002326101", "mmol/L", kToday), nullptr);
  EXPECT_EQ(UnitRules::built_in().find("3H015", "mmol/L", kToday), nullptr);
}

TEST(UnitRules, ThePanelIsTakenApartByItsResultDigits) {
  EXPECT_EQ(UnitRules::built_in().standard_unit("2A990000001930155", kToday), "10*4/uL");
  EXPECT_EQ(UnitRules::built_in().standard_unit("2A990000001930153", kToday), "g/dL");
  EXPECT_EQ(UnitRules::built_in().standard_unit("2A990000001930199", kToday), std::nullopt);
  EXPECT_EQ(converted("2B030000002231157", "", 1.05), 1.05);
  EXPECT_EQ(UnitRules::built_in().find("2B030000002231151", "", kToday), nullptr);
}

TEST(UnitRules, RulesHoldFromTheirFirstToTheirLastDay) {
  const Result<UnitRules> rules = UnitRules::parse(
      std::string(kHeader) + "3H015,K,mmol/L,mmol/L,,,,2024-06-11\n3H015,K,mmol/L,mmol/L,2,,2024-06-12,\n");
  ASSERT_THAT(rules, Succeeds());
  EXPECT_EQ(rules->find(kPotassium, "mmol/L", kToday - Days{1})->multiply_by, 1);
  EXPECT_EQ(rules->find(kPotassium, "mmol/L", kToday)->multiply_by, 2);
}

TEST(UnitRules, BadRulesAreRefusedWithTheirLine) {
  for (const char* body :
       {"3H15,K,mmol/L,mmol/L,,,,\n", "3H015,K,mmol/L,mmol/L,0,,,\n", "3H015,K,mmol/L,mmol/L,x,,,\n",
        "3H015,K,mmol/L,mmol/L,,,2024-13-01,\n", "3H015,K,mmol/L,mmol/L,,,,\n3H015,K,mmol/L,MMOL/L,,,,\n",
        "3H015,K,mmol/L,mmol/L,,,,\n3H015,K,mg/dL,mg/dL,,,,\n", "3H015,K\n"}) {
    EXPECT_THAT(UnitRules::parse(std::string(kHeader) + body), FailsWith(ErrorCode::kInvalidInput)) << body;
  }
}

RC_GTEST_PROP(UnitRules, PlateletsPerMicrolitreComeBackAsWritten, ()) {
  const int tenths = *rc::gen::inRange(1, 10'000);  // 0.1 to 999.9 in 10*4/uL
  RC_ASSERT(converted(kPlatelets, "/uL", tenths * 1000.0) == tenths / 10.0);
}

RC_GTEST_PROP(NormalizeUnit, NormalizingTwiceChangesNothing, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("mg", "G", "/", "μL", "dL", "万", "×", "２", "％", " ", "m", "U", "IU",
                                    "個", "²", "mcg", "\xE3", "mm3"));
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  const std::string once = normalize_unit(text);
  RC_ASSERT(normalize_unit(once) == once);
}

// Every unit of the foreign trees has one analyte at least that accepts it.
TEST(ExternalUnitRules, EveryUnitOfTheForeignTreesIsKnownForItsTest) {
  const std::map<std::string, std::string> test_of_unit = {{"U/L", "3B045000002327201"},
                                                           {"mg/dL", "3C015000002327101"},
                                                           {"g/dL", "2A030000001928201"},
                                                           {"mEq/L", "3H015000002326101"},
                                                           {"", "2B030000002231157"},
                                                           {"%", "2A040000001930202"},
                                                           {"×10＾3/μL", "2A010000001930101"},
                                                           {"×10＾4/μL", "2A020000001930101"},
                                                           {"万/μL", "2A050000001930101"},
                                                           {"g/dl", "3A015000002327101"},
                                                           {"mL/min/1.73m2", "8A065000002391901"},
                                                           {"mmol/L", "3H020000002326101"},
                                                           {"ng/mL", "5C094000002302301"},
                                                           {"pg/mL", "4Z271000002205301"},
                                                           {"LogIU/mL", "5F360145002386200"},
                                                           {"/μL", "2A050000001930101"}};
  for (const char* tree : {"eucjp", "jisext"}) {
    std::ifstream file(shared_data() / "ssmix2" / tree / "truth.json");
    ASSERT_TRUE(file) << "expected truth.json of " << tree;
    const nlohmann::json truth = nlohmann::json::parse(file);
    for (const auto& [unit, count] : truth.at("units (OBX-6.1)").items()) {
      if (unit == "μg/mL") continue;  // stands beside an antibody test that has no standard unit
      ASSERT_TRUE(test_of_unit.contains(unit)) << unit;
      EXPECT_NE(UnitRules::built_in().find(test_of_unit.at(unit), unit, kToday), nullptr) << unit;
    }
  }
}

}  // namespace
}  // namespace mimamori
