#include "standardize/patient_merges.h"

#include "standardize/csv.h"

namespace mimamori {
namespace {

Error line_error(std::size_t line, std::string_view expectation) {
  return Error{ErrorCode::kInvalidInput,
               "line " + std::to_string(line) + ": expected " + std::string(expectation)};
}

}  // namespace

Result<std::vector<EditedPatientMerge>> read_patient_merges(std::string_view csv, const PatientKeys& keys) {
  std::vector<EditedPatientMerge> merges;
  const std::vector<CsvLine> lines = TRY(parse_csv(csv, {"old_number", "new_number", "merged_on"}));
  for (const CsvLine& line : lines) {
    const auto old_key = keys.key_of(PatientNumberSource::kRecord, line.fields[0]);
    const auto new_key = keys.key_of(PatientNumberSource::kRecord, line.fields[1]);
    if (!old_key || !new_key) return line_error(line.number, "two patient numbers");
    EditedPatientMerge merge{.old_key = *old_key, .new_key = *new_key, .merged_on = {}, .provenance = {}};
    merge.provenance.segment = static_cast<std::int64_t>(line.number);
    if (!line.fields[2].empty()) {
      const Result<Date> day = parse_iso_date(line.fields[2]);
      if (!day.ok()) return line_error(line.number, "YYYY-MM-DD or nothing in merged_on");
      merge.merged_on = *day;
    }
    merges.push_back(std::move(merge));
  }
  return merges;
}

}  // namespace mimamori
