#include "analyze/rates.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/testing.h"

namespace mimamori {
namespace {

TEST(Rate, WithoutEventsTheUpperLimitIsMinusTheLogOfATail) {
  const auto exact = exact_rate(0, 2.0);
  const auto mid_p = mid_p_rate(0, 2.0);
  ASSERT_THAT(exact, Succeeds());
  ASSERT_THAT(mid_p, Succeeds());
  EXPECT_EQ(exact->lower, 0);
  EXPECT_NEAR(exact->upper, -std::log(0.025) / 2, 1e-14);
  EXPECT_NEAR(mid_p->upper, -std::log(0.05) / 2, 1e-14);
}

TEST(Rate, LimitsOfManyEventsComeNearTheNormalOnes) {
  const auto rate = exact_rate(1'000'000, 1.0);
  ASSERT_THAT(rate, Succeeds());
  EXPECT_NEAR(rate->lower, 1e6 - 1959.96, 2);
  EXPECT_NEAR(rate->upper, 1e6 + 1959.96, 4);
}

TEST(Rate, TheMidPIntervalLiesInsideTheExactOne) {
  for (const int events : {1, 2, 5, 30, 400}) {
    const auto exact = exact_rate(events, 10.0);
    const auto mid_p = mid_p_rate(events, 10.0);
    ASSERT_THAT(exact, Succeeds());
    ASSERT_THAT(mid_p, Succeeds());
    EXPECT_LT(exact->lower, mid_p->lower);
    EXPECT_LT(mid_p->lower, mid_p->rate);
    EXPECT_LT(mid_p->rate, mid_p->upper);
    EXPECT_LT(mid_p->upper, exact->upper);
  }
}

TEST(Rate, WaldsIntervalIsSymmetricOnTheLogScale) {
  const auto rate = wald_log_rate(4, 2.0);
  ASSERT_THAT(rate, Succeeds());
  EXPECT_NEAR(rate->upper, 2 * std::exp(1.959963984540054 / 2), 1e-13);
  EXPECT_NEAR(rate->lower * rate->upper, 4, 1e-13);
  EXPECT_THAT(wald_log_rate(0, 2.0), FailsWith(ErrorCode::kNotEstimable));
}

TEST(Rate, ByarComesNearTheExactInterval) {
  for (const int events : {1, 3, 9, 39}) {
    const auto exact = exact_rate(events, 1.0);
    const auto byar = byar_rate(events, 1.0);
    ASSERT_THAT(byar, Succeeds());
    EXPECT_NEAR(byar->upper, exact->upper, 0.01 * exact->upper);
    EXPECT_NEAR(byar->lower, exact->lower, 0.04);
  }
  EXPECT_EQ(byar_rate(0, 1.0)->lower, 0);
}

TEST(Rate, WithoutPersonTimeThereIsNoRate) {
  EXPECT_THAT(exact_rate(0, 0), FailsWith(ErrorCode::kNotEstimable));
  EXPECT_THAT(exact_rate(1, 0), FailsWith(ErrorCode::kNotEstimable));
  EXPECT_THAT(exact_rate(-1, 1), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(exact_rate(1, -1), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(exact_rate(1, std::nan("")), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(exact_rate(1, 1, 1), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(mid_p_rate(1, 0), FailsWith(ErrorCode::kNotEstimable));
}

}  // namespace
}  // namespace mimamori
