// Diagnoses: SY, and SB with its roles on DPC claims.

#include <algorithm>

#include "claims/claim_draft.h"

namespace mimamori {
namespace {

constexpr std::string_view kRecordKind = "claim_diagnosis";
constexpr std::string_view kUncoded = "0000999";
constexpr std::size_t kDiseaseDigits = 7;
constexpr std::size_t kModifierDigits = 4;

/// "80021234" as "8002~1234".
std::optional<std::string> joined_modifiers(ClaimDraft& claim, std::string_view text,
                                            std::string_view field) {
  if (text.empty()) return std::nullopt;
  if (!is_digits(text) || text.size() % kModifierDigits != 0) {
    claim.note("uke_modifiers", "warning", field, "expected modifier codes of four digits each; left empty");
    return std::nullopt;
  }
  std::string joined;
  for (std::size_t i = 0; i < text.size(); i += kModifierDigits) {
    if (i > 0) joined += '~';
    joined += text.substr(i, kModifierDigits);
  }
  return joined;
}

/// ICD-10 without dot.
std::optional<std::string> icd10_of(ClaimDraft& claim, std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::string code(text);
  std::erase(code, '.');
  const auto upper_or_digit = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  if (code.size() >= 3 && code.size() <= 5 && code[0] >= 'A' && code[0] <= 'Z' &&
      is_digits(std::string_view(code).substr(1, 2)) && std::ranges::all_of(code, upper_or_digit)) {
    return code;
  }
  claim.note("uke_icd10", "warning", "SB-5", "expected an ICD-10 code such as K358; it is left empty");
  return std::nullopt;
}

}  // namespace

void read_claim_diagnosis(ClaimDraft& claim, const UkeLine& line) {
  const bool is_dpc = line[1] == "SB";
  const std::string_view code = line[2];
  if (!is_digits(code, kDiseaseDigits)) {
    claim.reject(kRecordKind, is_dpc ? "SB-2: expected a disease code of seven digits"
                                     : "SY-2: expected a disease code of seven digits");
    return;
  }
  const bool is_uncoded = code == kUncoded;
  const std::string_view modifiers = is_dpc ? line[3] : line[5];
  const std::string_view name = is_dpc ? line[4] : line[6];
  ClaimDiagnosis row;
  row.record_type = line[1];
  row.service_month = *claim.service_month;
  if (!is_uncoded) row.disease_code = code;
  // A coded disease is named by its code; what else is written there is not needed.
  if (is_uncoded) row.disease_name = claim.name(name, is_dpc ? "SB-4" : "SY-6");
  row.modifier_codes = joined_modifiers(claim, modifiers, is_dpc ? "SB-3" : "SY-5");
  row.is_suspected = (row.modifier_codes && claim.rules->is_suspected(modifiers)) ||
                     (is_uncoded && claim.rules->is_suspected_name(name));
  if (is_dpc) {
    row.icd10 = icd10_of(claim, line[5]);
    row.diagnosis_role = code_of_digits(line[6], 2);
    row.is_main = line[6] == "11";
  } else {
    row.started_on = claim.day(line[3], "SY-3");
    row.outcome = code_of_digits(line[4], 1);
    row.is_main = line[7] == "01";
  }
  row.provenance = claim.provenance();
  claim.rows.diagnoses.push_back(std::move(row));
  claim.accept(kRecordKind);
}

}  // namespace mimamori
