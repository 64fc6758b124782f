#include "serve/console/approvals.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/hash_words.h"
#include "serve/console/site_agent.h"
#include "serve/network/browser_api.h"
#include "serve/network/request_number.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kHashDigits = 16;

/// The latest step at which the request came to a state by the program.
const ProgressStep* last_arrival(const Progress& progress, RequestState state) {
  const auto found = std::ranges::find_if(
      progress.history.rbegin(), progress.history.rend(),
      [&](const ProgressStep& step) { return step.state == state && step.what.empty(); });
  return found == progress.history.rend() ? nullptr : &*found;
}

const StaffMember* member_of(const Roster& roster, const std::string& person) {
  const auto found = std::ranges::find(roster.staff, person, &StaffMember::person);
  return found == roster.staff.end() ? nullptr : &*found;
}

std::string name_in(const Roster& roster, const std::string& person) {
  const StaffMember* member = member_of(roster, person);
  return member == nullptr ? person : member->name;
}

/// A person's name without the spaces that people put differently.
std::string squeezed(std::string name) {
  for (const std::string_view space : {" ", "\u3000"}) {
    for (std::size_t at = name.find(space); at != std::string::npos; at = name.find(space))
      name.erase(at, space.size());
  }
  return name;
}

bool is_requester(const StudyRequest& request, const std::string& login, const std::string& name) {
  return request.author == login || (!name.empty() && squeezed(request.author_name) == squeezed(name));
}

bool decided(const std::vector<Decision>& decisions, const std::string& person) {
  return std::ranges::find(decisions, person, &Decision::person) != decisions.end();
}

MayDecide may_decide(const Approval& approval, const std::string& login) {
  const StaffMember* member = member_of(approval.roster, login);
  if (member == nullptr) return MayDecide::kNotApprover;
  if (is_requester(approval.request.request, login, member->name)) return MayDecide::kRequester;
  if (approval.stage == Stage::kSend && approval.roster.send_by_others &&
      decided(approval.request.progress.run_decisions, login))
    return MayDecide::kAlreadySigned;
  const bool approved = std::ranges::any_of(decisions_of(approval), [&](const Decision& decision) {
    return decision.person == login && decision.verdict == Verdict::kApprove;
  });
  return approved ? MayDecide::kAlreadySigned : MayDecide::kYes;
}

/// Whether ② was ever asked for.
bool has_send_stage(const Progress& progress) {
  return last_arrival(progress, RequestState::kAwaitingSendApproval) != nullptr;
}

/// Whether ① stands: given, and not asked for again since.
bool has_standing_run(const Approval& approval) {
  const Progress& progress = approval.request.progress;
  return !progress.run_decisions.empty() &&
         has_run_approval(progress, approval.roster, approval.request.hash);
}

Json approval_json(Stage stage, std::string_view verdict, const Roster& roster, const std::string& person,
                   std::int64_t at_ms, const std::string& subject, bool is_valid, const std::string& reason) {
  const StaffMember* member = member_of(roster, person);
  return {{"step", name_of(stage)},
          {"decision", verdict},
          {"person", name_in(roster, person)},
          {"at", at_ms},
          {"signature", is_valid ? "valid" : "void"},
          {"key_words", words_json(member == nullptr ? std::string() : member->key)},
          {"words", words_json(subject)},
          {"reason", reason.empty() ? Json(nullptr) : Json(reason)}};
}

}  // namespace

std::optional<SiteRequest> baseline_of(const SiteCore& core, const SiteRequest& request) {
  std::optional<SiteRequest> baseline;
  for (const SiteRequest& other : core.requests()) {
    if (other.hash == request.hash) break;
    const bool was_approved = std::ranges::any_of(other.progress.history, [](const ProgressStep& step) {
      return step.state == RequestState::kScheduled && !step.what.empty();
    });
    if (was_approved && other.request.study_id == request.request.study_id) baseline = other;
  }
  return baseline;
}

std::string approval_id(const std::string& request_hash, Stage stage) {
  return request_hash.substr(0, kHashDigits) + "-" + std::string(name_of(stage));
}

