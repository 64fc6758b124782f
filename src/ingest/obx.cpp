#include "ingest/obx.h"

#include <algorithm>
#include <array>
#include <vector>

#include "ingest/findings.h"

namespace mimamori {
namespace {

/// Whether component 3 of a unit names a system of codes.
bool is_system_name(std::string_view text) {
  constexpr std::array<std::string_view, 9> kSystems = {"ISO+", "ANS+", "ANSI+", "UCUM", "MR9P",
                                                        "JC10", "L",    "ISO",   "LN"};
  if (text.starts_with("99")) return true;
  for (const std::string_view system : kSystems) {
    if (text == system) return true;
  }
  return false;
}

/// Types whose value is one text, so that a component delimiter in it was meant as a character.
bool is_plain_text_type(std::string_view type) {
  return type == "ST" || type == "NM" || type == "TX" || type == "FT" || type.empty();
}

std::vector<std::string> components_of(const Hl7Segment& segment, std::size_t field) {
  std::vector<std::string> components;
  const std::string_view text = segment.raw_repetition(field, 1);
  const char separator = segment.delimiters().component;
  for (std::size_t i = 1; i <= count_parts(text, separator); ++i) {
    components.push_back(unescape(part_of(text, separator, i), segment.delimiters()));
  }
  return components;
}

/// Joins a power of ten that an unescaped ^ has cut: "10", "3/uL" becomes "10^3/uL".
bool join_powers(std::vector<std::string>& components) {
  bool joined = false;
  for (std::size_t i = 0; i + 1 < components.size();) {
    const std::string& exponent = components[i + 1];
    const bool cut = components[i].ends_with("10") && !exponent.empty() &&
                     ((exponent[0] >= '0' && exponent[0] <= '9') || exponent[0] == '-');
    if (!cut) {
      ++i;
      continue;
    }
    components[i] += "^" + exponent;
    components.erase(components.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    joined = true;
  }
  return joined;
}

}  // namespace

std::string read_value(const Hl7Segment& obx, std::size_t number, ParsedFile& file) {
  const Hl7Delimiters& delimiters = obx.delimiters();
  const char separators[] = {delimiters.component, delimiters.repetition, delimiters.subcomponent};
  const bool cut = obx.raw(5).find_first_of(std::string_view(separators, 3)) != std::string_view::npos;
  if (cut && is_plain_text_type(obx.component(2, 1))) {
    add_finding(file, findings::kUnescapedDelimiter, static_cast<std::uint32_t>(number), "OBX-5",
                "a delimiter within a text; expected it escaped, and read it as a character");
  }
  return obx.field(5);
}

ObxUnit read_unit(const Hl7Segment& obx, std::size_t number, ParsedFile& file) {
  std::vector<std::string> components = components_of(obx, 6);
  const bool named = components.size() >= 3 && is_system_name(components[2]);
  if (!named && join_powers(components)) {
    add_finding(file, findings::kUnescapedDelimiter, static_cast<std::uint32_t>(number), "OBX-6",
                "a component delimiter within a unit; expected it escaped, and read it as a power of ten");
  }
  components.resize(std::max<std::size_t>(components.size(), 2));
  return {std::move(components[0]), std::move(components[1])};
}

bool is_coded_type(std::string_view type) {
  return type == "CWE" || type == "CE" || type == "CNE" || type == "CF";
}

Coded coded_of(std::string_view repetition, const Hl7Delimiters& delimiters) {
  const auto component = [&](std::size_t number) {
    return unescape(part_of(repetition, delimiters.component, number), delimiters);
  };
  return {component(1), component(2), component(3)};
}

}  // namespace mimamori
