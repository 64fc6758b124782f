#include "report/markup.h"

#include <array>
#include <charconv>
#include <cstdint>

#include "base/result.h"

namespace mimamori {
namespace {

constexpr std::string_view kReplacement = "\uFFFD";

/// One code point of UTF-8 text; length 0 where the bytes are not UTF-8.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;
};

CodePoint code_point_at(std::string_view text, std::size_t place) {
  const auto byte = [&](std::size_t offset) { return static_cast<unsigned char>(text[place + offset]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || place + length > text.size()) return {};
  char32_t value = lead & (0xFFU >> (length + 1));
  for (std::size_t offset = 1; offset < length; ++offset) {
    if ((byte(offset) & 0xC0U) != 0x80) return {};
    value = (value << 6U) | (byte(offset) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kShortest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kShortest[length] || value > 0x10FFFF || surrogate) return {};
  return {value, length};
}

bool changes_direction(char32_t c) {
  return c == 0x61C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

bool forbidden(char32_t c) {
  return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7F && c <= 0x9F) || c == 0xFFFE || c == 0xFFFF;
}

std::string shown_as_number(char32_t c) {
  std::array<char, 8> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), std::uint32_t{c}, 16).ptr;
  std::string name(digits.data(), end);
  for (char& digit : name) {
    if (digit >= 'a') digit = static_cast<char>(digit - 'a' + 'A');
  }
  return "[U+" + std::string(name.size() < 4 ? 4 - name.size() : 0, '0') + name + "]";
}

void append_escaped(std::string& out, std::string_view bytes, char32_t c) {
  switch (c) {
    case '&': out += "&amp;"; return;
    case '<': out += "&lt;"; return;
    case '>': out += "&gt;"; return;
    case '"': out += "&quot;"; return;
    case '\'': out += "&#39;"; return;
    default: break;
  }
  if (forbidden(c)) {
    out += kReplacement;
  } else if (changes_direction(c)) {
    out += shown_as_number(c);
  } else {
    out += bytes;
  }
}

double width_in_em(char32_t c) {
  if (c >= 0x2E80) return 1.0;
  if (c == ' ' || c == '.' || c == ',' || c == 'i' || c == 'l') return 0.29;
  if (c >= 'A' && c <= 'Z') return 0.66;
  if (c == 'm' || c == 'w') return 0.86;
  return 0.57;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  for (std::size_t place = 0; place < text.size();) {
    const CodePoint c = code_point_at(text, place);
    if (c.length == 0) {
      out += kReplacement;
      ++place;
      continue;
    }
    append_escaped(out, text.substr(place, c.length), c.value);
    place += c.length;
  }
  return out;
}

std::string both_markup(const Text2& markup) {
  if (markup.ja == markup.en) return markup.ja;
  return "<span class=\"ja\" lang=\"ja\">" + markup.ja + "</span><span class=\"en\" lang=\"en\">" +
         markup.en + "</span>";
}

std::string both(const Text2& text) { return both_markup({escaped(text.ja), escaped(text.en)}); }

namespace {

std::string fill_one(Language language, const std::string& text,
                     std::initializer_list<std::pair<std::string_view, Text2>> values) {
  std::string out;
  for (std::size_t place = 0; place < text.size();) {
    const std::size_t close = text[place] == '{' ? text.find('}', place) : std::string::npos;
    if (close == std::string::npos) {
      out += text[place++];
      continue;
    }
    const std::string_view name = std::string_view(text).substr(place + 1, close - place - 1);
    bool found = false;
    for (const auto& [key, value] : values) {
      if (key != name) continue;
      out += in(language, value);
      found = true;
    }
    ENSURE(found);  // a place of the catalogue that the caller does not know
    place = close + 1;
  }
  return out;
}

}  // namespace

Text2 fill(const Text2& text, std::initializer_list<std::pair<std::string_view, Text2>> values) {
  return {fill_one(Language::kJapanese, text.ja, values), fill_one(Language::kEnglish, text.en, values)};
}

double width_in_em(std::string_view text) {
  double width = 0;
  for (std::size_t place = 0; place < text.size();) {
    const CodePoint c = code_point_at(text, place);
    width += width_in_em(c.value);
    place += std::max<std::size_t>(c.length, 1);
  }
  return width;
}

std::string shortened(const std::string& text, double em_max) {
  if (width_in_em(text) <= em_max) return text;
  double width = 1;  // of the ellipsis
  std::size_t place = 0;
  while (place < text.size()) {
    const CodePoint c = code_point_at(text, place);
    width += width_in_em(c.value);
    if (width > em_max) break;
    place += std::max<std::size_t>(c.length, 1);
  }
  return text.substr(0, place) + "…";
}

}  // namespace mimamori
