#pragma once

// What the row structs of the edited layer have in common.

#include <cstdint>
#include <optional>

#include "base/date.h"

namespace mimamori {

/// A moment in local time, to the precision that was given.
struct Moment {
  Date date;
  std::optional<std::int32_t> second_of_day;   // absent: only the date was given
  bool operator==(const Moment&) const = default;
};

/// The day of a moment, for the *_on column beside each *_at column.
inline std::optional<Date> day_of(const std::optional<Moment>& moment) {
  return moment ? std::optional<Date>(moment->date) : std::nullopt;
}

/// Where a row came from: the file of the received layer and the segment in it (1 is MSH).
struct Provenance {
  std::int64_t file_id = 0;
  std::int64_t segment = 0;
};

template <class Visit, class Row>
void provenance_columns(Visit& visit, Row& row) {
  visit("file_id", row.provenance.file_id);
  visit("segment", row.provenance.segment);
}

}  // namespace mimamori
