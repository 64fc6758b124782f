#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/date.h"

namespace mimamori {

/// One record of a claims file cut into its columns, which are views into the text.
class UkeLine {
 public:
  /// More than any record has; what follows is counted, not kept.
  static constexpr std::size_t kColumnsMax = 52;

  explicit UkeLine(std::string_view text);

  /// The column, from 1 (the record's name), without ASCII blanks around it; empty if the line is shorter.
  std::string_view operator[](std::size_t column) const {
    return column - 1 < std::min(kept_, kColumnsMax) ? columns_[column - 1] : std::string_view();
  }
  /// Columns of the line.
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::array<std::string_view, kColumnsMax> columns_;
  std::size_t kept_ = 0;
  std::size_t size_ = 0;
};

/// True if the text is digits only, as many as said.
bool is_digits(std::string_view text, std::size_t count);
/// Digits only, at least one.
bool is_digits(std::string_view text);

/// A whole number of at most `digits_max` digits, a sign aside. Nothing if the text is anything else.
std::optional<std::int64_t> whole_number(std::string_view text, std::size_t digits_max);

/// A number of at most 10 digits with a decimal part. Nothing if the text is anything else.
std::optional<double> decimal_number(std::string_view text);

/// A day as claims write it: YYYYMMDD, or era GYYMMDD (1 Meiji, 2 Taisho, 3 Showa, 4 Heisei, 5 Reiwa); the
/// length decides (claims-dpc.md 1.1). A year of an era may run past its end. Nothing if it is no day of the
/// calendar.
std::optional<Date> claim_day(std::string_view text);

/// A month, YYYYMM or GYYMM, as its first day.
std::optional<Date> claim_month(std::string_view text);

}  // namespace mimamori
