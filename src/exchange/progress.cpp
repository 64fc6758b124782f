#include "exchange/progress.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mimamori {
namespace {

constexpr std::array<std::pair<RequestState, std::string_view>, 14> kNames = {{
    {RequestState::kDispatched, "dispatched"},
    {RequestState::kAwaitingRunApproval, "awaiting_run_approval"},
    {RequestState::kRunRefused, "run_refused"},
    {RequestState::kScheduled, "scheduled"},
    {RequestState::kRunning, "running"},
    {RequestState::kFailed, "failed"},
    {RequestState::kAwaitingSendApproval, "awaiting_send_approval"},
    {RequestState::kSendRefused, "send_refused"},
    {RequestState::kApprovedToSend, "approved_to_send"},
    {RequestState::kSending, "sending"},
    {RequestState::kDelivered, "delivered"},
    {RequestState::kExpired, "expired"},
    {RequestState::kCancelled, "cancelled"},
    {RequestState::kSuperseded, "superseded"},
}};

Error conflict(const std::string& sentence) { return {ErrorCode::kConflict, sentence}; }

void go_to(Progress& progress, RequestState state, std::int64_t at_ms, const std::string& reason) {
  progress.state = state;
  progress.since_ms = at_ms;
  progress.reason = reason;
}

void note(Progress& progress, std::int64_t at_ms, const std::string& who, std::string_view what,
          const std::string& why) {
  progress.history.push_back(
      {.at_ms = at_ms, .state = progress.state, .who = who, .what = std::string(what), .why = why});
}

const StaffMember* member_of(const Roster& roster, const std::string& person) {
  const auto found = std::ranges::find(roster.staff, person, &StaffMember::person);
  return found == roster.staff.end() ? nullptr : &*found;
}

/// Persons of the roster who approve, each once.
std::int64_t approving(const std::vector<Decision>& decisions, const Roster& roster) {
  return std::ranges::count_if(decisions, [&](const Decision& decision) {
    return decision.verdict == Verdict::kApprove && member_of(roster, decision.person) != nullptr;
  });
}

/// Keeps the latest decision of each person; a decision that saw other data voids those before it.
void keep(std::vector<Decision>& decisions, const Decision& decision) {
  std::erase_if(decisions, [&](const Decision& other) {
    return other.person == decision.person || other.snapshot != decision.snapshot ||
           other.subject_hash != decision.subject_hash;
  });
  decisions.push_back(decision);
}

Result<void> check_decision(const Progress& progress, const std::string& request_hash,
                            const Envelope& content, const Decision& decision, const Roster& roster) {
  const StaffMember* member = member_of(roster, decision.person);
  if (member == nullptr || !is_signed_by(content, std::string(kApproverRole), member->key)) {
    return Error{ErrorCode::kPermissionDenied, "decision: not signed by a member of the site's staff"};
  }
  if (decision.site != roster.site || decision.request_hash != request_hash) {
    return conflict("decision: over another request or site");
  }
  const bool is_run = decision.stage == Stage::kRun;
  const RequestState waiting =
      is_run ? RequestState::kAwaitingRunApproval : RequestState::kAwaitingSendApproval;
  if (progress.state != waiting) return conflict("decision: the request is not waiting for it");
  if (decision.subject_hash != (is_run ? request_hash : progress.package_hash)) {
    return conflict("decision: over another hash than the one that waits");
  }
  if (!is_run && roster.send_by_others &&
      std::ranges::find(progress.run_decisions, decision.person, &Decision::person) !=
          progress.run_decisions.end()) {
    return Error{ErrorCode::kPermissionDenied, "decision: ② is for a person who did not decide ①"};
  }
  return {};
}

Result<void> take_decision(Progress& progress, const std::string& request_hash, const Envelope& content,
                           const Roster& roster) {
  const Decision decision = TRY(decision_of(content));
  TRY(check_decision(progress, request_hash, content, decision, roster));
  const bool is_run = decision.stage == Stage::kRun;
  std::vector<Decision>& decisions = is_run ? progress.run_decisions : progress.send_decisions;
  keep(decisions, decision);
  const bool enough = approving(decisions, roster) >= (is_run ? roster.run_quorum : roster.send_quorum);
  if (decision.verdict == Verdict::kRefuse) {
    go_to(progress, is_run ? RequestState::kRunRefused : RequestState::kSendRefused, decision.at_ms,
          decision.reason);
  } else if (enough) {
    go_to(progress, is_run ? RequestState::kScheduled : RequestState::kApprovedToSend, decision.at_ms, {});
  }
  note(progress, decision.at_ms, decision.person, name_of(decision.verdict), decision.reason);
  return {};
}

bool is_one_of(RequestState state, std::initializer_list<RequestState> states) {
  return std::ranges::find(states, state) != states.end();
}

/// Whether the site's program may say that the request goes from one state to another.
bool may_go(RequestState from, RequestState to) {
  using S = RequestState;
  switch (to) {
    case S::kAwaitingRunApproval:  // arrival; or the data changed, and ① is asked for again
      return is_one_of(from, {S::kDispatched, S::kScheduled, S::kRunning, S::kFailed});
    case S::kScheduled:  // again after a failure, or because the package of an earlier run is gone
      return is_one_of(from,
                       {S::kRunning, S::kFailed, S::kAwaitingSendApproval, S::kApprovedToSend, S::kSending});
    case S::kRunning: return is_one_of(from, {S::kScheduled, S::kRunning});
    case S::kFailed: return from == S::kRunning;
    case S::kAwaitingSendApproval: return from == S::kRunning;
    case S::kExpired:
      return is_one_of(from, {S::kDispatched, S::kAwaitingRunApproval, S::kScheduled, S::kFailed});
    case S::kCancelled:
    case S::kSuperseded: return !is_final(from) && from != S::kSending;
    default: return false;  // by a decision, a delivery or a receipt only
  }
}

Result<void> take_status(Progress& progress, const std::string& request_hash, const Envelope& content,
                         const Roster& roster) {
  const SiteStatus status = TRY(status_of(content));
  const std::optional<RequestState> state = request_state_of(status.state);
  if (!state || status.request_hash != request_hash) {
    return Error{ErrorCode::kInvalidInput, "status: expected a state of this request"};
  }
  if (!may_go(progress.state, *state)) {
    return conflict("status: " + std::string(name_of(*state)) + " does not follow " +
                    std::string(name_of(progress.state)));
  }
  const bool has_package = *state == RequestState::kAwaitingSendApproval;
  if (has_package != is_sha256(status.package_hash)) {
    return Error{ErrorCode::kInvalidInput, "status: expected a package's hash where one awaits approval"};
  }
  if (*state == RequestState::kAwaitingRunApproval) progress.run_decisions.clear();
  if (is_one_of(*state, {RequestState::kAwaitingRunApproval, RequestState::kScheduled,
                         RequestState::kAwaitingSendApproval})) {
    progress.send_decisions.clear();
    progress.sealed.reset();
    progress.package_hash = status.package_hash;
  }
  if (*state == RequestState::kRunning && !has_run_approval(progress, roster, request_hash)) {
    return conflict("status: running without approval");
  }
  go_to(progress, *state, status.at_ms, status.reason);
  note(progress, status.at_ms, {}, {}, status.reason);
  return {};
}

Result<void> take_delivery(Progress& progress, const std::string& request_hash, const Envelope& content,
                           const Roster& roster) {
  Delivery delivery = TRY(delivery_of(content));
  // A site that lost the sealed chunks seals the same package again, until the center has verified one.
  if (!is_one_of(progress.state, {RequestState::kApprovedToSend, RequestState::kSending})) {
    return conflict("delivery: the request is not approved for sending");
  }
  if (delivery.request_hash != request_hash || delivery.sealed.package_hash != progress.package_hash ||
      !has_send_approval(progress, roster, delivery.sealed.package_hash) ||
      !has_run_approval(progress, roster, request_hash)) {
    return conflict("delivery: of another package than the one that was approved");
  }
  progress.sealed = std::move(delivery.sealed);
  progress.announced.push_back(progress.package_hash);
  go_to(progress, RequestState::kSending, delivery.at_ms, {});
  note(progress, delivery.at_ms, {}, {}, {});
  return {};
}

}  // namespace

