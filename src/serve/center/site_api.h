#pragma once

#include <vector>

#include "http/message.h"
#include "serve/center/center.h"

namespace mimamori {

/// The routes of the center's site-facing endpoint (exchange/wire.h).
std::vector<Route> site_routes(Center& center);

/// Lets a request through if its client certificate is one that the center issued to a member; the
/// enrolment routes need none. Sets Request::caller to the site's name.
Gate site_gate(const Center& center);

/// The topic on which a site's poll waits.
std::string mailbox_topic(const std::string& site);

}  // namespace mimamori
