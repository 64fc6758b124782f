#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "http/message.h"
#include "ledger/hidden_text.h"
#include "serve/console/approval_detail.h"

namespace mimamori {

/// What a page sends that signs a decision.
struct DecisionBody {
  Verdict verdict = Verdict::kHold;
  std::string reason, payload_hash, code;
  std::optional<std::string> snapshot;  // ①: of the data that the page showed
  HiddenText password;
};
/// Errors  kInvalidInput: names the field.
Result<DecisionBody> decision_body(const Request& request);

/// The answer to one who may not sign this now: not their part, moved on, another hash than would be signed,
/// no reason where one is needed, a check that fails. Nothing if they may.
std::optional<Response> why_not_decide(const Approval& approval, const ApprovalFacts& facts,
                                       const Account& account, const DecisionOrder& order);

/// The answer to what SiteAgent::decide found wrong.
Response decision_problem(const Error& error);

}  // namespace mimamori
