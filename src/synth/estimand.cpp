#include "synth/estimand.h"

#include <array>
#include <cmath>
#include <limits>

#include "synth/synth_cox.h"

namespace mimamori {
namespace {

constexpr std::array kComparisons{Comparison::kAVersusB, Comparison::kNullVersusB};
constexpr std::uint64_t kEstimandSeed = 0x5EED0FE57ULL;

// One comparison's persons: for each outcome, everyone, and whether the baseline was in range.
struct Sample {
  std::array<std::vector<SimulatedSurvival>, kOutcomes> everyone;
  std::array<std::vector<SimulatedSurvival>, kOutcomes> in_range;
};

void add_person(const SimulatedPatient& patient, Comparison comparison, Sample& sample) {
  const std::optional<SimulatedEntry> entry = study_entry(patient, comparison);
  if (!entry || !entry->enters()) return;
  const Date index_date = patient.visits()[entry->index_visit].date;
  SimulatedSurvival person;
  person.x = {entry->arm == Arm::kExposed ? 1.0F : 0.0F,
              static_cast<float>(age_in_years(patient.birth_date, index_date) - 60) / 10.0F,
              patient.sex == Sex::kMale ? 1.0F : 0.0F};
  for (const PlantedOutcome& plan : planted_outcomes()) {
    const OutcomeFollowUp follow_up = simulated_follow_up(patient, comparison, *entry, plan.outcome);
    if (follow_up.follow_up_days < 1) continue;
    person.day = static_cast<std::int16_t>(follow_up.follow_up_days);
    person.event = follow_up.event;
    const auto slot = static_cast<std::size_t>(plan.outcome);
    sample.everyone.at(slot).push_back(person);
    if (follow_up.baseline_in_reference_range) sample.in_range.at(slot).push_back(person);
  }
}

Result<Estimand> estimate(Comparison comparison, const PlantedOutcome& plan, std::string population,
                          std::vector<SimulatedSurvival> persons) {
  const auto count = static_cast<std::int64_t>(persons.size());
  const SimulatedCoxFit fit = TRY(fit_simulated_cox(std::move(persons)).at(plan.id));
  const PlantedDrug exposed = comparison == Comparison::kAVersusB ? PlantedDrug::kA : PlantedDrug::kN;
  return Estimand{.comparison = comparison,
                  .outcome = plan.outcome,
                  .population = std::move(population),
                  .planted_log_ratio = std::log(plan.hazard_ratio.at(static_cast<std::size_t>(exposed))),
                  .log_hazard_ratio = fit.log_hazard_ratio[0],
                  .standard_error = fit.standard_error[0],
                  .persons = count,
                  .events = fit.events};
}

}  // namespace

Result<std::vector<Estimand>> estimate_estimands(std::int64_t persons) {
  if (persons < 1000 || persons > std::numeric_limits<int>::max()) {
    return Error{ErrorCode::kInvalidInput, "the estimand: expected from 1,000 to 2,147,483,647 persons"};
  }
  const RandomStream random = persons_stream(kEstimandSeed);
  std::array<Sample, 2> samples;
  for (int number = 0; number < static_cast<int>(persons); ++number) {
    const SimulatedPatient patient = simulate_patient(random, number);
    for (std::size_t c = 0; c < 2; ++c) add_person(patient, kComparisons.at(c), samples.at(c));
  }
  std::vector<Estimand> estimands;
  for (std::size_t c = 0; c < 2; ++c) {
    for (const PlantedOutcome& plan : planted_outcomes()) {
      const auto slot = static_cast<std::size_t>(plan.outcome);
      const Comparison comparison = kComparisons.at(c);
      Estimand everyone =
          TRY(estimate(comparison, plan, "everyone", std::move(samples.at(c).everyone.at(slot))));
      Estimand in_range = TRY(estimate(comparison, plan, "baseline_in_reference_range",
                                       std::move(samples.at(c).in_range.at(slot))));
      estimands.push_back(std::move(everyone));
      estimands.push_back(std::move(in_range));
    }
  }
  return estimands;
}

}  // namespace mimamori
