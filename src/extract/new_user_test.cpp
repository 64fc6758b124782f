#include "extract/new_user.h"

#include <gtest/gtest.h>

namespace mimamori {
namespace {

const Date kIndex = *parse_iso_date("2022-07-01");
const DateRange kWindow{.start = kIndex, .end = kIndex + Days(100)};

Dispensing given(Arm arm, int day) {
  return {.arm = arm, .starts_on = kIndex + Days(day), .days_supply = 30};
}

TEST(NewUser, FirstAndLastDayOfTheDataWindowCanBeTheIndexDate) {
  for (const int day : {0, 99}) {
    const std::vector<Dispensing> all = {given(Arm::kExposed, day)};
    const auto index = index_dispensing(all, kWindow);
    ASSERT_TRUE(index.has_value()) << day;
    EXPECT_EQ(index->index_date, kIndex + Days(day));
  }
  for (const int day : {-1, 100}) {
    const std::vector<Dispensing> all = {given(Arm::kExposed, day)};
    EXPECT_FALSE(index_dispensing(all, kWindow).has_value()) << day;
  }
}

TEST(NewUser, EarlierDrugOfTheTwoDecidesTheArm) {
  const std::vector<Dispensing> all = {given(Arm::kExposed, 1), given(Arm::kComparator, 0)};
  const auto index = index_dispensing(all, kWindow);
  ASSERT_TRUE(index.has_value());
  EXPECT_TRUE(index->one_arm());
  EXPECT_EQ(index->arm(), Arm::kComparator);
}

TEST(NewUser, BothDrugsOnTheIndexDateBelongToNoArm) {
  const std::vector<Dispensing> both = {given(Arm::kExposed, 3), given(Arm::kComparator, 3)};
  EXPECT_FALSE(index_dispensing(both, kWindow)->one_arm());
  const std::vector<Dispensing> same = {given(Arm::kExposed, 3), given(Arm::kExposed, 3)};
  EXPECT_TRUE(index_dispensing(same, kWindow)->one_arm());
}

TEST(NewUser, FirstDayOfTheWashoutCounts) {
  const auto is_free = [](int day, Arm arm) {
    const std::vector<Dispensing> all = {given(arm, day), given(Arm::kExposed, 0)};
    return is_free_of_study_drugs(all, kIndex, Days(180));
  };
  for (const Arm arm : {Arm::kExposed, Arm::kComparator}) {
    EXPECT_TRUE(is_free(-181, arm));
    EXPECT_FALSE(is_free(-180, arm));
    EXPECT_FALSE(is_free(-1, arm));
    EXPECT_TRUE(is_free(0, arm));
  }
}

TEST(NewUser, HistoryOfExactlyTheAskedDaysIsEnough) {
  EXPECT_TRUE(has_history(kIndex - Days(181), kIndex, Days(180)));
  EXPECT_TRUE(has_history(kIndex - Days(180), kIndex, Days(180)));
  EXPECT_FALSE(has_history(kIndex - Days(179), kIndex, Days(180)));
}

}  // namespace
}  // namespace mimamori
