// Feeds DpcReader with the name of a file (up to the first line feed) and its bytes (the rest), whole and in
// two parts, and checks what must hold for any of them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dpc/testing_files.h"
#include "ingest/decode.h"

namespace mimamori {
namespace {

const PatientKeys& keys() {
  static const Secret secret = *Secret::from_hex(std::string(64, 'a'));
  static const PatientKeys all = [] {
    PatientKeys some(secret);
    ENSURE(some.read_refusals("patient_number,refused_on\n4,2024-01-01\n").ok());
    return some;
  }();
  return all;
}

void check(const ReadDpcFile& file) {
  const LoadedPart<DpcRows>& all = file.all;
  ENSURE(all.records == all.records_accepted + all.records_rejected + all.records_refused);
  ENSURE(all.records_rejected == static_cast<std::int64_t>(all.rejected.size()));
  ENSURE((file.outcome.status == FileStatus::kRejected) != file.outcome.error.sentence.empty());
  for (const FindingRow& finding : all.findings) {
    ENSURE(finding.segment >= 0 && finding.segment <= file.outcome.segments);
  }
  for (const RejectedRecord& rejected : all.rejected) {
    ENSURE(rejected.provenance.segment >= 1 && rejected.provenance.segment <= file.outcome.segments);
  }
  std::int64_t previous = 0;
  for (const SourceDocument& document : all.documents) {
    ENSURE(previous < document.first_segment && document.first_segment <= document.last_segment);
    ENSURE(document.last_segment <= file.outcome.segments);
    previous = document.last_segment;
  }
}

}  // namespace
}  // namespace mimamori

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mimamori;
  const std::string input(data, data + size);
  const std::size_t line = input.find('\n');
  const std::string name = input.substr(0, line);
  const std::string bytes = line == std::string::npos ? std::string() : input.substr(line + 1);
  const ReadDpcFile file = read_dpc_file(name, bytes, keys());
  check(file);
  const std::string text = text_of(file.all);
  ENSURE(is_valid_utf8(text));
  // Once more, a line at a time: the counts agree, and all of it where no character set has to be found.
  const ReadDpcFile parts = read_dpc_file(name, bytes, keys(), 1);
  check(parts);
  ENSURE(parts.outcome.segments == file.outcome.segments);
  const bool is_plain = detect_encoding(bytes) == "ASCII" && bytes.find('\0') == std::string::npos;
  if (is_plain) ENSURE(text_of(parts.all) == text);
  return 0;
}
