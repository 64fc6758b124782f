#include "standardize/moment_reading.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace mimamori {
namespace {

Date day(int year, unsigned month, unsigned d) { return *make_date(year, month, d); }

TEST(ReadMoment, KeepsThePrecisionThatWasGiven) {
  EXPECT_EQ(read_moment("20240604").moment, (Moment{day(2024, 6, 4), std::nullopt}));
  EXPECT_EQ(read_moment("2024060409").moment, (Moment{day(2024, 6, 4), 9 * 3600}));
  EXPECT_EQ(read_moment("202406040930").moment, (Moment{day(2024, 6, 4), 9 * 3600 + 30 * 60}));
  EXPECT_EQ(read_moment("20240604093045").moment, (Moment{day(2024, 6, 4), 9 * 3600 + 30 * 60 + 45}));
  EXPECT_EQ(read_moment("20240604093045.1234+0900").moment,
            (Moment{day(2024, 6, 4), 9 * 3600 + 30 * 60 + 45}));
  EXPECT_FALSE(read_moment("20240604093045.1234+0900").other_zone);
}

TEST(ReadMoment, HoursFrom24To47AreOfTheNextDay) {
  EXPECT_EQ(read_moment("202402282359").moment, (Moment{day(2024, 2, 28), 86'340}));
  EXPECT_FALSE(read_moment("202402282359").hour_after_24);
  EXPECT_EQ(read_moment("202402282400").moment, (Moment{day(2024, 2, 29), 0}));
  EXPECT_EQ(read_moment("202412314759").moment, (Moment{day(2025, 1, 1), 86'340}));
  EXPECT_TRUE(read_moment("202412314759").hour_after_24);
  EXPECT_EQ(read_moment("202412314800").moment, (Moment{day(2024, 12, 31), std::nullopt}));
  EXPECT_TRUE(read_moment("202412314800").time_unreadable);
}

TEST(ReadMoment, AllZerosMeanTheDayOnly) {
  EXPECT_EQ(read_moment("20240604000000").moment, (Moment{day(2024, 6, 4), std::nullopt}));
  EXPECT_TRUE(read_moment("20240604000000").zero_time);
  EXPECT_TRUE(read_moment("202406040000").zero_time);
  EXPECT_EQ(read_moment("20240604000001").moment, (Moment{day(2024, 6, 4), 1}));
  EXPECT_FALSE(read_moment("20240604000001").zero_time);
}

TEST(ReadMoment, SixDigitsAreNotADate) {
  for (const char* text : {"202406", "2024", "2024060", "2024-06-04", "20240631", "20230229", "99991231",
                           "18491231", "22000101", "00000000", "abc", "-"}) {
    EXPECT_TRUE(read_moment(text).stated) << text;
    EXPECT_FALSE(read_moment(text).moment) << text;
  }
  EXPECT_TRUE(read_moment("18500101").moment);
  EXPECT_TRUE(read_moment("21991231").moment);
  EXPECT_TRUE(read_moment("20240229").moment);
}

TEST(ReadMoment, NothingAndTheExplicitNullAreNotStated) {
  for (const char* text : {"", "  ", "\"\""}) EXPECT_FALSE(read_moment(text).stated) << text;
}

TEST(ReadMoment, AGoodDayWithABadTimeKeepsTheDay) {
  for (const char* text : {"202406040960", "2024060409306", "20240604093060", "20240604xx", "20240604.5",
                           "20240604093045.", "202406040930+09"}) {
    EXPECT_EQ(read_moment(text).moment, (Moment{day(2024, 6, 4), std::nullopt})) << text;
    EXPECT_TRUE(read_moment(text).time_unreadable) << text;
  }
}

TEST(ReadMoment, AnotherZoneIsNoted) {
  EXPECT_TRUE(read_moment("202406040930+0000").other_zone);
  EXPECT_EQ(read_moment("202406040930+0000").moment, (Moment{day(2024, 6, 4), 34'200}));
}

RC_GTEST_PROP(ReadMoment, ReadsBackWhatItWrites, ()) {
  const Date date = day(1850, 1, 1) + Days{*rc::gen::inRange(0, 127'000)};
  const int second = *rc::gen::inRange(1, 86'400);
  char clock[40];
  std::snprintf(clock, sizeof clock, "%02d%02d%02d", second / 3600, second / 60 % 60, second % 60);
  RC_ASSERT(read_moment(to_compact(date) + clock).moment == (Moment{date, second}));
}

RC_GTEST_PROP(ReadMoment, NoInputHurts, (const std::string& text)) {
  const MomentReading reading = read_moment(text);
  if (reading.moment && reading.moment->second_of_day) {
    RC_ASSERT(*reading.moment->second_of_day >= 0 && *reading.moment->second_of_day < 86'400);
  }
}

}  // namespace
}  // namespace mimamori
