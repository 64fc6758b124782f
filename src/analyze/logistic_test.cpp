#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <numeric>

#include "analyze/glm.h"
#include "analyze/logistic_firth.h"
#include "base/random.h"
#include "base/testing.h"

namespace mimamori {
namespace {

using Values = std::vector<double>;

/// Columns and outcome that stay alive for a fit.
struct Sample {
  std::vector<Values> x;
  Values y;
  Values weight;
  Values offset;
  std::vector<std::int32_t> cluster;
  std::vector<std::span<const double>> spans = {};

  GlmData data() {
    spans.assign(x.begin(), x.end());
    return {.columns = spans, .outcome = y, .weight = weight, .offset = offset, .cluster = cluster};
  }
};

/// a cases of n1 with x = 1, b cases of n0 with x = 0.
Sample two_by_two(int a, int n1, int b, int n0) {
  Sample out{.x = {{}}, .y = {}, .weight = {}, .offset = {}, .cluster = {}};
  const auto add = [&](double x, int cases, int of) {
    for (int i = 0; i < of; ++i) {
      out.x[0].push_back(x);
      out.y.push_back(i < cases ? 1 : 0);
    }
  };
  add(1, a, n1);
  add(0, b, n0);
  return out;
}

/// Rows with a real effect, and no separation at this size.
Sample simulated(std::uint64_t stream, std::size_t rows) {
  const RandomStream random(stream);
  Sample out{.x = {{}, {}}, .y = {}, .weight = {}, .offset = {}, .cluster = {}};
  for (std::size_t i = 0; i < rows; ++i) {
    const double a = random.u(i, 0) * 4 - 2;
    const double b = random.u(i, 1) < 0.4 ? 1 : 0;
    out.x[0].push_back(a);
    out.x[1].push_back(b);
    out.y.push_back(random.u(i, 2) < 1 / (1 + std::exp(0.5 - 0.7 * a - 0.4 * b)) ? 1 : 0);
    out.weight.push_back(0.5 + random.u(i, 3));
    out.offset.push_back(random.u(i, 4) - 0.5);
    out.cluster.push_back(static_cast<std::int32_t>(i / 3));
  }
  return out;
}

void expect_near(double actual, double expected, double relative) {
  EXPECT_LE(std::abs(actual - expected), relative * (1 + std::abs(expected))) << actual << " " << expected;
}

TEST(Logistic, OneBinaryCovariateGivesTheLogOddsRatioOfTheTable) {
  auto sample = two_by_two(12, 40, 9, 70);
  const auto fit = fit_logistic(sample.data());
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->status, GlmStatus::kOk);
  expect_near(fit->coefficients[0].estimate, std::log(9.0 / 61), 1e-12);
  expect_near(fit->coefficients[1].estimate, std::log(12.0 * 61 / (28.0 * 9)), 1e-12);
  expect_near(fit->coefficients[1].standard_error, std::sqrt(1.0 / 12 + 1.0 / 28 + 1.0 / 9 + 1.0 / 61),
              1e-12);
  expect_near(fit->log_likelihood,
              12 * std::log(0.3) + 28 * std::log(0.7) + 9 * std::log(9.0 / 70) + 61 * std::log(61.0 / 70),
              1e-12);
  expect_near(fit->deviance, -2 * fit->log_likelihood, 1e-14);
}

TEST(Logistic, WeightTwoIsARowTwiceAndWeightZeroIsNoRow) {
  Sample once = simulated(11, 60);
  Sample twice = once;
  once.weight.assign(60, 1);
  for (std::size_t i = 0; i < 20; ++i) {
    once.weight[i] = 2;
    for (auto* column : {&twice.x[0], &twice.x[1], &twice.y, &twice.offset}) column->push_back((*column)[i]);
  }
  once.weight.push_back(0);
  for (auto* column : {&once.x[0], &once.x[1], &once.y, &once.offset}) column->push_back(1);
  once.x[0].back() = 1e6;  // would move center and scale if it counted
  once.cluster.clear();
  twice.cluster.clear();
  twice.weight.clear();
  const auto a = fit_logistic(once.data());
  const auto b = fit_logistic(twice.data());
  ASSERT_THAT(a, Succeeds());
  ASSERT_THAT(b, Succeeds());
  EXPECT_EQ(a->rows, 60U);
  EXPECT_EQ(b->rows, 80U);
  for (std::size_t j = 0; j < 3; ++j) {
    expect_near(a->coefficients[j].estimate, b->coefficients[j].estimate, 1e-11);
    expect_near(a->coefficients[j].standard_error, b->coefficients[j].standard_error, 1e-11);
  }
}

TEST(Logistic, TheProfileLikelihoodHasFallenByTheChiSquarePointAtItsLimits) {
  Sample sample = simulated(3, 80);
  GlmOptions options{.profile = true};
  const auto fit = fit_logistic(sample.data(), options);
  ASSERT_THAT(fit, Succeeds());
  for (const std::size_t j : {1U, 2U}) {
    for (const double b : {fit->coefficients[j].profile->lower, fit->coefficients[j].profile->upper}) {
      Sample held = sample;  // the coefficient goes into the offset, its column goes
      for (std::size_t i = 0; i < held.y.size(); ++i) held.offset[i] += b * held.x[j - 1][i];
      held.x.erase(held.x.begin() + static_cast<std::ptrdiff_t>(j) - 1);
      const auto rest = fit_logistic(held.data());
      ASSERT_THAT(rest, Succeeds());
      EXPECT_NEAR(2 * (fit->log_likelihood - rest->log_likelihood), 3.841458820694124, 1e-9);
    }
  }
  // and of the constant: without a constant, with it in the offset
  for (const double b : {fit->coefficients[0].profile->lower, fit->coefficients[0].profile->upper}) {
    Sample held = sample;
    for (double& offset : held.offset) offset += b;
    const auto rest = fit_logistic(held.data(), {.constant = false});
    ASSERT_THAT(rest, Succeeds());
    EXPECT_NEAR(2 * (fit->log_likelihood - rest->log_likelihood), 3.841458820694124, 1e-9);
  }
}

/// A covariate far from 0: the constant is far from where the data are, and moves with that covariate.
Sample far_from_zero(std::uint64_t stream) {
  Sample sample = simulated(stream, 60);
  for (double& x : sample.x[0]) x += 100;
  return sample;
}

TEST(Logistic, TheConstantsProfileIsFoundWhereACovariateIsFarFromZero) {
  for (const std::uint64_t stream : {3U, 4U, 5U}) {
    Sample sample = far_from_zero(stream);
    const auto fit = fit_logistic(sample.data(), {.profile = true});
    ASSERT_THAT(fit, Succeeds());
    const auto fall_at = [&](double constant) {
      Sample held = sample;
      // With -constant / 100 times the covariate beside it, the offset is small: the coefficient makes it
      // good.
      for (std::size_t i = 0; i < held.y.size(); ++i) held.offset[i] += constant * (1 - held.x[0][i] / 100);
      const auto rest = fit_logistic(held.data(), {.constant = false});
      EXPECT_THAT(rest, Succeeds());
      return rest.ok() ? 2 * (fit->log_likelihood - rest->log_likelihood) : 0;
    };
    const GlmCoefficient& constant = fit->coefficients[0];
    EXPECT_NEAR(fall_at(constant.profile->lower), 3.841458820694124, 1e-8) << stream;
    EXPECT_NEAR(fall_at(constant.profile->upper), 3.841458820694124, 1e-8) << stream;
    // p of a chi-square of one degree of freedom
    EXPECT_NEAR(*constant.lr_p, std::erfc(std::sqrt(fall_at(0) / 2)), 1e-9) << stream;
  }
}

TEST(Logistic, AConstantAndAnAliasedColumnAreNamedAndTheRestStays) {
  Sample plain = simulated(5, 70);
  Sample more = plain;
  Values sum;
  for (std::size_t i = 0; i < 70; ++i) sum.push_back(2 * plain.x[0][i] - plain.x[1][i] + 7);
  more.x.push_back(sum);
  more.x.push_back(Values(70, 3.0));
  const auto a = fit_logistic(plain.data());
  const auto b = fit_logistic(more.data());
  ASSERT_THAT(a, Succeeds());
  ASSERT_THAT(b, Succeeds());
  EXPECT_EQ(b->status, GlmStatus::kAliased);
  EXPECT_EQ(b->coefficients[3].state, CoefficientState::kAliased);
  EXPECT_EQ(b->coefficients[4].state, CoefficientState::kConstant);
  EXPECT_TRUE(std::isnan(b->coefficients[3].estimate));
  ASSERT_EQ(b->coefficients[3].combination.size(), 3U);
  expect_near(b->coefficients[3].combination[0].second, 7, 1e-9);
  expect_near(b->coefficients[3].combination[1].second, 2, 1e-9);
  expect_near(b->coefficients[3].combination[2].second, -1, 1e-9);
  EXPECT_EQ(b->rank, a->rank);
  expect_near(b->log_likelihood, a->log_likelihood, 1e-13);
  for (std::size_t j = 0; j < 3; ++j)
    expect_near(b->coefficients[j].estimate, a->coefficients[j].estimate, 1e-11);
}

TEST(Logistic, AColumnThatSeparatesSomeRowsIsInfiniteAndTheOthersComeFromTheRestOfTheRows) {
  Sample rest = simulated(7, 60);
  rest.cluster.clear();
  Sample all = rest;
  all.x.push_back(Values(60, 0));
  for (int k = 0; k < 4; ++k) {  // four rows with the third covariate, all cases
    all.x[0].push_back(0.3 * k);
    all.x[1].push_back(k % 2);
    all.x[2].push_back(1);
    all.y.push_back(1);
    all.weight.push_back(1);
    all.offset.push_back(0);
  }
  const auto a = fit_logistic(rest.data());
  const auto b = fit_logistic(all.data());
  ASSERT_THAT(a, Succeeds());
  ASSERT_THAT(b, Succeeds());
  EXPECT_EQ(b->status, GlmStatus::kQuasiCompleteSeparation);
  EXPECT_EQ(b->rows_separated, 4U);
  EXPECT_EQ(b->coefficients[3].state, CoefficientState::kInfinite);
  EXPECT_EQ(b->coefficients[3].estimate, std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(b->coefficients[3].standard_error));
  for (std::size_t j = 0; j < 3; ++j) {
    expect_near(b->coefficients[j].estimate, a->coefficients[j].estimate, 1e-10);
    expect_near(b->coefficients[j].standard_error, a->coefficients[j].standard_error, 1e-10);
  }
  expect_near(b->log_likelihood, a->log_likelihood, 1e-12);
  ASSERT_TRUE(b->coefficients[3].profile.has_value());
  EXPECT_TRUE(std::isfinite(b->coefficients[3].profile->lower));
  EXPECT_EQ(b->coefficients[3].profile->upper, std::numeric_limits<double>::infinity());
}

TEST(Logistic, TheOneSidedLimitHasTheProfileOfTheChiSquarePoint) {
  auto sample = two_by_two(6, 6, 5, 12);
  const auto fit = fit_logistic(sample.data());
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->status, GlmStatus::kQuasiCompleteSeparation);
  const double b = fit->coefficients[1].profile->lower;
  Sample held = sample;
  for (std::size_t i = 0; i < held.y.size(); ++i) held.offset.push_back(b * held.x[0][i]);
  held.x.clear();
  const auto rest = fit_logistic(held.data());
  ASSERT_THAT(rest, Succeeds());
  EXPECT_NEAR(2 * (fit->log_likelihood - rest->log_likelihood), 3.841458820694124, 1e-9);
}

