// Do 95 % intervals cover the truth 95 times in a hundred? Data are drawn from models of which every number
// is known; each share may differ from 0.95 by three Monte Carlo standard errors. Exact intervals may only
// cover more. Where counts are few the truth is drawn anew for every replicate, so that the steps of a
// discrete coverage average out.

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <numbers>
#include <span>
#include <variant>
#include <vector>

#include "analyze/conditional_logistic.h"
#include "analyze/cox.h"
#include "analyze/cox_answer.h"
#include "analyze/cox_firth.h"
#include "analyze/fine_gray.h"
#include "analyze/glm.h"
#include "analyze/kaplan_meier.h"
#include "analyze/mantel_haenszel.h"
#include "analyze/normal.h"
#include "analyze/rate_ratio.h"
#include "analyze/rates.h"
#include "analyze/two_by_two.h"
#include "base/random.h"
#include "base/testing.h"

namespace mimamori {
namespace {

constexpr int kReplicates = 2000;
constexpr double kLevel = 0.95;
constexpr double kChiSquare = kNormal975 * kNormal975;
const double kThreeErrors = 3 * std::sqrt(kLevel * (1 - kLevel) / kReplicates);

/// Draws one after the other from one stream per replicate.
class Draws {
 public:
  Draws(std::uint64_t question, int replicate) : stream_(question * 1'000'000 + std::uint64_t(replicate)) {}
  double uniform() { return stream_.u(0, count_++); }
  double between(double low, double high) { return low + (high - low) * uniform(); }
  bool yes(double share) { return uniform() < share; }
  double exponential() { return -std::log(uniform()); }
  double normal() {
    const double radius = std::sqrt(2 * exponential());
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }
  std::int64_t poisson(double mean) {
    std::int64_t arrivals = 0;
    for (double at = exponential(); at <= mean; at += exponential()) ++arrivals;
    return arrivals;
  }
  std::int64_t binomial(std::int64_t persons, double risk) {
    std::int64_t cases = 0;
    for (std::int64_t i = 0; i < persons; ++i) cases += yes(risk) ? 1 : 0;
    return cases;
  }

 private:
  RandomStream stream_;
  std::uint64_t count_ = 0;
};

/// How often each of `Kinds` intervals held the truth.
template <std::size_t Kinds>
using Covered = std::array<bool, Kinds>;
template <std::size_t Kinds>
std::array<double, Kinds> coverage(std::uint64_t question,
                                   const std::function<Covered<Kinds>(Draws&)>& replicate) {
  std::array<double, Kinds> share{};
  for (int k = 0; k < kReplicates; ++k) {
    Draws draws(question, k);
    const Covered<Kinds> covered = replicate(draws);
    for (std::size_t kind = 0; kind < Kinds; ++kind) share[kind] += covered[kind] ? 1.0 / kReplicates : 0;
  }
  for (std::size_t kind = 0; kind < Kinds; ++kind) {
    std::printf("  coverage %zu: %.4f (0.95 +- %.4f)\n", kind, share[kind], kThreeErrors);
  }
  return share;
}

bool holds(const Interval& interval, double truth) {
  return interval.lower <= truth && truth <= interval.upper;
}
/// Of estimate +- 1.96 standard errors.
bool wald_holds(double estimate, double standard_error, double truth) {
  return std::abs(estimate - truth) <= kNormal975 * standard_error;
}

/// Rows of a survival model with two covariates, or one.
struct Survival {
  std::vector<double> x, time;
  std::vector<std::uint8_t> event;
  std::vector<std::int32_t> cluster;

