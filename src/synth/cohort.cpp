#include "synth/cohort.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mimamori {
namespace {

using Slots = std::array<PlantedOutcome, kOutcomes>;

constexpr int kFollowUpVisits = 9;
constexpr int kDaysToLastIndexDate = 1033;  // 31 October 2023
constexpr int kDaysToFirstIndexDate = 304;  // 1 November 2021: room for the history
constexpr double kTestedShare = 0.9;
constexpr double kNeverOnset = 1e9;

// The questions that a person's random numbers answer. Each question has room for every visit and item.
enum class Ask : std::uint64_t {
  kSex,
  kAgeOne,
  kAgeTwo,
  kArm,
  kIndexDate,
  kHistoryKind,
  kHistoryDays,
  kPriorDays,
  kEarlierVisit,
  kEarlierDays,
  kBothWith,
  kSwitchTo,
  kGap,
  kLost,
  kStop,
  kSwitch,
  kMissed,
  kTested,
  kValue,
  kOnset,
  kAbnormalBefore,
};

/// A person's own random numbers.
class Draws {
 public:
  Draws(const RandomStream& random, int number)
      : random_(random), subject_(static_cast<std::uint64_t>(number)) {}
  [[nodiscard]] double u(Ask ask, std::size_t visit = 0, std::size_t item = 0) const {
    return random_.u(subject_, static_cast<std::uint64_t>(ask) * 1024 + visit * 16 + item);
  }
  /// A whole number from first to last, each equally likely.
  [[nodiscard]] int whole(Ask ask, int first, int last, std::size_t visit = 0) const {
    return first + static_cast<int>(u(ask, visit) * static_cast<double>(last - first + 1));
  }

