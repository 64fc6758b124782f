#include "analyze/conditional_logistic.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <cmath>

#include "analyze/glm_sets.h"
#include "base/random.h"
#include "base/testing.h"

namespace mimamori {
namespace {

using Values = std::vector<double>;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Sets {
  std::vector<Values> x;
  Values y, offset;
  std::vector<std::int32_t> set;
  std::vector<std::span<const double>> spans = {};
  GlmData data() {
    spans.assign(x.begin(), x.end());
    return {.columns = spans, .outcome = y, .weight = {}, .offset = offset, .cluster = {}};
  }
  void add(std::int32_t label, double outcome, std::initializer_list<double> values) {
    set.push_back(label);
    y.push_back(outcome);
    x.resize(values.size());
    std::size_t j = 0;
    for (const double value : values) x[j++].push_back(value);
  }
};

void expect_near(double actual, double expected, double relative) {
  EXPECT_LE(std::abs(actual - expected), relative * (1 + std::abs(expected))) << actual << " " << expected;
}

TEST(ConditionalLogistic, PairsOfABinaryExposureGiveMcNemarsRatio) {
  Sets sets;
  std::int32_t label = 0;
  const auto add = [&](int pairs, double case_x, double control_x) {
    for (int k = 0; k < pairs; ++k, ++label) {
      sets.add(label, 1, {case_x});
      sets.add(label, 0, {control_x});
    }
  };
  add(13, 1, 0);
  add(5, 0, 1);
  add(7, 1, 1);
  add(20, 0, 0);
  const auto fit = fit_conditional_logistic(sets.data(), sets.set);
  ASSERT_THAT(fit, Succeeds());
  expect_near(fit->fit.coefficients[0].estimate, std::log(13.0 / 5), 1e-12);
  expect_near(fit->fit.coefficients[0].standard_error, std::sqrt(1.0 / 13 + 1.0 / 5), 1e-12);
  EXPECT_EQ(fit->informative_sets, 45U);
  expect_near(fit->fit.log_likelihood_null, -45 * std::log(2.0), 1e-12);
  expect_near(fit->fit.score_chi_square, 64.0 / 18, 1e-12);  // McNemar's chi-square
}

/// A set of random rows, with m cases.
Sets random_set(std::uint64_t stream, std::size_t rows, std::size_t cases) {
  const RandomStream random(stream);
  Sets out;
  for (std::size_t i = 0; i < rows; ++i) {
    out.add(1, i < cases ? 1 : 0, {random.u(i, 0) * 3, random.u(i, 1) < 0.5 ? 1.0 : 0.0});
  }
  return out;
}

/// By trying every choice of as many rows: the log share of the choice that was made.
double by_enumeration(const Sets& sets, double a, double b) {
  const std::size_t n = sets.y.size();
  double all = 0;
  double made = 0;
  int cases = 0;
  unsigned chosen = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (sets.y[i] == 0) continue;
    ++cases;
    chosen |= 1U << i;
  }
  for (unsigned choice = 0; choice < (1U << n); ++choice) {
    if (std::popcount(choice) != cases) continue;
    double eta = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if ((choice >> i & 1U) != 0) eta += a * sets.x[0][i] + b * sets.x[1][i];
    }
    all += std::exp(eta);
    if (choice == chosen) made = eta;
  }
  return made - std::log(all);
}

GlmPoint evaluate(const Sets& sets, SetKind kind, double a, double b) {
  const auto n = Eigen::Index(sets.y.size());
  RowMatrix z(n, 2);
  for (Eigen::Index i = 0; i < n; ++i) z.row(i) << sets.x[0][std::size_t(i)], sets.x[1][std::size_t(i)];
  const Eigen::VectorXd y = Eigen::Map<const Eigen::VectorXd>(sets.y.data(), n);
  const Eigen::VectorXd offset = Eigen::VectorXd::Zero(n);
  return *SetLikelihood(kind, z, y, offset, sets.set).evaluate(Eigen::Vector2d(a, b));
}

RC_GTEST_PROP(ConditionalLogistic, TheExactLikelihoodIsThatOfEveryChoiceOfCases, (std::uint16_t stream)) {
  const auto rows = *rc::gen::inRange<std::size_t>(2, 12);
  const auto cases = *rc::gen::inRange<std::size_t>(1, rows);
  const Sets sets = random_set(stream, rows, cases);
  const double expected = by_enumeration(sets, 0.7, -0.4);
  const double actual = evaluate(sets, SetKind::kExact, 0.7, -0.4).value;
  RC_ASSERT(std::abs(actual - expected) <= 1e-11 * (1 + std::abs(expected)));
}

