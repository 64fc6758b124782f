#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "model/source_file.h"

namespace mimamori {

/// One spelling per unit, for comparison only (ssmix2.md 7.4): folded, without blanks, powers of ten
/// as 10*n (×10＾4/μL, 10^4/uL, 万/µL, 10⁴/μℓ give 10*4/ul), lower case except a leading M (mega).
std::string normalize_unit(std::string_view unit);

/// How one unit of one analyte becomes its standard unit.
struct UnitRule {
  std::string standard_unit;
  double multiply_by = 1;
  double divide_by = 1;
  std::optional<int> unit_power;  // n if the accepted unit begins with 10*n
};

/// value * multiply_by / divide_by, rounded to 12 significant digits, so that 253000 /uL is exactly
/// 25.3 10*4/uL: clinical values have fewer digits, and binary factors must leave no trace.
double convert(const UnitRule& rule, double value);

/// The rules for units, from rules/unit_rules.csv (R-285: data with effective dates, no constants).
class UnitRules {
 public:
  /// The rules that are built into the program.
  static const UnitRules& built_in();

  /// Errors  kInvalidInput, with the line's number: what parse_csv refuses, an analyte that is not
  ///         five characters (and -NN), a factor that is not a positive number, a day that is none,
  ///         two rules for one unit whose days overlap, two standard units for one analyte and day.
  static Result<UnitRules> parse(std::string_view text);

  /// The rule for a unit as it came (any spelling); `jlac10` is the 17-character code. A rule for
  /// analyte and result (2A990-55) goes before one for the analyte alone (2A050).
  [[nodiscard]] const UnitRule* find(std::string_view jlac10, std::string_view unit, Date on) const;

  /// Every rule in a fixed order, for the edited layer's unit_rule table.
  [[nodiscard]] std::vector<UnitRuleRow> rows() const;

  /// The standard unit of the analyte; nothing if no rule names it.
  [[nodiscard]] std::optional<std::string> standard_unit(std::string_view jlac10, Date on) const;

 private:
  struct DatedRule {
    std::string accepted_unit;  // normalized
    std::optional<Date> valid_from;
    std::optional<Date> valid_to;
    UnitRule rule;
  };
  [[nodiscard]] const std::vector<DatedRule>* rules_of(std::string_view jlac10) const;
  std::unordered_map<std::string, std::vector<DatedRule>> rules_;  // by "3H015" or "2A990-55"
};

}  // namespace mimamori
