#include "standardize/patient_keys.h"

#include <algorithm>

#include "standardize/csv.h"
#include "standardize/text_fold.h"

namespace mimamori {

std::string comparable_number(std::string_view number) {
  const std::string folded = without_blanks(fold(number));
  const std::size_t first = folded.find_first_not_of('0');
  return first == std::string::npos ? std::string(folded.empty() ? "" : "0") : folded.substr(first);
}

Result<void> PatientKeys::read_dpc_numbers(std::string_view csv) {
  const std::vector<CsvLine> lines = TRY(parse_csv(csv, {"dpc_number", "patient_number"}));
  for (const CsvLine& line : lines) {
    const std::string dpc_number = comparable_number(line.fields[0]);
    const std::string number = comparable_number(line.fields[1]);
    if (dpc_number.empty() || number.empty()) {
      return Error{ErrorCode::kInvalidInput, "line " + std::to_string(line.number) + ": expected two numbers"};
    }
    const auto [place, is_new] = dpc_numbers_.emplace(dpc_number, number);
    if (!is_new && place->second != number) {
      return Error{ErrorCode::kConflict, "line " + std::to_string(line.number) +
                                             ": expected one patient for a DPC number; an earlier line gives it to another"};
    }
  }
  return {};
}

Result<void> PatientKeys::read_refusals(std::string_view csv) {
  const std::vector<CsvLine> lines = TRY(parse_csv(csv, {"patient_number", "refused_on"}));
  for (const CsvLine& line : lines) {
    constexpr std::string_view kOmopPerson = "omop:";
    const std::string_view number = line.fields[0];
    const std::optional<std::string> key =
        number.starts_with(kOmopPerson) ? key_of(PatientNumberSource::kOmop, number.substr(kOmopPerson.size()))
                                        : key_of(PatientNumberSource::kRecord, number);
    if (!key) {
      return Error{ErrorCode::kInvalidInput, "line " + std::to_string(line.number) + ": expected a patient number"};
    }
    refused_.insert(*key);
  }
  refusals_ = static_cast<std::int64_t>(refused_.size());
  return {};
}

bool PatientKeys::refuse_joined(const std::vector<EditedPatientMerge>& merges) {
  const std::size_t before = refused_.size();
  for (bool is_growing = true; is_growing;) {
    is_growing = false;
    for (const EditedPatientMerge& merge : merges) {
      if (has_refused(merge.old_key) == has_refused(merge.new_key)) continue;
      refused_.insert(merge.old_key);
      refused_.insert(merge.new_key);
      is_growing = true;
    }
  }
  return refused_.size() > before;
}

std::optional<std::string> PatientKeys::key_of(PatientNumberSource source, std::string_view number) const {
  std::string comparable = comparable_number(number);
  if (comparable.empty()) return std::nullopt;
  if (source == PatientNumberSource::kDpc) {
    const auto own = dpc_numbers_.find(comparable);
    if (own != dpc_numbers_.end()) comparable = own->second;
  }
  return site_key_.keyed_hash(source == PatientNumberSource::kOmop ? "omop person" : "patient", comparable);
}

std::string PatientKeys::hash_of(std::string_view domain, std::string_view text) const {
  return site_key_.keyed_hash(domain, text);
}

bool PatientKeys::has_refused(std::string_view patient_key) const { return refused_.contains(patient_key); }

std::int64_t PatientKeys::refusals() const { return refusals_; }

}  // namespace mimamori
