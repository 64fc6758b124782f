#include "extract/laboratory.h"

#include <gtest/gtest.h>

namespace mimamori {
namespace {

const Date kDay = *parse_iso_date("2022-07-01");
const OutcomeRule kHigh{
    .id = "k", .title = {}, .analyte = "potassium", .abnormal = AbnormalKind::kAboveReference};
const OutcomeRule kLow{
    .id = "p", .title = {}, .analyte = "platelets", .abnormal = AbnormalKind::kBelowReference};
const OutcomeRule kBelow60{
    .id = "e", .title = {}, .analyte = "egfr", .abnormal = AbnormalKind::kBelow, .threshold = 60};

LabValue measured(double value, ReferenceInterval interval = {}, ValueOperator sign = ValueOperator::kEqual,
                  int day = 0) {
  return {.collected_on = kDay + Days(day), .value_operator = sign, .value = value, .interval = interval};
}

TEST(Abnormal, ValueEqualToTheLimitIsNormal) {
  EXPECT_FALSE(is_abnormal(measured(5.0, {3.5, 5.0}), kHigh, Sex::kMale));
  EXPECT_TRUE(is_abnormal(measured(5.1, {3.5, 5.0}), kHigh, Sex::kMale));
  EXPECT_FALSE(is_abnormal(measured(14.0, {14.0, 34.0}), kLow, Sex::kMale));
  EXPECT_TRUE(is_abnormal(measured(13.9, {14.0, 34.0}), kLow, Sex::kMale));
  EXPECT_FALSE(is_abnormal(measured(60.0), kBelow60, Sex::kMale));
  EXPECT_TRUE(is_abnormal(measured(59.99), kBelow60, Sex::kMale));
}

TEST(Abnormal, TraceOfUnitConversionDoesNotMakeAValueAbnormal) {
  EXPECT_FALSE(is_abnormal(measured(0.1 + 0.2, {std::nullopt, 0.3}), kHigh, Sex::kMale));
}

TEST(Abnormal, RecordedLimitsGoBeforeTheFallback) {
  EXPECT_FALSE(is_abnormal(measured(4.9, {3.5, 5.0}), kHigh, Sex::kMale));
  EXPECT_TRUE(is_abnormal(measured(4.9), kHigh, Sex::kMale));  // fallback 3.6-4.8
  EXPECT_FALSE(is_abnormal(measured(4.8), kHigh, Sex::kMale));
  EXPECT_FALSE(is_abnormal(measured(4.9, {3.5, std::nullopt}), kHigh, Sex::kMale));  // an open upper side
}

TEST(Abnormal, FallbackDependsOnSex) {
  const OutcomeRule alt{.id = "a", .title = {}, .analyte = "alt", .abnormal = AbnormalKind::kAboveReference};
  EXPECT_FALSE(is_abnormal(measured(30), alt, Sex::kMale));
  EXPECT_TRUE(is_abnormal(measured(30), alt, Sex::kFemale));
  EXPECT_FALSE(is_abnormal(measured(3000), alt, Sex::kUnknown));  // no interval is known
}

TEST(Abnormal, BoundCountsOnlyIfItIsCertain) {
  const ReferenceInterval interval{3.5, 5.0};
  EXPECT_TRUE(is_abnormal(measured(5.0, interval, ValueOperator::kAbove), kHigh, Sex::kMale));
  EXPECT_FALSE(is_abnormal(measured(4.9, interval, ValueOperator::kAbove), kHigh, Sex::kMale));
  EXPECT_FALSE(is_abnormal(measured(5.0, interval, ValueOperator::kAtLeast), kHigh, Sex::kMale));
  EXPECT_TRUE(is_abnormal(measured(5.1, interval, ValueOperator::kAtLeast), kHigh, Sex::kMale));
  EXPECT_FALSE(is_abnormal(measured(9.0, interval, ValueOperator::kBelow), kHigh, Sex::kMale));
  EXPECT_TRUE(is_abnormal(measured(60, {}, ValueOperator::kBelow), kBelow60, Sex::kMale));
  EXPECT_FALSE(is_abnormal(measured(60, {}, ValueOperator::kAtMost), kBelow60, Sex::kMale));
  EXPECT_FALSE(is_abnormal(measured(61, {}, ValueOperator::kBelow), kBelow60, Sex::kMale));
  EXPECT_FALSE(is_abnormal(measured(10, {}, ValueOperator::kAbove), kBelow60, Sex::kMale));
}

TEST(InReferenceRange, BothLimitsBelongToIt) {
  const ReferenceInterval interval{3.5, 5.0};
  const auto inside = [&](double value, ValueOperator sign = ValueOperator::kEqual) {
    return is_in_reference_range(measured(value, interval, sign), "potassium", Sex::kMale);
  };
  EXPECT_TRUE(inside(3.5));
  EXPECT_TRUE(inside(5.0));
  EXPECT_FALSE(inside(3.4));
  EXPECT_FALSE(inside(5.1));
  EXPECT_FALSE(inside(4.0, ValueOperator::kBelow));
  EXPECT_FALSE(inside(4.0, ValueOperator::kAtLeast));
  EXPECT_FALSE(is_in_reference_range(measured(1), "zinc", Sex::kMale));
  EXPECT_TRUE(is_in_reference_range(measured(60), "egfr", Sex::kMale));
  EXPECT_FALSE(is_in_reference_range(measured(59.9), "egfr", Sex::kMale));
  EXPECT_TRUE(is_in_reference_range(measured(90, {}, ValueOperator::kAbove), "egfr", Sex::kMale));
}

TEST(Egfr, UsesTheAgeOnTheDayOfCollection) {
  const PersonFacts person{.sex = Sex::kMale, .birth_date = parse_iso_date("1962-07-02").value()};
  const std::vector<LabValue> creatinine = {measured(1.0, {0.65, 1.07}),
                                            measured(1.0, {}, ValueOperator::kEqual, 1)};
  const std::vector<LabValue> egfr = egfr_values(creatinine, person);
  ASSERT_EQ(egfr.size(), 2U);
  EXPECT_GT(egfr[0].value, egfr[1].value);           // 59 years, then 60 on the birthday
  EXPECT_NEAR(egfr[1].value, 59.9063, 5e-5);         // golden value computed with R
  EXPECT_EQ(egfr[0].interval, ReferenceInterval{});  // the limits of creatinine stay behind
}

TEST(Egfr, IsNotComputedWithoutWhatItNeeds) {
  const std::vector<LabValue> one = {measured(1.0)};
  const Date adult = *parse_iso_date("2004-07-01");
  EXPECT_EQ(egfr_values(one, {.sex = Sex::kMale, .birth_date = adult}).size(), 1U);  // 18 today
  EXPECT_TRUE(egfr_values(one, {.sex = Sex::kMale, .birth_date = adult + Days(1)}).empty());
  EXPECT_TRUE(egfr_values(one, {.sex = Sex::kUnknown, .birth_date = adult}).empty());
  EXPECT_TRUE(egfr_values(one, {.sex = Sex::kMale, .birth_date = std::nullopt}).empty());
  const std::vector<LabValue> zero = {measured(0)};
  EXPECT_TRUE(egfr_values(zero, {.sex = Sex::kMale, .birth_date = adult}).empty());
}

TEST(Egfr, BoundOfCreatinineTurnsRound) {
  const PersonFacts person{.sex = Sex::kMale, .birth_date = *parse_iso_date("1950-01-01")};
  const std::vector<LabValue> low = {measured(0.2, {}, ValueOperator::kBelow)};
  EXPECT_EQ(egfr_values(low, person)[0].value_operator, ValueOperator::kAbove);
}

TEST(Baseline, LookbackHoldsItsFirstDayAndTheIndexDate) {
  const auto has_baseline = [](int day) {
    const std::vector<LabValue> values = {measured(4.0, {}, ValueOperator::kEqual, day)};
    return baseline_value(values, kHigh, Sex::kMale, kDay, Days(180)) != nullptr;
  };
  EXPECT_FALSE(has_baseline(-181));
  EXPECT_TRUE(has_baseline(-180));
  EXPECT_TRUE(has_baseline(0));
  EXPECT_FALSE(has_baseline(1));
}

TEST(Baseline, ClosestDayWinsAndWorstOfThatDay) {
  const std::vector<LabValue> values = {
      measured(9.0, {}, ValueOperator::kEqual, -20), measured(4.0, {}, ValueOperator::kEqual, -3),
      measured(4.5, {}, ValueOperator::kEqual, -3), measured(4.2, {}, ValueOperator::kEqual, -3)};
  EXPECT_EQ(baseline_value(values, kHigh, Sex::kMale, kDay, Days(180))->value, 4.5);
  EXPECT_EQ(baseline_value(values, kLow, Sex::kMale, kDay, Days(180))->value, 4.0);
}

}  // namespace
}  // namespace mimamori
