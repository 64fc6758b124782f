#include "standardize/unit_rules.h"

#include <algorithm>
#include <tuple>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <span>

#include "base/embedded.h"
#include "standardize/csv.h"
#include "standardize/lab_value.h"
#include "standardize/text_fold.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_standardize();

namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// "M/uL", "MIU/L", "MU/L": a capital M in front of a counted thing is mega, not milli.
bool begins_with_mega(std::string_view unit) {
  return unit.starts_with("M/") || unit.starts_with("MU/") || unit.starts_with("MIU/");
}

// x10^4/ul, *10**4/ul, 10e4/ul and .10*4/ul become 10*4/ul.
std::string with_one_power_sign(std::string_view unit) {
  if (unit.starts_with('.')) unit.remove_prefix(1);
  const bool times = unit.starts_with("x10") || unit.starts_with("*10");
  const std::string_view power = times ? unit.substr(1) : unit;
  if (!power.starts_with("10")) return std::string(unit);
  for (const std::string_view sign : {"**", "^", "e", "*"}) {
    const std::string_view rest = power.substr(2);
    if (!rest.starts_with(sign)) continue;
    if (rest.size() == sign.size() || rest[sign.size()] < '0' || rest[sign.size()] > '9') continue;
    return "10*" + std::string(rest.substr(sign.size()));
  }
  return std::string(unit);
}

std::optional<int> power_of(std::string_view unit) {
  if (!unit.starts_with("10*")) return std::nullopt;
  unit.remove_prefix(3);
  int power = 0;
  const auto [stop, error] = std::from_chars(unit.data(), unit.data() + unit.size(), power);
  const bool ends = stop == unit.data() + unit.size() || *stop == '/';
  return error == std::errc() && ends ? std::optional(power) : std::nullopt;
}

Error line_error(std::size_t number, std::string_view expectation) {
  return Error{ErrorCode::kInvalidInput, "line " + std::to_string(number) + ": " + std::string(expectation)};
}

bool is_analyte(std::string_view analyte) {
  return analyte.size() == 5 || (analyte.size() == 8 && analyte[5] == '-');
}

Result<double> factor(std::string_view text) {
  if (text.empty()) return 1.0;
  const std::optional<double> value = read_decimal(text);
  if (!value || *value <= 0) return Error{ErrorCode::kInvalidInput, "expected a positive number or nothing"};
  return *value;
}

Result<std::optional<Date>> open_date(std::string_view text) {
  if (text.empty()) return std::optional<Date>();
  const Date date = TRY(parse_iso_date(text));
  return std::optional<Date>(date);
}

template <class Rule>
bool holds(const Rule& rule, Date on) {
  return (!rule.valid_from || *rule.valid_from <= on) && (!rule.valid_to || on <= *rule.valid_to);
}

template <class Rule>
bool overlap(const Rule& a, const Rule& b) {
  return !(a.valid_to && b.valid_from && *a.valid_to < *b.valid_from) &&
         !(b.valid_to && a.valid_from && *b.valid_to < *a.valid_from);
}

}  // namespace

std::string normalize_unit(std::string_view unit) {
  const std::string compact = without_blanks(fold(unit));
  std::string normal = lower_ascii(compact);
  if (begins_with_mega(compact)) normal[0] = 'M';
  replace_all(normal, "百万", "10*6");
  replace_all(normal, "万", "10*4");
  replace_all(normal, "千", "10*3");
  replace_all(normal, "個", "");
  replace_all(normal, "mm^3", "mm3");
  replace_all(normal, "m^2", "m2");
  replace_all(normal, "/mm3", "/ul");  // one cubic millimetre is one microlitre
  replace_all(normal, "/cmm", "/ul");
  replace_all(normal, "mcg", "ug");
  replace_all(normal, "mcl", "ul");
  return with_one_power_sign(normal);
}

double convert(const UnitRule& rule, double value) {
  if (rule.multiply_by == 1 && rule.divide_by == 1) return value;
  const double converted = value * rule.multiply_by / rule.divide_by;
  if (!std::isfinite(converted)) return converted;
  char text[40];
  const int length = std::snprintf(text, sizeof text, "%.12g", converted);
  double rounded = 0;
  std::from_chars(text, text + length, rounded);
  return rounded;
}

