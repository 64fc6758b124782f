// Diagnoses (PPR-01, one row per PRB).

#include <algorithm>
#include <set>
#include <span>

#include "base/embedded.h"
#include "standardize/csv.h"
#include "standardize/record_context.h"
#include "standardize/text_fold.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_standardize();

namespace {

constexpr std::string_view kSuspected = "疑い";

const std::set<std::string, std::less<>>& suspected_modifiers() {
  static const std::set<std::string, std::less<>> codes = [] {
    const std::string_view text = content_of(embedded_standardize(), "rules/suspected_modifiers.csv");
    const Result<std::vector<CsvLine>> lines = parse_csv(text, {"code", "source"});
    ENSURE(lines.ok());
    std::set<std::string, std::less<>> read;
    for (const CsvLine& line : *lines) read.insert(line.fields[0]);
    return read;
  }();
  return codes;
}

// Suspicion stands in PRB-13, in a suffix modifier (code or text), or in the name itself.
bool is_suspected(const ReceivedDiagnosis& received, std::string_view disease_name) {
  if (trimmed(received.suspected) == "1") return true;
  std::string_view modifiers = received.suffix_modifiers;
  while (!modifiers.empty()) {
    const std::size_t end = modifiers.find('~');
    const std::string_view modifier = trimmed(modifiers.substr(0, end));
    if (suspected_modifiers().contains(modifier)) return true;
    if (modifier.find(kSuspected) != std::string_view::npos) return true;
    modifiers.remove_prefix(end == std::string_view::npos ? modifiers.size() : end + 1);
  }
  return trimmed(disease_name).ends_with("の疑い");
}

// ICD-10 without the dot; nothing (and a finding) if it has another shape.
std::optional<std::string> icd10_code(const RecordContext& context, std::string_view received) {
  if (!stated(received)) return std::nullopt;
  std::string code = fold(trimmed(received));
  std::erase(code, '.');
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  const bool shaped = code.size() >= 3 && code.size() <= 5 && letter(code[0]) && digit(code[1]) &&
                      digit(code[2]) &&
                      std::ranges::all_of(code.substr(3), [&](char c) { return digit(c) || letter(c); });
  if (shaped) return code;
  context.note("code_shape", "warning", "PRB-10", "expected an ICD-10 code such as K297; it is left empty");
  return std::nullopt;
}

std::optional<std::string> icd10_edition(const RecordContext& context, std::string_view received) {
  const std::optional<std::string> edition = stated(received);
  if (!edition || *edition == "2003") return "2003";
  if (*edition == "2013") return "2013";
  context.note("edition_unknown", "warning", "PRB-10.7", "expected 2003 or 2013; it is left empty");
  return std::nullopt;
}

}  // namespace

Result<EditedRecord> standardize_diagnosis(const RecordContext& context, const ReceivedDiagnosis& received) {
  const CodeChoice disease = choose_code(CodeFamily::kDisease, received.disease);
  EditedDiagnosis row;
  row.patient_key = context.patient_key;
  row.source = received.is_summary ? "discharge_summary" : "disease_list";
  row.instance_id = stated(received.instance_id);
  row.disease_code = stated(disease.standard);
  row.local_code = stated(disease.local.code);
  row.local_system = stated(disease.local.system);
  row.disease_name = stated(disease.text);
  row.icd10 = icd10_code(context, received.icd10);
  if (row.icd10) row.icd10_edition = icd10_edition(context, received.icd10_edition);
  row.diagnosis_type = stated(received.diagnosis_type);
  row.diagnosed_on = context.date(received.diagnosed_on, "PRB-7");
  row.ended_on = context.date(received.ended_on, "PRB-9");
  row.onset_on = context.date(received.onset_on, "PRB-16");
  row.outcome = stated(received.outcome);
  row.is_suspected = is_suspected(received, disease.text);
  row.is_main = trimmed(received.main_disease) == "1";
  row.action = received.action;
  row.action_at = context.moment(received.action_at, "PRB-2");
  row.provenance = context.provenance;
  if (disease.wrong_shape) {
    context.note("code_shape", "warning", "PRB-3", "expected a disease number of eight digits");
  }
  if (!row.disease_code) {
    const bool nothing = !row.local_code && !row.disease_name && !row.icd10;
    context.note(nothing ? "code_missing" : "no_standard_code", nothing ? "warning" : "info", "PRB-3",
                 nothing ? "expected a disease" : "no disease number (MDCDX2)");
  }
  if (row.diagnosed_on && row.ended_on && *row.ended_on < *row.diagnosed_on) {
    context.note("end_before_start", "warning", "PRB-9", "expected an end not before PRB-7; both are kept");
  }
  return EditedRecord(std::move(row));
}

}  // namespace mimamori
