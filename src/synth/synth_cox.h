#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/result.h"

namespace mimamori {

/// One person for the simulation's own Cox fit.
struct SimulatedSurvival {
  std::int16_t day = 0;  // day of the event or of censoring, 1, 2, ...
  bool event = false;
  std::array<float, 3> x{};  // exposed, age (decades from 60), male
};

struct SimulatedCoxFit {
  std::array<double, 3> log_hazard_ratio{};
  std::array<double, 3> standard_error{};
  std::int64_t events = 0;
};

/// Cox model of three covariates by Newton's method, ties by Efron's method. Kept apart from analyze/,
/// which the estimand is to check.
///
/// Errors  kNotEstimable: no event, a singular information matrix, or no convergence in 50 steps.
/// Source  Efron B (1977) J Am Stat Assoc 72:557-565.
Result<SimulatedCoxFit> fit_simulated_cox(std::vector<SimulatedSurvival> persons);

}  // namespace mimamori
