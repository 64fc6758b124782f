#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace mimamori {

/// Times closer than this, relative to the later one, are one time, so that sums of decimal years tie as the
/// days they stand for do.
inline constexpr double kTimeTolerance = 1e-9;

/// The distinct times, rising.
inline std::vector<double> distinct_times(std::vector<double> times) {
  std::ranges::sort(times);
  const auto tied = [](double a, double b) { return b - a <= kTimeTolerance * std::abs(b); };
  times.erase(std::unique(times.begin(), times.end(), tied), times.end());
  return times;
}

/// How many of the distinct times are at or before a time.
inline std::size_t count_until(std::span<const double> times, double time) {
  const auto after = [](double t, double other) { return t < other - kTimeTolerance * std::abs(other); };
  return static_cast<std::size_t>(std::upper_bound(times.begin(), times.end(), time, after) - times.begin());
}

/// How many of the distinct times are before a time.
inline std::size_t count_before(std::span<const double> times, double time) {
  const auto before = [](double other, double t) { return other < t - kTimeTolerance * std::abs(t); };
  return static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), time, before) - times.begin());
}

}  // namespace mimamori
