#include "analyze/log_rank.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <numeric>

#include "base/testing.h"

namespace mimamori {
namespace {

// Group 0 dies on days 1 and 3, group 1 on day 2 and is censored on day 3.
const std::array<double, 4> kTime = {1, 3, 2, 3};
const std::array<std::uint8_t, 4> kEvent = {1, 1, 1, 0};
const std::array<std::int32_t, 4> kGroup = {0, 0, 1, 1};

TEST(LogRank, AWorkedExample) {
  const auto test = log_rank({.time = kTime, .event = kEvent, .group = kGroup});
  ASSERT_THAT(test, Succeeds());
  // At risk in group 0 and in all: 2 of 4, 1 of 3, 1 of 2.
  const double expected = 2.0 / 4 + 1.0 / 3 + 1.0 / 2;
  const double variance = 1.0 / 4 + 2.0 / 9 + 1.0 / 4;
  EXPECT_DOUBLE_EQ(test->observed[0], 2);
  EXPECT_DOUBLE_EQ(test->expected[0], expected);
  EXPECT_DOUBLE_EQ(test->variance[0], variance);
  EXPECT_DOUBLE_EQ(test->chi_square, (2 - expected) * (2 - expected) / variance);
  EXPECT_EQ(test->degrees, 1);
  EXPECT_NEAR(test->trend_chi_square, test->chi_square, 1e-13);  // two groups: any trend is the difference
}

TEST(LogRank, GehanCountsEachTimeByItsRiskSet) {
  const auto test =
      log_rank({.time = kTime, .event = kEvent, .group = kGroup}, {.weight = LogRankWeight::kGehan});
  ASSERT_THAT(test, Succeeds());
  // Weights 4, 3, 2.
  EXPECT_DOUBLE_EQ(test->observed[0], 4 + 2);
  EXPECT_DOUBLE_EQ(test->expected[0], 4 * 2.0 / 4 + 3 * 1.0 / 3 + 2 * 1.0 / 2);
  EXPECT_DOUBLE_EQ(test->variance[0], 16 * 1.0 / 4 + 9 * 2.0 / 9 + 4 * 1.0 / 4);
}

TEST(LogRank, PetoAndPetoStartsBelowOne) {
  const auto test =
      log_rank({.time = kTime, .event = kEvent, .group = kGroup}, {.weight = LogRankWeight::kPetoPeto});
  ASSERT_THAT(test, Succeeds());
  // 1 - 1/5, times 1 - 1/4, times 1 - 1/3.
  EXPECT_DOUBLE_EQ(test->observed[0], 0.8 + 0.4);
  EXPECT_DOUBLE_EQ(test->observed[1], 0.6);
}

TEST(LogRank, ARowThatEntersAtAnEventTimeIsNotAtRiskThen) {
  const std::array<double, 4> start = {0, 0, 1, 0};  // the third row enters on day 1
  const auto test = log_rank({.time = kTime, .event = kEvent, .group = kGroup, .start = start});
  ASSERT_THAT(test, Succeeds());
  EXPECT_DOUBLE_EQ(test->expected[0], 2.0 / 3 + 1.0 / 3 + 1.0 / 2);
}

TEST(LogRank, StrataAreComparedWithinThemselves) {
  // Twice the same stratum: all sums double, and so does the statistic.
  std::vector<double> time(kTime.begin(), kTime.end());
  std::vector<std::uint8_t> event(kEvent.begin(), kEvent.end());
  std::vector<std::int32_t> group(kGroup.begin(), kGroup.end());
  time.insert(time.end(), kTime.begin(), kTime.end());
  event.insert(event.end(), kEvent.begin(), kEvent.end());
  group.insert(group.end(), kGroup.begin(), kGroup.end());
  const std::vector<std::int32_t> stratum = {7, 7, 7, 7, -2, -2, -2, -2};
  const auto one = log_rank({.time = kTime, .event = kEvent, .group = kGroup});
  const auto two = log_rank({.time = time, .event = event, .group = group, .start = {}, .stratum = stratum});
  ASSERT_THAT(one, Succeeds());
  ASSERT_THAT(two, Succeeds());
  EXPECT_NEAR(two->chi_square, 2 * one->chi_square, 1e-13);
}

TEST(LogRank, WithoutEventsOrWithOneGroupThereIsNoTest) {
  const std::array<std::uint8_t, 4> none = {0, 0, 0, 0};
  const std::array<std::int32_t, 4> same = {0, 0, 0, 0};
  const auto no_events = log_rank({.time = kTime, .event = none, .group = kGroup});
  const auto one_group = log_rank({.time = kTime, .event = kEvent, .group = same});
  ASSERT_THAT(no_events, Succeeds());
  ASSERT_THAT(one_group, Succeeds());
  EXPECT_EQ(no_events->degrees, 0);
  EXPECT_EQ(one_group->degrees, 0);
  EXPECT_FALSE(one_group->trend_defined);
}

TEST(LogRank, AGroupThatIsNeverAtRiskTakesNoDegreeOfFreedom) {
  const std::array<double, 5> time = {1, 3, 2, 3, 0.5};  // the last row leaves before the first event
  const std::array<std::uint8_t, 5> event = {1, 1, 1, 0, 0};
  const std::array<std::int32_t, 5> group = {0, 0, 1, 1, 2};
  const auto three = log_rank({.time = time, .event = event, .group = group});
  const auto two = log_rank({.time = kTime, .event = kEvent, .group = kGroup});
  ASSERT_THAT(three, Succeeds());
  EXPECT_EQ(three->degrees, 1);
  EXPECT_DOUBLE_EQ(three->chi_square, two->chi_square);
}

TEST(LogRank, BadRowsAreRefused) {
  const std::array<double, 4> late = {0, 3, 1, 1};  // enters when it ends
  EXPECT_THAT(log_rank({.time = kTime, .event = kEvent, .group = kGroup, .start = late}),
              FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(log_rank({}), FailsWith(ErrorCode::kInvalidInput));
}

RC_GTEST_PROP(LogRank, ObservedAndExpectedAgreeInTotal, ()) {
  const auto rows = *rc::gen::inRange<std::size_t>(2, 40);
  const auto times = *rc::gen::container<std::vector<int>>(rows, rc::gen::inRange(1, 12));
  const auto flags = *rc::gen::container<std::vector<int>>(rows, rc::gen::inRange(0, 6));
  const std::vector<double> time(times.begin(), times.end());
  std::vector<std::uint8_t> event;
  std::vector<std::int32_t> group;
  for (const int flag : flags) {
    event.push_back(flag % 2 == 0);
    group.push_back(flag / 2);
  }
  for (const LogRankWeight weight : {LogRankWeight::kLogRank, LogRankWeight::kModifiedPeto}) {
    const auto test = log_rank({.time = time, .event = event, .group = group}, {.weight = weight});
    RC_ASSERT(test.ok());
    const double observed = std::accumulate(test->observed.begin(), test->observed.end(), 0.0);
    const double expected = std::accumulate(test->expected.begin(), test->expected.end(), 0.0);
    RC_ASSERT(std::abs(observed - expected) < 1e-10);
    RC_ASSERT(test->chi_square >= 0);
  }
}

}  // namespace
}  // namespace mimamori
