#pragma once

// What study/ hands to report/: every number that a table or figure prints.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/text2.h"
#include "model/study_data_set.h"

namespace mimamori {

/// Persons, events and the incidence rate of one arm. The interval is exact Poisson (Garwood 1936).
struct ArmSummary {
  std::int64_t persons = 0;        // with at least one day of follow-up
  std::int64_t events = 0;
  double person_years = 0;         // days / 365.25
  std::optional<double> rate_per_1000_person_years;   // absent without person-time
  std::optional<double> rate_lower;
  std::optional<double> rate_upper;
  double tests_per_100_person_days = 0;   // measurements of the analyte (A-05, testing frequency)
  std::optional<double> median_follow_up_days;
};

/// A hazard ratio with its 95 % Wald interval on the log scale, or why there is none.
struct HazardRatio {
  bool estimable = false;
  double log_ratio = 0;
  double standard_error = 0;
  double ratio = 0;
  double lower = 0;
  double upper = 0;
  double p_value = 0;
  Text2 not_estimable_reason;      // set when not estimable
};

struct CurvePoint {
  int day = 0;
  double cumulative_incidence = 0;   // 1 - Kaplan-Meier
  double lower = 0;                  // log-log interval
  double upper = 0;
};
struct AtRiskCount {
  int day = 0;
  std::int64_t at_risk = 0;
  std::int64_t censored = 0;   // up to and including this day
  std::int64_t events = 0;     // up to and including this day
};
struct ArmCurve {
  std::vector<CurvePoint> points;      // at day 0 and at every day with an event, ascending
  std::vector<AtRiskCount> at_risk;    // at the ticks of the time axis
  int last_day = 0;                    // longest follow-up
};

/// Persons with follow-up and events of one site, for one outcome.
struct SiteCounts {
  std::size_t site = 0;   // index into StudyResult::sites
  std::int64_t exposed_persons = 0;
  std::int64_t exposed_events = 0;
  std::int64_t comparator_persons = 0;
  std::int64_t comparator_events = 0;
};

/// One outcome in one population.
struct OutcomeResult {
  std::string outcome_id;
  Text2 title;
  Text2 definition;
  ArmSummary exposed;
  ArmSummary comparator;
  HazardRatio crude;           // stratified by site where there is more than one
  HazardRatio adjusted;        // the same with sex and age (years, continuous)
  ArmCurve exposed_curve;
  ArmCurve comparator_curve;
  std::vector<SiteCounts> by_site;   // one per contributing site; empty without a network
};

struct PopulationResult {
  std::string id;              // "everyone", "baseline_in_reference_range"
  Text2 title;
  std::vector<OutcomeResult> outcomes;
};

/// One line of Table 1: a count with a share, or mean and standard deviation, in each arm.
struct BaselineRow {
  Text2 title;
  std::string exposed;         // printed form, "312 (52.0 %)"
  std::string comparator;
  std::optional<double> standardized_difference;
};

struct StudyResult {
  std::string study_id;
  Text2 title;
  Text2 exposed_title;
  Text2 comparator_title;
  Date data_start;
  Date data_end;                 // day after the cut-off
  std::string script_sha256;
  std::string program_version;
  std::vector<StudySite> sites;  // everyone who was asked, as in the data set
  std::string rendition;         // "regulator": counts are not masked, and every page says so
  std::vector<AttritionStep> attrition;
  ExtractionNotes notes;
  std::vector<BaselineRow> baseline;
  std::vector<PopulationResult> populations;
};

}  // namespace mimamori
