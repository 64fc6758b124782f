#include "serve/console/console_decision.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "serve/network/browser_api.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kReasonCharactersMax = 2000;
constexpr std::size_t kReasonBytesMax = 4 * kReasonCharactersMax;
constexpr std::size_t kPasswordBytesMax = 1024;

bool is_blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

std::size_t characters_in(const std::string& utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

Result<DecisionBody> decision_body(const Request& request) {
  const Json body =
      TRY(json_body(request, {"decision", "reason", "payload_hash", "password", "code"}, {"snapshot"}));
  const std::string decision = TRY(text_field(body, "decision", 16));
  DecisionBody read;
  read.reason = TRY(text_field(body, "reason", kReasonBytesMax));
  read.payload_hash = TRY(text_field(body, "payload_hash", 64));
  std::string password = TRY(text_field(body, "password", kPasswordBytesMax));
  read.password = HiddenText(std::move(password));
  read.code = TRY(text_field(body, "code", 16));
  if (body.contains("snapshot")) read.snapshot = TRY(text_field(body, "snapshot", 64));
  if (decision != "approve" && decision != "hold" && decision != "refuse")
    return Error{ErrorCode::kInvalidInput, "decision: expected approve, hold or refuse"};
  read.verdict = decision == "approve" ? Verdict::kApprove
                 : decision == "hold"  ? Verdict::kHold
                                       : Verdict::kRefuse;
  if (characters_in(read.reason) > kReasonCharactersMax)
    return Error{ErrorCode::kInvalidInput, "reason: expected at most 2000 characters"};
  return read;
}

std::optional<Response> why_not_decide(const Approval& approval, const ApprovalFacts& facts,
                                       const Account& account, const DecisionOrder& order) {
  switch (may_decide(approval, account)) {
    case MayDecide::kNotApprover:
    case MayDecide::kRequester: return contract_problem(403, "forbidden");
    case MayDecide::kAlreadySigned:
    case MayDecide::kEnded: return contract_problem(409, "wrong_state");
    case MayDecide::kYes: break;
  }
  if (order.subject_hash != payload_hash_of(approval)) return contract_problem(409, "payload_changed");
  // ① is over the data too: what was read must be what is there.
  if (approval.stage == Stage::kRun && order.snapshot != facts.snapshot)
    return contract_problem(409, "payload_changed");
  const bool approves = order.verdict == Verdict::kApprove;
  const bool uncounted = approval.stage == Stage::kRun && !is_counted(approval, facts);
  if (is_blank(order.reason) && (!approves || uncounted)) return contract_problem(422, "reason_required");
  const std::vector<ApprovalCheck> checks = checks_of(approval, facts);
  const bool fails =
      std::ranges::find(checks, ApprovalCheck::Outcome::kFail, &ApprovalCheck::outcome) != checks.end();
  if (approves && fails) return contract_problem(409, "wrong_state");
  return std::nullopt;
}

Response decision_problem(const Error& error) {
  if (error.code == ErrorCode::kNotFound) return contract_problem(403, "forbidden");  // no key to sign with
  return secret_problem(error);
}

}  // namespace mimamori
