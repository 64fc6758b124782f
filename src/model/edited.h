#pragma once

// What standardize/ hands to store/: the rows of the edited layer (design, section 4). Each struct
// is one table; its columns() names the columns in the order of the table, so that the appender,
// the schema and the data dictionary cannot drift apart (model/schema.h holds types and labels).

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "model/edited_care.h"
#include "model/edited_examinations.h"
#include "model/received.h"
#include "model/row_parts.h"

namespace mimamori {

struct EditedPatient {
  static constexpr const char* kTable = "ehr_patient";
  std::string patient_key;   // keyed hash of the hospital's patient number
  std::optional<Date> birth_date;
  std::string sex;           // F, M, O, U
  std::optional<Moment> updated_at;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("birth_date", birth_date);
    visit("sex", sex);
    visit("updated_on", day_of(updated_at));
    visit("updated_at", updated_at);
    provenance_columns(visit, *this);
  }
};

struct EditedVisit {
  static constexpr const char* kTable = "ehr_visit";
  std::string patient_key;
  Date visited_on;
  std::optional<Moment> visited_at;
  std::optional<std::string> department;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("visited_on", visited_on);
    visit("visited_at", visited_at);
    visit("department", department);
    provenance_columns(visit, *this);
  }
};

/// An admission (ADT-22) with its discharge (ADT-52), joined by patient and PV1-44 in store/; a
/// discharge whose admission never came is a row of its own with admitted_* as the discharge says.
struct EditedAdmission {
  static constexpr const char* kTable = "ehr_admission";
  std::string patient_key;
  std::optional<Moment> admitted_at;
  std::optional<Moment> discharged_at;
  std::optional<std::string> department;
  std::optional<std::string> disposition;   // PV1-36, HL7 table 0112 as used in Japan
  bool has_admission_message = false;
  bool has_discharge_message = false;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("admitted_on", day_of(admitted_at));
    visit("admitted_at", admitted_at);
    visit("discharged_on", day_of(discharged_at));
    visit("discharged_at", discharged_at);
    visit("department", department);
    visit("disposition", disposition);
    visit("has_admission_message", has_admission_message);
    visit("has_discharge_message", has_discharge_message);
    provenance_columns(visit, *this);
  }
};

struct EditedDiagnosis {
  static constexpr const char* kTable = "ehr_diagnosis";
  std::string patient_key;
  std::string source = "disease_list";         // disease_list (PPR-01), discharge_summary
  std::optional<std::string> instance_id;
  std::optional<std::string> disease_code;     // MEDIS disease number (MDCDX2), if it has the right shape
  std::optional<std::string> local_code;
  std::optional<std::string> local_system;
  std::optional<std::string> disease_name;
  std::optional<std::string> icd10;            // without dot
  std::optional<std::string> icd10_edition;    // 2003 unless the record says 2013
  std::optional<std::string> diagnosis_type;   // H, L, O, B, A, F (PRB-10.4)
  std::optional<Date> diagnosed_on;
  std::optional<Date> ended_on;
  std::optional<Date> onset_on;
  std::optional<std::string> outcome;
  bool is_suspected = false;
  bool is_main = false;
  std::string action;                          // PRB-1
  std::optional<Moment> action_at;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("source", source);
    visit("instance_id", instance_id);
    visit("disease_code", disease_code);
    visit("local_code", local_code);
    visit("local_system", local_system);
    visit("disease_name", disease_name);
    visit("icd10", icd10);
    visit("icd10_edition", icd10_edition);
    visit("diagnosis_type", diagnosis_type);
    visit("diagnosed_on", diagnosed_on);
    visit("ended_on", ended_on);
    visit("onset_on", onset_on);
    visit("outcome", outcome);
    visit("is_suspected", is_suspected);
    visit("is_main", is_main);
    visit("action", action);
    visit("action_on", day_of(action_at));
    visit("action_at", action_at);
    provenance_columns(visit, *this);
  }
};

struct EditedPrescription {
  static constexpr const char* kTable = "ehr_prescription";
  std::string patient_key;
  bool is_execution = false;
  bool is_cancelled = false;                   // ORC-1 CA
  std::optional<std::string> order_number;
  std::optional<Date> ordered_on;
  Date starts_on;
  std::optional<Date> ends_on;
  std::optional<std::int64_t> days_supply;
  std::optional<std::string> days_supply_source;   // duration, amount_per_day
  std::optional<std::string> hot_code;         // HOT7, HOT9, HOT11 or HOT13
  std::optional<std::string> yj_code;
  std::optional<std::string> local_code;
  std::optional<std::string> local_system;
  std::optional<std::string> drug_name;
  std::optional<double> dose;
  std::optional<std::string> dose_unit;
  std::optional<double> total_amount;
  std::optional<std::string> total_unit;
  std::optional<std::string> usage_code;       // JAMISDP01
  std::optional<std::string> route;            // HL70162
  std::optional<std::string> completion;       // RXA-20: CP, PA, RE, NA
  std::optional<std::string> setting;          // I inpatient, O outpatient
  std::optional<std::string> department;
  std::optional<std::string> dispensing_kinds; // RXE-21 codes joined by ~
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("is_execution", is_execution);
    visit("is_cancelled", is_cancelled);
    visit("order_number", order_number);
    visit("ordered_on", ordered_on);
    visit("starts_on", starts_on);
    visit("ends_on", ends_on);
    visit("days_supply", days_supply);
    visit("days_supply_source", days_supply_source);
    visit("hot_code", hot_code);
    visit("yj_code", yj_code);
    visit("local_code", local_code);
    visit("local_system", local_system);
    visit("drug_name", drug_name);
    visit("dose", dose);
    visit("dose_unit", dose_unit);
    visit("total_amount", total_amount);
    visit("total_unit", total_unit);
    visit("usage_code", usage_code);
    visit("route", route);
    visit("completion", completion);
    visit("setting", setting);
    visit("department", department);
    visit("dispensing_kinds", dispensing_kinds);
    provenance_columns(visit, *this);
  }
};

