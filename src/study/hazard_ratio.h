#pragma once

#include <span>
#include <vector>

#include "model/study_data_set.h"
#include "model/study_result.h"

namespace mimamori {

/// One person with follow-up for an outcome, as the models of study/ see it.
struct FollowedPerson {
  Arm arm = Arm::kComparator;
  Sex sex = Sex::kUnknown;
  int age_years = 0;
  int follow_up_days = 0;  // >= 1
  bool event = false;
  int measurements = 0;
};

/// Hazard ratio of exposed against comparator: Cox, Efron ties, time in days from day 1, Wald interval.
HazardRatio crude_hazard_ratio(std::span<const FollowedPerson> persons);

/// The same with sex and age (years, one linear term) in the model.
///
/// A sex group (women, men, unknown) without any event leaves the model: its coefficient would go to
/// minus infinity, and the model without its rows is the limit of the likelihood there, so that the
/// hazard ratio of the exposure is kept (Heinze G, Schemper M (2001) Biometrics 57:114-119 describe the
/// case). Sex or age of one value is dropped from the model.
HazardRatio adjusted_hazard_ratio(std::span<const FollowedPerson> persons);

}  // namespace mimamori
