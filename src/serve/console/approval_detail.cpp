#include "serve/console/approval_detail.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "extract/cohort.h"
#include "script/difference.h"
#include "script/explain.h"
#include "script/script.h"
#include "serve/network/browser_api.h"
#include "serve/network/files.h"
#include "serve/network/request_number.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

Json pending(std::int64_t since_ms) { return {{"kind", "pending"}, {"since", since_ms}}; }

Json explanation_json(const Result<StudyScript>& script) {
  Json sentences = Json::array();
  if (!script.ok()) return sentences;
  for (const ExplainedSentence& sentence : explain(*script)) {
    sentences.push_back(
        {{"order", sentence.order}, {"part", sentence.part}, {"text", to_json(sentence.text)}});
  }
  return sentences;
}

/// When ① of a request was given, and by whom.
Json baseline_json(const Approval& approval) {
  const SiteRequest& baseline = *approval.baseline;
  Json names = Json::array();
  for (const Decision& decision : baseline.progress.run_decisions) {
    if (decision.verdict != Verdict::kApprove) continue;
    const auto member = std::ranges::find(approval.roster.staff, decision.person, &StaffMember::person);
    names.push_back(member == approval.roster.staff.end() ? decision.person : member->name);
  }
  std::int64_t at_ms = baseline.progress.since_ms;
  for (const ProgressStep& step : baseline.progress.history) {
    if (step.state == RequestState::kScheduled && !step.what.empty()) at_ms = step.at_ms;
  }
  return {{"number", request_number(baseline.request)}, {"at", at_ms}, {"approved_by", std::move(names)}};
}

/// What one change does to the number of persons. With several changes none of them has a number of its own.
Json effect_json(const Approval& approval, const ApprovalFacts& facts, std::size_t changes) {
  if (changes != 1 || !is_counted(approval, facts) || !facts.impact.baseline_persons) return nullptr;
  return count_json(persons_in(facts.impact) - *facts.impact.baseline_persons);
}

Json diff_json(const Approval& approval, const ApprovalFacts& facts, const Result<StudyScript>& script) {
  if (!approval.baseline) return nullptr;
  const Result<StudyScript> before = parse_script(approval.baseline->request.script, "script");
  if (!before.ok() || !script.ok()) return nullptr;
  const ScriptDifference found = difference(*before, *script);
  Json changes = Json::array();
  for (const ScriptChange& change : found.changes) {
    changes.push_back({{"part", change.part},
                       {"label", to_json(change.label)},
                       {"before", to_json(change.before)},
                       {"after", to_json(change.after)},
                       {"effect", effect_json(approval, facts, found.changes.size())}});
  }
  return {
      {"baseline", baseline_json(approval)}, {"changes", std::move(changes)}, {"unchanged", found.unchanged}};
}

Json problem_json(const ApprovalFacts& facts) {
  if (facts.impact.problem.empty()) return nullptr;
  const Text2& said = catalogue("console.impact.problem");
  return to_json(Text2{.ja = said.ja + facts.impact.problem, .en = said.en + facts.impact.problem});
}

Json impact_json(const Approval& approval, const ApprovalFacts& facts, const Result<StudyScript>& script) {
  const bool counted = is_counted(approval, facts);
  const std::int64_t since = waiting_since_ms(approval);
  const auto count = [&](std::int64_t n) { return counted ? count_json(n) : pending(since); };
  const bool has_before = facts.baseline_impact.counted_ms > 0 && facts.baseline_impact.problem.empty() &&
                          !facts.baseline_impact.attrition.empty();
  const AttritionStep now = facts.impact.attrition.empty() ? AttritionStep{} : facts.impact.attrition.back();
  const AttritionStep then = has_before ? facts.baseline_impact.attrition.back() : AttritionStep{};
  const auto before = [&](std::int64_t n) { return has_before ? count_json(n) : Json(nullptr); };
  Json arms = Json::array();
  if (script.ok()) {
    arms.push_back({{"label", to_json(script->exposure.title)},
                    {"persons", count(now.exposed)},
                    {"before", before(then.exposed)}});
    arms.push_back({{"label", to_json(script->comparator.title)},
                    {"persons", count(now.comparator)},
                    {"before", before(then.comparator)}});
  }
  Json records = Json::array();
  for (const auto& [table, rows] : facts.impact.records) {
    records.push_back({{"table", table}, {"label", to_json(table_title(table))}, {"records", count(rows)}});
  }
  return {{"as_of", facts.impact.counted_ms > 0 ? facts.impact.counted_ms : facts.now_ms},
          {"persons", count(now.exposed + now.comparator)},
          {"before", before(then.exposed + then.comparator)},
          {"arms", std::move(arms)},
          {"records", std::move(records)},
          {"problem", problem_json(facts)}};
}