TEST(Logistic, CompleteSeparationIsSaidAndOneRowInTheOtherCampEndsIt) {
  Sample sample{
      .x = {{1, 2, 3, 4, 5, 6}}, .y = {0, 0, 0, 1, 1, 1}, .weight = {}, .offset = {}, .cluster = {}};
  auto fit = fit_logistic(sample.data());
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->status, GlmStatus::kCompleteSeparation);
  EXPECT_EQ(fit->coefficients[1].estimate, std::numeric_limits<double>::infinity());
  EXPECT_EQ(fit->log_likelihood, 0);
  sample.x[0][2] = 4;  // now a case and a control share 4: quasi-complete
  fit = fit_logistic(sample.data());
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->status, GlmStatus::kQuasiCompleteSeparation);
  EXPECT_EQ(fit->rows_separated, 4U);
  EXPECT_NEAR(fit->log_likelihood, 2 * std::log(0.5), 1e-12);
  sample.x[0][2] = 4.001;  // and now they overlap
  fit = fit_logistic(sample.data());
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->status, GlmStatus::kOk);
}

TEST(Logistic, NoEventsAndNothingButEventsAreSaid) {
  Sample sample{.x = {{1, 2, 3, 4}}, .y = {0, 0, 0, 0}, .weight = {}, .offset = {}, .cluster = {}};
  auto fit = fit_logistic(sample.data());
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->status, GlmStatus::kNoEvents);
  EXPECT_TRUE(std::isnan(fit->coefficients[1].estimate));
  sample.y = {1, 1, 1, 1};
  fit = fit_logistic(sample.data());
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->status, GlmStatus::kAllEvents);
}

