// Aalen-Johansen, Gray's test and the Fine-Gray model.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>

#include "analyze/aalen_johansen.h"
#include "analyze/fine_gray.h"
#include "analyze/gray.h"
#include "analyze/kaplan_meier.h"
#include "base/testing.h"

namespace mimamori {
namespace {

const std::array<double, 6> kTime = {1, 2, 2, 3, 4, 5};
const std::array<std::int32_t, 6> kCause = {1, 2, 0, 1, 0, 2};

TEST(AalenJohansen, AWorkedExample) {
  const auto steps = aalen_johansen({.time = kTime, .cause = kCause});
  ASSERT_THAT(steps, Succeeds());
  ASSERT_EQ(steps->size(), 4U);
  const IncidenceStep& third = (*steps)[2];  // day 3: 3 at risk
  EXPECT_EQ(third.at_risk, 3);
  EXPECT_DOUBLE_EQ(third.survival, 5.0 / 6 * 4 / 5 * 2 / 3);
  EXPECT_DOUBLE_EQ(third.causes[0].value, 1.0 / 6 + 5.0 / 6 * 4 / 5 / 3);
  EXPECT_DOUBLE_EQ(third.causes[1].value, 5.0 / 6 / 5);
  EXPECT_DOUBLE_EQ(steps->back().survival, 0);
  EXPECT_EQ(step_at(*steps, 0.9), nullptr);
  EXPECT_EQ(step_at(*steps, 1), &(*steps)[0]);
}

TEST(AalenJohansen, OneCauseIsOneMinusKaplanMeier) {
  std::vector<std::int32_t> cause;
  std::vector<std::uint8_t> event;
  for (const std::int32_t c : kCause) {
    cause.push_back(c == 0 ? 0 : 1);
    event.push_back(c == 0 ? 0 : 1);
  }
  const auto incidence = aalen_johansen({.time = kTime, .cause = cause});
  const auto survival = kaplan_meier({.time = kTime, .event = event}, SurvivalInterval::kLogLog);
  ASSERT_THAT(incidence, Succeeds());
  ASSERT_THAT(survival, Succeeds());
  for (std::size_t k = 0; k + 1 < survival->size(); ++k) {
    const Incidence& own = (*incidence)[k].causes[0];
    EXPECT_NEAR(own.value, 1 - (*survival)[k].survival, 1e-15);
    EXPECT_NEAR(own.se_greenwood, *(*survival)[k].standard_error, 1e-15);
    EXPECT_NEAR(own.se_jackknife, *(*survival)[k].standard_error, 1e-15);
    const IncidenceLimits limits =
        incidence_limits(own.value, own.se_greenwood, IncidenceInterval::kCloglogOfComplement);
    EXPECT_NEAR(*limits.lower, 1 - *(*survival)[k].upper, 1e-14);
    EXPECT_NEAR(*limits.upper, 1 - *(*survival)[k].lower, 1e-14);
  }
}

TEST(AalenJohansen, AnEarlyEmptyRiskSetIsMarked) {
  const std::array<double, 2> start = {0, 5};
  const std::array<double, 2> time = {3, 8};
  const std::array<std::int32_t, 2> cause = {2, 1};
  const auto steps = aalen_johansen({.time = time, .cause = cause, .start = start});
  ASSERT_THAT(steps, Succeeds());
  EXPECT_TRUE((*steps)[0].emptied_early);
  EXPECT_FALSE((*steps)[1].emptied_early);
  EXPECT_EQ((*steps)[1].causes[0].value, 0);
}

TEST(AalenJohansen, LimitsNeedAnEvent) {
  EXPECT_FALSE(incidence_limits(0, 0, IncidenceInterval::kLogLogOfIncidence).lower.has_value());
  EXPECT_FALSE(incidence_limits(1, 0, IncidenceInterval::kCloglogOfComplement).upper.has_value());
  EXPECT_EQ(*incidence_limits(0.01, 0.1, IncidenceInterval::kPlain).lower, 0);
}

RC_GTEST_PROP(AalenJohansen, ProbabilitiesAddUpToOne, ()) {
  const auto rows = *rc::gen::inRange<std::size_t>(1, 40);
  const auto times = *rc::gen::container<std::vector<int>>(rows, rc::gen::inRange(0, 15));
  const auto causes = *rc::gen::container<std::vector<std::int32_t>>(rows, rc::gen::inRange(0, 4));
  const auto weights = *rc::gen::container<std::vector<int>>(rows, rc::gen::inRange(1, 30));
  const std::vector<double> time(times.begin(), times.end());
  const std::vector<double> weight(weights.begin(), weights.end());
  const auto steps = aalen_johansen({.time = time, .cause = causes, .start = {}, .weight = weight});
  RC_ASSERT(steps.ok());
  for (const IncidenceStep& step : *steps) {
    double sum = step.survival;
    for (const Incidence& cause : step.causes) sum += cause.value;
    RC_ASSERT(std::abs(sum - 1) < 1e-12);
  }
}

TEST(AalenJohansen, BadRowsAreRefused) {
  const std::array<std::int32_t, 6> negative = {1, -1, 0, 1, 0, 2};
  EXPECT_THAT(aalen_johansen({.time = kTime, .cause = negative}), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(aalen_johansen({}), FailsWith(ErrorCode::kInvalidInput));
}

TEST(Gray, EqualGroupsDoNotDiffer) {
  std::vector<double> time(kTime.begin(), kTime.end());
  std::vector<std::int32_t> cause(kCause.begin(), kCause.end());
  std::vector<std::int32_t> group(6, 0);
  time.insert(time.end(), kTime.begin(), kTime.end());
  cause.insert(cause.end(), kCause.begin(), kCause.end());
  group.insert(group.end(), 6, 1);
  const auto test = gray_test({.time = time, .cause = cause, .group = group}, 1);
  ASSERT_THAT(test, Succeeds());
  EXPECT_EQ(test->degrees, 1);
  EXPECT_NEAR(test->chi_square, 0, 1e-25);
  EXPECT_NEAR(test->p, 1, 1e-12);
}

TEST(Gray, ACauseWithoutEventsHasNoTest) {
  const std::array<std::int32_t, 6> group = {0, 1, 0, 1, 0, 1};
  const auto test = gray_test({.time = kTime, .cause = kCause, .group = group}, 3);
  ASSERT_THAT(test, Succeeds());
  EXPECT_EQ(test->degrees, 0);
  EXPECT_EQ(test->events, 0);
}

const std::vector<double> kX = {0.3, -1, 0.5, 1.2, 0.1, -0.4, 2, 0.7, -0.2, 0.9};
const std::vector<double> kLong = {1, 2, 3, 3, 4, 5, 6, 6, 7, 8};

TEST(FineGray, WithoutCompetingEventsItIsTheCoxModel) {
  const std::vector<std::int32_t> cause = {1, 0, 1, 1, 0, 1, 1, 0, 1, 0};
  const std::vector<std::uint8_t> event(cause.begin(), cause.end());
  for (const Ties ties : {Ties::kBreslow, Ties::kEfron}) {
    const auto answer = fine_gray({.x = kX, .time = kLong, .cause = cause}, {.ties = ties});
    const auto cox =
        fit_cox({.x = kX, .start = {}, .stop = kLong, .event = event, .stratum = {}}, {.ties = ties});
    ASSERT_THAT(cox, Succeeds());
    const auto* fit = std::get_if<FineGrayFit>(&answer);
    ASSERT_NE(fit, nullptr);
    EXPECT_NEAR(fit->coefficients[0], cox->coefficients[0], 1e-9);
    EXPECT_NEAR(fit->model_errors[0], cox->standard_errors[0], 1e-9);
    EXPECT_NEAR(fit->log_likelihood, cox->log_likelihood, 1e-10);
  }
}

TEST(FineGray, WithoutCensoringOtherCausesStayAtRiskToTheEnd) {
  const std::vector<std::int32_t> cause = {1, 2, 1, 1, 2, 1, 1, 2, 1, 2};
  std::vector<double> stop = kLong;
  std::vector<std::uint8_t> event;
  for (std::size_t i = 0; i < cause.size(); ++i) {
    event.push_back(cause[i] == 1);
    if (cause[i] != 1) stop[i] = 100;
  }
  const auto cox =
      fit_cox({.x = kX, .start = {}, .stop = stop, .event = event, .stratum = {}}, {.ties = Ties::kBreslow});
  ASSERT_THAT(cox, Succeeds());
  const auto answer = fine_gray({.x = kX, .time = kLong, .cause = cause});
  const auto* fit = std::get_if<FineGrayFit>(&answer);
  ASSERT_NE(fit, nullptr);
  EXPECT_NEAR(fit->coefficients[0], cox->coefficients[0], 1e-9);
  EXPECT_EQ(fit->events, 6U);
  EXPECT_EQ(fit->competing_events, 4U);
}

CoxObstacle obstacle_of(const std::vector<double>& x, const std::vector<std::int32_t>& cause) {
  const auto answer = fine_gray({.x = x, .time = kLong, .cause = cause});
  const auto* refusal = std::get_if<CoxRefusal>(&answer);
  EXPECT_NE(refusal, nullptr);
  return refusal == nullptr ? CoxObstacle::kInvalidInput : refusal->obstacle;
}

TEST(FineGray, EachDegenerateCaseHasItsObstacle) {
  const std::vector<std::int32_t> cause = {1, 2, 1, 1, 2, 1, 0, 2, 1, 2};
  EXPECT_EQ(obstacle_of(kX, std::vector<std::int32_t>(10, 2)), CoxObstacle::kNoEvents);
  EXPECT_EQ(obstacle_of(std::vector<double>(10, 3.0), cause), CoxObstacle::kConstantCovariate);
  std::vector<double> twice, only_events;
  for (std::size_t i = 0; i < kX.size(); ++i) {
    twice.push_back(kX[i]);
    twice.push_back(2 * kX[i] + 1);
    only_events.push_back(cause[i] == 1 ? 1 : 0);
  }
  EXPECT_EQ(obstacle_of(twice, cause), CoxObstacle::kAliased);
  EXPECT_EQ(obstacle_of(only_events, cause), CoxObstacle::kMonotoneLikelihood);
  std::vector<double> missing = kX;
  missing[3] = std::nan("");
  EXPECT_EQ(obstacle_of(missing, cause), CoxObstacle::kInvalidInput);
}

}  // namespace
}  // namespace mimamori
