#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "serve/center/center.h"

namespace mimamori {

/// A signed content of a request's line as the ledger has it: what a step of Progress::history came from.
struct NotedContent {
  std::int64_t seq = 0;    // of the ledger's entry
  std::int64_t at_ms = 0;  // by the document itself
  std::optional<Decision> decision;
  PublicKeyHex key;  // under the decision
};

/// Something that happened to a request at the center.
struct CenterEvent {
  std::int64_t seq = 0;
  std::int64_t at_ms = 0;
  std::string kind;  // an EventKind of docs/formats/portal-api.md
  std::string site;
  std::string actor;  // a login, or "" for a program
  std::string text;
};

/// What the portal shows of a site besides its state.
struct SiteTimes {
  std::int64_t added_ms = 0;
  std::int64_t ended_ms = 0;  // of its membership
  std::int64_t last_entry_ms = 0;
};

/// What pages show of the ledger, apart from the state: a fold over its entries. May be used from several
/// threads.
class PortalHistory {
 public:
  /// Takes in what was appended since.  Errors  kIo.
  Result<void> catch_up(const Center& center);

  /// What a site's line holds about a request, in order: decisions, statuses, deliveries, the receipt.
  [[nodiscard]] std::vector<NotedContent> contents(const std::string& hash, const std::string& site) const;
  [[nodiscard]] std::vector<CenterEvent> events(const std::string& hash) const;
  [[nodiscard]] SiteTimes times(const std::string& site) const;

 private:
  void take(const Entry& entry);
  void take_message(const Entry& entry);
  void take_local(const Entry& entry);

  mutable std::mutex mutex_;
  std::int64_t taken_ = 0;
  std::map<std::pair<std::string, std::string>, std::vector<NotedContent>> contents_;
  std::map<std::string, std::vector<CenterEvent>> events_;
  std::map<std::string, SiteTimes> times_;
};

}  // namespace mimamori
