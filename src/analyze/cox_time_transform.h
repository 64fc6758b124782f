#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace mimamori {

/// A function of time that a covariate x of a Cox model is multiplied with: at each event time t everybody at
/// risk has x g(t), so that the hazard ratio of x follows g. No row is split.
struct CoxTimeTransform {
  enum class Kind : std::uint8_t {
    kNone,      // g = 1: the covariate as it is
    kIdentity,  // g = t
    kLog,       // g = ln t, for event times above 0
    kLog1p,     // g = ln(1 + t), for event times above -1
    kWithin,    // g = 1 for after < t <= until, else 0
  };
  Kind kind = Kind::kNone;
  double after = -std::numeric_limits<double>::infinity();
  double until = std::numeric_limits<double>::infinity();

  /// NaN or infinite where g does not exist.
  [[nodiscard]] double at(double time) const;
};

/// One kWithin for each piece of time between ascending cuts: (.., c1], (c1, c2], ..., (ck, ..). A cut
/// belongs to the piece before it, as the end of a row at risk on (start, stop] does, so that the fit is that
/// of the rows split at the cuts. An event time that ties with a cut (1e-9 relative) is at the cut.
std::vector<CoxTimeTransform> pieces_between(std::span<const double> cuts);

}  // namespace mimamori
