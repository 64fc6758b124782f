#include "analyze/cox_event_times.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mimamori {
namespace {

// Times closer than this are one time (relative to the event time).
constexpr double kTieTolerance = 1e-9;

std::vector<std::uint32_t> dense_strata(std::span<const std::int32_t> labels, std::size_t& strata) {
  strata = 1;
  if (labels.empty()) return {};
  std::vector<std::int32_t> distinct(labels.begin(), labels.end());
  std::ranges::sort(distinct);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  strata = distinct.size();
  std::vector<std::uint32_t> dense(labels.size());
  const auto width = static_cast<std::size_t>(std::int64_t{distinct.back()} - distinct.front()) + 1;
  if (width <= 4 * labels.size()) {  // a table is quicker than a search
    std::vector<std::uint32_t> number(width, 0);
    for (std::size_t k = 0; k < strata; ++k) {
      number[static_cast<std::size_t>(std::int64_t{distinct[k]} - distinct.front())] =
          static_cast<std::uint32_t>(k);
    }
    for (std::size_t i = 0; i < labels.size(); ++i) {
      dense[i] = number[static_cast<std::size_t>(std::int64_t{labels[i]} - distinct.front())];
    }
    return dense;
  }
  for (std::size_t i = 0; i < labels.size(); ++i) {
    dense[i] = static_cast<std::uint32_t>(std::ranges::lower_bound(distinct, labels[i]) - distinct.begin());
  }
  return dense;
}

}  // namespace

CoxEventTimes::CoxEventTimes(const CoxData& data) {
  std::size_t strata = 0;
  dense_ = dense_strata(data.stratum, strata);
  std::vector<std::vector<double>> times(strata);
  for (std::size_t i = 0; i < data.stop.size(); ++i) {
    const bool counts = data.event[i] != 0 && (data.weight.empty() || data.weight[i] > 0);
    if (counts) times[stratum_of(i)].push_back(data.stop[i]);
  }
  strata_.resize(strata);
  for (std::size_t k = 0; k < strata; ++k) {
    Stratum& own = strata_[k];
    std::ranges::sort(times[k]);
    const auto ties = [](double a, double b) { return b - a <= kTieTolerance * std::abs(b); };
    times[k].erase(std::unique(times[k].begin(), times[k].end(), ties), times[k].end());
    for (const double time : times[k]) own.threshold.push_back(time - kTieTolerance * std::abs(time));
    own.slot_begin = static_cast<std::uint32_t>(slots_);
    slots_ += own.threshold.size() + 1;
    const std::size_t count = own.threshold.size();
    own.threshold.push_back(std::numeric_limits<double>::infinity());
    const double width = count == 0 ? 0 : own.threshold[count - 1] - own.threshold.front();
    own.count_before.assign(4 * count + 2, 0);
    if (width > 0) own.steps_per_time = static_cast<double>(4 * count) / width;
    for (std::size_t t = 0; t < count; ++t) {
      const std::size_t bucket = own.bucket(own.threshold[t]);
      if (bucket + 1 < own.count_before.size()) ++own.count_before[bucket + 1];
    }
    for (std::size_t b = 1; b < own.count_before.size(); ++b) own.count_before[b] += own.count_before[b - 1];
  }
}

}  // namespace mimamori
