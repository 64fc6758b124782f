#include "standardize/code_map.h"

#include <algorithm>

#include "base/limits.h"
#include "standardize/code_choice.h"
#include "standardize/csv.h"

namespace mimamori {
namespace {

Error line_error(std::size_t number, std::string_view expectation) {
  return Error{ErrorCode::kInvalidInput, "line " + std::to_string(number) + ": " + std::string(expectation)};
}

Result<std::optional<Date>> parse_open_date(std::string_view text) {
  if (text.empty()) return std::optional<Date>();
  const Date date = TRY(parse_iso_date(text));
  return std::optional<Date>(date);
}

bool has_category_and_shape(CodeMap::Category category, const MappedCode& code) {
  if (category == CodeMap::Category::kLab)
    return has_standard_shape(CodeFamily::kLab, code.system, code.code);
  return has_standard_shape(CodeFamily::kHot, code.system, code.code) ||
         has_standard_shape(CodeFamily::kYj, code.system, code.code);
}

bool overlap(const std::optional<Date>& from_a, const std::optional<Date>& to_a,
             const std::optional<Date>& from_b, const std::optional<Date>& to_b) {
  const bool a_ends_before_b = to_a && from_b && *to_a < *from_b;
  const bool b_ends_before_a = to_b && from_a && *to_b < *from_a;
  return !a_ends_before_b && !b_ends_before_a;
}

}  // namespace

std::optional<MappedCode> CodeMap::lookup(Category category, std::string_view local_system,
                                          std::string_view local_code, Date on) const {
  const auto found = entries_.find(Key{category, std::string(local_system), std::string(local_code)});
  if (found == entries_.end()) return std::nullopt;
  for (const Entry& entry : found->second) {
    const bool begun = !entry.valid_from || *entry.valid_from <= on;
    const bool ended = entry.valid_to && *entry.valid_to < on;
    if (begun && !ended) return entry.standard;
  }
  return std::nullopt;
}

Result<CodeMap> parse_code_map(std::string_view text) {
  if (text.size() > limits::kCodeMapBytesMax) {
    return Error{ErrorCode::kInvalidInput, "code map: larger than the limit"};
  }
  const std::vector<CsvLine> lines =
      TRY(parse_csv(text, {"category", "local_system", "local_code", "standard_system", "standard_code",
                           "valid_from", "valid_to"}));
  CodeMap map;
  for (const CsvLine& line : lines) {
    const std::vector<std::string>& field = line.fields;
    if (field[0] != "drug" && field[0] != "lab")
      return line_error(line.number, "expected category drug or lab");
    const CodeMap::Category category =
        field[0] == "drug" ? CodeMap::Category::kDrug : CodeMap::Category::kLab;
    if (field[2].empty()) return line_error(line.number, "expected a local_code");
    const MappedCode standard{.system = field[3], .code = field[4]};
    if (!has_category_and_shape(category, standard)) {
      return line_error(line.number,
                        category == CodeMap::Category::kDrug
                            ? "expected standard_system HOT7, HOT9, HOT11, HOT13 or YJ and a "
                              "standard_code of its shape"
                            : "expected standard_system JC10 and a standard_code of 17 characters");
    }
    const Result<std::optional<Date>> from = parse_open_date(field[5]);
    const Result<std::optional<Date>> to = parse_open_date(field[6]);
    if (!from.ok()) return line_error(line.number, "valid_from: expected YYYY-MM-DD or nothing");
    if (!to.ok()) return line_error(line.number, "valid_to: expected YYYY-MM-DD or nothing");
    if (*from && *to && **to < **from)
      return line_error(line.number, "expected valid_to not before valid_from");

    std::vector<CodeMap::Entry>& entries = map.entries_[{category, field[1], field[2]}];
    for (const CodeMap::Entry& other : entries) {
      if (overlap(*from, *to, other.valid_from, other.valid_to)) {
        return line_error(line.number,
                          "expected days that do not overlap those of line " + std::to_string(other.line));
      }
    }
    entries.push_back({.standard = standard, .valid_from = *from, .valid_to = *to, .line = line.number});
    ++map.size_;
  }
  return map;
}

std::vector<CodeMapRow> CodeMap::rows() const {
  std::vector<CodeMapRow> rows;
  for (const auto& [key, entries] : entries_) {
    const auto& [category, local_system, local_code] = key;
    for (const Entry& entry : entries) {
      rows.push_back({.category = category == Category::kDrug ? "drug" : "lab",
                      .local_system = local_system,
                      .local_code = local_code,
                      .standard_system = entry.standard.system,
                      .standard_code = entry.standard.code,
                      .valid_from = entry.valid_from,
                      .valid_to = entry.valid_to});
    }
  }
  return rows;
}

}  // namespace mimamori
