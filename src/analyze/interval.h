#pragma once

namespace mimamori {

/// The two limits of an interval; either may be infinite.
struct Interval {
  double lower = 0;
  double upper = 0;
};

}  // namespace mimamori
