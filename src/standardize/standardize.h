#pragma once

#include <cstdint>

#include "model/edited.h"
#include "model/received.h"
#include "standardize/code_map.h"
#include "standardize/patient_keys.h"

namespace mimamori {

/// Turns the received records of one file into rows of the edited layer: standard codes chosen or
/// mapped, units converted, times read, each doubt noted as a finding. Pure: the same file, map and
/// key give the same rows.
class Standardizer {
 public:
  /// The map and the keys are borrowed and must outlive the standardizer.
  Standardizer(const CodeMap& code_map, const PatientKeys& keys) : code_map_(code_map), keys_(keys) {}

  /// One row or one rejection for every received record, in their order, unless the patient refused the use
  /// of their data: then neither, but the number of records (merges of patient numbers aside). The findings of ingest/ come first, then those
  /// made here. A record is rejected only where no row would mean anything:
  /// no patient number, or no usable date where the table needs one.
  [[nodiscard]] StandardizedFile standardize(const ParsedFile& file, std::int64_t file_id) const;

 private:
  const CodeMap& code_map_;
  const PatientKeys& keys_;
};

}  // namespace mimamori