RC_GTEST_PROP(ConditionalLogistic, ScoreAndInformationAreTheDerivatives, (std::uint16_t stream)) {
  const auto rows = *rc::gen::inRange<std::size_t>(3, 14);
  const auto cases = *rc::gen::inRange<std::size_t>(1, rows);
  const auto kind = *rc::gen::element(SetKind::kExact, SetKind::kEfron, SetKind::kMultinomial);
  const Sets sets = random_set(stream, rows, cases);
  const double h = 1e-5;
  const GlmPoint at = evaluate(sets, kind, 0.7, -0.4);
  const GlmPoint up = evaluate(sets, kind, 0.7 + h, -0.4);
  const GlmPoint down = evaluate(sets, kind, 0.7 - h, -0.4);
  RC_ASSERT(std::abs((up.value - down.value) / (2 * h) - at.gradient[0]) <= 1e-7);
  const Eigen::VectorXd curvature = (down.gradient - up.gradient) / (2 * h);
  RC_ASSERT((curvature - at.information.col(0)).cwiseAbs().maxCoeff() <= 1e-7);
}

TEST(ConditionalLogistic, OneLargeSetNeitherOverflowsNorUnderflows) {
  // 600 of 2,000 rows with linear predictors from 0 to 600: the number of choices alone is beyond 1e300.
  Sets sets = random_set(4, 2000, 600);
  const GlmPoint at = evaluate(sets, SetKind::kExact, 200, 1);
  const GlmPoint up = evaluate(sets, SetKind::kExact, 200.0001, 1);
  EXPECT_TRUE(std::isfinite(at.value));
  EXPECT_LT(at.value, 0);
  EXPECT_NEAR((up.value - at.value) / 0.0001 / at.gradient[0], 1, 1e-3);
}

TEST(ConditionalLogistic, SetsWithoutACaseOrWithoutAControlAreCountedAndTellNothing) {
  Sets sets = random_set(8, 9, 3);
  const auto before = fit_conditional_logistic(sets.data(), sets.set);
  sets.add(2, 1, {0.3, 1});
  sets.add(2, 1, {0.1, 0});
  sets.add(3, 0, {0.3, 1});
  sets.add(3, 0, {2.0, 0});
  sets.add(4, 1, {2.0, 0});
  const auto after = fit_conditional_logistic(sets.data(), sets.set);
  ASSERT_THAT(before, Succeeds());
  ASSERT_THAT(after, Succeeds());
  EXPECT_EQ(after->sets, 4U);
  EXPECT_EQ(after->informative_sets, 1U);
  EXPECT_EQ(after->informative_rows, 9U);
  EXPECT_EQ(after->fit.events, 6);
  expect_near(after->fit.coefficients[0].estimate, before->fit.coefficients[0].estimate, 1e-10);
  expect_near(after->fit.log_likelihood, before->fit.log_likelihood, 1e-12);
}

TEST(ConditionalLogistic, AMatchingFactorIsAliasedAndACaseAboveAllControlsIsInfinite) {
  Sets sets;
  for (std::int32_t s = 0; s < 6; ++s) {
    sets.add(s, 1, {1.5 + s % 2, s * 1.1, 1});
    sets.add(s, 0, {1.0 + 0.3 * s, s * 1.1, 0});
    sets.add(s, 0, {2.6 - 0.2 * s, s * 1.1, s == 3 ? 1.0 : 0.0});
  }
  const auto fit = fit_conditional_logistic(sets.data(), sets.set);
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->fit.coefficients[1].state, CoefficientState::kAliased);
  EXPECT_TRUE(fit->fit.coefficients[1].combination.empty());
  EXPECT_EQ(fit->fit.status, GlmStatus::kMonotoneLikelihood);
  EXPECT_EQ(fit->fit.coefficients[2].estimate, kInfinity);
}

TEST(ConditionalLogistic, NothingToCompareIsNoInformation) {
  Sets sets;
  sets.add(1, 1, {1});
  sets.add(2, 0, {0});
  const auto fit = fit_conditional_logistic(sets.data(), sets.set);
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->fit.status, GlmStatus::kNoInformation);
  EXPECT_EQ(fit->informative_sets, 0U);
}

