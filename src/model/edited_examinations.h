#pragma once

// Rows of the edited layer about examinations: radiology, endoscopy, physiology, what was observed and used in
// them, orders of laboratory tests, and microbiology. In the manner of model/edited.h.

#include <cstdint>
#include <optional>
#include <string>

#include "base/date.h"
#include "model/row_parts.h"

namespace mimamori {

/// An examination as ordered (OMG-01, -02, -03) or performed (OMG-11, -12, -13): one row for each procedure
/// that was performed (ZE1), else for each OBR. The three tables have one form.
struct EditedExamination {
  std::string patient_key;
  bool is_execution = false;                   // performed, not only ordered
  bool is_cancelled = false;                   // ORC-1 CA
  std::optional<std::string> order_control;    // ORC-1: NW the order, PA the same order again as parent, CH its parts
  std::optional<std::string> order_number;     // OBR-2, else ORC-2
  std::optional<std::string> parent_order;     // OBR-29, else ORC-8: the order that this one is a part of
  std::optional<Date> ordered_on;              // ORC-9
  Date examined_on;                            // OBR-7, else TQ1-7, else the folder's date; planned if not execution
  std::optional<Moment> examined_at;
  std::string examined_source;                 // OBR-7, TQ1-7, ORC-9, folder
  std::optional<Moment> reported_at;           // OBR-22
  std::optional<std::string> procedure_code;   // JJ1017, LENDO or JLAC10, if it has the right shape
  std::optional<std::string> procedure_system; // JJ1017, LENDO, JC10
  std::optional<std::string> local_code;
  std::optional<std::string> local_system;
  std::optional<std::string> procedure_name;
  std::optional<std::string> modality;         // IPC-5, as in DICOM: CT, US, ES
  std::optional<std::string> result_status;    // OBR-25
  std::optional<std::string> setting;          // I inpatient, O outpatient
  std::optional<std::string> department;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("is_execution", is_execution);
    visit("is_cancelled", is_cancelled);
    visit("order_control", order_control);
    visit("order_number", order_number);
    visit("parent_order", parent_order);
    visit("ordered_on", ordered_on);
    visit("examined_on", examined_on);
    visit("examined_at", examined_at);
    visit("examined_source", examined_source);
    visit("reported_on", day_of(reported_at));
    visit("reported_at", reported_at);
    visit("procedure_code", procedure_code);
    visit("procedure_system", procedure_system);
    visit("local_code", local_code);
    visit("local_system", local_system);
    visit("procedure_name", procedure_name);
    visit("modality", modality);
    visit("result_status", result_status);
    visit("setting", setting);
    visit("department", department);
    provenance_columns(visit, *this);
  }
};
struct EditedRadiology : EditedExamination {
  static constexpr const char* kTable = "ehr_radiology";
};
struct EditedEndoscopy : EditedExamination {
  static constexpr const char* kTable = "ehr_endoscopy";
};
struct EditedPhysiology : EditedExamination {
  static constexpr const char* kTable = "ehr_physiology";
};

/// A drug, contrast medium or material that an examination used (ZE1-9, or an OBX of type ZRD).
struct EditedExaminationMaterial {
  static constexpr const char* kTable = "ehr_examination_material";
  std::string patient_key;
  std::string examination;                     // radiology, endoscopy, physiology
  bool is_execution = false;
  bool is_cancelled = false;
  std::optional<std::string> order_number;
  Date used_on;                                // as examined_on of the examination
  std::optional<Moment> used_at;
  std::optional<std::string> class_code;       // ZE1-8, or OBX-3
  std::optional<std::string> class_name;
  std::optional<std::string> hot_code;
  std::optional<std::string> yj_code;
  std::optional<std::string> local_code;       // any other code: JAN of a device, a claims code, the hospital's own
  std::optional<std::string> local_system;
  std::optional<std::string> material_name;
  std::optional<double> amount;
  std::optional<std::string> amount_unit;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("examination", examination);
    visit("is_execution", is_execution);
    visit("is_cancelled", is_cancelled);
    visit("order_number", order_number);
    visit("used_on", used_on);
    visit("used_at", used_at);
    visit("class_code", class_code);
    visit("class_name", class_name);
    visit("hot_code", hot_code);
    visit("yj_code", yj_code);
    visit("local_code", local_code);
    visit("local_system", local_system);
    visit("material_name", material_name);
    visit("amount", amount);
    visit("amount_unit", amount_unit);
    provenance_columns(visit, *this);
  }
};

