#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"
#include "synth/hospital_options.h"

namespace mimamori {

/// What was written. The same counts stand in truth.json.
struct HospitalSummary {
  std::filesystem::path storage_root;  // folder/ssmix2/<facility>: what a site reads
  int patients = 0;
  std::int64_t files = 0;
  std::int64_t bytes = 0;                             // of file contents
  std::map<std::string, std::int64_t> files_by_type;  // "OML-11"; files without a type: "other"
  std::map<std::string, std::int64_t> files_by_fate;  // accepted, not_current, rejected, withdrawn, not_ours
  std::map<std::string, std::int64_t> rejected_by_reason;
  std::map<std::string, std::int64_t> expected_rows;  // edited table -> rows from accepted files
  std::map<std::string, std::int64_t> quirks;         // what was planted -> how often
  // Of claims and DPC files: group -> what -> how many (README.md, "Claims and DPC files").
  std::map<std::string, std::map<std::string, std::int64_t>> tables;
};

/// Writes a synthetic hospital: folder/ssmix2/<facility>/ (an SS-MIX2 standardized storage),
/// folder/code_map.csv (the hospital's own codes), folder/claims/ and folder/dpc/ (claims and DPC survey
/// files of the same persons), folder/claims_code_map.csv (claims codes of drugs) and folder/truth.json (what
/// was planted and counted). The tree is written under a name of its own and renamed last: after an error
/// nothing is left but an empty folder. Errors  kConflict: the folder is not empty.  kInvalidInput: patients
/// not in 1 .. 1,000,000, or a
///         facility id that is no folder name of 1 to 10 letters and digits, or estimand_persons between 1
///         and 999.  kIo: the folder cannot be written, or the disk is full.
Result<HospitalSummary> write_hospital(const std::filesystem::path& folder, const HospitalOptions& options);

}  // namespace mimamori
