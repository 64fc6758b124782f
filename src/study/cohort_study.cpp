#include "study/cohort_study.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "analyze/descriptive.h"
#include "analyze/kaplan_meier.h"
#include "analyze/rates.h"
#include "base/text2.h"
#include "study/baseline_table.h"
#include "study/hazard_ratio.h"

namespace mimamori {
namespace {

constexpr double kDaysPerYear = 365.25;
// Steps of the time axis in days; the smallest that needs at most kTicksMax ticks after day 0 is taken.
constexpr std::array<int, 11> kTickSteps = {1, 2, 5, 10, 15, 30, 60, 90, 180, 360, 720};
constexpr int kTicksMax = 6;

/// Contributing sites; they come first.
std::size_t contributing_sites(const std::vector<StudySite>& sites) {
  const auto first_other = std::ranges::find_if(
      sites, [](const StudySite& site) { return site.state != SiteState::kContributed; });
  return static_cast<std::size_t>(first_other - sites.begin());
}

Result<void> check(const StudyDataSet& data) {
  const auto wrong = [](const std::string& sentence) {
    return Error{ErrorCode::kInvalidInput, "study data set: " + sentence};
  };
  if (data.follow_up.size() != data.outcomes.size()) return wrong("expected follow-up for each outcome");
  const std::size_t contributing = contributing_sites(data.sites);
  for (std::size_t i = 0; i < data.persons.size(); ++i) {
    const std::int32_t site = data.persons[i].site;
    // Without a network there is one place, and it has no entry.
    if (site < 0 ||
        static_cast<std::size_t>(site) >= std::max<std::size_t>(contributing, data.sites.empty() ? 1 : 0)) {
      return wrong("person in row " + std::to_string(i + 1) + ": expected a contributing site");
    }
  }
  for (std::size_t outcome = 0; outcome < data.outcomes.size(); ++outcome) {
    const std::string place = "outcome " + data.outcomes[outcome].id + ": ";
    if (data.follow_up[outcome].size() != data.persons.size()) {
      return wrong(place + "expected one follow-up per person");
    }
    for (std::size_t i = 0; i < data.persons.size(); ++i) {
      const OutcomeFollowUp& own = data.follow_up[outcome][i];
      const std::string person = place + "person in row " + std::to_string(i + 1) + ": ";
      if (own.follow_up_days < 0) return wrong(person + "expected follow_up_days of at least 0");
      if (own.measurements < 0) return wrong(person + "expected measurements of at least 0");
      if (own.event && own.follow_up_days == 0) return wrong(person + "expected an event on day 1 or later");
    }
  }
  return {};
}

std::vector<FollowedPerson> followed_persons(const StudyDataSet& data, std::size_t outcome,
                                             bool only_in_reference_range) {
  std::vector<FollowedPerson> followed;
  for (std::size_t i = 0; i < data.persons.size(); ++i) {
    const OutcomeFollowUp& own = data.follow_up[outcome][i];
    if (own.follow_up_days < 1) continue;
    if (only_in_reference_range && !own.baseline_in_reference_range) continue;
    followed.push_back({.site = data.persons[i].site,
                        .arm = data.persons[i].arm,
                        .sex = data.persons[i].sex,
                        .age_years = data.persons[i].age_years,
                        .follow_up_days = own.follow_up_days,
                        .event = own.event,
                        .measurements = own.measurements});
  }
  std::ranges::sort(followed);  // no sum may hang on the order in which persons came
  return followed;
}

/// Durations of one arm as analyze/ takes them.
struct ArmTimes {
  std::vector<double> days;
  std::vector<std::uint8_t> event;
  [[nodiscard]] SurvivalData view() const { return {.time = days, .event = event}; }
};

ArmTimes times_of(const std::vector<FollowedPerson>& persons, Arm arm) {
  ArmTimes times;
  for (const FollowedPerson& person : persons) {
    if (person.arm != arm) continue;
    times.days.push_back(person.follow_up_days);
    times.event.push_back(person.event ? 1 : 0);
  }
  return times;
}

Result<ArmSummary> summarize(const std::vector<FollowedPerson>& persons, Arm arm) {
  ArmSummary summary;
  std::int64_t days = 0;
  std::int64_t measurements = 0;
  for (const FollowedPerson& person : persons) {
    if (person.arm != arm) continue;
    ++summary.persons;
    if (person.event) ++summary.events;
    days += person.follow_up_days;
    measurements += person.measurements;
  }
  if (summary.persons == 0) return summary;
  summary.person_years = static_cast<double>(days) / kDaysPerYear;
  summary.tests_per_100_person_days = 100 * static_cast<double>(measurements) / static_cast<double>(days);
  const RateInterval rate = TRY(exact_rate(summary.events, summary.person_years / 1000));
  summary.rate_per_1000_person_years = rate.rate;
  summary.rate_lower = rate.lower;
  summary.rate_upper = rate.upper;
  summary.median_follow_up_days = median(times_of(persons, arm).days);
  return summary;
}

/// Round days from 0 up to the longest follow-up.
std::vector<double> tick_days(const std::vector<FollowedPerson>& persons) {
  int longest = 0;
  for (const FollowedPerson& person : persons) longest = std::max(longest, person.follow_up_days);
  int step = kTickSteps.front();
  for (const int wider : kTickSteps) {
    if (longest / step > kTicksMax) step = wider;
  }
  while (longest / step > kTicksMax) step *= 2;
  std::vector<double> ticks;
  for (int day = 0; day <= longest; day += step) ticks.push_back(day);
  return ticks;
}

Result<ArmCurve> curve_of(const ArmTimes& times, const std::vector<double>& ticks) {
  ArmCurve curve;
  if (times.days.empty()) return curve;
  const std::vector<SurvivalStep> steps = TRY(kaplan_meier(times.view(), SurvivalInterval::kLogLog));
  curve.points.push_back({});
  for (const SurvivalStep& step : steps) {
    // Once nobody survives, Greenwood's interval is not defined: the lower limit stays where it was.
    curve.points.push_back({.day = static_cast<int>(step.time),
                            .cumulative_incidence = 1 - step.survival,
                            .lower = step.upper ? 1 - *step.upper : curve.points.back().lower,
                            .upper = step.lower ? 1 - *step.lower : 1});
  }
  const std::vector<RiskCount> counts = TRY(counts_at_risk(times.view(), ticks));
  for (const RiskCount& count : counts) {
    curve.at_risk.push_back({.day = static_cast<int>(count.time),
                             .at_risk = count.at_risk,
                             .censored = count.censored,
                             .events = count.events});
  }
  curve.last_day = static_cast<int>(*std::ranges::max_element(times.days));
  return curve;
}

std::vector<SiteCounts> counts_by_site(const std::vector<FollowedPerson>& persons, std::size_t sites) {
  std::vector<SiteCounts> counts(sites);
  for (std::size_t site = 0; site < sites; ++site) counts[site].site = site;
  if (sites == 0) return counts;
  for (const FollowedPerson& person : persons) {
    SiteCounts& own = counts[static_cast<std::size_t>(person.site)];
    const bool exposed = person.arm == Arm::kExposed;
    ++(exposed ? own.exposed_persons : own.comparator_persons);
    if (person.event) ++(exposed ? own.exposed_events : own.comparator_events);
  }
  return counts;
}

Result<OutcomeResult> analyze_outcome(const OutcomeDefinition& outcome,
                                      const std::vector<FollowedPerson>& persons, std::size_t sites) {
  const std::vector<double> ticks = tick_days(persons);
  OutcomeResult result;
  result.outcome_id = outcome.id;
  result.title = outcome.title;
  result.definition = outcome.definition;
  result.exposed = TRY(summarize(persons, Arm::kExposed));
  result.comparator = TRY(summarize(persons, Arm::kComparator));
  result.by_site = counts_by_site(persons, sites);
  result.crude = crude_hazard_ratio(persons);
  result.adjusted = adjusted_hazard_ratio(persons);
  result.exposed_curve = TRY(curve_of(times_of(persons, Arm::kExposed), ticks));
  result.comparator_curve = TRY(curve_of(times_of(persons, Arm::kComparator), ticks));
  return result;
}

Result<PopulationResult> analyze_population(const StudyDataSet& data, const std::string& id,
                                            bool only_in_reference_range) {
  PopulationResult population{.id = id, .title = catalogue("study.population." + id), .outcomes = {}};
  for (std::size_t outcome = 0; outcome < data.outcomes.size(); ++outcome) {
    const std::vector<FollowedPerson> persons = followed_persons(data, outcome, only_in_reference_range);
    OutcomeResult result =
        TRY(analyze_outcome(data.outcomes[outcome], persons, contributing_sites(data.sites))
                .at("outcome " + data.outcomes[outcome].id));
    population.outcomes.push_back(std::move(result));
  }
  return population;
}

}  // namespace

Result<StudyResult> run_cohort_study(const StudyDataSet& data, const std::string& program_version) {
  TRY(check(data));
  StudyResult result;
  result.study_id = data.study_id;
  result.title = data.title;
  result.exposed_title = data.exposed_title;
  result.comparator_title = data.comparator_title;
  result.data_start = data.data_start;
  result.data_end = data.data_end;
  result.script_sha256 = data.script_sha256;
  result.program_version = program_version;
  result.sites = data.sites;
  result.rendition = "regulator";
  result.attrition = data.attrition;
  result.notes = data.notes;
  result.baseline = baseline_table(data);
  PopulationResult everyone = TRY(analyze_population(data, "everyone", false));
  PopulationResult in_range = TRY(analyze_population(data, "baseline_in_reference_range", true));
  result.populations.push_back(std::move(everyone));
  result.populations.push_back(std::move(in_range));
  return result;
}

}  // namespace mimamori
