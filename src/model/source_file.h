#pragma once

// The quality tables of the edited layer: what became of every received file, and the rules used.

#include <cstdint>
#include <optional>
#include <string>

#include "base/date.h"
#include "model/received.h"

namespace mimamori {

/// One row per received file. Its path holds a patient number and stays in the received layer.
struct SourceFile {
  static constexpr const char* kTable = "source_file";
  std::int64_t file_id = 0;
  std::int64_t batch_id = 0;
  std::string sha256;
  std::int64_t size_bytes = 0;
  std::string format;          // ssmix2, claims, dpc, omop
  std::string data_type;
  std::string care_date;
  std::string condition_flag;
  std::string message_type;
  std::string declared_encoding;
  std::string detected_encoding;
  std::string status;          // name_of(FileStatus), or "superseded"
  std::optional<std::string> reason_code;
  std::optional<std::string> reason;
  std::int64_t segments = 0;
  std::int64_t records = 0;    // records_accepted + records_rejected + records_refused
  std::int64_t records_accepted = 0;
  std::int64_t records_rejected = 0;
  std::int64_t records_refused = 0;   // of patients who refused the use of their data
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("file_id", file_id);
    visit("batch_id", batch_id);
    visit("sha256", sha256);
    visit("size_bytes", size_bytes);
    visit("format", format);
    visit("data_type", data_type);
    visit("care_date", care_date);
    visit("condition_flag", condition_flag);
    visit("message_type", message_type);
    visit("declared_encoding", declared_encoding);
    visit("detected_encoding", detected_encoding);
    visit("status", status);
    visit("reason_code", reason_code);
    visit("reason", reason);
    visit("segments", segments);
    visit("records", records);
    visit("records_accepted", records_accepted);
    visit("records_rejected", records_rejected);
    visit("records_refused", records_refused);
  }
};

/// One finding of ingest/ or standardize/ with its place.
struct FindingRow {
  static constexpr const char* kTable = "finding";
  std::int64_t file_id = 0;
  std::int64_t segment = 0;    // 0: the file as a whole
  std::string check_id;
  std::string severity;        // error, warning, info
  std::string field;
  std::string sentence;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("file_id", file_id);
    visit("segment", segment);
    visit("check_id", check_id);
    visit("severity", severity);
    visit("field", field);
    visit("sentence", sentence);
  }
};

/// A line of the hospital's own code map, as it was used.
struct CodeMapRow {
  static constexpr const char* kTable = "code_map";
  std::string category;        // drug, lab
  std::string local_system;
  std::string local_code;
  std::string standard_system;
  std::string standard_code;
  std::optional<Date> valid_from;
  std::optional<Date> valid_to;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("category", category);
    visit("local_system", local_system);
    visit("local_code", local_code);
    visit("standard_system", standard_system);
    visit("standard_code", standard_code);
    visit("valid_from", valid_from);
    visit("valid_to", valid_to);
  }
};

/// A unit rule, as it was used: value in standard_unit = value in accepted_unit x factor.
struct UnitRuleRow {
  static constexpr const char* kTable = "unit_rule";
  std::string analyte;         // JLAC10, first five characters
  std::string accepted_unit;   // in normalized spelling
  std::string standard_unit;
  double factor = 1;
  std::optional<Date> valid_from;
  std::optional<Date> valid_to;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("analyte", analyte);
    visit("accepted_unit", accepted_unit);
    visit("standard_unit", standard_unit);
    visit("factor", factor);
    visit("valid_from", valid_from);
    visit("valid_to", valid_to);
  }
};

}  // namespace mimamori
