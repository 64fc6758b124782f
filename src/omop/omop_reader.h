#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "model/omop.h"
#include "model/table_file.h"
#include "standardize/patient_keys.h"

namespace mimamori {

/// Reads one CSV file of an OMOP CDM 5.3 or 5.4 part by part (docs/formats/omop.md). Each file is read alone:
/// whether its persons and visits exist is asked afterwards, in SQL (omop_orphans_sql).
///
/// A record is a row below the header. Its segment is its first line in the file. There are no documents: a
/// table is replaced when its file is received again.
class OmopReader {
 public:
  /// file_name: last part of the path, without .gz; tells the table where it can, else the header does.
  /// keys is borrowed.
  OmopReader(std::string_view file_name, std::int64_t file_id, const PatientKeys& keys);
  OmopReader(OmopReader&&) noexcept;
  OmopReader& operator=(OmopReader&&) noexcept;
  ~OmopReader();

  /// Whole lines in order; is_last with the last part (which may be empty).
  LoadedPart<OmopRows> read(std::string_view bytes, bool is_last);

  /// Complete after the last part. data_type is "omop:" and the table's name. Statuses: kAccepted; kNotRead
  /// for a table of the CDM that feeds nothing; kRejected for one whose header lacks a required column;
  /// kNotOurs where neither name nor header is of a table.
  [[nodiscard]] const TableFileOutcome& outcome() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// After all files were appended and while patient_message still holds every snapshot of a patient: one
/// finding per file with rows of persons that no person table has, and one per file with rows of visits that
/// no visit_occurrence table has.
std::string_view omop_orphans_sql();

/// Gives laboratory results the UCUM code of their unit where the vocabulary was loaded ("OMOP:8840" ->
/// "mg/dL").
std::string_view omop_units_sql();

}  // namespace mimamori