TEST(Logistic, InputThatIsNoNumberIsRefusedWithItsRows) {
  Sample sample = simulated(1, 20);
  sample.x[1][4] = std::nan("");
  auto fit = fit_logistic(sample.data());
  EXPECT_THAT(fit, FailsWith(ErrorCode::kInvalidInput));
  EXPECT_EQ(fit.error().sentence, "logistic: covariate 2: expected finite numbers in row 5");
  sample.x[1][4] = 0;
  sample.y[6] = 0.5;
  EXPECT_THAT(fit_logistic(sample.data()), FailsWith(ErrorCode::kInvalidInput));
  sample.y[6] = 1;
  sample.weight[2] = -1;
  EXPECT_THAT(fit_logistic(sample.data()), FailsWith(ErrorCode::kInvalidInput));
}

TEST(Logistic, AHugeOffsetAndHugeScalesMoveNothing) {
  Sample sample = simulated(21, 90);
  const auto before = fit_logistic(sample.data());
  Sample far = sample;
  for (double& offset : far.offset) offset += 500;
  for (double& x : far.x[0]) x = x * 1e9 + 3e9;
  const auto after = fit_logistic(far.data());
  ASSERT_THAT(before, Succeeds());
  ASSERT_THAT(after, Succeeds());
  EXPECT_EQ(after->status, GlmStatus::kOk);
  expect_near(after->coefficients[1].estimate * 1e9, before->coefficients[1].estimate, 1e-9);
  expect_near(after->coefficients[2].estimate, before->coefficients[2].estimate, 1e-9);
  expect_near(after->log_likelihood, before->log_likelihood, 1e-11);
}

