#include "synth/hospital.h"

#include <algorithm>
#include <fstream>
#include <vector>

#include "synth/claims_writer.h"
#include "synth/dpc_writer.h"
#include "synth/patient_files.h"
#include "synth/truth.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

constexpr int kPatientsMax = 1'000'000;
constexpr int kPatientsBetweenReports = 50;

bool is_folder_name(const std::string& text) {
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  return !text.empty() && text.size() <= 10 && std::ranges::all_of(text, plain);
}

// Local system and hospital name go into HL7 fields and a CSV file as they are.
bool is_field_text(const std::string& text) {
  return text.find_first_of("|^~\\&,\"\r\n") == std::string::npos;
}

Result<void> check(const HospitalOptions& options) {
  const auto refuse = [](const char* sentence) { return Error{ErrorCode::kInvalidInput, sentence}; };
  if (options.patients < 1 || options.patients > kPatientsMax)
    return refuse("patients: expected 1 to 1,000,000");
  if (!is_folder_name(options.facility_id)) return refuse("facility id: expected 1 to 10 letters or digits");
  if (!options.local_system.starts_with("99") || !is_field_text(options.local_system)) {
    return refuse("local code system: expected 99 and letters or digits");
  }
  if (!is_field_text(options.hospital_name)) return refuse("hospital name: expected no delimiter of HL7");
  if (options.estimand_persons != 0 && options.estimand_persons < 1000) {
    return refuse("estimand persons: expected 0, or at least 1,000");
  }
  return {};
}

Result<void> prepare(const fs::path& folder) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) return Error{ErrorCode::kIo, folder.string() + ": cannot make the folder: " + code.message()};
  const bool empty = fs::is_empty(folder, code);
  if (code) return Error{ErrorCode::kIo, folder.string() + ": cannot read the folder: " + code.message()};
  if (!empty) return Error{ErrorCode::kConflict, folder.string() + ": expected an empty folder or none"};
  return {};
}

Result<void> write_tree(const fs::path& root, const HospitalOptions& options, HospitalSummary& summary) {
  std::error_code code;
  fs::create_directories(root, code);
  if (code) return Error{ErrorCode::kIo, root.string() + ": cannot make the folder: " + code.message()};
  StorageWriter writer = TRY(StorageWriter::open(root, summary));
  const fs::path folder = root.parent_path().parent_path();
  ClaimsWriter claims = TRY(ClaimsWriter::open(folder / "claims", options));
  DpcWriter dpc = TRY(DpcWriter::open(folder / "dpc", options));
  const RandomStream random = persons_stream(options.seed);
  for (int number = 0; number < options.patients; ++number) {
    const SimulatedPatient patient = simulate_patient(random, number);
    const WrittenPatient written = TRY(write_patient(options, patient, writer, summary));
    const Care care = care_of(options.seed, patient, written);
    TRY(claims.add(care));
    TRY(dpc.add(care));
    const int done = number + 1;
    const bool tell = done % kPatientsBetweenReports == 0 || done == options.patients;
    if (options.progress && tell) options.progress(done, options.patients);
  }
  TRY(claims.finish(summary.tables));
  TRY(dpc.finish(summary.tables));
  return {};
}

// Without a flush to the disk: the tree beside it is not flushed either, and can be written again.
Result<void> write_whole_file(const fs::path& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  file << content;
  file.close();
  if (!file) return Error{ErrorCode::kIo, path.string() + ": cannot write the whole file"};
  return {};
}

Result<HospitalSummary> write_parts(const fs::path& folder, const HospitalOptions& options) {
  std::vector<Estimand> estimands;
  if (options.estimand_persons > 0) estimands = TRY(estimate_estimands(options.estimand_persons));
  HospitalSummary summary;
  summary.storage_root = folder / "ssmix2" / options.facility_id;
  TRY(write_tree(folder / "ssmix2.partial" / options.facility_id, options, summary));
  TRY(write_whole_file(folder / "code_map.csv", code_map_csv(options)));
  TRY(write_whole_file(folder / "claims_code_map.csv", claims_code_map_csv()));
  TRY(write_whole_file(folder / "truth.json", truth_json(options, summary, estimands)));
  std::error_code code;
  fs::rename(folder / "ssmix2.partial", folder / "ssmix2", code);
  if (code)
    return Error{ErrorCode::kIo, folder.string() + ": cannot rename the finished tree: " + code.message()};
  return summary;
}

}  // namespace

Result<HospitalSummary> write_hospital(const fs::path& folder, const HospitalOptions& options) {
  TRY(check(options));
  TRY(prepare(folder));
  Result<HospitalSummary> written = write_parts(folder, options);
  if (written) return written;
  // The folder was empty before, so all that is in it is ours to remove.
  std::error_code ignored;
  for (const char* part :
       {"ssmix2.partial", "claims", "dpc", "code_map.csv", "claims_code_map.csv", "truth.json"})
    fs::remove_all(folder / part, ignored);
  return written;
}

}  // namespace mimamori
