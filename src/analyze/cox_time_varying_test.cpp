// Covariates that are multiplied with a function of time, against rows that are split for it.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>
#include <set>

#include "analyze/cox.h"
#include "analyze/cox_answer.h"
#include "analyze/cox_firth.h"
#include "analyze/cox_residuals.h"
#include "base/random.h"
#include "base/testing.h"

namespace mimamori {
namespace {

using Kind = CoxTimeTransform::Kind;

/// Rows with everything a Cox model takes, and their covariates' functions of time.
struct Sample {
  std::vector<double> x, start, stop, weight, offset;
  std::vector<std::uint8_t> event;
  std::vector<std::int32_t> stratum, cluster;
  std::vector<CoxTimeTransform> transforms;

  [[nodiscard]] CoxData data() const {
    CoxData data{.x = x, .start = start, .stop = stop, .event = event, .stratum = stratum};
    data.weight = weight;
    data.offset = offset;
    data.cluster = cluster;
    data.transforms = transforms;
    return data;
  }
  [[nodiscard]] std::size_t covariates() const { return x.size() / stop.size(); }
};

/// Late entry, ties, strata, weights, offset and clusters. The columns are treated (1 or 0) and age, then
/// treated once more for each further transform.
Sample random_sample(std::uint64_t seed, std::size_t persons, const std::vector<CoxTimeTransform>& further) {
  const RandomStream stream(seed);
  Sample sample;
  sample.transforms.assign(2, {});
  sample.transforms.insert(sample.transforms.end(), further.begin(), further.end());
  for (std::size_t i = 0; i < persons; ++i) {
    const double treated = stream.u(i, 1) < 0.4 ? 1 : 0;
    sample.start.push_back(std::floor(10 * stream.u(i, 0)));
    sample.stop.push_back(sample.start.back() + std::ceil(20 * stream.u(i, 4)));
    sample.event.push_back(stream.u(i, 5) < 0.6 ? 1 : 0);
    sample.stratum.push_back(static_cast<std::int32_t>(2 * stream.u(i, 6)));
    sample.weight.push_back(std::floor(3 * stream.u(i, 7)) + 0.5);
    sample.offset.push_back(stream.u(i, 8) - 0.5);
    sample.cluster.push_back(static_cast<std::int32_t>(i / 3));
    sample.x.push_back(treated);
    sample.x.push_back(40 + 50 * stream.u(i, 2));
    for (std::size_t k = 0; k < further.size(); ++k) sample.x.push_back(treated + 0.3 * stream.u(i, 9));
  }
  return sample;
}

/// Every row cut at the given times; each part has the covariates' values at its own end.
Sample split(const Sample& whole, const std::set<double>& times) {
  Sample parts;
  const std::size_t p = whole.covariates();
  for (std::size_t i = 0; i < whole.stop.size(); ++i) {
    double from = whole.start[i];
    std::set<double> ends(times.upper_bound(from), times.lower_bound(whole.stop[i]));
    ends.insert(whole.stop[i]);
    for (const double end : ends) {
      parts.start.push_back(from);
      parts.stop.push_back(end);
      parts.event.push_back(end == whole.stop[i] ? whole.event[i] : 0);
      parts.stratum.push_back(whole.stratum[i]);
      parts.weight.push_back(whole.weight[i]);
      parts.offset.push_back(whole.offset[i]);
      parts.cluster.push_back(whole.cluster[i]);
      for (std::size_t j = 0; j < p; ++j) {
        parts.x.push_back(whole.x[i * p + j] * whole.transforms[j].at(end));
      }
      from = end;
    }
  }
  return parts;
}

std::set<double> event_times(const Sample& sample) {
  std::set<double> times;
  for (std::size_t i = 0; i < sample.stop.size(); ++i) {
    if (sample.event[i] != 0) times.insert(sample.stop[i]);
  }
  return times;
}

void expect_same(const std::vector<double>& a, const std::vector<double>& b, const char* what) {
  ASSERT_EQ(a.size(), b.size()) << what;
  for (std::size_t k = 0; k < a.size(); ++k) {
    EXPECT_NEAR(a[k], b[k], 1e-9 * std::max(1e-3, std::abs(b[k]))) << what << " " << k;
  }
}

void expect_same(double a, double b, const char* what) {
  expect_same(std::vector<double>{a}, std::vector<double>{b}, what);
}

void expect_same_fit(const Sample& whole, const Sample& parts, const CoxOptions& options) {
  const auto fit = fit_cox(whole.data(), options);
  const auto of_parts = fit_cox(parts.data(), options);
  ASSERT_THAT(fit, Succeeds());
  ASSERT_THAT(of_parts, Succeeds());
  expect_same(fit->coefficients, of_parts->coefficients, "coefficient");
  expect_same(fit->covariance, of_parts->covariance, "covariance");
  expect_same(fit->log_likelihood_null, of_parts->log_likelihood_null, "null");
  expect_same(fit->log_likelihood, of_parts->log_likelihood, "log likelihood");
  expect_same(fit->score_chi_square, of_parts->score_chi_square, "score");
  expect_same(fit->wald_chi_square, of_parts->wald_chi_square, "wald");
  expect_same(fit->robust_score_chi_square, of_parts->robust_score_chi_square, "robust score");
  EXPECT_EQ(fit->rows, whole.stop.size()) << "no row was split";
  EXPECT_EQ(fit->events, of_parts->events);
}

TEST(CoxTimeVarying, HazardRatioIsAPowerOfTimeUnderTheLogarithm) {
  // Two persons at risk at one event time t, the treated one dies: t^b against 1.
  const std::vector<double> x = {1, 0}, stop = {3, 5};
  const std::vector<std::uint8_t> event = {1, 0};
  for (const auto& [kind, g] : {std::pair{Kind::kLog, std::log(3.0)}, std::pair{Kind::kIdentity, 3.0},
                                std::pair{Kind::kLog1p, std::log(4.0)}, std::pair{Kind::kNone, 1.0}}) {
    const std::array<CoxTimeTransform, 1> transforms = {{{.kind = kind}}};
    CoxData data{.x = x, .start = {}, .stop = stop, .event = event, .stratum = {}};
    data.transforms = transforms;
    for (const double beta : {-1.5, 0.0, 0.25, 2.0}) {
      const auto at = cox_objective(data, std::array<double, 1>{beta}, Ties::kEfron);
      ASSERT_THAT(at, Succeeds());
      const double share = 1 / (1 + std::exp(-beta * g));
      EXPECT_NEAR(at->value, std::log(share), 1e-14);
      EXPECT_NEAR(at->gradient[0], g * (1 - share), 1e-14);
      EXPECT_NEAR(at->information[0], g * g * share * (1 - share), 1e-14);
    }
  }
}

TEST(CoxTimeVarying, PiecesHoldTheirCutAtTheEnd) {
  const std::array<double, 2> cuts = {90, 365};
  const auto pieces = pieces_between(cuts);
  ASSERT_EQ(pieces.size(), 3U);
  for (const auto& [time, piece] : std::vector<std::pair<double, std::size_t>>{
           {-5, 0}, {0, 0}, {90, 0}, {90.001, 1}, {365, 1}, {365.001, 2}, {1e9, 2}}) {
    for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ(pieces[k].at(time), k == piece ? 1 : 0) << time << " " << k;
  }
  // Sums of decimals tie with the cut as event times tie with each other.
  EXPECT_EQ(pieces_between(std::array<double, 1>{0.3})[0].at(0.1 + 0.2), 1);
}

RC_GTEST_PROP(CoxTimeVarying, FunctionOfTimeIsTheFitOfRowsSplitAtEveryEvent, ()) {
  const auto seed = *rc::gen::inRange<std::uint64_t>(0, 10000);
  const auto kind = *rc::gen::element(Kind::kIdentity, Kind::kLog, Kind::kLog1p);
  const CoxOptions options{.ties = *rc::gen::element(Ties::kEfron, Ties::kBreslow),
                           .robust = *rc::gen::arbitrary<bool>()};
  const Sample whole = random_sample(seed, 120, {{.kind = kind}});
  expect_same_fit(whole, split(whole, event_times(whole)), options);
}

RC_GTEST_PROP(CoxTimeVarying, StepsAreTheFitOfRowsSplitAtTheCuts, ()) {
  const auto seed = *rc::gen::inRange<std::uint64_t>(0, 10000);
  const CoxOptions options{.ties = *rc::gen::element(Ties::kEfron, Ties::kBreslow),
                           .robust = *rc::gen::arbitrary<bool>()};
  const std::array<double, 2> cuts = {8, 15};  // event times are whole numbers: some fall on the cuts
  Sample whole = random_sample(seed, 150, pieces_between(cuts));
  expect_same_fit(whole, split(whole, {8, 15}), options);
}

TEST(CoxTimeVarying, FactorsOfOneGiveThePlainFit) {
  Sample plain = random_sample(5, 200, {});
  plain.transforms.clear();
  Sample same = random_sample(5, 200, {});
  // A piece that holds all time is 1 everywhere, but goes the other way.
  same.transforms[1] = pieces_between({}).front();
  expect_same_fit(same, plain, {.robust = true});
}

RC_GTEST_PROP(CoxTimeVarying, SlopesAreThoseOfTheValue, ()) {
  const Sample sample = random_sample(*rc::gen::inRange<std::uint64_t>(0, 10000), 60,
                                      {{.kind = Kind::kLog}, pieces_between(std::array<double, 1>{12})[1]});
  const Ties ties = *rc::gen::element(Ties::kEfron, Ties::kBreslow);
  const std::vector<double> beta = {0.3, -0.02, 0.4, -0.8};
  const auto at = cox_objective(sample.data(), beta, ties);
  ASSERT_THAT(at, Succeeds());
  for (std::size_t j = 0; j < beta.size(); ++j) {
    std::vector<double> up = beta, down = beta;
    const double step = j == 1 ? 1e-6 : 1e-4;
    up[j] += step;
    down[j] -= step;
    const auto above = cox_objective(sample.data(), up, ties);
    const auto below = cox_objective(sample.data(), down, ties);
    EXPECT_NEAR((above->value - below->value) / (2 * step), at->gradient[j],
                1e-5 * (1 + std::abs(at->gradient[j])));
    for (std::size_t k = 0; k < beta.size(); ++k) {
      EXPECT_NEAR((below->gradient[k] - above->gradient[k]) / (2 * step), at->information[j * 4 + k],
                  1e-5 * (1 + std::abs(at->information[j * 4 + k])));
    }
  }
}

TEST(CoxTimeVarying, ProfileLimitsAreThoseOfTheSplitRows) {
  const Sample whole = random_sample(11, 120, {{.kind = Kind::kLog1p}});
  const Sample parts = split(whole, event_times(whole));
  for (const auto limits : {cox_profile_limits, cox_score_limits}) {
    const auto of_whole = limits(whole.data(), {}, 3.841458820694124);
    const auto of_parts = limits(parts.data(), {}, 3.841458820694124);
    ASSERT_THAT(of_whole, Succeeds());
    ASSERT_THAT(of_parts, Succeeds());
    expect_same(of_whole->lower, of_parts->lower, "lower");
    expect_same(of_whole->upper, of_parts->upper, "upper");
  }
}

/// Piecewise effects, where no treated person has an event in the first piece.
Sample without_early_events() {
  const std::array<double, 1> cuts = {8};
  Sample sample = random_sample(3, 150, pieces_between(cuts));
  for (std::size_t i = 0; i < sample.stop.size(); ++i) {
    double* x = &sample.x[4 * i];
    x[2] = x[3] = x[0];
    x[0] = RandomStream(4).u(i, 0);  // instead of the treatment itself
    if (x[2] == 1 && sample.stop[i] <= 8) sample.event[i] = 0;
  }
  return sample;
}

TEST(CoxTimeVarying, PieceWithoutTreatedEventsGoesToMinusInfinityAndTheRestIsEstimated) {
  const Sample whole = without_early_events();
  const Sample parts = split(whole, {8});
  const auto answer = answer_whole_cox(whole.data(), {});
  const auto of_parts = answer_whole_cox(parts.data(), {});
  ASSERT_THAT(answer, Succeeds());
  ASSERT_THAT(of_parts, Succeeds());
  ASSERT_EQ(answer->status, CoxObstacle::kMonotoneLikelihood);
  EXPECT_EQ(answer->estimated, (std::vector<std::size_t>{0, 1, 3}));
  EXPECT_EQ(answer->covariates[2].direction, -1);
  expect_same(answer->fit.coefficients, of_parts->fit.coefficients, "coefficient");
  expect_same(answer->fit.covariance, of_parts->fit.covariance, "covariance");
  expect_same(answer->fit.log_likelihood, of_parts->fit.log_likelihood, "limit");
  expect_same(answer->covariates[2].profile_limit, of_parts->covariates[2].profile_limit, "profile limit");
  expect_same(answer->covariates[2].lr_chi_square, of_parts->covariates[2].lr_chi_square, "likelihood ratio");
  EXPECT_TRUE(std::isfinite(answer->covariates[2].profile_limit));
}

TEST(CoxTimeVarying, WhatIsNotEstimableIsNamed) {
  const std::array<double, 2> cuts = {8, 1000};
  Sample sample = random_sample(7, 100, pieces_between(cuts));
  for (std::size_t i = 0; i < sample.stop.size(); ++i) {
    for (std::size_t k = 2; k < 5; ++k) sample.x[5 * i + k] = sample.x[5 * i];
  }
  const auto answer = answer_whole_cox(sample.data(), {});
  ASSERT_THAT(answer, Succeeds());
  EXPECT_EQ(answer->covariates[4].obstacle, CoxObstacle::kNoInformation) << "no event after the last cut";
  ASSERT_EQ(answer->covariates[3].obstacle, CoxObstacle::kAliased) << "the pieces add up to the treatment";
  const std::vector<double>& parts = answer->covariates[3].combination;
  EXPECT_NEAR(parts[0], 1, 1e-8);
  EXPECT_NEAR(parts[2], -1, 1e-8);
  EXPECT_EQ(answer->estimated, (std::vector<std::size_t>{0, 1, 2}));
}

TEST(CoxTimeVarying, LogarithmIsRefusedAtEventTimesWhereItDoesNotExist) {
  const std::vector<double> x = {1, 0, 1, 0}, stop = {1, 0, 2, 3};
  std::vector<std::uint8_t> event = {1, 1, 1, 0};
  std::array<CoxTimeTransform, 1> transforms = {{{.kind = Kind::kLog}}};
  CoxData data{.x = x, .start = {}, .stop = stop, .event = event, .stratum = {}};
  data.transforms = transforms;
  const auto fit = fit_cox(data);
  ASSERT_FALSE(fit.ok());
  EXPECT_EQ(fit.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(fit.error().sentence.find("row 2"), std::string::npos) << fit.error().sentence;
  transforms[0].kind = Kind::kLog1p;  // exists at 0
  EXPECT_THAT(cox_objective(data, std::array<double, 1>{0.1}, Ties::kEfron), Succeeds());
  transforms[0].kind = Kind::kLog;  // a censoring at 0 is at risk at no event time
  event[1] = 0;
  EXPECT_THAT(cox_objective(data, std::array<double, 1>{0.1}, Ties::kEfron), Succeeds());
}

TEST(CoxTimeVarying, TooMuchWorkIsRefused) {
  // 200,000 risk sets of 100,000 rows on average, or one of 200,000.
  constexpr std::size_t kRows = 200'000;
  std::vector<double> x, stop;
  for (std::size_t i = 0; i < kRows; ++i) {
    x.push_back(i % 3 == 0 ? 1 : 0);
    stop.push_back(double(i + 1));
  }
  std::vector<std::uint8_t> event(kRows, 1);
  const std::array<CoxTimeTransform, 1> transforms = {{{.kind = Kind::kLog1p}}};
  CoxData data{.x = x, .start = {}, .stop = stop, .event = event, .stratum = {}};
  data.transforms = transforms;
  const std::array<double, 1> beta = {0.1};
  const auto refused = cox_objective(data, beta, Ties::kEfron);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  event.assign(kRows, 0);
  event[0] = 1;
  data.event = event;
  EXPECT_THAT(cox_objective(data, beta, Ties::kEfron), Succeeds());
}

TEST(CoxTimeVarying, WhatCannotTakeItRefusesIt) {
  const Sample whole = random_sample(2, 60, {{.kind = Kind::kLog}});
  for (const Ties ties : {Ties::kDiscrete, Ties::kMarginal}) {
    Sample unweighted = whole;
    unweighted.weight.clear();
    EXPECT_FALSE(fit_cox(unweighted.data(), {.ties = ties}).ok());
  }
  EXPECT_FALSE(fit_cox_firth(whole.data(), {}).ok());
  const auto fit = fit_cox(whole.data());
  ASSERT_THAT(fit, Succeeds());
  EXPECT_FALSE(cox_residuals(whole.data(), *fit).ok());
  CoxData short_by_one = whole.data();
  short_by_one.transforms = short_by_one.transforms.first(2);
  EXPECT_FALSE(fit_cox(short_by_one).ok());
}

}  // namespace
}  // namespace mimamori
