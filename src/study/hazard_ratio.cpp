#include "study/hazard_ratio.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "analyze/cox.h"
#include "analyze/normal.h"
#include "base/text2.h"

namespace mimamori {
namespace {

HazardRatio not_estimable(const std::string& reason) {
  HazardRatio ratio;
  ratio.not_estimable_reason = catalogue("study.not_estimable." + reason);
  return ratio;
}

/// The reason that the counts alone give, or nothing.
std::string reason_in_counts(std::span<const FollowedPerson> persons) {
  std::array<int, 2> in_arm = {0, 0};
  std::array<int, 2> events = {0, 0};
  for (const FollowedPerson& person : persons) {
    const auto arm = static_cast<std::size_t>(person.arm);
    ++in_arm[arm];
    if (person.event) ++events[arm];
  }
  if (in_arm[0] == 0 && in_arm[1] == 0) return "nobody";
  if (in_arm[1] == 0) return "nobody_exposed";
  if (in_arm[0] == 0) return "nobody_comparator";
  if (events[0] == 0 && events[1] == 0) return "no_events";
  if (events[1] == 0) return "no_events_exposed";
  if (events[0] == 0) return "no_events_comparator";
  return {};
}

/// Reasons that remain once both arms have persons and events. Covariate 0 is the exposure.
std::string reason_of(const CoxRefusal& refusal) {
  const bool exposure = refusal.covariate == 0U;
  switch (refusal.obstacle) {
    case CoxObstacle::kMonotoneLikelihood: return exposure ? "separated_exposure" : "separated_covariate";
    case CoxObstacle::kAliased: return "aliased";
    case CoxObstacle::kNoInformation:
    case CoxObstacle::kConstantCovariate: return exposure ? "no_overlap" : "aliased";
    case CoxObstacle::kNoEvents: return "no_events";
    case CoxObstacle::kInvalidInput:
    case CoxObstacle::kNoConvergence: return "no_convergence";
  }
  return "no_convergence";
}

HazardRatio describe(const CoxFit& fit) {
  const double b = fit.coefficients[0];
  const double se = fit.standard_errors[0];
  return HazardRatio{.estimable = true,
                     .log_ratio = b,
                     .standard_error = se,
                     .ratio = std::exp(b),
                     .lower = std::exp(b - kNormal975 * se),
                     .upper = std::exp(b + kNormal975 * se),
                     .p_value = two_sided_p(b / se),
                     .not_estimable_reason = {}};
}

using Column = double (*)(const FollowedPerson&);

HazardRatio fit(std::span<const FollowedPerson> persons, std::span<const Column> columns) {
  std::vector<double> x;
  std::vector<double> days;
  std::vector<std::uint8_t> event;
  for (const FollowedPerson& person : persons) {
    for (const Column column : columns) x.push_back(column(person));
    days.push_back(person.follow_up_days);
    event.push_back(person.event ? 1 : 0);
  }
  const auto answer = answer_cox({.x = x, .start = {}, .stop = days, .event = event, .stratum = {}});
  if (const auto* refusal = std::get_if<CoxRefusal>(&answer)) return not_estimable(reason_of(*refusal));
  return describe(std::get<CoxFit>(answer));
}

double exposure(const FollowedPerson& person) { return person.arm == Arm::kExposed ? 1 : 0; }
double male(const FollowedPerson& person) { return person.sex == Sex::kMale ? 1 : 0; }
double sex_unknown(const FollowedPerson& person) { return person.sex == Sex::kUnknown ? 1 : 0; }
double age(const FollowedPerson& person) { return person.age_years; }

/// The persons of the sex groups that have an event.
std::vector<FollowedPerson> of_sexes_with_events(std::span<const FollowedPerson> persons) {
  std::array<bool, 3> has_event = {false, false, false};
  for (const FollowedPerson& person : persons) {
    if (person.event) has_event[static_cast<std::size_t>(person.sex)] = true;
  }
  std::vector<FollowedPerson> kept;
  for (const FollowedPerson& person : persons) {
    if (has_event[static_cast<std::size_t>(person.sex)]) kept.push_back(person);
  }
  return kept;
}

}  // namespace

HazardRatio crude_hazard_ratio(std::span<const FollowedPerson> persons) {
  const std::string reason = reason_in_counts(persons);
  if (!reason.empty()) return not_estimable(reason);
  const std::array<Column, 1> columns = {exposure};
  return fit(persons, columns);
}

HazardRatio adjusted_hazard_ratio(std::span<const FollowedPerson> persons) {
  const std::string reason = reason_in_counts(persons);
  if (!reason.empty()) return not_estimable(reason);
  const std::vector<FollowedPerson> kept = of_sexes_with_events(persons);

  // One indicator less than there are sexes; the first sex present is the reference.
  const auto present = [&](Sex sex) { return std::ranges::count(kept, sex, &FollowedPerson::sex) > 0; };
  std::vector<Column> columns = {exposure};
  if (present(Sex::kMale) && present(Sex::kFemale)) columns.push_back(male);
  if (present(Sex::kUnknown) && (present(Sex::kMale) || present(Sex::kFemale)))
    columns.push_back(sex_unknown);
  const auto [youngest, oldest] = std::ranges::minmax(kept, {}, &FollowedPerson::age_years);
  if (youngest.age_years < oldest.age_years) columns.push_back(age);
  return fit(kept, columns);
}

}  // namespace mimamori
