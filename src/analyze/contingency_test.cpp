#include "analyze/contingency.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "base/testing.h"

namespace mimamori {
namespace {

// Agresti's job satisfaction table; expected: R 4.2.2, fisher.test.
TEST(Contingency, FishersTestOfFourByFour) {
  const std::array<std::int64_t, 16> job = {1, 3, 10, 6, 2, 3, 10, 7, 1, 6, 14, 12, 0, 1, 9, 11};
  const auto tests = contingency_tests(job, 4, 4);
  ASSERT_THAT(tests, Succeeds());
  EXPECT_NEAR(*tests->fisher_p, 0.782684938965639, 1e-12);
  EXPECT_EQ(tests->degrees, 9);
  EXPECT_FALSE(tests->yates.has_value());
}

TEST(Contingency, FishersTestByHand) {
  const std::array<std::int64_t, 4> tea = {3, 1, 1, 3};
  EXPECT_NEAR(*contingency_tests(tea, 2, 2)->fisher_p, 34.0 / 70, 1e-14);
  // Margins 2, 2 and 2, 1, 1: tables (2 0 0), (1 1 0), (1 0 1), (0 1 1) of the first row have 1, 2, 2, 1 of 6
  // ways.
  const std::array<std::int64_t, 6> wide = {2, 0, 0, 0, 1, 1};
  EXPECT_NEAR(*contingency_tests(wide, 2, 3)->fisher_p, 2.0 / 6, 1e-14);
  EXPECT_NEAR(*contingency_tests(std::array<std::int64_t, 6>{2, 0, 0, 1, 0, 1}, 3, 2)->fisher_p, 2.0 / 6,
              1e-14);
}

TEST(Contingency, EmptyRowsAndColumnsDoNotCount) {
  const std::array<std::int64_t, 4> small = {5, 3, 2, 9};
  const std::array<std::int64_t, 9> padded = {5, 0, 3, 0, 0, 0, 2, 0, 9};
  const auto one = contingency_tests(small, 2, 2);
  const auto two = contingency_tests(padded, 3, 3);
  ASSERT_THAT(one, Succeeds());
  ASSERT_THAT(two, Succeeds());
  EXPECT_EQ(one->pearson, two->pearson);
  EXPECT_EQ(two->degrees, 1);
  EXPECT_EQ(one->yates, two->yates);
}

TEST(Contingency, OneRowOrColumnSaysNothing) {
  const std::array<std::int64_t, 4> one_row = {5, 3, 0, 0};
  EXPECT_THAT(contingency_tests(one_row, 2, 2), FailsWith(ErrorCode::kNotEstimable));
  EXPECT_THAT(contingency_tests(std::array<std::int64_t, 4>{1, -1, 2, 3}, 2, 2),
              FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(contingency_tests(one_row, 2, 3), FailsWith(ErrorCode::kInvalidInput));
}

TEST(Contingency, TooLargeATableHasNoExactTest) {
  std::vector<std::int64_t> large(100, 50);
  large[0] = 80;
  const auto tests = contingency_tests(large, 10, 10);
  ASSERT_THAT(tests, Succeeds());
  EXPECT_FALSE(tests->fisher_p.has_value());
  EXPECT_GT(tests->pearson, 0);
}

}  // namespace
}  // namespace mimamori
