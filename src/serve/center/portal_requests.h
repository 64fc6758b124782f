#pragma once

#include <vector>

#include "http/message.h"
#include "serve/center/center.h"
#include "serve/center/portal_history.h"

namespace mimamori {

/// The portal's routes about requests and scripts; the history must live as long as they do.
std::vector<Route> request_routes(Center& center, PortalHistory& history);

}  // namespace mimamori
