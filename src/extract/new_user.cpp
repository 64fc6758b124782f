#include "extract/new_user.h"

#include <algorithm>

namespace mimamori {

std::optional<IndexDispensing> index_dispensing(std::span<const Dispensing> dispensings,
                                                DateRange data_window) {
  std::optional<IndexDispensing> index;
  for (const Dispensing& dispensing : dispensings) {
    if (!data_window.contains(dispensing.starts_on)) continue;
    if (index && index->index_date < dispensing.starts_on) continue;
    if (!index || dispensing.starts_on < index->index_date) {
      index = IndexDispensing{.index_date = dispensing.starts_on};
    }
    (dispensing.arm == Arm::kExposed ? index->exposed : index->comparator) = true;
  }
  return index;
}

bool is_free_of_study_drugs(std::span<const Dispensing> dispensings, Date index_date, Days washout) {
  const DateRange window{.start = index_date - washout, .end = index_date};
  return std::ranges::none_of(dispensings, [&](const Dispensing& d) { return window.contains(d.starts_on); });
}

bool has_history(Date first_record, Date index_date, Days history) {
  return first_record <= index_date - history;
}

}  // namespace mimamori
