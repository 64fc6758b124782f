#pragma once

// For tests and for looking: an invented study with everything a report must cope with: an interval
// beyond the axis, an outcome without estimate, an arm without events.

#include <algorithm>
#include <cmath>

#include "model/study_result.h"

namespace mimamori {

inline ArmCurve sample_curve(std::int64_t persons, int events, int last_day) {
  ArmCurve curve;
  curve.last_day = last_day;
  curve.points.push_back({});
  double survival = 1;
  double sum = 0;  // Greenwood
  for (int event = 1; event <= events; ++event) {
    // Early days take more events; those at risk fall steadily.
    const double share = static_cast<double>(event) / (events + 1);
    const int day = 1 + static_cast<int>(std::pow(share, 1.3) * (last_day - 1));
    const double at_risk = static_cast<double>(persons) * (1 - 0.85 * day / last_day);
    survival *= 1 - 1 / at_risk;
    sum += 1 / (at_risk * (at_risk - 1));
    const double spread = 1.959963984540054 * std::sqrt(sum) / std::abs(std::log(survival));
    const CurvePoint point = {day, 1 - survival, 1 - std::pow(survival, std::exp(-spread)),
                              1 - std::pow(survival, std::exp(spread))};
    if (curve.points.back().day == day) curve.points.pop_back();
    curve.points.push_back(point);
  }
  for (int day = 0; day <= 720; day += 90) {
    AtRiskCount count = {.day = day};
    for (int event = 1; event <= events; ++event) {
      const double share = static_cast<double>(event) / (events + 1);
      if (1 + static_cast<int>(std::pow(share, 1.3) * (last_day - 1)) <= day) ++count.events;
    }
    const double left = day >= last_day ? 0 : 1 - 0.85 * day / last_day;
    count.at_risk = std::min(std::lround(static_cast<double>(persons) * left), persons - count.events);
    count.censored = persons - count.events - count.at_risk;
    curve.at_risk.push_back(count);
  }
  return curve;
}

inline ArmSummary sample_arm(std::int64_t persons, std::int64_t events, double person_years) {
  ArmSummary arm;
  arm.persons = persons;
  arm.events = events;
  arm.person_years = person_years;
  const double count = static_cast<double>(events);
  if (person_years > 0) {
    arm.rate_per_1000_person_years = 1000 * count / person_years;
    arm.rate_lower = 1000 * std::max(0.0, count - 1.4 * std::sqrt(count)) / person_years;
    arm.rate_upper = 1000 * (count + 2 * std::sqrt(count) + 3) / person_years;
    arm.median_follow_up_days = 214;
  }
  arm.tests_per_100_person_days = 2.31;
  return arm;
}

inline HazardRatio sample_ratio(double log_ratio, double standard_error) {
  const double half = 1.959963984540054 * standard_error;
  return {.estimable = true,
          .log_ratio = log_ratio,
          .standard_error = standard_error,
          .ratio = std::exp(log_ratio),
          .lower = std::exp(log_ratio - half),
          .upper = std::exp(log_ratio + half),
          .p_value = std::erfc(std::abs(log_ratio / standard_error) / std::sqrt(2.0)),
          .not_estimable_reason = {}};
}

inline HazardRatio sample_without_ratio() {
  HazardRatio ratio;
  ratio.not_estimable_reason = {"対照群に発生が1件もないため", "no event in the comparator arm"};
  return ratio;
}

struct SampleOutcome {
  const char* id;
  Text2 title;
  Text2 definition;
  int exposed_events;
  int comparator_events;
  HazardRatio crude;
  HazardRatio adjusted;
};

inline PopulationResult sample_population(const char* id, const Text2& title, std::int64_t persons,
                                          double share) {
  const std::vector<SampleOutcome> outcomes = {
      {"hyperkalemia",
       {"高カリウム血症", "Hyperkalaemia"},
       {"血清カリウムが基準範囲の上限を超えた最初の測定値（mmol/L）。",
        "First measured serum potassium above the upper reference limit (mmol/L)."},
       68,
       41,
       sample_ratio(0.52, 0.19),
       sample_ratio(0.588, 0.198)},
      {"low_egfr",
       {"腎機能低下（eGFR低値）", "Reduced kidney function (low eGFR)"},
       {"eGFRが60 mL/min/1.73 m²を下回った最初の測定値。", "First eGFR below 60 mL/min/1.73 m²."},
       112,
       118,
       sample_ratio(-0.02, 0.13),
       sample_ratio(-0.061, 0.133)},
      {"high_alt",
       {"肝機能障害（ALT高値）", "Liver injury (high ALT)"},
       {"ALTが基準範囲の上限の3倍を超えた最初の測定値（U/L）。",
        "First ALT above three times the upper reference limit (U/L)."},
       9,
       2,
       sample_ratio(1.48, 0.78),
       sample_ratio(1.52, 0.79)},
      {"thrombocytopenia",
       {"血小板減少", "Thrombocytopenia"},
       {"血小板数が75×10⁹/Lを下回った最初の測定値。", "First platelet count below 75 × 10⁹/L."},
       3,
       0,
       sample_without_ratio(),
       sample_without_ratio()}};
  PopulationResult population = {.id = id, .title = title, .outcomes = {}};
  for (const SampleOutcome& sample : outcomes) {
    const int exposed = static_cast<int>(sample.exposed_events * share);
    const int comparator = static_cast<int>(sample.comparator_events * share);
    const double years = static_cast<double>(persons) * 0.63;
    population.outcomes.push_back({.outcome_id = sample.id,
                                   .title = sample.title,
                                   .definition = sample.definition,
                                   .exposed = sample_arm(persons, exposed, years),
                                   .comparator = sample_arm(persons + 31, comparator, years * 1.04),
                                   .crude = sample.crude,
                                   .adjusted = sample.adjusted,
                                   .exposed_curve = sample_curve(persons, exposed, 731),
                                   .comparator_curve = sample_curve(persons + 31, comparator, 702),
                                   .by_site = {}});
  }
  return population;
}

inline StudySite sample_site(const char* id, const Text2& title, SiteState state, const char* reason) {
  StudySite site;
  site.id = id;
  site.title = title;
  site.state = state;
  site.reason = reason;
  return site;
}

/// Two sites that gave data, one of which has left since, and three that did not.
inline std::vector<StudySite> sample_sites(const std::vector<AttritionStep>& attrition) {
  using std::chrono::year;
  std::vector<StudySite> sites = {
      sample_site("H01", {"青葉病院", "Aoba Hospital"}, SiteState::kContributed, ""),
      sample_site("H02", {"若葉病院", "Wakaba Hospital"}, SiteState::kContributed, ""),
      sample_site("H03", {"みどり病院", "Midori Hospital"}, SiteState::kRefused,
                  "倫理審査の結果を待っているため"),
      sample_site("H04", {"さくら病院", "Sakura Hospital"}, SiteState::kFailed, "disk full"),
      sample_site("H05", {"かえで病院", "Kaede Hospital"}, SiteState::kNotAnswered, "")};
  for (std::size_t i = 0; i < 2; ++i) {
    sites[i].data_cut = Date{year{2023} / 12 / 20};
    sites[i].attrition = attrition;
    for (AttritionStep& step : sites[i].attrition) {
      step.exposed = i == 0 ? step.exposed / 3 : step.exposed - step.exposed / 3;
      step.comparator = i == 0 ? step.comparator / 2 : step.comparator - step.comparator / 2;
    }
  }
  sites[1].left_on = Date{year{2023} / 12 / 25};
  return sites;
}

/// A third of the exposed and half of the comparators are of the first site.
inline std::vector<SiteCounts> sample_counts(const OutcomeResult& outcome) {
  const SiteCounts first = {.site = 0,
                            .exposed_persons = outcome.exposed.persons / 3,
                            .exposed_events = outcome.exposed.events / 3,
                            .comparator_persons = outcome.comparator.persons / 2,
                            .comparator_events = outcome.comparator.events / 2};
  return {first,
          {.site = 1,
           .exposed_persons = outcome.exposed.persons - first.exposed_persons,
           .exposed_events = outcome.exposed.events - first.exposed_events,
           .comparator_persons = outcome.comparator.persons - first.comparator_persons,
           .comparator_events = outcome.comparator.events - first.comparator_events}};
}

inline StudyResult sample_result() {
  using std::chrono::year;
  StudyResult result;
  result.study_id = "demo-001";
  result.title = {"薬剤Aの新規使用者における臨床検査値異常：薬剤Bとの比較",
                  "Abnormal laboratory values in new users of drug A compared with drug B"};
  result.exposed_title = {"薬剤A", "Drug A"};
  result.comparator_title = {"薬剤B", "Drug B"};
  result.data_start = Date{year{2019} / 1 / 1};
  result.data_end = Date{year{2024} / 1 / 1};
  result.script_sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  result.program_version = "0.1.0";
  result.rendition = "regulator";
  result.attrition = {
      {"first_prescription",
       {"薬剤Aまたは薬剤Bの処方がある", "A prescription of drug A or drug B"},
       1204,
       1298},
      {"history",
       {"開始日より前に180日以上の記録がある", "At least 180 days of records before the index date"},
       901,
       962},
      {"new_use",
       {"開始日より前の180日間にどちらの処方もない", "Neither drug in the 180 days before the index date"},
       652,
       690},
      {"not_both", {"開始日に両方の処方を受けた人を除く", "Not both drugs on the index date"}, 640, 678},
      {"follow_up", {"1日以上追跡できる", "At least one day of follow-up"}, 612, 643}};
  result.baseline = {
      {{"女性", "Female"}, "287 (46.9 %)", "331 (51.5 %)", -0.092},
      {{"年齢（歳）、平均（標準偏差）", "Age (years), mean (SD)"}, "66.4 (11.2)", "64.1 (12.0)", 0.198},
      {{"血清カリウム（mmol/L）、平均（標準偏差）", "Potassium (mmol/L), mean (SD)"},
       "4.3 (0.4)",
       "4.3 (0.4)",
       0.012},
      {{"性別不明", "Sex unknown"}, "0 (0.0 %)", "0 (0.0 %)", std::nullopt}};
  result.populations = {
      sample_population("everyone", {"全員", "everyone"}, 612, 1),
      sample_population("baseline_in_reference_range",
                        {"開始日の値が基準範囲内の人", "baseline value within the reference range"}, 488,
                        0.8)};
  result.notes = {.days_supply_assumed = 18, .results_in_other_units = 4};
  result.sites = sample_sites(result.attrition);
  for (PopulationResult& population : result.populations) {
    for (OutcomeResult& outcome : population.outcomes) outcome.by_site = sample_counts(outcome);
  }
  return result;
}

}  // namespace mimamori
