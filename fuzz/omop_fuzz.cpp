// An input is the name of a file, a line feed, and its bytes: a table of the OMOP CDM as CSV, or the same
// packed with gzip or in a zip archive.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "ingest/decode.h"
#include "ingest/gunzip.h"
#include "ingest/zip.h"
#include "omop/omop_reader.h"
#include "omop/testing_parts.h"

namespace mimamori {
namespace {

constexpr std::uint64_t kPlainBytesMax = 1'000'000;

// What comes out of a packed file, as far as it is sound.
std::string unpacked(std::string_view packed, Gunzip::Form form, std::size_t step) {
  Gunzip gunzip({.form = form, .plain_bytes_max = kPlainBytesMax});
  gunzip.feed(packed);
  std::string plain;
  while (true) {
    const std::size_t before = plain.size();
    const Result<void> read = gunzip.read(plain, step);
    ENSURE(plain.size() - before <= step && plain.size() <= kPlainBytesMax + step);
    if (!read.ok() || plain.size() == before) break;
  }
  return plain;
}

std::string plain_bytes(std::string_view bytes) {
  if (is_gzip(bytes)) {
    std::string plain = unpacked(bytes, Gunzip::Form::kGzip, 4096);
    ENSURE(plain.starts_with(unpacked(bytes, Gunzip::Form::kGzip, 64 * 1024).substr(0, plain.size())));
    return plain;
  }
  std::string plain;
  if (is_zip(bytes)) {
    const Result<std::vector<ZipEntry>> entries = zip_entries(bytes);
    if (!entries.ok()) return plain;
    for (const ZipEntry& entry : *entries) {
      if (plain.size() > kPlainBytesMax) break;
      plain += entry.is_packed ? unpacked(entry.content, Gunzip::Form::kDeflate, 4096)
                               : std::string(entry.content);
    }
    return plain;
  }
  return std::string(bytes);
}

// Every text of the rows is UTF-8, and every row comes from a line of the file.
struct RowCheck {
  std::int64_t segments = 0;
  std::int64_t rows = 0;

  template <class Row>
  void operator()(const std::vector<Row>& table) {
    for (const Row& row : table) {
      ENSURE(row.provenance.segment >= 1 && row.provenance.segment <= segments);
      row.columns(*this);
      ++rows;
    }
  }
  void operator()(const char*, const std::string& text) const { ENSURE(is_valid_utf8(text)); }
  void operator()(const char*, const std::optional<std::string>& text) const {
    ENSURE(!text || is_valid_utf8(*text));
  }
  template <class Value>
  void operator()(const char*, const Value&) const {}
};

void check(const LoadedPart<OmopRows>& part, const TableFileOutcome& outcome) {
  ENSURE(part.records == part.records_accepted + part.records_rejected + part.records_refused);
  ENSURE(part.records_rejected == static_cast<std::int64_t>(part.rejected.size()));
  ENSURE((outcome.status == FileStatus::kRejected) == !outcome.error.sentence.empty());
  ENSURE(outcome.status == FileStatus::kAccepted || part.records == 0);
  RowCheck rows{.segments = outcome.segments, .rows = 0};
  part.rows.tables(rows);
  ENSURE(rows.rows >= part.records_accepted);
  std::int64_t previous = 0;
  for (const RejectedRecord& rejected : part.rejected) {
    ENSURE(rejected.provenance.segment > previous && rejected.provenance.segment <= outcome.segments);
    ENSURE(is_valid_utf8(rejected.reason));
    previous = rejected.provenance.segment;
  }
}

}  // namespace
}  // namespace mimamori

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mimamori;
  static const Secret secret = Secret::random();
  static const PatientKeys keys(secret);
  const std::string input(data, data + size);
  const std::size_t line = input.find('\n');
  const std::string name = input.substr(0, line);
  const std::string bytes =
      plain_bytes(line == std::string::npos ? "" : std::string_view(input).substr(line + 1));
  OmopReader reader(name, 1, keys);
  const LoadedPart<OmopRows> whole = read_in_parts(reader, bytes, bytes.size());
  check(whole, reader.outcome());
  // In parts of a line each: the same, but for an encoding that only the whole would show.
  OmopReader by_lines(name, 1, keys);
  const LoadedPart<OmopRows> parts = read_in_parts(by_lines, bytes, 1);
  check(parts, by_lines.outcome());
  ENSURE(by_lines.outcome().segments == reader.outcome().segments);
  if (is_valid_utf8(bytes) && bytes.find_first_of(std::string_view("\x1B\0", 2)) == std::string::npos) {
    ENSURE(by_lines.outcome().status == reader.outcome().status);
    ENSURE(parts.records == whole.records && parts.records_accepted == whole.records_accepted);
  }
  return 0;
}
