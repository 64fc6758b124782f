#pragma once

#include <cstdint>

namespace mimamori {

/// A counter-based random stream: the same numbers on every machine, in any order of asking.
///
///   u(i, j) lies strictly between 0 and 1.
///
/// Source  SplitMix64 finalizer, Steele GL, Lea D, Flood CH (2014) OOPSLA; the nesting of stream,
///         subject and draw is that of shared/reference/benchmarks.md section 1.
class RandomStream {
 public:
  explicit RandomStream(std::uint64_t stream) : stream_(mix(stream + kGolden)) {}

  [[nodiscard]] double u(std::uint64_t subject, std::uint64_t draw) const {
    return (static_cast<double>(bits(subject, draw) >> 11U) + 0.5) * 0x1p-53;
  }
  [[nodiscard]] std::uint64_t bits(std::uint64_t subject, std::uint64_t draw) const {
    const std::uint64_t person = mix(stream_ + (subject + 1) * kGolden);
    return mix(person + (draw + 1) * kGolden);
  }

 private:
  static constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15ULL;
  static constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  std::uint64_t stream_;
};

}  // namespace mimamori
