// Exact ties where a coefficient goes to infinity.

#include <gtest/gtest.h>

#include <cmath>

#include "analyze/cox_answer.h"
#include "base/testing.h"

namespace mimamori {
namespace {

constexpr double k95 = 3.841458820694124;

/// Two deaths at day 1 (one of them the only row with x = 1), one at day 2, one row that lives on. With x at
/// infinity its row is certain to die; of the other two tied rows and the rest, with u = exp(b) of z, the
/// likelihood is u / (1 + 2u) * 1 / (1 + u), which is largest at u = 1 / sqrt(2).
struct Deaths {
  std::vector<double> x = {1, 0, 0, 1, 0, 0, 0, 1};  // rows x {x, z}
  std::vector<double> stop = {1, 1, 2, 3};
  std::vector<std::uint8_t> event = {1, 1, 1, 0};
  [[nodiscard]] CoxData data() const {
    return {.x = x, .start = {}, .stop = stop, .event = event, .stratum = {}};
  }
};

TEST(CoxExactLimit, TheOtherCoefficientComesFromTheRiskSetsWithoutTheCertainDeath) {
  const Deaths deaths;
  const double u = std::sqrt(0.5);
  for (const Ties ties : {Ties::kDiscrete, Ties::kMarginal}) {
    const auto answer = answer_whole_cox(deaths.data(), {.ties = ties}, k95);
    ASSERT_THAT(answer, Succeeds());
    EXPECT_EQ(answer->status, CoxObstacle::kMonotoneLikelihood);
    EXPECT_EQ(answer->covariates[0].direction, 1);
    ASSERT_EQ(answer->estimated, std::vector<std::size_t>{1});
    EXPECT_NEAR(answer->fit.coefficients[0], std::log(u), 1e-9);
    EXPECT_NEAR(answer->fit.log_likelihood, std::log(u / (1 + 2 * u) / (1 + u)), 1e-9);
    EXPECT_EQ(answer->degrees_of_freedom, 2U);
    EXPECT_TRUE(answer->converged);
  }
}

TEST(CoxExactLimit, TheLikelihoodRatioIsThatOfTheWholeModel) {
  const Deaths deaths;
  const auto answer = answer_whole_cox(deaths.data(), {.ties = Ties::kDiscrete}, k95);
  ASSERT_THAT(answer, Succeeds());
  // At 0: one of the six pairs of four rows, one of two rows.
  EXPECT_NEAR(answer->fit.log_likelihood_null, -std::log(12), 1e-12);
  // x held at 0: u / ((1 + 4u + u^2) (1 + u)) is largest where 1 - 5u^2 - 2u^3 = 0.
  double u = 0.4;
  for (int step = 0; step < 50; ++step) u -= (1 - 5 * u * u - 2 * u * u * u) / (-10 * u - 6 * u * u);
  const double held = std::log(u / (1 + 4 * u + u * u) / (1 + u));
  EXPECT_NEAR(answer->covariates[0].lr_chi_square, 2 * (answer->fit.log_likelihood - held), 1e-9);
}

}  // namespace
}  // namespace mimamori
