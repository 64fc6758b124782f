#pragma once

// How claims write dates, digits and names.

#include <string>
#include <string_view>

#include "base/date.h"
#include "synth/hospital_options.h"
#include "synth/message.h"

namespace mimamori {

using YearMonth = std::chrono::year_month;

YearMonth month_of(Date date);
/// YYYYMM.
std::string to_compact(YearMonth month);
/// GYYMMDD and GYYMM of the Japanese calendar: 3 Showa, 4 Heisei, 5 Reiwa; from 1927 on.
std::string era_date(Date date);
std::string era_month(YearMonth month);

/// ASCII digits as full-width ones.
std::string full_width(std::string_view digits);

/// The parts of PID-5 of an identity.
struct PersonName {
  std::string kanji;  // family and given name with a full-width blank between
  std::string kana;
};
PersonName person_name(const Identity& identity);
/// The doctor's number alone.
std::string doctor_code(const Identity& identity);

/// What claims call a hospital: two digits of the prefecture and seven of its own. A facility id of ten
/// digits gives both; of any other the seven are drawn.
struct ClaimsFacility {
  std::string prefecture;
  std::string number;
};
ClaimsFacility claims_facility(const HospitalOptions& options);

}  // namespace mimamori
