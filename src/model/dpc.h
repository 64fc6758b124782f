#pragma once

// Rows of the edited layer from DPC survey files (reference/claims-dpc.md section 2), in the manner of
// edited.h. A stay is (facility_code, patient_key, admitted_on); stay_number tells two admissions of one day
// apart and is known to form 1 only. The date of discharge is never part of the key: it arrives late.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "model/edited.h"

namespace mimamori {

/// What identifies a stay in every table of form 1.
struct DpcStayKey {
  std::string patient_key;
  std::string facility_code;
  Date admitted_on;
  std::int64_t stay_number = 0;
};

template <class Visit>
void dpc_stay_columns(Visit& visit, const DpcStayKey& stay) {
  visit("patient_key", stay.patient_key);
  visit("facility_code", stay.facility_code);
  visit("admitted_on", stay.admitted_on);
  visit("stay_number", stay.stay_number);
}

/// The person as form 1 describes them for one stay (its parent form).
struct DpcPatient {
  static constexpr const char* kTable = "dpc_patient";
  DpcStayKey stay;
  std::optional<Date> birth_date;
  std::string sex = "U";  // F, M, U
  std::optional<double> height_cm;
  std::optional<double> weight_kg;  // on admission
  std::optional<double> discharge_weight_kg;
  std::optional<std::int64_t> smoking_index;  // cigarettes a day x years; no longer collected from 2026-06
  std::optional<std::string> pregnancy;       // A002010: 0, 1, 2
  std::optional<std::int64_t> gestational_weeks;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    dpc_stay_columns(visit, stay);
    visit("birth_date", birth_date);
    visit("sex", sex);
    visit("height_cm", height_cm);
    visit("weight_kg", weight_kg);
    visit("discharge_weight_kg", discharge_weight_kg);
    visit("smoking_index", smoking_index);
    visit("pregnancy", pregnancy);
    visit("gestational_weeks", gestational_weeks);
    provenance_columns(visit, *this);
  }
};

struct DpcStay {
  static constexpr const char* kTable = "dpc_stay";
  DpcStayKey stay;
  std::optional<Date> discharged_on;
  std::optional<std::string> outcome;               // A000030: 1, 3, 4, 5, 6, 7, 9
  std::optional<bool> died;                         // outcome 6 or 7
  std::optional<std::string> died_within_24_hours;  // 0, 1, 2
  std::optional<std::string> discharge_destination;
  std::optional<std::string> admission_route;
  std::optional<std::string> admission_kind;  // planned or emergency: 100, 101, 200, 3xx
  std::optional<std::string> referral;
  std::optional<std::string> own_outpatient;
  std::optional<std::string> ambulance;
  std::optional<std::string> home_care;
  std::optional<std::string> department;
  std::optional<std::string> purpose;   // A000060
  std::optional<std::string> in_trial;  // A000060
  std::optional<Date> previous_discharge_on;
  std::optional<bool> is_first_admission;
  std::int64_t child_forms = 0;  // forms of parts of the stay
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    dpc_stay_columns(visit, stay);
    visit("discharged_on", discharged_on);
    visit("outcome", outcome);
    visit("died", died);
    visit("died_within_24_hours", died_within_24_hours);
    visit("discharge_destination", discharge_destination);
    visit("admission_route", admission_route);
    visit("admission_kind", admission_kind);
    visit("referral", referral);
    visit("own_outpatient", own_outpatient);
    visit("ambulance", ambulance);
    visit("home_care", home_care);
    visit("department", department);
    visit("purpose", purpose);
    visit("in_trial", in_trial);
    visit("previous_discharge_on", previous_discharge_on);
    visit("is_first_admission", is_first_admission);
    visit("child_forms", child_forms);
    provenance_columns(visit, *this);
  }
};