std::vector<Approval> approvals_of(const SiteCore& core) {
  std::vector<Approval> approvals;
  for (const SiteRequest& request : core.requests()) {
    if (request.progress.state == RequestState::kDispatched) continue;
    Approval approval{.stage = Stage::kRun,
                      .request = request,
                      .roster = core.roster(),
                      .baseline = baseline_of(core, request)};
    approvals.push_back(approval);
    if (!has_send_stage(request.progress)) continue;
    approval.stage = Stage::kSend;
    approvals.push_back(std::move(approval));
  }
  return approvals;
}

Result<Approval> find_approval(const SiteCore& core, std::string_view id) {
  for (Approval& approval : approvals_of(core)) {
    if (approval_id(approval.request.hash, approval.stage) == id) return std::move(approval);
  }
  return Error{ErrorCode::kNotFound, "there is no such approval"};
}

ApprovalStatus status_of(const Approval& approval) {
  const Progress& progress = approval.request.progress;
  const bool is_run = approval.stage == Stage::kRun;
  const RequestState state = progress.state;
  if (state == (is_run ? RequestState::kAwaitingRunApproval : RequestState::kAwaitingSendApproval)) {
    const bool held = std::ranges::any_of(
        decisions_of(approval), [](const Decision& decision) { return decision.verdict == Verdict::kHold; });
    return held ? ApprovalStatus::kHeld : ApprovalStatus::kOpen;
  }
  const bool was_given = is_run && has_standing_run(approval);
  switch (state) {
    case RequestState::kRunRefused:  // ② of a run whose ① was asked for again, and refused
      return is_run ? ApprovalStatus::kRefused : ApprovalStatus::kVoided;
    case RequestState::kSendRefused: return is_run ? ApprovalStatus::kApproved : ApprovalStatus::kRefused;
    case RequestState::kExpired: return was_given ? ApprovalStatus::kApproved : ApprovalStatus::kExpired;
    case RequestState::kCancelled: return was_given ? ApprovalStatus::kApproved : ApprovalStatus::kCancelled;
    case RequestState::kSuperseded:
      return was_given ? ApprovalStatus::kApproved : ApprovalStatus::kSuperseded;
    case RequestState::kApprovedToSend:
    case RequestState::kSending:
    case RequestState::kDelivered: return ApprovalStatus::kApproved;
    default: return is_run ? ApprovalStatus::kApproved : ApprovalStatus::kVoided;
  }
}

std::string_view name_of(ApprovalStatus status) {
  switch (status) {
    case ApprovalStatus::kOpen: return "open";
    case ApprovalStatus::kHeld: return "held";
    case ApprovalStatus::kApproved: return "approved";
    case ApprovalStatus::kRefused: return "refused";
    case ApprovalStatus::kVoided: return "voided";
    case ApprovalStatus::kSuperseded: return "superseded";
    case ApprovalStatus::kExpired: return "expired";
    default: return "cancelled";
  }
}

bool is_open(const Approval& approval) {
  const ApprovalStatus status = status_of(approval);
  return status == ApprovalStatus::kOpen || status == ApprovalStatus::kHeld;
}

std::int64_t waiting_since_ms(const Approval& approval) {
  const Progress& progress = approval.request.progress;
  const ProgressStep* arrival =
      last_arrival(progress, approval.stage == Stage::kRun ? RequestState::kAwaitingRunApproval
                                                           : RequestState::kAwaitingSendApproval);
  return arrival == nullptr ? progress.since_ms : arrival->at_ms;
}

const std::vector<Decision>& decisions_of(const Approval& approval) {
  const Progress& progress = approval.request.progress;
  return approval.stage == Stage::kRun ? progress.run_decisions : progress.send_decisions;
}

std::string payload_hash_of(const Approval& approval) {
  return approval.stage == Stage::kRun ? approval.request.hash : approval.request.progress.package_hash;
}

MayDecide may_decide(const Approval& approval, const Account& account) {
  if (!is_open(approval)) return MayDecide::kEnded;
  if (account.disabled || !account.roles.contains(kApproverAccount)) return MayDecide::kNotApprover;
  if (is_requester(approval.request.request, account.login, account.name)) return MayDecide::kRequester;
  return may_decide(approval, account.login);
}

std::vector<std::string> who_may_decide(const Approval& approval) {
  std::vector<std::string> names;
  if (!is_open(approval)) return names;
  for (const StaffMember& member : approval.roster.staff) {
    if (may_decide(approval, member.person) == MayDecide::kYes) names.push_back(member.name);
  }
  return names;
}

