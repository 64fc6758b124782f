#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/edited.h"
#include "standardize/patient_keys.h"

namespace mimamori {

/// A hospital's own list of merged patient numbers, for SS-MIX2 lists no message that says so
/// (shared/reference/ssmix2.md 10, row 21): CSV with the header `old_number,new_number,merged_on`; the day is
/// YYYY-MM-DD or empty. Chains and circles are for store/ to follow.  Errors  kInvalidInput, with the line:
/// what parse_csv refuses, a blank number, a day that is none.
Result<std::vector<EditedPatientMerge>> read_patient_merges(std::string_view csv, const PatientKeys& keys);

}  // namespace mimamori