/// A diagnosis of form 1 (its parent form), or of an outpatient EF file (role outpatient).
struct DpcDiagnosis {
  static constexpr const char* kTable = "dpc_diagnosis";
  std::string patient_key;
  std::string facility_code;
  std::optional<Date> admitted_on;          // form 1
  std::optional<std::int64_t> stay_number;  // form 1
  std::string role;  // main, admission_trigger, most_resources, second_resources, comorbidity,
                     // in_hospital_onset, outpatient
  std::int64_t sequence = 0;
  std::optional<std::string> icd10;         // without dot; assigned by the hospital's coder
  std::optional<std::string> disease_code;  // of the claims master; 0000999 if it has none
  std::optional<std::string> modifiers;     // four digits each, joined by ~
  std::optional<std::string> suffix;        // A006030 payload 3
  std::optional<std::string> disease_name;
  bool is_suspected = false;
  std::optional<Date> diagnosed_on;    // outpatient: start of care
  std::optional<std::string> outcome;  // outpatient
  std::optional<bool> is_main;         // outpatient
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("facility_code", facility_code);
    visit("admitted_on", admitted_on);
    visit("stay_number", stay_number);
    visit("role", role);
    visit("sequence", sequence);
    visit("icd10", icd10);
    visit("disease_code", disease_code);
    visit("modifiers", modifiers);
    visit("suffix", suffix);
    visit("disease_name", disease_name);
    visit("is_suspected", is_suspected);
    visit("diagnosed_on", diagnosed_on);
    visit("outcome", outcome);
    visit("is_main", is_main);
    provenance_columns(visit, *this);
  }
};

struct DpcSurgery {
  static constexpr const char* kTable = "dpc_surgery";
  DpcStayKey stay;
  std::int64_t sequence = 0;
  std::optional<Date> performed_on;
  std::optional<std::string> interpretation_code;  // K718-21: of the fee schedule
  std::optional<std::string> stem7_code;
  std::optional<std::string> repetition;  // 1 first, 2 again
  std::optional<std::string> side;        // 0 to 3
  std::optional<std::string> anesthesia;  // 1 to 9
  std::optional<std::string> prophylactic_antibiotic;
  std::optional<std::string> name;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    dpc_stay_columns(visit, stay);
    visit("sequence", sequence);
    visit("performed_on", performed_on);
    visit("interpretation_code", interpretation_code);
    visit("stem7_code", stem7_code);
    visit("repetition", repetition);
    visit("side", side);
    visit("anesthesia", anesthesia);
    visit("prophylactic_antibiotic", prophylactic_antibiotic);
    visit("name", name);
    provenance_columns(visit, *this);
  }
};

/// Any other payload of form 1, one row each; the children of a stay are here as a whole.
struct DpcItem {
  static constexpr const char* kTable = "dpc_item";
  DpcStayKey stay;
  std::int64_t form_number = 0;  // 0 the parent, 1 and up the parts of the stay
  std::string code;
  std::string version;  // YYYYMMDD of that code
  std::int64_t sequence = 0;
  std::int64_t payload = 0;  // 1 to 9
  std::string value;         // a code, number or date as written; free text is not kept
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    dpc_stay_columns(visit, stay);
    visit("form_number", form_number);
    visit("code", code);
    visit("version", version);
    visit("sequence", sequence);
    visit("payload", payload);
    visit("value", value);
    provenance_columns(visit, *this);
  }
};

/// What EF, E, F and D lines share.
struct DpcLine {
  std::string patient_key;
  std::string facility_code;
  std::string setting;    // I inpatient, O outpatient
  std::string file_kind;  // EFn, EFg, En, Fn, Dn ...: never add up EF with E and F
  std::optional<Date> admitted_on;
  std::optional<Date> performed_on;
  std::string date_quality;        // day, entry_day, stay, outside_stay, visit_day, in_e_file, unknown
  std::string category;            // data category: the section of the claim, 11 to 97
  std::int64_t group_number = 0;   // within patient, setting, category and file
  std::int64_t detail_number = 0;  // 0: the group itself
  std::optional<std::string> claims_code;  // nine digits
  std::optional<std::string> interpretation_code;
  std::optional<std::string> local_code;
  std::optional<std::string> name;
  std::optional<std::int64_t> times;
  std::optional<std::string> department;
  std::optional<std::string> ward;
  Provenance provenance;
};