/// What was observed of a patient other than in a specimen: height, weight and blood group (ADT-00), vital signs,
/// findings and measurements of examinations. Free text is not kept: it may name a person.
struct EditedObservation {
  static constexpr const char* kTable = "ehr_observation";
  std::string patient_key;
  std::string origin;                          // patient, vital_sign, radiology, endoscopy, physiology
  bool is_cancelled = false;                   // ORC-1 CA
  std::optional<std::string> order_number;
  Date observed_on;                            // OBX-14, OBR-7; of a snapshot the day it was known (PID-33, EVN-2)
  std::optional<Moment> observed_at;
  std::string observed_source;                 // OBX-14, OBR-7, PID-33, ORC-9, folder
  std::optional<std::string> jlac10_code;      // 17 characters
  std::optional<std::string> local_code;       // any other code, such as JSHR or 99MFR
  std::optional<std::string> local_system;
  std::optional<std::string> item_name;
  std::optional<std::string> sub_id;           // OBX-4
  std::string value_class;                     // as in ehr_lab_result, and code, time
  std::optional<std::string> value_operator;   // =, <, <=, >, >=
  std::optional<double> value;                 // in the unit as received
  std::optional<std::string> unit;
  std::optional<std::string> value_code;       // of a coded value
  std::optional<std::string> value_system;
  std::optional<std::string> received_value;   // a coded value's text, or OBX-5 where it was recognized as a value
  std::optional<std::string> abnormal_flag;    // OBX-8
  std::string result_status;                   // OBX-11
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("origin", origin);
    visit("is_cancelled", is_cancelled);
    visit("order_number", order_number);
    visit("observed_on", observed_on);
    visit("observed_at", observed_at);
    visit("observed_source", observed_source);
    visit("jlac10_code", jlac10_code);
    visit("local_code", local_code);
    visit("local_system", local_system);
    visit("item_name", item_name);
    visit("sub_id", sub_id);
    visit("value_class", value_class);
    visit("value_operator", value_operator);
    visit("value", value);
    visit("unit", unit);
    visit("value_code", value_code);
    visit("value_system", value_system);
    visit("received_value", received_value);
    visit("abnormal_flag", abnormal_flag);
    visit("result_status", result_status);
    provenance_columns(visit, *this);
  }
};

/// A laboratory test as ordered (OML-01, OML-02): one row for each OBX, else for each OBR.
struct EditedLabOrder {
  static constexpr const char* kTable = "ehr_lab_order";
  std::string patient_key;
  bool is_cancelled = false;
  std::optional<std::string> order_number;
  std::optional<Moment> ordered_at;            // ORC-9
  Date planned_on;                             // SPM-17, else OBR-7, else TQ1-7, else ORC-9, else the folder's date
  std::optional<std::string> jlac10_code;
  std::optional<std::string> local_code;
  std::optional<std::string> local_system;
  std::optional<std::string> item_name;
  std::optional<std::string> material;         // JLAC10 material, 3 digits
  std::optional<std::string> setting;
  std::optional<std::string> department;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("is_cancelled", is_cancelled);
    visit("order_number", order_number);
    visit("ordered_on", day_of(ordered_at));
    visit("ordered_at", ordered_at);
    visit("planned_on", planned_on);
    visit("jlac10_code", jlac10_code);
    visit("local_code", local_code);
    visit("local_system", local_system);
    visit("item_name", item_name);
    visit("material", material);
    visit("setting", setting);
    visit("department", department);
    provenance_columns(visit, *this);
  }
};

/// A finding of microbiology: one row for each organism, each drug tried on it, and each other result. The rows
/// of OBX that belong together (one OBX-4 within an OBR) are one.
struct EditedMicrobiology {
  static constexpr const char* kTable = "ehr_microbiology";
  std::string patient_key;
  std::string kind;                            // smear, culture, susceptibility, other
  std::optional<std::string> order_number;
  Date collected_on;
  std::optional<Moment> collected_at;
  std::string collected_source;                // as in ehr_lab_result
  std::optional<Moment> reported_at;           // OBR-22
  std::optional<std::string> material;         // JLAC10 material, 3 digits
  std::optional<std::string> material_name;
  std::optional<std::string> jlac10_code;      // of the first OBX of the row
  std::optional<std::string> local_code;
  std::optional<std::string> local_system;
  std::optional<std::string> item_name;
  std::optional<std::string> sub_id;           // OBX-4
  std::optional<std::string> organism_code;    // JANIS, four digits; of a susceptibility, of the organism it is about
  std::optional<std::string> organism_local_code;
  std::optional<std::string> organism_name;
  std::optional<std::int64_t> organism_segment;  // of a susceptibility: segment of the organism's row, same file
  std::optional<std::string> drug_code;        // JANIS, four digits
  std::optional<std::string> drug_local_code;
  std::optional<std::string> drug_name;
  std::optional<std::string> amount;           // of the organism, as received: " 2 +"
  std::string value_class;                     // of the MIC, zone or other value, as in ehr_lab_result
  std::optional<std::string> value_operator;
  std::optional<double> value;                 // in the unit as received
  std::optional<std::string> unit;
  std::optional<std::string> received_value;
  std::optional<std::string> interpretation;   // OBX-8: S, I, R, MS, VS
  std::string result_status;                   // OBX-11 of the first OBX
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("kind", kind);
    visit("order_number", order_number);
    visit("collected_on", collected_on);
    visit("collected_at", collected_at);
    visit("collected_source", collected_source);
    visit("reported_on", day_of(reported_at));
    visit("reported_at", reported_at);
    visit("material", material);
    visit("material_name", material_name);
    visit("jlac10_code", jlac10_code);
    visit("local_code", local_code);
    visit("local_system", local_system);
    visit("item_name", item_name);
    visit("sub_id", sub_id);
    visit("organism_code", organism_code);
    visit("organism_local_code", organism_local_code);
    visit("organism_name", organism_name);
    visit("organism_segment", organism_segment);
    visit("drug_code", drug_code);
    visit("drug_local_code", drug_local_code);
    visit("drug_name", drug_name);
    visit("amount", amount);
    visit("value_class", value_class);
    visit("value_operator", value_operator);
    visit("value", value);
    visit("unit", unit);
    visit("received_value", received_value);
    visit("interpretation", interpretation);
    visit("result_status", result_status);
    provenance_columns(visit, *this);
  }
};

}  // namespace mimamori
