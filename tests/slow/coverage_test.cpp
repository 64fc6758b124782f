// Do 95 % intervals cover what the study measures? 1,000 data sets, each of another hospital.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <map>
#include <thread>

#include "base/testing.h"
#include "study/cohort_study.h"
#include "synth/cohort.h"
#include "synth/estimand.h"

namespace mimamori {
namespace {

constexpr std::uint64_t kReplicates = 1000;
constexpr std::uint64_t kFirstSeed = 1001;   // away from the demo's own

struct Tally {
  double error_sum = 0;   // estimated minus true log hazard ratio
  int covered = 0;
  int estimable = 0;
};
using Question = std::pair<std::string, std::string>;   // outcome, population
using Tallies = std::map<Question, Tally>;

std::map<Question, double> truths(Comparison comparison) {
  const auto estimands = estimate_estimands(1'000'000);
  EXPECT_THAT(estimands, Succeeds());
  std::map<Question, double> truth;
  for (const Estimand& estimand : *estimands) {
    if (estimand.comparison != comparison) continue;
    truth[{std::string(planted(estimand.outcome).id), estimand.population}] = estimand.log_hazard_ratio;
  }
  return truth;
}

void tally(const StudyResult& result, const std::map<Question, double>& truth, Tallies& tallies) {
  for (const PopulationResult& population : result.populations) {
    for (const OutcomeResult& outcome : population.outcomes) {
      if (!outcome.adjusted.estimable) continue;
      const double true_log_ratio = truth.at({outcome.outcome_id, population.id});
      Tally& t = tallies[{outcome.outcome_id, population.id}];
      ++t.estimable;
      t.error_sum += outcome.adjusted.log_ratio - true_log_ratio;
      const double ratio = std::exp(true_log_ratio);
      t.covered += outcome.adjusted.lower <= ratio && ratio <= outcome.adjusted.upper ? 1 : 0;
    }
  }
}

Tallies run(Comparison comparison, const std::map<Question, double>& truth, std::uint64_t first, std::uint64_t count) {
  Tallies tallies;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    HospitalOptions options;
    options.seed = seed;
    const auto result = run_cohort_study(simulate_study(options, comparison), "test");
    EXPECT_THAT(result, Succeeds());
    if (result.ok()) tally(*result, truth, tallies);
  }
  return tallies;
}

class Coverage : public testing::TestWithParam<Comparison> {};

TEST_P(Coverage, IntervalsCoverAndEstimatesAreUnbiased) {
  const std::map<Question, double> truth = truths(GetParam());
  ASSERT_EQ(truth.size(), 8U);
  Tallies all;
  Tallies second_half;
  std::thread other([&] { second_half = run(GetParam(), truth, kFirstSeed + kReplicates / 2, kReplicates / 2); });
  all = run(GetParam(), truth, kFirstSeed, kReplicates / 2);
  other.join();
  for (const auto& [question, t] : second_half) {
    all[question].error_sum += t.error_sum;
    all[question].covered += t.covered;
    all[question].estimable += t.estimable;
  }
  for (const auto& [question, t] : all) {
    const double coverage = static_cast<double>(t.covered) / t.estimable;
    const double bias = t.error_sum / t.estimable;
    std::printf("%-18s %-28s coverage %.3f  bias of log HR %+.4f  (%d estimable)\n", question.first.c_str(),
                question.second.c_str(), coverage, bias, t.estimable);
    EXPECT_EQ(t.estimable, static_cast<int>(kReplicates));
    EXPECT_GE(coverage, 0.93);
    EXPECT_LE(coverage, 0.97);
    EXPECT_LT(std::abs(bias), 0.02);
  }
}

INSTANTIATE_TEST_SUITE_P(Slow, Coverage, testing::Values(Comparison::kAVersusB, Comparison::kNullVersusB),
                         [](const auto& comparison) {
                           return comparison.param == Comparison::kAVersusB ? "PlantedEffect" : "NoEffect";
                         });

}  // namespace
}  // namespace mimamori
