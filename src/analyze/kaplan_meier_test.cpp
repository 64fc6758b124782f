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

TEST(KaplanMeier, ARowThatEntersAtAnEventTimeIsNotAtRiskThen) {
  const std::array<double, 3> start = {0, 3, 2.5};
  const std::array<double, 3> time = {3, 5, 5};
  const std::array<std::uint8_t, 3> event = {1, 1, 0};
  const auto steps = kaplan_meier({.time = time, .event = event, .start = start});
  ASSERT_THAT(steps, Succeeds());
  EXPECT_EQ((*steps)[0].at_risk, 2);  // the second row enters on day 3
  EXPECT_EQ((*steps)[1].at_risk, 2);
  const std::array<double, 2> ticks = {3, 3.1};
  const auto counts = counts_at_risk({.time = time, .event = event, .start = start}, ticks);
  ASSERT_THAT(counts, Succeeds());
  EXPECT_EQ((*counts)[0].at_risk, 2);
  EXPECT_EQ((*counts)[1].at_risk, 2);
}

TEST(KaplanMeier, AnEarlyEmptyRiskSetIsMarkedAndTheRestHasAConditionalCurve) {
  const std::array<double, 3> start = {0, 4, 4};
  const std::array<double, 3> time = {3, 6, 7};
  const std::array<std::uint8_t, 3> event = {1, 1, 0};
  const SurvivalData data{.time = time, .event = event, .start = start};
  const auto steps = kaplan_meier(data);
  ASSERT_THAT(steps, Succeeds());
  EXPECT_TRUE((*steps)[0].emptied_early);
  EXPECT_EQ((*steps)[1].survival, 0);
  SurvivalOptions options;
  options.from = 3;
  const auto rest = kaplan_meier(data, options);
  ASSERT_THAT(rest, Succeeds());
  ASSERT_EQ(rest->size(), 1U);
  EXPECT_DOUBLE_EQ((*rest)[0].survival, 0.5);
}

TEST(KaplanMeier, RunningEmptyAtTheEndIsNotEarly) {
  const std::array<double, 2> time = {1, 2};
  const std::array<std::uint8_t, 2> event = {1, 1};
  const auto steps = kaplan_meier({.time = time, .event = event});
  ASSERT_THAT(steps, Succeeds());
  EXPECT_FALSE(steps->back().emptied_early);
}

TEST(KaplanMeier, ALimitOfZeroRemainsOnTwoScales) {
  const std::array<double, 2> time = {1, 2};
  const std::array<std::uint8_t, 2> event = {1, 1};
  const auto steps = kaplan_meier({.time = time, .event = event});
  ASSERT_THAT(steps, Succeeds());
  const SurvivalStep* last = &steps->back();
  EXPECT_EQ(*survival_limits(last, SurvivalInterval::kLog).lower, 0);
  EXPECT_EQ(*survival_limits(last, SurvivalInterval::kLogit).lower, 0);
  EXPECT_FALSE(survival_limits(last, SurvivalInterval::kLog).upper.has_value());
  EXPECT_FALSE(survival_limits(last, SurvivalInterval::kPlain).lower.has_value());
  EXPECT_EQ(*survival_limits(nullptr, SurvivalInterval::kLogLog).lower, 1);
}

TEST(KaplanMeier, AWeightOfTwoIsTheRowTwice) {
  const std::array<double, 6> weight = {1, 2, 1, 2, 1, 1};
  std::vector<double> time(kTime.begin(), kTime.end());
  std::vector<std::uint8_t> event(kEvent.begin(), kEvent.end());
  for (const std::size_t row : {1U, 3U}) {
    time.push_back(kTime[row]);
    event.push_back(kEvent[row]);
  }
  const auto weighted = kaplan_meier({.time = kTime, .event = kEvent, .start = {}, .weight = weight});
  const auto twice = kaplan_meier({.time = time, .event = event});
  ASSERT_THAT(weighted, Succeeds());
  ASSERT_THAT(twice, Succeeds());
  for (std::size_t k = 0; k < 2; ++k) {
    EXPECT_DOUBLE_EQ((*weighted)[k].survival, (*twice)[k].survival);
    EXPECT_DOUBLE_EQ(*(*weighted)[k].standard_error, *(*twice)[k].standard_error);
    EXPECT_DOUBLE_EQ((*weighted)[k].cumulative_hazard, (*twice)[k].cumulative_hazard);
  }
}

