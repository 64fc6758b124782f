#include "analyze/distributions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace mimamori {
namespace {

void expect_relative(double actual, double expected, double tolerance) {
  EXPECT_NEAR(actual, expected, tolerance * std::abs(expected));
}

// Expected values: R 4.2.2.
TEST(Distributions, TailsKeepTheirDigits) {
  expect_relative(normal_upper(37.5), 4.60535300958196e-308, 1e-12);
  expect_relative(normal_point(0.95), 1.959963984540054, 1e-15);
  expect_relative(chi_square_upper(200, 1), 2.08848758376254e-45, 1e-12);
  expect_relative(t_two_sided(-50, 3), 1.76171520412720e-05, 1e-12);
  expect_relative(t_upper_quantile(0.025, 2.5), 3.57465484200369, 1e-12);
  expect_relative(f_lower(0.2, 3, 7), 0.106832044337510, 1e-12);
  expect_relative(f_upper(9, 3, 7), 0.00844683973527756, 1e-12);
}

TEST(Distributions, QuantilesOfTinyAndHugeShapes) {
  expect_relative(gamma_upper_quantile(0.001, 0.025), 5.67925199682328e-12, 1e-9);
  expect_relative(gamma_upper_quantile(25000, 0.025), 25310.8435787949, 1e-12);
  expect_relative(beta_upper_quantile(25000, 3, 0.025), 0.999975254411082, 1e-12);
}

TEST(Distributions, OutsideTheirDomainTheyAnswerNaN) {
  EXPECT_TRUE(std::isnan(gamma_quantile(0, 0.5)));
  EXPECT_TRUE(std::isnan(beta_lower(1, 1, 1.5)));
  EXPECT_TRUE(std::isnan(t_upper_quantile(0.025, 0)));
}

TEST(Root, IsFoundToTheLastDigitsAlsoBesideAnInfiniteEnd) {
  EXPECT_NEAR(*root_between([](double x) { return 2 - x * x; }, 0, 2), std::sqrt(2.0), 1e-15);
  EXPECT_NEAR(*root_between([](double x) { return 1 - 1 / (1 - x); }, -1, 1), 0, 1e-15);
  EXPECT_NEAR(*root_beyond([](double x) { return std::exp(x) - 1e5; }, 0, 0.5, 1e9), std::log(1e5), 1e-14);
}

TEST(Root, WithoutAChangeOfSignThereIsNone) {
  EXPECT_FALSE(root_between([](double) { return 1.0; }, 0, 1).has_value());
  EXPECT_FALSE(root_beyond([](double x) { return 5 - x; }, 0, 1, 4).has_value());
  EXPECT_TRUE(root_beyond([](double x) { return 5 - x; }, 0, 1, 6).has_value());
}

}  // namespace
}  // namespace mimamori
