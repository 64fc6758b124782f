#include "script/script.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "clinical/analyte.h"
#include "clinical/drug_list.h"
#include "script/plain_words.h"
#include "script/problems.h"
#include "script/script_reader.h"

namespace mimamori {
namespace {

constexpr int kDaysMax = 3650;
constexpr int kDaysSupplyMax = 366;
constexpr std::size_t kDrugsMax = 1000;
constexpr std::size_t kOutcomesMax = 200;

/// Calls `read` with the value of a key, if the key is there.
template <class Read>
void if_given(const YamlNode& node, std::string_view key, Read read) {
  if (const YamlNode* value = node.find(key)) read(*value);
}

/// Calls `read` with the value of a key, or notes that the key is missing.
template <class Read>
void need(ScriptReader& reader, const YamlNode& node, std::string_view what, std::string_view key,
          Read read) {
  if (const YamlNode* value = reader.required(node, what, key)) read(*value);
}

void read_study(ScriptReader& reader, const YamlNode& node, StudyScript& script) {
  if (!reader.map(node, "study", {"id", "title"})) return;
  need(reader, node, "study", "id", [&](const YamlNode& v) { script.study_id = reader.id(v, "study.id"); });
  need(reader, node, "study", "title", [&](const YamlNode& v) { script.title = reader.title(v); });
}

/// The one place where a protocol's closed window becomes half-open.
void read_data_window(ScriptReader& reader, const YamlNode& node, StudyScript& script) {
  if (!reader.map(node, "data_window", {"start", "end"})) return;
  const YamlNode* start = reader.required(node, "data_window", "start");
  const YamlNode* end = reader.required(node, "data_window", "end");
  if (start == nullptr || end == nullptr) return;
  const Date first_day = reader.date(*start, "data_window.start");
  const Date last_day = reader.date(*end, "data_window.end");
  if (last_day < first_day) {
    reader.mistake(*end, "data_window.end", "window_order");
  }
  script.data_window = DateRange{.start = first_day, .end = last_day + Days(1)};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// HOT7, HOT9, HOT11, HOT13 and what lies between; YJ from its seven digits to all twelve characters.
bool has_the_shape(DrugCodeSystem system, std::string_view code) {
  if (code.size() < 7 || code.size() > (system == DrugCodeSystem::kHot ? 13U : 12U)) return false;
  if (!std::ranges::all_of(code.substr(0, 7), is_digit)) return false;
  return std::ranges::all_of(code.substr(7), [&](char c) {
    return is_digit(c) || (system == DrugCodeSystem::kYj && c >= 'A' && c <= 'Z');
  });
}

Text2 known_drugs(std::string_view system) {
  Text2 all;
  for (const ListedDrug& drug : listed_drugs()) {
    if (drug.system != system) continue;
    if (!all.en.empty()) all = Text2{.ja = all.ja + "、", .en = all.en + ", "};
    all.ja += drug.code + " " + drug.name.ja;
    all.en += drug.code + " " + drug.name.en;
  }
  return all;
}

void read_drug(ScriptReader& reader, const YamlNode& node, ArmDefinition& arm) {
  if (!reader.map(node, "drugs", {"hot", "yj", "unlisted"})) return;
  const YamlNode* hot = node.find("hot");
  const YamlNode* yj = node.find("yj");
  if ((hot == nullptr) == (yj == nullptr)) {
    reader.mistake(node, "drugs", "drug_one_code");
    return;
  }
  const YamlNode& value = hot != nullptr ? *hot : *yj;
  const DrugCodeSystem system = hot != nullptr ? DrugCodeSystem::kHot : DrugCodeSystem::kYj;
  const std::string_view name = hot != nullptr ? "hot" : "yj";
  const std::string what = "drugs." + std::string(name);
  bool unlisted = false;
  if_given(node, "unlisted", [&](const YamlNode& v) { unlisted = reader.yes_or_no(v, "drugs.unlisted"); });
  const std::string code = reader.word(value, "drugs");
  if (code.empty()) return;
  if (!has_the_shape(system, code)) {
    reader.mistake(value, what, system == DrugCodeSystem::kHot ? "drug_hot_shape" : "drug_yj_shape");
    return;
  }
  if (!unlisted && find_listed_drug(name, code) == nullptr) {
    reader.mistake(value, "drug_unknown",
                   {{"what", same_word(what)}, {"found", quoted_word(code)}, {"known", known_drugs(name)}});
  }
  arm.drugs.push_back(DrugCode{system, code});
}

void read_arm(ScriptReader& reader, const YamlNode& node, std::string_view what, ArmDefinition& arm) {
  if (!reader.map(node, what, {"title", "drugs"})) return;
  need(reader, node, what, "title", [&](const YamlNode& v) { arm.title = reader.title(v); });
  need(reader, node, what, "drugs", [&](const YamlNode& v) {
    const std::vector<YamlNode>& drugs = reader.list(v, std::string(what) + ".drugs");
    if (drugs.size() > kDrugsMax) {
      reader.mistake(
          v, "too_many",
          {{"what", same_word(std::string(what) + ".drugs")}, {"max", same_word(std::to_string(kDrugsMax))}});
      return;
    }
    for (const YamlNode& drug : drugs) read_drug(reader, drug, arm);
  });
}

/// A drug in both arms would put its users in neither.
void check_arms_differ(ScriptReader& reader, const YamlNode& node, const StudyScript& script) {
  for (const DrugCode& exposed : script.exposure.drugs) {
    for (const DrugCode& compared : script.comparator.drugs) {
      if (exposed.system != compared.system) continue;
      if (!exposed.prefix.starts_with(compared.prefix) && !compared.prefix.starts_with(exposed.prefix))
        continue;
      reader.mistake(node, "arms_share_a_drug",
                     {{"what", same_word("comparator.drugs")},
                      {"found", quoted_word(compared.prefix)},
                      {"other", quoted_word(exposed.prefix)}});
      return;
    }
  }
}

void read_new_use(ScriptReader& reader, const YamlNode& node, NewUseRule& rule) {
  constexpr std::string_view kWhat = "new_use";
  if (!reader.map(node, kWhat, {"washout_days", "history_days", "exclude_both_on_index_date"})) return;
  need(reader, node, kWhat, "washout_days", [&](const YamlNode& v) {
    rule.washout = Days(reader.whole_number(v, "new_use.washout_days", 0, kDaysMax));
  });
  need(reader, node, kWhat, "history_days", [&](const YamlNode& v) {
    rule.history = Days(reader.whole_number(v, "new_use.history_days", 0, kDaysMax));
  });
  if_given(node, "exclude_both_on_index_date", [&](const YamlNode& v) {
    if (reader.yes_or_no(v, "new_use.exclude_both_on_index_date")) return;
    reader.mistake(v, "new_use.exclude_both_on_index_date", "both_on_index_date");
  });
}

void read_episode(ScriptReader& reader, const YamlNode& node, EpisodeRule& rule) {
  constexpr std::string_view kWhat = "episode";
  if (!reader.map(node, kWhat, {"gap_days", "grace_days", "default_days_supply"})) return;
  need(reader, node, kWhat, "gap_days",
       [&](const YamlNode& v) { rule.gap = Days(reader.whole_number(v, "episode.gap_days", 0, kDaysMax)); });
  need(reader, node, kWhat, "grace_days", [&](const YamlNode& v) {
    rule.grace = Days(reader.whole_number(v, "episode.grace_days", 0, kDaysMax));
  });
  if_given(node, "default_days_supply", [&](const YamlNode& v) {
    rule.default_days_supply = reader.whole_number(v, "episode.default_days_supply", 1, kDaysSupplyMax);
  });
}

void read_end_at(ScriptReader& reader, const YamlNode& node, FollowUpRule& rule) {
  constexpr std::array kReasons = {CensoringReason::kOutcome, CensoringReason::kOtherArm,
                                   CensoringReason::kEndOfExposure, CensoringReason::kLastRecord,
                                   CensoringReason::kCutOff};
  std::vector<std::string_view> names;
  std::ranges::transform(kReasons, std::back_inserter(names), [](CensoringReason r) { return name_of(r); });
  for (const YamlNode& item : reader.list(node, "follow_up.end_at")) {
    const std::optional<std::size_t> chosen = reader.choice(item, "follow_up.end_at", names);
    if (!chosen) continue;
    if (std::ranges::find(rule.end_at, kReasons[*chosen]) != rule.end_at.end()) {
      reader.mistake(item, "follow_up.end_at", "reason_repeated");
    }
    rule.end_at.push_back(kReasons[*chosen]);
  }
  for (const CensoringReason always : {CensoringReason::kOutcome, CensoringReason::kCutOff}) {
    if (std::ranges::find(rule.end_at, always) != rule.end_at.end()) continue;
    reader.mistake(
        node, "reason_missing",
        {{"what", same_word("follow_up.end_at")}, {"key", same_word(std::string(name_of(always)))}});
  }
}

void read_follow_up(ScriptReader& reader, const YamlNode& node, FollowUpRule& rule) {
  if (!reader.map(node, "follow_up", {"start_day", "end_at"})) return;
  if_given(node, "start_day",
           [&](const YamlNode& v) { reader.whole_number(v, "follow_up.start_day", 1, 1); });
  need(reader, node, "follow_up", "end_at", [&](const YamlNode& v) { read_end_at(reader, v, rule); });
}

void read_baseline(ScriptReader& reader, const YamlNode& node, BaselineRule& rule) {
  if (!reader.map(node, "baseline", {"lookback_days", "same_day"})) return;
  need(reader, node, "baseline", "lookback_days", [&](const YamlNode& v) {
    rule.lookback = Days(reader.whole_number(v, "baseline.lookback_days", 0, kDaysMax));
  });
  if_given(node, "same_day", [&](const YamlNode& v) { reader.choice(v, "baseline.same_day", {"worst"}); });
}

void read_abnormal(ScriptReader& reader, const YamlNode& node, OutcomeRule& outcome) {
  constexpr std::string_view kWhat = "outcomes.abnormal";
  if (node.kind != YamlNode::Kind::kMap) {
    const auto chosen = reader.choice(node, kWhat, {"above_reference", "below_reference"});
    outcome.abnormal = chosen == 1U ? AbnormalKind::kBelowReference : AbnormalKind::kAboveReference;
    return;
  }
  if (!reader.map(node, kWhat, {"above", "below"})) return;
  if (node.items.size() != 1) {
    reader.mistake(node, kWhat, "abnormal_one_limit");
    return;
  }
  outcome.abnormal = node.keys[0].text == "above" ? AbnormalKind::kAbove : AbnormalKind::kBelow;
  outcome.threshold = reader.number(node.items[0], kWhat);
}

OutcomeRule read_outcome(ScriptReader& reader, const YamlNode& node) {
  OutcomeRule outcome;
  if (!reader.map(node, "outcomes", {"id", "title", "analyte", "abnormal"})) return outcome;
  need(reader, node, "outcomes", "id", [&](const YamlNode& v) { outcome.id = reader.id(v, "outcomes.id"); });
  need(reader, node, "outcomes", "title", [&](const YamlNode& v) { outcome.title = reader.title(v); });
  need(reader, node, "outcomes", "analyte", [&](const YamlNode& v) {
    std::vector<std::string_view> known;
    for (const Analyte& analyte : analytes()) known.push_back(analyte.id);
    const std::optional<std::size_t> chosen = reader.choice(v, "outcomes.analyte", known);
    if (chosen) outcome.analyte = known[*chosen];
  });
  need(reader, node, "outcomes", "abnormal", [&](const YamlNode& v) { read_abnormal(reader, v, outcome); });
  return outcome;
}

void read_outcomes(ScriptReader& reader, const YamlNode& node, StudyScript& script) {
  const std::vector<YamlNode>& items = reader.list(node, "outcomes");
  if (items.size() > kOutcomesMax) {
    reader.mistake(node, "too_many",
                   {{"what", same_word("outcomes")}, {"max", same_word(std::to_string(kOutcomesMax))}});
    return;
  }
  for (const YamlNode& item : items) {
    OutcomeRule outcome = read_outcome(reader, item);
    if (!outcome.id.empty() &&
        std::ranges::find(script.outcomes, outcome.id, &OutcomeRule::id) != script.outcomes.end()) {
      reader.mistake(item, "outcome_repeated",
                     {{"what", same_word("outcomes.id")}, {"found", quoted_word(outcome.id)}});
    }
    script.outcomes.push_back(std::move(outcome));
  }
}

void read_populations(ScriptReader& reader, const YamlNode& node, StudyScript& script) {
  const std::vector<std::string_view> known = {"everyone", "baseline_in_reference_range"};
  for (const YamlNode& item : reader.list(node, "populations")) {
    const std::optional<std::size_t> chosen = reader.choice(item, "populations", known);
    if (!chosen) continue;
    if (std::ranges::find(script.populations, known[*chosen]) != script.populations.end()) {
      reader.mistake(item, "populations", "population_repeated");
    }
    script.populations.emplace_back(known[*chosen]);
  }
}

void read_script(ScriptReader& reader, const YamlNode& root, StudyScript& script) {
  constexpr std::string_view kWhat = "script";
  if (!reader.map(root, kWhat,
                  {"study", "data_window", "exposure", "comparator", "new_use", "episode", "follow_up",
                   "baseline", "outcomes", "populations"})) {
    return;
  }
  const auto section = [&](std::string_view key, auto read) { need(reader, root, kWhat, key, read); };
  section("study", [&](const YamlNode& v) { read_study(reader, v, script); });
  section("data_window", [&](const YamlNode& v) { read_data_window(reader, v, script); });
  section("exposure", [&](const YamlNode& v) { read_arm(reader, v, "exposure", script.exposure); });
  section("comparator", [&](const YamlNode& v) {
    read_arm(reader, v, "comparator", script.comparator);
    check_arms_differ(reader, v, script);
  });
  section("new_use", [&](const YamlNode& v) { read_new_use(reader, v, script.new_use); });
  section("episode", [&](const YamlNode& v) { read_episode(reader, v, script.episode); });
  section("follow_up", [&](const YamlNode& v) { read_follow_up(reader, v, script.follow_up); });
  section("baseline", [&](const YamlNode& v) { read_baseline(reader, v, script.baseline); });
  section("outcomes", [&](const YamlNode& v) { read_outcomes(reader, v, script); });
  if_given(root, "populations", [&](const YamlNode& v) { read_populations(reader, v, script); });
  if (root.find("populations") == nullptr) script.populations = {"everyone", "baseline_in_reference_range"};
}

/// The one reader behind parse_script and script_problems: fills the script, tells every problem.
std::vector<ScriptProblem> read(std::string_view text, StudyScript& script) {
  const std::variant<YamlNode, ScriptProblem> tree = read_yaml(text);
  if (const auto* problem = std::get_if<ScriptProblem>(&tree)) return {*problem};
  ScriptReader reader;
  read_script(reader, std::get<YamlNode>(tree), script);
  return reader.problems();
}

}  // namespace

Result<StudyScript> parse_script(std::string_view yaml, std::string_view file_name) {
  StudyScript script;
  const std::vector<ScriptProblem> problems = read(yaml, script);
  if (problems.empty()) return script;
  Error error{ErrorCode::kInvalidInput, ""};
  for (const ScriptProblem& problem : problems) {
    if (!error.sentence.empty()) error.sentence += '\n';
    error.sentence += std::string(file_name) + ":" + std::to_string(problem.line.value_or(1)) + ":" +
                      std::to_string(problem.column.value_or(1)) + ": " + problem.message.en;
  }
  return error;
}

std::vector<ScriptProblem> script_problems(std::string_view text) {
  StudyScript script;
  return read(text, script);
}

}  // namespace mimamori
