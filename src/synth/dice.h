#pragma once

#include <cstdint>

#include "base/random.h"

namespace mimamori {

/// One person's random numbers for the writing of files, in the order they are asked for. They have no
/// part in what the person truly has: files can gain quirks without changing the study.
class Dice {
 public:
  /// stream: one for each writer that must not disturb another.
  Dice(std::uint64_t seed, int number, std::uint64_t stream = 2)
      : random_(seed * 16 + stream), subject_(static_cast<std::uint64_t>(number)) {}
  double u() { return random_.u(subject_, draw_++); }
  bool chance(double share) { return u() < share; }
  /// 0 .. count - 1.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(u() * static_cast<double>(count)); }

 private:
  RandomStream random_;
  std::uint64_t subject_;
  std::uint64_t draw_ = 0;
};

}  // namespace mimamori
