#pragma once

// Rows that an OMOP CDM hospital brings beyond the tables of model/edited.h: events that no other format has
// a table for, what the edited tables have no column for, and the vocabulary (docs/formats/omop.md).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "model/edited.h"

namespace mimamori {

/// What a row of ehr_visit, ehr_admission, ehr_diagnosis, ehr_prescription or ehr_lab_result has no column
/// for; the same file_id and segment say which row it belongs to.
struct OmopRecord {
  static constexpr const char* kTable = "omop_record";
  std::string patient_key;
  std::optional<std::int64_t> record_id;  // the CDM table's own key, e.g. visit_occurrence_id
  std::optional<std::int64_t> visit_id;   // visit_occurrence_id; of a visit its own
  std::optional<std::int64_t> source_concept_id;
  std::optional<std::int64_t> type_concept_id;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("record_id", record_id);
    visit("visit_id", visit_id);
    visit("source_concept_id", source_concept_id);
    visit("type_concept_id", type_concept_id);
    provenance_columns(visit, *this);
  }
};

struct OmopProcedure {
  static constexpr const char* kTable = "omop_procedure";
  std::string patient_key;
  Date performed_on;
  std::optional<Moment> performed_at;
  std::optional<Date> ended_on;
  std::optional<std::string> local_code;  // procedure_concept_id
  std::optional<std::string> local_system;
  std::optional<std::int64_t> source_concept_id;
  std::optional<std::int64_t> type_concept_id;
  std::optional<std::int64_t> modifier_concept_id;
  std::optional<double> quantity;
  std::optional<std::int64_t> visit_id;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("performed_on", performed_on);
    visit("performed_at", performed_at);
    visit("ended_on", ended_on);
    visit("local_code", local_code);
    visit("local_system", local_system);
    visit("source_concept_id", source_concept_id);
    visit("type_concept_id", type_concept_id);
    visit("modifier_concept_id", modifier_concept_id);
    visit("quantity", quantity);
    visit("visit_id", visit_id);
    provenance_columns(visit, *this);
  }
};

/// A fact that is neither a diagnosis nor a measurement (allergies, smoking, history). Its texts stay behind.
struct OmopObservation {
  static constexpr const char* kTable = "omop_observation";
  std::string patient_key;
  Date observed_on;
  std::optional<std::string> local_code;  // observation_concept_id
  std::optional<std::string> local_system;
  std::optional<std::int64_t> source_concept_id;
  std::optional<std::int64_t> type_concept_id;
  std::optional<double> value;  // value_as_number
  std::optional<std::int64_t> value_concept_id;
  std::optional<std::int64_t> unit_concept_id;
  std::optional<std::int64_t> qualifier_concept_id;
  std::optional<std::int64_t> visit_id;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("observed_on", observed_on);
    visit("local_code", local_code);
    visit("local_system", local_system);
    visit("source_concept_id", source_concept_id);
    visit("type_concept_id", type_concept_id);
    visit("value", value);
    visit("value_concept_id", value_concept_id);
    visit("unit_concept_id", unit_concept_id);
    visit("qualifier_concept_id", qualifier_concept_id);
    visit("visit_id", visit_id);
    provenance_columns(visit, *this);
  }
};

struct OmopDevice {
  static constexpr const char* kTable = "omop_device";
  std::string patient_key;
  Date starts_on;
  std::optional<Date> ends_on;
  std::optional<std::string> local_code;  // device_concept_id
  std::optional<std::string> local_system;
  std::optional<std::int64_t> source_concept_id;
  std::optional<std::int64_t> type_concept_id;
  std::optional<double> quantity;
  std::optional<std::int64_t> visit_id;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("starts_on", starts_on);
    visit("ends_on", ends_on);
    visit("local_code", local_code);
    visit("local_system", local_system);
    visit("source_concept_id", source_concept_id);
    visit("type_concept_id", type_concept_id);
    visit("quantity", quantity);
    visit("visit_id", visit_id);
    provenance_columns(visit, *this);
  }
};

struct OmopDeath {
  static constexpr const char* kTable = "omop_death";
  std::string patient_key;
  Date died_on;
  std::optional<Moment> died_at;
  std::optional<std::string> local_code;  // cause_concept_id
  std::optional<std::string> local_system;
  std::optional<std::int64_t> source_concept_id;
  std::optional<std::int64_t> type_concept_id;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("died_on", died_on);
    visit("died_at", died_at);
    visit("local_code", local_code);
    visit("local_system", local_system);
    visit("source_concept_id", source_concept_id);
    visit("type_concept_id", type_concept_id);
    provenance_columns(visit, *this);
  }
};

