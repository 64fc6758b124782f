#include "claims/uke_line.h"

#include <algorithm>
#include <charconv>

namespace mimamori {
namespace {

std::string_view without_ascii_blanks(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Digits only.
int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

/// The western year of an era's year; 0 if there is no such era.
int western_year(char era, int year) {
  constexpr std::array<int, 5> kBases = {1867, 1911, 1925, 1988, 2018};
  return era >= '1' && era <= '5' ? kBases[static_cast<std::size_t>(era - '1')] + year : 0;
}

/// The day of a year and MM, DD.
std::optional<Date> day_of_year(int year, std::string_view month, std::string_view day) {
  const std::chrono::year_month_day civil{std::chrono::year{year},
                                          std::chrono::month{static_cast<unsigned>(number(month))},
                                          std::chrono::day{static_cast<unsigned>(number(day))}};
  return year > 0 && civil.ok() ? std::optional<Date>(civil) : std::nullopt;
}

}  // namespace

UkeLine::UkeLine(std::string_view text) {
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != ',') continue;
    if (kept_ < kColumnsMax) columns_[kept_++] = without_ascii_blanks(text.substr(start, i - start));
    ++size_;
    start = i + 1;
  }
}

bool is_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }

bool is_digits(std::string_view text, std::size_t count) { return text.size() == count && is_digits(text); }

std::optional<std::int64_t> whole_number(std::string_view text, std::size_t digits_max) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (!is_digits(text) || text.size() > digits_max || digits_max > 15) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return negative ? -value : value;
}

std::optional<double> decimal_number(std::string_view text) {
  const std::string_view unsigned_text = text.starts_with('-') ? text.substr(1) : text;
  const std::size_t point = unsigned_text.find('.');
  const std::string_view whole = unsigned_text.substr(0, point);
  const bool has_fraction = point != std::string_view::npos;
  if (!is_digits(whole) || whole.size() > 10) return std::nullopt;
  if (has_fraction && !is_digits(unsigned_text.substr(point + 1))) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Date> claim_day(std::string_view text) {
  if (is_digits(text, 8)) return day_of_year(number(text.substr(0, 4)), text.substr(4, 2), text.substr(6, 2));
  if (!is_digits(text, 7)) return std::nullopt;
  return day_of_year(western_year(text[0], number(text.substr(1, 2))), text.substr(3, 2), text.substr(5, 2));
}

std::optional<Date> claim_month(std::string_view text) {
  if (is_digits(text, 6)) return day_of_year(number(text.substr(0, 4)), text.substr(4, 2), "01");
  if (!is_digits(text, 5)) return std::nullopt;
  return day_of_year(western_year(text[0], number(text.substr(1, 2))), text.substr(3, 2), "01");
}

}  // namespace mimamori