Json summary_json(const Approval& approval, const Account& reader, std::int64_t now_ms) {
  const bool is_run = approval.stage == Stage::kRun;
  const StudyRequest& request = approval.request.request;
  const auto approvals = std::ranges::count(decisions_of(approval), Verdict::kApprove, &Decision::verdict);
  Json you = {{"may", true}};
  const MayDecide may = may_decide(approval, reader);
  if (may != MayDecide::kYes) {
    const char* why = may == MayDecide::kAlreadySigned ? "already_signed"
                      : may == MayDecide::kNotApprover ? "not_approver"
                      : may == MayDecide::kRequester   ? "requester"
                                                       : "ended";
    you = {{"may", false}, {"why", why}, {"who", who_may_decide(approval)}};
  }
  // Only a run has a last day; what was extracted waits as long as it must.
  const bool has_due = is_run && is_open(approval);
  return {{"id", approval_id(approval.request.hash, approval.stage)},
          {"step", name_of(approval.stage)},
          {"number", request_number(request)},
          {"title", to_json(Text2{.ja = request.title_ja, .en = request.title_en})},
          {"author", request.author_name},
          {"since", waiting_since_ms(approval)},
          {"due", has_due ? Json(japanese_day(request.not_after_ms)) : Json(nullptr)},
          {"days_left", has_due ? Json(japanese_days_between(now_ms, request.not_after_ms)) : Json(nullptr)},
          {"status", name_of(status_of(approval))},
          {"signed", approvals},
          {"quorum", is_run ? approval.roster.run_quorum : approval.roster.send_quorum},
          {"you", std::move(you)}};
}

Json signatures_json(const Approval& approval, const Account& reader) {
  const Progress& progress = approval.request.progress;
  const bool is_run = approval.stage == Stage::kRun;
  Json list = Json::array();
  if (is_run) {  // signatures that new data have made void
    for (const ProgressStep& step : progress.history) {
      const bool is_of_run = step.state == RequestState::kAwaitingRunApproval ||
                             step.state == RequestState::kScheduled ||
                             step.state == RequestState::kRunRefused;
      const bool counts = std::ranges::any_of(progress.run_decisions, [&](const Decision& decision) {
        return decision.person == step.who && decision.at_ms == step.at_ms;
      });
      if (step.what.empty() || !is_of_run || counts) continue;
      list.push_back(approval_json(Stage::kRun, step.what, approval.roster, step.who, step.at_ms,
                                   approval.request.hash, false, step.why));
    }
  }
  const bool is_blind =
      may_decide(approval, reader) == MayDecide::kYes && !decided(decisions_of(approval), reader.login);
  const auto add = [&](const std::vector<Decision>& decisions, bool hides_reasons) {
    for (const Decision& decision : decisions) {
      list.push_back(approval_json(decision.stage, name_of(decision.verdict), approval.roster,
                                   decision.person, decision.at_ms, decision.subject_hash, true,
                                   hides_reasons ? std::string() : decision.reason));
    }
  };
  add(progress.run_decisions, is_run && is_blind);
  if (!is_run) add(progress.send_decisions, is_blind);
  return list;
}

Json notice_json(const Approval& approval) {
  const Progress& progress = approval.request.progress;
  const auto notice = [&](const char* kind, const Text2& because) {
    return Json{{"kind", kind}, {"at", progress.since_ms}, {"because", to_json(because)}};
  };
  const ApprovalStatus status = status_of(approval);
  if (approval.stage == Stage::kRun && is_open(approval) && progress.reason == "data_changed") {
    return notice("voided", catalogue("console.notice.data_changed"));
  }
  if (status == ApprovalStatus::kVoided) return notice("voided", catalogue("console.notice.send_voided"));
  if (status == ApprovalStatus::kExpired) return notice("expired", catalogue("console.notice.expired"));
  if (status == ApprovalStatus::kSuperseded)
    return notice("superseded", catalogue("console.notice.superseded"));
  if (status == ApprovalStatus::kCancelled) {
    const Text2& said = catalogue("console.notice.cancelled");
    return notice("cancelled", {.ja = said.ja + progress.reason, .en = said.en + progress.reason});
  }
  return nullptr;
}

}  // namespace mimamori
