#include "serve/network/request_number.h"

#include <chrono>

#include "base/date.h"

namespace mimamori {
namespace {

constexpr std::size_t kShownOfId = 5;

Date day_in_japan(std::int64_t at_ms) {
  using std::chrono::milliseconds;
  return std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<milliseconds>(milliseconds(at_ms) + std::chrono::hours(9)));
}

}  // namespace

std::string request_number(const StudyRequest& request) {
  const std::string& id = request.request_id;
  const std::string end = id.size() > kShownOfId ? id.substr(id.size() - kShownOfId) : id;
  return "R-" + japanese_day(request.created_ms).substr(0, 4) + "-" + end;
}

std::string japanese_day(std::int64_t at_ms) { return to_iso(day_in_japan(at_ms)); }

std::int64_t japanese_days_between(std::int64_t from_ms, std::int64_t to_ms) {
  return (day_in_japan(to_ms) - day_in_japan(from_ms)).count();
}

}  // namespace mimamori
