#include "analyze/cox.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "analyze/simulations.h"
#include "base/random.h"
#include "base/testing.h"

namespace mimamori {
namespace {

/// Owns the arrays of a model with p covariates.
struct Rows {
  std::size_t p = 1;
  std::vector<double> x, start, stop;
  std::vector<std::uint8_t> event;
  std::vector<std::int32_t> stratum;

  [[nodiscard]] CoxData data() const {
    return {.x = x, .start = start, .stop = stop, .event = event, .stratum = stratum};
  }
  void add(const std::vector<double>& covariates, double time, bool with_event) {
    x.insert(x.end(), covariates.begin(), covariates.end());
    stop.push_back(time);
    event.push_back(with_event ? 1 : 0);
  }
};

/// A small model with late entry, strata and ties, from a seed.
Rows small_rows(std::uint64_t seed, std::size_t persons) {
  const RandomStream stream(seed);
  Rows rows{.p = 3, .x = {}, .start = {}, .stop = {}, .event = {}, .stratum = {}};
  for (std::size_t i = 0; i < persons; ++i) {
    const double entry = std::floor(10 * stream.u(i, 0));
    rows.add({stream.u(i, 1) < 0.4 ? 1.0 : 0.0, 40 + 50 * stream.u(i, 2), stream.u(i, 3)},
             entry + std::ceil(15 * stream.u(i, 4)), stream.u(i, 5) < 0.5);
    rows.start.push_back(entry);
    rows.stratum.push_back(static_cast<std::int32_t>(3 * stream.u(i, 6)));
  }
  return rows;
}

Rows reordered(const Rows& rows, const std::vector<std::size_t>& order) {
  Rows out{.p = rows.p, .x = {}, .start = {}, .stop = {}, .event = {}, .stratum = {}};
  for (const std::size_t i : order) {
    for (std::size_t j = 0; j < rows.p; ++j) out.x.push_back(rows.x[i * rows.p + j]);
    out.stop.push_back(rows.stop[i]);
    out.event.push_back(rows.event[i]);
    if (!rows.start.empty()) out.start.push_back(rows.start[i]);
    if (!rows.stratum.empty()) out.stratum.push_back(rows.stratum[i]);
  }
  return out;
}

CoxRefusal refusal_of(const CoxData& data) {
  const auto answer = answer_cox(data);
  EXPECT_TRUE(std::holds_alternative<CoxRefusal>(answer));
  if (const auto* refusal = std::get_if<CoxRefusal>(&answer)) return *refusal;
  return {};
}

/// Ten decimals are printed. Those of x8 (index 7) are of the last but one Newton step: the iterates of a
/// plain Newton program in 80-bit arithmetic are 1.0090658100487 and then, for good, 1.0090658094722.
double printed_tolerance(std::size_t covariate) { return covariate == 7 ? 6e-10 : 6e-11; }

TEST(Cox, SimulationAGivesThePrintedEfronEstimates) {
  SimulatedCohort cohort = simulation_a(100'000);
  EXPECT_EQ(std::accumulate(cohort.event.begin(), cohort.event.end(), 0), 2007);
  EXPECT_EQ(std::accumulate(cohort.days.begin(), cohort.days.end(), 0.0), 57'156'172.0);
  const auto fit = fit_cox(cohort.data());
  ASSERT_THAT(fit, Succeeds());
  const std::array<double, 10> printed = {0.3669853358,  0.6072137651, 0.3479522189, 0.3127140821,
                                          0.1348097363,  0.5621460644, 0.7231461188, 1.0090658100,
                                          -0.2052097833, 0.1163949920};
  for (std::size_t j = 0; j < 10; ++j) {
    EXPECT_NEAR(fit->coefficients[j], printed[j], printed_tolerance(j)) << "x" << j + 1;
  }
  EXPECT_NEAR(fit->coefficients[7], 1.0090658094722, 1e-12);
  EXPECT_NEAR(fit->log_likelihood_null, -22640.005361730, 1e-8);
  EXPECT_NEAR(fit->log_likelihood, -22050.059944569, 1e-8);
  EXPECT_EQ(fit->events, 2007U);
  EXPECT_EQ(fit->rows, 100'000U);
}

TEST(Cox, SimulationAOfAMillionGivesThePrintedStandardErrorsAndStrata) {
  SimulatedCohort cohort = simulation_a(1'000'000);
  EXPECT_EQ(std::accumulate(cohort.event.begin(), cohort.event.end(), 0), 19'690);
  const std::array<double, 10> stratified = {0.3986692773,  0.6051480429, 0.3026827958, 0.4084956129,
                                             0.2255539564,  0.5378138019, 0.7168574434, 0.9851442283,
                                             -0.2013930673, 0.1308623902};
  const auto by_site = fit_cox(cohort.data(true));
  ASSERT_THAT(by_site, Succeeds());
  for (std::size_t j = 0; j < 10; ++j) {
    EXPECT_NEAR(by_site->coefficients[j], stratified[j], printed_tolerance(j)) << "x" << j + 1;
  }
  EXPECT_NEAR(by_site->log_likelihood, -216135.82753991, 1e-7);

  const std::array<double, 10> errors = {0.01462270, 0.00781467, 0.01441085, 0.01460839, 0.01676962,
                                         0.01952868, 0.02421054, 0.03247403, 0.00722532, 0.00713215};
  const auto fit = fit_cox(cohort.data());
  ASSERT_THAT(fit, Succeeds());
  EXPECT_NEAR(fit->coefficients[0], 0.3981938364, 6e-11);
  for (std::size_t j = 0; j < 10; ++j) EXPECT_NEAR(fit->standard_errors[j], errors[j], 6e-9) << "x" << j + 1;
  EXPECT_NEAR(fit->log_likelihood, -261514.19838280, 1e-7);
}

TEST(Cox, ManySmallFitsGiveThePrintedFirstFive) {
  const std::array<double, 5> efron = {-0.0425639103, 0.4490512037, 0.9370342868, 0.7199011667, 0.6120968596};
  const std::array<double, 5> breslow = {-0.0425586658, 0.4490513852, 0.9370340490, 0.7198592619,
                                         0.6120694674};
  for (std::uint64_t k = 1; k <= 5; ++k) {
    SimulatedCohort cohort = simulation_d(k);
    const auto with_efron = fit_cox(cohort.data());
    const auto with_breslow = fit_cox(cohort.data(), {.ties = Ties::kBreslow});
    ASSERT_THAT(with_efron, Succeeds());
    ASSERT_THAT(with_breslow, Succeeds());
    EXPECT_NEAR(with_efron->coefficients[0], efron[k - 1], 6e-11);
    EXPECT_NEAR(with_breslow->coefficients[0], breslow[k - 1], 6e-11);
  }
}

TEST(Cox, TwoDistinctTimesGiveTheLogOfTheRoot) {
  // Times 1 (x = 1), 2 (x = 0), 3 (x = 1, censored): with r = e^beta the likelihood is
  // r / (2 r + 1) * 1 / (1 + r), largest at r = sqrt(1/2).
  Rows rows;
  rows.add({1}, 1, true);
  rows.add({0}, 2, true);
  rows.add({1}, 3, false);
  const auto fit = fit_cox(rows.data());
  ASSERT_THAT(fit, Succeeds());
  EXPECT_NEAR(fit->coefficients[0], -std::log(2.0) / 2, 1e-12);
  EXPECT_NEAR(fit->log_likelihood_null, -std::log(6.0), 1e-12);
}

TEST(Cox, ARowIsNotAtRiskOnItsDayOfEntry) {
  Rows rows = small_rows(5, 60);
  rows.stratum.clear();
  const auto before = fit_cox(rows.data());
  // A row that enters on an event day and leaves on a day before the next event changes nothing.
  const double day = 9;
  ASSERT_TRUE(std::ranges::count(rows.stop, day) > 0);
  rows.add({1, 90, 1}, day + 0.5, false);
  rows.start.push_back(day);
  const auto same = fit_cox(rows.data());
  rows.start.back() = day - 0.5;  // now at risk on that day
  const auto different = fit_cox(rows.data());
  ASSERT_THAT(before, Succeeds());
  ASSERT_THAT(same, Succeeds());
  ASSERT_THAT(different, Succeeds());
  EXPECT_NEAR(same->coefficients[0], before->coefficients[0], 1e-12);
  EXPECT_GT(std::abs(different->coefficients[0] - before->coefficients[0]), 1e-6);
}

TEST(Cox, ACensoringOnAnEventDayIsStillInItsRiskSet) {
  Rows tied;
  tied.add({1}, 1, true);
  tied.add({0}, 1, false);
  tied.add({0}, 2, true);
  tied.add({1}, 3, false);
  const std::array<double, 1> zero = {0};
  const auto at_zero = cox_efron(tied.data(), zero);
  ASSERT_THAT(at_zero, Succeeds());
  EXPECT_NEAR(at_zero->value, -std::log(4.0) - std::log(2.0), 1e-14);
}

TEST(Cox, AnEventOnDayZeroCounts) {
  Rows rows;
  rows.add({1}, 0, true);
  rows.add({0}, 1, true);
  rows.add({1}, 2, false);
  const auto fit = fit_cox(rows.data());
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->events, 2U);
}

TEST(Cox, DaysAndDecimalYearsGiveOneHazardRatio) {
  Rows days = small_rows(11, 200);
  Rows years = days;
  for (std::size_t i = 0; i < years.stop.size(); ++i) {
    // Entry plus length, each rounded: equal days differ in the last digits of the sum.
    years.stop[i] = years.start[i] / 365.25 + (days.stop[i] - days.start[i]) / 365.25;
    years.start[i] /= 365.25;
  }
  const auto in_days = fit_cox(days.data());
  const auto in_years = fit_cox(years.data());
  ASSERT_THAT(in_days, Succeeds());
  ASSERT_THAT(in_years, Succeeds());
  for (std::size_t j = 0; j < 3; ++j) EXPECT_NEAR(in_years->coefficients[j], in_days->coefficients[j], 1e-12);
}

TEST(Cox, TheUnitOfACovariateOnlyScalesItsCoefficient) {
  const Rows rows = small_rows(12, 200);
  Rows scaled = rows;
  for (std::size_t i = 0; i < rows.stop.size(); ++i) scaled.x[i * 3 + 1] = 1e6 + rows.x[i * 3 + 1] * 1e-4;
  const auto fit = fit_cox(rows.data());
  const auto other = fit_cox(scaled.data());
  ASSERT_THAT(fit, Succeeds());
  ASSERT_THAT(other, Succeeds());
  EXPECT_NEAR(other->coefficients[1] * 1e-4 / fit->coefficients[1], 1, 1e-5);  // 1e6 eats digits of x
  EXPECT_NEAR(other->coefficients[0], fit->coefficients[0], 1e-7);
}

TEST(Cox, WithoutEventsThereIsNoEstimate) {
  Rows rows = small_rows(3, 30);
  std::ranges::fill(rows.event, std::uint8_t{0});
  EXPECT_EQ(refusal_of(rows.data()).obstacle, CoxObstacle::kNoEvents);
  EXPECT_THAT(fit_cox(rows.data()), FailsWith(ErrorCode::kNotEstimable));
}

TEST(Cox, AnArmWithoutEventsIsNamedWithItsDirection) {
  for (const double value : {1.0, -1.0}) {
    SimulatedCohort cohort = simulation_a(5000);
    std::vector<double>& arm = cohort.columns[0];
    for (std::size_t i = 0; i < arm.size(); ++i) {
      if (arm[i] == 1.0) cohort.event[i] = 0;
      arm[i] *= value;
    }
    const CoxRefusal refusal = refusal_of(cohort.data());
    EXPECT_EQ(refusal.obstacle, CoxObstacle::kMonotoneLikelihood) << refusal.sentence;
    EXPECT_EQ(refusal.covariate, 0U) << refusal.sentence;
    EXPECT_EQ(refusal.direction, value > 0 ? -1 : 1);
  }
}

TEST(Cox, OneEventInEachArmIsEnough) {
  Rows rows;
  for (int day = 1; day <= 20; ++day) rows.add({day % 2 == 0 ? 1.0 : 0.0}, day, day == 7 || day == 12);
  EXPECT_THAT(fit_cox(rows.data()), Succeeds());
  rows.event[6] = 0;  // day 7, the only event with x = 0
  EXPECT_EQ(refusal_of(rows.data()).obstacle, CoxObstacle::kMonotoneLikelihood);
}

TEST(Cox, SeparationByACombinationOfCovariatesIsFound) {
  // Neither column separates alone: all events have a + b = 6 and all others a + b = 4.
  Rows rows{.p = 2, .x = {}, .start = {}, .stop = {}, .event = {}, .stratum = {}};
  for (int k = 0; k < 6; ++k) rows.add({double(k), 6.0 - k}, 1 + k, true);
  for (int k = 0; k < 6; ++k) rows.add({double(k), 4.0 - k}, 10 + k, false);
  const CoxRefusal refusal = refusal_of(rows.data());
  EXPECT_EQ(refusal.obstacle, CoxObstacle::kMonotoneLikelihood) << refusal.sentence;
}

TEST(Cox, AConstantColumnIsNamed) {
  Rows rows = small_rows(4, 40);
  for (std::size_t i = 0; i < rows.stop.size(); ++i) rows.x[i * 3 + 2] = 0.1;
  const CoxRefusal refusal = refusal_of(rows.data());
  EXPECT_EQ(refusal.obstacle, CoxObstacle::kConstantCovariate);
  EXPECT_EQ(refusal.covariate, 2U);
}

TEST(Cox, AColumnThatOnlyTellsTheStrataApartSaysNothing) {
  Rows rows = small_rows(4, 60);
  for (std::size_t i = 0; i < rows.stop.size(); ++i) rows.x[i * 3 + 1] = rows.stratum[i];
  const CoxRefusal refusal = refusal_of(rows.data());
  EXPECT_EQ(refusal.obstacle, CoxObstacle::kNoInformation);
  EXPECT_EQ(refusal.covariate, 1U);
}

TEST(Cox, ALinearCombinationIsNamed) {
  Rows rows = small_rows(4, 60);
  for (std::size_t i = 0; i < rows.stop.size(); ++i)
    rows.x[i * 3 + 2] = 3 * rows.x[i * 3] - rows.x[i * 3 + 1] / 7;
  const CoxRefusal refusal = refusal_of(rows.data());
  EXPECT_EQ(refusal.obstacle, CoxObstacle::kAliased);
  EXPECT_EQ(refusal.covariate, 2U);
}

TEST(Cox, AnOutlierIsNotTakenForSeparation) {
  Rows rows = small_rows(8, 300);
  rows.x[0 * 3 + 1] = 1e5;
  EXPECT_THAT(fit_cox(rows.data()), Succeeds());
}

TEST(Cox, BadInputIsRefusedWithItsPlace) {
  const Rows good = small_rows(1, 20);
  Rows rows = good;
  rows.x[7] = std::nan("");  // row 3, covariate 1
  EXPECT_EQ(refusal_of(rows.data()).covariate, 1U);
  EXPECT_NE(refusal_of(rows.data()).sentence.find("row 3"), std::string::npos);
  rows = good;
  rows.stop[4] = rows.start[4];
  EXPECT_NE(refusal_of(rows.data()).sentence.find("row 5"), std::string::npos);
  EXPECT_THAT(fit_cox(rows.data()), FailsWith(ErrorCode::kInvalidInput));
  rows = good;
  rows.event.pop_back();
  EXPECT_THAT(fit_cox(rows.data()), FailsWith(ErrorCode::kInvalidInput));
  rows = good;
  rows.stop[0] = INFINITY;
  EXPECT_THAT(fit_cox(rows.data()), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(fit_cox(CoxData{}), FailsWith(ErrorCode::kInvalidInput));
  rows = good;
  for (std::size_t i = 0; i < 20; ++i) rows.x[i * 3] = i % 2 == 0 ? 1e300 : -1e300;
  EXPECT_FALSE(fit_cox(rows.data()).ok());
}

TEST(Cox, TooFewStepsSaySo) {
  const Rows rows = small_rows(6, 100);
  EXPECT_THAT(fit_cox(rows.data(), {.iterations_max = 1}), FailsWith(ErrorCode::kNotEstimable));
}

RC_GTEST_PROP(Cox, GradientAndInformationAreTheSlopesOfTheValue, ()) {
  const Rows rows = small_rows(*rc::gen::inRange<std::uint64_t>(1, 100'000), 40);
  std::vector<double> beta = {*rc::gen::inRange(-10, 11) / 10.0, *rc::gen::inRange(-10, 11) / 200.0,
                              *rc::gen::inRange(-10, 11) / 10.0};
  const bool efron = *rc::gen::arbitrary<bool>();
  const auto objective = efron ? cox_efron : cox_breslow;
  const auto here = objective(rows.data(), beta);
  RC_PRE(here.ok());
  for (std::size_t j = 0; j < 3; ++j) {
    const double h = j == 1 ? 1e-6 : 1e-5;
    std::vector<double> up = beta;
    std::vector<double> down = beta;
    up[j] += h;
    down[j] -= h;
    const auto above = objective(rows.data(), up);
    const auto below = objective(rows.data(), down);
    const auto close = [&](double actual, double expected, double size) {
      return std::abs(actual - expected) <= 1e-6 * (1 + std::abs(expected) + size);
    };
    RC_ASSERT(close((above->value - below->value) / (2 * h), here->gradient[j], std::abs(here->value)));
    for (std::size_t k = 0; k < 3; ++k) {
      RC_ASSERT(close(-(above->gradient[k] - below->gradient[k]) / (2 * h), here->information[j * 3 + k],
                      here->information[k * 3 + k]));
    }
  }
}

RC_GTEST_PROP(Cox, RowOrderHasNoEffect, ()) {
  const Rows rows = small_rows(*rc::gen::inRange<std::uint64_t>(1, 100'000), 80);
  const auto fit = fit_cox(rows.data());
  RC_PRE(fit.ok());
  std::vector<std::size_t> order(rows.stop.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const RandomStream stream(*rc::gen::arbitrary<std::uint64_t>());
  for (std::size_t i = order.size(); i-- > 1;) std::swap(order[i], order[stream.bits(i, 0) % (i + 1)]);
  const auto other = fit_cox(reordered(rows, order).data());
  RC_ASSERT(other.ok());
  for (std::size_t j = 0; j < 3; ++j) {
    RC_ASSERT(std::abs(other->coefficients[j] - fit->coefficients[j]) <=
              1e-12 * fit->standard_errors[j] + 1e-12 * std::abs(fit->coefficients[j]));
    RC_ASSERT(std::abs(other->standard_errors[j] / fit->standard_errors[j] - 1) <= 1e-12);
  }
}

RC_GTEST_PROP(Cox, ABinaryCovariateIsRefusedExactlyWhenItsRiskSetsSaySo, ()) {
  const RandomStream stream(*rc::gen::arbitrary<std::uint64_t>());
  const auto persons = *rc::gen::inRange<std::size_t>(2, 14);
  Rows rows;
  for (std::size_t i = 0; i < persons; ++i) {
    rows.add({stream.u(i, 0) < 0.5 ? 1.0 : 0.0}, std::ceil(6 * stream.u(i, 1)), stream.u(i, 2) < 0.5);
  }
  // By the definition: does some risk set hold both values, and are the deaths of all such sets alike?
  bool informative = false;
  bool death_with[2] = {false, false};
  for (std::size_t i = 0; i < persons; ++i) {
    bool mixed = false;
    for (std::size_t k = 0; k < persons; ++k) {
      mixed = mixed || (rows.stop[k] >= rows.stop[i] && rows.x[k] != rows.x[i]);
    }
    if (rows.event[i] == 0 || !mixed) continue;
    informative = true;
    death_with[rows.x[i] == 1.0 ? 1 : 0] = true;
  }
  const bool estimable = informative && death_with[0] && death_with[1];
  const auto answer = answer_cox(rows.data());
  RC_ASSERT(std::holds_alternative<CoxFit>(answer) == estimable);
  if (estimable) return;
  const CoxRefusal& refusal = std::get<CoxRefusal>(answer);
  RC_ASSERT((refusal.obstacle == CoxObstacle::kMonotoneLikelihood) == informative);
  RC_ASSERT(refusal.direction == (informative ? (death_with[1] ? 1 : -1) : 0));
}

RC_GTEST_PROP(Cox, NoOtherCoefficientsAreMoreLikely, ()) {
  const Rows rows = small_rows(*rc::gen::inRange<std::uint64_t>(1, 100'000), 50);
  const auto fit = fit_cox(rows.data());
  RC_PRE(fit.ok());
  std::vector<double> other = fit->coefficients;
  for (std::size_t j = 0; j < 3; ++j) other[j] += *rc::gen::inRange(-20, 21) / 10.0 * fit->standard_errors[j];
  const auto objective = cox_efron(rows.data(), other);
  RC_ASSERT(objective.ok());
  RC_ASSERT(objective->value <= fit->log_likelihood + 1e-10);
}

RC_GTEST_PROP(Cox, CuttingARowInTwoChangesNothing, ()) {
  const Rows rows = small_rows(*rc::gen::inRange<std::uint64_t>(1, 100'000), 60);
  const auto fit = fit_cox(rows.data());
  RC_PRE(fit.ok());
  Rows cut = rows;
  for (std::size_t i = 0; i < rows.stop.size(); ++i) {
    if (rows.stop[i] - rows.start[i] < 2) continue;
    const double middle = rows.start[i] + 1;
    cut.start[i] = middle;
    cut.add({rows.x[i * 3], rows.x[i * 3 + 1], rows.x[i * 3 + 2]}, middle, false);
    cut.start.push_back(rows.start[i]);
    cut.stratum.push_back(rows.stratum[i]);
  }
  const auto other = fit_cox(cut.data());
  RC_ASSERT(other.ok());
  for (std::size_t j = 0; j < 3; ++j) {
    RC_ASSERT(std::abs(other->coefficients[j] - fit->coefficients[j]) <= 1e-10 * fit->standard_errors[j]);
  }
}

}  // namespace
}  // namespace mimamori