struct EditedInjection {
  static constexpr const char* kTable = "ehr_injection";
  std::string patient_key;
  bool is_execution = false;
  bool is_cancelled = false;
  std::optional<std::string> order_number;
  std::optional<Date> ordered_on;
  Date starts_on;
  std::optional<Date> ends_on;
  std::optional<std::string> component_kind;   // B base, A additive
  std::optional<std::string> hot_code;
  std::optional<std::string> yj_code;
  std::optional<std::string> local_code;
  std::optional<std::string> local_system;
  std::optional<std::string> drug_name;
  std::optional<double> dose;
  std::optional<std::string> dose_unit;
  std::optional<std::string> route;
  std::optional<std::string> completion;
  std::optional<std::string> setting;
  std::optional<std::string> department;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("is_execution", is_execution);
    visit("is_cancelled", is_cancelled);
    visit("order_number", order_number);
    visit("ordered_on", ordered_on);
    visit("starts_on", starts_on);
    visit("ends_on", ends_on);
    visit("component_kind", component_kind);
    visit("hot_code", hot_code);
    visit("yj_code", yj_code);
    visit("local_code", local_code);
    visit("local_system", local_system);
    visit("drug_name", drug_name);
    visit("dose", dose);
    visit("dose_unit", dose_unit);
    visit("route", route);
    visit("completion", completion);
    visit("setting", setting);
    visit("department", department);
    provenance_columns(visit, *this);
  }
};

struct EditedLabResult {
  static constexpr const char* kTable = "ehr_lab_result";
  std::string patient_key;
  std::optional<std::string> order_number;
  Date collected_on;                           // OBX-14, else SPM-17, else OBR-7, else the folder's date
  std::optional<Moment> collected_at;
  std::string collected_source;                // OBX-14, SPM-17, OBR-7, folder
  std::optional<Moment> reported_at;           // OBR-22
  std::optional<std::string> jlac10_code;      // 17 characters
  std::optional<std::string> local_code;
  std::optional<std::string> local_system;
  std::optional<std::string> item_name;
  std::optional<std::string> material;         // JLAC10 material, 3 digits: of the code, else SPM-4
  std::string value_class;                     // number, bound, semi_quantitative, qualitative, range, ratio, comment, text, missing
  std::optional<std::string> value_operator;   // =, <, <=, >, >=
  std::optional<double> value;                 // in the standard unit
  std::optional<std::string> unit;             // standard unit of the analyte
  std::optional<double> lower_limit;           // reference interval as recorded, standard unit
  std::optional<double> upper_limit;
  std::string received_value;                  // OBX-5 as it came
  std::optional<std::string> received_unit;    // OBX-6.1, else OBX-6.2, as it came
  std::optional<std::string> received_range;   // OBX-7 as it came
  std::optional<std::string> abnormal_flag;    // OBX-8
  std::string result_status;                   // OBX-11
  std::optional<std::string> sub_id;           // OBX-4
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("order_number", order_number);
    visit("collected_on", collected_on);
    visit("collected_at", collected_at);
    visit("collected_source", collected_source);
    visit("reported_on", day_of(reported_at));
    visit("reported_at", reported_at);
    visit("jlac10_code", jlac10_code);
    visit("local_code", local_code);
    visit("local_system", local_system);
    visit("item_name", item_name);
    visit("material", material);
    visit("value_class", value_class);
    visit("value_operator", value_operator);
    visit("value", value);
    visit("unit", unit);
    visit("lower_limit", lower_limit);
    visit("upper_limit", upper_limit);
    visit("received_value", received_value);
    visit("received_unit", received_unit);
    visit("received_range", received_range);
    visit("abnormal_flag", abnormal_flag);
    visit("result_status", result_status);
    visit("sub_id", sub_id);
    provenance_columns(visit, *this);
  }
};

/// A record that could not become a row, and why. Table rejected_record.
struct RejectedRecord {
  static constexpr const char* kTable = "rejected_record";
  std::string record_kind;   // patient, visit, diagnosis, lab_result ...: what it would have been
  std::string code;          // kInvalidInput ...
  std::string reason;        // the sentence; never a value of the record
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("record_kind", record_kind);
    visit("code", code);
    visit("reason", reason);
    provenance_columns(visit, *this);
  }
};

using EditedRecord = std::variant<EditedPatient, EditedVisit, EditedAdmission, EditedDiagnosis,
                                  EditedPrescription, EditedInjection, EditedLabResult, EditedMovement,
                                  EditedRadiology, EditedEndoscopy, EditedPhysiology, EditedExaminationMaterial,
                                  EditedObservation, EditedLabOrder, EditedMicrobiology, EditedAllergy, EditedMeal,
                                  EditedPatientMerge>;

/// One file's rows: every received record is in exactly one of the two lists, or the patient refused.
struct StandardizedFile {
  std::vector<EditedRecord> records;
  std::vector<RejectedRecord> rejected;
  std::int64_t refused = 0;        // records of a patient who refused the use of their data
  std::vector<Finding> findings;   // those of ingest/ first, then those of standardize/
};

}  // namespace mimamori