RC_GTEST_PROP(Logistic, TheOrderOfRowsChangesNothing, (std::uint16_t stream, std::uint16_t turn)) {
  Sample sample = simulated(stream, 50);
  Sample turned = sample;
  for (auto* column : {&turned.x[0], &turned.x[1], &turned.y, &turned.weight, &turned.offset}) {
    std::rotate(column->begin(), column->begin() + turn % 50, column->end());
  }
  sample.cluster.clear();
  turned.cluster.clear();
  const auto a = fit_logistic(sample.data());
  const auto b = fit_logistic(turned.data());
  RC_ASSERT(a.ok() && b.ok());
  RC_ASSERT(a->status == b->status);
  for (std::size_t j = 0; j < 3 && a->status == GlmStatus::kOk; ++j) {
    const double expected = a->coefficients[j].estimate;
    RC_ASSERT(std::abs(b->coefficients[j].estimate - expected) <= 1e-11 * (1 + std::abs(expected)));
  }
}

RC_GTEST_PROP(Logistic, SeparationIsFoundExactlyWhereTheCampsOfOneCovariateDoNotOverlap, ()) {
  const auto rows = *rc::gen::container<std::vector<std::pair<int, bool>>>(
      12, rc::gen::pair(rc::gen::inRange(0, 12), rc::gen::arbitrary<bool>()));
  Sample sample{.x = {{}}, .y = {}, .weight = {}, .offset = {}, .cluster = {}};
  double least[2] = {99, 99};
  double most[2] = {-99, -99};
  for (const auto& [x, y] : rows) {
    sample.x[0].push_back(x);
    sample.y.push_back(y ? 1 : 0);
    least[y] = std::min(least[y], double(x));
    most[y] = std::max(most[y], double(x));
  }
  const bool both = least[0] < 99 && least[1] < 99;
  const bool varies = std::min(least[0], least[1]) < std::max(most[0], most[1]);
  RC_PRE(both && varies);
  const bool complete = most[0] < least[1] || most[1] < least[0];
  const bool separated = most[0] <= least[1] || most[1] <= least[0];
  const auto fit = fit_logistic(sample.data());
  RC_ASSERT(fit.ok());
  RC_ASSERT((fit->status == GlmStatus::kCompleteSeparation) == complete);
  RC_ASSERT((fit->status == GlmStatus::kQuasiCompleteSeparation) == (separated && !complete));
  RC_ASSERT((fit->status == GlmStatus::kOk) == !separated);
}

