#include "analyze/person_time_split.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <array>

#include "base/testing.h"

namespace mimamori {
namespace {

Date day(int year, unsigned month, unsigned number) { return *make_date(year, month, number); }

TEST(PersonTimeSplit, BandsBeginOnTheBirthdayAndOnTheFirstOfTheYear) {
  const std::array persons = {ObservedTime{
      .birth = day(1980, 6, 2), .start = day(2019, 12, 30), .end = day(2020, 6, 5), .event = true}};
  const LexisBorders borders{.ages = {40}, .periods = {day(2020, 1, 1)}};
  const auto parts = split_person_time(persons, borders);
  ASSERT_THAT(parts, Succeeds());
  ASSERT_EQ(parts->size(), 3U);
  EXPECT_EQ((*parts)[0].days, 2);    // 30 and 31 December
  EXPECT_EQ((*parts)[1].days, 153);  // 1 January to 1 June of a leap year
  EXPECT_EQ((*parts)[2].days, 3);    // from the birthday on
  EXPECT_EQ((*parts)[1].age, 0U);
  EXPECT_EQ((*parts)[2].age, 1U);
  EXPECT_EQ((*parts)[0].period, 0U);
  EXPECT_EQ((*parts)[2].period, 1U);
  EXPECT_FALSE((*parts)[1].event);
  EXPECT_TRUE((*parts)[2].event);
}

TEST(PersonTimeSplit, LeapDayChildrenGrowOlderInMarch) {
  const std::array persons = {ObservedTime{
      .birth = day(2000, 2, 29), .start = day(2021, 2, 27), .end = day(2021, 3, 3), .event = false}};
  const auto parts = split_person_time(persons, {.ages = {21}, .periods = {}});
  ASSERT_THAT(parts, Succeeds());
  ASSERT_EQ(parts->size(), 2U);
  EXPECT_EQ((*parts)[0].days, 2);
  EXPECT_EQ((*parts)[1].days, 2);
}

TEST(PersonTimeSplit, RefusesTimeThatRunsBackwards) {
  const ObservedTime good{
      .birth = day(1980, 1, 1), .start = day(2020, 1, 1), .end = day(2020, 1, 2), .event = false};
  ObservedTime empty = good;
  empty.end = good.start;
  ObservedTime unborn = good;
  unborn.birth = day(2020, 1, 2);
  EXPECT_THAT(split_person_time(std::array{good}, {}), Succeeds());
  EXPECT_THAT(split_person_time(std::array{good, empty}, {}), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(split_person_time(std::array{unborn}, {}), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(split_person_time(std::array{good}, {.ages = {40, 40}, .periods = {}}),
              FailsWith(ErrorCode::kInvalidInput));
}

RC_GTEST_PROP(PersonTimeSplit, EveryDayIsCountedOnceInItsAgeAndPeriod, ()) {
  const Date birth = day(1950, 1, 1) + Days(*rc::gen::inRange(0, 20000));
  const Date start = birth + Days(*rc::gen::inRange(0, 20000));
  const Date end = start + Days(*rc::gen::inRange(1, 4000));
  const LexisBorders borders{.ages = {1, 18, 19, 40},
                             .periods = {day(1970, 1, 1), day(1990, 4, 1), day(1990, 4, 2)}};
  const std::array persons = {ObservedTime{.birth = birth, .start = start, .end = end, .event = true}};
  const auto parts = split_person_time(persons, borders);
  RC_ASSERT(parts.ok());
  Date at = start;
  for (const LexisPart& part : *parts) {
    for (std::int64_t k = 0; k < part.days; ++k, at += Days(1)) {
      std::size_t age = 0;
      for (const int border : borders.ages) age += age_in_years(birth, at) >= border ? 1U : 0U;
      std::size_t period = 0;
      for (const Date border : borders.periods) period += at >= border ? 1U : 0U;
      RC_ASSERT(part.age == age && part.period == period);
    }
  }
  RC_ASSERT(at == end && parts->back().event);
}

}  // namespace
}  // namespace mimamori