const UnitRules& UnitRules::built_in() {
  static const UnitRules rules = [] {
    Result<UnitRules> parsed = parse(content_of(embedded_standardize(), "rules/unit_rules.csv"));
    ENSURE(parsed.ok());
    return *std::move(parsed);
  }();
  return rules;
}

Result<UnitRules> UnitRules::parse(std::string_view text) {
  const std::vector<CsvLine> lines =
      TRY(parse_csv(text, {"analyte", "name", "standard_unit", "accepted_unit", "multiply_by", "divide_by",
                           "valid_from", "valid_to"}));
  UnitRules rules;
  for (const CsvLine& line : lines) {
    const std::vector<std::string>& field = line.fields;
    if (!is_analyte(field[0]))
      return line_error(line.number, "expected an analyte such as 3H015 or 2A990-55");
    const Result<double> multiply = factor(field[4]);
    const Result<double> divide = factor(field[5]);
    if (!multiply.ok() || !divide.ok()) {
      return line_error(line.number, "multiply_by, divide_by: expected a positive number or nothing");
    }
    const Result<std::optional<Date>> from = open_date(field[6]);
    const Result<std::optional<Date>> to = open_date(field[7]);
    if (!from.ok() || !to.ok()) {
      return line_error(line.number, "valid_from, valid_to: expected YYYY-MM-DD or nothing");
    }
    const std::string accepted = normalize_unit(field[3]);
    const DatedRule rule{.accepted_unit = accepted,
                         .valid_from = *from,
                         .valid_to = *to,
                         .rule = {.standard_unit = field[2],
                                  .multiply_by = *multiply,
                                  .divide_by = *divide,
                                  .unit_power = power_of(accepted)}};
    std::vector<DatedRule>& known = rules.rules_[field[0]];
    for (const DatedRule& other : known) {
      if (!overlap(rule, other)) continue;
      if (other.accepted_unit == accepted)
        return line_error(line.number, "expected one rule for a unit and day");
      if (other.rule.standard_unit != field[2]) {
        return line_error(line.number, "expected one standard unit for an analyte and day");
      }
    }
    known.push_back(rule);
  }
  return rules;
}

const std::vector<UnitRules::DatedRule>* UnitRules::rules_of(std::string_view jlac10) const {
  if (jlac10.size() != 17) return nullptr;
  const std::string analyte(jlac10.substr(0, 5));
  auto found = rules_.find(analyte + "-" + std::string(jlac10.substr(15)));
  if (found == rules_.end()) found = rules_.find(analyte);
  return found == rules_.end() ? nullptr : &found->second;
}

const UnitRule* UnitRules::find(std::string_view jlac10, std::string_view unit, Date on) const {
  const std::vector<DatedRule>* rules = rules_of(jlac10);
  if (rules == nullptr) return nullptr;
  const std::string normal = normalize_unit(unit);
  for (const DatedRule& rule : *rules) {
    if (rule.accepted_unit == normal && holds(rule, on)) return &rule.rule;
  }
  return nullptr;
}

std::optional<std::string> UnitRules::standard_unit(std::string_view jlac10, Date on) const {
  const std::vector<DatedRule>* rules = rules_of(jlac10);
  if (rules == nullptr) return std::nullopt;
  for (const DatedRule& rule : *rules) {
    if (holds(rule, on)) return rule.rule.standard_unit;
  }
  return std::nullopt;
}

std::vector<UnitRuleRow> UnitRules::rows() const {
  std::vector<UnitRuleRow> rows;
  for (const auto& [analyte, rules] : rules_) {
    for (const DatedRule& dated : rules) {
      rows.push_back({.analyte = analyte,
                      .accepted_unit = dated.accepted_unit,
                      .standard_unit = dated.rule.standard_unit,
                      .factor = dated.rule.multiply_by / dated.rule.divide_by,
                      .valid_from = dated.valid_from,
                      .valid_to = dated.valid_to});
    }
  }
  // The map above has no order of its own.
  std::ranges::sort(rows, {}, [](const UnitRuleRow& row) {
    return std::tuple(row.analyte, row.accepted_unit, row.valid_from);
  });
  return rows;
}

}  // namespace mimamori
