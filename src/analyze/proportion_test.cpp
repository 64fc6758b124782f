#include "analyze/proportion.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/testing.h"

namespace mimamori {
namespace {

// Expected: Newcombe RG (1998) Stat Med 17:857-872, table I, 81 of 263, printed to four decimals.
TEST(Proportion, AgreesWithNewcombesTable) {
  const auto fit = proportion_intervals(81, 263);
  ASSERT_THAT(fit, Succeeds());
  EXPECT_NEAR(fit->wald.lower, 0.2522, 5e-5);
  EXPECT_NEAR(fit->wald.upper, 0.3638, 5e-5);
  EXPECT_NEAR(fit->wilson.lower, 0.2553, 5e-5);
  EXPECT_NEAR(fit->wilson.upper, 0.3662, 5e-5);
  EXPECT_NEAR(fit->wilson_corrected.lower, 0.2535, 5e-5);
  EXPECT_NEAR(fit->wilson_corrected.upper, 0.3682, 5e-5);
  EXPECT_NEAR(fit->clopper_pearson.lower, 0.2527, 5e-5);
  EXPECT_NEAR(fit->clopper_pearson.upper, 0.3676, 5e-5);
  EXPECT_NEAR(fit->mid_p.lower, 0.2544, 5e-5);
  EXPECT_NEAR(fit->mid_p.upper, 0.3658, 5e-5);
}

TEST(Proportion, NobodyAndEverybodyHaveClosedForms) {
  const auto none = proportion_intervals(0, 20);
  const auto all = proportion_intervals(20, 20);
  ASSERT_THAT(none, Succeeds());
  ASSERT_THAT(all, Succeeds());
  EXPECT_EQ(none->mid_p.lower, 0);
  EXPECT_EQ(all->mid_p.upper, 1);
  EXPECT_NEAR(none->clopper_pearson.upper, 1 - std::pow(0.025, 0.05), 1e-14);
  EXPECT_NEAR(none->mid_p.upper, 1 - std::pow(0.05, 0.05), 1e-14);
  EXPECT_NEAR(all->clopper_pearson.lower, std::pow(0.025, 0.05), 1e-14);
  EXPECT_NEAR(all->wilson.lower, 1 - none->wilson.upper, 1e-14);
}

TEST(Proportion, RefusesImpossibleCounts) {
  EXPECT_THAT(proportion_intervals(3, 2), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(proportion_intervals(-1, 2), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(proportion_intervals(1, 2, 0), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(proportion_intervals(0, 0), FailsWith(ErrorCode::kNotEstimable));
}

}  // namespace
}  // namespace mimamori