 private:
  const RandomStream& random_;
  std::uint64_t subject_;
};

// The plan of a person's visits, before anything is measured.
struct Course {
  std::size_t index_visit = 0;
  int switch_day = -1;  // days since the index date; -1: no switch
  PlantedDrug switch_drug = PlantedDrug::kB;
};

SimulatedVisit& add_visit(SimulatedPatient& patient, Date date) {
  SimulatedVisit& visit = patient.visit_slots.at(patient.visits_used++);
  visit = SimulatedVisit{};
  visit.date = date;
  return visit;
}

bool& drug_flag(SimulatedVisit& visit, PlantedDrug drug) {
  return visit.prescribed.at(static_cast<std::size_t>(drug));
}

// The arm depends on age and sex alone: these are all the confounding there is.
PlantedDrug choose_arm(double u, double decades_over_60, bool male) {
  const double weight_a = std::exp(0.25 * decades_over_60 + (male ? 0.30 : 0.0));
  const double weight_n = std::exp(-0.10 * decades_over_60 + (male ? 0.15 : 0.0));
  const double total = weight_a + weight_n + 1.0;
  if (u * total < weight_a) return PlantedDrug::kA;
  return u * total < weight_a + weight_n ? PlantedDrug::kN : PlantedDrug::kB;
}

void draw_person(const Draws& draws, SimulatedPatient& patient) {
  patient.sex = draws.u(Ask::kSex) < 0.5 ? Sex::kMale : Sex::kFemale;
  patient.index_date =
      simulated_first_day() + Days{draws.whole(Ask::kIndexDate, kDaysToFirstIndexDate, kDaysToLastIndexDate)};
  const double age = 40.02 + 45.96 * (draws.u(Ask::kAgeOne) + draws.u(Ask::kAgeTwo)) / 2.0;
  patient.birth_date = patient.index_date - Days{static_cast<int>(age * 365.25)};
  const int age_years = age_in_years(patient.birth_date, patient.index_date);
  patient.arm = choose_arm(draws.u(Ask::kArm), (age_years - 60) / 10.0, patient.sex == Sex::kMale);
  const double kind = draws.u(Ask::kHistoryKind);
  patient.short_history = kind < 0.03;
  patient.prevalent_user = kind >= 0.03 && kind < 0.05;
  // Those with two drugs are of arm B: their hazard is that of B, so that they are fair comparators in the
  // comparison that does not exclude them.
  patient.both_drugs = kind >= 0.05 && kind < 0.08 && patient.arm == PlantedDrug::kB;
}

void add_history(const Draws& draws, SimulatedPatient& patient) {
  if (patient.short_history) {
    add_visit(patient, patient.index_date - Days{draws.whole(Ask::kHistoryDays, 20, 150)});
    return;
  }
  // A prevalent user's first prescription comes less than 180 days after the first visit, so that it
  // cannot begin a new use of its own.
  const int farthest = patient.prevalent_user ? 230 : 300;
  add_visit(patient, patient.index_date - Days{draws.whole(Ask::kHistoryDays, 200, farthest)});
  if (patient.prevalent_user) {
    SimulatedVisit& visit =
        add_visit(patient, patient.index_date - Days{draws.whole(Ask::kPriorDays, 90, 160)});
    drug_flag(visit, patient.arm) = true;
  } else if (draws.u(Ask::kEarlierVisit) < 0.5) {
    add_visit(patient, patient.index_date - Days{draws.whole(Ask::kEarlierDays, 15, 120)});
  }
}

PlantedDrug drug_after_switch(const Draws& draws, PlantedDrug arm) {
  if (arm != PlantedDrug::kB) return PlantedDrug::kB;
  return draws.u(Ask::kSwitchTo) < 0.5 ? PlantedDrug::kA : PlantedDrug::kN;
}

// Visits about every six weeks. Stopping, switching, missing a prescription and being lost do not depend
// on the arm or on any result.
void add_follow_up(const Draws& draws, SimulatedPatient& patient, Course& course) {
  PlantedDrug drug = patient.arm;
  bool treated = true;
  int day = 0;
  for (std::size_t k = 0; k < kFollowUpVisits; ++k) {
    day += draws.whole(Ask::kGap, 32, 52, k);
    const Date date = patient.index_date + Days{day};
    if (date > simulated_last_day()) return;
    SimulatedVisit& visit = add_visit(patient, date);
    if (treated && draws.u(Ask::kStop, k) < 0.05) treated = false;
    if (treated && course.switch_day < 0 && draws.u(Ask::kSwitch, k) < 0.015) {
      course.switch_day = day;
      course.switch_drug = drug_after_switch(draws, patient.arm);
      drug = course.switch_drug;
      drug_flag(visit, drug) = true;
      // A person who switches to B would be a new user of B in the comparison that does not know the first
      // drug, with that drug's harm already done. They leave for another hospital on that day, and so enter
      // without any follow-up.
      if (patient.arm != PlantedDrug::kB) return;
      continue;
    }
    if (treated && draws.u(Ask::kMissed, k) >= 0.04) drug_flag(visit, drug) = true;
    if (draws.u(Ask::kLost, k) < 0.03) return;
  }
}

Course draw_course(const Draws& draws, SimulatedPatient& patient) {
  add_history(draws, patient);
  Course course;
  course.index_visit = patient.visits_used;
  SimulatedVisit& visit = add_visit(patient, patient.index_date);
  drug_flag(visit, patient.arm) = true;
  if (patient.both_drugs) {
    drug_flag(visit, draws.u(Ask::kBothWith) < 0.5 ? PlantedDrug::kA : PlantedDrug::kN) = true;
  }
  add_follow_up(draws, patient, course);
  return course;
}

// Days from the index date to the latent onset; negative infinity if it was there before.
double draw_onset(const Draws& draws, const SimulatedPatient& patient, const Course& course,
                  const PlantedOutcome& plan) {
  const double decades = (age_in_years(patient.birth_date, patient.index_date) - 60) / 10.0;
  const bool male = patient.sex == Sex::kMale;
  const auto item = static_cast<std::size_t>(plan.outcome);
  const double before = plan.abnormal_before * std::exp(0.15 * decades + (male ? 0.1 : 0.0));
  if (draws.u(Ask::kAbnormalBefore, 0, item) < before) return -kNeverOnset;
  const double risk = plan.hazard_per_day *
                      std::exp(plan.log_ratio_per_ten_years * decades + (male ? plan.log_ratio_male : 0.0));
  const double hazard = risk * plan.hazard_ratio.at(static_cast<std::size_t>(patient.arm));
  const double cumulative = -std::log(draws.u(Ask::kOnset, 0, item));
  if (course.switch_day < 0 || cumulative <= hazard * course.switch_day) return cumulative / hazard;
  const double hazard_after = risk * plan.hazard_ratio.at(static_cast<std::size_t>(course.switch_drug));
  return course.switch_day + (cumulative - hazard * course.switch_day) / hazard_after;
}

double between(double lowest, double highest, double u) { return lowest + (highest - lowest) * u; }
double to_decimals(double value, double steps_per_unit) {
  return std::round(value * steps_per_unit) / steps_per_unit;
}

// The creatinine that gives this eGFR (the formula of simulated_egfr, turned round).
double creatinine_of_egfr(double egfr, int age_years, Sex sex) {
  const double factor = 194.0 * std::pow(age_years, -0.287) * (sex == Sex::kFemale ? 0.739 : 1.0);
  return std::pow(factor / egfr, 1.0 / 1.094);
}

// A measured value, rounded as the laboratory reports it, and well clear of the limit on either side.
double draw_value(double u, SimulatedAnalyte analyte, bool abnormal, int age_years, Sex sex) {
  const bool male = sex == Sex::kMale;
  switch (analyte) {
    case SimulatedAnalyte::kPotassium:
      return to_decimals(abnormal ? between(5.1, 6.2, u) : between(3.8, 4.6, u), 10);
    case SimulatedAnalyte::kCreatinine: {
      const double egfr = abnormal ? between(34.0, 54.0, u) : between(66.0, 90.0, u);
      const double creatinine = creatinine_of_egfr(egfr, age_years, sex);
      return to_decimals(std::max(creatinine, male ? 0.67 : 0.48), 100);
    }
    case SimulatedAnalyte::kAlt:
      if (male) return std::round(abnormal ? between(46, 130, u) : between(13, 38, u));
      return std::round(abnormal ? between(27, 100, u) : between(9, 20, u));
    case SimulatedAnalyte::kPlatelets:
      return to_decimals(abnormal ? between(7.0, 14.5, u) : between(17.5, 32.5, u), 10);
  }
  return 0;
}

void measure(const Draws& draws, const Course& course, SimulatedPatient& patient) {
  for (const PlantedOutcome& plan : planted_outcomes()) {
    const double onset = draw_onset(draws, patient, course, plan);
    const auto item = static_cast<std::size_t>(plan.analyte);
    for (std::size_t k = 0; k < patient.visits_used; ++k) {
      if (draws.u(Ask::kTested, k, item) >= kTestedShare) continue;
      SimulatedVisit& visit = patient.visit_slots.at(k);
      const double day = static_cast<double>((visit.date - patient.index_date).count());
      const int age_years = age_in_years(patient.birth_date, visit.date);
      visit.value.at(item) =
          draw_value(draws.u(Ask::kValue, k, item), plan.analyte, onset <= day, age_years, patient.sex);
    }
  }
}

constexpr Slots kPlanted{{
    {SimulatedOutcome::kHyperkalemia,
     "hyperkalemia",
     SimulatedAnalyte::kPotassium,
     0.00052,
     0.15,
     0.15,
     {1.8, 1.0, 1.0},
     0.015},
    {SimulatedOutcome::kEgfrBelow60,
     "egfr_below_60",
     SimulatedAnalyte::kCreatinine,
     0.00054,
     0.30,
     0.20,
     {1.5, 1.0, 1.0},
     0.015},
    {SimulatedOutcome::kAltElevation,
     "alt_elevation",
     SimulatedAnalyte::kAlt,
     0.00048,
     -0.10,
     0.25,
     {2.2, 1.0, 1.0},
     0.015},
    {SimulatedOutcome::kThrombocytopenia,
     "thrombocytopenia",
     SimulatedAnalyte::kPlatelets,
     0.00078,
     0.10,
     0.10,
     {0.7, 1.0, 1.0},
     0.015},
}};

}  // namespace

