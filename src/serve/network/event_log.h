#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

namespace mimamori {

/// One JSON line on stderr: {"at": "2026-11-21T08:00:00Z", "event": "center.work_failed", ...}. Never a
/// record's value, a password or a name of a patient.
void log_event(std::string_view event,
               std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

}  // namespace mimamori
