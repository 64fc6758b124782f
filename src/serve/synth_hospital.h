#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"
#include "synth/hospital_options.h"

namespace mimamori {

struct SynthSettings {
  std::filesystem::path out;
  int patients = 2000;
  std::uint64_t seed = 1;
  HospitalProfile profile = HospitalProfile::kA;
  std::int64_t estimand_persons = 1'000'000;
  std::function<void(const std::string& step, std::int64_t done, std::int64_t total)> progress;
};

/// Writes a synthetic hospital (synth/hospital.h) and answers with what to look at.
Result<std::string> synth_hospital(const SynthSettings& settings);

}  // namespace mimamori
