#pragma once

// What was done to a person and when, from which both claims and DPC files are written. It repeats the
// visits, stays, diagnoses and prescriptions of the person's files in the storage; what only claims know
// (fees, operations, devices) is added.

#include <optional>
#include <string>
#include <vector>

#include "synth/claims_codes.h"
#include "synth/cohort.h"
#include "synth/message.h"

namespace mimamori {

/// What the storage's files say of a person: what the draws of that writer alone know.
struct WrittenPatient {
  struct Diagnosis {
    std::string record_code;  // "20990001"
    std::string icd10;
    bool suspected = false;
  };
  struct Stay {
    Date admitted_on;
    Date discharged_on;  // the day the person left, even where the message was lost
  };
  Identity identity;
  std::vector<Diagnosis> diagnoses;  // the first is the main one
  std::vector<Date> ointment_on;
  std::optional<Stay> stay;
};

/// The smallest group with points: one line or more of a claim, one group of an E/F file.
struct CareUnit {
  std::string_view section;  // 診療識別: "21"
  Date date;
  int times = 1;                     // days supplied of tablets; else executions on that date
  bool points_on_each_line = false;  // in claims; else on the last line alone
  bool elsewhere = false;            // dispensed outside the hospital: no points, not in the claim
  bool brought_in = false;           // the person's own drugs, used on the ward: not in the claim
  std::vector<CareItem> items;       // comments last

  [[nodiscard]] int points() const;
};

struct CareDiagnosis {
  std::string_view code;  // 7 digits; 0000999: name alone says what
  std::string name;       // without "の疑い" unless it is uncoded
  std::string icd10;
  bool main = false;
  bool suspected = false;  // modifier 8002
  bool acute = false;      // modifier 4012 before it
  bool uncoded_suspected = false;
  Date since;
};

struct CareVisit {
  Date date;
  std::vector<CareUnit> units;
};

struct CareStay {
  Date admitted_on;
  Date discharged_on;
  bool bundled = true;  // paid by diagnosis group; else by fee for service
  bool operated = false;
  bool liver_injury_in_hospital = false;  // form 1: onset after admission
  std::vector<CareUnit> units;
};

struct Care {
  const SimulatedPatient* patient = nullptr;
  Identity identity;
  std::vector<CareDiagnosis> diagnoses;
  std::optional<CareVisit> archived;  // before the electronic record and before April 2020
  std::vector<CareVisit> visits;
  std::optional<CareStay> stay;
};

/// Everything that claims and DPC files tell of a person. The patient is borrowed.
Care care_of(std::uint64_t seed, const SimulatedPatient& patient, const WrittenPatient& written);

/// A person as the bulk files have them: without a storage. Every person has a stay.
WrittenPatient bulk_patient(std::uint64_t seed, const SimulatedPatient& patient);

}  // namespace mimamori
