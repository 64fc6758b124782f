#pragma once

#include <cstdint>
#include <vector>

#include "analyze/cox.h"

namespace mimamori {

/// The distinct event times of each stratum, and a quick way to count those until a time. Times within the
/// tie tolerance (1e-9 relative) are one; each stratum owns a run of slots, one per time and one end mark.
class CoxEventTimes {
 public:
  /// Of the rows with a weight above 0. Lengths must agree and times be finite.
  explicit CoxEventTimes(const CoxData& data);

  [[nodiscard]] std::size_t strata() const { return strata_.size(); }
  [[nodiscard]] std::size_t slots() const { return slots_; }
  /// Dense number of a row's stratum, in the order of the labels.
  [[nodiscard]] std::size_t stratum_of(std::size_t row) const { return dense_.empty() ? 0 : dense_[row]; }
  [[nodiscard]] std::uint32_t slot_begin(std::size_t stratum) const { return strata_[stratum].slot_begin; }
  /// How many event times of a stratum are at or before a time.
  [[nodiscard]] std::uint32_t count_until(std::size_t stratum, double time) const {
    const Stratum& own = strata_[stratum];
    if (time < own.threshold.front()) return 0;
    std::uint32_t count = own.count_before[own.bucket(time)];
    count += own.threshold[count] <= time ? 1U : 0U;  // nearly always the last one; without a jump
    while (own.threshold[count] <= time) ++count;
    return count;
  }

 private:
  struct Stratum {
    std::uint32_t slot_begin = 0;
    std::vector<double> threshold;  // event times, rising, each less its tolerance; then infinity
    // Equal steps in time, four per event time on average: how many thresholds lie before each.
    std::vector<std::uint32_t> count_before;
    double steps_per_time = 0;

    [[nodiscard]] std::size_t bucket(double time) const {
      const double step = (time - threshold.front()) * steps_per_time;
      const auto last = static_cast<double>(count_before.size() - 1);
      return static_cast<std::size_t>(
          static_cast<std::int64_t>(step < last ? step : last));  // signed: quicker
    }
  };

  std::vector<std::uint32_t> dense_;  // rows; empty: one stratum
  std::vector<Stratum> strata_;
  std::size_t slots_ = 0;
};

}  // namespace mimamori