  void add(std::initializer_list<double> covariates, double event_time, double censored_time) {
    x.insert(x.end(), covariates);
    time.push_back(std::min(event_time, censored_time));
    event.push_back(event_time <= censored_time ? 1 : 0);
  }
  [[nodiscard]] CoxData data() const {
    CoxData rows{.x = x, .start = {}, .stop = time, .event = event, .stratum = {}};
    rows.cluster = cluster;
    return rows;
  }
};

TEST(IntervalCoverage, CoxWaldProfileAndScore) {
  const auto share = coverage<3>(1, [](Draws& draws) {
    const double truth = 0.7;
    Survival rows;
    for (int i = 0; i < 200; ++i) {
      const double exposed = draws.yes(0.4) ? 1 : 0;
      const double age = draws.normal();
      rows.add({exposed, age}, draws.exponential() / std::exp(truth * exposed + 0.3 * age),
               2 * draws.exponential());
    }
    const auto fit = fit_cox(rows.data(), {.threads = 1});
    const auto profile = cox_profile_limits(rows.data(), {.threads = 1}, kChiSquare);
    const auto score = cox_score_limits(rows.data(), {.threads = 1}, kChiSquare);
    EXPECT_TRUE(fit.ok() && profile.ok() && score.ok());
    return Covered<3>{wald_holds(fit->coefficients[0], fit->standard_errors[0], truth),
                      holds({profile->lower[0], profile->upper[0]}, truth),
                      holds({score->lower[0], score->upper[0]}, truth)};
  });
  for (const double kind : share) EXPECT_NEAR(kind, kLevel, kThreeErrors);
}

TEST(IntervalCoverage, CoxFirthProfile) {
  // Few events: where the penalty matters.
  const auto share = coverage<1>(2, [](Draws& draws) {
    const double truth = std::log(2.0);
    Survival rows;
    for (int i = 0; i < 80; ++i) {
      const double exposed = i % 2;
      rows.add({exposed}, draws.exponential() / std::exp(truth * exposed), 0.8 * draws.exponential());
    }
    const auto fit = fit_cox_firth(rows.data());
    EXPECT_THAT(fit, Succeeds());
    return Covered<1>{holds({fit->lower[0], fit->upper[0]}, truth)};
  });
  EXPECT_NEAR(share[0], kLevel, kThreeErrors);
}

TEST(IntervalCoverage, CoxRobustByClusterWhereTheModelVarianceIsFarTooSmall) {
  // A positive stable frailty of index 1/2, shared by a cluster: hazards given it are proportional with
  // coefficient b, and the marginal ones with b / 2 (Hougaard 1986).
  const auto share = coverage<2>(3, [](Draws& draws) {
    const double truth = 0.4;
    Survival rows;
    for (std::int32_t cluster = 0; cluster < 300; ++cluster) {
      const double z = draws.normal();
      const double frailty = 1 / (2 * z * z);
      const double exposed = draws.yes(0.5) ? 1 : 0;
      for (int member = 0; member < 3; ++member) {
        rows.add({exposed}, draws.exponential() / (frailty * std::exp(2 * truth * exposed)),
                 2 * draws.exponential());
        rows.cluster.push_back(cluster);
      }
    }
    const auto fit = fit_cox(rows.data(), {.robust = true, .threads = 1});
    EXPECT_THAT(fit, Succeeds());
    return Covered<2>{wald_holds(fit->coefficients[0], fit->standard_errors[0], truth),
                      wald_holds(fit->coefficients[0], std::sqrt(fit->naive_covariance[0]), truth)};
  });
  EXPECT_NEAR(share[0], kLevel, kThreeErrors);
  EXPECT_LT(share[1], 0.9);  // so the test can tell
}

TEST(IntervalCoverage, KaplanMeierLogLogAtATime) {
  const auto share = coverage<1>(4, [](Draws& draws) {
    Survival rows;
    for (int i = 0; i < 150; ++i) rows.add({}, draws.exponential(), 1.5 * draws.exponential());
    const double at = draws.between(0.3, 0.9);
    const auto steps = kaplan_meier({.time = rows.time, .event = rows.event}, SurvivalInterval::kLogLog);
    EXPECT_THAT(steps, Succeeds());
    const SurvivalStep* step = step_at(*steps, at);
    EXPECT_TRUE(step != nullptr && step->lower && step->upper);
    return Covered<1>{holds({*step->lower, *step->upper}, std::exp(-at))};
  });
  EXPECT_NEAR(share[0], kLevel, kThreeErrors);
}

TEST(IntervalCoverage, FineGray) {
  // Fine and Gray 1999, section 4: cause 1 has F(t) = 1 - (1 - q (1 - e^-t))^exp(b x).
  const auto share = coverage<1>(5, [](Draws& draws) {
    const double truth = 0.5;
    const double q = 0.5;
    std::vector<double> x, time;
    std::vector<std::int32_t> cause;
    for (int i = 0; i < 200; ++i) {
      const double exposed = i % 2;
      const double ratio = std::exp(truth * exposed);
      const double u = draws.uniform();
      const bool first = u < 1 - std::pow(1 - q, ratio);
      const double event_time =
          first ? -std::log(1 - (1 - std::pow(1 - u, 1 / ratio)) / q) : draws.exponential();
      const double censored_time = 3 * draws.exponential();
      x.push_back(exposed);
      time.push_back(std::min(event_time, censored_time));
      cause.push_back(event_time > censored_time ? 0 : first ? 1 : 2);
    }
    const auto answer = fine_gray({.x = x, .time = time, .cause = cause});
    const auto& fit = std::get<FineGrayFit>(answer);
    return Covered<1>{wald_holds(fit.coefficients[0], fit.standard_errors[0], truth)};
  });
  EXPECT_NEAR(share[0], kLevel, kThreeErrors);
}

/// Columns, outcome and offset of a regression.
struct Regression {
  std::vector<double> exposed, age, outcome, offset;
  std::vector<std::int32_t> cluster;
  std::array<std::span<const double>, 2> columns{};

