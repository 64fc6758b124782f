#pragma once

// For tests and the fuzz target only: a file read in parts, and its rows as text.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "dpc/dpc_reader.h"

namespace mimamori {

/// Everything that reading a file gave, parts put together.
struct ReadDpcFile {
  LoadedPart<DpcRows> all;
  TableFileOutcome outcome;
};

template <class T>
void append_all(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

inline void append_part(LoadedPart<DpcRows>& to, const LoadedPart<DpcRows>& from) {
  append_all(to.rows.patients, from.rows.patients);
  append_all(to.rows.stays, from.rows.stays);
  append_all(to.rows.diagnoses, from.rows.diagnoses);
  append_all(to.rows.surgeries, from.rows.surgeries);
  append_all(to.rows.items, from.rows.items);
  append_all(to.rows.charges, from.rows.charges);
  append_all(to.rows.procedures, from.rows.procedures);
  append_all(to.rows.drugs, from.rows.drugs);
  append_all(to.rows.devices, from.rows.devices);
  append_all(to.rows.comments, from.rows.comments);
  append_all(to.rows.bundles, from.rows.bundles);
  append_all(to.rows.nursing, from.rows.nursing);
  append_all(to.documents, from.documents);
  append_all(to.rejected, from.rejected);
  append_all(to.findings, from.findings);
  to.records += from.records;
  to.records_accepted += from.records_accepted;
  to.records_rejected += from.records_rejected;
  to.records_refused += from.records_refused;
}

/// Reads the bytes in parts of `lines_per_part` lines; 0 is all at once.
inline ReadDpcFile read_dpc_file(std::string_view name, std::string_view bytes, const PatientKeys& keys,
                                 std::size_t lines_per_part = 0) {
  constexpr std::int64_t kFileId = 7;
  DpcReader reader(name, kFileId, keys);
  ReadDpcFile file;
  while (lines_per_part > 0 && !bytes.empty()) {
    std::size_t end = 0;
    for (std::size_t i = 0; i < lines_per_part && end < bytes.size(); ++i) {
      const std::size_t feed = bytes.find('\n', end);
      end = feed == std::string_view::npos ? bytes.size() : feed + 1;
    }
    append_part(file.all, reader.read(bytes.substr(0, end), /*is_last=*/false));
    bytes.remove_prefix(end);
  }
  append_part(file.all, reader.read(bytes, /*is_last=*/true));
  file.outcome = reader.outcome();
  return file;
}

/// Writes columns as NAME=VALUE, in the order of the table; what is empty is left out.
struct DpcRowText {
  std::string text;
  void operator()(const char* name, const std::string& value) { add(name, value); }
  void operator()(const char* name, std::int64_t value) { add(name, std::to_string(value)); }
  void operator()(const char* name, double value) { add(name, std::to_string(value)); }
  void operator()(const char* name, bool value) { add(name, value ? "true" : "false"); }
  void operator()(const char* name, Date value) { add(name, to_iso(value)); }
  template <class T>
  void operator()(const char* name, const std::optional<T>& value) {
    if (value) (*this)(name, *value);
  }

 private:
  void add(const char* name, const std::string& value) {
    text += std::string(text.empty() || text.ends_with('\n') ? "" : " ") + name + "=" + value;
  }
};

/// Every row of every table, one a line, then documents, rejections and findings.
inline std::string text_of(const LoadedPart<DpcRows>& part) {
  DpcRowText out;
  const auto rows = [&out](const auto& table) {
    for (const auto& row : table) {
      out.text += std::string(row.kTable) + ":";
      row.columns(out);
      out.text += "\n";
    }
  };
  part.rows.tables(rows);
  rows(part.documents);
  rows(part.rejected);
  rows(part.findings);
  return out.text;
}

}  // namespace mimamori
