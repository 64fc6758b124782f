#include <algorithm>

#include "script/script.h"
#include "serve/console/approval_detail.h"

namespace mimamori {
namespace {

using Outcome = ApprovalCheck::Outcome;

constexpr std::int64_t kFewPersons = 10;  // the smallest cell that may be published

ApprovalCheck check(const char* code, bool passes, Outcome otherwise = Outcome::kFail) {
  return {.code = code, .outcome = passes ? Outcome::kPass : otherwise, .detail = {}};
}

ApprovalCheck with_detail(ApprovalCheck check, const std::string& detail) {
  check.detail = detail;
  return check;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::int64_t smaller_arm(const std::vector<AttritionStep>& attrition) {
  return attrition.empty() ? 0 : std::min(attrition.back().exposed, attrition.back().comparator);
}

/// Whether the records reach to the end of the script's window.
ApprovalCheck window_check(const StudyScript& script, const ApprovalFacts& facts) {
  const bool covers = facts.last_load && facts.last_load->data_until >= script.data_window.end - Days(1);
  ApprovalCheck own = check("window_covered", covers, Outcome::kWarn);
  return covers || !facts.last_load ? own : with_detail(own, to_iso(facts.last_load->data_until));
}

std::vector<ApprovalCheck> run_checks(const Approval& approval, const ApprovalFacts& facts) {
  const Result<StudyScript> script = parse_script(approval.request.request.script, "script");
  std::vector<ApprovalCheck> checks;
  ApprovalCheck readable = check("script_readable", script.ok());
  checks.push_back(script.ok() ? readable : with_detail(readable, script.error().sentence));
  checks.push_back(
      check("in_time", !is_open(approval) || facts.now_ms <= approval.request.request.not_after_ms));
  checks.push_back(check("data_present", !facts.snapshot.empty()));
  if (script.ok()) checks.push_back(window_check(*script, facts));
  if (!is_counted(approval, facts)) {
    ApprovalCheck pending = check("persons_counted", false, Outcome::kWarn);
    checks.push_back(facts.impact.problem.empty() ? pending : with_detail(pending, facts.impact.problem));
  } else {
    checks.push_back(
        check("not_few_persons", smaller_arm(facts.impact.attrition) >= kFewPersons, Outcome::kWarn));
  }
  return checks;
}

std::vector<ApprovalCheck> send_checks(const Approval& approval, const ApprovalFacts& facts) {
  const SiteRequest& request = approval.request;
  const bool is_there = facts.manifest && facts.package;
  std::vector<ApprovalCheck> checks;
  ApprovalCheck intact = check("package_intact", is_there && facts.package->damaged.empty());
  checks.push_back(is_there ? with_detail(intact, joined(facts.package->damaged)) : intact);
  if (!is_there) return checks;
  const PackageView& package = *facts.package;
  checks.push_back(
      with_detail(check("columns_permitted", package.not_permitted.empty()), joined(package.not_permitted)));
  checks.push_back(
      check("answers_request", facts.manifest->request_hash == request.hash &&
                                   facts.manifest->script_sha256 == request.request.script_sha256));
  const bool same_data = !request.progress.run_decisions.empty() &&
                         std::ranges::all_of(request.progress.run_decisions, [&](const Decision& decision) {
                           return decision.snapshot == facts.manifest->snapshot;
                         });
  checks.push_back(check("same_data", same_data));
  // Data loaded since do not change the package; whoever approves may still want to know.
  ApprovalCheck latest = check("latest_data", facts.manifest->snapshot == facts.snapshot, Outcome::kWarn);
  if (is_open(approval)) checks.push_back(latest);
  if (!package.attrition.rows.empty()) {
    const std::vector<Cell>& last = package.attrition.rows.back();
    const auto persons = [&](std::size_t column) {
      const auto* number = column < last.size() ? std::get_if<std::int64_t>(&last[column]) : nullptr;
      return number == nullptr ? 0 : *number;
    };
    checks.push_back(
        check("not_few_persons", std::min(persons(2), persons(3)) >= kFewPersons, Outcome::kWarn));
  }
  return checks;
}

}  // namespace

std::vector<ApprovalCheck> checks_of(const Approval& approval, const ApprovalFacts& facts) {
  std::vector<ApprovalCheck> checks =
      approval.stage == Stage::kRun ? run_checks(approval, facts) : send_checks(approval, facts);
  // Verified when the request came in; it would not be here otherwise.
  checks.insert(checks.begin(), check("signed_by_center", true));
  return checks;
}

}  // namespace mimamori
