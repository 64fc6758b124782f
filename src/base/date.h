#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mimamori {

using Date = std::chrono::sys_days;
using Days = std::chrono::days;

/// Days from start (counted) to end (not counted).
struct DateRange {
  Date start;
  Date end;
  [[nodiscard]] bool contains(Date date) const { return start <= date && date < end; }
};

/// A civil date, checked. Errors  kInvalidInput: no such day.
Result<Date> make_date(int year, unsigned month, unsigned day);

/// Reads YYYYMMDD (eight digits, a real calendar day). Errors  kInvalidInput.
Result<Date> parse_date(std::string_view text);

/// Reads YYYY-MM-DD. Errors  kInvalidInput.
Result<Date> parse_iso_date(std::string_view text);

/// YYYY-MM-DD.
std::string to_iso(Date date);
/// YYYYMMDD.
std::string to_compact(Date date);

/// Completed years of age on a day (0 on the day of birth; 29 February counts on 1 March).
int age_in_years(Date birth_date, Date on);

}  // namespace mimamori
