#pragma once

#include <optional>
#include <string_view>

#include "base/date.h"
#include "model/study_data_set.h"

namespace mimamori {

/// Both limits belong to the interval; an absent limit is open. Units are those of the analyte.
struct ReferenceInterval {
  std::optional<double> lower;
  std::optional<double> upper;
  bool operator==(const ReferenceInterval&) const = default;
};

/// The interval of rules/reference_intervals.csv for results that carry no limits of their own.
/// Absent if the analyte has none, or has one per sex and the sex is unknown.
std::optional<ReferenceInterval> fallback_interval(std::string_view analyte_id, Sex sex, Date on);

}  // namespace mimamori
