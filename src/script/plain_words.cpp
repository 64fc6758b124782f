#include "script/plain_words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "base/result.h"
#include "clinical/analyte.h"
#include "clinical/drug_list.h"

namespace mimamori {
namespace {

std::string replaced(std::string_view text, NamedTexts values, std::string Text2::*language) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('{'), text.size());
    out += text.substr(0, open);
    text.remove_prefix(open);
    if (text.empty()) break;
    const std::size_t close = text.find('}');
    ENSURE(close != std::string_view::npos);
    const std::string_view name = text.substr(1, close - 1);
    const auto* value = std::ranges::find_if(values, [&](const auto& v) { return v.first == name; });
    ENSURE(value != values.end());
    out += value->second.*language;
    text.remove_prefix(close + 1);
  }
  return out;
}

/// The character that opens `text` and its length in bytes. Scripts are UTF-8 (yaml_tree.cpp); a
/// stray byte of a script made in a program counts as one character.
std::pair<char32_t, std::size_t> first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t length = byte(0) < 0xC0 ? 1 : byte(0) < 0xE0 ? 2 : byte(0) < 0xF0 ? 3 : 4;
  if (length == 1 || length > text.size()) return {byte(0), 1};
  char32_t code = byte(0) & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) code = (code << 6U) | (byte(i) & 0x3FU);
  return {code, length};
}

/// Control characters, and what Unicode calls format characters, separators and variation selectors,
/// as far as they could hide or turn what an approver reads.
bool is_unseen(char32_t code) {
  struct Range {
    char32_t first, last;
  };
  constexpr std::array kUnseen = {Range{0x00, 0x1F},     Range{0x7F, 0xA0},      Range{0xAD, 0xAD},
                                  Range{0x34F, 0x34F},   Range{0x61C, 0x61C},    Range{0x115F, 0x1160},
                                  Range{0x17B4, 0x17B5}, Range{0x180B, 0x180F},  Range{0x200B, 0x200F},
                                  Range{0x2028, 0x202E}, Range{0x2060, 0x206F},  Range{0x3164, 0x3164},
                                  Range{0xFE00, 0xFE0F}, Range{0xFEFF, 0xFEFF},  Range{0xFFA0, 0xFFA0},
                                  Range{0xFFF0, 0xFFFB}, Range{0xE0000, 0xE0FFF}};
  return std::ranges::any_of(kUnseen, [&](Range r) { return r.first <= code && code <= r.last; });
}

std::string escaped(char32_t code) {
  std::array<char, 8> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), static_cast<std::uint32_t>(code), 16).ptr;
  std::string hex(digits.data(), end);
  std::ranges::transform(hex, hex.begin(), [](char c) { return c >= 'a' ? static_cast<char>(c - 32) : c; });
  return "\\u{" + hex + "}";
}

/// `closing` ends the quotation in this language.
std::string shown(std::string_view title, char32_t closing) {
  std::string out;
  while (!title.empty()) {
    const auto [code, length] = first_character(title);
    if (is_unseen(code)) {
      out += escaped(code);
    } else {
      if (code == closing || code == U'\\') out += '\\';
      out += title.substr(0, length);
    }
    title.remove_prefix(length);
  }
  return out;
}

/// Digits as an author would write them: 60, 5.5; the shortest that reads back as the same number.
std::string plain_number(double number) {
  std::array<char, 400> digits{};
  const double shown_number = number == 0 ? 0 : number;  // no "-0"
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), shown_number, std::chars_format::fixed).ptr;
  return {digits.data(), end};
}

/// "10*4/uL" of the rule file as people print it: "×10⁴/µL".
std::string printed_unit(std::string unit) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kPrinted = {
      {{"10*4", "×10⁴"}, {"uL", "µL"}, {"m2", "m²"}}};
  for (const auto& [written, printed] : kPrinted) {
    const std::size_t at = unit.find(written);
    if (at != std::string::npos) unit.replace(at, written.size(), printed);
  }
  return unit;
}

std::string_view word_of(AbnormalKind kind) {
  switch (kind) {
    case AbnormalKind::kAboveReference: return ".above_reference";
    case AbnormalKind::kBelowReference: return ".below_reference";
    case AbnormalKind::kAbove: return ".above";
    case AbnormalKind::kBelow: return ".below";
  }
  ENSURE(false && "every kind has a word");
}

const Analyte& analyte_of(std::string_view id) {
  const Analyte* analyte = find_analyte(id);
  ENSURE(analyte != nullptr);  // parse_script lets no other in
  return *analyte;
}

}  // namespace

Text2 told(std::string_view key, NamedTexts values) {
  const Text2& text = catalogue(key);
  return Text2{.ja = replaced(text.ja, values, &Text2::ja), .en = replaced(text.en, values, &Text2::en)};
}

Text2 same_word(std::string word) { return Text2{.ja = word, .en = word}; }

Text2 shown_title(const Text2& title) {
  return Text2{.ja = shown(title.ja, U'」'), .en = shown(title.en, U'”')};
}

Text2 drug_in_words(const DrugCode& drug) {
  const bool hot = drug.system == DrugCodeSystem::kHot;
  const Text2& system = catalogue(hot ? "explain.drug.hot" : "explain.drug.yj");
  const ListedDrug* listed = find_listed_drug(hot ? "hot" : "yj", drug.prefix);
  if (listed == nullptr) {
    return told("explain.drug.unlisted", {{"system", system}, {"prefix", same_word(drug.prefix)}});
  }
  return told("explain.drug.listed",
              {{"system", system}, {"prefix", same_word(drug.prefix)}, {"name", listed->name}});
}

Text2 analyte_in_words(std::string_view id) { return analyte_of(id).name; }

Text2 abnormal_in_words(std::string_view family, const OutcomeRule& outcome) {
  const Analyte& analyte = analyte_of(outcome.analyte);
  return told(std::string(family) + std::string(word_of(outcome.abnormal)),
              {{"analyte", analyte.name},
               {"limit", same_word(plain_number(outcome.threshold))},
               {"unit", same_word(printed_unit(analyte.unit))}});
}

const std::vector<CensoringReason>& censoring_reasons() {
  static const std::vector<CensoringReason> all = {CensoringReason::kOutcome, CensoringReason::kOtherArm,
                                                   CensoringReason::kEndOfExposure,
                                                   CensoringReason::kLastRecord, CensoringReason::kCutOff};
  return all;
}

bool ends_at(const FollowUpRule& rule, CensoringReason reason) {
  return std::ranges::find(rule.end_at, reason) != rule.end_at.end();
}

}  // namespace mimamori
