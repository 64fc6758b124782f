#include <gtest/gtest.h>

#include <cmath>

#include "analyze/glm.h"
#include "analyze/negative_binomial.h"
#include "base/random.h"
#include "base/testing.h"

namespace mimamori {
namespace {

using Values = std::vector<double>;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Counts {
  std::vector<Values> x;
  Values y, offset;
  std::vector<std::span<const double>> spans = {};
  GlmData data() {
    spans.assign(x.begin(), x.end());
    return {.columns = spans, .outcome = y, .weight = {}, .offset = offset, .cluster = {}};
  }
};

void expect_near(double actual, double expected, double relative) {
  EXPECT_LE(std::abs(actual - expected), relative * (1 + std::abs(expected))) << actual << " " << expected;
}

TEST(Poisson, TwoGroupsGiveTheLogRateRatio) {
  Counts counts{.x = {{1, 0}}, .y = {12, 30}, .offset = {std::log(100.0), std::log(600.0)}};
  const auto fit = fit_poisson(counts.data());
  ASSERT_THAT(fit, Succeeds());
  expect_near(fit->coefficients[0].estimate, std::log(30.0 / 600), 1e-12);
  expect_near(fit->coefficients[1].estimate, std::log(12.0 / 100 / (30.0 / 600)), 1e-12);
  expect_near(fit->coefficients[1].standard_error, std::sqrt(1.0 / 12 + 1.0 / 30), 1e-12);
  EXPECT_NEAR(fit->deviance, 0, 1e-10);
}

TEST(Poisson, ALevelWithoutCountsIsMonotoneAndTheOthersAreFittedWithoutIt) {
  Counts counts{.x = {{1, 0, 0, 1, 0, 0}, {0, 1, 0, 0, 1, 0}},
                .y = {0, 8, 5, 0, 11, 9},
                .offset = {1, 0.5, 0.25, 0.3, 0.9, 0.2}};
  const auto fit = fit_poisson(counts.data());
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->status, GlmStatus::kMonotoneLikelihood);
  EXPECT_EQ(fit->coefficients[1].estimate, -kInfinity);
  EXPECT_EQ(fit->coefficients[2].state, CoefficientState::kEstimated);
  const double risk = std::exp(0.25) + std::exp(0.2);
  expect_near(fit->coefficients[0].estimate, std::log(14 / risk), 1e-10);
  expect_near(fit->coefficients[2].estimate, std::log(19 / (std::exp(0.5) + std::exp(0.9)) / (14 / risk)),
              1e-10);
  // The empty level shares the reference's constant, so at a coefficient b its profile is 14 log(1 + share
  // e^b) lower.
  const double share = (std::exp(1.0) + std::exp(0.3)) / risk;
  expect_near(fit->coefficients[1].profile->upper, std::log(std::expm1(3.841458820694124 / 2 / 14) / share),
              1e-9);
  EXPECT_EQ(fit->coefficients[1].profile->lower, -kInfinity);
}

TEST(Poisson, AnEmptyReferenceLevelSendsTheConstantDownAndTheLevelsUp) {
  Counts counts{.x = {{0, 0, 1, 1, 0}, {0, 0, 0, 0, 1}}, .y = {0, 0, 3, 4, 6}, .offset = {}};
  const auto fit = fit_poisson(counts.data());
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->status, GlmStatus::kMonotoneLikelihood);
  EXPECT_EQ(fit->coefficients[0].estimate, -kInfinity);
  EXPECT_EQ(fit->coefficients[1].estimate, kInfinity);
  EXPECT_EQ(fit->coefficients[2].estimate, kInfinity);
  expect_near(fit->fitted[2], 3.5, 1e-10);
  EXPECT_EQ(fit->fitted[0], 0);
}

TEST(Poisson, NoCountsAtAllAreNoEvents) {
  Counts counts{.x = {{0, 1, 2}}, .y = {0, 0, 0}, .offset = {}};
  const auto fit = fit_poisson(counts.data());
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->status, GlmStatus::kNoEvents);
}

TEST(Poisson, LargeCountsAndHugeOffsetsConverge) {
  Counts counts{.x = {{0, 1, 0, 1}}, .y = {2e6, 3e6, 2.5e6, 3.5e6}, .offset = {700, 700, 700, 700}};
  const auto fit = fit_poisson(counts.data());
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->status, GlmStatus::kOk);
  expect_near(fit->coefficients[1].estimate, std::log(6.5 / 4.5), 1e-11);
}

/// a cases of n1 exposed, b of n0 not.
Counts risks(int a, int n1, int b, int n0) {
  Counts out{.x = {{}}, .y = {}, .offset = {}};
  for (int i = 0; i < n1 + n0; ++i) {
    out.x[0].push_back(i < n1 ? 1 : 0);
    out.y.push_back(i < n1 ? (i < a ? 1 : 0) : (i - n1 < b ? 1 : 0));
  }
  return out;
}

