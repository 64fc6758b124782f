#include "analyze/standardization.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "analyze/rates.h"
#include "base/testing.h"

namespace mimamori {
namespace {

TEST(DirectStandardization, OneStratumIsTheRateWithItsExactInterval) {
  const std::array<double, 1> events = {7};
  const std::array<double, 1> time = {350};
  const std::array<double, 1> standard = {1000};
  const auto fit = direct_standardization(events, time, standard);
  const auto exact = exact_rate(7, 350);
  ASSERT_THAT(fit, Succeeds());
  EXPECT_NEAR(fit->rate, 0.02, 1e-16);
  EXPECT_NEAR(fit->se, std::sqrt(7.0) / 350, 1e-16);
  EXPECT_NEAR(fit->gamma.lower, exact->lower, 1e-15);
  EXPECT_NEAR(fit->gamma.upper, exact->upper, 1e-15);
  EXPECT_NEAR(fit->gamma_tiwari.upper, exact->upper, 1e-15);
}

TEST(DirectStandardization, WithoutEventsOnlyTheGammaUpperLimitIsLeft) {
  const std::array<double, 2> events = {0, 0};
  const std::array<double, 2> time = {100, 50};
  const std::array<double, 2> standard = {1, 1};
  const auto fit = direct_standardization(events, time, standard);
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->rate, 0);
  EXPECT_EQ(fit->gamma.lower, 0);
  EXPECT_NEAR(fit->gamma.upper, -std::log(0.025) * 0.5 / 50, 1e-15);  // one event of the largest weight
  EXPECT_FALSE(fit->log_normal.has_value());
}

TEST(DirectStandardization, RefusesAStratumOfTheStandardWithoutPersonTime) {
  const std::array<double, 2> events = {1, 0};
  const std::array<double, 2> time = {100, 0};
  const std::array<double, 2> standard = {1, 1};
  const std::array<double, 2> without = {1, 0};
  const std::array<double, 2> nobody = {0, 0};
  EXPECT_THAT(direct_standardization(events, time, standard), FailsWith(ErrorCode::kNotEstimable));
  EXPECT_THAT(direct_standardization(events, time, without), Succeeds());
  EXPECT_THAT(direct_standardization(events, time, nobody), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(direct_standardization(events, time, std::span(standard).first(1)),
              FailsWith(ErrorCode::kInvalidInput));
}

// Expected: the project's table of golden numbers (chi-square quantiles of R).
TEST(ObservedExpected, AgreesWithTheReference) {
  const auto fit = observed_expected(7, 3.2);
  ASSERT_THAT(fit, Succeeds());
  EXPECT_NEAR(fit->ratio, 2.1875, 1e-15);
  EXPECT_NEAR(fit->exact.lower, 0.879488, 5e-7);
  EXPECT_NEAR(fit->exact.upper, 4.507086, 5e-7);
  EXPECT_THAT(observed_expected(7, 0), FailsWith(ErrorCode::kNotEstimable));
}

TEST(ObservedExpected, WithoutEventsTheTestIsOneSidedDoubled) {
  const auto fit = observed_expected(0, 2);
  ASSERT_THAT(fit, Succeeds());
  EXPECT_NEAR(fit->p_doubled, 2 * std::exp(-2.0), 1e-15);
  EXPECT_NEAR(fit->p_mid_doubled, std::exp(-2.0), 1e-15);
}

TEST(ExpectedEvents, SumRatesTimesTime) {
  const std::array<double, 2> rates = {0.1, 0.02};
  const std::array<double, 2> time = {10, 50};
  EXPECT_NEAR(*expected_events(rates, time), 2, 1e-15);
  EXPECT_THAT(expected_events(rates, std::span(time).first(1)), FailsWith(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace mimamori