/// A time in which the source would have recorded what happened to the person; both days counted.
struct OmopObservationPeriod {
  static constexpr const char* kTable = "omop_observation_period";
  std::string patient_key;
  Date starts_on;
  Date ends_on;
  std::optional<std::int64_t> type_concept_id;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("starts_on", starts_on);
    visit("ends_on", ends_on);
    visit("type_concept_id", type_concept_id);
    provenance_columns(visit, *this);
  }
};

struct OmopConcept {
  static constexpr const char* kTable = "omop_concept";
  std::int64_t concept_id = 0;
  std::optional<std::string> concept_name;
  std::optional<std::string> domain_id;
  std::optional<std::string> vocabulary_id;
  std::optional<std::string> concept_class_id;
  std::optional<std::string> standard_concept;  // S standard, C classification
  std::optional<std::string> concept_code;      // the code in its own vocabulary
  std::optional<Date> valid_from;
  std::optional<Date> valid_to;
  std::optional<std::string> invalid_reason;  // D deleted, U updated
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("concept_id", concept_id);
    visit("concept_name", concept_name);
    visit("domain_id", domain_id);
    visit("vocabulary_id", vocabulary_id);
    visit("concept_class_id", concept_class_id);
    visit("standard_concept", standard_concept);
    visit("concept_code", concept_code);
    visit("valid_from", valid_from);
    visit("valid_to", valid_to);
    visit("invalid_reason", invalid_reason);
    provenance_columns(visit, *this);
  }
};

/// Every concept below another, at any distance: what "and descendants" in a script selects by.
struct OmopConceptAncestor {
  static constexpr const char* kTable = "omop_concept_ancestor";
  std::int64_t ancestor_concept_id = 0;
  std::int64_t descendant_concept_id = 0;
  std::optional<std::int64_t> levels_min;
  std::optional<std::int64_t> levels_max;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("ancestor_concept_id", ancestor_concept_id);
    visit("descendant_concept_id", descendant_concept_id);
    visit("levels_min", levels_min);
    visit("levels_max", levels_max);
    provenance_columns(visit, *this);
  }
};

struct OmopConceptRelationship {
  static constexpr const char* kTable = "omop_concept_relationship";
  std::int64_t concept_id_1 = 0;
  std::int64_t concept_id_2 = 0;
  std::string relationship_id;  // "Maps to", "Mapped from" ...
  std::optional<Date> valid_from;
  std::optional<Date> valid_to;
  std::optional<std::string> invalid_reason;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("concept_id_1", concept_id_1);
    visit("concept_id_2", concept_id_2);
    visit("relationship_id", relationship_id);
    visit("valid_from", valid_from);
    visit("valid_to", valid_to);
    visit("invalid_reason", invalid_reason);
    provenance_columns(visit, *this);
  }
};

/// Rows of a part of one OMOP table; the tables of the edited layer that it feeds are filled, the others
/// empty.
struct OmopRows {
  std::vector<EditedPatient> patients;
  std::vector<EditedVisit> visits;
  std::vector<EditedAdmission> admissions;
  std::vector<EditedDiagnosis> diagnoses;
  std::vector<EditedPrescription> prescriptions;
  std::vector<EditedLabResult> lab_results;
  std::vector<OmopRecord> records;
  std::vector<OmopProcedure> procedures;
  std::vector<OmopObservation> observations;
  std::vector<OmopDevice> devices;
  std::vector<OmopDeath> deaths;
  std::vector<OmopObservationPeriod> observation_periods;
  std::vector<OmopConcept> concepts;
  std::vector<OmopConceptAncestor> concept_ancestors;
  std::vector<OmopConceptRelationship> concept_relationships;
  template <class Visit>
  void tables(Visit&& visit) const {
    visit(patients);
    visit(visits);
    visit(admissions);
    visit(diagnoses);
    visit(prescriptions);
    visit(lab_results);
    visit(records);
    visit(procedures);
    visit(observations);
    visit(devices);
    visit(deaths);
    visit(observation_periods);
    visit(concepts);
    visit(concept_ancestors);
    visit(concept_relationships);
  }
};

}  // namespace mimamori
