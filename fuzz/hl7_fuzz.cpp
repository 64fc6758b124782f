// Feeds read_ssmix2_file with a path (up to the first line feed) and bytes (the rest), and checks what must
// hold for any of them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ingest/change_feed.h"
#include "ingest/cut_characters.h"
#include "ingest/decode.h"
#include "ingest/extended_path.h"
#include "ingest/hl7.h"
#include "ingest/ssmix2_reader.h"

namespace mimamori {
namespace {

/// Every text of a record is valid UTF-8.
struct TextCheck {
  void operator()(const std::string& text) const { ENSURE(is_valid_utf8(text)); }
  void operator()(const Coded& coded) const {
    (*this)(coded.code);
    (*this)(coded.text);
    (*this)(coded.system);
  }
  void operator()(const CodedPair& pair) const {
    (*this)(pair.first);
    (*this)(pair.second);
  }
  void operator()(const ReceivedPatient& r) const { all(r.birth_date, r.sex, r.updated_at); }
  void operator()(const ReceivedVisit& r) const { all(r.visited_at, r.department); }
  void operator()(const ReceivedAdmission& r) const { all(r.admitted_at, r.department); }
  void operator()(const ReceivedDischarge& r) const {
    all(r.admitted_at, r.discharged_at, r.department, r.disposition);
  }
  void operator()(const ReceivedDiagnosis& r) const {
    all(r.disease, r.action, r.instance_id, r.icd10, r.suspected, r.outcome, r.onset_on, r.suffix_modifiers);
  }
  void operator()(const ReceivedPrescription& r) const {
    all(r.order_number, r.drug, r.second_drug_code, r.dose, r.dose_unit, r.daily_dose, r.total_unit,
        r.usage_code, r.duration, r.route);
    for (const std::string& kind : r.dispensing_kinds) (*this)(kind);
  }
  void operator()(const ReceivedInjection& r) const {
    all(r.order_number, r.component_kind, r.drug, r.dose, r.dose_unit, r.route);
  }
  void operator()(const ReceivedLabResult& r) const {
    all(r.order_number, r.specimen, r.group, r.item, r.value, r.unit_code, r.unit_text, r.reference_range,
        r.abnormal_flag);
  }
  void operator()(const ReceivedMovement& r) const {
    all(r.kind, r.moved_at, r.moved_field, r.expected_return_at, r.department, r.ward, r.previous_ward);
  }
  void operator()(const ReceivedAllergy& r) const {
    all(r.allergy_class, r.allergen, r.severity, r.action, r.onset_on, r.clinical_status, r.known_at);
  }
  void operator()(const ReceivedMeal& r) const { all(r.order_number, r.meal_type, r.diet, r.department); }
  void operator()(const ReceivedPatientMerge& r) const { all(r.old_number, r.merged_at); }
  void operator()(const ReceivedRequest& r) const {
    all(r.order_number, r.order_action, r.ordered_at, r.examined_at, r.planned_at, r.setting, r.department);
  }
  void operator()(const ReceivedExamination& r) const {
    all(r.request, r.parent_order, r.procedure, r.reported_at, r.result_status, r.modality);
  }
  void operator()(const ReceivedExaminationMaterial& r) const {
    all(r.request, r.material_class, r.material, r.amount, r.unit);
  }
  void operator()(const ReceivedObservation& r) const {
    all(r.origin, r.request, r.item, r.sub_id, r.value, r.coded_value, r.unit_code, r.unit_text,
        r.abnormal_flag);
  }
  void operator()(const ReceivedLabOrder& r) const {
    all(r.order_number, r.planned_at, r.planned_field, r.specimen, r.item, r.department);
  }
  void operator()(const ReceivedMicrobiology& r) const {
    all(r.order_number, r.specimen, r.group, r.item, r.sub_id, r.name, r.amount, r.value, r.unit_code,
        r.unit_text, r.interpretation, r.organism);
  }

 private:
  template <class... Values>
  void all(const Values&... values) const {
    ((*this)(values), ...);
  }
};

void check(const ParsedFile& file) {
  const TextCheck text_is_valid;
  text_is_valid(file.message_type);
  text_is_valid(file.declared_encoding);
  const bool rejected = file.status == FileStatus::kRejected;
  ENSURE(rejected != file.error.sentence.empty());
  ENSURE(file.status == FileStatus::kAccepted || file.records.empty());
  std::uint32_t previous = 0;
  for (const ReceivedRecord& record : file.records) {
    ENSURE(record.segment >= 1 && record.segment <= file.segments);
    previous = record.segment;
    std::visit(text_is_valid, record.fields);
  }
  ENSURE(previous <= file.segments);
  for (const Finding& finding : file.findings) {
    ENSURE(finding.segment <= file.segments);
    ENSURE(!finding.check.empty() && !finding.severity.empty());
    text_is_valid(finding.sentence);
  }
}

/// What a storage says about its own changes: reading in two parts gives what reading at once gives, and no
/// path leads out of the root.
void check_change_feed(std::string_view path, std::string_view bytes) {
  ENSURE(!identity_of_path(path).empty() || path.empty());
  const TransactionPart whole = read_transactions(bytes, 0);
  const TransactionPart first = read_transactions(bytes.substr(0, bytes.size() / 2), 0);
  const TransactionPart rest = read_transactions(bytes, first.next_offset);
  ENSURE(whole.next_offset == rest.next_offset);
  for (const TransactionEntry& entry : whole.entries)
    ENSURE(entry.folder().find("/../") == std::string::npos);
  const Result<IndexChanges> changes = read_index_export(bytes, "");
  if (!changes.ok()) return;
  for (const IndexedFile& file : changes->files)
    ENSURE(!file.path.starts_with('/') && !file.path.starts_with("../"));
}

}  // namespace
}  // namespace mimamori

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mimamori;
  const std::string input(data, data + size);
  const std::size_t line = input.find('\n');
  const std::string path = input.substr(0, line);
  const std::string bytes = line == std::string::npos ? std::string() : input.substr(line + 1);
  const ParsedFile file = read_ssmix2_file(path, bytes);
  check(file);
  check_change_feed(path, bytes);
  // The same bytes once more, the decoder by itself, and the same input twice.
  const Decoded decoded = decode(bytes);
  ENSURE(is_valid_utf8(decoded.utf8));
  for (const DecodePlace& place : decoded.replaced)
    ENSURE(place.byte < bytes.size() && place.utf8 < decoded.utf8.size());
  ENSURE(mend_cut_characters(bytes).size() == bytes.size());
  const ParsedFile again = read_ssmix2_file(path, bytes);
  ENSURE(again.status == file.status && again.records.size() == file.records.size() &&
         again.findings.size() == file.findings.size());
  return 0;
}