TEST(LogisticFirth, OneBinaryCovariateAddsAHalfToEveryCellOfTheTable) {
  auto sample = two_by_two(6, 6, 5, 12);
  const auto firth = fit_logistic_firth(sample.data());
  ASSERT_THAT(firth, Succeeds());
  EXPECT_EQ(firth->maximum_likelihood.status, GlmStatus::kQuasiCompleteSeparation);
  EXPECT_EQ(firth->fit.status, GlmStatus::kOk);
  expect_near(firth->fit.coefficients[0].estimate, std::log(5.5 / 7.5), 1e-9);
  expect_near(firth->fit.coefficients[1].estimate, std::log(6.5 * 7.5 / (0.5 * 5.5)), 1e-9);
  EXPECT_GT(firth->fit.coefficients[1].profile->lower, 0);
  EXPECT_TRUE(std::isfinite(firth->fit.coefficients[1].profile->upper));
}

TEST(LogisticFirth, TheConstantsLimitsAreFoundWhereACovariateIsFarFromZero) {
  Sample sample = far_from_zero(6);
  Sample scaled = sample;
  for (double& x : scaled.x[0]) x /= 100;
  const auto a = fit_logistic_firth(sample.data());
  const auto b = fit_logistic_firth(scaled.data());
  ASSERT_THAT(a, Succeeds());
  ASSERT_THAT(b, Succeeds());
  const Interval& limits = *a->fit.coefficients[0].profile;
  EXPECT_TRUE(std::isfinite(limits.lower) && std::isfinite(limits.upper));
  const double estimate = a->fit.coefficients[0].estimate;
  const double error = a->fit.coefficients[0].standard_error;
  EXPECT_NEAR((limits.lower - estimate) / error, -1.96, 0.4);
  EXPECT_NEAR((limits.upper - estimate) / error, 1.96, 0.4);
  expect_near(limits.lower, b->fit.coefficients[0].profile->lower, 1e-8);
  expect_near(limits.upper, b->fit.coefficients[0].profile->upper, 1e-8);
}

TEST(LogisticFirth, UnitsOfACovariateMoveOnlyThePenaltysConstant) {
  Sample sample = simulated(9, 25);
  Sample scaled = sample;
  for (double& x : scaled.x[0]) x = x * 100 + 5;
  const auto a = fit_logistic_firth(sample.data());
  const auto b = fit_logistic_firth(scaled.data());
  ASSERT_THAT(a, Succeeds());
  ASSERT_THAT(b, Succeeds());
  expect_near(b->fit.coefficients[1].estimate * 100, a->fit.coefficients[1].estimate, 1e-8);
  expect_near(b->fit.coefficients[1].profile->upper * 100, a->fit.coefficients[1].profile->upper, 1e-8);
  expect_near(b->fit.log_likelihood, a->fit.log_likelihood + std::log(100), 1e-10);
}

}  // namespace
}  // namespace mimamori
