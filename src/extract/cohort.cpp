#include "extract/cohort.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "clinical/analyte.h"
#include "extract/exposure_era.h"
#include "extract/new_user.h"
#include "extract/person_time.h"

namespace mimamori {
namespace {

/// The rules of entry, in the order in which attrition is counted.
enum class EntryRule : std::size_t { kDispensed, kOneArm, kHistory, kWashout, kBirthDate, kCount };
constexpr std::array kRuleIds = {"dispensed_in_data_window", "one_arm_on_index_date", "history", "washout",
                                 "birth_date_known"};
static_assert(kRuleIds.size() == static_cast<std::size_t>(EntryRule::kCount));

/// A person's way through the rules.
struct Entry {
  IndexDispensing index;
  EntryRule passed = EntryRule::kDispensed;  // the last rule that held
};

std::optional<Entry> entry_of(const PersonRecords& person, const std::vector<Dispensing>& dispensings,
                              const StudyScript& script) {
  const std::optional<IndexDispensing> index = index_dispensing(dispensings, script.data_window);
  if (!index) return std::nullopt;
  Entry entry{.index = *index};
  if (!index->one_arm()) return entry;
  entry.passed = EntryRule::kOneArm;
  if (!person.first_record || !has_history(*person.first_record, index->index_date, script.new_use.history)) {
    return entry;
  }
  entry.passed = EntryRule::kHistory;
  if (!is_free_of_study_drugs(dispensings, index->index_date, script.new_use.washout)) return entry;
  entry.passed = EntryRule::kWashout;
  if (!person.facts.birth_date || *person.facts.birth_date > index->index_date) return entry;
  entry.passed = EntryRule::kBirthDate;
  return entry;
}

/// Counts a person at every rule that held; one who started both drugs counts in both arms until then.
void count_entry(const Entry& entry, std::vector<AttritionStep>& attrition) {
  for (std::size_t rule = 0; rule <= static_cast<std::size_t>(entry.passed); ++rule) {
    if (entry.index.exposed) ++attrition[rule].exposed;
    if (entry.index.comparator) ++attrition[rule].comparator;
  }
}

FollowUpEnds ends_of(const PersonRecords& person, const std::vector<Dispensing>& dispensings,
                     const IndexDispensing& index, const StudyScript& script) {
  const auto asked = [&](CensoringReason reason) {
    return std::ranges::find(script.follow_up.end_at, reason) != script.follow_up.end_at.end();
  };
  FollowUpEnds ends{.other_arm = std::nullopt,
                    .exposure = std::nullopt,
                    .last_record = std::nullopt,
                    .cut_off = script.data_window.end - Days(1)};
  if (asked(CensoringReason::kOtherArm)) {
    for (const Dispensing& d : dispensings) {  // ordered by day: the first is the earliest
      if (d.arm == index.arm() || d.starts_on <= index.index_date) continue;
      ends.other_arm = d.starts_on;
      break;
    }
  }
  if (asked(CensoringReason::kEndOfExposure)) {
    ends.exposure = last_exposed_day(dispensings, index.arm(), index.index_date, script.episode);
  }
  if (asked(CensoringReason::kLastRecord)) ends.last_record = person.last_record;
  return ends;
}

std::vector<LabValue> values_for(const PersonRecords& person, const OutcomeRule& rule) {
  const Analyte* analyte = find_analyte(rule.analyte);
  ENSURE(analyte != nullptr);  // parse_script has checked it
  const auto found = person.values.find(measured_analyte(*analyte).id);
  if (found == person.values.end()) return {};
  return analyte->derived_from.empty() ? found->second : egfr_values(found->second, person.facts);
}

std::string replaced(std::string text, std::string_view name, std::string_view value) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size())) {
    text.replace(at, name.size(), value);
  }
  return text;
}

OutcomeDefinition definition_of(const OutcomeRule& rule) {
  static constexpr std::array kKeys = {"extract.definition.above_reference",
                                       "extract.definition.below_reference", "extract.definition.above",
                                       "extract.definition.below"};
  const Analyte* analyte = find_analyte(rule.analyte);
  ENSURE(analyte != nullptr);
  std::array<char, 32> digits{};
  const auto printed = std::to_chars(digits.data(), digits.data() + digits.size(), rule.threshold);
  const std::string threshold(digits.data(), printed.ptr);
  const auto fill = [&](const std::string& text, const std::string& name) {
    return replaced(replaced(replaced(text, "{analyte}", name), "{unit}", analyte->unit), "{limit}",
                    threshold);
  };
  const Text2& text = catalogue(kKeys[static_cast<std::size_t>(rule.abnormal)]);
  return OutcomeDefinition{.id = rule.id,
                           .title = rule.title,
                           .definition = {fill(text.ja, analyte->name.ja), fill(text.en, analyte->name.en)}};
}

