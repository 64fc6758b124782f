#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace mimamori {

/// Three ways of writing the same facts (README.md, "Three hospitals").
enum class HospitalProfile : std::uint8_t { kA, kB, kC };
inline constexpr std::size_t kHospitalProfiles = 3;

/// What a synthetic hospital looks like. The same options give the same bytes.
struct HospitalOptions {
  std::uint64_t seed = 1;
  int patients = 2000;
  HospitalProfile profile = HospitalProfile::kA;
  std::string hospital_name = "霧中央病院";
  std::string facility_id = "9900000017";     // the name of the storage's root folder, up to 10 characters
  std::string local_system = "99KIR";         // name of the hospital's own code system
  std::int64_t estimand_persons = 1'000'000;  // persons behind the estimand of truth.json; 0: left out
  /// Told now and then how many patients have been written, of how many.
  std::function<void(int done, int total)> progress;
};

/// The options of the hospital that writes in this way, with its name, facility and code system.
HospitalOptions hospital_options(HospitalProfile profile);

}  // namespace mimamori
