#pragma once

#include <chrono>
#include <cstdio>
#include <string>

namespace mimamori {

/// How long a step took, for the line that ends it.
class Stopwatch {
 public:
  [[nodiscard]] std::string seconds() const {
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start_;
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", taken.count());
    return text;
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace mimamori