Json file_json(const EgressFile& file, Json rows, Json rows_max) {
  Json columns = Json::array();
  for (const EgressColumn& column : file.columns) {
    columns.push_back({{"name", column.name}, {"type", column.type}, {"meaning", to_json(column.meaning)}});
  }
  return {{"name", file.name},
          {"what", to_json(file.title)},
          {"rows", std::move(rows)},
          {"rows_max", std::move(rows_max)},
          {"columns", std::move(columns)}};
}

/// Before ①: the files as they would be, with the rows that the counted persons give.
Json planned_egress(const Approval& approval, const ApprovalFacts& facts, const Result<StudyScript>& script) {
  const bool counted = is_counted(approval, facts);
  const std::int64_t persons = persons_in(facts.impact);
  const auto outcomes = static_cast<std::int64_t>(script.ok() ? script->outcomes.size() : 0);
  Json files = Json::array();
  const Result<std::vector<EgressFile>> permitted = permitted_files();
  for (const EgressFile& file : permitted.ok() ? *permitted : std::vector<EgressFile>{}) {
    std::int64_t rows = file.rows;  // of notes.parquet: always the same
    if (file.name == "persons.parquet") rows = persons;
    if (file.name == "follow_up.parquet") rows = persons * outcomes;
    if (file.name == "attrition.parquet") rows = static_cast<std::int64_t>(facts.impact.attrition.size());
    files.push_back(file_json(file, counted ? count_json(rows) : pending(waiting_since_ms(approval)),
                              counted ? Json(rows) : Json(nullptr)));
  }
  Json attrition = Json::array();
  for (const AttritionStep& step : counted ? facts.impact.attrition : std::vector<AttritionStep>{}) {
    attrition.push_back({{"title", to_json(step.title)},
                         {"exposed", count_json(step.exposed)},
                         {"comparator", count_json(step.comparator)}});
  }
  return {
      {"exact", false}, {"files", std::move(files)}, {"attrition", std::move(attrition)}, {"bytes", nullptr}};
}

/// The rules of entry as attrition.parquet has them, with the titles that the script gives them.
Json attrition_json(const CellTable& table, const Result<StudyScript>& script) {
  const auto at = [&](const std::vector<Cell>& row, const char* column) -> Cell {
    const auto found = std::ranges::find(table.columns, column);
    return found == table.columns.end() ? Cell{}
                                        : row[static_cast<std::size_t>(found - table.columns.begin())];
  };
  const StudyDataSet empty = script.ok() ? empty_data_set(*script, {}) : StudyDataSet{};
  Json steps = Json::array();
  for (const auto& row : table.rows) {
    const Cell rule = at(row, "rule");
    const Cell exposed = at(row, "exposed");
    const Cell comparator = at(row, "comparator");
    const auto* name = std::get_if<std::string>(&rule);
    const auto* left = std::get_if<std::int64_t>(&exposed);
    const auto* right = std::get_if<std::int64_t>(&comparator);
    if (name == nullptr || left == nullptr || right == nullptr) continue;
    const auto known = std::ranges::find(empty.attrition, *name, &AttritionStep::rule);
    const Text2 title = known == empty.attrition.end() ? Text2{.ja = *name, .en = *name} : known->title;
    steps.push_back(
        {{"title", to_json(title)}, {"exposed", count_json(*left)}, {"comparator", count_json(*right)}});
  }
  return steps;
}

