#include "analyze/descriptive.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace mimamori {
namespace {

TEST(Descriptive, MeanAndSpreadNeedEnoughValues) {
  const std::array<double, 3> values = {1, 2, 6};
  EXPECT_DOUBLE_EQ(*mean_and_spread(values).mean, 3);
  EXPECT_DOUBLE_EQ(*mean_and_spread(values).standard_deviation, std::sqrt(7.0));
  EXPECT_FALSE(mean_and_spread(std::span(values).first(1)).standard_deviation.has_value());
  EXPECT_FALSE(mean_and_spread({}).mean.has_value());
}

TEST(Descriptive, QuantilesLieBetweenTheirNeighbours) {
  const std::array<double, 4> values = {10, 1, 3, 2};
  EXPECT_DOUBLE_EQ(*median(values), 2.5);
  EXPECT_DOUBLE_EQ(*quantile(values, 0), 1);
  EXPECT_DOUBLE_EQ(*quantile(values, 1), 10);
  EXPECT_DOUBLE_EQ(*quantile(values, 0.75), 4.75);
  EXPECT_DOUBLE_EQ(*median(std::span(values).first(1)), 10);
  EXPECT_FALSE(median({}).has_value());
}

// Expected: R 4.2.2, quantile(x, c(0.1, 0.4, 0.9), type = 1 to 9).
TEST(Descriptive, TheNineQuantilesAgreeWithR) {
  const std::array<double, 7> x = {3.1, 4.7, 5.5, 5.5, 8.2, 9.9, 12.4};
  const double expected[9][3] = {
      {3.1, 5.5, 12.4},  {3.1, 5.5, 12.4}, {3.1, 5.5, 9.9},   {3.1, 5.34, 10.65},
      {3.42, 5.5, 11.9}, {3.1, 5.5, 12.4}, {4.06, 5.5, 10.9}, {3.20666666666667, 5.5, 12.2333333333333},
      {3.26, 5.5, 12.15}};
  const double shares[3] = {0.1, 0.4, 0.9};
  for (int type = 1; type <= 9; ++type) {
    for (std::size_t k = 0; k < 3; ++k) {
      EXPECT_NEAR(*quantile_of_sorted(x, shares[k], type), expected[type - 1][k], 1e-12) << "type " << type;
    }
  }
}

TEST(Descriptive, QuantileTypesDifferAtAJump) {
  const std::array<double, 4> x = {1, 2, 3, 4};
  EXPECT_EQ(*quantile_of_sorted(x, 0.5, 1), 2);
  EXPECT_EQ(*quantile_of_sorted(x, 0.5, 2), 2.5);
  EXPECT_EQ(*quantile_of_sorted(x, 0.5, 3), 2);
  EXPECT_EQ(*quantile_of_sorted(x, 0, 6), 1);
  EXPECT_EQ(*quantile_of_sorted(x, 1, 6), 4);
  EXPECT_FALSE(quantile_of_sorted({}, 0.5, 7).has_value());
}

TEST(Descriptive, TwoLevelsGiveTheDifferenceOfShares) {
  const std::array<double, 3> group1 = {5, 0, 5};
  const std::array<double, 3> group0 = {7, 0, 3};
  EXPECT_NEAR(*standardized_difference_of_levels(group1, group0),
              *standardized_difference_of_shares(0.5, 0.3), 1e-14);
  EXPECT_EQ(*standardized_difference_of_levels(group1, group1), 0);
  const std::array<double, 3> other = {0, 0, 4};
  const std::array<double, 3> apart = {4, 0, 0};
  EXPECT_FALSE(standardized_difference_of_levels(other, apart).has_value());
}

TEST(Descriptive, StandardizedDifferencesAreSigned) {
  EXPECT_NEAR(*standardized_difference_of_shares(0.5, 0.3), 0.2 / std::sqrt((0.25 + 0.21) / 2), 1e-15);
  EXPECT_NEAR(*standardized_difference_of_shares(0.3, 0.5), -0.2 / std::sqrt((0.25 + 0.21) / 2), 1e-15);
  EXPECT_EQ(*standardized_difference_of_shares(1, 1), 0);
  EXPECT_FALSE(standardized_difference_of_shares(1, 0).has_value());
  const std::array<double, 2> a = {1, 3};
  const std::array<double, 2> b = {4, 4};
  EXPECT_NEAR(*standardized_difference_of_means(mean_and_spread(a), mean_and_spread(b)), -2.0, 1e-15);
  EXPECT_FALSE(standardized_difference_of_means(mean_and_spread(a), mean_and_spread({})).has_value());
}

}  // namespace
}  // namespace mimamori