TEST(KaplanMeier, TheJackknifeOfRowsIsGreenwoodsAndCopiesTellNothingNew) {
  std::vector<double> time;
  std::vector<std::uint8_t> event;
  std::vector<std::int32_t> pair;
  for (std::size_t i = 0; i < kTime.size(); ++i) {  // each row twice, as one cluster
    for (int twice = 0; twice < 2; ++twice) {
      time.push_back(kTime[i]);
      event.push_back(kEvent[i]);
      pair.push_back(static_cast<std::int32_t>(i));
    }
  }
  SurvivalOptions options;
  options.variance = SurvivalVariance::kInfinitesimalJackknife;
  const auto once = kaplan_meier({.time = kTime, .event = kEvent}, options);
  const auto greenwood = kaplan_meier({.time = kTime, .event = kEvent});
  const auto pairs =
      kaplan_meier({.time = time, .event = event, .start = {}, .weight = {}, .cluster = pair}, options);
  ASSERT_THAT(pairs, Succeeds());
  for (std::size_t k = 0; k < 2; ++k) {
    EXPECT_NEAR(*(*once)[k].standard_error, *(*greenwood)[k].standard_error, 1e-15);
    EXPECT_NEAR(*(*pairs)[k].standard_error, *(*greenwood)[k].standard_error,
                1e-15);  // copies tell nothing new
  }
}

TEST(KaplanMeier, FlemingAndHarringtonCountTiedEventsOneByOne) {
  SurvivalOptions options;
  options.hazard = HazardTies::kFlemingHarrington;
  options.survival_from_hazard = true;
  const auto steps = kaplan_meier({.time = kTime, .event = kEvent}, options);
  ASSERT_THAT(steps, Succeeds());
  EXPECT_DOUBLE_EQ((*steps)[0].cumulative_hazard, 1.0 / 6 + 1.0 / 5);
  EXPECT_DOUBLE_EQ((*steps)[0].survival, std::exp(-1.0 / 6 - 1.0 / 5));
}

TEST(KaplanMeier, TimesWithinTheToleranceAreOne) {
  const std::array<double, 4> time = {0.1 + 0.2, 0.3, 0.3 * (1 + 1e-8), 1};
  const std::array<std::uint8_t, 4> event = {1, 1, 1, 0};
  const auto steps = kaplan_meier({.time = time, .event = event});
  ASSERT_THAT(steps, Succeeds());
  ASSERT_EQ(steps->size(), 2U);
  EXPECT_EQ((*steps)[0].events, 2);
}

TEST(KaplanMeier, AQuantileOnALevelStretchIsItsMiddle) {
  const std::array<double, 4> time = {2, 3, 5, 9};
  const std::array<std::uint8_t, 4> event = {1, 1, 0, 0};
  const auto steps = kaplan_meier({.time = time, .event = event});
  ASSERT_THAT(steps, Succeeds());
  const auto median = survival_quantile_limits(*steps, 0.5, SurvivalInterval::kLogLog, 9);
  EXPECT_EQ(*median.estimate, 6);  // 0.5 from day 3 to the end of observation
  EXPECT_EQ(*median.lower, 2);
  EXPECT_FALSE(median.upper.has_value());
  EXPECT_EQ(*survival_quantile_limits(*steps, 0.75, SurvivalInterval::kLogLog, 9).estimate, 2.5);
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
