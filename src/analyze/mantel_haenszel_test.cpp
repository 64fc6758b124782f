#include "analyze/mantel_haenszel.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "base/testing.h"

namespace mimamori {
namespace {

TEST(MantelHaenszel, OneStratumOfRatesIsTheCrudeRatio) {
  const std::array one = {RatePair{.events1 = 9, .time1 = 812.5, .events0 = 14, .time0 = 2903}};
  const auto fit = mantel_haenszel_rates(one);
  ASSERT_THAT(fit, Succeeds());
  EXPECT_NEAR(fit->ratio->ratio, 9 / 812.5 / (14 / 2903.0), 1e-14);
  EXPECT_NEAR(*fit->ratio->se_log, std::sqrt(1.0 / 9 + 1.0 / 14), 1e-14);
  EXPECT_NEAR(fit->difference, 9 / 812.5 - 14 / 2903.0, 1e-16);
}

TEST(MantelHaenszel, OneTableIsTheCrudeOddsRatioWithWoolfsVariance) {
  const std::array one = {Counts2x2{.a = 9, .b = 30, .c = 5, .d = 41}};
  const auto fit = mantel_haenszel_counts(one);
  ASSERT_THAT(fit, Succeeds());
  EXPECT_NEAR(fit->odds->ratio, 9.0 * 41 / (30 * 5), 1e-14);
  EXPECT_NEAR(*fit->odds->se_log, std::sqrt(1.0 / 9 + 1.0 / 30 + 1.0 / 5 + 1.0 / 41), 1e-14);
  EXPECT_NEAR(fit->risks->ratio, 9.0 / 39 / (5.0 / 46), 1e-14);
  EXPECT_FALSE(fit->breslow_day.has_value());
}

TEST(MantelHaenszel, EqualOddsRatiosAreHomogeneous) {
  const std::array two = {Counts2x2{.a = 4, .b = 2, .c = 2, .d = 4},
                          Counts2x2{.a = 40, .b = 20, .c = 20, .d = 40}};
  const auto fit = mantel_haenszel_counts(two);
  ASSERT_THAT(fit, Succeeds());
  EXPECT_NEAR(fit->odds->ratio, 4, 1e-14);
  EXPECT_NEAR(*fit->breslow_day, 0, 1e-24);
}

TEST(MantelHaenszel, StrataWithOneGroupOrWithoutOutcomesAddNothing) {
  const std::array some = {Counts2x2{.a = 9, .b = 30, .c = 5, .d = 41},
                           Counts2x2{.a = 4, .b = 2, .c = 6, .d = 1}};
  const std::array more = {some[0], some[1], Counts2x2{.a = 3, .b = 2, .c = 0, .d = 0}};
  const auto fit = mantel_haenszel_counts(some);
  const auto same = mantel_haenszel_counts(more);
  ASSERT_THAT(fit, Succeeds());
  ASSERT_THAT(same, Succeeds());
  EXPECT_EQ(fit->odds->ratio, same->odds->ratio);
  EXPECT_EQ(fit->chi_square->statistic, same->chi_square->statistic);
  EXPECT_EQ(same->informative_strata, 2U);
}

TEST(MantelHaenszel, AnEmptySideGivesARatioWithoutInterval) {
  const std::array none = {Counts2x2{.a = 0, .b = 5, .c = 2, .d = 6}};
  const auto fit = mantel_haenszel_counts(none);
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->odds->ratio, 0);
  EXPECT_FALSE(fit->odds->interval.has_value());
  const std::array no_events = {RatePair{.events1 = 0, .time1 = 5, .events0 = 0, .time0 = 6}};
  const auto rates = mantel_haenszel_rates(no_events);
  ASSERT_THAT(rates, Succeeds());
  EXPECT_FALSE(rates->ratio.has_value());
  EXPECT_FALSE(rates->chi_square.has_value());
}

TEST(MantelHaenszel, RefusesWhatCannotBeCompared) {
  const std::array one_group = {RatePair{.events1 = 1, .time1 = 5, .events0 = 0, .time0 = 0}};
  EXPECT_THAT(mantel_haenszel_rates(one_group), FailsWith(ErrorCode::kNotEstimable));
  EXPECT_THAT(mantel_haenszel_counts({}), FailsWith(ErrorCode::kNotEstimable));
  const std::array negative = {Counts2x2{.a = -1, .b = 5, .c = 2, .d = 6}};
  EXPECT_THAT(mantel_haenszel_counts(negative), FailsWith(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace mimamori
