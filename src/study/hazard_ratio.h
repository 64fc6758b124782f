#pragma once

#include <compare>
#include <cstdint>
#include <span>

#include "model/study_data_set.h"
#include "model/study_result.h"

namespace mimamori {

/// One person with follow-up for an outcome, as the models of study/ see it. Ordered by content: a person's
/// key is random, and no digit of a result may hang on it.
struct FollowedPerson {
  std::int32_t site = 0;
  Arm arm = Arm::kComparator;
  Sex sex = Sex::kUnknown;
  int age_years = 0;
  int follow_up_days = 0;  // >= 1
  bool event = false;
  int measurements = 0;
  auto operator<=>(const FollowedPerson&) const = default;
};

/// Hazard ratio of exposed against comparator: Cox, Efron ties, time in days from day 1, Wald interval. Each
/// site is a stratum with a baseline hazard of its own. The sums run in the order of the persons given.
HazardRatio crude_hazard_ratio(std::span<const FollowedPerson> persons);

/// The same with sex and age (years, one linear term) in the model.
///
/// A sex group (women, men, unknown) without an event in any site where it can be compared with another one
/// leaves the model there: its coefficient would go to minus infinity, and the model without these rows is
/// the limit of the likelihood, so that the hazard ratio of the exposure is kept (Heinze G, Schemper M (2001)
/// Biometrics 57:114-119 describe the case). Sex or age of one value within each site is dropped.
HazardRatio adjusted_hazard_ratio(std::span<const FollowedPerson> persons);

}  // namespace mimamori
