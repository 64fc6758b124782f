// Feeds a claims file to UkeReader, whole and cut into parts at line ends, and checks what must hold for any
// bytes. The first line is the file's name and how many lines a part has: "RECEIPTC.UKE 3".

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "claims/uke_reader.h"
#include "ingest/decode.h"

namespace mimamori {
namespace {

/// Every text of a row is valid UTF-8, and its line is one of the file.
struct RowCheck {
  std::int64_t lines = 0;

  void operator()(const char*, const std::string& text) const { ENSURE(is_valid_utf8(text)); }
  void operator()(const char*, const std::optional<std::string>& text) const {
    ENSURE(!text || is_valid_utf8(*text));
  }
  void operator()(std::string_view column, std::int64_t value) const {
    if (column == "segment") ENSURE(value >= 0 && value <= lines);
  }
  template <class Value>
  void operator()(const char*, const Value&) const {}
};

/// What two readings must have alike.
struct Summary {
  std::int64_t records = 0;
  std::int64_t rows = 0;
  std::int64_t documents = 0;
  std::string encoding;
  bool changes_encoding = false;
};

void check(const LoadedPart<ClaimRows>& part, std::int64_t lines, Summary& summary) {
  const RowCheck row_is_sound{lines};
  const auto table_is_sound = [&](const auto& table) {
    for (const auto& row : table) row.columns(row_is_sound);
    summary.rows += static_cast<std::int64_t>(table.size());
  };
  part.rows.tables(table_is_sound);
  ENSURE(part.records == part.records_accepted + part.records_rejected + part.records_refused);
  ENSURE(part.records_rejected == static_cast<std::int64_t>(part.rejected.size()));
  for (const SourceDocument& document : part.documents) {
    ENSURE(document.first_segment >= 1 && document.first_segment <= document.last_segment);
    ENSURE(document.last_segment <= lines && document.sha256.size() == 64);
  }
  for (const RejectedRecord& rejected : part.rejected) rejected.columns(row_is_sound);
  for (const FindingRow& finding : part.findings) {
    finding.columns(row_is_sound);
    summary.changes_encoding |= finding.check_id == "uke_encoding_changes";
  }
  summary.records += part.records;
  summary.documents += static_cast<std::int64_t>(part.documents.size());
}

Summary read_in_parts(std::string_view name, std::string_view bytes, std::size_t lines_per_part) {
  static const Secret key = *Secret::from_hex(std::string(64, '7'));
  const PatientKeys keys(key);
  UkeReader reader(name, 1, keys);
  Summary summary;
  std::int64_t lines = 0;
  do {
    std::size_t end = 0;
    for (std::size_t i = 0; i < lines_per_part && end < bytes.size(); ++i, ++lines) {
      const std::size_t line_end = bytes.find('\n', end);
      end = line_end == std::string_view::npos ? bytes.size() : line_end + 1;
    }
    const std::string_view part = bytes.substr(0, end);
    bytes.remove_prefix(end);
    check(reader.read(part, bytes.empty()), lines, summary);
  } while (!bytes.empty());
  summary.encoding = reader.outcome().detected_encoding;
  ENSURE((reader.outcome().status == FileStatus::kRejected) == !reader.outcome().error.sentence.empty());
  return summary;
}

}  // namespace
}  // namespace mimamori

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mimamori;
  const std::string input(data, data + size);
  const std::size_t line = input.find('\n');
  const std::string head = input.substr(0, line);
  const std::string bytes = line == std::string::npos ? std::string() : input.substr(line + 1);
  const std::size_t blank = head.rfind(' ');
  const std::string name = head.substr(0, blank);
  const bool has_count = blank != std::string::npos && blank + 1 < head.size();
  const std::size_t lines_per_part = has_count ? 1 + static_cast<unsigned char>(head[blank + 1]) % 8U : 1;
  const Summary whole = read_in_parts(name, bytes, size + 1);
  const Summary cut = read_in_parts(name, bytes, lines_per_part);
  // A file in two character sets may be decoded otherwise when it is cut otherwise; any other gives the same.
  const bool comparable = whole.encoding == cut.encoding && !whole.changes_encoding && !cut.changes_encoding;
  ENSURE(!comparable ||
         (whole.documents == cut.documents && whole.records == cut.records && whole.rows == cut.rows));
  return 0;
}
