#pragma once

#include <functional>
#include <vector>

#include "http/message.h"
#include "serve/console/site_server.h"

namespace mimamori {

/// What the console asks of the line to the center: tests put their own behind it.
struct ConsoleLine {
  std::function<LinkState()> state;
  std::function<void()> wake;  // somebody has decided something
};

/// The routes of a hospital's console (docs/formats/portal-api.md), static files included.
std::vector<Route> console_routes(SiteAgent& agent, const ConsoleLine& line);

/// Lets a request through if its session's person has one of the route's roles, and, if it changes
/// something, carries the session's CSRF token and the console's own origin.
Gate console_gate(SiteAgent& agent);

}  // namespace mimamori
