#pragma once

// Rows of the edited layer about a patient's stay and person: movements, allergies, meals, merged numbers.
// In the manner of model/edited.h.

#include <cstdint>
#include <optional>
#include <string>

#include "base/date.h"
#include "model/row_parts.h"

namespace mimamori {

/// A movement of an inpatient (ADT-21, -31, -32, -41, -42, -51). Admissions and discharges that took place are in
/// ehr_admission.
struct EditedMovement {
  static constexpr const char* kTable = "ehr_movement";
  std::string patient_key;
  std::string kind;          // planned_admission, leave, return, planned_transfer, transfer, planned_discharge
  Date moved_on;             // EVN-6, PV2-8 or PV2-9 by kind, else the folder's date
  std::optional<Moment> moved_at;
  std::optional<Date> expected_return_on;          // PV2-47, of a leave
  std::optional<std::string> department;           // PV1-10
  std::optional<std::string> ward;                 // where to: PV1-3.1, of a planned transfer PV2-1.1
  std::optional<std::string> previous_ward;        // where from: PV1-6.1, of a planned transfer PV1-3.1
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("kind", kind);
    visit("moved_on", moved_on);
    visit("moved_at", moved_at);
    visit("expected_return_on", expected_return_on);
    visit("department", department);
    visit("ward", ward);
    visit("previous_ward", previous_ward);
    provenance_columns(visit, *this);
  }
};

/// An allergy or intolerance (IAM of ADT-61, AL1 of ADT-00). The reaction is free text and is not kept.
struct EditedAllergy {
  static constexpr const char* kTable = "ehr_allergy";
  std::string patient_key;
  std::string source;                              // ADT-61, ADT-00
  std::optional<std::string> allergy_class;        // HL70127: DA drug, FA food, MA, MC, EA, AA, PA, LA
  std::optional<std::string> hot_code;             // of a drug
  std::optional<std::string> yj_code;
  std::optional<std::string> jlac10_code;          // of an allergen that laboratories test
  std::optional<std::string> local_code;           // any other code: J-FAGY, the hospital's own
  std::optional<std::string> local_system;
  std::optional<std::string> allergen_name;
  std::optional<std::string> severity;             // HL70128: SV, MO, MI, U
  std::string action;                              // HL70323: A, D, U, X; empty for AL1
  bool is_active = true;                           // not deleted (IAM-6 D)
  std::optional<Date> onset_on;                    // IAM-11, AL1-6
  std::optional<Date> reported_on;                 // IAM-13
  std::optional<std::string> clinical_status;      // IAM-17
  std::optional<Moment> known_at;                  // EVN-2, else MSH-7
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("source", source);
    visit("allergy_class", allergy_class);
    visit("hot_code", hot_code);
    visit("yj_code", yj_code);
    visit("jlac10_code", jlac10_code);
    visit("local_code", local_code);
    visit("local_system", local_system);
    visit("allergen_name", allergen_name);
    visit("severity", severity);
    visit("action", action);
    visit("is_active", is_active);
    visit("onset_on", onset_on);
    visit("reported_on", reported_on);
    visit("clinical_status", clinical_status);
    visit("known_on", day_of(known_at));
    visit("known_at", known_at);
    provenance_columns(visit, *this);
  }
};

/// A diet as ordered (OMD, one row for each ODS).
struct EditedMeal {
  static constexpr const char* kTable = "ehr_meal";
  std::string patient_key;
  bool is_cancelled = false;
  std::optional<std::string> order_number;
  std::optional<Date> ordered_on;                  // ORC-9
  Date starts_on;                                  // TQ1-7, else ORC-9, else the folder's date
  std::optional<Date> ends_on;                     // TQ1-8
  std::optional<std::string> meal_type;            // ODS-1: D diet, S supplement, P preference
  std::optional<std::string> diet_code;            // ODS-3
  std::optional<std::string> diet_system;
  std::optional<std::string> diet_name;
  std::optional<std::string> department;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("is_cancelled", is_cancelled);
    visit("order_number", order_number);
    visit("ordered_on", ordered_on);
    visit("starts_on", starts_on);
    visit("ends_on", ends_on);
    visit("meal_type", meal_type);
    visit("diet_code", diet_code);
    visit("diet_system", diet_system);
    visit("diet_name", diet_name);
    visit("department", department);
    provenance_columns(visit, *this);
  }
};

/// Two patient numbers that are one person (ADT^A40, or the hospital's own list). Rows of old_key belong to
/// new_key; store/ applies it to every table.
struct EditedPatientMerge {
  static constexpr const char* kTable = "patient_merge";
  std::string old_key;
  std::string new_key;
  std::optional<Date> merged_on;
  Provenance provenance;    // file_id 0: the hospital's list, segment is its line
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("old_key", old_key);
    visit("new_key", new_key);
    visit("merged_on", merged_on);
    provenance_columns(visit, *this);
  }
};

}  // namespace mimamori
