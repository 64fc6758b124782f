#include "synth/synth_cox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/testing.h"

namespace mimamori {
namespace {

// Exposed and comparator each with one death; the others come in mirrored pairs, so that the second and third
// coefficient are zero. The likelihood t / ((5t + 5)(4t + 5)) is largest at t = sqrt(5/4).
std::vector<SimulatedSurvival> worked_case() {
  std::vector<SimulatedSurvival> persons{{1, true, {1, 0, 0}}, {2, true, {0, 0, 0}}};
  for (const float exposed : {0.0F, 1.0F}) {
    for (const float side : {-1.0F, 1.0F}) {
      persons.push_back({3, false, {exposed, side, 0}});
      persons.push_back({3, false, {exposed, 0, side}});
    }
  }
  return persons;
}

TEST(SimulatedCox, AgreesWithACaseWorkedByHand) {
  const Result<SimulatedCoxFit> fit = fit_simulated_cox(worked_case());
  ASSERT_THAT(fit, Succeeds());
  const double t = std::sqrt(1.25);
  EXPECT_NEAR(fit->log_hazard_ratio[0], std::log(t), 1e-9);
  EXPECT_NEAR(fit->log_hazard_ratio[1], 0, 1e-9);
  const double p1 = t / (t + 1);
  const double p2 = 4 * t / (4 * t + 5);
  EXPECT_NEAR(fit->standard_error[0], 1 / std::sqrt(p1 * (1 - p1) + p2 * (1 - p2)), 1e-9);
  EXPECT_EQ(fit->events, 2);
}

std::vector<SimulatedSurvival> tied_case() {
  return {{1, true, {1, 0.2F, 0}},  {1, true, {1, -0.5F, 1}}, {1, false, {0, 1, 1}},
          {2, true, {0, 0.3F, 0}},  {2, true, {1, 1.1F, 0}},  {3, true, {0, -1, 1}},
          {3, true, {0, 0.7F, 1}},  {4, false, {1, 0, 0}},    {5, true, {1, -0.2F, 1}},
          {6, false, {0, 0.4F, 0}}, {6, true, {0, 0.1F, 1}},  {7, false, {1, 0.9F, 0}}};
}

// Efron's partial likelihood, written out from its definition.
double efron(const std::vector<SimulatedSurvival>& persons, const std::array<double, 3>& beta) {
  const auto predictor = [&](const SimulatedSurvival& p) {
    return beta[0] * p.x[0] + beta[1] * p.x[1] + beta[2] * p.x[2];
  };
  double log_likelihood = 0;
  for (int day = 1; day <= 7; ++day) {
    double at_risk = 0;
    double dying = 0;
    int deaths = 0;
    for (const SimulatedSurvival& p : persons) {
      if (p.day >= day) at_risk += std::exp(predictor(p));
      if (p.day != day || !p.event) continue;
      dying += std::exp(predictor(p));
      log_likelihood += predictor(p);
      ++deaths;
    }
    for (int k = 0; k < deaths; ++k) log_likelihood -= std::log(at_risk - dying * k / deaths);
  }
  return log_likelihood;
}

TEST(SimulatedCox, FindsTheTopOfEfronsLikelihoodUnderTies) {
  const Result<SimulatedCoxFit> fit = fit_simulated_cox(tied_case());
  ASSERT_THAT(fit, Succeeds());
  const double top = efron(tied_case(), fit->log_hazard_ratio);
  for (std::size_t j = 0; j < 3; ++j) {
    for (const double step : {-1e-3, 1e-3}) {
      std::array<double, 3> beside = fit->log_hazard_ratio;
      beside.at(j) += step;
      EXPECT_LT(efron(tied_case(), beside), top);
    }
    // Slope zero to the accuracy of central differences.
    std::array<double, 3> low = fit->log_hazard_ratio;
    std::array<double, 3> high = fit->log_hazard_ratio;
    low.at(j) -= 1e-5;
    high.at(j) += 1e-5;
    EXPECT_NEAR((efron(tied_case(), high) - efron(tied_case(), low)) / 2e-5, 0, 1e-6);
  }
}

TEST(SimulatedCox, SaysWhenThereIsNoEstimate) {
  std::vector<SimulatedSurvival> persons = tied_case();
  for (SimulatedSurvival& p : persons) p.event = false;
  EXPECT_THAT(fit_simulated_cox(persons), FailsWith(ErrorCode::kNotEstimable));
  persons = tied_case();
  for (SimulatedSurvival& p : persons) p.x[2] = 1;
  EXPECT_THAT(fit_simulated_cox(persons), FailsWith(ErrorCode::kNotEstimable));
  EXPECT_THAT(fit_simulated_cox({}), FailsWith(ErrorCode::kNotEstimable));
}

}  // namespace
}  // namespace mimamori
