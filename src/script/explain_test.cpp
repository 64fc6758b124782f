#include "script/explain.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "base/file.h"
#include "base/limits.h"
#include "base/testing.h"
#include "script/difference.h"

namespace mimamori {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

StudyScript example_script() {
  const std::filesystem::path path = std::filesystem::path(MIMAMORI_SOURCE_DIR) / "examples/a-vs-b.yaml";
  const Result<std::string> text = read_file(path, limits::kScriptBytesMax);
  EXPECT_THAT(text, Succeeds());
  const Result<StudyScript> script = parse_script(text.ok() ? *text : "", "a-vs-b.yaml");
  EXPECT_THAT(script, Succeeds());
  return script.ok() ? *script : StudyScript{};
}

/// All sentences of one part in one language, one a line.
std::string told_in(const StudyScript& script, std::string_view part, std::string Text2::*language) {
  std::string all;
  for (const ExplainedSentence& sentence : explain(script)) {
    if (sentence.part == part) all += sentence.text.*language + "\n";
  }
  return all;
}
std::string ja(const StudyScript& script, std::string_view part) { return told_in(script, part, &Text2::ja); }
std::string en(const StudyScript& script, std::string_view part) { return told_in(script, part, &Text2::en); }

std::vector<std::pair<std::string, std::string>> all_texts(const StudyScript& script) {
  std::vector<std::pair<std::string, std::string>> texts;
  for (const ExplainedSentence& s : explain(script)) texts.emplace_back(s.part + s.text.ja, s.text.en);
  return texts;
}

TEST(Explain, TellsEveryPartInItsOrder) {
  std::vector<std::string> parts;
  int order = 0;
  for (const ExplainedSentence& sentence : explain(example_script())) {
    EXPECT_EQ(sentence.order, ++order);
    EXPECT_EQ(sentence.text.en.find('{'), std::string::npos) << sentence.text.en;
    EXPECT_EQ(sentence.text.ja.find('{'), std::string::npos) << sentence.text.ja;
    if (parts.empty() || parts.back() != sentence.part) parts.push_back(sentence.part);
  }
  EXPECT_EQ(parts, explained_parts());
  for (const std::string& part : explained_parts())
    EXPECT_FALSE(catalogue("explain.part." + part).ja.empty());
}

TEST(Explain, WindowsAreToldClosed) {
  StudyScript script = example_script();
  EXPECT_THAT(ja(script, "window"), AllOf(HasSubstr("2021-01-01から2023-12-31まで"), Not(HasSubstr("2024"))));
  EXPECT_THAT(en(script, "window"), HasSubstr("from 2021-01-01 to 2023-12-31, both days included"));
  EXPECT_THAT(en(script, "follow_up"), HasSubstr("the data cut-off (2023-12-31)"));
  EXPECT_THAT(en(script, "new_use"),
              AllOf(HasSubstr("from day −180 to day −1"), HasSubstr("on day −180 or earlier")));
  EXPECT_THAT(ja(script, "new_use"), HasSubstr("−180日目から−1日目まで"));
  EXPECT_THAT(ja(script, "baseline"), HasSubstr("−180日目から0日目まで"));
  EXPECT_THAT(en(script, "follow_up"), HasSubstr("follow-up opens on day 1"));
}

TEST(Explain, WindowsOfNoDaysAreToldAsSuch) {
  StudyScript script = example_script();
  script.new_use = NewUseRule{.washout = Days(0), .history = Days(0)};
  script.episode.gap = Days(0);
  script.episode.grace = Days(0);
  script.baseline.lookback = Days(0);
  EXPECT_THAT(en(script, "new_use"), AllOf(HasSubstr("no washout"), HasSubstr("No record from before")));
  EXPECT_THAT(en(script, "episode"),
              AllOf(HasSubstr("stop at any day without"), HasSubstr("no days of grace")));
  EXPECT_THAT(en(script, "baseline"), HasSubstr("measured on day 0"));
  for (const ExplainedSentence& s : explain(script)) EXPECT_THAT(s.text.ja, Not(HasSubstr("−0日")));
  script.new_use.washout = Days(1);
  EXPECT_THAT(ja(script, "new_use"), HasSubstr("−1日目（起点日の前日）に"));
}

TEST(Explain, DrugsAreToldWithCodeSystemPrefixAndListedName) {
  StudyScript script = example_script();
  EXPECT_THAT(en(script, "arms"), AllOf(HasSubstr("HOT number begins with 9001001 (Drug A"),
                                        HasSubstr("YJ code begins with 9002001F (Drug B")));
  EXPECT_THAT(ja(script, "arms"), HasSubstr("HOT番号が9001001で始まる薬剤（薬剤A"));
  script.exposure.drugs[0].prefix = "1234567";
  EXPECT_THAT(ja(script, "arms"), HasSubstr("HOT番号が1234567で始まる薬剤（薬剤表にないコード）"));
}

TEST(Explain, OutcomesAreToldWithAnalyteLimitUnitAndDirection) {
  const StudyScript script = example_script();
  EXPECT_THAT(
      en(script, "outcomes"),
      AllOf(HasSubstr("“Hyperkalemia” (ID: hyperkalemia): a value of potassium above the upper reference "
                      "limit (in mmol/L"),
            HasSubstr("below 60 mL/min/1.73 m² (exactly 60 is normal)"),
            HasSubstr("is computed from creatinine, age and sex"),
            HasSubstr("platelet count below the lower reference limit (in ×10⁴/µL)")));
  EXPECT_THAT(ja(script, "outcomes"), AllOf(HasSubstr("60 mL/min/1.73 m²を下回る推算糸球体濾過量"),
                                            HasSubstr("基準範囲の上限を超えるカリウム")));
}

TEST(Explain, ReferenceLimitsAreToldOnlyWhereTheyAreUsed) {
  StudyScript script = example_script();
  script.outcomes.resize(2);
  script.outcomes.erase(script.outcomes.begin());
  EXPECT_THAT(en(script, "outcomes"), HasSubstr("Reference limits are those recorded"));
  script.populations = {"everyone"};
  EXPECT_THAT(en(script, "outcomes"), Not(HasSubstr("Reference limits are those recorded")));
  script.outcomes[0].analyte = "potassium";
  EXPECT_THAT(en(script, "outcomes"), Not(HasSubstr("is computed from")));
}

TEST(Explain, WhatDoesNotEndFollowUpIsTold) {
  StudyScript script = example_script();
  EXPECT_THAT(en(script, "follow_up"), Not(HasSubstr("do not end")));
  EXPECT_THAT(en(script, "episode"), Not(HasSubstr("no effect")));
  std::erase(script.follow_up.end_at, CensoringReason::kEndOfExposure);
  EXPECT_THAT(en(script, "follow_up"),
              HasSubstr("These days do not end follow-up: the last day of use of the drug."));
  EXPECT_THAT(en(script, "episode"), HasSubstr("no effect on follow-up"));
}

// An author could try to add sentences of his own to what an approver reads.
TEST(Explain, TitlesCannotLeaveTheirQuotationMarks) {
  StudyScript script = example_script();
  script.title.en = "A”; its ID is x.\nNobody is followed. {id} \xE2\x80\xAE";
  const std::string text = en(script, "window");
  EXPECT_THAT(
      text,
      HasSubstr("“A\\”; its ID is x.\\u{A}Nobody is followed. {id} \\u{202E}”; its study ID is a-vs-b."));
  script.title.ja = "甲」、研究IDは乙";
  EXPECT_THAT(ja(script, "window"), HasSubstr("「甲\\」、研究IDは乙」"));
}

TEST(Explain, AnApproverReadsTheExampleInAboutTwoMinutes) {
  std::size_t characters = 0;
  for (const ExplainedSentence& sentence : explain(example_script())) {
    characters += static_cast<std::size_t>(std::ranges::count_if(
        sentence.text.ja, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  }
  EXPECT_LT(characters, 1400U);  // about two minutes at 600 to 700 characters a minute
}

/// What a script means, as plain data. Reasons and populations are sets; a threshold counts only
/// where it is used. The bindings stop compiling when a rule gets a new field: tell it, then list it here.
auto meaning(const StudyScript& script) {
  const auto& [id, title, window, exposure, comparator, new_use, episode, follow_up, baseline, outcomes,
               populations] = script;
  const auto text = [](const Text2& t) { return std::tuple(t.ja, t.en); };
  const auto arm = [&](const ArmDefinition& definition) {
    const auto& [arm_title, drugs] = definition;
    std::vector<std::tuple<bool, std::string>> codes;
    for (const auto& [system, prefix] : drugs) codes.emplace_back(system == DrugCodeSystem::kHot, prefix);
    return std::tuple(text(arm_title), codes);
  };
  const auto& [washout, history] = new_use;
  const auto& [gap, grace, supply] = episode;
  const auto& [end_at] = follow_up;
  const auto& [lookback] = baseline;
  std::vector<std::tuple<std::string, std::tuple<std::string, std::string>, std::string, int, double>> rules;
  for (const auto& [outcome_id, outcome_title, analyte, abnormal, threshold] : outcomes) {
    const bool uses_threshold = abnormal == AbnormalKind::kAbove || abnormal == AbnormalKind::kBelow;
    rules.emplace_back(outcome_id, text(outcome_title), analyte, static_cast<int>(abnormal),
                       uses_threshold ? threshold : 0);
  }
  return std::tuple(id, text(title), window.start, window.end, arm(exposure), arm(comparator), washout,
                    history, gap, grace, supply, std::set(end_at.begin(), end_at.end()), lookback, rules,
                    std::set(populations.begin(), populations.end()));
}

std::string any_text() {
  static const std::vector<std::string> pieces = {"a",  "」",           "”",      "\\", "{id}",
                                                  "\n", "\xE2\x80\xAE", "\\u{A}", "; "};
  std::string text = "t";
  const int length = *rc::gen::inRange(0, 3);
  for (int i = 0; i < length; ++i) text += *rc::gen::elementOf(pieces);
  return text;
}
Text2 any_title() {
  const std::string japanese = any_text();
  return Text2{.ja = japanese, .en = any_text()};
}
Days any_days() { return Days(*rc::gen::inRange(0, 4)); }
ArmDefinition any_arm() {
  static const std::vector<std::string> prefixes = {"9001001", "9002001", "1234567", "1234567F"};
  ArmDefinition arm{.title = any_title(), .drugs = {}};
  const int count = *rc::gen::inRange(1, 3);
  for (int i = 0; i < count; ++i) {
    const bool hot = *rc::gen::inRange(0, 2) == 0;
    arm.drugs.push_back(
        DrugCode{hot ? DrugCodeSystem::kHot : DrugCodeSystem::kYj, *rc::gen::elementOf(prefixes)});
  }
  return arm;
}
OutcomeRule any_outcome(int number) {
  static const std::vector<std::string> known = {"potassium", "sodium", "egfr", "creatinine", "platelets"};
  static const std::vector<double> thresholds = {-1, 0, 5.5, 5.25, 60, 1e-9, 1e20};
  return OutcomeRule{.id = "o" + std::to_string(2 * number + *rc::gen::inRange(0, 2)),
                     .title = any_title(),
                     .analyte = *rc::gen::elementOf(known),
                     .abnormal = static_cast<AbnormalKind>(*rc::gen::inRange(0, 4)),
                     .threshold = *rc::gen::elementOf(thresholds)};
}

std::vector<CensoringReason> any_reasons() {
  std::vector<CensoringReason> reasons = {CensoringReason::kCutOff, CensoringReason::kOutcome};
  for (const CensoringReason r :
       {CensoringReason::kOtherArm, CensoringReason::kEndOfExposure, CensoringReason::kLastRecord}) {
    if (*rc::gen::inRange(0, 2) == 1) reasons.push_back(r);
  }
  return reasons;
}

std::vector<std::string> any_populations() {
  static const std::vector<std::vector<std::string>> choices = {
      {"everyone"}, {"baseline_in_reference_range"}, {"baseline_in_reference_range", "everyone"}};
  return *rc::gen::elementOf(choices);
}

using Edit = std::pair<std::string, void (*)(StudyScript&)>;

/// Every rule drawn anew by itself, with the part it belongs to.
const std::vector<Edit>& edits() {
  static const std::vector<Edit> all = {
      {"window", [](StudyScript& s) { s.study_id = *rc::gen::inRange(0, 2) == 0 ? "a" : "b"; }},
      {"window", [](StudyScript& s) { s.title.ja = any_text(); }},
      {"window", [](StudyScript& s) { s.title.en = any_text(); }},
      {"window", [](StudyScript& s) { s.data_window.start = Date(any_days()); }},
      {"window", [](StudyScript& s) { s.data_window.end = Date(Days(10) + any_days()); }},
      {"arms", [](StudyScript& s) { s.exposure.title = any_title(); }},
      {"arms", [](StudyScript& s) { s.exposure.drugs = any_arm().drugs; }},
      {"arms", [](StudyScript& s) { s.comparator.title = any_title(); }},
      {"arms", [](StudyScript& s) { s.comparator.drugs = any_arm().drugs; }},
      {"new_use", [](StudyScript& s) { s.new_use.washout = any_days(); }},
      {"new_use", [](StudyScript& s) { s.new_use.history = any_days(); }},
      {"episode", [](StudyScript& s) { s.episode.gap = any_days(); }},
      {"episode", [](StudyScript& s) { s.episode.grace = any_days(); }},
      {"episode", [](StudyScript& s) { s.episode.default_days_supply = *rc::gen::inRange(1, 4); }},
      {"follow_up", [](StudyScript& s) { s.follow_up.end_at = any_reasons(); }},
      {"baseline", [](StudyScript& s) { s.baseline.lookback = any_days(); }},
      {"outcomes", [](StudyScript& s) { s.outcomes.front().id = any_outcome(0).id; }},
      {"outcomes", [](StudyScript& s) { s.outcomes.front().title = any_title(); }},
      {"outcomes", [](StudyScript& s) { s.outcomes.front().analyte = any_outcome(0).analyte; }},
      {"outcomes", [](StudyScript& s) { s.outcomes.front().abnormal = any_outcome(0).abnormal; }},
      {"outcomes", [](StudyScript& s) { s.outcomes.front().threshold = any_outcome(0).threshold; }},
      {"outcomes",
       [](StudyScript& s) { s.outcomes.push_back(any_outcome(static_cast<int>(s.outcomes.size()))); }},
      {"populations", [](StudyScript& s) { s.populations = any_populations(); }},
  };
  return all;
}

StudyScript any_script() {
  StudyScript script;
  script.outcomes = {any_outcome(0)};
  for (const Edit& edit : edits()) edit.second(script);
  return script;
}

RC_GTEST_PROP(Explain, ScriptsThatDifferInOneRuleAreToldDifferently, ()) {
  const StudyScript before = any_script();
  for (const auto& [part, edit] : edits()) {
    StudyScript after = before;
    edit(after);
    RC_ASSERT((all_texts(before) == all_texts(after)) == (meaning(before) == meaning(after)));
  }
}

RC_GTEST_PROP(Explain, ChangeOfARuleIsToldInItsPart, ()) {
  const StudyScript before = any_script();
  for (const auto& [part, edit] : edits()) {
    StudyScript after = before;
    edit(after);
    if (meaning(before) == meaning(after)) continue;
    RC_ASSERT(ja(before, part) != ja(after, part) || en(before, part) != en(after, part));
  }
}

/// The meaning with drugs and outcomes as sets: what difference() compares.
auto unordered(StudyScript script) {
  const auto code = [](const DrugCode& d) { return std::tuple(d.system, d.prefix); };
  for (ArmDefinition* arm : {&script.exposure, &script.comparator}) {
    std::ranges::sort(arm->drugs, {}, code);
    const auto repeated = std::ranges::unique(arm->drugs, {}, code);
    arm->drugs.erase(repeated.begin(), repeated.end());
  }
  std::ranges::sort(script.outcomes, {}, &OutcomeRule::id);
  return meaning(script);
}

RC_GTEST_PROP(Difference, NamesThePartOfEveryChangedRuleAndNoOther, ()) {
  const StudyScript before = any_script();
  RC_ASSERT(difference(before, before).changes.empty());
  for (const auto& [part, edit] : edits()) {
    StudyScript after = before;
    edit(after);
    const ScriptDifference found = difference(before, after);
    RC_ASSERT(found.changes.empty() == (unordered(before) == unordered(after)));
    for (const ScriptChange& change : found.changes) {
      RC_ASSERT(change.part == part);
      RC_ASSERT(!(change.before == change.after));
    }
  }
}

RC_GTEST_PROP(Difference, BackwardIsForwardTurnedRound, ()) {
  const StudyScript before = any_script();
  const StudyScript after = any_script();
  const ScriptDifference forward = difference(before, after);
  const ScriptDifference backward = difference(after, before);
  RC_ASSERT(forward.unchanged == backward.unchanged);
  std::multiset<std::tuple<std::string, std::string, std::string, std::string>> there;
  std::multiset<std::tuple<std::string, std::string, std::string, std::string>> back;
  for (const ScriptChange& c : forward.changes) there.emplace(c.part, c.label.en, c.before.ja, c.after.ja);
  for (const ScriptChange& c : backward.changes) back.emplace(c.part, c.label.en, c.after.ja, c.before.ja);
  RC_ASSERT(there == back);
}

TEST(Difference, CountsWhatStayedTheSame) {
  const StudyScript before = example_script();
  StudyScript after = before;
  // 4 of the window, 3 of each arm, 2 new use, 3 episode, 5 reasons, 1 baseline, 3 of each outcome, 2
  // populations.
  EXPECT_EQ(difference(before, after).unchanged, 4 + 6 + 2 + 3 + 5 + 1 + 4 * 3 + 2);
  after.new_use.washout = Days(365);
  after.outcomes[1].threshold = 45;
  const ScriptDifference found = difference(before, after);
  EXPECT_EQ(found.unchanged, 33);
  ASSERT_EQ(found.changes.size(), 2U);
  EXPECT_EQ(found.changes[0].label, (Text2{"ウォッシュアウト期間", "Washout"}));
  EXPECT_EQ(found.changes[0].before, (Text2{"180日", "180 days"}));
  EXPECT_EQ(found.changes[0].after, (Text2{"365日", "365 days"}));
  EXPECT_EQ(found.changes[1].part, "outcomes");
  EXPECT_THAT(found.changes[1].label.ja, HasSubstr("「egfr_below_60」の異常の基準"));
  EXPECT_EQ(found.changes[1].after.en, "below 45 mL/min/1.73 m²");
}

TEST(Difference, AddedAndRemovedDrugsAndOutcomesStandAgainstNone) {
  const StudyScript before = example_script();
  StudyScript after = before;
  after.exposure.drugs.pop_back();
  after.outcomes.erase(after.outcomes.begin());
  const ScriptDifference removed = difference(before, after);
  ASSERT_EQ(removed.changes.size(), 2U);
  EXPECT_THAT(removed.changes[0].before.en, HasSubstr("YJ code begins with 9001001F"));
  EXPECT_EQ(removed.changes[0].after, catalogue("difference.absent"));
  EXPECT_THAT(removed.changes[1].before.en, HasSubstr("potassium above the upper reference limit"));
  const ScriptDifference added = difference(after, before);
  ASSERT_EQ(added.changes.size(), 2U);
  EXPECT_EQ(added.changes[1].before, catalogue("difference.absent"));
  EXPECT_EQ(added.changes[1].after, removed.changes[1].before);
}

TEST(Difference, OrderOfOutcomesAndReasonsMeansNothing) {
  const StudyScript before = example_script();
  StudyScript after = before;
  std::ranges::reverse(after.outcomes);
  std::ranges::reverse(after.exposure.drugs);
  std::ranges::reverse(after.follow_up.end_at);
  std::ranges::reverse(after.populations);
  EXPECT_THAT(difference(before, after).changes, IsEmpty());
}

}  // namespace
}  // namespace mimamori
