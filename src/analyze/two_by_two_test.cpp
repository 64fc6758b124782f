#include "analyze/two_by_two.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "base/testing.h"

namespace mimamori {
namespace {

// Expected: Newcombe RG (1998) Stat Med 17:873-890, table II, example a, printed to four decimals.
TEST(RiskDifference, AgreesWithNewcombesTable) {
  const auto fit = risk_difference({.cases1 = 56, .persons1 = 70, .cases0 = 48, .persons0 = 80});
  ASSERT_THAT(fit, Succeeds());
  EXPECT_NEAR(fit->wald.lower, 0.0575, 5e-5);
  EXPECT_NEAR(fit->wald.upper, 0.3425, 5e-5);
  EXPECT_NEAR(fit->miettinen_nurminen.lower, 0.0528, 5e-5);
  EXPECT_NEAR(fit->miettinen_nurminen.upper, 0.3382, 5e-5);
  EXPECT_NEAR(fit->newcombe.lower, 0.0524, 5e-5);
  EXPECT_NEAR(fit->newcombe.upper, 0.3339, 5e-5);
}

TEST(RiskDifference, ExtremesReachTheEndOfTheScale) {
  const auto most = risk_difference({.cases1 = 5, .persons1 = 5, .cases0 = 0, .persons0 = 4});
  ASSERT_THAT(most, Succeeds());
  EXPECT_EQ(most->difference, 1);
  EXPECT_EQ(most->miettinen_nurminen.upper, 1);
  EXPECT_LT(most->miettinen_nurminen.lower, 1);
  const auto none = risk_difference({.cases1 = 0, .persons1 = 5, .cases0 = 0, .persons0 = 7});
  const auto all = risk_difference({.cases1 = 5, .persons1 = 5, .cases0 = 7, .persons0 = 7});
  ASSERT_THAT(none, Succeeds());
  ASSERT_THAT(all, Succeeds());
  EXPECT_TRUE(std::isinf(none->number_needed));
  EXPECT_NEAR(none->miettinen_nurminen.lower, -all->miettinen_nurminen.upper, 1e-12);
  EXPECT_GT(none->miettinen_nurminen.upper, 0);
}

TEST(RiskRatio, EmptyGroupsHaveOneLimit) {
  const auto none = risk_ratio({.cases1 = 0, .persons1 = 25, .cases0 = 4, .persons0 = 30});
  ASSERT_THAT(none, Succeeds());
  EXPECT_EQ(none->ratio, 0);
  EXPECT_EQ(none->koopman.lower, 0);
  EXPECT_FALSE(none->katz.has_value());
  const auto only = risk_ratio({.cases1 = 4, .persons1 = 30, .cases0 = 0, .persons0 = 25});
  ASSERT_THAT(only, Succeeds());
  EXPECT_TRUE(std::isinf(only->ratio) && std::isinf(only->koopman.upper));
  EXPECT_NEAR(only->koopman.lower * none->koopman.upper, 1, 1e-12);
  EXPECT_THAT(risk_ratio({.cases1 = 0, .persons1 = 5, .cases0 = 0, .persons0 = 5}),
              FailsWith(ErrorCode::kNotEstimable));
}

TEST(OddsRatio, IsAbsentOnlyWhenBothProductsAreEmpty) {
  EXPECT_EQ(*odds_ratio({.cases1 = 0, .persons1 = 5, .cases0 = 2, .persons0 = 5})->ratio, 0);
  EXPECT_TRUE(std::isinf(*odds_ratio({.cases1 = 2, .persons1 = 5, .cases0 = 0, .persons0 = 5})->ratio));
  EXPECT_FALSE(odds_ratio({.cases1 = 0, .persons1 = 5, .cases0 = 0, .persons0 = 5})->ratio.has_value());
  const auto fit = odds_ratio({.cases1 = 0, .persons1 = 5, .cases0 = 2, .persons0 = 5});
  ASSERT_THAT(fit, Succeeds());
  EXPECT_FALSE(fit->woolf.has_value());
  EXPECT_NEAR(fit->haldane.estimate, 0.5 * 3.5 / (5.5 * 2.5), 1e-15);
}

TEST(ChiSquare, YatesNeverCorrectsBeyondTheDistance) {
  const auto equal = chi_square_2x2({.cases1 = 2, .persons1 = 4, .cases0 = 2, .persons0 = 4});
  ASSERT_THAT(equal, Succeeds());
  EXPECT_EQ(equal->pearson, 0);
  EXPECT_EQ(equal->yates, 0);
  EXPECT_EQ(equal->min_expected, 2);
  EXPECT_THAT(chi_square_2x2({.cases1 = 0, .persons1 = 4, .cases0 = 0, .persons0 = 4}),
              FailsWith(ErrorCode::kNotEstimable));
}

TEST(Risks, RefuseImpossibleCounts) {
  EXPECT_THAT(risk_difference({.cases1 = 6, .persons1 = 5, .cases0 = 0, .persons0 = 5}),
              FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(risk_difference({.cases1 = 0, .persons1 = 0, .cases0 = 0, .persons0 = 5}),
              FailsWith(ErrorCode::kNotEstimable));
}

RC_GTEST_PROP(RiskDifference, SwappedGroupsGiveTheNegativeAndOthersOutcomeToo, ()) {
  const auto persons1 = *rc::gen::inRange<std::int64_t>(1, 80);
  const auto persons0 = *rc::gen::inRange<std::int64_t>(1, 80);
  const auto cases1 = *rc::gen::inRange<std::int64_t>(0, persons1 + 1);
  const auto cases0 = *rc::gen::inRange<std::int64_t>(0, persons0 + 1);
  const auto one =
      risk_difference({.cases1 = cases1, .persons1 = persons1, .cases0 = cases0, .persons0 = persons0});
  const auto swapped =
      risk_difference({.cases1 = cases0, .persons1 = persons0, .cases0 = cases1, .persons0 = persons1});
  const auto others = risk_difference(
      {.cases1 = persons1 - cases1, .persons1 = persons1, .cases0 = persons0 - cases0, .persons0 = persons0});
  RC_ASSERT(one.ok() && swapped.ok() && others.ok());
  RC_ASSERT(std::abs(one->miettinen_nurminen.lower + swapped->miettinen_nurminen.upper) < 1e-10);
  RC_ASSERT(std::abs(one->miettinen_nurminen.lower + others->miettinen_nurminen.upper) < 1e-10);
  RC_ASSERT(std::abs(one->newcombe.lower + swapped->newcombe.upper) < 1e-12);
  RC_ASSERT(one->miettinen_nurminen.lower <= one->difference &&
            one->difference <= one->miettinen_nurminen.upper);
}

}  // namespace
}  // namespace mimamori
