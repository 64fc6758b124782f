#pragma once

#include <cstdint>

#include "base/random.h"

namespace mimamori::simulate {

/// All of a run's chance, from its seed: the same seed is the same run.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  double uniform() { return random_.u(0, draws_++); }
  bool chance(double probability) { return uniform() < probability; }
  /// least <= number < most
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(uniform() * static_cast<double>(most - least));
  }

 private:
  RandomStream random_;
  std::uint64_t draws_ = 0;
};

}  // namespace mimamori::simulate
