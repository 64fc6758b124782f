#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "serve/center/portal_picture.h"

namespace mimamori {

/// The name of a person by login, for people; the login itself if there is no such account.
using NameOf = std::function<std::string(const std::string& login)>;

// The shapes of docs/formats/portal-api.md.

nlohmann::json request_summary_json(const CenterPicture& picture, const RequestPicture& request);
/// may_act: whether this reader may cancel and proceed at all.
nlohmann::json request_detail_json(const CenterPicture& picture, const RequestPicture& request,
                                   const PortalHistory& history, const NameOf& name_of_login, bool may_act);
nlohmann::json sites_status_json(const CenterPicture& picture, std::int64_t now_ms);
/// A script as its author's editor shows it: what is wrong with it, or what it says.
nlohmann::json script_check_json(const std::string& text);

/// What an entry of the center's ledger says, for people.
Text2 describe_center_entry(const Entry& entry);

}  // namespace mimamori
