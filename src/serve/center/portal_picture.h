#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/text2.h"
#include "serve/center/center.h"
#include "serve/center/portal_history.h"

namespace mimamori {

// What the pages show, in the words of docs/formats/portal-api.md, computed from a copy of the state.

struct LinkPicture {
  std::string kind = "never";
  std::int64_t since_ms = 0;
  std::optional<std::int64_t> until_ms;
  std::int64_t last_heard_ms = 0;  // 0: never
};

struct SitePicture {
  std::string site;
  Text2 name;
  Roster roster;
  Membership membership = Membership::kActive;
  std::optional<Holdings> holdings;
  LinkPicture link;
};

struct RequestPicture {
  CenterRequest request;
  std::string number;  // serve/network/request_number.h
  RequestNotes notes;
  [[nodiscard]] std::vector<std::string> delivered() const;
  [[nodiscard]] std::vector<std::string> not_delivered() const;
  /// Whether nothing more is waited for from this site.
  [[nodiscard]] bool is_over(const std::string& site) const;
  [[nodiscard]] bool all_over() const;
  /// RequestState of the contract: "open", "analyzing", "reported", "failed", "cancelled".
  [[nodiscard]] std::string state() const;
  /// SiteState of the contract.
  [[nodiscard]] std::string state_of(const std::string& site) const;
  [[nodiscard]] bool is_integrated(const std::string& site) const;
  /// What a person may do who may act on it at all: "cancel", "proceed".
  [[nodiscard]] std::vector<std::string> possible_acts() const;
};

struct CenterPicture {
  std::map<std::string, SitePicture> sites;
  std::vector<RequestPicture> requests;  // in order of submission
  /// Who must act next at this site; "" if it is over.
  [[nodiscard]] std::string owner_of(const RequestPicture& request, const std::string& site) const;
};

/// A copy of what the center knows now; of requests only those that `wants` says.
Result<CenterPicture> take_picture(const Center& center, PortalHistory& history, std::int64_t now_ms,
                                   const std::function<bool(const StudyRequest&)>& wants);

}  // namespace mimamori
