#pragma once

// What extract/ hands to study/: one row per person, and one per person and outcome.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/text2.h"

namespace mimamori {

enum class Arm : std::uint8_t { kComparator = 0, kExposed = 1 };
enum class Sex : std::uint8_t { kFemale, kMale, kUnknown };

/// Why follow-up ended. Ties on one day are settled in this order.
enum class CensoringReason : std::uint8_t {
  kOutcome,            // not censored: the outcome occurred
  kOtherArm,           // a drug of the other arm
  kEndOfExposure,      // end of the exposure episode, grace period included
  kLastRecord,         // last record of the person
  kCutOff,             // data cut-off
};
std::string_view name_of(CensoringReason reason);

/// One person of the cohort.
struct CohortPerson {
  std::string person_key;   // re-keyed for this study; not the key of the store
  Arm arm = Arm::kComparator;
  Sex sex = Sex::kUnknown;
  int age_years = 0;        // completed years on the index date
  Date index_date;
};

/// One person's follow-up for one outcome. Follow-up opens on day 1 (the day after the index date).
struct OutcomeFollowUp {
  std::optional<double> baseline_value;       // closest measured value in the lookback, standard unit
  bool baseline_in_reference_range = false;   // false also when there is no baseline value
  int follow_up_days = 0;                     // days 1..follow_up_days were observed; 0: none
  bool event = false;                         // the outcome occurred on day follow_up_days
  CensoringReason reason = CensoringReason::kCutOff;
  int measurements = 0;                       // values of the analyte on days 1..follow_up_days
};

struct OutcomeDefinition {
  std::string id;         // "hyperkalemia"
  Text2 title;            // for tables and figures
  Text2 definition;       // one sentence: what counts, in which unit
};

struct AttritionStep {
  std::string rule;       // "new_use"
  Text2 title;
  std::int64_t exposed = 0;     // persons left after this rule
  std::int64_t comparator = 0;
};

struct StudyDataSet {
  std::string study_id;
  Text2 title;
  Text2 exposed_title;        // "Drug A"
  Text2 comparator_title;
  Date data_start;            // first day of the data window
  Date data_end;              // day after the cut-off
  std::string script_sha256;
  int sites = 1;
  std::vector<AttritionStep> attrition;
  std::vector<CohortPerson> persons;                       // ordered by person_key
  std::vector<OutcomeDefinition> outcomes;
  std::vector<std::vector<OutcomeFollowUp>> follow_up;     // [outcome][person]
};

}  // namespace mimamori