TEST(ConditionalLogistic, ExactSetsThatAreTooMuchWorkAreRefused) {
  Sets sets;
  for (int i = 0; i < 60'000; ++i) sets.add(1, i % 2, {double(i % 7)});
  EXPECT_THAT(fit_conditional_logistic(sets.data(), sets.set), FailsWith(ErrorCode::kUnsupported));
  EXPECT_THAT(fit_conditional_logistic(sets.data(), sets.set, {.ties = SetTies::kBreslow}), Succeeds());
}

TEST(ConditionalPoisson, FourCasesOfASelfControlledSeriesAgreeWithR) {
  // gnm(y ~ risk + offset(log(t)), eliminate = id, family = poisson): shared/reference/analyses.md
  // section 10.
  Sets sets;
  const double rows[4][4] = {{300, 21, 1, 0}, {150, 21, 0, 1}, {80, 42, 1, 1}, {400, 21, 2, 0}};
  for (std::int32_t id = 0; id < 4; ++id) {
    for (int risk = 0; risk < 2; ++risk) {
      sets.add(id, rows[id][2 + risk], {double(risk)});
      sets.offset.push_back(std::log(rows[id][risk]));
    }
  }
  const auto fit = fit_conditional_poisson(sets.data(), sets.set);
  ASSERT_THAT(fit, Succeeds());
  EXPECT_NEAR(fit->fit.coefficients[0].estimate, 1.131666, 5e-7);
  EXPECT_NEAR(fit->fit.coefficients[0].standard_error, 0.9667957, 5e-8);
}

TEST(ConditionalPoisson, IsThePoissonModelWithALevelPerSet) {
  const RandomStream random(31);
  Sets sets;
  for (std::int32_t s = 0; s < 12; ++s) {
    for (std::uint64_t k = 0; k < 4; ++k) {
      const auto subject = static_cast<std::uint64_t>(s);
      sets.add(s, std::floor(random.u(subject, k) * 5), {random.u(subject, k + 10), k % 2 == 0 ? 1.0 : 0.0});
      sets.offset.push_back(random.u(subject, k + 20));
    }
  }
  const auto conditional = fit_conditional_poisson(sets.data(), sets.set);
  Sets with_levels = sets;
  for (std::int32_t s = 1; s < 12; ++s) {
    Values level;
    for (const std::int32_t of : sets.set) level.push_back(of == s ? 1 : 0);
    with_levels.x.push_back(level);
  }
  const auto poisson = fit_poisson(with_levels.data());
  ASSERT_THAT(conditional, Succeeds());
  ASSERT_THAT(poisson, Succeeds());
  for (std::size_t j = 0; j < 2; ++j) {
    expect_near(conditional->fit.coefficients[j].estimate, poisson->coefficients[j + 1].estimate, 1e-10);
    expect_near(conditional->fit.coefficients[j].standard_error, poisson->coefficients[j + 1].standard_error,
                1e-10);
  }
}

/// Simulation C of shared/reference/benchmarks.md: cells (season, risk, pre-exposure) of 730 days, one set
/// per case.
Sets simulated_series(std::uint64_t cases) {
  const RandomStream random(4);
  Sets out;
  for (std::uint64_t i = 0; i < cases; ++i) {
    const auto start = 60 + static_cast<int>(610 * random.u(i, 0));
    const auto length = 14 + static_cast<int>(47 * random.u(i, 1));
    const auto shift = static_cast<int>(365 * random.u(i, 2));
    const auto cell = [&](int day) {
      const int season = std::min(11, (shift + day) % 365 / 30);
      const int risk = day >= start && day < start + length ? 1 : 0;
      const int before = day >= start - 30 && day < start ? 1 : 0;
      return season * 4 + risk * 2 + before;
    };
    std::array<double, 730> summed{};
    double sum = 0;
    std::array<int, 48> days{};
    for (int day = 0; day < 730; ++day) {
      const int c = cell(day);
      ++days[std::size_t(c)];
      sum += std::exp(0.693147180559945 * (c / 2 % 2) - 0.356674943938732 * (c % 2) +
                      0.3 * std::cos(2 * 3.14159265358979323846 * (c / 4) / 12));
      summed[std::size_t(day)] = sum;
    }
    std::array<int, 48> events{};
    const int count = 1 + (random.u(i, 3) < 0.2 ? 1 : 0) + (random.u(i, 3) < 0.05 ? 1 : 0);
    for (int k = 0; k < count; ++k) {
      const double target = random.u(i, 4 + static_cast<std::uint64_t>(k)) * sum;
      const auto day = std::ranges::upper_bound(summed, target) - summed.begin();
      ++events[std::size_t(cell(int(day)))];
    }
    for (int c = 0; c < 48; ++c) {
      if (days[std::size_t(c)] == 0) continue;
      out.set.push_back(static_cast<std::int32_t>(i));
      out.y.push_back(events[std::size_t(c)]);
      out.offset.push_back(std::log(days[std::size_t(c)]));
      out.x.resize(13);
      out.x[0].push_back(c / 2 % 2);
      out.x[1].push_back(c % 2);
      for (int season = 1; season < 12; ++season)
        out.x[std::size_t(season) + 1].push_back(c / 4 == season ? 1 : 0);
    }
  }
  return out;
}

TEST(ConditionalPoisson, TenThousandSimulatedCasesAgreeWithTheReference) {
  Sets sets = simulated_series(10'000);
  EXPECT_EQ(sets.y.size(), 161'221U);
  const auto fit = fit_conditional_poisson(sets.data(), sets.set);
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->fit.events, 12'479);
  EXPECT_NEAR(fit->fit.coefficients[0].estimate, 0.666397916625, 1e-11);
  EXPECT_NEAR(fit->fit.coefficients[1].estimate, -0.374548419864, 1e-11);
}

}  // namespace
}  // namespace mimamori
