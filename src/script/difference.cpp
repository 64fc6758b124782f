#include "script/difference.h"

#include <algorithm>
#include <map>

#include "script/explain.h"
#include "script/plain_words.h"

namespace mimamori {
namespace {

/// One rule of a script in words. Two scripts' rules with the same key are compared.
struct ToldRule {
  std::string part;
  std::string key;
  Text2 label;
  Text2 value;
};

class ToldRules {
 public:
  void add(std::string part, std::string key, Text2 label, Text2 value) {
    rules.push_back(ToldRule{.part = std::move(part),
                             .key = std::move(key),
                             .label = std::move(label),
                             .value = std::move(value)});
  }
  std::vector<ToldRule> rules;
};

Text2 days_in_words(std::int64_t days) {
  return told(days == 1 ? "difference.days.one" : "difference.days",
              {{"days", same_word(std::to_string(days))}});
}

void tell_arm(ToldRules& rules, const std::string& which, const ArmDefinition& arm) {
  rules.add("arms", which + ".title", catalogue("difference." + which + ".title"), shown_title(arm.title));
  for (const DrugCode& drug : arm.drugs) {
    const std::string system = drug.system == DrugCodeSystem::kHot ? "hot" : "yj";
    rules.add("arms", which + "." + system + "." + drug.prefix, catalogue("difference." + which + ".drug"),
              drug_in_words(drug));
  }
}

void tell_yes_or_no(ToldRules& rules, const std::string& part, const std::string& key, bool yes) {
  rules.add(part, key, catalogue("difference." + key), catalogue(yes ? "difference.yes" : "difference.no"));
}

/// Everything but the outcomes, in the order of explained_parts().
ToldRules rules_of(const StudyScript& script) {
  ToldRules rules;
  const auto simple = [&](const std::string& part, const std::string& key, Text2 value) {
    rules.add(part, key, catalogue("difference." + key), std::move(value));
  };
  simple("window", "study_id", same_word(script.study_id));
  simple("window", "title", shown_title(script.title));
  simple("window", "window.first", same_word(to_iso(script.data_window.start)));
  simple("window", "window.last", same_word(to_iso(script.data_window.end - Days(1))));
  tell_arm(rules, "exposure", script.exposure);
  tell_arm(rules, "comparator", script.comparator);
  simple("new_use", "history", days_in_words(script.new_use.history.count()));
  simple("new_use", "washout", days_in_words(script.new_use.washout.count()));
  simple("episode", "gap", days_in_words(script.episode.gap.count()));
  simple("episode", "grace", days_in_words(script.episode.grace.count()));
  simple("episode", "supply", days_in_words(script.episode.default_days_supply));
  for (const CensoringReason reason : censoring_reasons()) {
    tell_yes_or_no(rules, "follow_up", "ends." + std::string(name_of(reason)),
                   ends_at(script.follow_up, reason));
  }
  simple("baseline", "lookback", days_in_words(script.baseline.lookback.count()));
  for (const std::string population : {"everyone", "baseline_in_reference_range"}) {
    tell_yes_or_no(rules, "populations", "population." + population,
                   std::ranges::find(script.populations, population) != script.populations.end());
  }
  return rules;
}

ToldRules rules_of(const OutcomeRule& outcome) {
  ToldRules rules;
  const auto add = [&](const std::string& key, Text2 value) {
    rules.add("outcomes", key, told("difference." + key, {{"id", same_word(outcome.id)}}), std::move(value));
  };
  add("outcome.title", shown_title(outcome.title));
  add("outcome.analyte", analyte_in_words(outcome.analyte));
  add("outcome.abnormal", abnormal_in_words("difference.abnormal", outcome));
  return rules;
}

/// A whole outcome, for one that only one of the scripts has.
Text2 whole(const OutcomeRule& outcome) {
  return told("explain.outcome", {{"title", shown_title(outcome.title)},
                                  {"id", same_word(outcome.id)},
                                  {"rule", abnormal_in_words("explain.outcome", outcome)}});
}

/// Compares rules by key: those of `before` in their order, then the new ones of `after`.
void compare(const ToldRules& before, const ToldRules& after, ScriptDifference& difference) {
  std::map<std::string, const ToldRule*> after_by_key;
  std::map<std::string, const ToldRule*> before_by_key;
  for (const ToldRule& rule : after.rules) after_by_key.emplace(rule.key, &rule);
  for (const ToldRule& rule : before.rules) {
    if (!before_by_key.emplace(rule.key, &rule).second) continue;  // a drug named twice is one drug
    const auto found = after_by_key.find(rule.key);
    if (found != after_by_key.end() && found->second->value == rule.value) {
      ++difference.unchanged;
      continue;
    }
    const Text2 now = found == after_by_key.end() ? catalogue("difference.absent") : found->second->value;
    difference.changes.push_back(
        ScriptChange{.part = rule.part, .label = rule.label, .before = rule.value, .after = now});
  }
  for (const auto& [key, rule] : after_by_key) {
    if (before_by_key.contains(key)) continue;
    difference.changes.push_back(ScriptChange{.part = rule->part,
                                              .label = rule->label,
                                              .before = catalogue("difference.absent"),
                                              .after = rule->value});
  }
}

const OutcomeRule* find_outcome(const StudyScript& script, std::string_view id) {
  const auto found = std::ranges::find(script.outcomes, id, &OutcomeRule::id);
  return found == script.outcomes.end() ? nullptr : &*found;
}

void compare_outcomes(const StudyScript& before, const StudyScript& after, ScriptDifference& difference) {
  const auto one_sided = [&](const OutcomeRule& outcome, bool is_new) {
    const Text2 text = whole(outcome);
    const Text2& absent = catalogue("difference.absent");
    difference.changes.push_back(
        ScriptChange{.part = "outcomes",
                     .label = told("difference.outcome", {{"id", same_word(outcome.id)}}),
                     .before = is_new ? absent : text,
                     .after = is_new ? text : absent});
  };
  for (const OutcomeRule& outcome : before.outcomes) {
    if (const OutcomeRule* now = find_outcome(after, outcome.id)) {
      compare(rules_of(outcome), rules_of(*now), difference);
    } else {
      one_sided(outcome, false);
    }
  }
  for (const OutcomeRule& outcome : after.outcomes) {
    if (find_outcome(before, outcome.id) == nullptr) one_sided(outcome, true);
  }
}

}  // namespace

ScriptDifference difference(const StudyScript& before, const StudyScript& after) {
  ScriptDifference found;
  compare(rules_of(before), rules_of(after), found);
  compare_outcomes(before, after, found);
  const std::vector<std::string>& parts = explained_parts();
  std::ranges::stable_sort(found.changes, {}, [&](const ScriptChange& change) {
    return std::ranges::find(parts, change.part) - parts.begin();
  });
  return found;
}

}  // namespace mimamori
