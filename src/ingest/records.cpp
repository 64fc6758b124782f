#include "ingest/records.h"

#include "ingest/findings.h"

namespace mimamori {
namespace {

Error missing(std::string_view segment) {
  return Error{ErrorCode::kInvalidInput, "message: expected a segment " + std::string(segment)};
}

std::string first_of(std::string first, std::string second) { return first.empty() ? second : first; }

}  // namespace

CodedPair coded_pair(const Hl7Segment& segment, std::size_t field) {
  return {{segment.component(field, 1), segment.component(field, 2), segment.component(field, 3)},
          {segment.component(field, 4), segment.component(field, 5), segment.component(field, 6)}};
}

Result<void> read_patient(const Hl7Message& message, ParsedFile& file) {
  const std::size_t number = message.find("PID");
  if (number == 0) return missing("PID");
  const Hl7Segment pid = message.segment(number);
  const Hl7Segment evn = message.segment(message.find("EVN"));
  ReceivedPatient patient;
  patient.birth_date = pid.component(7, 1);
  patient.sex = pid.component(8, 1);
  patient.updated_at = first_of(pid.component(33, 1), evn.component(2, 1));
  if (patient.updated_at.empty()) patient.updated_at = message.segment(1).component(7, 1);
  const std::string known_at = patient.updated_at;
  file.records.push_back({static_cast<std::uint32_t>(number), std::move(patient)});
  for (std::size_t other = number + 1; other <= message.size(); ++other) {
    const std::string_view name = message.segment(other).name();
    if (name == "AL1") {
      add_al1(message, other, file);
    } else if (name == "OBX") {
      ReceivedObservation observation = read_observation(message, other, file);
      observation.origin = "patient";
      observation.known_at = known_at;
      file.records.push_back({static_cast<std::uint32_t>(other), std::move(observation)});
    }
  }
  return {};
}

Result<void> read_movement(const Hl7Message& message, RecordKind kind, ParsedFile& file) {
  const std::size_t number = message.find("PV1");
  if (number == 0) return missing("PV1");
  const Hl7Segment pv1 = message.segment(number);
  const std::string place = pv1.component(3, 1);  // a department for out-patients, a ward for in-patients
  const std::string service = pv1.component(10, 1);
  const std::string from = pv1.component(44, 1);
  const auto segment = static_cast<std::uint32_t>(number);
  if (kind == RecordKind::kVisit) {
    file.records.push_back({segment, ReceivedVisit{from, first_of(place, service)}});
  } else if (kind == RecordKind::kAdmission) {
    file.records.push_back({segment, ReceivedAdmission{from, first_of(service, place)}});
  } else {
    file.records.push_back({segment, ReceivedDischarge{from, pv1.component(45, 1), first_of(service, place),
                                                       pv1.component(36, 1)}});
  }
  return {};
}

namespace {

ReceivedDiagnosis read_diagnosis(const Hl7Segment& prb) {
  ReceivedDiagnosis diagnosis;
  diagnosis.disease = coded_pair(prb, 3);
  diagnosis.action = prb.component(1, 1);
  diagnosis.action_at = prb.component(2, 1);
  diagnosis.instance_id = prb.component(4, 1);
  diagnosis.diagnosed_on = prb.component(7, 1);
  diagnosis.ended_on = prb.component(9, 1);
  diagnosis.icd10 = prb.component(10, 1);
  diagnosis.diagnosis_type = prb.component(10, 4);
  diagnosis.icd10_edition = prb.component(10, 7);
  diagnosis.suspected = prb.component(13, 1);
  diagnosis.outcome = prb.component(14, 1);
  diagnosis.onset_on = prb.component(16, 1);
  diagnosis.main_disease = prb.component(18, 1);
  return diagnosis;
}

/// The codes of ZPR-3, all repetitions.
void append_suffix_modifiers(const Hl7Segment& zpr, std::string& modifiers) {
  const Hl7Delimiters& delimiters = zpr.delimiters();
  for (const std::string_view modifier : zpr.raw_repetitions(3)) {
    const std::string code = unescape(part_of(modifier, delimiters.component, 1), delimiters);
    if (code.empty()) continue;
    if (!modifiers.empty()) modifiers += '~';
    modifiers += code;
  }
}

}  // namespace

Result<void> read_diagnoses(const Hl7Message& message, ParsedFile& file) {
  ReceivedDiagnosis* open = nullptr;
  for (std::size_t number = 2; number <= message.size(); ++number) {
    const Hl7Segment segment = message.segment(number);
    if (segment.name() == "PRB") {
      file.records.push_back({static_cast<std::uint32_t>(number), read_diagnosis(segment)});
      open = &std::get<ReceivedDiagnosis>(file.records.back().fields);
    } else if (segment.name() == "ZPR" && open != nullptr) {
      append_suffix_modifiers(segment, open->suffix_modifiers);
    }
  }
  if (open == nullptr) return missing("PRB");
  return {};
}

Result<void> read_records(const Hl7Message& message, RecordKind kind, ParsedFile& file) {
  switch (kind) {
    case RecordKind::kNone: return {};
    case RecordKind::kPatient: return read_patient(message, file);
    case RecordKind::kVisit:
    case RecordKind::kAdmission:
    case RecordKind::kDischarge: return read_movement(message, kind, file);
    case RecordKind::kDiagnosis: return read_diagnoses(message, file);
    case RecordKind::kPrescription:
    case RecordKind::kPrescriptionExecution:
    case RecordKind::kInjection:
    case RecordKind::kInjectionExecution: return read_drugs(message, kind, file);
    case RecordKind::kLabResult: return read_lab_results(message, file);
    case RecordKind::kMovement: return read_movement_in_hospital(message, file);
    case RecordKind::kAllergy: return read_allergies(message, file);
    case RecordKind::kMeal: return read_meals(message, file);
    case RecordKind::kLabOrder: return read_lab_orders(message, file);
    case RecordKind::kExamination: return read_examinations(message, file);
    case RecordKind::kVitalSigns: return read_vital_signs(message, file);
  }
  return {};
}

}  // namespace mimamori
