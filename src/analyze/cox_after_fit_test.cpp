// Baseline hazard, residuals and the test of proportional hazards.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <Eigen/Dense>
#include <array>
#include <cmath>
#include <numeric>
#include <set>

#include "analyze/cox_baseline.h"
#include "analyze/cox_residuals.h"
#include "analyze/proportional_hazards.h"
#include "base/testing.h"

namespace mimamori {
namespace {

/// Two covariates, ties, delayed entry, two strata, weights.
struct Example {
  std::vector<double> x = {0.2, 1, 1.1, 0, -0.4, 1, 0.9, 1, 1.7, 0, -1.2, 0, 0.3, 1, 0.8, 0, -0.1, 1, 0.5, 0};
  std::vector<double> start = {0, 0, 1, 0, 2, 0, 0, 3, 0, 1};
  std::vector<double> stop = {2, 3, 3, 3, 5, 6, 4, 7, 4, 6};
  std::vector<std::uint8_t> event = {1, 1, 1, 0, 1, 1, 0, 1, 1, 0};
  std::vector<std::int32_t> stratum = {1, 1, 1, 1, 1, 2, 2, 2, 2, 1};
  std::vector<double> weight = {1, 2, 0.5, 1, 1.5, 1, 1, 2, 1, 0.7};

  [[nodiscard]] CoxData data() const {
    return {.x = x, .start = start, .stop = stop, .event = event, .stratum = stratum, .weight = weight};
  }
};

CoxFit fit_of(const CoxData& data, Ties ties) {
  const auto fit = fit_cox(data, {.ties = ties});
  EXPECT_THAT(fit, Succeeds());
  return fit.ok() ? *fit : CoxFit{};
}

TEST(CoxBaseline, WithoutEffectItIsTheNelsonAalenEstimator) {
  // The covariate is balanced in each risk set, so its coefficient is 0.
  const std::vector<double> x = {-1, 1, -1, 1, -1, 1};
  const std::vector<double> stop = {1, 1, 2, 2, 3, 3};
  const std::vector<std::uint8_t> event = {1, 1, 1, 1, 0, 0};
  const CoxData data{.x = x, .start = {}, .stop = stop, .event = event, .stratum = {}};
  const CoxFit fit = fit_of(data, Ties::kBreslow);
  const std::array<double, 1> at = {0};
  const auto curves = cox_curves(data, fit, at, {.ties = Ties::kBreslow});
  ASSERT_THAT(curves, Succeeds());
  const std::vector<CoxCurveStep>& steps = curves->front().steps;
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_NEAR(steps[0].cumulative_hazard, 2.0 / 6, 1e-12);
  EXPECT_NEAR(steps[1].cumulative_hazard, 2.0 / 6 + 2.0 / 4, 1e-12);
  EXPECT_NEAR(steps[0].hazard_standard_error, std::sqrt(2.0 / 36),
              1e-12);  // mean covariate and `at` are both 0
  EXPECT_EQ(steps[0].at_risk, 6);
  EXPECT_EQ(step_at(steps, 0.5), nullptr);
  EXPECT_EQ(step_at(steps, 2), &steps[1]);
}

TEST(CoxBaseline, EfronsTiesLeaveOneAfterTheOther) {
  const std::vector<double> x = {-1, 1, -1, 1, -1, 1};
  const std::vector<double> stop = {1, 1, 2, 2, 3, 3};
  const std::vector<std::uint8_t> event = {1, 1, 1, 1, 0, 0};
  const CoxData data{.x = x, .start = {}, .stop = stop, .event = event, .stratum = {}};
  const std::array<double, 1> at = {0};
  const auto curves = cox_curves(data, fit_of(data, Ties::kEfron), at, {.ties = Ties::kEfron});
  ASSERT_THAT(curves, Succeeds());
  EXPECT_NEAR(curves->front().steps[0].cumulative_hazard, 1.0 / 6 + 1.0 / 5, 1e-12);
}

TEST(CoxBaseline, APredictionMultipliesTheHazard) {
  const Example example;
  const CoxFit fit = fit_of(example.data(), Ties::kEfron);
  const std::array<double, 2> zero = {0, 0}, one = {0.7, 1};
  const auto base = cox_curves(example.data(), fit, zero);
  const auto moved = cox_curves(example.data(), fit, one, {.offset = 0.2});
  ASSERT_THAT(base, Succeeds());
  ASSERT_THAT(moved, Succeeds());
  ASSERT_EQ(base->size(), 2U);  // strata
  EXPECT_EQ((*base)[1].stratum, 2);
  const double ratio = std::exp(0.7 * fit.coefficients[0] + fit.coefficients[1] + 0.2);
  for (std::size_t c = 0; c < 2; ++c) {
    for (std::size_t k = 0; k < (*base)[c].steps.size(); ++k) {
      const double hazard = (*moved)[c].steps[k].cumulative_hazard;
      EXPECT_NEAR(hazard, ratio * (*base)[c].steps[k].cumulative_hazard, 1e-10);
      EXPECT_NEAR((*moved)[c].steps[k].survival, std::exp(-hazard), 1e-15);
    }
  }
}

TEST(CoxBaseline, ThePointMustFitTheModel) {
  const Example example;
  const CoxFit fit = fit_of(example.data(), Ties::kEfron);
  const std::array<double, 1> short_point = {0};
  EXPECT_THAT(cox_curves(example.data(), fit, short_point), FailsWith(ErrorCode::kInvalidInput));
}

TEST(CoxResiduals, SumToZeroAtTheEstimate) {
  const Example example;
  for (const Ties ties : {Ties::kEfron, Ties::kBreslow}) {
    const CoxFit fit = fit_of(example.data(), ties);
    const auto residuals = cox_residuals(example.data(), fit, ties);
    ASSERT_THAT(residuals, Succeeds());
    double martingale = 0;
    std::array<double, 2> score = {0, 0};
    for (std::size_t i = 0; i < example.stop.size(); ++i) {
      martingale += example.weight[i] * residuals->martingale[i];
      for (std::size_t j = 0; j < 2; ++j) score[j] += example.weight[i] * residuals->score[i * 2 + j];
      EXPECT_EQ(residuals->deviance[i] > 0, residuals->martingale[i] > 0);
    }
    EXPECT_NEAR(martingale, 0, 1e-12);
    EXPECT_NEAR(score[0], 0, 1e-8);
    EXPECT_NEAR(score[1], 0, 1e-8);
    EXPECT_EQ(residuals->events.size(), 7U);
    EXPECT_EQ(residuals->events.front().row, 0U);
  }
}

TEST(CoxResiduals, DfbetaIsTheDerivativeByTheWeight) {
  Example example;
  const CoxFit fit = fit_of(example.data(), Ties::kBreslow);
  const auto residuals = cox_residuals(example.data(), fit, Ties::kBreslow);
  ASSERT_THAT(residuals, Succeeds());
  const double step = 1e-5;
  for (const std::size_t row : {0U, 3U, 7U}) {
    const double weight = example.weight[row];
    example.weight[row] = weight + step;
    const CoxFit more = fit_of(example.data(), Ties::kBreslow);
    example.weight[row] = weight - step;
    const CoxFit less = fit_of(example.data(), Ties::kBreslow);
    example.weight[row] = weight;
    for (std::size_t j = 0; j < 2; ++j) {
      const double slope = (more.coefficients[j] - less.coefficients[j]) / (2 * step);
      EXPECT_NEAR(residuals->dfbeta[row * 2 + j], weight * slope, 1e-6);
    }
  }
}

/// The score test by brute force: rows split at every event time, with g(t) x as further covariates.
double expanded_score_test(const Example& example, const CoxFit& fit, Ties ties, double (*g)(double)) {
  Example split;
  split.x.clear();
  split.start.clear();
  split.stop.clear();
  split.event.clear();
  split.stratum.clear();
  split.weight.clear();
  std::set<double> cuts;
  for (std::size_t i = 0; i < example.stop.size(); ++i) {
    if (example.event[i] != 0) cuts.insert(example.stop[i]);
  }
  for (std::size_t i = 0; i < example.stop.size(); ++i) {
    for (const double time : cuts) {
      if (time <= example.start[i] || time > example.stop[i]) continue;
      for (std::size_t j = 0; j < 2; ++j) split.x.push_back(example.x[i * 2 + j]);
      for (std::size_t j = 0; j < 2; ++j) split.x.push_back(g(time) * example.x[i * 2 + j]);
      split.start.push_back(time - 0.5);
      split.stop.push_back(time);
      split.event.push_back(time == example.stop[i] ? example.event[i] : 0);
      split.stratum.push_back(example.stratum[i]);
      split.weight.push_back(example.weight[i]);
    }
  }
  const std::array<double, 4> beta = {fit.coefficients[0], fit.coefficients[1], 0, 0};
  const auto objective = cox_objective(split.data(), beta, ties);
  EXPECT_THAT(objective, Succeeds());
  const Eigen::Vector4d score(objective->gradient.data());
  const Eigen::Matrix4d information(objective->information.data());
  return score.dot(information.ldlt().solve(score));
}

TEST(ProportionalHazards, TheScoreTestIsThatOfTheExpandedModel) {
  const Example example;
  for (const Ties ties : {Ties::kEfron, Ties::kBreslow}) {
    const CoxFit fit = fit_of(example.data(), ties);
    const auto identity = ph_test(example.data(), fit, {.ties = ties, .transform = TimeTransform::kIdentity});
    const auto log = ph_test(example.data(), fit, {.ties = ties, .transform = TimeTransform::kLog});
    ASSERT_THAT(identity, Succeeds());
    ASSERT_THAT(log, Succeeds());
    EXPECT_NEAR(identity->global.chi_square,
                expanded_score_test(example, fit, ties, [](double t) { return t; }), 1e-7);
    EXPECT_NEAR(log->global.chi_square,
                expanded_score_test(example, fit, ties, [](double t) { return std::log(t); }), 1e-7);
    EXPECT_EQ(identity->global.degrees, 2);
  }
}

TEST(ProportionalHazards, OneTermOfAllColumnsIsTheGlobalTest) {
  const Example example;
  const CoxFit fit = fit_of(example.data(), Ties::kEfron);
  for (const PhStatistic statistic : {PhStatistic::kScore, PhStatistic::kApproximate1994}) {
    const auto test = ph_test(example.data(), fit, {.statistic = statistic, .terms = {{0, 1}}});
    ASSERT_THAT(test, Succeeds());
    EXPECT_NEAR(test->terms[0].chi_square, test->global.chi_square, 1e-12);
  }
}

TEST(ProportionalHazards, WithOneEventTimeNothingCanChange) {
  const std::vector<double> x = {0, 1, 1, 0.5};
  const std::vector<double> stop = {1, 1, 2, 2};
  const std::vector<std::uint8_t> event = {1, 1, 0, 0};
  const CoxData data{.x = x, .start = {}, .stop = stop, .event = event, .stratum = {}};
  const auto test = ph_test(data, fit_of(data, Ties::kBreslow), {.ties = Ties::kBreslow});
  ASSERT_THAT(test, Succeeds());
  EXPECT_EQ(test->global.degrees, 0);
}

TEST(ProportionalHazards, TheLogarithmNeedsPositiveTimes) {
  Example example;
  const CoxFit fit = fit_of(example.data(), Ties::kEfron);
  for (double& start : example.start) start -= 2;
  for (double& stop : example.stop) stop -= 2;
  EXPECT_THAT(ph_test(example.data(), fit, {.transform = TimeTransform::kLog}),
              FailsWith(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace mimamori
