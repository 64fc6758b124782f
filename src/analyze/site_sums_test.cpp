#include "analyze/site_sums.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "analyze/conditional_logistic.h"
#include "analyze/site_sums_guard.h"
#include "base/random.h"
#include "base/testing.h"

namespace mimamori {
namespace {

using Values = std::vector<double>;

/// The rows of one site.
struct Site {
  std::vector<Values> x = std::vector<Values>(2);
  Values y, offset, time;
  std::vector<std::uint8_t> event;
  std::vector<std::int32_t> set;

  [[nodiscard]] std::vector<std::span<const double>> columns() const { return {x.begin(), x.end()}; }
};

/// Sites of unequal size with their own level, a binary and a continuous covariate.
std::vector<Site> network(std::uint64_t stream, std::size_t sites, std::size_t smallest = 60) {
  std::vector<Site> out(sites);
  for (std::size_t k = 0; k < sites; ++k) {
    const RandomStream random(stream * 100 + k);
    for (std::size_t i = 0; i < smallest * (k + 1); ++i) {
      const double a = random.u(i, 0) < 0.4 ? 1 : 0;
      const double b = random.u(i, 1) * 2 - 1;
      const double risk = 1 / (1 + std::exp(0.8 - 0.6 * a + 0.5 * b - 0.3 * double(k)));
      out[k].x[0].push_back(a);
      out[k].x[1].push_back(b);
      out[k].y.push_back(random.u(i, 2) < risk ? 1 : 0);
      out[k].event.push_back(out[k].y.back() == 1 ? 1 : 0);
      out[k].time.push_back(std::ceil(-std::log(random.u(i, 3)) / risk * 20));
      out[k].offset.push_back(random.u(i, 4));
      out[k].set.push_back(static_cast<std::int32_t>(k * 10'000 + i / 5));
    }
  }
  return out;
}

Site pooled(const std::vector<Site>& sites) {
  Site all;
  for (const Site& site : sites) {
    const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    for (std::size_t j = 0; j < 2; ++j) append(all.x[j], site.x[j]);
    append(all.y, site.y);
    append(all.offset, site.offset);
    append(all.time, site.time);
    append(all.event, site.event);
    append(all.set, site.set);
  }
  return all;
}

/// One indicator per site after the first.
void add_site_levels(const std::vector<Site>& sites, Site& all) {
  for (std::size_t k = 1; k < sites.size(); ++k) {
    Values level;
    for (std::size_t of = 0; of < sites.size(); ++of)
      level.insert(level.end(), sites[of].y.size(), of == k ? 1 : 0);
    all.x.push_back(level);
  }
}

SumRules full_rules() {
  SumRules rules;
  rules.final_information_digits = 0;
  return rules;
}

using SumsOf = std::function<Result<SiteSums>(const Site&, const SumRequest&)>;

Result<SiteSumFit> fit_network(const std::vector<Site>& sites, std::size_t p, const SumRules& rules,
                               const SumsOf& sums_of) {
  return fit_site_sums(p, rules, [&](const SumRequest& request) -> Result<std::vector<SiteSums>> {
    std::vector<SiteSums> answers;
    for (const Site& site : sites) {
      SiteSums sums = TRY(sums_of(site, request));
      answers.push_back(std::move(sums));
    }
    return answers;
  });
}

GlmData glm_data(const Site& site, const std::vector<std::span<const double>>& columns) {
  return {.columns = columns, .outcome = site.y, .weight = {}, .offset = site.offset, .cluster = {}};
}

Result<SiteSums> logistic_own(const Site& site, const SumRequest& request) {
  const auto columns = site.columns();
  return logistic_site_sums(glm_data(site, columns), SiteConstant::kOwn, request.beta, request.detail);
}

void expect_equal(const SiteSumFit& fit, std::span<const double> coefficients,
                  std::span<const double> errors) {
  ASSERT_EQ(fit.state, SumState::kDone);
  for (std::size_t j = 0; j < coefficients.size(); ++j) {
    EXPECT_LE(std::abs(fit.coefficients[j] - coefficients[j]), 1e-10 * (1 + std::abs(coefficients[j])));
    EXPECT_LE(std::abs(fit.standard_errors[j] / errors[j] - 1), 1e-9);
  }
}

void expect_equal(const SiteSumFit& fit, const GlmFit& whole, std::size_t first, std::size_t p) {
  Values coefficients, errors;
  for (std::size_t j = first; j < first + p; ++j) {
    coefficients.push_back(whole.coefficients[j].estimate);
    errors.push_back(whole.coefficients[j].standard_error);
  }
  expect_equal(fit, coefficients, errors);
}

class SiteSumsOfNetworks : public testing::TestWithParam<int> {
 protected:
  std::vector<Site> sites_ = network(static_cast<std::uint64_t>(GetParam()), 2 + std::size_t(GetParam()) % 5);
};

TEST_P(SiteSumsOfNetworks, CoxStratifiedBySiteEqualsThePooledFit) {
  const Site all = pooled(sites_);
  std::vector<std::int32_t> stratum;
  for (std::size_t k = 0; k < sites_.size(); ++k)
    stratum.insert(stratum.end(), sites_[k].y.size(), std::int32_t(k));
  for (const Ties ties : {Ties::kEfron, Ties::kBreslow}) {
    const auto columns = all.columns();
    CoxData data{.x = {}, .start = {}, .stop = all.time, .event = all.event, .stratum = stratum};
    data.columns = columns;
    const auto whole = fit_cox(data, {.ties = ties});
    ASSERT_THAT(whole, Succeeds());
    const auto fit = fit_network(sites_, 2, full_rules(), [&](const Site& site, const SumRequest& request) {
      const auto own = site.columns();
      CoxData part{.x = {}, .start = {}, .stop = site.time, .event = site.event, .stratum = {}};
      part.columns = own;
      return cox_site_sums(part, ties, request.beta, request.detail);
    });
    ASSERT_THAT(fit, Succeeds());
    expect_equal(*fit, whole->coefficients, whole->standard_errors);
  }
}

TEST_P(SiteSumsOfNetworks, LogisticWithOneConstantEqualsThePooledFit) {
  const Site all = pooled(sites_);
  const auto columns = all.columns();
  const auto whole = fit_logistic(glm_data(all, columns));
  const auto fit = fit_network(sites_, 3, full_rules(), [&](const Site& site, const SumRequest& request) {
    const auto own = site.columns();
    return logistic_site_sums(glm_data(site, own), SiteConstant::kCommon, request.beta, request.detail);
  });
  ASSERT_THAT(whole, Succeeds());
  ASSERT_THAT(fit, Succeeds());
  expect_equal(*fit, *whole, 0, 3);
}

TEST_P(SiteSumsOfNetworks, LogisticAndPoissonWithTheSitesOwnConstantsEqualThePooledFitWithALevelPerSite) {
  Site all = pooled(sites_);
  add_site_levels(sites_, all);
  const auto columns = all.columns();
  const auto logistic = fit_logistic(glm_data(all, columns));
  const auto by_logistic = fit_network(sites_, 2, full_rules(), logistic_own);
  ASSERT_THAT(by_logistic, Succeeds());
  expect_equal(*by_logistic, *logistic, 1, 2);
  const auto poisson = fit_poisson(glm_data(all, columns));
  const auto by_poisson =
      fit_network(sites_, 2, full_rules(), [&](const Site& site, const SumRequest& request) {
        const auto own = site.columns();
        return poisson_site_sums(glm_data(site, own), SiteConstant::kOwn, request.beta, request.detail);
      });
  ASSERT_THAT(by_poisson, Succeeds());
  expect_equal(*by_poisson, *poisson, 1, 2);
}

TEST_P(SiteSumsOfNetworks, ConditionalPoissonEqualsThePooledFit) {
  const Site all = pooled(sites_);
  const auto columns = all.columns();
  const auto whole = fit_conditional_poisson(glm_data(all, columns), all.set);
  const auto fit = fit_network(sites_, 2, full_rules(), [&](const Site& site, const SumRequest& request) {
    const auto own = site.columns();
    return conditional_poisson_site_sums(glm_data(site, own), site.set, request.beta, request.detail);
  });
  ASSERT_THAT(fit, Succeeds());
  expect_equal(*fit, whole->fit, 0, 2);
}

INSTANTIATE_TEST_SUITE_P(Random, SiteSumsOfNetworks, testing::Range(1, 13),
                         [](const auto& one) { return "Network" + std::to_string(one.param); });

TEST(SiteSums, CoarserInformationTakesMoreRoundsToTheSameEstimate) {
  const auto sites = network(77, 4);
  SumRules full = full_rules();
  full.detail = {.information_digits = 0, .log_likelihood_digits = 0};
  const auto exact = fit_network(sites, 2, full, logistic_own);
  SumRules coarse = full_rules();
  coarse.detail.information_digits = 1;
  const auto rough = fit_network(sites, 2, coarse, logistic_own);
  ASSERT_THAT(exact, Succeeds());
  ASSERT_THAT(rough, Succeeds());
  ASSERT_EQ(rough->state, SumState::kDone);
  EXPECT_GT(rough->rounds, exact->rounds);
  for (std::size_t j = 0; j < 2; ++j) EXPECT_NEAR(rough->coefficients[j], exact->coefficients[j], 1e-9);
}

TEST(SiteSums, TheInformationIsToldWithTheDigitsThatWereAskedFor) {
  const Site site = network(5, 1).front();
  const auto columns = site.columns();
  const Values beta = {0.1, -0.2};
  const auto all = logistic_site_sums(glm_data(site, columns), SiteConstant::kOwn, beta, {0, 0});
  const auto three = logistic_site_sums(glm_data(site, columns), SiteConstant::kOwn, beta, {3, 0});
  ASSERT_THAT(three, Succeeds());
  EXPECT_EQ(three->gradient, all->gradient);
  for (std::size_t k = 0; k < 3; ++k) {
    const double whole = all->information[k].value();
    const double told = three->information[k].value();
    EXPECT_NE(told, whole);
    EXPECT_LE(std::abs(told / whole - 1), 5e-3);
    const double unit = std::pow(10, std::floor(std::log10(std::abs(told))) - 2);
    EXPECT_NEAR(told / unit, std::round(told / unit), 1e-9);
  }
}

TEST(SiteSums, AnyOrderOfSitesGivesTheSameBits) {
  const auto sites = network(6, 5);
  const auto fit = fit_network(sites, 2, full_rules(), logistic_own);
  auto turned = sites;
  std::ranges::reverse(turned);
  const auto back = fit_network(turned, 2, full_rules(), logistic_own);
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->coefficients, back->coefficients);
  EXPECT_EQ(fit->covariance, back->covariance);
}

TEST(SiteSums, ASiteWithoutEventsSendsZeros) {
  Site site = network(8, 1).front();
  std::ranges::fill(site.y, 0);
  std::ranges::fill(site.event, std::uint8_t{0});
  const auto columns = site.columns();
  const Values beta = {0.1, -0.2};
  const auto logistic = logistic_site_sums(glm_data(site, columns), SiteConstant::kOwn, beta);
  ASSERT_THAT(logistic, Succeeds());
  EXPECT_EQ(logistic->gradient[0], FixedPoint());
  EXPECT_EQ(logistic->information[2], FixedPoint());
  CoxData part{.x = {}, .start = {}, .stop = site.time, .event = site.event, .stratum = {}};
  part.columns = columns;
  const auto cox = cox_site_sums(part, Ties::kEfron, beta);
  ASSERT_THAT(cox, Succeeds());
  EXPECT_EQ(cox->log_likelihood, FixedPoint());
}

TEST(SiteSums, AnExposureWithoutEventsIsMonotoneAndNamed) {
  auto sites = network(9, 3);
  for (Site& site : sites) {
    for (std::size_t i = 0; i < site.y.size(); ++i) site.y[i] = site.x[0][i] == 1 ? 0 : site.y[i];
  }
  SumRules rules = full_rules();
  rules.rounds_max = 40;
  const auto fit = fit_network(sites, 2, rules, logistic_own);
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->state, SumState::kMonotoneLikelihood);
  EXPECT_EQ(fit->coefficient, std::size_t{0});
  EXPECT_TRUE(std::isnan(fit->coefficients[0]));
}

TEST(SiteSums, AColumnThatRepeatsAnotherIsAliased) {
  auto sites = network(10, 3);
  for (Site& site : sites) site.x[1] = site.x[0];
  const auto fit = fit_network(sites, 2, full_rules(), logistic_own);
  ASSERT_THAT(fit, Succeeds());
  EXPECT_EQ(fit->state, SumState::kAliased);
}

TEST(FixedPoint, AddsExactlyAndSaysWhenANumberIsOutOfRange) {
  const auto tenth = FixedPoint::of(0.1);
  ASSERT_TRUE(tenth.has_value());
  EXPECT_NEAR(tenth->value(), 0.1, 0x1p-61);
  EXPECT_FALSE(FixedPoint::of(0x1p60).has_value());
  EXPECT_TRUE(FixedPoint::of(std::nextafter(0x1p60, 0)).has_value());
  EXPECT_FALSE(FixedPoint::of(std::nan("")).has_value());
  FixedPoint sum = *FixedPoint::of(0x1p59);
  int added = 1;
  for (auto more = sum.plus(*FixedPoint::of(0x1p59)); more; more = sum.plus(*FixedPoint::of(0x1p59))) {
    sum = *more;
    ++added;
  }
  EXPECT_EQ(added, 255);  // 256 times 2^59 is 2^67, the first beyond 2^127 units of 2^-60
}

/// An honest fit with a guard at every site; counts refusals of honest requests, and lets `probe` try others.
template <typename Probe>
int refusals_of_an_honest_fit(const std::vector<Site>& sites, const SumRules& rules, Probe probe) {
  std::vector<SumGuard> guards(sites.size(), SumGuard(2, rules));
  int refused = 0;
  SumNewton center(2, rules);
  while (center.state() == SumState::kGoing) {
    const SumRequest request = center.request();
    std::vector<SiteSums> sums;
    for (std::size_t k = 0; k < sites.size(); ++k) {
      const auto columns = sites[k].columns();
      refused += guards[k].check(request, columns, false) ? 1 : 0;
      probe(guards[k], request, columns);
      sums.push_back(logistic_own(sites[k], request).value());
    }
    const SiteSums totals = add_sums(sums).value();
    for (std::size_t k = 0; k < sites.size(); ++k) refused += guards[k].take(totals, sums, sums[k]) ? 1 : 0;
    EXPECT_THAT(center.take(totals), Succeeds());
  }
  EXPECT_EQ(center.state(), SumState::kDone);
  return refused;
}

TEST(SumGuard, HonestSequencesAreNeverRefusedAndRandomDeviationsAlways) {
  const RandomStream random(1);
  std::uint64_t tried = 0;
  for (std::uint64_t run = 0; run < 60; ++run) {
    const auto sites = network(300 + run, 2, 40);
    const int refused = refusals_of_an_honest_fit(
        sites, SumRules{}, [&](const SumGuard& guard, const SumRequest& honest, const auto& columns) {
          for (std::uint64_t k = 0; k < 20; ++k, ++tried) {
            SumRequest other = honest;
            double& beta = other.beta[tried % 2];
            const double way = random.u(tried, 0) < 0.5 ? -1 : 1;
            beta += way * (1 + std::abs(beta)) * std::pow(10, -8.9 + 10 * random.u(tried, 1));
            EXPECT_TRUE(guard.check(other, columns, false).has_value());
          }
        });
    EXPECT_EQ(refused, 0);
  }
  EXPECT_GE(tried, 10'000U);
}

TEST(SumGuard, SaysWhatIsWrongWithARequest) {
  const auto sites = network(12, 3);
  const auto columns = sites[0].columns();
  const SumRules rules;
  const auto reason = [&](const SumGuard& guard, const SumRequest& request) {
    const auto refusal = guard.check(request, columns, false);
    return refusal ? std::optional(refusal->reason) : std::nullopt;
  };
  SumGuard guard(2, rules);
  SumNewton center(2, rules);
  SumRequest request = center.request();
  EXPECT_EQ(reason(guard, request), std::nullopt);
  request.beta[0] = 0.5;
  EXPECT_EQ(reason(guard, request), SumRefusalReason::kOtherStart);
  request = center.request();
  request.detail.information_digits = 0;
  EXPECT_EQ(reason(guard, request), SumRefusalReason::kMoreDetail);
  request = center.request();
  request.final = true;
  EXPECT_EQ(reason(guard, request), SumRefusalReason::kMoreDetail);

  std::vector<SiteSums> sums;
  for (const Site& site : sites) sums.push_back(logistic_own(site, center.request()).value());
  const SiteSums totals = add_sums(sums).value();
  SumGuard other = guard;
  EXPECT_EQ(other.take(totals, std::span(sums).subspan(1), sums[0])->reason,
            SumRefusalReason::kOwnSumsMissing);
  EXPECT_EQ(other.take(sums[1], sums, sums[0])->reason, SumRefusalReason::kTotalsDisagree);
  EXPECT_FALSE(guard.take(totals, sums, sums[0]).has_value());
  ASSERT_THAT(center.take(totals), Succeeds());
  EXPECT_EQ(reason(guard, center.request()), std::nullopt);
  request = center.request();
  request.step_factor = 0.3;
  EXPECT_EQ(reason(guard, request), SumRefusalReason::kUnknownStepFactor);
  request = center.request();
  for (double& beta : request.beta) beta /= 2;
  request.step_factor = 0.5;  // honest in itself, but nothing fell
  EXPECT_EQ(reason(guard, request), SumRefusalReason::kNotTheNewtonStep);

  // Totals whose likelihood fell: the site expects half the step.
  SiteSums worse = totals;
  worse.log_likelihood = *FixedPoint::of(2 * totals.log_likelihood.value());
  const SumRequest full_step = center.request();
  EXPECT_FALSE(guard.take(worse, {}, sums[0]).has_value());
  request = full_step;
  request.round = 2;
  EXPECT_EQ(reason(guard, request), SumRefusalReason::kFellWithoutHalving);
  ASSERT_THAT(center.take(worse), Succeeds());
  EXPECT_EQ(center.request().step_factor, 0.5);
  EXPECT_EQ(reason(guard, center.request()), std::nullopt);
}

TEST(SumGuard, RefusesParametersUnderWhichOneRowWouldSpeakForAll) {
  const Values x = {0, 0, 1, 21};
  const std::vector<std::span<const double>> columns{x};
  SumRules rules;
  rules.start = {0.95};
  EXPECT_FALSE(SumGuard(1, rules).check(SumNewton(1, rules).request(), columns, false).has_value());  // 19.95
  rules.start = {0.96};
  const auto refusal = SumGuard(1, rules).check(SumNewton(1, rules).request(), columns, false);  // 20.16
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->reason, SumRefusalReason::kExtremePredictor);
}

TEST(SumGuard, EndsAfterTheAgreedRounds) {
  const auto sites = network(13, 2);
  SumRules rules;
  rules.rounds_max = 2;
  SumNewton center(2, rules);
  SumGuard guard(2, rules);
  for (int round = 0; round < 2; ++round) {
    std::vector<SiteSums> sums;
    for (const Site& site : sites) sums.push_back(logistic_own(site, center.request()).value());
    const SiteSums totals = add_sums(sums).value();
    ASSERT_FALSE(guard.take(totals, sums, sums[0]).has_value());
    ASSERT_THAT(center.take(totals), Succeeds());
  }
  EXPECT_EQ(center.state(), SumState::kNoConvergence);
  EXPECT_EQ(guard.check(center.request(), sites[0].columns(), false)->reason,
            SumRefusalReason::kTooManyRounds);
}

std::optional<SumRefusalReason> design_refusal(const std::vector<Values>& x, const Values& event,
                                               std::span<const std::int32_t> patient = {}) {
  const std::vector<std::span<const double>> columns(x.begin(), x.end());
  const auto refusal =
      check_sum_design({.columns = columns, .event = event, .patient = patient}, x.size(), SumRules{});
  return refusal ? std::optional(refusal->reason) : std::nullopt;
}

/// n values, the first k of which are 1.
Values ones(std::size_t n, std::size_t k) {
  Values out(n, 0);
  std::fill_n(out.begin(), k, 1);
  return out;
}

TEST(SumDesign, TheNumbersOfPatientsAndEventsAreBoundedBelow) {
  EXPECT_EQ(design_refusal({ones(49, 20)}, ones(49, 15)), SumRefusalReason::kTooFewPatients);
  EXPECT_EQ(design_refusal({ones(50, 20)}, ones(50, 15)), std::nullopt);
  EXPECT_EQ(design_refusal({ones(60, 20)}, ones(60, 9)), SumRefusalReason::kTooFewEvents);
  EXPECT_EQ(design_refusal({ones(60, 20)}, ones(60, 10)), std::nullopt);
  EXPECT_EQ(design_refusal({ones(60, 20)}, ones(60, 0)), std::nullopt);  // sends zeros
  std::vector<std::int32_t> twice;
  for (std::int32_t i = 0; i < 60; ++i) twice.push_back(i / 2);
  EXPECT_EQ(design_refusal({ones(60, 20)}, ones(60, 20), twice), SumRefusalReason::kTooFewPatients);
}

TEST(SumDesign, ColumnsThatConcernFewPatientsAreRefusedAloneAndByTwo) {
  EXPECT_EQ(design_refusal({ones(80, 9)}, ones(80, 20)), SumRefusalReason::kSmallCell);
  EXPECT_EQ(design_refusal({ones(80, 10)}, ones(80, 20)), std::nullopt);
  EXPECT_EQ(design_refusal({ones(80, 71)}, ones(80, 20)), SumRefusalReason::kSmallCell);
  EXPECT_EQ(design_refusal({ones(80, 70)}, ones(80, 20)), std::nullopt);
  Values other(80, 0);
  std::fill(other.begin() + 31, other.begin() + 60, 1);  // 9 patients with both
  EXPECT_EQ(design_refusal({ones(80, 40), other}, ones(80, 20)), SumRefusalReason::kSmallCell);
  std::fill(other.begin() + 30, other.begin() + 60, 1);
  EXPECT_EQ(design_refusal({ones(80, 40), other}, ones(80, 20)), std::nullopt);
}

TEST(SumDesign, TooManyParametersAndColumnsThatRepeatAreRefused) {
  std::vector<Values> x;
  for (std::size_t j = 0; j < 3; ++j) {
    Values column;
    for (std::size_t i = 0; i < 90; ++i) column.push_back(1 + std::sin(double(i * (j + 2))));
    x.push_back(column);
  }
  EXPECT_EQ(design_refusal(x, ones(90, 15)), std::nullopt);
  EXPECT_EQ(design_refusal(x, ones(90, 14)), SumRefusalReason::kTooManyParameters);
  for (std::size_t i = 0; i < 90; ++i) x[2][i] = x[0][i] + x[1][i];
  EXPECT_EQ(design_refusal(x, ones(90, 20)), SumRefusalReason::kRankDeficient);
}

TEST(SumDesign, AColumnThatRestsOnOneOrTwoPatientsIsRefused) {
  const auto reason = [](const Values& part, std::span<const std::int32_t> patient = {}) {
    const auto refusal = check_dominance(part, 1, patient, SumRules{});
    return refusal ? std::optional(refusal->reason) : std::nullopt;
  };
  EXPECT_EQ(reason({50, 20, 15, 15}), std::nullopt);
  EXPECT_EQ(reason({51, 20, 15, 14}), SumRefusalReason::kDominated);
  EXPECT_EQ(reason({45, 40, 10, 5}), std::nullopt);
  EXPECT_EQ(reason({45, 41, 9, 5}), SumRefusalReason::kDominated);
  const std::vector<std::int32_t> patient = {1, 1, 2, 3};
  EXPECT_EQ(reason({40, 20, 20, 20}, patient), SumRefusalReason::kDominated);
}

}  // namespace
}  // namespace mimamori
