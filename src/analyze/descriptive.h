#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace mimamori {

/// Mean and standard deviation (divisor: count - 1).
struct MeanSpread {
  std::int64_t count = 0;
  std::optional<double> mean;                // absent without values
  std::optional<double> standard_deviation;  // absent with fewer than two
};
MeanSpread mean_and_spread(std::span<const double> values);

/// The value below which a share (0..1) of the sorted values lies, by linear interpolation (type 7 of
/// Hyndman RJ, Fan Y (1996) Am Stat 50:361-365). Absent without values.
std::optional<double> quantile(std::span<const double> values, double share);
std::optional<double> median(std::span<const double> values);

/// Difference of two shares in units of their pooled standard deviation,
/// (p1 - p0) / sqrt((p1 (1 - p1) + p0 (1 - p0)) / 2); positive when the first is larger.
/// 0 when the shares are equal; absent when they differ and neither has spread (0 and 1).
/// Source  Austin PC (2009) Commun Stat Simul Comput 38:1228-1234.
std::optional<double> standardized_difference_of_shares(double share1, double share0);

/// The same for means, (m1 - m0) / sqrt((s1^2 + s0^2) / 2). Absent when a mean or spread is, or when
/// the means differ and neither group has spread.
std::optional<double> standardized_difference_of_means(const MeanSpread& group1, const MeanSpread& group0);

}  // namespace mimamori
