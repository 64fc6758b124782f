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

/// A quantile by one of the nine definitions of Hyndman and Fan (1996): 1 inverse of the empirical
/// distribution, 2 the same with averages at jumps (SAS's default), 3 nearest even order statistic, 4 linear
/// interpolation of the empirical distribution, 5 midway knots, 6 n + 1 (SPSS), 7 n - 1 (R's default), 8
/// median-unbiased, 9 normal-unbiased. A place within 4 machine epsilons of an order statistic is that order
/// statistic.
///
///   sorted   ascending
///   share    0 .. 1
///   type     1 .. 9
///
/// Absent without values.
std::optional<double> quantile_of_sorted(std::span<const double> sorted, double share, int type);

std::optional<double> median(std::span<const double> values);

/// Difference of two shares in units of their pooled standard deviation,
/// (p1 - p0) / sqrt((p1 (1 - p1) + p0 (1 - p0)) / 2); positive when the first is larger.
/// 0 when the shares are equal; absent when they differ and neither has spread (0 and 1).
/// Source  Austin PC (2009) Commun Stat Simul Comput 38:1228-1234.
std::optional<double> standardized_difference_of_shares(double share1, double share0);

/// The same for means, (m1 - m0) / sqrt((s1^2 + s0^2) / 2). Absent when a mean or spread is, or when
/// the means differ and neither group has spread.
std::optional<double> standardized_difference_of_means(const MeanSpread& group1, const MeanSpread& group0);

/// Standardized difference of a variable with several levels: the Mahalanobis distance of the two vectors of
/// shares (one level left out), with the mean of the two multinomial covariance matrices. Levels absent in
/// both groups do not count; a distance of 0 where the shares are equal; absent when the matrix is singular
/// although they differ, or a group is empty.
///
///   count1, count0   persons per level, the same levels in the same order
///
/// Source  Yang D, Dalton JE (2012) SAS Global Forum 335.
std::optional<double> standardized_difference_of_levels(std::span<const double> count1,
                                                        std::span<const double> count0);

}  // namespace mimamori
