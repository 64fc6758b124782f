#include "extract/data_set_csv.h"

#include <array>
#include <charconv>
#include <string_view>

namespace mimamori {
namespace {

std::string_view name_of_sex(Sex sex) {
  switch (sex) {
    case Sex::kFemale: return "F";
    case Sex::kMale: return "M";
    case Sex::kUnknown: return "U";
  }
  return "U";
}

/// The shortest digits that read back as the same number.
std::string digits_of(double value) {
  std::array<char, 32> digits{};
  const auto printed = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return {digits.data(), printed.ptr};
}

std::string row_of(const std::string& outcome, const CohortPerson& person, const OutcomeFollowUp& follow_up) {
  std::string row = outcome + "," + person.person_key;
  row += person.arm == Arm::kExposed ? ",exposed," : ",comparator,";
  row += name_of_sex(person.sex);
  row += "," + std::to_string(person.age_years) + "," + to_iso(person.index_date) + ",";
  if (follow_up.baseline_value) row += digits_of(*follow_up.baseline_value);
  row += follow_up.baseline_in_reference_range ? ",1," : ",0,";
  row += std::to_string(follow_up.follow_up_days) + (follow_up.event ? ",1," : ",0,");
  row += name_of(follow_up.reason);
  row += "," + std::to_string(follow_up.measurements) + "\n";
  return row;
}

}  // namespace

std::string to_csv(const StudyDataSet& data_set) {
  std::string csv =
      "outcome,person_key,arm,sex,age_years,index_date,baseline_value,baseline_in_reference_range,"
      "follow_up_days,event,reason,measurements\n";
  for (std::size_t o = 0; o < data_set.outcomes.size(); ++o) {
    for (std::size_t p = 0; p < data_set.persons.size(); ++p) {
      csv += row_of(data_set.outcomes[o].id, data_set.persons[p], data_set.follow_up[o][p]);
    }
  }
  return csv;
}

}  // namespace mimamori
