// Weights, offsets, clusters, exact ties, Firth's penalty, intervals, and what is said where nothing can be
// estimated.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>
#include <numeric>

#include "analyze/cox.h"
#include "analyze/cox_answer.h"
#include "analyze/cox_firth.h"
#include "analyze/cox_newton.h"
#include "analyze/cox_packed.h"
#include "analyze/simulations.h"
#include "base/random.h"
#include "base/testing.h"

namespace mimamori {
namespace {

constexpr double k95 = 3.841458820694124;

/// A small model with everything: late entry, strata, ties, weights, offset; x1, x3 of two values.
struct Full {
  std::vector<double> x, start, stop, weight, offset;
  std::vector<std::uint8_t> event;
  std::vector<std::int32_t> stratum;
  std::size_t p = 3;

  Full(std::uint64_t seed, std::size_t persons) {
    const RandomStream stream(seed);
    for (std::size_t i = 0; i < persons; ++i) {
      start.push_back(std::floor(10 * stream.u(i, 0)));
      stop.push_back(start.back() + std::ceil(15 * stream.u(i, 4)));
      event.push_back(stream.u(i, 5) < 0.5 ? 1 : 0);
      stratum.push_back(static_cast<std::int32_t>(3 * stream.u(i, 6)));
      weight.push_back(std::floor(3 * stream.u(i, 7)) + 0.5);
      offset.push_back(stream.u(i, 8) - 0.5);
      for (const double value :
           {stream.u(i, 1) < 0.4 ? 1.0 : 0.0, 40 + 50 * stream.u(i, 2), stream.u(i, 3) < 0.9 ? 7.0 : 3.0}) {
        x.push_back(value);
      }
    }
  }
  [[nodiscard]] CoxData data() const {
    CoxData data{.x = x, .start = start, .stop = stop, .event = event, .stratum = stratum};
    data.weight = weight;
    data.offset = offset;
    return data;
  }
};

/// Kalbfleisch and Prentice's rats: days to death from vaginal cancer in two groups.
struct Rats {
  std::vector<double> days = {143, 164, 188, 188, 190, 192, 206, 209, 213, 216, 220, 227, 230, 234,
                              246, 265, 304, 216, 244, 142, 156, 163, 198, 205, 232, 232, 233, 233,
                              233, 233, 239, 240, 261, 280, 280, 296, 296, 323, 204, 344};
  std::vector<double> group = std::vector<double>(40, 0);
  std::vector<std::uint8_t> event = std::vector<std::uint8_t>(40, 1);
  Rats() {
    for (std::size_t i = 19; i < 40; ++i) group[i] = 1;
    for (const std::size_t censored : {17U, 18U, 38U, 39U}) event[censored] = 0;
  }
  [[nodiscard]] CoxData data() const {
    return {.x = group, .start = {}, .stop = days, .event = event, .stratum = {}};
  }
};

TEST(CoxTies, FourWaysGiveThePrintedCoefficientsOfTheRats) {
  // As printed by R and by SAS's DISCRETE and EXACT; five decimals.
  const Rats rats;
  const std::array<std::pair<Ties, double>, 4> printed = {{{Ties::kEfron, -0.56864},
                                                           {Ties::kBreslow, -0.59590},
                                                           {Ties::kDiscrete, -0.62949},
                                                           {Ties::kMarginal, -0.56864}}};
  for (const auto& [ties, coefficient] : printed) {
    const auto fit = fit_cox(rats.data(), {.ties = ties});
    ASSERT_THAT(fit, Succeeds());
    EXPECT_NEAR(fit->coefficients[0], coefficient, 6e-6) << name_of(ties);
  }
}

TEST(CoxTies, WithoutTiesAllFourAreOne) {
  Rats rats;
  for (std::size_t i = 0; i < rats.days.size(); ++i) rats.days[i] += double(i) / 100;
  const auto efron = fit_cox(rats.data());
  ASSERT_THAT(efron, Succeeds());
  for (const Ties ties : {Ties::kBreslow, Ties::kDiscrete, Ties::kMarginal}) {
    const auto fit = fit_cox(rats.data(), {.ties = ties});
    ASSERT_THAT(fit, Succeeds());
    EXPECT_NEAR(fit->coefficients[0], efron->coefficients[0], 1e-10) << name_of(ties);
    EXPECT_NEAR(fit->standard_errors[0], efron->standard_errors[0], 1e-10) << name_of(ties);
    EXPECT_NEAR(fit->log_likelihood, efron->log_likelihood, 1e-10) << name_of(ties);
  }
}

TEST(CoxTies, ExactLikelihoodsAreThoseOfEnumeration) {
  // Two deaths (x = 1, 0) and two survivors (x = 1, 0) at one time; r = e^beta. Discrete: r of all pairs
  // 1 + 4 r + r^2. Marginal: both orders of the deaths.
  const std::vector<double> x = {1, 0, 1, 0};
  const std::vector<double> stop = {1, 1, 2, 2};
  const std::vector<std::uint8_t> event = {1, 1, 0, 0};
  const CoxData data{.x = x, .start = {}, .stop = stop, .event = event, .stratum = {}};
  for (const double beta : {-0.7, 0.0, 1.3}) {
    const double r = std::exp(beta);
    const std::array<double, 1> at = {beta};
    const auto discrete = cox_objective(data, at, Ties::kDiscrete);
    const auto marginal = cox_objective(data, at, Ties::kMarginal);
    ASSERT_THAT(discrete, Succeeds());
    ASSERT_THAT(marginal, Succeeds());
    EXPECT_NEAR(discrete->value, std::log(r / (1 + 4 * r + r * r)), 1e-13);
    const double all = 2 * r + 2;
    EXPECT_NEAR(marginal->value, std::log(r / all * (1 / (all - r) + 1 / (all - 1))), 1e-13);
  }
}

TEST(CoxTies, TooManyDeathsAtOneTimeAreRefusedForExactTies) {
  std::vector<double> x, stop;
  std::vector<std::uint8_t> event;
  for (std::size_t i = 0; i < 600; ++i) {
    x.push_back(double(i % 2));
    stop.push_back(i < 500 ? 1 : 2);
    event.push_back(i < 500 ? 1 : 0);
  }
  const CoxData data{.x = x, .start = {}, .stop = stop, .event = event, .stratum = {}};
  EXPECT_TRUE(fit_cox(data, {.ties = Ties::kDiscrete}).ok());
  event[500] = 1;
  stop[500] = 1;
  EXPECT_THAT(fit_cox(data, {.ties = Ties::kDiscrete}), FailsWith(ErrorCode::kUnsupported));
  EXPECT_THAT(fit_cox(data, {.ties = Ties::kMarginal}), FailsWith(ErrorCode::kUnsupported));
}

RC_GTEST_PROP(CoxOptions, SlopesAreThoseOfTheValueWithWeightsOffsetStrataAndLateEntry, ()) {
  Full rows(*rc::gen::inRange<std::uint64_t>(1, 100'000), 40);
  const Ties ties = *rc::gen::element(Ties::kEfron, Ties::kBreslow, Ties::kDiscrete, Ties::kMarginal);
  if (is_exact(ties)) rows.weight.clear();
  const std::vector<double> beta = {*rc::gen::inRange(-10, 11) / 10.0, *rc::gen::inRange(-10, 11) / 200.0,
                                    *rc::gen::inRange(-10, 11) / 20.0};
  const auto here = cox_objective(rows.data(), beta, ties);
  RC_PRE(here.ok());
  const auto close = [&](double actual, double expected, double size) {
    return std::abs(actual - expected) <= 1e-6 * (1 + std::abs(expected) + size);
  };
  for (std::size_t j = 0; j < 3; ++j) {
    const double h = j == 1 ? 1e-6 : 1e-5;
    std::vector<double> up = beta, down = beta;
    up[j] += h;
    down[j] -= h;
    const auto above = cox_objective(rows.data(), up, ties);
    const auto below = cox_objective(rows.data(), down, ties);
    RC_ASSERT(close((above->value - below->value) / (2 * h), here->gradient[j], std::abs(here->value)));
    for (std::size_t k = 0; k < 3; ++k) {
      RC_ASSERT(close(-(above->gradient[k] - below->gradient[k]) / (2 * h), here->information[j * 3 + k],
                      here->information[k * 3 + k]));
    }
  }
}

RC_GTEST_PROP(CoxOptions, PackedRowsSayWhatRiskSetsSay, ()) {
  const Full rows(*rc::gen::inRange<std::uint64_t>(1, 100'000), *rc::gen::inRange<std::size_t>(20, 400));
  CoxData data = rows.data();
  if (*rc::gen::arbitrary<bool>()) data.start = {};
  if (*rc::gen::arbitrary<bool>()) data.weight = {};
  const Ties ties = *rc::gen::element(Ties::kEfron, Ties::kBreslow);
  const auto packed = pack_cox(data, 1);
  const auto made = make_risk_sets(data);
  RC_PRE(packed.has_value());
  const auto& sets = std::get<CoxRiskSets>(made);
  CoxPackedEvaluator evaluator(*packed, ties);
  Eigen::VectorXd of_packed(3), of_sets(3);
  for (const std::size_t j : {0U, 1U, 2U}) {
    const double beta = *rc::gen::inRange(-20, 21) / (j == 1 ? 400.0 : 20.0);
    of_packed[Eigen::Index(j)] = beta * packed->scale[j];
    of_sets[Eigen::Index(j)] = beta * sets.scale[j];
  }
  const auto one = evaluator(of_packed);
  const auto other = evaluate_cox(sets, of_sets, ties);
  RC_ASSERT(one.has_value() && other.has_value());
  RC_ASSERT(std::abs(one->value - other->value) <= 1e-11 * std::abs(other->value));
  for (Eigen::Index a = 0; a < 3; ++a) {
    const double ratio = sets.scale[std::size_t(a)] / packed->scale[std::size_t(a)];
    RC_ASSERT(std::abs(one->gradient[a] - other->gradient[a] * ratio) <=
              1e-9 * (1 + std::abs(one->gradient[a])));
    RC_ASSERT(std::abs(one->information(a, a) - other->information(a, a) * ratio * ratio) <=
              1e-9 * (1 + std::abs(one->information(a, a))));
  }
}

/// Full's rows, one copy of each index in `order`.
Full picked(const Full& rows, const std::vector<std::size_t>& order) {
  Full out(1, 0);
  for (const std::size_t i : order) {
    for (std::size_t j = 0; j < 3; ++j) out.x.push_back(rows.x[i * 3 + j]);
    out.start.push_back(rows.start[i]);
    out.stop.push_back(rows.stop[i]);
    out.event.push_back(rows.event[i]);
    out.stratum.push_back(rows.stratum[i]);
    if (!rows.weight.empty()) out.weight.push_back(rows.weight[i]);
    out.offset.push_back(rows.offset[i]);
  }
  return out;
}

/// Rows and a way of ties; exact ties take no weights.
std::pair<Full, Ties> any_model() {
  Full rows(*rc::gen::inRange<std::uint64_t>(1, 100'000), 70);
  const Ties ties = *rc::gen::element(Ties::kEfron, Ties::kBreslow, Ties::kDiscrete, Ties::kMarginal);
  if (is_exact(ties)) rows.weight.clear();
  return {rows, ties};
}

/// Asserts equal estimates and errors, to `share` of themselves or of a standard error.
void assert_same(const CoxFit& one, const CoxFit& other, double share) {
  for (std::size_t j = 0; j < 3; ++j) {
    const double error = one.standard_errors[j];
    RC_ASSERT(std::abs(other.coefficients[j] - one.coefficients[j]) <=
              share * (error + std::abs(one.coefficients[j])));
    RC_ASSERT(std::abs(other.standard_errors[j] - error) <= share * error);
  }
  RC_ASSERT(std::abs(other.log_likelihood - one.log_likelihood) <= share * std::abs(one.log_likelihood));
}

RC_GTEST_PROP(CoxOptions, RowOrderHasNoEffectWithWeightsOffsetStrataAndLateEntry, ()) {
  const auto [rows, ties] = any_model();
  const bool robust = !is_exact(ties) && *rc::gen::arbitrary<bool>();
  const auto fit = fit_cox(rows.data(), {.ties = ties, .robust = robust});
  RC_PRE(fit.ok());
  std::vector<std::size_t> order(rows.stop.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const RandomStream stream(*rc::gen::arbitrary<std::uint64_t>());
  for (std::size_t i = order.size(); i-- > 1;) std::swap(order[i], order[stream.bits(i, 0) % (i + 1)]);
  const auto other = fit_cox(picked(rows, order).data(), {.ties = ties, .robust = robust});
  RC_ASSERT(other.ok());
  assert_same(*fit, *other, 1e-12);
}

RC_GTEST_PROP(CoxOptions, CuttingRowsChangesNothingWithWeightsOffsetAndStrata, ()) {
  // The pieces of a row are one cluster, so the sandwich stays the same too.
  const auto [rows, ties] = any_model();
  const bool robust = !is_exact(ties) && *rc::gen::arbitrary<bool>();
  const auto fit = fit_cox(rows.data(), {.ties = ties, .robust = robust});
  RC_PRE(fit.ok());
  std::vector<std::size_t> twice;
  std::vector<std::int32_t> cluster;
  for (std::size_t i = 0; i < rows.stop.size(); ++i) {
    const bool cut = rows.stop[i] - rows.start[i] >= 2;
    twice.insert(twice.end(), cut ? 2 : 1, i);
    cluster.insert(cluster.end(), cut ? 2 : 1, static_cast<std::int32_t>(i));
  }
  RC_ASSERT(twice.size() > rows.stop.size());
  Full pieces = picked(rows, twice);
  const RandomStream stream(*rc::gen::arbitrary<std::uint64_t>());
  for (std::size_t k = 0; k + 1 < twice.size(); ++k) {
    if (twice[k] != twice[k + 1]) continue;
    // On a day of events as well as between two days.
    const double length = pieces.stop[k] - pieces.start[k];
    pieces.stop[k] = pieces.start[k] + std::ceil(2 * (length - 1) * stream.u(k, 0)) / 2;
    pieces.start[k + 1] = pieces.stop[k];
    pieces.event[k] = 0;
  }
  CoxData data = pieces.data();
  data.cluster = cluster;
  const auto other = fit_cox(data, {.ties = ties, .robust = robust});
  RC_ASSERT(other.ok());
  assert_same(*fit, *other, 1e-10);
}

TEST(CoxOptions, ColumnsAndRowMajorCovariatesGiveTheSameBits) {
  const Full rows(2, 300);
  std::array<std::vector<double>, 3> columns;
  for (std::size_t k = 0; k < rows.x.size(); ++k) columns[k % 3].push_back(rows.x[k]);
  const std::array<std::span<const double>, 3> spans = {columns[0], columns[1], columns[2]};
  CoxData data = rows.data();
  const auto row_major = fit_cox(data);
  data.x = {};
  data.columns = spans;
  const auto by_column = fit_cox(data);
  ASSERT_THAT(row_major, Succeeds());
  ASSERT_THAT(by_column, Succeeds());
  EXPECT_EQ(by_column->coefficients, row_major->coefficients);
  EXPECT_EQ(by_column->covariance, row_major->covariance);
}

TEST(CoxOptions, AnyNumberOfThreadsGivesTheSameBits) {
  SimulatedCohort cohort = simulation_a(100'000);
  const auto one = fit_cox(cohort.data(true), {.threads = 1});
  ASSERT_THAT(one, Succeeds());
  for (const int threads : {2, 3, 7}) {
    const auto other = fit_cox(cohort.data(true), {.threads = threads});
    ASSERT_THAT(other, Succeeds());
    EXPECT_EQ(other->coefficients, one->coefficients) << threads;
    EXPECT_EQ(other->covariance, one->covariance) << threads;
    EXPECT_EQ(other->log_likelihood, one->log_likelihood) << threads;
  }
}

TEST(CoxOptions, AWeightOfTwoIsTheRowTwiceWithBreslowsTies) {
  Full rows(7, 150);
  for (double& weight : rows.weight) weight = std::floor(weight);  // 0, 1 or 2
  const auto weighted = fit_cox(rows.data(), {.ties = Ties::kBreslow});
  Full twice = rows;
  for (auto* column : {&twice.x, &twice.start, &twice.stop, &twice.weight, &twice.offset}) column->clear();
  twice.event.clear();
  twice.stratum.clear();
  std::size_t zeros = 0;
  for (std::size_t i = 0; i < rows.stop.size(); ++i) {
    zeros += rows.weight[i] == 0 ? 1U : 0U;
    for (int copy = 0; copy < static_cast<int>(rows.weight[i]); ++copy) {
      for (std::size_t j = 0; j < 3; ++j) twice.x.push_back(rows.x[i * 3 + j]);
      twice.start.push_back(rows.start[i]);
      twice.stop.push_back(rows.stop[i]);
      twice.offset.push_back(rows.offset[i]);
      twice.event.push_back(rows.event[i]);
      twice.stratum.push_back(rows.stratum[i]);
    }
  }
  const auto copied = fit_cox(twice.data(), {.ties = Ties::kBreslow});
  ASSERT_THAT(weighted, Succeeds());
  ASSERT_THAT(copied, Succeeds());
  EXPECT_EQ(weighted->rows_of_weight_zero, zeros);
  EXPECT_EQ(weighted->rows, rows.stop.size() - zeros);
  EXPECT_NEAR(weighted->log_likelihood, copied->log_likelihood, 1e-9);
  for (std::size_t j = 0; j < 3; ++j) {
    EXPECT_NEAR(weighted->coefficients[j], copied->coefficients[j], 1e-10);
    EXPECT_NEAR(weighted->standard_errors[j], copied->standard_errors[j], 1e-10);
  }
}

TEST(CoxOptions, AnOffsetTakesThePlaceOfAKnownCoefficient) {
  Full rows(3, 200);
  rows.offset.assign(rows.stop.size(), 0);
  const auto whole = fit_cox(rows.data());
  ASSERT_THAT(whole, Succeeds());
  std::vector<double> two;
  for (std::size_t i = 0; i < rows.stop.size(); ++i) {
    two.insert(two.end(), {rows.x[i * 3], rows.x[i * 3 + 2]});
    rows.offset[i] = whole->coefficients[1] * rows.x[i * 3 + 1];
  }
  rows.x = two;
  const auto rest = fit_cox(rows.data());
  ASSERT_THAT(rest, Succeeds());
  EXPECT_NEAR(rest->coefficients[0], whole->coefficients[0], 1e-9);
  EXPECT_NEAR(rest->coefficients[1], whole->coefficients[2], 1e-9);
  EXPECT_NEAR(rest->log_likelihood, whole->log_likelihood, 1e-9);
}

TEST(CoxOptions, AHugeOffsetAndHugeUnitsMoveNothing) {
  Full rows(4, 200);
  const auto before = fit_cox(rows.data());
  for (double& offset : rows.offset) offset += 5000;
  for (std::size_t i = 0; i < rows.stop.size(); ++i) rows.x[i * 3 + 1] *= 1e8;
  const auto after = fit_cox(rows.data());
  ASSERT_THAT(before, Succeeds());
  ASSERT_THAT(after, Succeeds());
  EXPECT_NEAR(after->coefficients[0], before->coefficients[0], 1e-9);
  EXPECT_NEAR(after->coefficients[1] * 1e8, before->coefficients[1], 1e-9);
}

TEST(CoxOptions, ClustersOfOneRowAreTheSandwichByRow) {
  const Full rows(5, 200);
  std::vector<std::int32_t> each(rows.stop.size());
  for (std::size_t i = 0; i < each.size(); ++i) each[i] = 1000 - static_cast<std::int32_t>(i);
  CoxData data = rows.data();
  const auto by_row = fit_cox(data, {.robust = true});
  data.cluster = each;
  const auto by_cluster = fit_cox(data, {.robust = true});
  ASSERT_THAT(by_row, Succeeds());
  ASSERT_THAT(by_cluster, Succeeds());
  for (std::size_t k = 0; k < 9; ++k) EXPECT_NEAR(by_cluster->covariance[k], by_row->covariance[k], 1e-14);
  EXPECT_NE(by_row->standard_errors[0], std::sqrt(by_row->naive_covariance[0]));
}

TEST(CoxOptions, ProfileLimitsFallByTheQuantileAndScoreLimitsAreNotWalds) {
  const Rats rats;
  const auto fit = fit_cox(rats.data());
  const auto profile = cox_profile_limits(rats.data(), {}, k95);
  const auto score = cox_score_limits(rats.data(), {}, k95);
  ASSERT_THAT(profile, Succeeds());
  ASSERT_THAT(score, Succeeds());
  for (const double limit : {profile->lower[0], profile->upper[0]}) {
    const std::array<double, 1> at = {limit};
    EXPECT_NEAR(2 * (fit->log_likelihood - cox_efron(rats.data(), at)->value), k95, 1e-9);
  }
  for (const double limit : {score->lower[0], score->upper[0]}) {
    const std::array<double, 1> at = {limit};
    const auto there = cox_efron(rats.data(), at);
    EXPECT_NEAR(there->gradient[0] * there->gradient[0] / there->information[0], k95, 1e-8);
  }
  EXPECT_LT(profile->lower[0], fit->coefficients[0]);
  EXPECT_GT(profile->upper[0], fit->coefficients[0]);
}

TEST(CoxAnswer, ColumnsThatSayNothingAreLeftOutAndTheRestIsTheSame) {
  const Full rows(6, 120);
  const auto plain = fit_cox(rows.data());
  ASSERT_THAT(plain, Succeeds());
  Full wide = rows;
  wide.x.clear();
  for (std::size_t i = 0; i < rows.stop.size(); ++i) {
    const double* x = &rows.x[i * 3];
    wide.x.insert(wide.x.end(), {x[0], 4.0, x[1], 2 * x[0] - 3 * x[1], x[2], double(rows.stratum[i])});
  }
  const auto answer = answer_whole_cox(wide.data(), {});
  ASSERT_THAT(answer, Succeeds());
  EXPECT_EQ(answer->estimated, (std::vector<std::size_t>{0, 2, 4}));
  EXPECT_EQ(answer->covariates[1].obstacle, CoxObstacle::kConstantCovariate);
  EXPECT_EQ(answer->covariates[3].obstacle, CoxObstacle::kAliased);
  EXPECT_EQ(answer->covariates[5].obstacle, CoxObstacle::kNoInformation);
  EXPECT_NEAR(answer->covariates[3].combination[0], 2, 1e-6);
  EXPECT_NEAR(answer->covariates[3].combination[2], -3, 1e-6);
  EXPECT_EQ(answer->degrees_of_freedom, 3U);
  for (std::size_t j = 0; j < 3; ++j) EXPECT_NEAR(answer->fit.coefficients[j], plain->coefficients[j], 1e-10);
}

TEST(CoxAnswer, AnArmWithoutEventsLeavesTheOthersAtTheirLimit) {
  // The limit is approached by ever larger values of the coefficient, given as an offset.
  Full rows(8, 200);
  for (std::size_t i = 0; i < rows.stop.size(); ++i) {
    if (rows.x[i * 3] == 1) rows.event[i] = 0;
  }
  const auto answer = answer_whole_cox(rows.data(), {});
  ASSERT_THAT(answer, Succeeds());
  EXPECT_EQ(answer->status, CoxObstacle::kMonotoneLikelihood);
  EXPECT_EQ(answer->covariates[0].direction, -1);
  ASSERT_EQ(answer->estimated, (std::vector<std::size_t>{1, 2}));
  Full held = rows;
  held.x.clear();
  for (std::size_t i = 0; i < rows.stop.size(); ++i) {
    held.x.insert(held.x.end(), {rows.x[i * 3 + 1], rows.x[i * 3 + 2]});
    held.offset[i] -= 40 * rows.x[i * 3];
  }
  const auto near = fit_cox(held.data());
  ASSERT_THAT(near, Succeeds());
  EXPECT_NEAR(answer->fit.log_likelihood, near->log_likelihood, 1e-9);
  EXPECT_NEAR(answer->fit.coefficients[0], near->coefficients[0], 1e-9);
  EXPECT_NEAR(answer->fit.standard_errors[1], near->standard_errors[1], 1e-9);
  // The one-sided limit: the profile there is lower by half the quantile.
  for (std::size_t i = 0; i < rows.stop.size(); ++i) {
    held.offset[i] += (40 + answer->covariates[0].profile_limit) * rows.x[i * 3];
  }
  const auto at_limit = fit_cox(held.data());
  ASSERT_THAT(at_limit, Succeeds());
  EXPECT_NEAR(2 * (answer->fit.log_likelihood - at_limit->log_likelihood), k95, 1e-8);
}

TEST(CoxAnswer, NoEventsIsAnAnswer) {
  Full rows(9, 50);
  std::ranges::fill(rows.event, std::uint8_t{0});
  const auto answer = answer_whole_cox(rows.data(), {});
  ASSERT_THAT(answer, Succeeds());
  EXPECT_EQ(answer->status, CoxObstacle::kNoEvents);
  EXPECT_EQ(answer->fit.rows, 50U);
}

RC_GTEST_PROP(CoxFirth, TheGradientVanishesAtThePenalizedMaximum, ()) {
  // Half the log determinant added to the log likelihood, by the objective alone: no neighbor is higher.
  const Full rows(*rc::gen::inRange<std::uint64_t>(1, 100'000), 60);
  const Ties ties = *rc::gen::element(Ties::kEfron, Ties::kBreslow);
  const auto fit = fit_cox_firth(rows.data(), {.ties = ties, .profile = false});
  RC_PRE(fit.ok());
  const auto penalized = [&](const std::vector<double>& beta) {
    const auto at = cox_objective(rows.data(), beta, ties);
    Eigen::MatrixXd information(3, 3);
    for (Eigen::Index k = 0; k < 9; ++k) information(k / 3, k % 3) = at->information[std::size_t(k)];
    return at->value + 0.5 * std::log(information.determinant());
  };
  const double best = penalized(fit->coefficients);
  RC_ASSERT(std::abs(best - fit->penalized_log_likelihood) <= 1e-9 * std::abs(best));
  for (std::size_t j = 0; j < 3; ++j) {
    std::vector<double> up = fit->coefficients, down = fit->coefficients;
    const double h = 1e-3 * fit->standard_errors[j];
    up[j] += h;
    down[j] -= h;
    RC_ASSERT(std::abs(penalized(up) - penalized(down)) <= 2e-9 * (1 + std::abs(best)));
  }
}

}  // namespace
}  // namespace mimamori
