#include <cmath>
#include <nlohmann/json.hpp>

#include "report/numbers.h"
#include "report/report.h"

namespace mimamori {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(double number) { return std::isfinite(number) ? Json(rounded12(number)) : Json(nullptr); }
Json json_of(const std::optional<double>& number) { return number ? json_of(*number) : Json(nullptr); }
Json json_of(const Text2& text) { return {{"ja", text.ja}, {"en", text.en}}; }

Json json_of(const AttritionStep& step) {
  return {{"rule", step.rule},
          {"title", json_of(step.title)},
          {"exposed", step.exposed},
          {"comparator", step.comparator}};
}

Json json_of(const ExtractionNotes& notes) {
  return {{"days_supply_assumed", notes.days_supply_assumed},
          {"results_in_other_units", notes.results_in_other_units}};
}

Json json_of(const std::optional<Date>& day) { return day ? Json(to_iso(*day)) : Json(nullptr); }

Json json_of(const SiteCounts& counts) {
  return {{"site", counts.site},
          {"exposed_persons", counts.exposed_persons},
          {"exposed_events", counts.exposed_events},
          {"comparator_persons", counts.comparator_persons},
          {"comparator_events", counts.comparator_events}};
}

Json json_of(const BaselineRow& row) {
  return {{"title", json_of(row.title)},
          {"exposed", row.exposed},
          {"comparator", row.comparator},
          {"standardized_difference", json_of(row.standardized_difference)}};
}

Json json_of(const ArmSummary& arm) {
  return {{"persons", arm.persons},
          {"events", arm.events},
          {"person_years", json_of(arm.person_years)},
          {"rate_per_1000_person_years", json_of(arm.rate_per_1000_person_years)},
          {"rate_lower", json_of(arm.rate_lower)},
          {"rate_upper", json_of(arm.rate_upper)},
          {"tests_per_100_person_days", json_of(arm.tests_per_100_person_days)},
          {"median_follow_up_days", json_of(arm.median_follow_up_days)}};
}

/// The numbers of a ratio that is not estimable are no numbers: null, with the reason.
Json json_of(const HazardRatio& ratio) {
  const auto number = [&](double value) { return ratio.estimable ? json_of(value) : Json(nullptr); };
  return {{"estimable", ratio.estimable},
          {"log_ratio", number(ratio.log_ratio)},
          {"standard_error", number(ratio.standard_error)},
          {"ratio", number(ratio.ratio)},
          {"lower", number(ratio.lower)},
          {"upper", number(ratio.upper)},
          {"p_value", number(ratio.p_value)},
          {"not_estimable_reason", ratio.estimable ? Json(nullptr) : json_of(ratio.not_estimable_reason)}};
}

Json json_of(const ArmCurve& curve) {
  Json points = Json::array();
  for (const CurvePoint& point : curve.points) {
    points.push_back({{"day", point.day},
                      {"cumulative_incidence", json_of(point.cumulative_incidence)},
                      {"lower", json_of(point.lower)},
                      {"upper", json_of(point.upper)}});
  }
  Json at_risk = Json::array();
  for (const AtRiskCount& count : curve.at_risk) {
    at_risk.push_back({{"day", count.day},
                       {"at_risk", count.at_risk},
                       {"censored", count.censored},
                       {"events", count.events}});
  }
  return {{"last_day", curve.last_day}, {"points", points}, {"at_risk", at_risk}};
}

Json json_of(const OutcomeResult& outcome);
Json json_of(const StudySite& site);
Json json_of(const PopulationResult& population);

template <class Item>
Json list_of(const std::vector<Item>& items) {
  Json list = Json::array();
  for (const Item& item : items) list.push_back(json_of(item));
  return list;
}

Json json_of(const OutcomeResult& outcome) {
  return {{"outcome_id", outcome.outcome_id},
          {"title", json_of(outcome.title)},
          {"definition", json_of(outcome.definition)},
          {"exposed", json_of(outcome.exposed)},
          {"comparator", json_of(outcome.comparator)},
          {"crude", json_of(outcome.crude)},
          {"adjusted", json_of(outcome.adjusted)},
          {"exposed_curve", json_of(outcome.exposed_curve)},
          {"comparator_curve", json_of(outcome.comparator_curve)},
          {"by_site", list_of(outcome.by_site)}};
}

Json json_of(const StudySite& site) {
  return {{"id", site.id},
          {"title", json_of(site.title)},
          {"state", name_of(site.state)},
          {"reason", site.reason},
          {"data_cut", json_of(site.data_cut)},
          {"package_sha256", site.package_sha256},
          {"left_on", json_of(site.left_on)},
          {"attrition", list_of(site.attrition)},
          {"notes", json_of(site.notes)}};
}

Json json_of(const PopulationResult& population) {
  return {{"id", population.id},
          {"title", json_of(population.title)},
          {"outcomes", list_of(population.outcomes)}};
}

}  // namespace

std::string to_json(const StudyResult& result) {
  const Json all = {{"schema", "mimamori.study_result/1"},
                    {"study_id", result.study_id},
                    {"title", json_of(result.title)},
                    {"exposed_title", json_of(result.exposed_title)},
                    {"comparator_title", json_of(result.comparator_title)},
                    {"data_start", to_iso(result.data_start)},
                    {"data_end", to_iso(result.data_end)},
                    {"script_sha256", result.script_sha256},
                    {"program_version", result.program_version},
                    {"sites", list_of(result.sites)},
                    {"rendition", result.rendition},
                    {"attrition", list_of(result.attrition)},
                    {"notes", json_of(result.notes)},
                    {"baseline", list_of(result.baseline)},
                    {"populations", list_of(result.populations)}};
  // Bytes that are not UTF-8 become U+FFFD instead of an exception.
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace mimamori
