#pragma once

// Laboratory results of the synthetic hospital: OML-11.

#include <array>
#include <span>
#include <string>
#include <vector>

#include "synth/drug_order.h"
#include "synth/message.h"

namespace mimamori {

/// A test of the hospital's laboratory.
struct HospitalTest {
  std::string_view jlac10;
  std::string_view name;
  std::array<std::string_view, kHospitalProfiles> locals;
  std::string_view local_name;
  [[nodiscard]] std::string_view local(HospitalProfile profile) const { return locals.at(index_of(profile)); }
};
/// What hospital C writes under the name of JLAC10: the code with two digits of its own behind it.
std::string extended_jlac10(const HospitalTest& test);
const HospitalTest& study_test(SimulatedAnalyte analyte);
const HospitalTest& inflammation_test();  // C-reactive protein: background

/// One result file's circumstances.
struct LabReport {
  std::string order_number;
  Date collected_on;
  int collected_second = 0;  // of the day
  bool preliminary = false;  // OBX-11 P, and a potassium that the final report takes back
};

/// Segments after PV1: serum, then whole blood. A test that was not made is absent, or a comment in the
/// place of its value.
void add_lab_results(const Identity& identity, Sex sex, const HospitalOptions& options,
                     const SimulatedVisit& visit, const LabReport& report, Dice& dice, QuirkCounts& quirks,
                     std::vector<std::string>& segments);

}  // namespace mimamori