template <class Visit>
void dpc_line_columns(Visit& visit, const DpcLine& line) {
  visit("patient_key", line.patient_key);
  visit("facility_code", line.facility_code);
  visit("setting", line.setting);
  visit("file_kind", line.file_kind);
  visit("admitted_on", line.admitted_on);
  visit("performed_on", line.performed_on);
  visit("date_quality", line.date_quality);
  visit("category", line.category);
  visit("group_number", line.group_number);
  visit("detail_number", line.detail_number);
  visit("claims_code", line.claims_code);
  visit("interpretation_code", line.interpretation_code);
  visit("local_code", line.local_code);
  visit("name", line.name);
  visit("times", line.times);
  visit("department", line.department);
  visit("ward", line.ward);
}

/// A priced group (E line, number 000): its points. It is the parent of details, not one act more.
struct DpcCharge {
  static constexpr const char* kTable = "dpc_charge";
  DpcLine line;
  std::optional<Date> discharged_on;  // as this file knows it; empty while still in
  std::optional<std::int64_t> points;
  std::optional<std::int64_t> drug_points;
  std::optional<std::int64_t> material_points;
  std::optional<std::string> claim_type;  // four digits
  std::optional<std::string> ward_type;   // 0 general, 1 other, 2 outpatient care during a stay
  template <class Visit>
  void columns(Visit&& visit) const {
    dpc_line_columns(visit, line);
    visit("discharged_on", discharged_on);
    visit("points", points);
    visit("drug_points", drug_points);
    visit("material_points", material_points);
    visit("claim_type", claim_type);
    visit("ward_type", ward_type);
    provenance_columns(visit, line);
  }
};

/// What the details of a group share.
struct DpcAmounts {
  std::optional<double> quantity;        // per execution as priced, in unit_code
  std::optional<std::string> unit_code;  // three digits; empty for none
  std::optional<double> amount;          // points, or yen
  std::optional<bool> amount_is_yen;
  std::optional<std::int64_t> points;  // fee-for-service points
  std::optional<bool> is_bundled;      // in the bundled part of a ward fee (inpatient)
  std::optional<std::string> flags;    // column 17 as written: 12 digits, one before fiscal 2016
};

template <class Visit>
void dpc_amount_columns(Visit& visit, const DpcAmounts& amounts) {
  visit("quantity", amounts.quantity);
  visit("unit_code", amounts.unit_code);
  visit("amount", amounts.amount);
  visit("amount_is_yen", amounts.amount_is_yen);
  visit("points", amounts.points);
  visit("is_bundled", amounts.is_bundled);
  visit("flags", amounts.flags);
}

/// An act: one detail (F line).
struct DpcProcedure {
  static constexpr const char* kTable = "dpc_procedure";
  DpcLine line;
  DpcAmounts amounts;
  template <class Visit>
  void columns(Visit&& visit) const {
    dpc_line_columns(visit, line);
    dpc_amount_columns(visit, amounts);
    provenance_columns(visit, line);
  }
};

