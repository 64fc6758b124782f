#include "extract/dispensing.h"

#include <gtest/gtest.h>

namespace mimamori {
namespace {

const Date kDay = *parse_iso_date("2022-04-01");

DrugRecord order(std::optional<std::int64_t> days, const char* number = "1") {
  DrugRecord record;
  record.order_number = number;
  record.starts_on = kDay;
  record.days_supply = days;
  return record;
}

DrugRecord execution(int day, const char* completion, const char* number = "1") {
  DrugRecord record = order(std::nullopt, number);
  record.is_execution = true;
  record.starts_on = kDay + Days(day);
  record.completion = completion;
  return record;
}

std::vector<Dispensing> of(std::vector<DrugRecord> records) { return dispensings_of(records, 30); }

TEST(Dispensing, OrderWithoutExecutionCounts) {
  const std::vector<Dispensing> all = of({order(14)});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0], (Dispensing{Arm::kComparator, kDay, 14, false}));
}

TEST(Dispensing, CancelledOrderDoesNotCount) {
  DrugRecord cancelled = order(14);
  cancelled.is_cancelled = true;
  EXPECT_TRUE(of({cancelled}).empty());
}

TEST(Dispensing, OnlyExecutionReplacesItsOrderAndTakesItsSupply) {
  const std::vector<Dispensing> all = of({order(14), execution(2, "CP")});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0], (Dispensing{Arm::kComparator, kDay + Days(2), 14, false}));
}

TEST(Dispensing, PartlyDoneCountsButRefusedAndNotAdministeredDoNot) {
  EXPECT_EQ(of({order(14), execution(0, "PA")}).size(), 1U);
  EXPECT_TRUE(of({order(14), execution(0, "RE")}).empty());
  EXPECT_TRUE(of({order(14), execution(0, "NA")}).empty());
  EXPECT_TRUE(of({order(14), execution(0, "")}).empty());
}

TEST(Dispensing, CancelledExecutionLeavesTheOrder) {
  DrugRecord cancelled = execution(1, "CP");
  cancelled.is_cancelled = true;
  const std::vector<Dispensing> all = of({order(14), cancelled});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].starts_on, kDay);
}

TEST(Dispensing, EachOfSeveralExecutionsCoversItsOwnDay) {
  const std::vector<Dispensing> all = of({order(14), execution(0, "CP"), execution(1, "CP")});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].days_supply, 1);
  EXPECT_EQ(all[1].days_supply, 1);
}

TEST(Dispensing, ExecutionOfAnotherOrderReplacesNothing) {
  EXPECT_EQ(of({order(14, "1"), execution(0, "CP", "2")}).size(), 2U);
  DrugRecord other_arm = execution(0, "CP", "1");
  other_arm.arm = Arm::kExposed;
  EXPECT_EQ(of({order(14, "1"), other_arm}).size(), 2U);
}

TEST(Dispensing, MissingOrAbsurdSupplyTakesTheDefaultAndSaysSo) {
  for (const std::optional<std::int64_t> days : {std::optional<std::int64_t>{}, {0}, {-5}, {367}}) {
    const std::vector<Dispensing> all = of({order(days)});
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].days_supply, 30);
    EXPECT_TRUE(all[0].days_supply_assumed);
  }
  EXPECT_FALSE(of({order(366)})[0].days_supply_assumed);
  EXPECT_FALSE(of({order(1)})[0].days_supply_assumed);
}

}  // namespace
}  // namespace mimamori
