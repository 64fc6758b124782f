#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "synth/cohort.h"

namespace mimamori {

/// The large-sample answer to the question that the study asks: the sex-and-age-adjusted log hazard
/// ratio of the first abnormal measured value, in one population. It differs a little from the planted
/// ratio, because tests are made at visits only.
struct Estimand {
  Comparison comparison = Comparison::kAVersusB;
  SimulatedOutcome outcome = SimulatedOutcome::kHyperkalemia;
  std::string population;  // "everyone", "baseline_in_reference_range"
  double planted_log_ratio = 0;
  double log_hazard_ratio = 0;
  double standard_error = 0;  // of the simulation
  std::int64_t persons = 0;   // with follow-up, both arms
  std::int64_t events = 0;
};

/// Simulates persons (not files) of a stream of its own, the same for every hospital's seed, and fits
/// each outcome in each population and comparison.
/// Errors  kInvalidInput: fewer than 1,000 persons.  kNotEstimable.
Result<std::vector<Estimand>> estimate_estimands(std::int64_t persons);

}  // namespace mimamori