std::string_view name_of(RequestState state) {
  return std::ranges::find(kNames, state, &std::pair<RequestState, std::string_view>::first)->second;
}

std::optional<RequestState> request_state_of(std::string_view name) {
  const auto* found = std::ranges::find(kNames, name, &std::pair<RequestState, std::string_view>::second);
  if (found == kNames.end()) return std::nullopt;
  return found->first;
}

bool is_final(RequestState state) {
  return is_one_of(state, {RequestState::kRunRefused, RequestState::kSendRefused, RequestState::kDelivered,
                           RequestState::kExpired, RequestState::kCancelled, RequestState::kSuperseded});
}

bool has_run_approval(const Progress& progress, const Roster& roster, const std::string& request_hash) {
  return std::ranges::all_of(progress.run_decisions,
                             [&](const Decision& d) { return d.subject_hash == request_hash; }) &&
         approving(progress.run_decisions, roster) >= roster.run_quorum;
}

bool has_send_approval(const Progress& progress, const Roster& roster, const std::string& package_hash) {
  return std::ranges::all_of(progress.send_decisions,
                             [&](const Decision& d) { return d.subject_hash == package_hash; }) &&
         approving(progress.send_decisions, roster) >= roster.send_quorum;
}

Result<void> advance(Progress& progress, const std::string& request_hash, const Envelope& content,
                     const Roster& roster) {
  if (progress.state == RequestState::kDelivered) return {};
  Progress next = progress;
  if (content.type == kDecisionType) {
    TRY(take_decision(next, request_hash, content, roster));
  } else if (content.type == kStatusType) {
    TRY(take_status(next, request_hash, content, roster));
  } else if (content.type == kDeliveryType) {
    TRY(take_delivery(next, request_hash, content, roster));
  } else {
    return Error{ErrorCode::kInvalidInput, "expected a decision, a status or a delivery"};
  }
  progress = std::move(next);
  return {};
}

Result<void> take_receipt(Progress& progress, const Receipt& receipt) {
  if (progress.state == RequestState::kDelivered && progress.package_hash == receipt.package_hash) return {};
  if (std::ranges::find(progress.announced, receipt.package_hash) == progress.announced.end()) {
    return conflict("receipt: no such package was announced");
  }
  progress.package_hash = receipt.package_hash;  // the site may have begun to make another one
  go_to(progress, RequestState::kDelivered, receipt.at_ms, {});
  note(progress, receipt.at_ms, {}, {}, {});
  return {};
}

}  // namespace mimamori
