#include "analyze/two_sample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "base/testing.h"

namespace mimamori {
namespace {

const std::vector<double> kA = {1.1, 2.2, 2.9, 4.8, 7.7};
const std::vector<double> kB = {0.5, 1.9, 3.3, 3.4, 9.1, 10.2};
const std::vector<double> kD = {1.2, -0.4, 2.5, 3.1, -0.9, 0.7, 1.8};

// Expected: R 4.2.2, wilcox.test, t.test, kruskal.test.
TEST(TwoSample, RankSumTestAgreesWithR) {
  const auto test = rank_sum_test(kA, kB);
  ASSERT_THAT(test, Succeeds());
  EXPECT_EQ(test->w, 13);
  EXPECT_NEAR(*test->p_exact, 0.792207792207792, 1e-14);
  EXPECT_NEAR(*test->shift, -0.65, 1e-14);
  EXPECT_FALSE(test->has_ties);
}

TEST(TwoSample, SignedRankAndOneSampleTestsAgreeWithR) {
  const auto rank = signed_rank_test(kD);
  ASSERT_THAT(rank, Succeeds());
  EXPECT_EQ(rank->v, 24);
  EXPECT_NEAR(*rank->p_exact, 0.109375, 1e-15);
  EXPECT_NEAR(rank->p_continuity, 0.108319380730004, 1e-13);
  const auto t = one_sample_t_test(kD);
  ASSERT_THAT(t, Succeeds());
  EXPECT_NEAR(t->t, 2.0655911179772888, 1e-13);
  EXPECT_NEAR(t->p, 0.0844008160314084, 1e-13);
  EXPECT_NEAR(t->interval.lower, -0.2109784070174324, 1e-12);
  EXPECT_NEAR(t->interval.upper, 2.4966926927317181, 1e-12);
}

TEST(TwoSample, KruskalWallisTestAgreesWithR) {
  const std::array groups = {kA, kB, kD};
  const auto test = kruskal_wallis_test(groups);
  ASSERT_THAT(test, Succeeds());
  EXPECT_NEAR(test->statistic, 5.0128654970760280, 1e-12);
  EXPECT_NEAR(test->p, 0.0815586611822091, 1e-12);
}

// The exact value with ties, by enumerating all choices of four of nine places.
TEST(TwoSample, ExactRankSumTestWithTiesIsThePermutationTest) {
  const std::vector<double> all = {1, 2, 2, 5, 2, 5, 5, 7, 8};
  const std::array<double, 9> ranks = {1, 3, 3, 6, 3, 6, 6, 8, 9};  // midranks by hand
  const double observed = ranks[0] + ranks[1] + ranks[2] + ranks[3];
  double at_most = 0;
  double at_least = 0;
  for (unsigned choice = 0; choice < 512; ++choice) {
    if (std::popcount(choice) != 4) continue;
    double sum = 0;
    for (unsigned k = 0; k < 9; ++k) sum += (choice >> k & 1U) != 0 ? ranks[k] : 0;
    at_most += sum <= observed ? 1 : 0;
    at_least += sum >= observed ? 1 : 0;
  }
  const auto test = rank_sum_test(std::span(all).first(4), std::span(all).subspan(4));
  ASSERT_THAT(test, Succeeds());
  EXPECT_NEAR(*test->p_exact, std::min(1.0, 2 * std::min(at_most, at_least) / 126), 1e-14);
  EXPECT_TRUE(test->has_ties);
}

TEST(TwoSample, EqualValuesAndSmallGroupsHaveNoTest) {
  const std::vector<double> same = {2, 2, 2};
  const std::vector<double> one = {1};
  EXPECT_THAT(welch_test(same, same), FailsWith(ErrorCode::kNotEstimable));
  EXPECT_THAT(pooled_t_test(one, kA), FailsWith(ErrorCode::kNotEstimable));
  EXPECT_THAT(rank_sum_test(same, same), FailsWith(ErrorCode::kNotEstimable));
  EXPECT_THAT(rank_sum_test({}, kA), FailsWith(ErrorCode::kNotEstimable));
  EXPECT_THAT(variance_ratio_test(kA, same), FailsWith(ErrorCode::kNotEstimable));
  EXPECT_THAT(signed_rank_test(std::vector<double>{0, 0}), FailsWith(ErrorCode::kNotEstimable));
  EXPECT_THAT(welch_test(kA, kB, 1.5), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(brown_forsythe_test(std::array{same, same}), FailsWith(ErrorCode::kNotEstimable));
}

TEST(TwoSample, SwappedGroupsGiveTheNegative) {
  const auto one = welch_test(kA, kB);
  const auto two = welch_test(kB, kA);
  ASSERT_THAT(one, Succeeds());
  EXPECT_NEAR(one->interval.lower, -two->interval.upper, 1e-13);
  EXPECT_NEAR(one->p, two->p, 1e-14);
  EXPECT_NEAR(rank_sum_test(kA, kB)->w + rank_sum_test(kB, kA)->w, 30, 1e-14);
  EXPECT_NEAR(*rank_sum_test(kA, kB)->p_exact, *rank_sum_test(kB, kA)->p_exact, 1e-14);
}

}  // namespace
}  // namespace mimamori
