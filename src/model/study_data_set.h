#pragma once

// What extract/ (one site) and integrate/ (many) hand to study/: one row per person, and one per person and outcome.

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
  std::int32_t site = 0;    // index into StudyDataSet::sites; one stratum of the models per site
  bool operator==(const CohortPerson&) const = default;
};

/// One person's follow-up for one outcome. Follow-up opens on day 1 (the day after the index date).
struct OutcomeFollowUp {
  std::optional<double> baseline_value;       // closest measured value in the lookback, standard unit
  bool baseline_in_reference_range = false;   // false also when there is no baseline value
  int follow_up_days = 0;                     // days 1..follow_up_days were observed; 0: none
  bool event = false;                         // the outcome occurred on day follow_up_days
  CensoringReason reason = CensoringReason::kCutOff;
  int measurements = 0;                       // values of the analyte on days 1..follow_up_days
  bool operator==(const OutcomeFollowUp&) const = default;
};

struct OutcomeDefinition {
  std::string id;         // "hyperkalemia"
  Text2 title;            // for tables and figures
  Text2 definition;       // one sentence: what counts, in which unit
  bool operator==(const OutcomeDefinition&) const = default;
};

struct AttritionStep {
  std::string rule;       // "new_use"
  Text2 title;
  std::int64_t exposed = 0;     // persons left after this rule
  std::int64_t comparator = 0;
  bool operator==(const AttritionStep&) const = default;
};

/// What the author of a data set should know about how it was made.
struct ExtractionNotes {
  /// Dispensings of cohort members, from the index date on, whose record stated no supply.
  std::int64_t days_supply_assumed = 0;
  /// Results left out because they are not in the standard unit.
  std::int64_t results_in_other_units = 0;
  ExtractionNotes& operator+=(const ExtractionNotes& other);
  bool operator==(const ExtractionNotes&) const = default;
};

enum class SiteState : std::uint8_t { kContributed, kRefused, kFailed, kNotAnswered };
std::string_view name_of(SiteState state);

/// One site that was asked for a study, whether it sent anything or not.
struct StudySite {
  std::string id;                    // as in the network: "H01"
  Text2 title;
  SiteState state = SiteState::kContributed;
  std::string reason;                // why it refused or failed, in the site's own words
  std::optional<Date> data_cut;      // contributed: day after the last one its data cover
  std::string package_sha256;        // contributed: what was integrated
  std::optional<Date> left_on;       // no longer in the network; what it sent before stays valid
  std::vector<AttritionStep> attrition;   // contributed: its own counts
  ExtractionNotes notes;                  // contributed
  bool operator==(const StudySite&) const = default;
};

struct StudyDataSet {
  std::string study_id;
  Text2 title;
  Text2 exposed_title;        // "Drug A"
  Text2 comparator_title;
  Date data_start;            // first day of the data window
  Date data_end;              // day after the cut-off
  std::string script_sha256;
  /// Everyone who was asked; those who contributed first, so that CohortPerson::site points among them.
  /// Empty: the data come from one place, without a network.
  std::vector<StudySite> sites;
  std::vector<AttritionStep> attrition;                    // summed over the sites
  ExtractionNotes notes;                                   // summed over the sites
  std::vector<CohortPerson> persons;                       // ordered by site, then person_key
  std::vector<OutcomeDefinition> outcomes;
  std::vector<std::vector<OutcomeFollowUp>> follow_up;     // [outcome][person]
  bool operator==(const StudyDataSet&) const = default;
};

}  // namespace mimamori
