#include "analyze/rate_ratio.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "analyze/rates.h"
#include "base/testing.h"

namespace mimamori {
namespace {

// Expected: R's binom.test inverted, as listed in the project's table of golden numbers.
TEST(RateRatio, ExactIntervalAgreesWithTheReference) {
  const auto fit = rate_ratio({.events1 = 98, .time1 = 3537.24, .events0 = 42, .time0 = 1992.93});
  ASSERT_THAT(fit, Succeeds());
  EXPECT_NEAR(fit->ratio, 1.31463, 5e-6);
  EXPECT_NEAR(fit->exact.lower, 0.90702, 5e-6);
  EXPECT_NEAR(fit->exact.upper, 1.93489, 5e-6);
}

TEST(RateRatio, IntervalsNestAndHoldTheRatio) {
  const auto fit = rate_ratio({.events1 = 2, .time1 = 20, .events0 = 2, .time0 = 35});
  ASSERT_THAT(fit, Succeeds());
  EXPECT_LT(fit->exact.lower, fit->mid_p.lower);
  EXPECT_LT(fit->mid_p.lower, fit->ratio);
  EXPECT_LT(fit->ratio, fit->mid_p.upper);
  EXPECT_LT(fit->mid_p.upper, fit->exact.upper);
}

TEST(RateRatio, WithoutEventsInOneGroupOneLimitRemains) {
  const auto none = rate_ratio({.events1 = 0, .time1 = 1, .events0 = 5, .time0 = 1});
  ASSERT_THAT(none, Succeeds());
  EXPECT_EQ(none->ratio, 0);
  EXPECT_EQ(none->exact.lower, 0);
  EXPECT_FALSE(none->wald.has_value());
  // The exact upper limit solves (1 - p)^5 = 0.025, the mid-P one (1 - p)^5 / 2 = 0.025.
  EXPECT_NEAR(none->exact.upper, std::pow(0.025, -0.2) - 1, 1e-13);
  EXPECT_NEAR(none->mid_p.upper, std::pow(0.05, -0.2) - 1, 1e-13);
  const auto all = rate_ratio({.events1 = 5, .time1 = 1, .events0 = 0, .time0 = 1});
  ASSERT_THAT(all, Succeeds());
  EXPECT_TRUE(std::isinf(all->ratio) && std::isinf(all->exact.upper) && std::isinf(all->score.upper));
  EXPECT_NEAR(all->exact.lower * none->exact.upper, 1, 1e-13);
}

TEST(RateRatio, RefusesWhatHasNoRatio) {
  EXPECT_THAT(rate_ratio({.events1 = 0, .time1 = 1, .events0 = 0, .time0 = 1}),
              FailsWith(ErrorCode::kNotEstimable));
  EXPECT_THAT(rate_ratio({.events1 = 1, .time1 = 0, .events0 = 1, .time0 = 1}),
              FailsWith(ErrorCode::kNotEstimable));
  EXPECT_THAT(rate_ratio({.events1 = -1, .time1 = 1, .events0 = 1, .time0 = 1}),
              FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(rate_ratio({.events1 = 1, .time1 = 1, .events0 = 1, .time0 = 1}, 1),
              FailsWith(ErrorCode::kInvalidInput));
}

TEST(RateTests, ValuesOfASmallCaseByEnumeration) {
  // 3 events in equal times, all exposed: 1/8 above; doubled 1/4; no likelier: both ends, 1/4; mid-P 2 (1/8 -
  // 1/16).
  const auto tests = rate_tests({.events1 = 3, .time1 = 7, .events0 = 0, .time0 = 7});
  ASSERT_THAT(tests, Succeeds());
  EXPECT_NEAR(tests->greater, 0.125, 1e-15);
  EXPECT_NEAR(tests->less, 1, 1e-15);
  EXPECT_NEAR(tests->doubled, 0.25, 1e-15);
  EXPECT_NEAR(tests->minimum_likelihood, 0.25, 1e-15);
  EXPECT_NEAR(tests->mid_p_doubled, 0.125, 1e-15);
  EXPECT_NEAR(tests->score_chi_square, 3, 1e-14);
}

TEST(RateDifference, WithoutEventsTheScoreLimitsAreThoseOfTheFormula) {
  // Without events the likeliest rates under a difference d are d and 0: d = z^2 / time.
  const auto fit = rate_difference({.events1 = 0, .time1 = 10, .events0 = 0, .time0 = 20});
  ASSERT_THAT(fit, Succeeds());
  const double square = 1.959963984540054 * 1.959963984540054;
  EXPECT_NEAR(fit->miettinen_nurminen.upper, square / 10, 1e-13);
  EXPECT_NEAR(fit->miettinen_nurminen.lower, -square / 20, 1e-13);
}

RatePair any_pair() {
  return {.events1 = *rc::gen::inRange<std::int64_t>(0, 60),
          .time1 = *rc::gen::inRange(1, 5000) / 7.0,
          .events0 = *rc::gen::inRange<std::int64_t>(0, 60),
          .time0 = *rc::gen::inRange(1, 5000) / 3.0};
}

void assert_inverse(const Interval& one, const Interval& swapped) {
  const auto near = [](double a, double b) {
    return std::isinf(a) ? b == 0 : std::isinf(b) ? a == 0 : std::abs(a * b - 1) < 1e-10;
  };
  RC_ASSERT(near(one.lower, swapped.upper));
  RC_ASSERT(near(one.upper, swapped.lower));
}

RC_GTEST_PROP(RateRatio, SwappedGroupsGiveTheInverse, ()) {
  const RatePair pair = any_pair();
  RC_PRE(pair.events1 + pair.events0 > 0);
  const auto one = rate_ratio(pair);
  const auto two = rate_ratio(
      {.events1 = pair.events0, .time1 = pair.time0, .events0 = pair.events1, .time0 = pair.time1});
  RC_ASSERT(one.ok() && two.ok());
  assert_inverse(one->exact, two->exact);
  assert_inverse(one->mid_p, two->mid_p);
  assert_inverse(one->score, two->score);
}

RC_GTEST_PROP(RateDifference, SwappedGroupsGiveTheNegative, ()) {
  const RatePair pair = any_pair();
  const auto one = rate_difference(pair);
  const auto two = rate_difference(
      {.events1 = pair.events0, .time1 = pair.time0, .events0 = pair.events1, .time0 = pair.time1});
  RC_ASSERT(one.ok() && two.ok());
  const double size = std::abs(one->miettinen_nurminen.lower) + std::abs(one->miettinen_nurminen.upper);
  RC_ASSERT(std::abs(one->miettinen_nurminen.lower + two->miettinen_nurminen.upper) <= 1e-11 * size);
  RC_ASSERT(std::abs(one->mover_garwood.lower + two->mover_garwood.upper) <= 1e-11 * size);
}

RC_GTEST_PROP(RateRatio, TheUnitOfTimeDoesNotMatter, ()) {
  const RatePair days = any_pair();
  RC_PRE(days.events1 > 0 && days.events0 > 0);
  const RatePair years{.events1 = days.events1,
                       .time1 = days.time1 / 365.25,
                       .events0 = days.events0,
                       .time0 = days.time0 / 365.25};
  const auto one = rate_ratio(days);
  const auto two = rate_ratio(years);
  RC_ASSERT(one.ok() && two.ok());
  RC_ASSERT(std::abs(one->mid_p.upper / two->mid_p.upper - 1) < 1e-12);
  RC_ASSERT(std::abs(one->ratio / two->ratio - 1) < 1e-12);
}

}  // namespace
}  // namespace mimamori
