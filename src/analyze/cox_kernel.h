#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mimamori {

// The inner loops of packed Cox models: plain loops over columns, compiled twice where the compiler can (for
// processors with 256-bit vectors and for any), to the same bits: nothing is contracted, and the order of
// each sum is written out.

inline constexpr std::size_t kPackedBitsMax = 8;  // columns of two values in one byte
inline constexpr std::size_t kPatterns = std::size_t{1} << kPackedBitsMax;
using PatternRow = std::array<double, kPackedBitsMax>;  // what each bit adds: 0, or its value

/// Columns of a run of rows.
struct PackedRows {
  const std::uint8_t* bits = nullptr;    // rows
  const double* const* dense = nullptr;  // columns of rows each, which begin at `from`
  std::size_t columns = 0;               // dense ones
  std::size_t bit_columns = 0;           // bits in use, the first ones
  std::size_t from = 0;                  // first row
  std::size_t rows = 0;
};

/// risk[i] = exp(pattern[bits] + sum of slope * dense), for the rows from `from` on; each |sum| at most 600.
///   offset, weight  added before and multiplied after; may be nullptr
void packed_risk(const PackedRows& rows, const double* pattern, const double* slope, const double* offset,
                 const double* weight, double* risk);

/// out[0] += sum of risk; out[1 + b] += sum of risk * value of bit b; out[1 + kPackedBitsMax + j] += sum of
/// risk * dense column j.
void packed_sums(const PackedRows& rows, const PatternRow* values, const double* risk, double* out);

/// Every other row goes to the second table, of the same form: add the two.
/// table[pattern * (1 + columns)] += weight, [... + 1 + j] += weight * dense column j; square[a (a + 1) / 2 +
/// b] += weight * column a * column b, b <= a. Weights begin at row `from`.
void packed_squares(const PackedRows& rows, const double* weight, double* table, double* second,
                    double* square);

/// bits[i] gets bit b where x is not `common`.
void set_bits(const double* x, std::size_t stride, std::size_t rows, double common, std::size_t b,
              std::uint8_t* bits);

/// How often a column has a value, and whether it has none but this and one other.
struct TwoValues {
  bool only_two = false;
  std::size_t ones = 0;  // rows with `one`; only_two only
};
TwoValues look_for_two(const double* x, std::size_t stride, std::size_t rows, double one, double two);

/// Sums over a column of x - x[0] and its square, and the extremes; not finite if some x is not.
struct ColumnSums {
  double sum = 0, squares = 0, low = 0, high = 0;
};
///   stride  from one row's entry to the next one's
ColumnSums column_sums(const double* x, std::size_t stride, std::size_t rows);

}  // namespace mimamori
