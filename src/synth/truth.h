#pragma once

#include <string>
#include <vector>

#include "synth/estimand.h"
#include "synth/hospital.h"

namespace mimamori {

/// truth.json: what was planted, the estimands, the cohorts by the study's rules, and every count.
std::string truth_json(const HospitalOptions& options, const HospitalSummary& summary,
                       const std::vector<Estimand>& estimands);

/// code_map.csv: the hospital's own codes and their standard codes.
std::string code_map_csv(const HospitalOptions& options);

}  // namespace mimamori
