#include "standardize/standardize.h"

#include "standardize/identity_guard.h"
#include "standardize/moment_reading.h"
#include "standardize/record_context.h"

namespace mimamori {
namespace {

struct Dispatch {
  const RecordContext& context;
  Result<EditedRecord> operator()(const ReceivedPatient& r) const { return standardize_patient(context, r); }
  Result<EditedRecord> operator()(const ReceivedVisit& r) const { return standardize_visit(context, r); }
  Result<EditedRecord> operator()(const ReceivedAdmission& r) const {
    return standardize_admission(context, r);
  }
  Result<EditedRecord> operator()(const ReceivedDischarge& r) const {
    return standardize_discharge(context, r);
  }
  Result<EditedRecord> operator()(const ReceivedDiagnosis& r) const {
    return standardize_diagnosis(context, r);
  }
  Result<EditedRecord> operator()(const ReceivedPrescription& r) const {
    return standardize_prescription(context, r);
  }
  Result<EditedRecord> operator()(const ReceivedInjection& r) const {
    return standardize_injection(context, r);
  }
  Result<EditedRecord> operator()(const ReceivedLabResult& r) const {
    return standardize_lab_result(context, r);
  }
  Result<EditedRecord> operator()(const ReceivedMovement& r) const {
    return standardize_movement(context, r);
  }
  Result<EditedRecord> operator()(const ReceivedAllergy& r) const { return standardize_allergy(context, r); }
  Result<EditedRecord> operator()(const ReceivedMeal& r) const { return standardize_meal(context, r); }
  Result<EditedRecord> operator()(const ReceivedPatientMerge& r) const {
    return standardize_patient_merge(context, r);
  }
  Result<EditedRecord> operator()(const ReceivedExamination& r) const {
    return standardize_examination(context, r);
  }
  Result<EditedRecord> operator()(const ReceivedExaminationMaterial& r) const {
    return standardize_material(context, r);
  }
  Result<EditedRecord> operator()(const ReceivedObservation& r) const {
    return standardize_observation(context, r);
  }
  Result<EditedRecord> operator()(const ReceivedLabOrder& r) const {
    return standardize_lab_order(context, r);
  }
  Result<EditedRecord> operator()(const ReceivedMicrobiology& r) const {
    return standardize_microbiology(context, r);
  }
};

struct KindName {
  std::string_view operator()(const ReceivedPatient&) const { return "patient"; }
  std::string_view operator()(const ReceivedVisit&) const { return "visit"; }
  std::string_view operator()(const ReceivedAdmission&) const { return "admission"; }
  std::string_view operator()(const ReceivedDischarge&) const { return "discharge"; }
  std::string_view operator()(const ReceivedDiagnosis&) const { return "diagnosis"; }
  std::string_view operator()(const ReceivedPrescription&) const { return "prescription"; }
  std::string_view operator()(const ReceivedInjection&) const { return "injection"; }
  std::string_view operator()(const ReceivedLabResult&) const { return "lab_result"; }
  std::string_view operator()(const ReceivedMovement&) const { return "movement"; }
  std::string_view operator()(const ReceivedAllergy&) const { return "allergy"; }
  std::string_view operator()(const ReceivedMeal&) const { return "meal"; }
  std::string_view operator()(const ReceivedPatientMerge&) const { return "patient_merge"; }
  std::string_view operator()(const ReceivedExamination&) const { return "examination"; }
  std::string_view operator()(const ReceivedExaminationMaterial&) const { return "examination_material"; }
  std::string_view operator()(const ReceivedObservation&) const { return "observation"; }
  std::string_view operator()(const ReceivedLabOrder&) const { return "lab_order"; }
  std::string_view operator()(const ReceivedMicrobiology&) const { return "microbiology"; }
};

}  // namespace

StandardizedFile Standardizer::standardize(const ParsedFile& file, std::int64_t file_id) const {
  StandardizedFile out;
  const std::string patient_key =
      keys_.key_of(PatientNumberSource::kRecord, stated(file.patient_number).value_or("")).value_or("");
  const bool has_refused = keys_.has_refused(patient_key);
  if (!has_refused) out.findings = file.findings;
  out.records.reserve(file.records.size());
  const std::string own_number = comparable_number(file.patient_number);
  const std::optional<Moment> care = read_moment(file.care_date).moment;
  const std::optional<Date> care_date = care ? std::optional(care->date) : std::nullopt;

  for (const ReceivedRecord& record : file.records) {
    // That two numbers are one person is kept of who refused too, or a refusal would end at the merge.
    if (has_refused && !std::holds_alternative<ReceivedPatientMerge>(record.fields)) {
      ++out.refused;
      continue;
    }
    const Provenance provenance{.file_id = file_id, .segment = record.segment};
    const RecordContext context{.code_map = code_map_,
                                .keys = keys_,
                                .patient_key = patient_key,
                                .care_date = care_date,
                                .provenance = provenance,
                                .findings = out.findings};
    Result<EditedRecord> edited = Error{ErrorCode::kInvalidInput, "expected a patient number"};
    if (!patient_key.empty()) edited = std::visit(Dispatch{context}, record.fields);
    if (edited.ok()) {
      keep_no_identity(*edited, own_number, context);
      out.records.push_back(*std::move(edited));
    } else {
      out.rejected.push_back({.record_kind = std::string(std::visit(KindName{}, record.fields)),
                              .code = std::string(name_of(edited.error().code)),
                              .reason = edited.error().sentence,
                              .provenance = provenance});
    }
  }
  ENSURE(out.records.size() + out.rejected.size() + static_cast<std::size_t>(out.refused) == file.records.size());
  return out;
}

}  // namespace mimamori
