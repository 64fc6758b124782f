#pragma once

// The rows of the files that leave a site. columns() names them in order, as for the rows of the edited
// layer.

#include <cstdint>
#include <optional>
#include <string>

#include "base/date.h"

namespace mimamori {

struct PersonRow {
  static constexpr const char* kFile = "persons";
  std::string person_key;
  std::string arm;
  std::string sex;
  std::int64_t age_years = 0;
  Date index_month;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("person_key", person_key);
    visit("arm", arm);
    visit("sex", sex);
    visit("age_years", age_years);
    visit("index_month", index_month);
  }
};

struct FollowUpRow {
  static constexpr const char* kFile = "follow_up";
  std::string outcome;
  std::string person_key;
  std::optional<double> baseline_value;
  bool baseline_in_reference_range = false;
  std::int64_t follow_up_days = 0;
  bool event = false;
  std::string reason;
  std::int64_t measurements = 0;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("outcome", outcome);
    visit("person_key", person_key);
    visit("baseline_value", baseline_value);
    visit("baseline_in_reference_range", baseline_in_reference_range);
    visit("follow_up_days", follow_up_days);
    visit("event", event);
    visit("reason", reason);
    visit("measurements", measurements);
  }
};

struct AttritionRow {
  static constexpr const char* kFile = "attrition";
  std::int64_t step = 0;
  std::string rule;
  std::int64_t exposed = 0;
  std::int64_t comparator = 0;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("step", step);
    visit("rule", rule);
    visit("exposed", exposed);
    visit("comparator", comparator);
  }
};

struct NoteRow {
  static constexpr const char* kFile = "notes";
  std::string note;
  std::int64_t count = 0;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("note", note);
    visit("count", count);
  }
};

/// Names of the two notes.
inline constexpr const char* kDaysSupplyAssumed = "days_supply_assumed";
inline constexpr const char* kResultsInOtherUnits = "results_in_other_units";

}  // namespace mimamori