  GlmData data(std::size_t covariates = 2) {
    columns = {exposed, age};
    return {.columns = std::span(columns).first(covariates),
            .outcome = outcome,
            .weight = {},
            .offset = offset,
            .cluster = cluster};
  }
  void add(double exposed_, double age_, double outcome_) {
    exposed.push_back(exposed_);
    age.push_back(age_);
    outcome.push_back(outcome_);
  }
};
bool wald_holds(const GlmCoefficient& coefficient, double truth) {
  return wald_holds(coefficient.estimate, coefficient.standard_error, truth);
}

TEST(IntervalCoverage, LogisticWaldAndProfile) {
  const auto share = coverage<2>(6, [](Draws& draws) {
    const double truth = 0.8;
    Regression rows;
    for (int i = 0; i < 300; ++i) {
      const double exposed = draws.yes(0.4) ? 1 : 0;
      const double age = draws.normal();
      rows.add(exposed, age, draws.yes(1 / (1 + std::exp(1 - truth * exposed - 0.5 * age))) ? 1 : 0);
    }
    const auto fit = fit_logistic(rows.data(), {.profile = true});
    EXPECT_THAT(fit, Succeeds());
    return Covered<2>{wald_holds(fit->coefficients[1], truth), holds(*fit->coefficients[1].profile, truth)};
  });
  for (const double kind : share) EXPECT_NEAR(kind, kLevel, kThreeErrors);
}

TEST(IntervalCoverage, PoissonWithPersonTimeWaldAndProfile) {
  const auto share = coverage<2>(7, [](Draws& draws) {
    const double truth = 0.5;
    Regression rows;
    for (int i = 0; i < 150; ++i) {
      const double exposed = draws.yes(0.5) ? 1 : 0;
      const double age = draws.normal();
      const double years = draws.between(0.2, 3);
      rows.add(exposed, age, double(draws.poisson(0.5 * years * std::exp(truth * exposed + 0.2 * age))));
      rows.offset.push_back(std::log(years));
    }
    const auto fit = fit_poisson(rows.data(), {.profile = true});
    EXPECT_THAT(fit, Succeeds());
    return Covered<2>{wald_holds(fit->coefficients[1], truth), holds(*fit->coefficients[1].profile, truth)};
  });
  for (const double kind : share) EXPECT_NEAR(kind, kLevel, kThreeErrors);
}

TEST(IntervalCoverage, RiskRatiosByModifiedPoissonWhereThePoissonVarianceIsTooLarge) {
  const auto share = coverage<2>(8, [](Draws& draws) {
    const double truth = std::log(1.5);
    Regression rows;
    for (int i = 0; i < 400; ++i) {
      const double exposed = i % 2;
      rows.add(exposed, 0, draws.yes(0.4 * std::exp(truth * exposed)) ? 1 : 0);
    }
    const auto fit = fit_risk_ratio(rows.data(1));
    EXPECT_THAT(fit, Succeeds());
    const GlmCoefficient& coefficient = fit->coefficients[1];
    return Covered<2>{wald_holds(coefficient, truth),
                      wald_holds(coefficient.estimate, coefficient.standard_error_model, truth)};
  });
  EXPECT_NEAR(share[0], kLevel, kThreeErrors);
  EXPECT_GT(share[1], 0.98);
}

TEST(IntervalCoverage, ConditionalLogisticWaldAndProfile) {
  // One case in each set of four, chosen with odds exp(b x): the model itself.
  const auto share = coverage<2>(9, [](Draws& draws) {
    const double truth = 0.6;
    Regression rows;
    std::vector<std::int32_t> set;
    for (std::int32_t s = 0; s < 150; ++s) {
      std::array<double, 4> exposed{}, age{}, odds{};
      double sum = 0;
      for (std::size_t i = 0; i < 4; ++i) {
        exposed[i] = draws.yes(0.3) ? 1 : 0;
        age[i] = draws.normal();
        sum += odds[i] = std::exp(truth * exposed[i] + 0.4 * age[i]);
      }
      double left = sum * draws.uniform();
      std::size_t chosen = 0;
      while (chosen < 3 && left > odds[chosen]) left -= odds[chosen++];
      for (std::size_t i = 0; i < 4; ++i) {
        rows.add(exposed[i], age[i], i == chosen ? 1 : 0);
        set.push_back(s);
      }
    }
    const auto fit = fit_conditional_logistic(rows.data(), set, {.profile = true});
    EXPECT_THAT(fit, Succeeds());
    const GlmCoefficient& coefficient = fit->fit.coefficients[0];
    return Covered<2>{wald_holds(coefficient, truth), holds(*coefficient.profile, truth)};
  });
  for (const double kind : share) EXPECT_NEAR(kind, kLevel, kThreeErrors);
}

TEST(IntervalCoverage, OneRate) {
  // Score-like methods cover 95 % on average over true rates; the exact interval covers at least that.
  const auto share = coverage<2>(10, [](Draws& draws) {
    const double truth = draws.between(0.1, 1);
    const double years = 40;
    const std::int64_t events = draws.poisson(truth * years);
    const auto exact = exact_rate(events, years);
    const auto mid_p = mid_p_rate(events, years);
    EXPECT_TRUE(exact.ok() && mid_p.ok());
    return Covered<2>{holds({exact->lower, exact->upper}, truth), holds({mid_p->lower, mid_p->upper}, truth)};
  });
  EXPECT_GE(share[0], kLevel - kThreeErrors);
  EXPECT_GT(share[0], share[1]);
  EXPECT_NEAR(share[1], kLevel, kThreeErrors);
}

TEST(IntervalCoverage, RatioAndDifferenceOfTwoRates) {
  const auto share = coverage<5>(11, [](Draws& draws) {
    const double ratio = std::exp(draws.between(-1, 1));
    const double rate = draws.between(0.05, 0.2);
    RatePair pair{
        .events1 = 0, .time1 = draws.between(150, 300), .events0 = 0, .time0 = draws.between(150, 300)};
    pair.events1 = draws.poisson(rate * ratio * pair.time1);
    pair.events0 = draws.poisson(rate * pair.time0);
    const auto of_ratio = rate_ratio(pair);
    const auto of_difference = rate_difference(pair);
    EXPECT_TRUE(of_ratio.ok() && of_difference.ok() && of_ratio->wald.has_value());
    return Covered<5>{holds(of_ratio->exact, ratio), holds(*of_ratio->wald, ratio),
                      holds(of_ratio->mid_p, ratio), holds(of_ratio->score, ratio),
                      holds(of_difference->miettinen_nurminen, rate * ratio - rate)};
  });
  EXPECT_GE(share[0], kLevel - kThreeErrors);
  for (const std::size_t kind : {1U, 2U, 3U, 4U}) EXPECT_NEAR(share[kind], kLevel, kThreeErrors) << kind;
}

TEST(IntervalCoverage, DifferenceAndRatioOfTwoRisks) {
  const auto share = coverage<4>(12, [](Draws& draws) {
    const double risk1 = draws.between(0.1, 0.7);
    const double risk0 = draws.between(0.1, 0.7);
    RiskPair pair{.cases1 = 0, .persons1 = 60, .cases0 = 0, .persons0 = 90};
    pair.cases1 = draws.binomial(pair.persons1, risk1);
    pair.cases0 = draws.binomial(pair.persons0, risk0);
    const auto difference = risk_difference(pair);
    const auto ratio = risk_ratio(pair);
    EXPECT_TRUE(difference.ok() && ratio.ok());
    return Covered<4>{holds(difference->miettinen_nurminen, risk1 - risk0),
                      holds(difference->newcombe, risk1 - risk0),
                      holds(ratio->miettinen_nurminen, risk1 / risk0), holds(ratio->koopman, risk1 / risk0)};
  });
  for (const double kind : share) EXPECT_NEAR(kind, kLevel, kThreeErrors);
}

TEST(IntervalCoverage, MantelHaenszelRateRatio) {
  const auto share = coverage<1>(13, [](Draws& draws) {
    const double ratio = std::exp(draws.between(-0.7, 0.7));
    std::vector<RatePair> strata;
    for (int s = 0; s < 20; ++s) {
      const double rate = draws.between(0.01, 0.2);
      RatePair pair{
          .events1 = 0, .time1 = draws.between(20, 80), .events0 = 0, .time0 = draws.between(20, 80)};
      pair.events1 = draws.poisson(rate * ratio * pair.time1);
      pair.events0 = draws.poisson(rate * pair.time0);
      strata.push_back(pair);
    }
    const auto rates = mantel_haenszel_rates(strata);
    EXPECT_TRUE(rates.ok() && rates->ratio && rates->ratio->interval);
    return Covered<1>{holds(*rates->ratio->interval, ratio)};
  });
  EXPECT_NEAR(share[0], kLevel, kThreeErrors);
}

}  // namespace
}  // namespace mimamori
