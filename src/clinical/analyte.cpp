#include "clinical/analyte.h"

#include <algorithm>

#include "base/result.h"

namespace mimamori {
namespace {

constexpr std::size_t kJlac10Length = 17;
constexpr std::size_t kPrefixLength = 5;
constexpr std::size_t kResultSuffixStart = 15;

Jlac10Pattern pattern_of(const std::string& text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string::npos) return {.prefix = text, .result_suffix = ""};
  return {.prefix = text.substr(0, dash), .result_suffix = text.substr(dash + 1)};
}

std::vector<Analyte> read_analytes() {
  const RuleTable table = RuleTable::read("rules/analytes.csv");
  std::vector<Analyte> all;
  for (const RuleRow& row : table.rows()) {
    Analyte analyte{.id = row.text("id"),
                    .jlac10 = {},
                    .materials = row.list("materials"),
                    .derived_from = row.text("derived_from"),
                    .unit = row.text("unit"),
                    .name = {.ja = row.text("name_ja"), .en = row.text("name_en")},
                    .validity = row.validity()};
    for (const std::string& text : row.list("jlac10")) analyte.jlac10.push_back(pattern_of(text));
    ENSURE(analyte.jlac10.empty() != analyte.derived_from.empty());  // measured or derived, never both
    all.push_back(std::move(analyte));
  }
  return all;
}

}  // namespace

bool Analyte::accepts(std::string_view jlac10_code, std::string_view material, Date on) const {
  if (jlac10_code.size() != kJlac10Length || !validity.holds_on(on)) return false;
  if (std::ranges::find(materials, material) == materials.end()) return false;
  return std::ranges::any_of(jlac10, [&](const Jlac10Pattern& pattern) {
    return jlac10_code.substr(0, kPrefixLength) == pattern.prefix &&
           (pattern.result_suffix.empty() || jlac10_code.substr(kResultSuffixStart) == pattern.result_suffix);
  });
}

std::span<const Analyte> analytes() {
  static const std::vector<Analyte> all = read_analytes();
  return all;
}

const Analyte* find_analyte(std::string_view id) {
  const auto found = std::ranges::find(analytes(), id, &Analyte::id);
  return found == analytes().end() ? nullptr : &*found;
}

const Analyte& measured_analyte(const Analyte& analyte) {
  if (analyte.derived_from.empty()) return analyte;
  const Analyte* source = find_analyte(analyte.derived_from);
  ENSURE(source != nullptr);
  return *source;
}

}  // namespace mimamori
