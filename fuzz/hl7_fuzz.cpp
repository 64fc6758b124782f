// Feeds read_ssmix2_file with a path (up to the first line feed) and bytes (the rest), and checks what must
// hold for any of them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ingest/decode.h"
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
  // The same bytes once more, the decoder by itself, and the same input twice.
  ENSURE(is_valid_utf8(decode(bytes).utf8));
  const ParsedFile again = read_ssmix2_file(path, bytes);
  ENSURE(again.status == file.status && again.records.size() == file.records.size() &&
         again.findings.size() == file.findings.size());
  return 0;
}
