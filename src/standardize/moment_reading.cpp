#include "standardize/moment_reading.h"

#include <algorithm>

#include "standardize/text_fold.h"

namespace mimamori {
namespace {

constexpr int kYearMin = 1850;
constexpr int kYearMax = 2199;
constexpr std::int32_t kSecondsPerDay = 86'400;

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::int32_t two_digits(std::string_view text, std::size_t at) {
  if (at + 2 > text.size()) return 0;
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

std::optional<Date> plausible_date(std::string_view text) {
  const Result<Date> date = parse_date(text);
  if (!date.ok()) return std::nullopt;
  const int year = static_cast<int>(std::chrono::year_month_day{*date}.year());
  if (year < kYearMin || year > kYearMax) return std::nullopt;
  return *date;
}

// Removes the zone and the fraction of a second; notes a zone that is not Japan's.
std::string_view clock_digits(std::string_view rest, MomentReading& reading) {
  const std::size_t zone = rest.find_first_of("+-");
  if (zone != std::string_view::npos) {
    const std::string_view name = rest.substr(zone);
    if (name.size() != 5 || !all_digits(name.substr(1))) reading.time_unreadable = true;
    reading.other_zone = name != "+0900";
    rest = rest.substr(0, zone);
  }
  const std::size_t point = rest.find('.');
  if (point != std::string_view::npos) {
    const std::string_view fraction = rest.substr(point + 1);
    if (point != 6 || fraction.empty() || !all_digits(fraction)) reading.time_unreadable = true;
    rest = rest.substr(0, point);
  }
  return rest;
}

}  // namespace

MomentReading read_moment(std::string_view text) {
  MomentReading reading;
  text = trimmed(text);
  if (text.empty() || text == "\"\"") return reading;
  reading.stated = true;
  if (text.size() < 8) return reading;
  const std::optional<Date> date = plausible_date(text.substr(0, 8));
  if (!date) return reading;
  reading.moment = Moment{.date = *date, .second_of_day = std::nullopt};

  const std::string_view clock = clock_digits(text.substr(8), reading);
  if (clock.empty() || reading.time_unreadable) return reading;
  const std::int32_t hour = two_digits(clock, 0);
  const std::int32_t minute = two_digits(clock, 2);
  const std::int32_t second = two_digits(clock, 4);
  const bool whole = clock.size() == 2 || clock.size() == 4 || clock.size() == 6;
  if (!whole || !all_digits(clock) || hour > 47 || minute > 59 || second > 59) {
    reading.time_unreadable = true;
    return reading;
  }
  const std::int32_t total = hour * 3600 + minute * 60 + second;
  if (total == 0) {
    reading.zero_time = true;
    return reading;
  }
  reading.hour_after_24 = hour >= 24;
  if (reading.hour_after_24) reading.moment->date += Days{1};
  reading.moment->second_of_day = reading.hour_after_24 ? total - kSecondsPerDay : total;
  return reading;
}

}  // namespace mimamori
