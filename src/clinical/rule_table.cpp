#include "clinical/rule_table.h"

#include <algorithm>
#include <charconv>

#include "base/embedded.h"
#include "base/result.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_clinical_rules();

namespace {

std::vector<std::string> cut(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  while (true) {
    const std::size_t end = text.find(separator, start);
    if (end == std::string_view::npos) break;
    parts.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  parts.emplace_back(text.substr(start));
  return parts;
}

std::optional<Date> date_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const Result<Date> date = parse_iso_date(text);
  ENSURE(date.ok());
  return *date;
}

}  // namespace

const std::string& RuleRow::text(std::string_view column) const {
  const auto found = std::ranges::find(*columns_, column);
  ENSURE(found != columns_->end());
  return fields_[static_cast<std::size_t>(found - columns_->begin())];
}

std::optional<double> RuleRow::number(std::string_view column) const {
  const std::string& field = text(column);
  if (field.empty()) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  ENSURE(error == std::errc() && end == field.data() + field.size());
  return value;
}

std::vector<std::string> RuleRow::list(std::string_view column) const {
  const std::string& field = text(column);
  return field.empty() ? std::vector<std::string>{} : cut(field, '|');
}

RuleValidity RuleRow::validity() const {
  return RuleValidity{.from = date_of(text("valid_from")), .until = date_of(text("valid_until"))};
}

RuleTable RuleTable::read(std::string_view path) {
  RuleTable table;
  for (const std::string& line : cut(content_of(embedded_clinical_rules(), path), '\n')) {
    if (line.empty() || line.front() == '#') continue;
    table.lines.push_back(cut(line, ','));
    ENSURE(table.lines.back().size() == table.lines.front().size());
  }
  ENSURE(!table.lines.empty());
  return table;
}

std::vector<RuleRow> RuleTable::rows() const {
  std::vector<RuleRow> all;
  for (std::size_t i = 1; i < lines.size(); ++i) all.emplace_back(&lines.front(), lines[i]);
  return all;
}

}  // namespace mimamori
