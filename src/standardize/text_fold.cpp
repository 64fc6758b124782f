#include "standardize/text_fold.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace mimamori {
namespace {

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;  // 0: not UTF-8
};

bool continues(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

CodePoint code_point_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> char32_t { return static_cast<unsigned char>(text[at + i]); };
  const char32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return {};
  char32_t value = lead & (bytes == 2 ? 0x1FU : bytes == 3 ? 0x0FU : 0x07U);
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!continues(text, at + i)) return {};
    value = (value << 6U) | (byte(i) & 0x3FU);
  }
  const char32_t least = bytes == 2 ? 0x80 : bytes == 3 ? 0x800 : 0x10000;
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < least || value > 0x10FFFF || surrogate) return {};
  return {value, bytes};
}

std::string to_utf8(char32_t value) {  // code points of the basic plane, three bytes
  return {static_cast<char>(0xE0U | (value >> 12U)), static_cast<char>(0x80U | ((value >> 6U) & 0x3FU)),
          static_cast<char>(0x80U | (value & 0x3FU))};
}

// U+FF61 to U+FF9F in the ordinary width.
constexpr std::array<char32_t, 63> kKatakana = {
    0x3002, 0x300C, 0x300D, 0x3001, 0x30FB, 0x30F2, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30E3, 0x30E5,
    0x30E7, 0x30C3, 0x30FC, 0x30A2, 0x30A4, 0x30A6, 0x30A8, 0x30AA, 0x30AB, 0x30AD, 0x30AF, 0x30B1, 0x30B3,
    0x30B5, 0x30B7, 0x30B9, 0x30BB, 0x30BD, 0x30BF, 0x30C1, 0x30C4, 0x30C6, 0x30C8, 0x30CA, 0x30CB, 0x30CC,
    0x30CD, 0x30CE, 0x30CF, 0x30D2, 0x30D5, 0x30D8, 0x30DB, 0x30DE, 0x30DF, 0x30E0, 0x30E1, 0x30E2, 0x30E4,
    0x30E6, 0x30E8, 0x30E9, 0x30EA, 0x30EB, 0x30EC, 0x30ED, 0x30EF, 0x30F3, 0x309B, 0x309C};
constexpr char32_t kVoiced = 0xFF9E;
constexpr char32_t kSemiVoiced = 0xFF9F;

// Width and voicing of one half-width katakana; `next` is the code point after it.
char32_t full_width_katakana(char32_t value, char32_t next) {
  const char32_t wide = kKatakana[value - 0xFF61];
  const bool ha_row = wide >= 0x30CF && wide <= 0x30DB;
  const bool can_be_voiced = (wide >= 0x30AB && wide <= 0x30C8) || ha_row;
  if (next == kVoiced && can_be_voiced) return wide + 1;
  if (next == kVoiced && wide == 0x30A6) return 0x30F4;
  if (next == kSemiVoiced && ha_row) return wide + 2;
  return wide;
}

struct Spelling {
  char32_t from;
  std::string_view to;
};
constexpr Spelling kSpellings[] = {
    {0x00A0, " "},  {0x3000, " "},  {0x2212, "-"},  {0x2010, "-"},   {0x2011, "-"},   {0x2012, "-"},
    {0x2013, "-"},  {0x2014, "-"},  {0x2015, "-"},  {0x2264, "<="},  {0x2266, "<="},  {0x2A7D, "<="},
    {0x2265, ">="}, {0x2267, ">="}, {0x2A7E, ">="}, {0x3008, "<"},   {0x3009, ">"},   {0x00B1, "+-"},
    {0x00D7, "x"},  {0x301C, "~"},  {0x223C, "~"},  {0x00B5, "u"},   {0x03BC, "u"},   {0x2070, "^0"},
    {0x00B9, "^1"}, {0x00B2, "^2"}, {0x00B3, "^3"}, {0x2074, "^4"},  {0x2075, "^5"},  {0x2076, "^6"},
    {0x2077, "^7"}, {0x2078, "^8"}, {0x2079, "^9"}, {0x2605, ""},    {0x2606, ""},    {0x2113, "l"},
    {0x3351, "l"},  {0x3395, "ul"}, {0x3396, "ml"}, {0x3397, "dl"},  {0x338D, "ug"},  {0x338E, "mg"},
    {0x338F, "kg"}, {0x339C, "mm"}, {0x33A1, "m2"}, {0x33A3, "mm3"}, {0x2103, "cel"}, {0x2030, "permil"}};

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if (point.bytes == 0) return false;
    at += point.bytes;
  }
  return true;
}

std::string fold(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    const std::size_t bytes = std::max<std::size_t>(point.bytes, 1);
    const char32_t value = point.value;
    const std::string_view as_it_is = text.substr(at, bytes);
    at += bytes;
    if (point.bytes <= 1) {
      folded += as_it_is;
    } else if (value >= 0xFF01 && value <= 0xFF5E) {
      folded += static_cast<char>(value - 0xFEE0);
    } else if (value >= 0xFF61 && value <= 0xFF9F) {
      const char32_t next = at < text.size() ? code_point_at(text, at).value : 0;
      const char32_t wide = full_width_katakana(value, next);
      folded += to_utf8(wide);
      if (wide != kKatakana[value - 0xFF61]) at += 3;  // the voicing sign is part of the letter now
    } else {
      const auto* const found = std::ranges::find(kSpellings, value, &Spelling::from);
      folded += found == std::end(kSpellings) ? as_it_is : found->to;
    }
  }
  return folded;
}

std::string without_blanks(std::string_view text) {
  std::string kept;
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at).starts_with("\u3000")) {
      at += 3;
    } else {
      if (text[at] != ' ' && text[at] != '\t') kept += text[at];
      ++at;
    }
  }
  return kept;
}

std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view trimmed(std::string_view text) {
  for (;;) {
    if (text.starts_with(' ') || text.starts_with('\t')) {
      text.remove_prefix(1);
    } else if (text.starts_with("\u3000")) {
      text.remove_prefix(3);
    } else if (text.ends_with(' ') || text.ends_with('\t')) {
      text.remove_suffix(1);
    } else if (text.ends_with("\u3000")) {
      text.remove_suffix(3);
    } else {
      return text;
    }
  }
}

}  // namespace mimamori
