#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exchange/site_core.h"
#include "ledger/accounts.h"

namespace mimamori {

/// The last request of the same study, before this one, whose ① was given.
std::optional<SiteRequest> baseline_of(const SiteCore& core, const SiteRequest& request);

/// One thing that a hospital decides: ① or ② of a request, as it stood when it was looked at.
struct Approval {
  Stage stage = Stage::kRun;
  SiteRequest request;
  Roster roster;
  std::optional<SiteRequest>
      baseline;  // the last request of the same study whose ① was given, before this one
};

/// "7e91…16 digits…-run".
std::string approval_id(const std::string& request_hash, Stage stage);

/// Every approval of the site: ① of each request that came, ② of each that came so far; in order of arrival.
std::vector<Approval> approvals_of(const SiteCore& core);
/// Errors  kNotFound.
Result<Approval> find_approval(const SiteCore& core, std::string_view id);

/// Where an approval stands, in the contract's words.
enum class ApprovalStatus : std::uint8_t {
  kOpen,
  kHeld,
  kApproved,
  kRefused,
  kVoided,
  kSuperseded,
  kExpired,
  kCancelled
};
ApprovalStatus status_of(const Approval& approval);
std::string_view name_of(ApprovalStatus status);
/// Whether somebody is still to decide.
bool is_open(const Approval& approval);
/// Since when it waits, or waited.
std::int64_t waiting_since_ms(const Approval& approval);

/// The decisions that count now, and the hash that the next one would sign ("" if there is nothing to sign).
const std::vector<Decision>& decisions_of(const Approval& approval);
std::string payload_hash_of(const Approval& approval);

/// Whether this person may decide now, and if not, why.
enum class MayDecide : std::uint8_t { kYes, kAlreadySigned, kNotApprover, kRequester, kEnded };
MayDecide may_decide(const Approval& approval, const Account& account);
/// Names of those who may.
std::vector<std::string> who_may_decide(const Approval& approval);

/// ApprovalSummary of the contract, for one reader.
nlohmann::json summary_json(const Approval& approval, const Account& reader, std::int64_t now_ms);
/// Its signatures, those of ① before those of ②; another person's reason is hidden from whoever is yet to
/// decide, so that the second decides for themselves.
nlohmann::json signatures_json(const Approval& approval, const Account& reader);
/// Why it no longer is what it was, or null.
nlohmann::json notice_json(const Approval& approval);

}  // namespace mimamori