/// A drug given, dispensed, or brought in by the patient.
struct DpcDrug {
  static constexpr const char* kTable = "dpc_drug";
  DpcLine line;
  DpcAmounts amounts;
  std::optional<bool> is_discharge_prescription;  // inpatient
  std::optional<std::string> brought_in;          // 0 no, 1 for the disease of this admission, 2 for another
  std::optional<std::string> brought_in_source;   // 1 prescribed by this hospital, 2 by another
  std::optional<bool> is_dispensed_outside;       // outpatient
  std::optional<bool> is_refill;                  // outpatient
  template <class Visit>
  void columns(Visit&& visit) const {
    dpc_line_columns(visit, line);
    dpc_amount_columns(visit, amounts);
    visit("is_discharge_prescription", is_discharge_prescription);
    visit("brought_in", brought_in);
    visit("brought_in_source", brought_in_source);
    visit("is_dispensed_outside", is_dispensed_outside);
    visit("is_refill", is_refill);
    provenance_columns(visit, line);
  }
};

/// A device or material used.
struct DpcDevice {
  static constexpr const char* kTable = "dpc_device";
  DpcLine line;
  DpcAmounts amounts;
  template <class Visit>
  void columns(Visit&& visit) const {
    dpc_line_columns(visit, line);
    dpc_amount_columns(visit, amounts);
    provenance_columns(visit, line);
  }
};

/// A comment line: its code alone. Its text is free and is not kept.
struct DpcComment {
  static constexpr const char* kTable = "dpc_comment";
  DpcLine line;  // name is empty
  template <class Visit>
  void columns(Visit&& visit) const {
    dpc_line_columns(visit, line);
    provenance_columns(visit, line);
  }
};

/// A bundled charge (D line): the diagnosis procedure combination of a period.
struct DpcBundle {
  static constexpr const char* kTable = "dpc_bundle";
  DpcLine line;
  std::optional<Date> discharged_on;
  std::optional<std::int64_t> points;
  std::optional<Date> starts_on;
  std::optional<Date> ends_on;
  std::optional<Date> counted_from;
  std::optional<std::string> dpc_code;  // fourteen characters
  std::optional<double> hospital_coefficient;
  template <class Visit>
  void columns(Visit&& visit) const {
    dpc_line_columns(visit, line);
    visit("discharged_on", discharged_on);
    visit("points", points);
    visit("starts_on", starts_on);
    visit("ends_on", ends_on);
    visit("counted_from", counted_from);
    visit("dpc_code", dpc_code);
    visit("hospital_coefficient", hospital_coefficient);
    provenance_columns(visit, line);
  }
};

/// A payload of a line of nursing need (H).
struct DpcNursing {
  static constexpr const char* kTable = "dpc_nursing";
  std::string patient_key;
  std::string facility_code;
  Date admitted_on;
  std::optional<Date> assessed_on;
  std::optional<std::string> ward;
  std::string code;  // ASS0013, ASS0021, TAR0010
  std::string version;
  std::int64_t sequence = 0;
  std::int64_t payload = 0;  // 1 to 11
  std::string value;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("facility_code", facility_code);
    visit("admitted_on", admitted_on);
    visit("assessed_on", assessed_on);
    visit("ward", ward);
    visit("code", code);
    visit("version", version);
    visit("sequence", sequence);
    visit("payload", payload);
    visit("value", value);
    provenance_columns(visit, *this);
  }
};

/// The rows of a part of one file.
struct DpcRows {
  std::vector<DpcPatient> patients;
  std::vector<DpcStay> stays;
  std::vector<DpcDiagnosis> diagnoses;
  std::vector<DpcSurgery> surgeries;
  std::vector<DpcItem> items;
  std::vector<DpcCharge> charges;
  std::vector<DpcProcedure> procedures;
  std::vector<DpcDrug> drugs;
  std::vector<DpcDevice> devices;
  std::vector<DpcComment> comments;
  std::vector<DpcBundle> bundles;
  std::vector<DpcNursing> nursing;
  template <class Visit>
  void tables(Visit&& visit) const {
    visit(patients);
    visit(stays);
    visit(diagnoses);
    visit(surgeries);
    visit(items);
    visit(charges);
    visit(procedures);
    visit(drugs);
    visit(devices);
    visit(comments);
    visit(bundles);
    visit(nursing);
  }
};

}  // namespace mimamori
