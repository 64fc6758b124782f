#include "base/date.h"

#include <algorithm>
#include <cstdio>

namespace mimamori {
namespace {

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

}  // namespace

Result<Date> make_date(int year, unsigned month, unsigned day) {
  const std::chrono::year_month_day civil{std::chrono::year{year}, std::chrono::month{month},
                                          std::chrono::day{day}};
  if (!civil.ok()) return Error{ErrorCode::kInvalidInput, "expected a day of the calendar"};
  return Date{civil};
}

Result<Date> parse_date(std::string_view text) {
  if (text.size() != 8 || !all_digits(text)) {
    return Error{ErrorCode::kInvalidInput, "expected YYYYMMDD"};
  }
  return make_date(number(text.substr(0, 4)), static_cast<unsigned>(number(text.substr(4, 2))),
                   static_cast<unsigned>(number(text.substr(6, 2))));
}

Result<Date> parse_iso_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
    return Error{ErrorCode::kInvalidInput, "expected YYYY-MM-DD"};
  }
  const std::string compact =
      std::string(text.substr(0, 4)) + std::string(text.substr(5, 2)) + std::string(text.substr(8, 2));
  const Result<Date> date = parse_date(compact);
  if (!date.ok()) return Error{ErrorCode::kInvalidInput, "expected YYYY-MM-DD, a day of the calendar"};
  return *date;
}

std::string to_iso(Date date) {
  const std::chrono::year_month_day civil{date};
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(civil.year()),
                static_cast<unsigned>(civil.month()), static_cast<unsigned>(civil.day()));
  return text;
}

std::string to_compact(Date date) {
  std::string text = to_iso(date);
  std::erase(text, '-');
  return text;
}

int age_in_years(Date birth_date, Date on) {
  const std::chrono::year_month_day born{birth_date};
  const std::chrono::year_month_day today{on};
  int years = static_cast<int>(today.year()) - static_cast<int>(born.year());
  const bool before_birthday = today.month() < born.month() ||
                               (today.month() == born.month() && today.day() < born.day());
  if (before_birthday) --years;
  return years;
}

}  // namespace mimamori
