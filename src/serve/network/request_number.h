#pragma once

#include <string>

#include "exchange/documents.h"

namespace mimamori {

/// How people name a request, the same at center and site: the year in Japan and the end of its identifier,
/// "R-2026-B1N0K".
std::string request_number(const StudyRequest& request);

/// The day in Japan on which a time falls, as YYYY-MM-DD. People's deadlines are days in Japan.
std::string japanese_day(std::int64_t at_ms);
/// Days from the day in Japan of one time to that of another; negative if it has passed.
std::int64_t japanese_days_between(std::int64_t from_ms, std::int64_t to_ms);

}  // namespace mimamori
