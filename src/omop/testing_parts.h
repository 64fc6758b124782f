#pragma once

// For tests and the fuzz target: a whole file through a reader, in parts of whole lines.

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "omop/omop_reader.h"

namespace mimamori {

template <class Row>
void append_rows(std::vector<Row>& all, std::vector<Row>& some) {
  all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
}

/// Puts a part behind those before.
inline void append_part(LoadedPart<OmopRows>& whole, LoadedPart<OmopRows> part) {
  append_rows(whole.rows.patients, part.rows.patients);
  append_rows(whole.rows.visits, part.rows.visits);
  append_rows(whole.rows.admissions, part.rows.admissions);
  append_rows(whole.rows.diagnoses, part.rows.diagnoses);
  append_rows(whole.rows.prescriptions, part.rows.prescriptions);
  append_rows(whole.rows.lab_results, part.rows.lab_results);
  append_rows(whole.rows.records, part.rows.records);
  append_rows(whole.rows.procedures, part.rows.procedures);
  append_rows(whole.rows.observations, part.rows.observations);
  append_rows(whole.rows.devices, part.rows.devices);
  append_rows(whole.rows.deaths, part.rows.deaths);
  append_rows(whole.rows.observation_periods, part.rows.observation_periods);
  append_rows(whole.rows.concepts, part.rows.concepts);
  append_rows(whole.rows.concept_ancestors, part.rows.concept_ancestors);
  append_rows(whole.rows.concept_relationships, part.rows.concept_relationships);
  append_rows(whole.rejected, part.rejected);
  append_rows(whole.findings, part.findings);
  whole.records += part.records;
  whole.records_accepted += part.records_accepted;
  whole.records_rejected += part.records_rejected;
  whole.records_refused += part.records_refused;
}

/// Cuts bytes behind a line feed into parts of about part_bytes and hands each over.
inline void for_each_part(std::string_view bytes, std::size_t part_bytes,
                          const std::function<void(std::string_view part, bool is_last)>& take) {
  while (bytes.size() > part_bytes) {
    const std::size_t end = bytes.find('\n', part_bytes);
    if (end == std::string_view::npos) break;
    take(bytes.substr(0, end + 1), false);
    bytes.remove_prefix(end + 1);
  }
  take(bytes, true);
}

/// Reads a whole file.
inline LoadedPart<OmopRows> read_in_parts(OmopReader& reader, std::string_view bytes,
                                          std::size_t part_bytes) {
  LoadedPart<OmopRows> whole;
  for_each_part(bytes, part_bytes, [&](std::string_view part, bool is_last) {
    const std::string borrowed(part);  // gone before the next part, as in the loader
    append_part(whole, reader.read(borrowed, is_last));
  });
  return whole;
}

}  // namespace mimamori
