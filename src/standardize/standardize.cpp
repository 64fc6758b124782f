#include "standardize/standardize.h"

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
};

}  // namespace

StandardizedFile Standardizer::standardize(const ParsedFile& file, std::int64_t file_id) const {
  StandardizedFile out;
  out.findings = file.findings;
  out.records.reserve(file.records.size());
  const bool has_patient = stated(file.patient_number).has_value();
  const std::string patient_key = has_patient ? site_key_.keyed_hash("patient", file.patient_number) : "";
  const std::optional<Moment> care = read_moment(file.care_date).moment;
  const std::optional<Date> care_date = care ? std::optional(care->date) : std::nullopt;

  for (const ReceivedRecord& record : file.records) {
    const Provenance provenance{.file_id = file_id, .segment = record.segment};
    const RecordContext context{.code_map = code_map_,
                                .patient_key = patient_key,
                                .care_date = care_date,
                                .provenance = provenance,
                                .findings = out.findings};
    Result<EditedRecord> edited = Error{ErrorCode::kInvalidInput, "expected a patient number"};
    if (has_patient) edited = std::visit(Dispatch{context}, record.fields);
    if (edited.ok()) {
      out.records.push_back(*std::move(edited));
    } else {
      out.rejected.push_back({.record_kind = std::string(std::visit(KindName{}, record.fields)),
                              .code = std::string(name_of(edited.error().code)),
                              .reason = edited.error().sentence,
                              .provenance = provenance});
    }
  }
  ENSURE(out.records.size() + out.rejected.size() == file.records.size());
  return out;
}

}  // namespace mimamori
