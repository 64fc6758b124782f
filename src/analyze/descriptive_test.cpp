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
