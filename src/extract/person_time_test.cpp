#include "extract/person_time.h"

#include <gtest/gtest.h>

namespace mimamori {
namespace {

const Date kIndex = *parse_iso_date("2022-07-01");
const OutcomeRule kHigh{
    .id = "k", .title = {}, .analyte = "potassium", .abnormal = AbnormalKind::kAboveReference};

Date day(int n) { return kIndex + Days(n); }
LabValue high(int n) { return {.collected_on = day(n), .value = 6.0, .interval = {3.5, 5.0}}; }
LabValue normal(int n) { return {.collected_on = day(n), .value = 4.0, .interval = {3.5, 5.0}}; }

OutcomeFollowUp followed(const std::vector<LabValue>& values, int last_day,
                         CensoringReason reason = CensoringReason::kLastRecord) {
  return follow_up_of(values, kHigh, Sex::kMale, kIndex, {.last_day = day(last_day), .reason = reason});
}

TEST(Censoring, EarliestReasonWins) {
  const Censoring censoring =
      censoring_of({.other_arm = day(40), .exposure = day(30), .last_record = day(35), .cut_off = day(90)});
  EXPECT_EQ(censoring.last_day, day(30));
  EXPECT_EQ(censoring.reason, CensoringReason::kEndOfExposure);
}

TEST(Censoring, TiesGoByTheOrderOfTheReasons) {
  const auto reason = [](std::optional<Date> other, std::optional<Date> exposure, std::optional<Date> last) {
    return censoring_of({.other_arm = other, .exposure = exposure, .last_record = last, .cut_off = day(30)})
        .reason;
  };
  EXPECT_EQ(reason(day(30), day(30), day(30)), CensoringReason::kOtherArm);
  EXPECT_EQ(reason({}, day(30), day(30)), CensoringReason::kEndOfExposure);
  EXPECT_EQ(reason({}, {}, day(30)), CensoringReason::kLastRecord);
  EXPECT_EQ(reason({}, {}, {}), CensoringReason::kCutOff);
  EXPECT_EQ(reason(day(31), day(31), day(31)), CensoringReason::kCutOff);
}

TEST(PersonTime, FollowUpOpensOnDayOne) {
  EXPECT_FALSE(followed({high(0)}, 100).event);  // the baseline never counts
  EXPECT_FALSE(followed({high(-1)}, 100).event);
  const OutcomeFollowUp on_day_one = followed({high(1)}, 100);
  EXPECT_TRUE(on_day_one.event);
  EXPECT_EQ(on_day_one.follow_up_days, 1);
  EXPECT_EQ(on_day_one.reason, CensoringReason::kOutcome);
}

TEST(PersonTime, EventOnTheLastObservedDayCounts) {
  EXPECT_TRUE(followed({high(50)}, 50, CensoringReason::kOtherArm).event);
  const OutcomeFollowUp late = followed({high(51)}, 50, CensoringReason::kOtherArm);
  EXPECT_FALSE(late.event);
  EXPECT_EQ(late.follow_up_days, 50);
  EXPECT_EQ(late.reason, CensoringReason::kOtherArm);
}

TEST(PersonTime, FirstAbnormalValueIsTheEventWhateverTheOrder) {
  EXPECT_EQ(followed({high(40), high(20), high(30)}, 100).follow_up_days, 20);
  EXPECT_EQ(followed({high(20), high(30), high(40)}, 100).follow_up_days, 20);
}

TEST(PersonTime, MeasurementsAreCountedWhileObserved) {
  EXPECT_EQ(followed({normal(0), normal(1), normal(50), normal(51)}, 50).measurements, 2);
  EXPECT_EQ(followed({normal(1), high(10), normal(10), normal(11)}, 50).measurements, 3);
}

TEST(PersonTime, PersonLastSeenOnTheIndexDateHasNoFollowUp) {
  const OutcomeFollowUp none = followed({high(1)}, 0);
  EXPECT_EQ(none.follow_up_days, 0);
  EXPECT_FALSE(none.event);
  EXPECT_EQ(none.measurements, 0);
}

}  // namespace
}  // namespace mimamori
