#include "clinical/reference_interval.h"

#include <string>
#include <vector>

#include "clinical/rule_table.h"

namespace mimamori {
namespace {

struct FallbackRule {
  std::string analyte_id;
  std::string sex;
  ReferenceInterval interval;
  RuleValidity validity;
};

const std::vector<FallbackRule>& fallback_rules() {
  static const std::vector<FallbackRule> all = [] {
    const RuleTable table = RuleTable::read("rules/reference_intervals.csv");
    std::vector<FallbackRule> rules;
    for (const RuleRow& row : table.rows()) {
      rules.push_back(FallbackRule{.analyte_id = row.text("analyte"),
                                   .sex = row.text("sex"),
                                   .interval = {.lower = row.number("lower"), .upper = row.number("upper")},
                                   .validity = row.validity()});
    }
    return rules;
  }();
  return all;
}

bool holds_for(const FallbackRule& rule, Sex sex) {
  if (rule.sex == "*") return true;
  return (rule.sex == "F" && sex == Sex::kFemale) || (rule.sex == "M" && sex == Sex::kMale);
}

}  // namespace

std::optional<ReferenceInterval> fallback_interval(std::string_view analyte_id, Sex sex, Date on) {
  for (const FallbackRule& rule : fallback_rules()) {
    if (rule.analyte_id == analyte_id && holds_for(rule, sex) && rule.validity.holds_on(on)) {
      return rule.interval;
    }
  }
  return std::nullopt;
}

}  // namespace mimamori
