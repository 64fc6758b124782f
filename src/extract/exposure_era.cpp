#include "extract/exposure_era.h"

#include <algorithm>
#include <vector>

#include "base/result.h"

namespace mimamori {

Date last_exposed_day(std::span<const Dispensing> dispensings, Arm arm, Date index_date,
                      const EpisodeRule& rule) {
  std::vector<Dispensing> own;
  std::ranges::copy_if(dispensings, std::back_inserter(own),
                       [&](const Dispensing& d) { return d.arm == arm && d.starts_on >= index_date; });
  std::ranges::stable_sort(own, {}, &Dispensing::starts_on);
  ENSURE(!own.empty() && own.front().starts_on == index_date);
  Date covered_until = index_date;  // the day after the last covered one
  for (const Dispensing& dispensing : own) {
    if (dispensing.starts_on - covered_until > rule.gap) break;
    covered_until = std::max(covered_until, dispensing.starts_on + Days(dispensing.days_supply));
  }
  return covered_until - Days(1) + rule.grace;
}

}  // namespace mimamori
