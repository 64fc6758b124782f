// The study's rules, applied to the simulated persons directly. Written apart from extract/, so that each
// checks the other.

#include <algorithm>
#include <array>

#include "base/text2.h"
#include "synth/cohort.h"

namespace mimamori {
namespace {

constexpr Days kHistory{180};
constexpr Days kLookback{180};
constexpr Days kGap{30};
constexpr Days kGrace{30};

PlantedDrug exposed_drug(Comparison comparison) {
  return comparison == Comparison::kAVersusB ? PlantedDrug::kA : PlantedDrug::kN;
}

bool has(const SimulatedVisit& visit, PlantedDrug drug) {
  return visit.prescribed.at(static_cast<std::size_t>(drug));
}

/// Last exposed day of the episode that the index prescription opens, grace period included.
Date last_exposed_day(const SimulatedPatient& patient, std::size_t index_visit, PlantedDrug drug) {
  Date end = patient.visits()[index_visit].date + Days{kSupplyDays};  // first day without supply
  for (const SimulatedVisit& visit : patient.visits().subspan(index_visit + 1)) {
    if (!has(visit, drug)) continue;
    if (visit.date - end > kGap) break;
    end = std::max(end, visit.date + Days{kSupplyDays});
  }
  return end - Days{1} + kGrace;
}

struct FollowUpEnd {
  Date last_day;
  CensoringReason reason = CensoringReason::kCutOff;
};

FollowUpEnd end_without_outcome(const SimulatedPatient& patient, Comparison comparison,
                                const SimulatedEntry& entry) {
  const PlantedDrug exposed = exposed_drug(comparison);
  const PlantedDrug own = entry.arm == Arm::kExposed ? exposed : PlantedDrug::kB;
  const PlantedDrug other = entry.arm == Arm::kExposed ? PlantedDrug::kB : exposed;
  FollowUpEnd end{.last_day = simulated_last_day(), .reason = CensoringReason::kCutOff};
  // From the last reason to the first: on one day the earlier reason stands.
  const auto end_at = [&end](Date day, CensoringReason reason) {
    if (day <= end.last_day) end = {.last_day = day, .reason = reason};
  };
  end_at(patient.visits().back().date, CensoringReason::kLastRecord);
  end_at(last_exposed_day(patient, entry.index_visit, own), CensoringReason::kEndOfExposure);
  for (const SimulatedVisit& visit : patient.visits().subspan(entry.index_visit + 1)) {
    if (!has(visit, other)) continue;
    end_at(visit.date, CensoringReason::kOtherArm);
    break;
  }
  return end;
}

std::optional<double> outcome_value(const SimulatedPatient& patient, const SimulatedVisit& visit,
                                    SimulatedOutcome outcome) {
  const std::optional<double>& value = visit.value.at(static_cast<std::size_t>(planted(outcome).analyte));
  if (!value || outcome != SimulatedOutcome::kEgfrBelow60) return value;
  return simulated_egfr(*value, age_in_years(patient.birth_date, visit.date), patient.sex);
}

bool shows(const SimulatedPatient& patient, const SimulatedVisit& visit, SimulatedOutcome outcome) {
  const std::optional<double>& value = visit.value.at(static_cast<std::size_t>(planted(outcome).analyte));
  return value && is_abnormal(outcome, *value, age_in_years(patient.birth_date, visit.date), patient.sex);
}

bool in_reference_range(SimulatedOutcome outcome, double value, Sex sex) {
  if (outcome == SimulatedOutcome::kEgfrBelow60) return value >= 60.0;
  const SimulatedInterval interval = reference_interval(planted(outcome).analyte, sex);
  return interval.lower <= value && value <= interval.upper;
}

void find_baseline(const SimulatedPatient& patient, std::size_t index_visit, SimulatedOutcome outcome,
                   OutcomeFollowUp& result) {
  const Date index_date = patient.visits()[index_visit].date;
  for (const SimulatedVisit& visit : patient.visits().first(index_visit + 1)) {
    if (visit.date < index_date - kLookback) continue;
    const std::optional<double> value = outcome_value(patient, visit, outcome);
    if (value) result.baseline_value = value;
  }
  result.baseline_in_reference_range =
      result.baseline_value && in_reference_range(outcome, *result.baseline_value, patient.sex);
}

struct AttritionCounts {
  std::int64_t exposed = 0;
  std::int64_t comparator = 0;
  void add(Arm arm) { arm == Arm::kExposed ? ++exposed : ++comparator; }
};

AttritionStep step(const std::string& rule, const AttritionCounts& counts) {
  return {.rule = rule,
          .title = catalogue("synth.attrition." + rule),
          .exposed = counts.exposed,
          .comparator = counts.comparator};
}

StudyDataSet empty_data_set(Comparison comparison) {
  StudyDataSet data;
  data.study_id = std::string(id_of(comparison));
  data.title = catalogue("synth.study." + data.study_id);
  data.exposed_title = catalogue(comparison == Comparison::kAVersusB ? "synth.drug.a" : "synth.drug.n");
  data.comparator_title = catalogue("synth.drug.b");
  data.data_start = simulated_first_day();
  data.data_end = simulated_last_day() + Days{1};
  for (const PlantedOutcome& plan : planted_outcomes()) {
    const std::string key = "synth.outcome." + std::string(plan.id);
    data.outcomes.push_back(
        {.id = std::string(plan.id), .title = catalogue(key), .definition = catalogue(key + ".definition")});
  }
  data.follow_up.resize(kOutcomes);
  return data;
}

void add_person(const SimulatedPatient& patient, Comparison comparison, const SimulatedEntry& entry,
                StudyDataSet& data) {
  const Date index_date = patient.visits()[entry.index_visit].date;
  data.persons.push_back({.person_key = simulated_patient_number(patient.number),
                          .arm = entry.arm,
                          .sex = patient.sex,
                          .age_years = age_in_years(patient.birth_date, index_date),
                          .index_date = index_date});
  for (const PlantedOutcome& plan : planted_outcomes()) {
    data.follow_up[static_cast<std::size_t>(plan.outcome)].push_back(
        simulated_follow_up(patient, comparison, entry, plan.outcome));
  }
}

}  // namespace

std::optional<SimulatedEntry> study_entry(const SimulatedPatient& patient, Comparison comparison) {
  const PlantedDrug exposed = exposed_drug(comparison);
  for (std::size_t k = 0; k < patient.visits_used; ++k) {
    const SimulatedVisit& visit = patient.visits()[k];
    if (!has(visit, exposed) && !has(visit, PlantedDrug::kB)) continue;
    return SimulatedEntry{.arm = has(visit, exposed) ? Arm::kExposed : Arm::kComparator,
                          .index_visit = k,
                          .both_on_index_date = has(visit, exposed) && has(visit, PlantedDrug::kB),
                          .has_history = patient.visits().front().date <= visit.date - kHistory};
  }
  return std::nullopt;
}

OutcomeFollowUp simulated_follow_up(const SimulatedPatient& patient, Comparison comparison,
                                    const SimulatedEntry& entry, SimulatedOutcome outcome) {
  OutcomeFollowUp result;
  find_baseline(patient, entry.index_visit, outcome, result);
  FollowUpEnd end = end_without_outcome(patient, comparison, entry);
  for (const SimulatedVisit& visit : patient.visits().subspan(entry.index_visit + 1)) {
    if (visit.date > end.last_day) break;
    if (!outcome_value(patient, visit, outcome)) continue;
    ++result.measurements;
    if (!shows(patient, visit, outcome)) continue;
    result.event = true;
    end = {.last_day = visit.date, .reason = CensoringReason::kOutcome};
    break;
  }
  const Date index_date = patient.visits()[entry.index_visit].date;
  result.follow_up_days = static_cast<int>((end.last_day - index_date).count());
  result.reason = end.reason;
  return result;
}

StudyDataSet simulate_study(const HospitalOptions& options, Comparison comparison) {
  StudyDataSet data = empty_data_set(comparison);
  const RandomStream random = persons_stream(options.seed);
  AttritionCounts users;
  AttritionCounts with_history;
  AttritionCounts one_drug;
  for (int number = 0; number < options.patients; ++number) {
    const SimulatedPatient patient = simulate_patient(random, number);
    const std::optional<SimulatedEntry> entry = study_entry(patient, comparison);
    if (!entry) continue;
    users.add(entry->arm);
    if (!entry->has_history) continue;
    with_history.add(entry->arm);
    if (entry->both_on_index_date) continue;
    one_drug.add(entry->arm);
    add_person(patient, comparison, *entry, data);
  }
  data.attrition = {step("first_use", users), step("history", with_history), step("one_drug", one_drug)};
  return data;
}

}  // namespace mimamori
