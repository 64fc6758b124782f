#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "analyze/cox_risk_sets.h"

namespace mimamori {

/// Calls visit(slot, rows at risk, its deaths last) for each event time, the last one first.
template <class Visit>
void for_each_risk_set(const CoxRiskSets& sets, Visit visit) {
  std::vector<std::vector<std::uint32_t>> closing(sets.slots);  // rows whose last slot this is
  for (std::size_t i = 0; i < sets.rows; ++i)
    closing[sets.last[i] - 1].push_back(static_cast<std::uint32_t>(i));
  std::vector<std::uint32_t> at_risk;
  for (std::size_t slot = sets.slots; slot-- > 0;) {
    if (sets.deaths[slot] == 0) {  // an end mark: the stratum before it begins
      at_risk.clear();
      continue;
    }
    std::erase_if(at_risk, [&](std::uint32_t row) { return sets.first[row] > slot; });
    const std::size_t survivors = at_risk.size();
    at_risk.insert(at_risk.end(), closing[slot].begin(), closing[slot].end());
    // The deaths of this time stand behind everyone who outlives it.
    std::stable_partition(at_risk.begin() + static_cast<std::ptrdiff_t>(survivors), at_risk.end(),
                          [&](std::uint32_t row) { return sets.event[row] == 0; });
    visit(slot, at_risk);
  }
}

}  // namespace mimamori
