#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/date.h"
#include "base/result.h"

namespace mimamori {

/// One person's days under observation, [start, end), and whether the outcome came on the last of them.
struct ObservedTime {
  Date birth;
  Date start;
  Date end;
  bool event = false;
};

/// The borders at which age and calendar time are cut, each ascending.
struct LexisBorders {
  std::vector<int> ages;      // completed years: a band begins on the birthday (29 February: on 1 March)
  std::vector<Date> periods;  // first days
};

/// A part of a person's days that lies in one band of age and one of calendar time.
struct LexisPart {
  std::size_t person = 0;  // place in the input
  std::size_t age = 0;     // how many age borders have been reached: 0 is below the first
  std::size_t period = 0;  // how many period borders have been reached
  std::int64_t days = 0;   // > 0
  bool event = false;      // in the part that holds the last day
};

/// Splits observed time by age and calendar time (Lexis diagram). Every day is counted once: the days of a
/// person's parts sum to end - start. In order of persons, then of time.
///
/// Errors  kInvalidInput: an end not after its start, a start before birth, borders that do not ascend; each
/// with
///         the person's place (from 1).
Result<std::vector<LexisPart>> split_person_time(std::span<const ObservedTime> persons,
                                                 const LexisBorders& borders);

}  // namespace mimamori
