#pragma once

#include <optional>
#include <span>

#include "base/date.h"
#include "extract/dispensing.h"
#include "model/study_data_set.h"

namespace mimamori {

/// The first dispensing of either drug in the data window.
struct IndexDispensing {
  Date index_date;
  bool exposed = false;     // the exposure drug on that day
  bool comparator = false;  // the comparator drug on that day; both: the person belongs to no arm
  [[nodiscard]] bool one_arm() const { return exposed != comparator; }
  [[nodiscard]] Arm arm() const { return exposed ? Arm::kExposed : Arm::kComparator; }
};

/// Absent if no dispensing starts in the window.
std::optional<IndexDispensing> index_dispensing(std::span<const Dispensing> dispensings,
                                                DateRange data_window);

/// True if no dispensing of either arm starts in the washout window [index_date - washout, index_date).
/// The dispensing on the index date starts exposure.
bool is_free_of_study_drugs(std::span<const Dispensing> dispensings, Date index_date, Days washout);

/// True if the first record of the person is on or before index_date - history.
bool has_history(Date first_record, Date index_date, Days history);

}  // namespace mimamori
