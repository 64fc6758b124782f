#include "synth/claims_text.h"

#include <algorithm>
#include <cstdint>

namespace mimamori {
namespace {

std::string two(unsigned value) { return (value < 10 ? "0" : "") + std::to_string(value); }

struct EraYear {
  char era;
  unsigned year;
};
// Era of the first day of the month; the eras here began on 8 January 1989 and 1 May 2019.
EraYear era_of(YearMonth month) {
  const int year = static_cast<int>(month.year());
  if (month >= std::chrono::year{2019} / 5) return {'5', static_cast<unsigned>(year - 2018)};
  if (month >= std::chrono::year{1989} / 2) return {'4', static_cast<unsigned>(year - 1988)};
  return {'3', static_cast<unsigned>(year - 1925)};
}

}  // namespace

YearMonth month_of(Date date) {
  const std::chrono::year_month_day ymd(date);
  return ymd.year() / ymd.month();
}

std::string to_compact(YearMonth month) {
  return std::to_string(static_cast<int>(month.year())) + two(static_cast<unsigned>(month.month()));
}

std::string era_date(Date date) {
  const std::chrono::year_month_day ymd(date);
  constexpr Date kFirstOfHeisei = std::chrono::year{1989} / 1 / 8;
  const bool late_january = date >= kFirstOfHeisei && month_of(date) == std::chrono::year{1989} / 1;
  return (late_january ? "40101" : era_month(month_of(date))) + two(static_cast<unsigned>(ymd.day()));
}

std::string era_month(YearMonth month) {
  const EraYear era = era_of(month);
  return std::string(1, era.era) + two(era.year) + two(static_cast<unsigned>(month.month()));
}

std::string full_width(std::string_view digits) {
  std::string wide;
  for (const char c : digits) {
    ENSURE(c >= '0' && c <= '9');
    wide += "\xEF\xBC";
    wide += static_cast<char>(0x90 + (c - '0'));
  }
  return wide;
}

PersonName person_name(const Identity& identity) {
  const std::string_view names = identity.names;
  const auto first_two = [](std::string_view name) {
    const std::size_t family = name.find('^');
    const std::size_t given = name.find('^', family + 1);
    return std::string(name.substr(0, family)) + "　" +
           std::string(name.substr(family + 1, given - family - 1));
  };
  return {first_two(names), first_two(names.substr(names.find('~') + 1))};
}

std::string doctor_code(const Identity& identity) {
  return identity.doctor.substr(0, identity.doctor.find('^'));
}

ClaimsFacility claims_facility(const HospitalOptions& options) {
  const std::string& id = options.facility_id;
  const bool digits = std::ranges::all_of(id, [](char c) { return c >= '0' && c <= '9'; });
  if (digits && id.size() == 10) return {id.substr(0, 2), id.substr(3)};
  std::uint64_t sum = 17;
  for (const char c : id) sum = (sum * 131 + static_cast<unsigned char>(c)) % 9'999'999;
  const std::string drawn = std::to_string(sum);
  return {"99", std::string(7 - drawn.size(), '0') + drawn};
}

}  // namespace mimamori