/// A member of the cohort with the follow-up for each outcome.
struct Member {
  CohortPerson person;
  std::vector<OutcomeFollowUp> follow_up;
};

Member member_of(const PersonRecords& person, const std::vector<Dispensing>& dispensings,
                 const IndexDispensing& index, const StudyScript& script, const Secret& rekey) {
  Member member{.person = {.person_key = rekey.keyed_hash("study-person", person.patient_key),
                           .arm = index.arm(),
                           .sex = person.facts.sex,
                           .age_years = age_in_years(*person.facts.birth_date, index.index_date),
                           .index_date = index.index_date},
                .follow_up = {}};
  const Censoring censoring = censoring_of(ends_of(person, dispensings, index, script));
  for (const OutcomeRule& rule : script.outcomes) {
    const std::vector<LabValue> values = values_for(person, rule);
    OutcomeFollowUp follow_up = follow_up_of(values, rule, person.facts.sex, index.index_date, censoring);
    const LabValue* baseline =
        baseline_value(values, rule, person.facts.sex, index.index_date, script.baseline.lookback);
    if (baseline != nullptr) {
      follow_up.baseline_value = baseline->value;
      follow_up.baseline_in_reference_range =
          is_in_reference_range(*baseline, rule.analyte, person.facts.sex);
    }
    member.follow_up.push_back(follow_up);
  }
  return member;
}

void note_assumptions(const std::vector<Dispensing>& dispensings, const IndexDispensing& index,
                      ExtractionNotes& notes) {
  notes.days_supply_assumed += std::ranges::count_if(dispensings, [&](const Dispensing& d) {
    return d.days_supply_assumed && d.arm == index.arm() && d.starts_on >= index.index_date;
  });
}

}  // namespace

StudyDataSet empty_data_set(const StudyScript& script, const std::string& script_sha256) {
  StudyDataSet data_set{.study_id = script.study_id,
                        .title = script.title,
                        .exposed_title = script.exposure.title,
                        .comparator_title = script.comparator.title,
                        .data_start = script.data_window.start,
                        .data_end = script.data_window.end,
                        .script_sha256 = script_sha256,
                        .sites = {},
                        .attrition = {},
                        .notes = {},
                        .persons = {},
                        .outcomes = {},
                        .follow_up = {}};
  for (const char* rule : kRuleIds) {
    data_set.attrition.push_back(
        AttritionStep{.rule = rule, .title = catalogue(std::string("extract.attrition.") + rule)});
  }
  for (const OutcomeRule& rule : script.outcomes) data_set.outcomes.push_back(definition_of(rule));
  data_set.follow_up.resize(script.outcomes.size());
  return data_set;
}

StudyDataSet build_cohort(const std::vector<PersonRecords>& persons, const StudyScript& script,
                          const std::string& script_sha256, const Secret& rekey) {
  StudyDataSet data_set = empty_data_set(script, script_sha256);
  std::vector<Member> members;
  for (const PersonRecords& person : persons) {
    const std::vector<Dispensing> dispensings =
        dispensings_of(person.drugs, script.episode.default_days_supply);
    const std::optional<Entry> entry = entry_of(person, dispensings, script);
    if (!entry) continue;
    count_entry(*entry, data_set.attrition);
    if (entry->passed != EntryRule::kBirthDate) continue;
    members.push_back(member_of(person, dispensings, entry->index, script, rekey));
    note_assumptions(dispensings, entry->index, data_set.notes);
  }
  std::ranges::sort(members, {}, [](const Member& m) -> const std::string& { return m.person.person_key; });
  for (Member& member : members) {
    data_set.persons.push_back(std::move(member.person));
    for (std::size_t i = 0; i < member.follow_up.size(); ++i)
      data_set.follow_up[i].push_back(member.follow_up[i]);
  }
  return data_set;
}

}  // namespace mimamori
