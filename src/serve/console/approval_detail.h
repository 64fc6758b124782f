#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/text2.h"
#include "serve/console/approvals.h"
#include "serve/console/package_view.h"
#include "serve/console/site_agent.h"
#include "serve/console/site_tables.h"

namespace mimamori {

/// One thing that the hospital's own program looked at before it asks a person.
struct ApprovalCheck {
  enum class Outcome : std::uint8_t { kPass, kWarn, kFail };
  std::string code;  // also the key of its title: console.check.CODE
  Outcome outcome = Outcome::kPass;
  std::string detail;  // names of files, a day, or the program's own sentence; "" for none
};

/// Everything that a page of one approval is made from, read at one time.
struct ApprovalFacts {
  std::int64_t now_ms = 0;  // by the center's clock where it is known: a request's last day is one of its
  std::string snapshot;     // of the data now, "" if nothing is loaded
  Impact impact;
  Impact baseline_impact;
  std::optional<LastLoad> last_load;
  std::optional<Manifest> manifest;    // ②: of the package that is shown
  std::optional<PackageView> package;  // ②: what is on the disk; absent if it is gone
};

/// Reads the facts of one approval.  Errors  those of the store.
Result<ApprovalFacts> facts_of(const SiteAgent& agent, const Approval& approval);

/// Whether the persons have been counted on the data as they are now.
bool is_counted(const Approval& approval, const ApprovalFacts& facts);

/// Nothing here is shown that was not looked at.
std::vector<ApprovalCheck> checks_of(const Approval& approval, const ApprovalFacts& facts);

/// ApprovalDetail of the contract, but for center_link.
nlohmann::json detail_json(const Approval& approval, const ApprovalFacts& facts, const Account& reader);

}  // namespace mimamori
