#include "serve/network/event_log.h"

#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>

#include "serve/network/files.h"

namespace mimamori {

void log_event(std::string_view event,
               std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  nlohmann::ordered_json line = {{"at", to_utc_text(clock_now_ms())}, {"event", event}};
  for (const auto& [key, value] : fields) line[std::string(key)] = value;
  static std::mutex one_line_at_a_time;
  const std::lock_guard lock(one_line_at_a_time);
  std::cerr << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n" << std::flush;
}

}  // namespace mimamori
