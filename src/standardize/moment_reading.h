#pragma once

#include <optional>
#include <string_view>

#include "model/edited.h"

namespace mimamori {

/// A time field of HL7 and what had to be noted about it.
struct MomentReading {
  std::optional<Moment> moment;  // nothing if the field holds no date
  bool stated = false;           // the field holds something other than the explicit null ""
  bool hour_after_24 = false;    // 24 to 47: moved to the next day
  bool zero_time = false;        // 0000 or 000000: taken as "the day only"
  bool time_unreadable = false;  // the day is good, what follows is not a time
  bool other_zone = false;       // a zone other than +0900; the local time is kept as written
};

/// Reads YYYYMMDD[HH[MM[SS[.f...]]]][+zone] with the precision that was given (ssmix2.md 3.7).
/// Hours run to 47 (30-hour clocks). Six or fewer digits are not a date, nor are years outside
/// 1850 to 2199: systems write such years for "unknown" and "no end".
MomentReading read_moment(std::string_view text);

}  // namespace mimamori
