#pragma once

#include <vector>

#include "http/message.h"
#include "serve/center/center.h"

namespace mimamori {

/// The routes of the center's portal (docs/formats/portal-api.md), static files included.
std::vector<Route> portal_routes(Center& center);

/// Lets a request through if its session's person has one of the route's roles, and, if it changes
/// something, carries the session's CSRF token and the portal's own origin. Sets Request::caller to the
/// Account.
Gate portal_gate(Center& center);

}  // namespace mimamori
