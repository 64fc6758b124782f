#include "analyze/kaplan_meier.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "base/testing.h"

namespace mimamori {
namespace {

// Six rows: 2 events on day 3 (one row censored that day), 1 event on day 5, the rest censored on day 8.
const std::array<double, 6> kTime = {3, 3, 3, 5, 8, 8};
const std::array<std::uint8_t, 6> kEvent = {1, 1, 0, 1, 0, 0};

TEST(KaplanMeier, AWorkedExample) {
  const auto steps = kaplan_meier({.time = kTime, .event = kEvent});
  ASSERT_THAT(steps, Succeeds());
  ASSERT_EQ(steps->size(), 2U);
  const SurvivalStep& first = (*steps)[0];
  const SurvivalStep& second = (*steps)[1];
  EXPECT_EQ(first.at_risk, 6);  // the row censored on day 3 is still at risk on day 3
  EXPECT_EQ(first.events, 2);
  EXPECT_DOUBLE_EQ(first.survival, 4.0 / 6);
  EXPECT_EQ(second.at_risk, 3);
  EXPECT_DOUBLE_EQ(second.survival, 4.0 / 6 * 2 / 3);
  // Greenwood: 2/(6*4) + 1/(3*2) = 1/4.
  EXPECT_NEAR(*second.standard_error, 4.0 / 9 * 0.5, 1e-15);
  EXPECT_NEAR(second.cumulative_hazard, 2.0 / 6 + 1.0 / 3, 1e-15);
  // log-log: s^exp(+-1.96 * 0.5 / |ln s|), s = 4/9.
  const double spread = 1.959963984540054 * 0.5 / -std::log(4.0 / 9);
  EXPECT_NEAR(*second.lower, std::pow(4.0 / 9, std::exp(spread)), 1e-14);
  EXPECT_NEAR(*second.upper, std::pow(4.0 / 9, std::exp(-spread)), 1e-14);
}

TEST(KaplanMeier, AStepHoldsFromItsDayOn) {
  const auto steps = kaplan_meier({.time = kTime, .event = kEvent});
  ASSERT_THAT(steps, Succeeds());
  EXPECT_EQ(step_at(*steps, 2.9), nullptr);
  EXPECT_EQ(step_at(*steps, 3), &(*steps)[0]);
  EXPECT_EQ(step_at(*steps, 4.9), &(*steps)[0]);
  EXPECT_EQ(step_at(*steps, 100), &(*steps)[1]);
}

TEST(KaplanMeier, AtZeroSurvivalThereIsNoInterval) {
  const std::array<double, 2> time = {1, 2};
  const std::array<std::uint8_t, 2> event = {1, 1};
  const auto steps = kaplan_meier({.time = time, .event = event});
  ASSERT_THAT(steps, Succeeds());
  EXPECT_EQ(steps->back().survival, 0);
  EXPECT_FALSE(steps->back().standard_error.has_value());
  EXPECT_FALSE(steps->back().lower.has_value());
  EXPECT_FALSE(steps->back().upper.has_value());
}

TEST(KaplanMeier, WithoutEventsThereIsNoStepAndNoMedian) {
  const std::array<double, 2> time = {1, 2};
  const std::array<std::uint8_t, 2> event = {0, 0};
  const auto steps = kaplan_meier({.time = time, .event = event});
  ASSERT_THAT(steps, Succeeds());
  EXPECT_TRUE(steps->empty());
  EXPECT_FALSE(survival_quantile(*steps, 0.5).has_value());
}

TEST(KaplanMeier, CountsIncludeTheDayItself) {
  const std::array<double, 4> ticks = {0, 3, 4, 8};
  const auto counts = counts_at_risk({.time = kTime, .event = kEvent}, ticks);
  ASSERT_THAT(counts, Succeeds());
  EXPECT_EQ((*counts)[0].at_risk, 6);
  EXPECT_EQ((*counts)[1].at_risk, 6);  // still at risk on the day of the event
  EXPECT_EQ((*counts)[1].events, 2);
  EXPECT_EQ((*counts)[1].censored, 1);
  EXPECT_EQ((*counts)[2].at_risk, 3);
  EXPECT_EQ((*counts)[3].at_risk, 2);
  EXPECT_EQ((*counts)[3].censored, 3);
  EXPECT_EQ((*counts)[3].events, 3);
}

TEST(KaplanMeier, BadTimesAreRefused) {
  const std::array<double, 1> negative = {-1};
  const std::array<double, 1> missing = {std::nan("")};
  const std::array<std::uint8_t, 1> event = {1};
  EXPECT_THAT(kaplan_meier({.time = negative, .event = event}), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(kaplan_meier({.time = missing, .event = event}), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(kaplan_meier({.time = kTime, .event = event}), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(kaplan_meier({}), FailsWith(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace mimamori
