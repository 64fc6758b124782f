#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "dpc/dpc_kind.h"
#include "model/dpc.h"
#include "model/table_file.h"
#include "standardize/patient_keys.h"

namespace mimamori {

/// Reads one file of the DPC survey part by part. What the file is, its name and its lines say; where they
/// disagree the lines win. Facts and section numbers: reference/claims-dpc.md 2 and 4.
class DpcReader {
 public:
  /// file_name: last part of the path, a hint. keys are borrowed.
  DpcReader(std::string_view file_name, std::int64_t file_id, const PatientKeys& keys);
  ~DpcReader();
  DpcReader(const DpcReader&) = delete;
  DpcReader& operator=(const DpcReader&) = delete;

  /// Whole lines in order; is_last with the last part, which may be empty. Rows may come in a later part than
  /// their line: those of a stay when it ends.
  LoadedPart<DpcRows> read(std::string_view bytes, bool is_last);

  /// Complete after the last part. kRejected: no line was of a known layout, or too many lines had another
  /// number of columns (rules/limits.csv): rows handed over earlier are then to be taken back. kNotRead: a
  /// file whose layout is not public (K).
  [[nodiscard]] const TableFileOutcome& outcome() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mimamori
