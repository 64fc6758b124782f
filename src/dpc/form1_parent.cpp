#include "dpc/form1_parent.h"

#include <algorithm>
#include <utility>

#include "dpc/dpc_rules.h"
#include "standardize/text_fold.h"

namespace mimamori {
namespace {

constexpr std::size_t kFlagMax = 4;  // 0, 301

std::string_view role_of(std::string_view code) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kRoles = {
      {{"A006010", "main"},
       {"A006020", "admission_trigger"},
       {"A006030", "most_resources"},
       {"A006031", "second_resources"},
       {"A006040", "comorbidity"},
       {"A006050", "in_hospital_onset"}}};
  const auto* found = std::ranges::find(kRoles, code, [](const auto& role) { return role.first; });
  return found == kRoles.end() ? std::string_view() : found->second;
}

bool has_digits(std::string_view text, std::size_t count) {
  return text.size() == count && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// ICD-10 without the dot; nothing if it has another shape.
std::optional<std::string> icd10_of(DpcContext& context, std::string_view text) {
  std::string code = without_blanks(fold(text));
  std::erase(code, '.');
  if (code.empty()) return std::nullopt;
  const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (code.size() >= 3 && code.size() <= 6 && is_letter(code[0]) && is_digit(code[1]) &&
      std::ranges::all_of(code.substr(2), [&](char c) { return is_letter(c) || is_digit(c); })) {
    return code;
  }
  context.note(dpc_checks::kCodeShape, "payload 2", "expected an ICD-10 code such as K358; it is left empty");
  return std::nullopt;
}

/// A measurement; zero means that it could not be taken.
std::optional<double> measured(DpcContext& context, std::string_view text, std::string_view field) {
  const std::optional<double> value = context.decimal(text, field);
  return value && *value > 0 ? value : std::nullopt;
}

}  // namespace

std::string_view Form1Line::take(std::size_t number) {
  return std::exchange(payload[number - 1], std::string_view());
}

Form1Parent::Form1Parent(const DpcStayKey& stay) {
  patient_.stay = stay;
  stay_.stay = stay;
}

Result<void> Form1Parent::read(DpcContext& context, Form1Line& line) {
  if (!seen_.insert(line.code + ":" + std::to_string(line.sequence)).second) {
    context.note(dpc_checks::kItemRepeated, "column 6",
                 "expected each code and number once; the later one is kept");
  }
  if (patient_.provenance.segment == 0) {
    patient_.provenance = context.here();
    stay_.provenance = context.here();
  }
  const std::string_view role = role_of(line.code);
  if (!role.empty()) return read_diagnosis(context, line, role);
  if (line.code == "A007010") {
    read_surgery(context, line);
  } else if (line.code.starts_with("A0000")) {
    read_stay(context, line);
  } else {
    read_body(context, line);
  }
  return {};
}

void Form1Parent::read_stay(DpcContext& context, Form1Line& line) {
  if (line.code == "A000010") {
    patient_.provenance = context.here();
    patient_.birth_date = context.date(line.take(1), "payload 1");
    const std::string_view sex = trimmed(line.take(2));
    patient_.sex = sex == "1" ? "M" : sex == "2" ? "F" : "U";
    if (patient_.sex == "U") context.note(dpc_checks::kSexUnknown, "payload 2", "expected 1 or 2");
  } else if (line.code == "A000020") {
    stay_.provenance = context.here();
    const std::optional<Date> admitted_on = context.date(line.take(1), "payload 1");
    if (admitted_on && *admitted_on != stay_.stay.admitted_on) {
      context.note(dpc_checks::kAdmissionDiffers, "payload 1", "expected the day of admission of column 3");
    }
    stay_.admission_route = context.code(line.take(2), "payload 2", kFlagMax);
    stay_.referral = context.code(line.take(3), "payload 3", kFlagMax);
    stay_.own_outpatient = context.code(line.take(4), "payload 4", kFlagMax);
    stay_.admission_kind = context.code(line.take(5), "payload 5", kFlagMax);
    stay_.ambulance = context.code(line.take(6), "payload 6", kFlagMax);
    stay_.home_care = context.code(line.take(7), "payload 7", kFlagMax);
  } else if (line.code == "A000030") {
    stay_.discharged_on = context.date(line.take(1), "payload 1");
    stay_.discharge_destination = context.code(line.take(2), "payload 2", kFlagMax);
    stay_.outcome = context.code(line.take(3), "payload 3", kFlagMax);
    if (stay_.outcome) stay_.died = *stay_.outcome == "6" || *stay_.outcome == "7";
    stay_.died_within_24_hours = context.code(line.take(4), "payload 4", kFlagMax);
  } else if (line.code == "A000040") {
    stay_.department = context.code(line.take(2), "payload 2", kFlagMax);
  } else if (line.code == "A000060") {
    stay_.purpose = context.code(line.take(2), "payload 2", kFlagMax);
    stay_.in_trial = context.code(line.take(3), "payload 3", kFlagMax);
  } else if (line.code == "A000070") {
    const std::string_view previous = trimmed(line.take(1));
    stay_.previous_discharge_on = context.date(previous, "payload 1");
    if (stay_.previous_discharge_on || previous == "99999999") {
      stay_.is_first_admission = previous == "99999999";
    }
  }
}

void Form1Parent::read_body(DpcContext& context, Form1Line& line) {
  if (line.code == "A001010") {
    patient_.height_cm = measured(context, line.take(2), "payload 2");
    patient_.weight_kg = measured(context, line.take(3), "payload 3");
    patient_.discharge_weight_kg = measured(context, line.take(4), "payload 4");
  } else if (line.code == "A001020") {
    const std::optional<std::int64_t> index = context.whole(line.take(2), "payload 2");
    patient_.smoking_index = index == 9999 ? std::nullopt : index;
  } else if (line.code == "A002010") {
    patient_.pregnancy = context.code(line.take(2), "payload 2", kFlagMax);
    patient_.gestational_weeks = context.whole(line.take(3), "payload 3");
  }
}

Result<void> Form1Parent::read_diagnosis(DpcContext& context, Form1Line& line, std::string_view role) {
  DpcDiagnosis row;
  row.icd10 = icd10_of(context, line.take(2));
  row.suffix = context.code(line.take(3), "payload 3", kFlagMax);
  row.disease_code = context.code(line.take(4), "payload 4");
  if (row.disease_code && !has_digits(*row.disease_code, 7)) {
    context.note(dpc_checks::kCodeShape, "payload 4",
                 "expected a disease code of seven digits; it is left empty");
    row.disease_code.reset();
  }
  std::string modifiers;
  for (std::size_t number = 5; number <= 8; ++number) {
    const std::optional<std::string> modifier =
        context.code(line.take(number), "payload " + std::to_string(number), 4);
    if (!modifier) continue;
    modifiers += (modifiers.empty() ? "" : "~") + *modifier;
    row.is_suspected |= means_suspicion(*modifier);
  }
  if (!modifiers.empty()) row.modifiers = std::move(modifiers);
  row.disease_name = context.name(line.take(9), "payload 9");
  row.is_suspected |= row.disease_name && std::string_view(*row.disease_name).ends_with("の疑い");
  if (!row.icd10 && !row.disease_code && !row.disease_name) {
    return Error{ErrorCode::kInvalidInput, "expected an ICD-10 code, a disease code or a name"};
  }
  row.patient_key = stay_.stay.patient_key;
  row.facility_code = stay_.stay.facility_code;
  row.admitted_on = stay_.stay.admitted_on;
  row.stay_number = stay_.stay.stay_number;
  row.role = role;
  row.sequence = line.sequence;
  row.provenance = context.here();
  context.rows().diagnoses.push_back(std::move(row));
  return {};
}

void Form1Parent::read_surgery(DpcContext& context, Form1Line& line) {
  DpcSurgery row;
  row.stay = stay_.stay;
  row.sequence = line.sequence;
  row.performed_on = context.date(line.take(1), "payload 1");
  row.interpretation_code = context.code(line.take(2), "payload 2");
  row.stem7_code = context.code(line.take(3), "payload 3");
  row.repetition = context.code(line.take(4), "payload 4", kFlagMax);
  row.side = context.code(line.take(5), "payload 5", kFlagMax);
  row.anesthesia = context.code(line.take(6), "payload 6", kFlagMax);
  row.prophylactic_antibiotic = context.code(line.take(7), "payload 7", kFlagMax);
  row.name = context.name(line.take(9), "payload 9");
  row.provenance = context.here();
  if (row.performed_on && *row.performed_on < row.stay.admitted_on) {
    context.note(dpc_checks::kDateOutsideStay, "payload 1", "expected a day of the stay");
  }
  context.rows().surgeries.push_back(std::move(row));
}

void Form1Parent::finish(DpcContext& context, std::int64_t child_forms) {
  stay_.child_forms = child_forms;
  const std::int64_t line = stay_.provenance.segment;
  if (!stay_.discharged_on) {
    context.note_at(line, dpc_checks::kDischargeMissing, "A000030", "expected a day of discharge");
  } else if (*stay_.discharged_on < stay_.stay.admitted_on) {
    context.note_at(line, dpc_checks::kDischargeBeforeAdmission, "A000030",
                    "expected a discharge after admission");
  }
  if (patient_.birth_date && *patient_.birth_date > stay_.stay.admitted_on) {
    context.note_at(patient_.provenance.segment, dpc_checks::kBirthAfterService, "A000010",
                    "expected a birth before admission");
  }
  context.rows().patients.push_back(patient_);
  context.rows().stays.push_back(stay_);
}

}  // namespace mimamori