std::span<const PlantedOutcome> planted_outcomes() { return kPlanted; }
const PlantedOutcome& planted(SimulatedOutcome outcome) {
  return kPlanted.at(static_cast<std::size_t>(outcome));
}

SimulatedInterval reference_interval(SimulatedAnalyte analyte, Sex sex) {
  const bool male = sex == Sex::kMale;
  switch (analyte) {
    case SimulatedAnalyte::kPotassium: return {3.6, 4.8};
    case SimulatedAnalyte::kCreatinine:
      return male ? SimulatedInterval{0.65, 1.07} : SimulatedInterval{0.46, 0.79};
    case SimulatedAnalyte::kAlt: return male ? SimulatedInterval{10, 42} : SimulatedInterval{7, 23};
    case SimulatedAnalyte::kPlatelets: return {15.8, 34.8};
  }
  return {};
}

double simulated_egfr(double creatinine_mg_dl, int age_years, Sex sex) {
  const double egfr = 194.0 * std::pow(creatinine_mg_dl, -1.094) * std::pow(age_years, -0.287);
  return sex == Sex::kFemale ? egfr * 0.739 : egfr;
}

bool is_abnormal(SimulatedOutcome outcome, double value, int age_years, Sex sex) {
  const SimulatedInterval interval = reference_interval(planted(outcome).analyte, sex);
  switch (outcome) {
    case SimulatedOutcome::kEgfrBelow60: return simulated_egfr(value, age_years, sex) < 60.0;
    case SimulatedOutcome::kThrombocytopenia: return value < interval.lower;
    case SimulatedOutcome::kHyperkalemia:
    case SimulatedOutcome::kAltElevation: return value > interval.upper;
  }
  return false;
}

Date simulated_first_day() { return std::chrono::year{2021} / 1 / 1; }
Date simulated_last_day() { return std::chrono::year{2023} / 12 / 31; }

RandomStream persons_stream(std::uint64_t seed) { return RandomStream(seed * 16 + 1); }

SimulatedPatient simulate_patient(const RandomStream& random, int number) {
  const Draws draws(random, number);
  SimulatedPatient patient;
  patient.number = number;
  draw_person(draws, patient);
  const Course course = draw_course(draws, patient);
  measure(draws, course, patient);
  return patient;
}

std::string simulated_patient_number(int number) {
  const std::string digits = std::to_string(10'000'000 + static_cast<std::int64_t>(number) * 37);
  return std::string(10 - std::min<std::size_t>(10, digits.size()), '0') + digits;
}

std::string_view id_of(Comparison comparison) {
  return comparison == Comparison::kAVersusB ? "a-vs-b" : "null-vs-b";
}

}  // namespace mimamori
