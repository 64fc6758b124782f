#include "dpc/dpc_kind.h"

#include <algorithm>

#include "standardize/text_fold.h"

namespace mimamori {
namespace {

struct KindRow {
  DpcKind kind;
  std::string_view name;
  std::size_t columns;
};
constexpr std::array<KindRow, 10> kKinds{{{DpcKind::kForm1, "FF1", 17},
                                          {DpcKind::kEfn, "EFn", 31},
                                          {DpcKind::kEfg, "EFg", 31},
                                          {DpcKind::kEn, "En", 25},
                                          {DpcKind::kEg, "Eg", 25},
                                          {DpcKind::kFn, "Fn", 19},
                                          {DpcKind::kFg, "Fg", 19},
                                          {DpcKind::kDn, "Dn", 30},
                                          {DpcKind::kHn, "Hn", 20},
                                          {DpcKind::kKn, "Kn", 0}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ascii_alnum(char c) { return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool all_of(std::string_view text, bool (*has)(char)) {
  return std::ranges::all_of(text, [has](char c) { return has(c); });
}
bool stands_alone(std::string_view text, std::size_t from, std::size_t to) {
  return (from == 0 || !is_ascii_alnum(text[from - 1])) && (to == text.size() || !is_ascii_alnum(text[to]));
}

/// KIND_FACILITY_yymm that begins at `at`; kind kNone if it does not.
DpcFileName name_at(std::string_view text, std::size_t at, const KindRow& row) {
  constexpr std::size_t kFacility = 9;
  const std::size_t facility = at + row.name.size() + 1;
  const std::size_t month = facility + kFacility + 1;
  const std::size_t end = month + 4;
  if (text.size() < end || text[facility - 1] != '_' || text[month - 1] != '_') return {};
  const std::string_view facility_text = text.substr(facility, kFacility);
  const std::string_view month_text = text.substr(month, 4);
  if (!all_of(facility_text, is_ascii_alnum) || !all_of(month_text, is_digit)) return {};
  const std::string_view number = month_text.substr(2);
  if (number < "01" || number > "12" || !stands_alone(text, at, end)) return {};
  return {.kind = row.kind, .facility = std::string(facility_text), .month = std::string(month_text)};
}

/// 31, 25 and 19 columns are read by in- and outpatient files alike.
bool is_outpatient_line(const DpcFields& fields, bool is_header, DpcKind inpatient, DpcKind by_name) {
  const bool name_says = by_name != DpcKind::kNone && dpc_columns(by_name) == dpc_columns(inpatient);
  if (is_header) {
    const std::string third = fold(fields.field[2]);
    if (third.find("生年月日") != std::string::npos) return true;
    // Before fiscal 2016 the outpatient files had the inpatient names here.
    const bool is_old = inpatient != DpcKind::kEfn || fold(fields.field[13]) == "明細点数";
    return name_says && is_outpatient(by_name) && is_old;
  }
  if (name_says) return is_outpatient(by_name);
  if (inpatient == DpcKind::kEfn) return trimmed(fields.field[29]) == "1" || trimmed(fields.field[4]) == "SY";
  return inpatient == DpcKind::kEn && trimmed(fields.field[23]) == "1";
}

}  // namespace

std::string_view name_of(DpcKind kind) {
  for (const KindRow& row : kKinds) {
    if (row.kind == kind) return row.name;
  }
  return "";
}

std::size_t dpc_columns(DpcKind kind) {
  for (const KindRow& row : kKinds) {
    if (row.kind == kind) return row.columns;
  }
  return 0;
}

DpcFileName read_dpc_file_name(std::string_view file_name) {
  DpcFileName kind_alone;
  for (const KindRow& row : kKinds) {
    for (std::size_t at = file_name.find(row.name); at != std::string_view::npos;
         at = file_name.find(row.name, at + 1)) {
      DpcFileName read = name_at(file_name, at, row);
      if (read.kind != DpcKind::kNone) return read;
      const std::size_t end = at + row.name.size();
      const bool is_word =
          stands_alone(file_name, at, end) && end < file_name.size() && file_name[end] == '_';
      if (kind_alone.kind == DpcKind::kNone && is_word) kind_alone.kind = row.kind;
    }
  }
  return kind_alone;
}

std::string dpc_file_identity(std::string_view file_name) {
  const DpcFileName name = read_dpc_file_name(file_name);
  if (name.month.empty() || name.kind == DpcKind::kForm1) return "";
  return "dpc:" + std::string(name_of(name.kind)) + ":" + name.facility + ":" + name.month;
}

DpcFields split_dpc_line(std::string_view line) {
  DpcFields fields;
  std::size_t start = 0;
  for (std::size_t i = 0;; ++i) {
    if (i < line.size() && line[i] != '\t') continue;
    if (fields.count < DpcFields::kMax) fields.field[fields.count] = line.substr(start, i - start);
    ++fields.count;
    if (i == line.size()) return fields;
    start = i + 1;
  }
}

bool is_dpc_header(const DpcFields& fields) {
  for (std::size_t i = 1; i <= 2; ++i) {
    const std::string_view text = trimmed(fields.field[i]);
    // Looked at for every line: numbers, of which lines are made, are told apart at the first byte.
    if (text.empty() || static_cast<unsigned char>(text.front()) < 0x80) continue;
    if (without_blanks(fold(text)) == "データ識別番号") return true;
  }
  return false;
}

DpcKind dpc_kind_of_line(const DpcFields& fields, bool is_header, DpcKind by_name) {
  for (const KindRow& row : kKinds) {
    if (row.columns == 0 || row.columns != fields.count) continue;
    const bool has_twin = row.kind == DpcKind::kEfn || row.kind == DpcKind::kEn || row.kind == DpcKind::kFn;
    if (!has_twin || !is_outpatient_line(fields, is_header, row.kind, by_name)) return row.kind;
    return row.kind == DpcKind::kEfn ? DpcKind::kEfg : row.kind == DpcKind::kEn ? DpcKind::kEg : DpcKind::kFg;
  }
  return DpcKind::kNone;
}

}  // namespace mimamori
