#pragma once

// The persons behind the files: who takes what, when they come, what the tests truly show. The files
// are written from these persons, and the study's own rules are applied to them directly, so that an
// extraction from the files can be compared with the same persons, one by one.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/date.h"
#include "base/random.h"
#include "model/study_data_set.h"
#include "synth/hospital_options.h"

namespace mimamori {

enum class PlantedDrug : std::uint8_t { kA, kB, kN };
enum class SimulatedAnalyte : std::uint8_t { kPotassium, kCreatinine, kAlt, kPlatelets };
enum class SimulatedOutcome : std::uint8_t { kHyperkalemia, kEgfrBelow60, kAltElevation, kThrombocytopenia };
enum class Comparison : std::uint8_t { kAVersusB, kNullVersusB };

inline constexpr std::size_t kPlantedDrugs = 3;
inline constexpr std::size_t kAnalytes = 4;
inline constexpr std::size_t kOutcomes = 4;
inline constexpr std::size_t kVisitsMax = 13;
inline constexpr int kSupplyDays = 42;

/// What every outcome is called, which analyte shows it, and what was planted.
struct PlantedOutcome {
  SimulatedOutcome outcome;
  std::string_view id;  // "hyperkalemia"
  SimulatedAnalyte analyte;
  double hazard_per_day;           // of a woman of 60 on drug B
  double log_ratio_per_ten_years;  // of age
  double log_ratio_male;
  std::array<double, kPlantedDrugs> hazard_ratio;  // against drug B
  double abnormal_before;                          // share already abnormal before the index date, at age 60
};
std::span<const PlantedOutcome> planted_outcomes();
const PlantedOutcome& planted(SimulatedOutcome outcome);

/// The reference interval that the hospital's laboratory prints with a result, standard unit.
struct SimulatedInterval {
  double lower;
  double upper;
};
SimulatedInterval reference_interval(SimulatedAnalyte analyte, Sex sex);

/// Estimated glomerular filtration rate, mL/min/1.73 m2, from serum creatinine (mg/dL) and age in years.
/// Source  Matsuo S et al. (2009) Am J Kidney Dis 53:982-992.
double simulated_egfr(double creatinine_mg_dl, int age_years, Sex sex);

/// True if the value (of the outcome's analyte, standard unit) shows the outcome; age in completed
/// years on the day of the test.
bool is_abnormal(SimulatedOutcome outcome, double value, int age_years, Sex sex);

/// One day at the hospital as an outpatient.
struct SimulatedVisit {
  Date date;
  std::array<bool, kPlantedDrugs> prescribed{};          // for kSupplyDays days from this day
  std::array<std::optional<double>, kAnalytes> value{};  // standard unit; absent: not measured
};

/// One person, from the first to the last visit.
struct SimulatedPatient {
  int number = 0;                     // 0, 1, ... within the hospital
  PlantedDrug arm = PlantedDrug::kB;  // drug of the index visit
  Sex sex = Sex::kFemale;
  Date birth_date;
  Date index_date;              // of the planted arm
  bool short_history = false;   // first visit less than 180 days before the index date
  bool prevalent_user = false;  // had the arm's drug within 180 days before the index date
  bool both_drugs = false;      // arm B with A or N on the index date
  std::array<SimulatedVisit, kVisitsMax> visit_slots{};
  std::size_t visits_used = 0;

  [[nodiscard]] std::span<const SimulatedVisit> visits() const { return {visit_slots.data(), visits_used}; }
};

/// First day of the simulated data, and the last day (the cut-off).
Date simulated_first_day();
Date simulated_last_day();

/// The person with this number; the same for the same stream.
SimulatedPatient simulate_patient(const RandomStream& random, int number);

/// The stream of a hospital's persons.
RandomStream persons_stream(std::uint64_t seed);

/// The hospital's patient number, ten digits, ascending with the person's number.
std::string simulated_patient_number(int number);

/// When a person enters a study, by its rules: the first prescription of either drug.
struct SimulatedEntry {
  Arm arm = Arm::kComparator;
  std::size_t index_visit = 0;
  bool both_on_index_date = false;
  bool has_history = false;  // a record at least 180 days before
  [[nodiscard]] bool enters() const { return has_history && !both_on_index_date; }
};
std::optional<SimulatedEntry> study_entry(const SimulatedPatient& patient, Comparison comparison);

/// The person's follow-up for one outcome, by the rules of the study (synth/README.md).
OutcomeFollowUp simulated_follow_up(const SimulatedPatient& patient, Comparison comparison,
                                    const SimulatedEntry& entry, SimulatedOutcome outcome);

/// The analysis data set of a hospital, without any file. person_key is the hospital's patient number.
StudyDataSet simulate_study(const HospitalOptions& options, Comparison comparison);

std::string_view id_of(Comparison comparison);  // "a-vs-b", "null-vs-b": the names of the example scripts

}  // namespace mimamori
