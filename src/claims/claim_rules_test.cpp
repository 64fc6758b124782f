#include "claims/claim_rules.h"

#include <gtest/gtest.h>

#include "base/testing.h"

namespace mimamori {
namespace {

constexpr const char* kHead =
    "record_type,service_class,code_prefix,category,is_points,valid_from,valid_to,note\n";
constexpr const char* kMarkers = "kind,value,valid_from,valid_to,note\n";

Date day(int year, unsigned month) { return *make_date(year, month, 1); }

TEST(ClaimRules, TheBuiltInMapFollowsTheTableOfTheReference) {
  const MonthRules rules = ClaimRules::built_in().on(day(2024, 5));
  const auto category = [&](ItemRecord record, const char* service_class, const char* code) {
    return rules.category(record, service_class, code).category;
  };
  for (const char* service_class : {"11", "12", "14", "24", "25", "26", "27", "28", "31", "32",
                                    "33", "40", "60", "70", "80", "90", "92", "01", "99", ""}) {
    EXPECT_EQ(category(ItemRecord::kAct, service_class, "120002910"), ClaimCategory::kProcedure)
        << service_class;
  }
  EXPECT_EQ(category(ItemRecord::kAct, "13", "120001610"), ClaimCategory::kManagementFee);
  EXPECT_EQ(category(ItemRecord::kAct, "50", "150337610"), ClaimCategory::kSurgery);
  EXPECT_EQ(category(ItemRecord::kAct, "54", "150233410"), ClaimCategory::kSurgery);
  EXPECT_EQ(category(ItemRecord::kAct, "97", "197000310"), ClaimCategory::kAdjustment);
  EXPECT_EQ(category(ItemRecord::kAct, "90", "190610010"), ClaimCategory::kWardLabel);
  EXPECT_EQ(category(ItemRecord::kAct, "90", "190640010"), ClaimCategory::kWardLabel);
  EXPECT_EQ(category(ItemRecord::kAct, "90", "190650010"), ClaimCategory::kProcedure);
  for (const char* service_class : {"13", "14", "21", "22", "23", "33", "50", "60", "70", ""}) {
    EXPECT_EQ(category(ItemRecord::kDrug, service_class, "620007854"), ClaimCategory::kDrug) << service_class;
    EXPECT_EQ(category(ItemRecord::kDevice, service_class, "710010158"), ClaimCategory::kDevice)
        << service_class;
  }
  EXPECT_EQ(category(ItemRecord::kDrug, "39", "620007854"), ClaimCategory::kAdjustment);
  EXPECT_FALSE(rules.category(ItemRecord::kAct, "97", "197000310").is_points);
  EXPECT_TRUE(rules.category(ItemRecord::kAct, "60", "160008010").is_points);
}

TEST(ClaimRules, SuspicionIsOneOfTheModifiersOrTheEndOfTheName) {
  const MonthRules rules = ClaimRules::built_in().on(day(2024, 5));
  EXPECT_TRUE(rules.is_suspected("8002"));
  EXPECT_TRUE(rules.is_suspected("205680024012"));
  EXPECT_FALSE(rules.is_suspected("20568012"));
  EXPECT_FALSE(rules.is_suspected("1280 0215"));
  EXPECT_FALSE(rules.is_suspected("12800215"));  // 8002 across two codes is none
  EXPECT_FALSE(rules.is_suspected(""));
  EXPECT_TRUE(rules.is_suspected_name("発疹の疑い"));
  EXPECT_FALSE(rules.is_suspected_name("疑いの残る発疹"));
}

TEST(ClaimRules, ARuleHoldsOnBothItsEnds) {
  const Result<ClaimRules> rules =
      ClaimRules::read(std::string(kHead) + "SI,13,,management_fee,yes,2020-04-01,2022-03-01,\n",
                       std::string(kMarkers) + "suspected_modifier,8003,2020-04-01,,\n");
  ASSERT_THAT(rules, Succeeds());
  const auto category = [&](Date on) {
    return rules->on(on).category(ItemRecord::kAct, "13", "113001910").category;
  };
  EXPECT_EQ(category(day(2020, 3)), ClaimCategory::kProcedure);
  EXPECT_EQ(category(day(2020, 4)), ClaimCategory::kManagementFee);
  EXPECT_EQ(category(day(2022, 3)), ClaimCategory::kManagementFee);
  EXPECT_EQ(category(day(2022, 4)), ClaimCategory::kProcedure);
  EXPECT_FALSE(rules->on(day(2020, 3)).is_suspected("8003"));
  EXPECT_TRUE(rules->on(day(2020, 4)).is_suspected("8003"));
}

TEST(ClaimRules, AClassWinsOverTheGeneralRuleInAnyOrder) {
  const Result<ClaimRules> rules =
      ClaimRules::read(std::string(kHead) + "SI,50,,surgery,yes,,,\nSI,*,,management_fee,yes,,,\n", kMarkers);
  ASSERT_THAT(rules, Succeeds());
  const MonthRules month = rules->on(day(2024, 5));
  EXPECT_EQ(month.category(ItemRecord::kAct, "50", "150337610").category, ClaimCategory::kSurgery);
  EXPECT_EQ(month.category(ItemRecord::kAct, "60", "160008010").category, ClaimCategory::kManagementFee);
}

TEST(ClaimRules, AFaultyRuleIsRefused) {
  for (const char* line :
       {"CO,*,,procedure,yes,,,\n", "SI,5,,procedure,yes,,,\n", "SI,50,,operation,yes,,,\n",
        "SI,50,,surgery,maybe,,,\n", "SI,50,,surgery,yes,2020-13-01,,\n", "SI,50,,drug,yes,,,\n",
        "IY,*,,procedure,yes,,,\n"}) {
    EXPECT_THAT(ClaimRules::read(std::string(kHead) + line, kMarkers), FailsWith(ErrorCode::kInvalidInput))
        << line;
  }
  for (const char* line : {"suspected,8002,,,\n", "suspected_modifier,,,,\n"}) {
    EXPECT_THAT(ClaimRules::read(kHead, std::string(kMarkers) + line), FailsWith(ErrorCode::kInvalidInput))
        << line;
  }
}

}  // namespace
}  // namespace mimamori
