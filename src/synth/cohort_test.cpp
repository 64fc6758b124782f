#include "synth/cohort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/testing.h"
#include "synth/estimand.h"

namespace mimamori {
namespace {

constexpr int kMany = 20'000;

SimulatedPatient person(int number) { return simulate_patient(persons_stream(1), number); }

SimulatedVisit visit_on(Date date) {
  SimulatedVisit visit;
  visit.date = date;
  return visit;
}

const Date kIndexDate = std::chrono::year{2022} / 6 / 1;

// A person with a first visit, an index visit on drug A, and visits at the given days after it.
SimulatedPatient planned(int history_days, const std::vector<int>& days) {
  SimulatedPatient patient;
  patient.sex = Sex::kMale;
  patient.birth_date = std::chrono::year{1960} / 1 / 1;
  patient.index_date = kIndexDate;
  patient.visit_slots[patient.visits_used++] = visit_on(kIndexDate - Days{history_days});
  patient.visit_slots[patient.visits_used++] = visit_on(kIndexDate);
  patient.visit_slots[1].prescribed[0] = true;
  for (const int day : days) patient.visit_slots.at(patient.visits_used++) = visit_on(kIndexDate + Days{day});
  return patient;
}

OutcomeFollowUp potassium_follow_up(const SimulatedPatient& patient) {
  const std::optional<SimulatedEntry> entry = study_entry(patient, Comparison::kAVersusB);
  EXPECT_TRUE(entry.has_value());
  return simulated_follow_up(patient, Comparison::kAVersusB, *entry, SimulatedOutcome::kHyperkalemia);
}

TEST(StudyRules, HistoryMustReachBack180Days) {
  EXPECT_TRUE(study_entry(planned(180, {}), Comparison::kAVersusB)->enters());
  EXPECT_FALSE(study_entry(planned(179, {}), Comparison::kAVersusB)->enters());
  SimulatedPatient both = planned(200, {});
  both.visit_slots[1].prescribed[1] = true;
  EXPECT_FALSE(study_entry(both, Comparison::kAVersusB)->enters());
  EXPECT_TRUE(study_entry(both, Comparison::kNullVersusB)->enters());
  EXPECT_FALSE(study_entry(planned(200, {}), Comparison::kNullVersusB).has_value());
}

// Supply covers days 0 to 41; the grace period ends on day 71.
TEST(StudyRules, ExposureEndsThirtyDaysAfterTheLastSupply) {
  const OutcomeFollowUp follow_up = potassium_follow_up(planned(200, {100}));
  EXPECT_EQ(follow_up.follow_up_days, 71);
  EXPECT_EQ(follow_up.reason, CensoringReason::kEndOfExposure);
}

TEST(StudyRules, AGapOfThirtyDaysIsJoinedAndOfThirtyOneIsNot) {
  SimulatedPatient joined = planned(200, {72, 200});
  joined.visit_slots[2].prescribed[0] = true;
  EXPECT_EQ(potassium_follow_up(joined).follow_up_days, 72 + 41 + 30);
  SimulatedPatient apart = planned(200, {73, 200});
  apart.visit_slots[2].prescribed[0] = true;
  EXPECT_EQ(potassium_follow_up(apart).follow_up_days, 71);
}

TEST(StudyRules, AnAbnormalValueCountsFromDayOneToTheLastDay) {
  SimulatedPatient patient = planned(200, {71, 72});
  patient.visit_slots[1].value[0] = 6.0;  // baseline
  EXPECT_FALSE(potassium_follow_up(patient).event);
  EXPECT_FALSE(potassium_follow_up(patient).baseline_in_reference_range);
  patient.visit_slots[3].value[0] = 6.0;  // day 72: after the end
  EXPECT_FALSE(potassium_follow_up(patient).event);
  patient.visit_slots[2].value[0] = 6.0;  // day 71: the last day
  EXPECT_TRUE(potassium_follow_up(patient).event);
  EXPECT_EQ(potassium_follow_up(patient).reason, CensoringReason::kOutcome);
  EXPECT_EQ(potassium_follow_up(patient).measurements, 1);
  patient.visit_slots[2].value[0] = 4.8;  // the limit itself is normal
  EXPECT_FALSE(potassium_follow_up(patient).event);
  EXPECT_EQ(potassium_follow_up(patient).measurements, 1);
}

TEST(StudyRules, TheOtherDrugEndsFollowUpOnItsDayAndAnOutcomeOfThatDayCounts) {
  SimulatedPatient patient = planned(200, {40, 60});
  patient.visit_slots[2].prescribed[1] = true;
  EXPECT_EQ(potassium_follow_up(patient).follow_up_days, 40);
  EXPECT_EQ(potassium_follow_up(patient).reason, CensoringReason::kOtherArm);
  patient.visit_slots[2].value[0] = 6.0;
  EXPECT_EQ(potassium_follow_up(patient).reason, CensoringReason::kOutcome);
}

TEST(StudyRules, TheLookbackIs180DaysLong) {
  SimulatedPatient inside = planned(180, {});
  inside.visit_slots[0].value[0] = 4.0;
  EXPECT_TRUE(potassium_follow_up(inside).baseline_in_reference_range);
  EXPECT_EQ(potassium_follow_up(inside).follow_up_days, 0);
  EXPECT_EQ(potassium_follow_up(inside).reason, CensoringReason::kLastRecord);
  SimulatedPatient outside = planned(181, {});
  outside.visit_slots[0].value[0] = 4.0;
  EXPECT_FALSE(potassium_follow_up(outside).baseline_value.has_value());
}

TEST(Cohort, VisitsAscendWithinTheDataWindow) {
  for (int number = 0; number < kMany; ++number) {
    const SimulatedPatient patient = person(number);
    const auto visits = patient.visits();
    EXPECT_GE(visits.front().date, simulated_first_day());
    EXPECT_LE(visits.back().date, simulated_last_day());
    EXPECT_TRUE(std::ranges::is_sorted(visits, std::ranges::less_equal{}, &SimulatedVisit::date));
    const int age = age_in_years(patient.birth_date, patient.index_date);
    EXPECT_TRUE(age >= 40 && age <= 85);
  }
}

// Distance of a value from its limit, in the outcome's own unit and toward abnormal.
double beyond_limit(SimulatedOutcome outcome, double value, int age, Sex sex) {
  const SimulatedInterval interval = reference_interval(planted(outcome).analyte, sex);
  if (outcome == SimulatedOutcome::kEgfrBelow60) return 60 - simulated_egfr(value, age, sex);
  if (outcome == SimulatedOutcome::kThrombocytopenia) return interval.lower - value;
  return value - interval.upper;
}

TEST(Cohort, ValuesAreClearOfTheLimitAndStayAbnormal) {
  const std::array<double, kOutcomes> clearance{0.19, 4.9, 2.9, 1.2};
  for (int number = 0; number < kMany; ++number) {
    const SimulatedPatient patient = person(number);
    for (const PlantedOutcome& plan : planted_outcomes()) {
      bool was_abnormal = false;
      for (const SimulatedVisit& visit : patient.visits()) {
        const std::optional<double>& value = visit.value.at(static_cast<std::size_t>(plan.analyte));
        if (!value) continue;
        const int age = age_in_years(patient.birth_date, visit.date);
        const double distance = beyond_limit(plan.outcome, *value, age, patient.sex);
        EXPECT_GT(std::abs(distance), clearance.at(static_cast<std::size_t>(plan.outcome)));
        const bool abnormal = is_abnormal(plan.outcome, *value, age, patient.sex);
        EXPECT_EQ(abnormal, distance > 0);
        EXPECT_TRUE(abnormal || !was_abnormal) << plan.id;
        was_abnormal = abnormal;
      }
    }
  }
}

TEST(Cohort, SharesOfSpecialHistoriesAreAsPlanned) {
  int short_history = 0;
  int prevalent = 0;
  int both = 0;
  for (int number = 0; number < kMany; ++number) {
    const SimulatedPatient patient = person(number);
    short_history += patient.short_history ? 1 : 0;
    prevalent += patient.prevalent_user ? 1 : 0;
    both += patient.both_drugs ? 1 : 0;
    if (!patient.prevalent_user && !patient.short_history) continue;
    for (const Comparison comparison : {Comparison::kAVersusB, Comparison::kNullVersusB}) {
      const std::optional<SimulatedEntry> entry = study_entry(patient, comparison);
      if (!entry) continue;
      // A short history that a later switch outlives is a new use without follow-up.
      if (entry->enters()) {
        EXPECT_EQ(entry->index_visit + 1, patient.visits_used);
      }
    }
  }
  EXPECT_NEAR(short_history / double{kMany}, 0.03, 0.005);
  EXPECT_NEAR(prevalent / double{kMany}, 0.02, 0.004);
  EXPECT_NEAR(both / double{kMany}, 0.01, 0.003);
}

TEST(Cohort, TestsAreEquallyFrequentInBothArms) {
  for (const PlantedOutcome& plan : planted_outcomes()) {
    std::array<double, kPlantedDrugs> done{};
    std::array<double, kPlantedDrugs> visits{};
    for (int number = 0; number < kMany; ++number) {
      const SimulatedPatient patient = person(number);
      const auto arm = static_cast<std::size_t>(patient.arm);
      for (const SimulatedVisit& visit : patient.visits()) {
        visits.at(arm) += 1;
        done.at(arm) += visit.value.at(static_cast<std::size_t>(plan.analyte)) ? 1 : 0;
      }
    }
    // Four standard errors of a share near 0.9.
    for (std::size_t arm = 0; arm < kPlantedDrugs; ++arm) {
      EXPECT_NEAR(done.at(arm) / visits.at(arm), 0.9, 4 * 0.3 / std::sqrt(visits.at(arm)));
    }
  }
}

TEST(Cohort, EveryReasonToEndButTheCutOffIsMet) {
  const StudyDataSet data = simulate_study(HospitalOptions{}, Comparison::kAVersusB);
  std::set<CensoringReason> reasons;
  int events = 0;
  for (const OutcomeFollowUp& follow_up : data.follow_up[0]) {
    reasons.insert(follow_up.reason);
    events += follow_up.event ? 1 : 0;
  }
  EXPECT_GE(reasons.size(), 4U);
  EXPECT_GT(events, 100);
  EXPECT_TRUE(std::ranges::is_sorted(data.persons, {}, &CohortPerson::person_key));
  EXPECT_GT(data.persons.size(), 1200U);
  ASSERT_EQ(data.attrition.size(), 3U);
  EXPECT_EQ(data.attrition.back().exposed + data.attrition.back().comparator,
            static_cast<std::int64_t>(data.persons.size()));
  EXPECT_GT(data.attrition[1].exposed, data.attrition[2].exposed);
}

TEST(Estimand, LiesNearThePlantedRatioInItsDirection) {
  const Result<std::vector<Estimand>> estimands = estimate_estimands(60'000);
  ASSERT_THAT(estimands, Succeeds());
  ASSERT_EQ(estimands->size(), 16U);
  for (const Estimand& estimand : *estimands) {
    EXPECT_GT(estimand.events, 1000);
    const double noise = 4 * estimand.standard_error;
    const bool everyone = estimand.population == "everyone";
    // In everyone, those abnormal before dilute the ratio; never beyond a third.
    const double dilution = everyone ? std::abs(estimand.planted_log_ratio) / 3 : 0.02;
    EXPECT_NEAR(estimand.log_hazard_ratio, estimand.planted_log_ratio, noise + dilution)
        << planted(estimand.outcome).id << " " << estimand.population;
  }
  EXPECT_THAT(estimate_estimands(999), FailsWith(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace mimamori
