#include "report/numbers.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/result.h"

namespace mimamori {
namespace {

constexpr const char* kMinus = "\u2212";
constexpr const char* kNone = "\u2013";

std::string to_text(double number, std::chars_format format, int precision) {
  std::array<char, 400> buffer{};
  const auto [end, failure] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format, precision);
  ENSURE(failure == std::errc{});
  return {buffer.data(), end};
}

std::string with_groups(std::string digits) {
  const std::size_t point = std::min(digits.find('.'), digits.size());
  for (std::size_t place = point; place > 3;) {
    place -= 3;
    digits.insert(place, ",");
  }
  return digits;
}

}  // namespace

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  if (digits.front() != '-') return with_groups(std::move(digits));
  return kMinus + with_groups(digits.substr(1));
}

std::string fixed_decimals(double number, int decimals) {
  if (!std::isfinite(number)) return kNone;
  std::string digits = with_groups(to_text(std::abs(number), std::chars_format::fixed, decimals));
  const bool zero = digits.find_first_of("123456789") == std::string::npos;
  return number < 0 && !zero ? kMinus + digits : digits;
}

std::string ratio_text(double ratio) {
  if (std::isnan(ratio)) return kNone;
  if (ratio < 0.0005) return "<0.001";
  if (ratio < 0.0995) return fixed_decimals(ratio, 3);
  if (ratio < 99.995) return fixed_decimals(ratio, 2);
  if (ratio < 9999.5) return fixed_decimals(ratio, 1);
  return ">9,999";
}

std::string ratio_with_interval(const HazardRatio& ratio) {
  if (!ratio.estimable) return "";
  return ratio_text(ratio.ratio) + " (" + ratio_text(ratio.lower) + kNone + ratio_text(ratio.upper) + ")";
}

std::string rate_with_interval(const ArmSummary& arm) {
  if (!arm.rate_per_1000_person_years) return kNone;
  std::string text = fixed_decimals(*arm.rate_per_1000_person_years, 1);
  if (arm.rate_lower && arm.rate_upper) {
    text += " (" + fixed_decimals(*arm.rate_lower, 1) + kNone + fixed_decimals(*arm.rate_upper, 1) + ")";
  }
  return text;
}

std::string exact12(double number) {
  if (!std::isfinite(number)) return "";
  if (number == 0) return "0";  // never "-0"
  return to_text(number, std::chars_format::general, 12);
}

double rounded12(double number) {
  const std::string digits = exact12(number);
  double rounded = 0;
  if (!digits.empty()) std::from_chars(digits.data(), digits.data() + digits.size(), rounded);
  return rounded;
}

std::string coordinate(double number) {
  std::string digits = to_text(number, std::chars_format::fixed, 2);
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.pop_back();
  return digits == "-0" ? "0" : digits;
}

}  // namespace mimamori
