#include "study/hazard_ratio.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <vector>

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
    default: return "no_convergence";
  }
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
  std::vector<std::int32_t> site;
  for (const FollowedPerson& person : persons) {
    for (const Column column : columns) x.push_back(column(person));
    days.push_back(person.follow_up_days);
    event.push_back(person.event ? 1 : 0);
    site.push_back(person.site);
  }
  const auto answer = answer_cox({.x = x, .start = {}, .stop = days, .event = event, .stratum = site});
  if (const auto* refusal = std::get_if<CoxRefusal>(&answer)) return not_estimable(reason_of(*refusal));
  return describe(std::get<CoxFit>(answer));
}

double exposure(const FollowedPerson& person) { return person.arm == Arm::kExposed ? 1 : 0; }
double male(const FollowedPerson& person) { return person.sex == Sex::kMale ? 1 : 0; }
double sex_unknown(const FollowedPerson& person) { return person.sex == Sex::kUnknown ? 1 : 0; }
double age(const FollowedPerson& person) { return person.age_years; }

/// What one site says about the terms of sex and age. Only sites with an event do.
struct SiteContent {
  std::array<bool, 3> sex = {false, false, false};        // present
  std::array<bool, 3> has_event = {false, false, false};  // of this sex
  int youngest = 0;
  int oldest = 0;
  [[nodiscard]] bool compares_sexes() const { return std::ranges::count(sex, true) > 1; }
};

std::map<std::int32_t, SiteContent> contents_of(std::span<const FollowedPerson> persons) {
  std::map<std::int32_t, SiteContent> sites;
  for (const FollowedPerson& person : persons) {
    auto [found, is_new] = sites.try_emplace(person.site);
    SiteContent& site = found->second;
    const auto sex = static_cast<std::size_t>(person.sex);
    site.sex[sex] = true;
    site.has_event[sex] = site.has_event[sex] || person.event;
    site.youngest = is_new ? person.age_years : std::min(site.youngest, person.age_years);
    site.oldest = is_new ? person.age_years : std::max(site.oldest, person.age_years);
  }
  std::erase_if(sites, [](const auto& site) { return std::ranges::count(site.second.has_event, true) == 0; });
  return sites;
}

/// The persons without the sex groups whose term has no finite estimate; sites without an event are kept.
std::vector<FollowedPerson> of_sexes_with_events(std::span<const FollowedPerson> persons) {
  const std::map<std::int32_t, SiteContent> sites = contents_of(persons);
  std::array<bool, 3> has_event = {false, false, false};
  for (const auto& [id, site] : sites) {
    for (std::size_t sex = 0; sex < 3; ++sex) {
      if (site.compares_sexes() && site.has_event[sex]) has_event[sex] = true;
    }
  }
  std::vector<FollowedPerson> kept;
  for (const FollowedPerson& person : persons) {
    const auto site = sites.find(person.site);
    const bool compared = site != sites.end() && site->second.compares_sexes();
    if (!compared || has_event[static_cast<std::size_t>(person.sex)]) kept.push_back(person);
  }
  return kept;
}

/// Sexes that are compared within some site, directly or through a third one, share a reference: the first
/// of them. Sexes that never meet have no term between them, because each site has its own baseline.
std::array<std::size_t, 3> references_of(const std::map<std::int32_t, SiteContent>& sites) {
  std::array<std::size_t, 3> reference = {0, 1, 2};
  for (const auto& [id, site] : sites) {
    for (std::size_t a = 0; a < 3; ++a) {
      for (std::size_t b = a + 1; b < 3; ++b) {
        if (!site.sex[a] || !site.sex[b]) continue;
        const auto [low, high] = std::minmax(reference[a], reference[b]);
        std::ranges::replace(reference, std::size_t{high}, std::size_t{low});
      }
    }
  }
  return reference;
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

  const std::map<std::int32_t, SiteContent> sites = contents_of(kept);
  const std::array<std::size_t, 3> reference = references_of(sites);
  std::vector<Column> columns = {exposure};
  if (reference[static_cast<std::size_t>(Sex::kMale)] != static_cast<std::size_t>(Sex::kMale))
    columns.push_back(male);
  if (reference[static_cast<std::size_t>(Sex::kUnknown)] != static_cast<std::size_t>(Sex::kUnknown)) {
    columns.push_back(sex_unknown);
  }
  if (std::ranges::any_of(sites,
                          [](const auto& site) { return site.second.youngest < site.second.oldest; })) {
    columns.push_back(age);
  }
  return fit(kept, columns);
}

}  // namespace mimamori