/// Before ②: the package itself.
Json real_egress(const ApprovalFacts& facts, const Result<StudyScript>& script) {
  if (!facts.manifest || !facts.package) {
    return {{"exact", true}, {"files", Json::array()}, {"attrition", Json::array()}, {"bytes", nullptr}};
  }
  Json files = Json::array();
  std::int64_t bytes = 0;
  for (const EgressFile& file : facts.package->files) {
    files.push_back(file_json(file, count_json(file.rows), nullptr));
  }
  for (const PackageFile& file : facts.manifest->files) bytes += file.bytes;
  return {{"exact", true},
          {"files", std::move(files)},
          {"attrition", attrition_json(facts.package->attrition, script)},
          {"bytes", bytes}};
}

Json check_json(const ApprovalCheck& check) {
  const char* result = check.outcome == ApprovalCheck::Outcome::kPass   ? "pass"
                       : check.outcome == ApprovalCheck::Outcome::kWarn ? "warn"
                                                                        : "fail";
  Json detail = nullptr;
  if (!check.detail.empty()) detail = to_json(Text2{.ja = check.detail, .en = check.detail});
  return {{"code", check.code},
          {"result", result},
          {"title", to_json(catalogue("console.check." + check.code + "." + result))},
          {"detail", std::move(detail)}};
}

/// What is signed now, or was last; a page of an approval that has ended shows it too.
std::string shown_hash(const Approval& approval, const ApprovalFacts& facts) {
  const std::string payload = payload_hash_of(approval);
  if (!payload.empty()) return payload;
  return facts.manifest ? facts.manifest->hash() : approval.request.hash;
}

}  // namespace

Result<ApprovalFacts> facts_of(const SiteAgent& agent, const Approval& approval) {
  ApprovalFacts facts;
  facts.now_ms = agent.due_now_ms();
  facts.snapshot = agent.snapshot();
  facts.impact = agent.impact_of(approval.request.hash);
  if (approval.baseline) facts.baseline_impact = agent.impact_of(approval.baseline->hash);
  facts.last_load = TRY(last_load_of(agent.site()));
  if (approval.stage == Stage::kRun) return facts;
  const std::map<std::string, Manifest>& packages = approval.request.packages;
  auto shown = packages.find(approval.request.progress.package_hash);
  if (shown == packages.end() && !packages.empty()) shown = std::prev(packages.end());
  if (shown == packages.end()) return facts;
  facts.manifest = shown->second;
  std::error_code ignored;
  const std::filesystem::path folder = agent.folder().package(shown->first);
  if (std::filesystem::exists(folder, ignored)) {
    PackageView view = TRY(view_package(folder, shown->second));
    facts.package = std::move(view);
  }
  return facts;
}

bool is_counted(const Approval& approval, const ApprovalFacts& facts) {
  if (facts.impact.counted_ms == 0 || !facts.impact.problem.empty()) return false;
  const bool waits = approval.stage == Stage::kRun && is_open(approval);
  return !waits || facts.impact.snapshot == facts.snapshot;
}

Json detail_json(const Approval& approval, const ApprovalFacts& facts, const Account& reader) {
  const StudyRequest& request = approval.request.request;
  const Result<StudyScript> script = parse_script(request.script, "script");
  const std::string shown = shown_hash(approval, facts);
  const std::string snapshot = approval.stage == Stage::kRun ? facts.snapshot
                               : facts.manifest              ? facts.manifest->snapshot
                                                             : std::string();
  Json checks = Json::array();
  for (const ApprovalCheck& check : checks_of(approval, facts)) checks.push_back(check_json(check));
  Json detail = summary_json(approval, reader, facts.now_ms);
  detail.update({{"request_id", request.request_id},
                 {"purpose", request.purpose},
                 {"script", request.script},
                 {"explanation", explanation_json(script)},
                 {"diff", diff_json(approval, facts, script)},
                 {"impact", impact_json(approval, facts, script)},
                 {"egress", approval.stage == Stage::kRun ? planned_egress(approval, facts, script)
                                                          : real_egress(facts, script)},
                 {"checks", std::move(checks)},
                 {"signatures", signatures_json(approval, reader)},
                 {"payload_hash", shown},
                 {"snapshot", snapshot.empty() ? Json(nullptr) : Json(snapshot)},
                 {"words", words_json(shown)},
                 {"notice", notice_json(approval)}});
  return detail;
}

}  // namespace mimamori
