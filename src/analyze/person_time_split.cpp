#include "analyze/person_time_split.h"

#include <algorithm>
#include <string>

namespace mimamori {
namespace {

/// The first day on which age_in_years reaches an age.
Date birthday(Date birth, int age) {
  const std::chrono::year_month_day born(birth);
  const std::chrono::year_month_day day(born.year() + std::chrono::years(age), born.month(), born.day());
  if (day.ok()) return day;
  return std::chrono::sys_days(
      std::chrono::year_month_day(day.year(), std::chrono::March, std::chrono::day(1)));
}

std::size_t reached(std::span<const Date> borders, Date on) {
  return static_cast<std::size_t>(std::ranges::upper_bound(borders, on) - borders.begin());
}

Result<void> check(std::span<const ObservedTime> persons, const LexisBorders& borders) {
  if (std::ranges::adjacent_find(borders.ages, std::greater_equal<>()) != borders.ages.end() ||
      std::ranges::adjacent_find(borders.periods, std::greater_equal<>()) != borders.periods.end()) {
    return Error{ErrorCode::kInvalidInput, "person-time: the borders must ascend"};
  }
  for (std::size_t i = 0; i < persons.size(); ++i) {
    if (persons[i].start < persons[i].end && persons[i].birth <= persons[i].start) continue;
    return Error{ErrorCode::kInvalidInput, "person-time: person " + std::to_string(i + 1) +
                                               ": expected birth, then start, then a later end"};
  }
  return {};
}

}  // namespace

Result<std::vector<LexisPart>> split_person_time(std::span<const ObservedTime> persons,
                                                 const LexisBorders& borders) {
  TRY(check(persons, borders));
  std::vector<LexisPart> out;
  std::vector<Date> birthdays(borders.ages.size());
  std::vector<Date> cuts;
  for (std::size_t i = 0; i < persons.size(); ++i) {
    const ObservedTime& person = persons[i];
    std::ranges::transform(borders.ages, birthdays.begin(),
                           [&](int age) { return birthday(person.birth, age); });
    cuts = birthdays;
    cuts.insert(cuts.end(), borders.periods.begin(), borders.periods.end());
    std::erase_if(cuts, [&](Date cut) { return cut <= person.start || cut >= person.end; });
    cuts.push_back(person.end);
    std::ranges::sort(cuts);
    Date from = person.start;
    for (const Date to : cuts) {
      if (to == from) continue;  // a birthday on a period's first day
      out.push_back({.person = i,
                     .age = reached(birthdays, from),
                     .period = reached(borders.periods, from),
                     .days = (to - from).count(),
                     .event = person.event && to == person.end});
      from = to;
    }
  }
  return out;
}

}  // namespace mimamori
