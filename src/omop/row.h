#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/edited.h"
#include "model/source_file.h"

namespace mimamori {

/// A kind of finding: its name everywhere, how bad it is, and its sentence, which ends in the number of rows.
struct OmopFinding {
  std::string_view check;
  std::string_view severity;
  std::string_view sentence;
};

namespace omop_findings {

inline constexpr OmopFinding kHeaderRepaired{
    "omop_header_repaired", "info", "expected bare column names; recognised a name inside an expression"};
inline constexpr OmopFinding kColumnMissing{
    "omop_column_missing", "info", "expected every column of the table; what is not there stays empty"};
inline constexpr OmopFinding kColumnUnknown{"omop_column_unknown", "info",
                                            "expected only columns of the CDM; others were not read"};
inline constexpr OmopFinding kColumnTwice{"omop_column_twice", "warning",
                                          "expected each column once; the first of that name was read"};
inline constexpr OmopFinding kDelimiter{"omop_delimiter", "info", "expected commas between the fields"};
inline constexpr OmopFinding kTableByHeader{"omop_table_by_header", "warning",
                                            "expected a file name of the table that the header shows"};
inline constexpr OmopFinding kNotUtf8{"omop_not_utf8", "warning",
                                      "expected UTF-8; another encoding was read"};
inline constexpr OmopFinding kUndecodable{"undecodable_bytes", "warning",
                                          "some bytes are no characters; U+FFFD stands for them"};
inline constexpr OmopFinding kSeveralLines{"omop_several_lines", "info",
                                           "a field in quotes holds line breaks; the row was read"};
inline constexpr OmopFinding kDateUnreadable{"omop_date_unreadable", "warning",
                                             "expected a real date as YYYY-MM-DD; it stays empty"};
inline constexpr OmopFinding kNumberUnreadable{"omop_number_unreadable", "warning",
                                               "expected a number; it stays empty"};
inline constexpr OmopFinding kDatesDisagree{"omop_dates_disagree", "warning",
                                            "expected date and datetime on one day; the date was taken"};
inline constexpr OmopFinding kEndBeforeStart{"omop_end_before_start", "warning",
                                             "expected an end on or after the start; both stay as they came"};
inline constexpr OmopFinding kBirthInferred{
    "omop_birth_inferred", "info",
    "expected day and month of birth; the first of the month, or 15 June of the year, stands in"};
inline constexpr OmopFinding kConceptMissing{"omop_concept_missing", "info",
                                             "expected a standard concept; the source's own code was taken"};
inline constexpr OmopFinding kTextLeft{
    "omop_text_left", "info", "a text that is no code may name a person; it stays in the received layer"};
inline constexpr OmopFinding kVisitKind{
    "omop_visit_kind_unknown", "info", "expected a visit concept; the row was taken for an outpatient visit"};
inline constexpr OmopFinding kDrugType{
    "omop_drug_type_unknown", "info",
    "expected a type that tells orders from dispensing; taken for an order"};
inline constexpr OmopFinding kNegative{"omop_negative_amount", "warning",
                                       "expected no negative amount; it stays empty"};

}  // namespace omop_findings

/// Findings of a part, counted by kind and column, so that a column that is wrong in every row gives one
/// finding.
class OmopFindings {
 public:
  void note(const OmopFinding& kind, std::string_view field, std::int64_t line);
  /// Appends them in a fixed order, with their first line and the number of rows, and forgets them.
  void take(std::int64_t file_id, std::vector<FindingRow>& findings);

 private:
  struct Tally {
    const OmopFinding* kind = nullptr;
    std::int64_t first_line = 0;
    std::int64_t rows = 0;
  };
  std::map<std::pair<std::string_view, std::string_view>, Tally> tallies_;  // by check and field
};

struct OmopColumn;

/// One row of a CDM table, asked by the number of a column in its OmopTable. What cannot be read is noted and
/// empty. NULL, NA, \N and blanks are empty; 0 is no concept.
class OmopRow {
 public:
  OmopRow(std::span<const OmopColumn> columns, std::span<const std::size_t> places, OmopFindings& findings)
      : columns_(columns), places_(places), findings_(findings) {}

  /// Turns to the next row.
  void set(std::span<const std::string_view> fields, std::int64_t file_id, std::int64_t line) {
    fields_ = fields;
    provenance_ = {.file_id = file_id, .segment = line};
  }
  void set_patient(std::string_view patient_key) { patient_key_ = patient_key; }
  [[nodiscard]] std::string patient_key() const { return std::string(patient_key_); }
  [[nodiscard]] Provenance provenance() const { return provenance_; }

  [[nodiscard]] std::string_view text(std::size_t column) const;
  /// The text, or nothing if it is empty.
  [[nodiscard]] std::optional<std::string> stated(std::size_t column) const;
  std::optional<std::int64_t> integer(std::size_t column);
  /// A concept id; nothing for 0, which means that none was found.
  std::optional<std::int64_t> concept_id(std::size_t column);
  std::optional<double> number(std::size_t column);
  /// A number that cannot be below zero and means nothing where it is zero (days of supply, quantity).
  std::optional<double> amount(std::size_t column);
  std::optional<Date> date(std::size_t column);
  /// Day and, if the datetime column has one other than midnight, time. CDM sources write midnight for
  /// "unknown".
  std::optional<Moment> moment(Date day, std::size_t datetime_column);

  /// Errors  kInvalidInput: the column holds none.
  Result<std::int64_t> required_integer(std::size_t column);
  Result<Date> required_date(std::size_t column);

  /// Notes an end before its start.
  void check_order(Date start, std::optional<Date> end, std::size_t end_column);
  void note(const OmopFinding& kind, std::size_t column);

 private:
  std::span<const OmopColumn> columns_;
  std::span<const std::size_t> places_;
  OmopFindings& findings_;
  std::span<const std::string_view> fields_;
  std::string_view patient_key_;
  Provenance provenance_;
};

/// A code and its system: the standard concept, else the source concept (both of system "OMOP"), else the
/// source's own value where that looks like a code ("OMOP source").
struct OmopCode {
  std::optional<std::string> code;
  std::optional<std::string> system;
};
struct OmopCodeColumns {
  std::size_t concept_id = 0;
  std::size_t source_concept_id = 0;
  std::size_t source_value = 0;
};
OmopCode omop_code(OmopRow& row, const OmopCodeColumns& columns);

/// Whether a source value can be kept as a code: letters, digits and signs of codes, with a digit, no blank.
bool looks_like_code(std::string_view text);

}  // namespace mimamori