TEST(RiskRatio, OneBinaryCovariateGivesTheRiskRatioWithKatzsError) {
  Counts counts = risks(12, 40, 9, 70);
  const auto fit = fit_risk_ratio(counts.data());
  ASSERT_THAT(fit, Succeeds());
  expect_near(fit->coefficients[1].estimate, std::log(12.0 / 40 / (9.0 / 70)), 1e-12);
  expect_near(fit->coefficients[1].standard_error, std::sqrt(1.0 / 12 - 1.0 / 40 + 1.0 / 9 - 1.0 / 70),
              1e-12);
}

TEST(RiskRatio, RowsOfOneClusterCountAsOne) {
  Counts once = risks(12, 40, 9, 70);
  Counts twice = once;
  std::vector<std::int32_t> cluster;
  for (std::int32_t i = 0; i < 110; ++i) cluster.push_back(i);
  for (auto* column : {&twice.x[0], &twice.y}) column->insert(column->end(), column->begin(), column->end());
  cluster.insert(cluster.end(), cluster.begin(), cluster.end());
  GlmData data = twice.data();
  data.cluster = cluster;
  const auto a = fit_risk_ratio(once.data());
  const auto b = fit_risk_ratio(data);
  ASSERT_THAT(b, Succeeds());
  expect_near(b->coefficients[1].standard_error, a->coefficients[1].standard_error, 1e-12);
  EXPECT_LT(b->coefficients[1].standard_error_model, a->coefficients[1].standard_error_model * 0.8);
}

TEST(NegativeBinomial, CountsWithoutExtraSpreadGetThePoissonFit) {
  Counts counts{.x = {{0, 0, 0, 1, 1, 1}}, .y = {3, 4, 3, 6, 7, 6}, .offset = {}};
  const auto fit = fit_negative_binomial(counts.data());
  const auto poisson = fit_poisson(counts.data());
  ASSERT_THAT(fit, Succeeds());
  EXPECT_TRUE(fit->poisson_limit);
  EXPECT_EQ(fit->theta, kInfinity);
  EXPECT_EQ(fit->fit.coefficients[1].estimate, poisson->coefficients[1].estimate);
  EXPECT_EQ(fit->fit.log_likelihood, poisson->log_likelihood);
}

double negative_binomial_value(const Values& y, double mean, double theta) {
  double sum = 0;
  for (const double count : y) {
    sum += std::lgamma(count + theta) - std::lgamma(theta) - std::lgamma(count + 1) +
           theta * std::log(theta / (theta + mean)) + count * std::log(mean / (theta + mean));
  }
  return sum;
}

TEST(NegativeBinomial, TheMeanIsTheAverageAndThetaTheMaximumOfTheLikelihood) {
  const Values y = {0, 0, 1, 9, 2, 14, 0, 3, 1, 5, 0, 21};
  Counts counts{.x = {}, .y = y, .offset = {}};
  const auto fit = fit_negative_binomial(counts.data());
  ASSERT_THAT(fit, Succeeds());
  const double mean = 56.0 / 12;
  expect_near(fit->fit.coefficients[0].estimate, std::log(mean), 1e-10);
  expect_near(fit->fit.log_likelihood, negative_binomial_value(y, mean, fit->theta), 1e-12);
  const double h = 1e-4 * fit->theta;
  const double up = negative_binomial_value(y, mean, fit->theta + h);
  const double down = negative_binomial_value(y, mean, fit->theta - h);
  EXPECT_NEAR((up - down) / (2 * h), 0, 1e-7);
  const double curvature = -(up - 2 * fit->fit.log_likelihood + down) / (h * h);
  expect_near(fit->theta_error, 1 / std::sqrt(curvature), 1e-4);  // the mean is orthogonal to theta
  expect_near(fit->fit.coefficients[0].standard_error, std::sqrt((1 / mean + 1 / fit->theta) / 12), 1e-9);
}

TEST(NegativeBinomial, ALevelWithoutCountsIsMonotone) {
  Counts counts{.x = {{1, 1, 0, 0, 0, 0}}, .y = {0, 0, 8, 0, 11, 1}, .offset = {}};
  const auto fit = fit_negative_binomial(counts.data());
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->fit.status, GlmStatus::kMonotoneLikelihood);
  EXPECT_EQ(fit->fit.coefficients[1].estimate, -kInfinity);
  expect_near(fit->fit.coefficients[0].estimate, std::log(5.0), 1e-9);
}

}  // namespace
}  // namespace mimamori
