// visit_occurrence, condition_occurrence, drug_exposure, procedure_occurrence, observation, device_exposure.

#include <algorithm>
#include <array>

#include "omop/row.h"
#include "omop/tables.h"

namespace mimamori {
namespace {

constexpr ColumnUse kRequired = ColumnUse::kRequired;
constexpr ColumnUse kRead = ColumnUse::kRead;
constexpr ColumnUse kLeft = ColumnUse::kLeft;

template <std::size_t size>
bool is_one_of(std::optional<std::int64_t> id, const std::array<std::int64_t, size>& ids) {
  return id && std::find(ids.begin(), ids.end(), *id) != ids.end();
}

// ---- visit_occurrence -> ehr_visit, or ehr_admission for a visit with a bed

namespace visit {

enum : std::size_t { kPerson, kId, kConcept, kStart, kStartTime, kEnd, kEndTime, kType, kSourceConcept };
constexpr std::array<OmopColumn, 21> kColumns = {{{"person_id", kRequired},
                                                  {"visit_occurrence_id", kRequired},
                                                  {"visit_concept_id", kRequired},
                                                  {"visit_start_date", kRequired},
                                                  {"visit_start_datetime", kRead},
                                                  {"visit_end_date", kRead},
                                                  {"visit_end_datetime", kRead},
                                                  {"visit_type_concept_id", kRead},
                                                  {"visit_source_concept_id", kRead},
                                                  {"provider_id", kLeft},
                                                  {"care_site_id", kLeft},
                                                  {"visit_source_value", kLeft},
                                                  {"admitted_from_concept_id", kLeft},     // 5.4
                                                  {"admitted_from_source_value", kLeft},   // 5.4
                                                  {"discharged_to_concept_id", kLeft},     // 5.4
                                                  {"discharged_to_source_value", kLeft},   // 5.4
                                                  {"admitting_source_concept_id", kLeft},  // 5.3
                                                  {"admitting_source_value", kLeft},       // 5.3
                                                  {"discharge_to_concept_id", kLeft},      // 5.3
                                                  {"discharge_to_source_value", kLeft},    // 5.3
                                                  {"preceding_visit_occurrence_id", kLeft}}};

// Inpatient Visit, Emergency Room and Inpatient Visit, Inpatient Hospital, Intensive Care.
constexpr std::array<std::int64_t, 4> kWithBed = {9201, 262, 8717, 32037};

void add_admission(OmopRow& row, Date start, OmopRows& rows) {
  EditedAdmission admission;
  admission.patient_key = row.patient_key();
  admission.admitted_at = row.moment(start, kStartTime);
  const std::optional<Date> end = row.date(kEnd);
  row.check_order(start, end, kEnd);
  if (end) admission.discharged_at = row.moment(*end, kEndTime);
  // One row says both; store/ pairs admissions with discharges and finds this one its own partner.
  admission.has_admission_message = true;
  admission.has_discharge_message = end.has_value();
  admission.provenance = row.provenance();
  rows.admissions.push_back(std::move(admission));
}

Result<void> read(OmopRow& row, OmopRows& rows) {
  const Date start = TRY(row.required_date(kStart));
  const std::optional<std::int64_t> kind = row.concept_id(kConcept);
  if (!kind) row.note(omop_findings::kVisitKind, kConcept);
  if (is_one_of(kind, kWithBed)) {
    add_admission(row, start, rows);
  } else {
    EditedVisit visit;
    visit.patient_key = row.patient_key();
    visit.visited_on = start;
    visit.visited_at = row.moment(start, kStartTime);
    visit.provenance = row.provenance();
    rows.visits.push_back(std::move(visit));
  }
  const std::optional<std::int64_t> id = row.integer(kId);
  rows.records.push_back({.patient_key = row.patient_key(),
                          .record_id = id,
                          .visit_id = id,
                          .source_concept_id = row.concept_id(kSourceConcept),
                          .type_concept_id = row.concept_id(kType),
                          .provenance = row.provenance()});
  return {};
}

}  // namespace visit

// ---- condition_occurrence -> ehr_diagnosis

namespace condition {

enum : std::size_t { kPerson, kId, kConcept, kStart, kEnd, kType, kStatus, kVisit, kValue, kSourceConcept };
constexpr std::array<OmopColumn, 16> kColumns = {{{"person_id", kRequired},
                                                  {"condition_occurrence_id", kRead},
                                                  {"condition_concept_id", kRequired},
                                                  {"condition_start_date", kRequired},
                                                  {"condition_end_date", kRead},
                                                  {"condition_type_concept_id", kRead},
                                                  {"condition_status_concept_id", kRead},
                                                  {"visit_occurrence_id", kRead},
                                                  {"condition_source_value", kRead},
                                                  {"condition_source_concept_id", kRead},
                                                  {"condition_start_datetime", kLeft},
                                                  {"condition_end_datetime", kLeft},
                                                  {"condition_status_source_value", kLeft},
                                                  {"stop_reason", kLeft},
                                                  {"provider_id", kLeft},
                                                  {"visit_detail_id", kLeft}}};

constexpr std::int64_t kAdmissionDiagnosis = 32890;
constexpr std::int64_t kPrimaryDiagnosis = 32902;
constexpr std::int64_t kDischargeDiagnosis = 32896;
constexpr std::int64_t kPrimaryDischargeDiagnosis = 32903;

std::optional<std::string> diagnosis_type(std::optional<std::int64_t> status) {
  if (status == kAdmissionDiagnosis) return "H";
  if (status == kDischargeDiagnosis || status == kPrimaryDischargeDiagnosis) return "L";
  return std::nullopt;
}

Result<void> read(OmopRow& row, OmopRows& rows) {
  EditedDiagnosis diagnosis;
  diagnosis.patient_key = row.patient_key();
  diagnosis.source = "omop";
  const Date start = TRY(row.required_date(kStart));
  diagnosis.diagnosed_on = start;
  diagnosis.ended_on = row.date(kEnd);
  row.check_order(start, diagnosis.ended_on, kEnd);
  OmopCode code =
      omop_code(row, {.concept_id = kConcept, .source_concept_id = kSourceConcept, .source_value = kValue});
  diagnosis.local_code = std::move(code.code);
  diagnosis.local_system = std::move(code.system);
  const std::optional<std::int64_t> status = row.concept_id(kStatus);
  diagnosis.diagnosis_type = diagnosis_type(status);
  diagnosis.is_main = status == kPrimaryDiagnosis || status == kPrimaryDischargeDiagnosis;
  diagnosis.provenance = row.provenance();
  rows.diagnoses.push_back(std::move(diagnosis));
  rows.records.push_back({.patient_key = row.patient_key(),
                          .record_id = row.integer(kId),
                          .visit_id = row.integer(kVisit),
                          .source_concept_id = row.concept_id(kSourceConcept),
                          .type_concept_id = row.concept_id(kType),
                          .provenance = row.provenance()});
  return {};
}

}  // namespace condition

// ---- drug_exposure -> ehr_prescription

namespace drug {

enum : std::size_t {
  kPerson,
  kId,
  kConcept,
  kStart,
  kEnd,
  kVerbatimEnd,
  kType,
  kQuantity,
  kDays,
  kVisit,
  kValue,
  kSourceConcept
};
constexpr std::array<OmopColumn, 23> kColumns = {{{"person_id", kRequired},
                                                  {"drug_exposure_id", kRead},
                                                  {"drug_concept_id", kRequired},
                                                  {"drug_exposure_start_date", kRequired},
                                                  {"drug_exposure_end_date", kRead},
                                                  {"verbatim_end_date", kRead},
                                                  {"drug_type_concept_id", kRead},
                                                  {"quantity", kRead},
                                                  {"days_supply", kRead},
                                                  {"visit_occurrence_id", kRead},
                                                  {"drug_source_value", kRead},
                                                  {"drug_source_concept_id", kRead},
                                                  {"drug_exposure_start_datetime", kLeft},
                                                  {"drug_exposure_end_datetime", kLeft},
                                                  {"stop_reason", kLeft},
                                                  {"refills", kLeft},
                                                  {"sig", kLeft},
                                                  {"route_concept_id", kLeft},
                                                  {"lot_number", kLeft},
                                                  {"provider_id", kLeft},
                                                  {"visit_detail_id", kLeft},
                                                  {"route_source_value", kLeft},
                                                  {"dose_unit_source_value", kLeft}}};

// Given or dispensed. Prescription dispensed in pharmacy and through mail order, Physician administered drug
// (as procedure; from problem list, referral record, observation, order), Inpatient administration, Dispensed
// in Outpatient office, EHR administration record, EHR dispensing record, Pharmacy claim.
constexpr std::array<std::int64_t, 12> kGiven = {38000175, 38000176, 38000179, 38000180, 43542356, 43542357,
                                                 43542358, 581373,   581452,   32818,    32825,    32869};
// Ordered. Prescription written, Medication list entry, EHR order, EHR prescription.
constexpr std::array<std::int64_t, 4> kOrdered = {38000177, 38000178, 32833, 32838};

void fill_supply(OmopRow& row, EditedPrescription& prescription) {
  if (const std::optional<double> days = row.amount(kDays); days && *days < 100'000) {
    prescription.days_supply = static_cast<std::int64_t>(*days);
    prescription.days_supply_source = "duration";
  }
  prescription.total_amount = row.amount(kQuantity);
  prescription.ends_on = row.date(kVerbatimEnd);
  if (!prescription.ends_on) prescription.ends_on = row.date(kEnd);
  row.check_order(prescription.starts_on, prescription.ends_on, kEnd);
}

Result<void> read(OmopRow& row, OmopRows& rows) {
  EditedPrescription prescription;
  prescription.patient_key = row.patient_key();
  prescription.starts_on = TRY(row.required_date(kStart));
  fill_supply(row, prescription);
  const std::optional<std::int64_t> type = row.concept_id(kType);
  prescription.is_execution = is_one_of(type, kGiven);
  if (!prescription.is_execution && !is_one_of(type, kOrdered)) row.note(omop_findings::kDrugType, kType);
  OmopCode code =
      omop_code(row, {.concept_id = kConcept, .source_concept_id = kSourceConcept, .source_value = kValue});
  prescription.local_code = std::move(code.code);
  prescription.local_system = std::move(code.system);
  prescription.provenance = row.provenance();
  rows.prescriptions.push_back(std::move(prescription));
  rows.records.push_back({.patient_key = row.patient_key(),
                          .record_id = row.integer(kId),
                          .visit_id = row.integer(kVisit),
                          .source_concept_id = row.concept_id(kSourceConcept),
                          .type_concept_id = type,
                          .provenance = row.provenance()});
  return {};
}

}  // namespace drug

// ---- procedure_occurrence -> omop_procedure

namespace procedure {

enum : std::size_t {
  kPerson,
  kConcept,
  kDate,
  kDatetime,
  kEnd,
  kType,
  kModifier,
  kQuantity,
  kVisit,
  kValue,
  kSourceConcept
};
constexpr std::array<OmopColumn, 16> kColumns = {{{"person_id", kRequired},
                                                  {"procedure_concept_id", kRequired},
                                                  {"procedure_date", kRequired},
                                                  {"procedure_datetime", kRead},
                                                  {"procedure_end_date", kRead},
                                                  {"procedure_type_concept_id", kRead},
                                                  {"modifier_concept_id", kRead},
                                                  {"quantity", kRead},
                                                  {"visit_occurrence_id", kRead},
                                                  {"procedure_source_value", kRead},
                                                  {"procedure_source_concept_id", kRead},
                                                  {"procedure_occurrence_id", kLeft},
                                                  {"procedure_end_datetime", kLeft},
                                                  {"modifier_source_value", kLeft},
                                                  {"provider_id", kLeft},
                                                  {"visit_detail_id", kLeft}}};

Result<void> read(OmopRow& row, OmopRows& rows) {
  OmopProcedure procedure;
  procedure.patient_key = row.patient_key();
  procedure.performed_on = TRY(row.required_date(kDate));
  procedure.performed_at = row.moment(procedure.performed_on, kDatetime);
  procedure.ended_on = row.date(kEnd);
  row.check_order(procedure.performed_on, procedure.ended_on, kEnd);
  OmopCode code =
      omop_code(row, {.concept_id = kConcept, .source_concept_id = kSourceConcept, .source_value = kValue});
  procedure.local_code = std::move(code.code);
  procedure.local_system = std::move(code.system);
  procedure.source_concept_id = row.concept_id(kSourceConcept);
  procedure.type_concept_id = row.concept_id(kType);
  procedure.modifier_concept_id = row.concept_id(kModifier);
  procedure.quantity = row.amount(kQuantity);
  procedure.visit_id = row.integer(kVisit);
  procedure.provenance = row.provenance();
  rows.procedures.push_back(std::move(procedure));
  return {};
}

}  // namespace procedure

// ---- observation -> omop_observation

namespace observation {

enum : std::size_t {
  kPerson,
  kConcept,
  kDate,
  kType,
  kNumber,
  kValueConcept,
  kQualifier,
  kUnit,
  kVisit,
  kValue,
  kSourceConcept
};
constexpr std::array<OmopColumn, 21> kColumns = {{{"person_id", kRequired},
                                                  {"observation_concept_id", kRequired},
                                                  {"observation_date", kRequired},
                                                  {"observation_type_concept_id", kRead},
                                                  {"value_as_number", kRead},
                                                  {"value_as_concept_id", kRead},
                                                  {"qualifier_concept_id", kRead},
                                                  {"unit_concept_id", kRead},
                                                  {"visit_occurrence_id", kRead},
                                                  {"observation_source_value", kRead},
                                                  {"observation_source_concept_id", kRead},
                                                  {"observation_id", kLeft},
                                                  {"observation_datetime", kLeft},
                                                  {"value_as_string", kLeft},
                                                  {"value_source_value", kLeft},
                                                  {"unit_source_value", kLeft},
                                                  {"qualifier_source_value", kLeft},
                                                  {"provider_id", kLeft},
                                                  {"visit_detail_id", kLeft},
                                                  {"observation_event_id", kLeft},
                                                  {"obs_event_field_concept_id", kLeft}}};

Result<void> read(OmopRow& row, OmopRows& rows) {
  OmopObservation observation;
  observation.patient_key = row.patient_key();
  observation.observed_on = TRY(row.required_date(kDate));
  OmopCode code =
      omop_code(row, {.concept_id = kConcept, .source_concept_id = kSourceConcept, .source_value = kValue});
  observation.local_code = std::move(code.code);
  observation.local_system = std::move(code.system);
  observation.source_concept_id = row.concept_id(kSourceConcept);
  observation.type_concept_id = row.concept_id(kType);
  observation.value = row.number(kNumber);
  observation.value_concept_id = row.concept_id(kValueConcept);
  observation.unit_concept_id = row.concept_id(kUnit);
  observation.qualifier_concept_id = row.concept_id(kQualifier);
  observation.visit_id = row.integer(kVisit);
  observation.provenance = row.provenance();
  rows.observations.push_back(std::move(observation));
  return {};
}

}  // namespace observation

// ---- device_exposure -> omop_device

namespace device {

enum : std::size_t { kPerson, kConcept, kStart, kEnd, kType, kQuantity, kVisit, kValue, kSourceConcept };
constexpr std::array<OmopColumn, 19> kColumns = {{{"person_id", kRequired},
                                                  {"device_concept_id", kRequired},
                                                  {"device_exposure_start_date", kRequired},
                                                  {"device_exposure_end_date", kRead},
                                                  {"device_type_concept_id", kRead},
                                                  {"quantity", kRead},
                                                  {"visit_occurrence_id", kRead},
                                                  {"device_source_value", kRead},
                                                  {"device_source_concept_id", kRead},
                                                  {"device_exposure_id", kLeft},
                                                  {"device_exposure_start_datetime", kLeft},
                                                  {"device_exposure_end_datetime", kLeft},
                                                  {"unique_device_id", kLeft},  // holds a serial number
                                                  {"production_id", kLeft},
                                                  {"provider_id", kLeft},
                                                  {"visit_detail_id", kLeft},
                                                  {"unit_concept_id", kLeft},
                                                  {"unit_source_value", kLeft},
                                                  {"unit_source_concept_id", kLeft}}};

Result<void> read(OmopRow& row, OmopRows& rows) {
  OmopDevice device;
  device.patient_key = row.patient_key();
  device.starts_on = TRY(row.required_date(kStart));
  device.ends_on = row.date(kEnd);
  row.check_order(device.starts_on, device.ends_on, kEnd);
  OmopCode code =
      omop_code(row, {.concept_id = kConcept, .source_concept_id = kSourceConcept, .source_value = kValue});
  device.local_code = std::move(code.code);
  device.local_system = std::move(code.system);
  device.source_concept_id = row.concept_id(kSourceConcept);
  device.type_concept_id = row.concept_id(kType);
  device.quantity = row.amount(kQuantity);
  device.visit_id = row.integer(kVisit);
  device.provenance = row.provenance();
  rows.devices.push_back(std::move(device));
  return {};
}

}  // namespace device

constexpr std::array<OmopTable, 6> kTables = {
    {{.name = "visit_occurrence", .columns = visit::kColumns, .has_person = true, .read = visit::read},
     {.name = "condition_occurrence",
      .columns = condition::kColumns,
      .has_person = true,
      .read = condition::read},
     {.name = "drug_exposure", .columns = drug::kColumns, .has_person = true, .read = drug::read},
     {.name = "procedure_occurrence",
      .columns = procedure::kColumns,
      .has_person = true,
      .read = procedure::read},
     {.name = "observation", .columns = observation::kColumns, .has_person = true, .read = observation::read},
     {.name = "device_exposure", .columns = device::kColumns, .has_person = true, .read = device::read}}};

}  // namespace

std::span<const OmopTable> omop_event_tables() { return kTables; }

}  // namespace mimamori
