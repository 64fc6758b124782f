#pragma once

#include <cmath>
#include <cstdint>

#include "analyze/cox.h"

namespace mimamori {

/// Sums over the tied deaths of one slot, each with their mean weight, with d = s0 - f e0 and f the share
/// already gone (0 with Breslow's ties): of log d, 1/d, f/d, 1/d^2, f/d^2 and f^2/d^2.
struct TieSums {
  double log = 0, inverse = 0, share = 0, inverse2 = 0, share2 = 0, square2 = 0;
};

///   s0, e0  sums of risk over the risk set and over its deaths;  weight  mean weight of the deaths
inline TieSums sum_over_ties(double s0, double e0, std::uint32_t deaths, double weight, Ties ties) {
  TieSums sums;
  for (std::uint32_t k = 0; k < deaths; ++k) {
    const double f = ties == Ties::kEfron ? double(k) / double(deaths) : 0;
    const double inverse = 1 / (s0 - f * e0);
    const double weighted = weight * inverse;
    sums.log -= weight * std::log(inverse);
    sums.inverse += weighted;
    sums.share += f * weighted;
    sums.inverse2 += weighted * inverse;
    sums.share2 += f * weighted * inverse;
    sums.square2 += f * f * weighted * inverse;
  }
  return sums;
}

}  // namespace mimamori
