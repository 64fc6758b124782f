#include "analyze/cox_kernel.h"

#include <algorithm>
#include <bit>

// Not under a sanitizer, whose run-time is not there yet when the processor is asked.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define MIMAMORI_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define MIMAMORI_CLONES
#endif

namespace mimamori {
namespace {

constexpr std::size_t kBlock = 256;  // rows whose intermediate results stay in the first cache
constexpr std::size_t kLanes = 8;    // partial sums, added up in one order

/// e^x of kBlock numbers of at most 600 in size, to about one unit in the last place: x = k ln 2 + r, and the
/// Taylor series of e^r to r^13.
inline __attribute__((always_inline)) void exp_block(double* x) {
  constexpr double kLog2E = 1.4426950408889634;
  constexpr double kLn2High = 6.93147180369123816490e-01;  // 32 bits, so that k times it is exact
  constexpr double kLn2Low = 1.90821492927058770002e-10;
  constexpr double kRound = 6755399441055744.0;  // 1.5 * 2^52: adding it rounds to a whole number
  for (std::size_t i = 0; i < kBlock; ++i) {
    const double shifted = x[i] * kLog2E + kRound;
    const double k = shifted - kRound;
    const double r = (x[i] - k * kLn2High) - k * kLn2Low;
    double s = 1.0 / 6227020800.0;
    s = s * r + 1.0 / 479001600.0;
    s = s * r + 1.0 / 39916800.0;
    s = s * r + 1.0 / 3628800.0;
    s = s * r + 1.0 / 362880.0;
    s = s * r + 1.0 / 40320.0;
    s = s * r + 1.0 / 5040.0;
    s = s * r + 1.0 / 720.0;
    s = s * r + 1.0 / 120.0;
    s = s * r + 1.0 / 24.0;
    s = s * r + 1.0 / 6.0;
    s = s * r + 0.5;
    s = s * r + 1.0;
    s = s * r + 1.0;
    const std::uint64_t power = (std::bit_cast<std::uint64_t>(shifted) + 1023) << 52U;  // 2^k
    x[i] = s * std::bit_cast<double>(power);
  }
}

inline double sum_of_lanes(const double* lanes) {
  return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
}

inline __attribute__((always_inline)) double dot(const double* a, const double* b, std::size_t rows) {
  double lanes[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= rows; i += kLanes) {
    for (std::size_t l = 0; l < kLanes; ++l) lanes[l] += a[i + l] * b[i + l];
  }
  for (std::size_t l = 0; i < rows; ++i, ++l) lanes[l] += a[i] * b[i];
  return sum_of_lanes(lanes);
}

inline __attribute__((always_inline)) double sum(const double* a, std::size_t rows) {
  double lanes[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= rows; i += kLanes) {
    for (std::size_t l = 0; l < kLanes; ++l) lanes[l] += a[i + l];
  }
  for (std::size_t l = 0; i < rows; ++i, ++l) lanes[l] += a[i];
  return sum_of_lanes(lanes);
}

}  // namespace

MIMAMORI_CLONES void packed_risk(const PackedRows& rows, const double* pattern, const double* slope,
                                 const double* offset, const double* weight, double* risk) {
  double eta[kBlock] = {};
  for (std::size_t begin = 0; begin < rows.rows; begin += kBlock) {
    const std::size_t count = std::min(kBlock, rows.rows - begin);
    const std::size_t at = rows.from + begin;
    for (std::size_t i = 0; i < count; ++i) eta[i] = pattern[rows.bits[at + i]];
    for (std::size_t j = 0; j < rows.columns; ++j) {
      const double* column = rows.dense[j] + at;
      const double factor = slope[j];
      for (std::size_t i = 0; i < count; ++i) eta[i] += factor * column[i];
    }
    if (offset != nullptr) {
      for (std::size_t i = 0; i < count; ++i) eta[i] += offset[at + i];
    }
    exp_block(eta);
    if (weight != nullptr) {
      for (std::size_t i = 0; i < count; ++i) eta[i] *= weight[at + i];
    }
    std::copy_n(eta, count, risk + at);
    std::fill_n(eta, kBlock, 0.0);
  }
}

namespace {

/// Sums of risk * value of the first bits.
template <std::size_t kBits>
inline __attribute__((always_inline)) void bit_sums(const double* r, const std::uint8_t* bits,
                                                    std::size_t rows, const PatternRow* values, double* out) {
  double even[kBits] = {};
  double odd[kBits] = {};
  std::size_t i = 0;
  for (; i + 2 <= rows; i += 2) {
    const double* one = values[bits[i]].data();
    const double* two = values[bits[i + 1]].data();
    for (std::size_t b = 0; b < kBits; ++b) even[b] += r[i] * one[b];
    for (std::size_t b = 0; b < kBits; ++b) odd[b] += r[i + 1] * two[b];
  }
  if (i < rows) {
    const double* one = values[bits[i]].data();
    for (std::size_t b = 0; b < kBits; ++b) even[b] += r[i] * one[b];
  }
  for (std::size_t b = 0; b < kBits; ++b) out[b] += even[b] + odd[b];
}

}  // namespace

MIMAMORI_CLONES void packed_sums(const PackedRows& rows, const PatternRow* values, const double* risk,
                                 double* out) {
  const double* r = risk + rows.from;
  const std::uint8_t* bits = rows.bits + rows.from;
  out[0] += sum(r, rows.rows);
  if (rows.bit_columns > 4) {
    bit_sums<8>(r, bits, rows.rows, values, out + 1);
  } else if (rows.bit_columns > 0) {
    bit_sums<4>(r, bits, rows.rows, values, out + 1);
  }
  for (std::size_t j = 0; j < rows.columns; ++j) {
    out[1 + kPackedBitsMax + j] += dot(r, rows.dense[j] + rows.from, rows.rows);
  }
}

namespace {

/// Adds each value to the entry of its pattern: by turns to two tables, because neighbors often share a
/// pattern and would wait for each other.
inline __attribute__((always_inline)) void scatter(const double* value, const std::uint8_t* bits,
                                                   std::size_t rows, std::size_t stride, double* even,
                                                   double* odd) {
  std::size_t i = 0;
  for (; i + 2 <= rows; i += 2) {
    even[bits[i] * stride] += value[i];
    odd[bits[i + 1] * stride] += value[i + 1];
  }
  if (i < rows) even[bits[i] * stride] += value[i];
}

}  // namespace

MIMAMORI_CLONES void packed_squares(const PackedRows& rows, const double* weight, double* table,
                                    double* second, double* square) {
  const std::size_t stride = 1 + rows.columns;
  double product[kBlock];
  for (std::size_t begin = 0; begin < rows.rows; begin += kBlock) {
    const std::size_t count = std::min(kBlock, rows.rows - begin);
    const std::size_t at = rows.from + begin;
    const double* w = weight + begin;
    const std::uint8_t* bits = rows.bits + at;
    scatter(w, bits, count, stride, table, second);
    for (std::size_t a = 0; a < rows.columns; ++a) {
      const double* column = rows.dense[a] + at;
      for (std::size_t i = 0; i < count; ++i) product[i] = w[i] * column[i];
      scatter(product, bits, count, stride, table + 1 + a, second + 1 + a);
      for (std::size_t b = 0; b <= a; ++b)
        square[a * (a + 1) / 2 + b] += dot(product, rows.dense[b] + at, count);
    }
  }
}

MIMAMORI_CLONES void set_bits(const double* x, std::size_t stride, std::size_t rows, double common,
                              std::size_t b, std::uint8_t* bits) {
  const auto bit = static_cast<std::uint8_t>(1U << b);
  if (stride == 1) {
    for (std::size_t i = 0; i < rows; ++i) {
      bits[i] = static_cast<std::uint8_t>(bits[i] | (x[i] != common ? bit : std::uint8_t{0}));
    }
    return;
  }
  for (std::size_t i = 0; i < rows; ++i) {
    bits[i] = static_cast<std::uint8_t>(bits[i] | (x[i * stride] != common ? bit : std::uint8_t{0}));
  }
}

MIMAMORI_CLONES TwoValues look_for_two(const double* x, std::size_t stride, std::size_t rows, double one,
                                       double two) {
  TwoValues found{.only_two = true, .ones = 0};
  for (std::size_t begin = 0; begin < rows && found.only_two; begin += kBlock) {
    const std::size_t count = std::min(kBlock, rows - begin);
    std::uint64_t ones = 0;
    std::uint64_t twos = 0;
    if (stride == 1) {
      for (std::size_t i = 0; i < count; ++i) ones += x[begin + i] == one ? 1U : 0U;
      for (std::size_t i = 0; i < count; ++i) twos += x[begin + i] == two ? 1U : 0U;
    } else {
      for (std::size_t i = 0; i < count; ++i) {
        ones += x[(begin + i) * stride] == one ? 1U : 0U;
        twos += x[(begin + i) * stride] == two ? 1U : 0U;
      }
    }
    found.only_two = ones + twos == count;
    found.ones += ones;
  }
  return found;
}

MIMAMORI_CLONES ColumnSums column_sums(const double* x, std::size_t stride, std::size_t rows) {
  double sums[kLanes] = {};
  double squares[kLanes] = {};
  double low[kLanes], high[kLanes];
  std::fill_n(low, kLanes, x[0]);
  std::fill_n(high, kLanes, x[0]);
  const auto add = [&](std::size_t lane, double value) {
    const double distance = value - x[0];
    sums[lane] += distance;
    squares[lane] += distance * distance;
    low[lane] = value < low[lane] ? value : low[lane];
    high[lane] = value > high[lane] ? value : high[lane];
  };
  std::size_t i = 0;
  if (stride == 1) {
    for (; i + kLanes <= rows; i += kLanes) {
      for (std::size_t l = 0; l < kLanes; ++l) add(l, x[i + l]);
    }
  }
  for (std::size_t l = 0; i < rows; ++i, l = (l + 1) % kLanes) add(l, x[i * stride]);
  return {.sum = sum_of_lanes(sums),
          .squares = sum_of_lanes(squares),
          .low = *std::min_element(low, low + kLanes),
          .high = *std::max_element(high, high + kLanes)};
}

}  // namespace mimamori
