#include "analyze/conditional_odds.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "base/testing.h"

namespace mimamori {
namespace {

// Fisher's tea: 3 of 4 cups named rightly. P-values are sums of 1/70, 16/70, 36/70; by hand.
TEST(ConditionalOdds, FishersTea) {
  const std::array tea = {Counts2x2{.a = 3, .b = 1, .c = 1, .d = 3}};
  const auto odds = ConditionalOdds::of(tea);
  ASSERT_THAT(odds, Succeeds());
  EXPECT_NEAR(odds->minimum_likelihood(), 34.0 / 70, 1e-14);
  EXPECT_NEAR(odds->doubled(), 34.0 / 70, 1e-14);
  EXPECT_NEAR(odds->mid_p_doubled(), 18.0 / 70, 1e-14);
  EXPECT_NEAR(odds->greater(), 17.0 / 70, 1e-14);
  EXPECT_NEAR(odds->less(), 69.0 / 70, 1e-14);
}

// Expected: enumeration of all three tables with whole numbers and bisection in 60 decimal digits (Python).
TEST(ConditionalOdds, CommonOddsRatioOfThreeTables) {
  const std::array tables = {Counts2x2{.a = 3, .b = 7, .c = 1, .d = 9},
                             Counts2x2{.a = 5, .b = 5, .c = 4, .d = 8},
                             Counts2x2{.a = 0, .b = 6, .c = 2, .d = 10}};
  const auto odds = ConditionalOdds::of(tables);
  ASSERT_THAT(odds, Succeeds());
  EXPECT_NEAR(odds->estimate(), 1.59670511704974938, 1e-12);
  EXPECT_NEAR(odds->exact(0.95).lower, 0.401356337118304859, 1e-12);
  EXPECT_NEAR(odds->exact(0.95).upper, 6.53735414925215710, 1e-12);
}

TEST(ConditionalOdds, TheEndsOfTheRangeHaveOneLimit) {
  const std::array least = {Counts2x2{.a = 0, .b = 3, .c = 2, .d = 3}};
  const auto odds = ConditionalOdds::of(least);
  ASSERT_THAT(odds, Succeeds());
  EXPECT_EQ(odds->estimate(), 0);
  EXPECT_EQ(odds->exact(0.95).lower, 0);
  EXPECT_TRUE(std::isfinite(odds->exact(0.95).upper));
}

TEST(ConditionalOdds, FixedMarginsSayNothing) {
  const std::array nobody = {Counts2x2{.a = 0, .b = 3, .c = 0, .d = 3}};
  const auto odds = ConditionalOdds::of(nobody);
  ASSERT_THAT(odds, Succeeds());
  EXPECT_TRUE(odds->is_fixed());
  EXPECT_TRUE(std::isnan(odds->estimate()));
  EXPECT_EQ(odds->doubled(), 1);
}

TEST(ConditionalOdds, RefusesNegativeCountsAndTooMuchWork) {
  const std::array negative = {Counts2x2{.a = -1, .b = 3, .c = 2, .d = 3}};
  EXPECT_THAT(ConditionalOdds::of(negative), FailsWith(ErrorCode::kInvalidInput));
  const std::array huge = {Counts2x2{.a = 3'000'000, .b = 3'000'000, .c = 3'000'000, .d = 3'000'000}};
  EXPECT_THAT(ConditionalOdds::of(huge), FailsWith(ErrorCode::kUnsupported));
}

}  // namespace
}  // namespace mimamori
