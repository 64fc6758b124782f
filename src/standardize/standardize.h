#pragma once

#include <cstdint>

#include "base/hash.h"
#include "model/edited.h"
#include "model/received.h"
#include "standardize/code_map.h"

namespace mimamori {

/// Turns the received records of one file into rows of the edited layer: standard codes chosen or
/// mapped, units converted, times read, each doubt noted as a finding. Pure: the same file, map and
/// key give the same rows.
class Standardizer {
 public:
  /// The map and the key are borrowed and must outlive the standardizer.
  Standardizer(const CodeMap& code_map, const Secret& site_key) : code_map_(code_map), site_key_(site_key) {}

  /// One row or one rejection for every received record, in their order; the findings of ingest/
  /// come first, then those made here. A record is rejected only where no row would mean anything:
  /// no patient number, or no usable date where the table needs one.
  [[nodiscard]] StandardizedFile standardize(const ParsedFile& file, std::int64_t file_id) const;

 private:
  const CodeMap& code_map_;
  const Secret& site_key_;
};

}  // namespace mimamori
