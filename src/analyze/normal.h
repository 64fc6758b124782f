#pragma once

#include <cmath>
#include <numbers>

namespace mimamori {

/// The 97.5 % point of the normal distribution, for two-sided 95 % intervals.
inline constexpr double kNormal975 = 1.959963984540054;

/// Two-sided p-value of a standard normal statistic, exact far into the tail.
inline double two_sided_p(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

}  // namespace mimamori
