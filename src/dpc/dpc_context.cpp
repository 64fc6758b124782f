#include "dpc/dpc_context.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "dpc/dpc_rules.h"
#include "standardize/text_fold.h"
#include "standardize/text_shape.h"

namespace mimamori {
namespace {

bool is_graphic(char c) { return c > ' ' && c < 0x7F; }

std::string_view without_spaces(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

void DpcContext::begin_record() {
  ++part_->records;
  ++records_;
}

void DpcContext::accept() {
  ++part_->records_accepted;
  ++accepted_;
}

void DpcContext::refuse() { ++part_->records_refused; }

void DpcContext::reject(DpcKind kind, ErrorCode code, std::string reason) {
  ++part_->records_rejected;
  part_->rejected.push_back(
      {.record_kind = kind == DpcKind::kNone ? "dpc" : "dpc_" + std::string(name_of(kind)),
       .code = std::string(name_of(code)),
       .reason = std::move(reason),
       .provenance = here()});
}

void DpcContext::note(const DpcCheck& check, std::string_view field, std::string_view sentence) {
  note_at(line_, check, field, sentence);
}

void DpcContext::note_at(std::int64_t line, const DpcCheck& check, std::string_view field,
                         std::string_view sentence) {
  static const std::int64_t written_max = dpc_limit("findings_per_check_max");
  if (++notes_[check.id] > written_max) return;
  part_->findings.push_back({.file_id = file_id_,
                             .segment = line,
                             .check_id = std::string(check.id),
                             .severity = std::string(check.severity),
                             .field = std::string(field),
                             .sentence = std::string(sentence)});
}

void DpcContext::note_uncounted() {
  const std::int64_t written_max = dpc_limit("findings_per_check_max");
  for (const auto& [check, count] : notes_) {
    if (count <= written_max) continue;
    part_->findings.push_back(
        {.file_id = file_id_,
         .segment = 0,
         .check_id = std::string(check),
         .severity = "info",
         .field = "",
         .sentence = std::to_string(count - written_max) + " more lines have this finding"});
  }
}

const DpcContext::Patient& DpcContext::patient(std::string_view number) {
  if (number != patient_number_) {
    patient_number_ = number;
    own_number_ = comparable_number(number);
    patient_.key = keys_.key_of(PatientNumberSource::kDpc, number).value_or("");
    patient_.has_refused = !patient_.key.empty() && keys_.has_refused(patient_.key);
  }
  return patient_;
}

std::optional<Date> DpcContext::date(std::string_view text, std::string_view field) {
  if (is_no_date(text)) return std::nullopt;
  const Result<Date> read = parse_date(without_spaces(text));
  if (read.ok()) return *read;
  note(dpc_checks::kDateUnreadable, field, "expected a day of the calendar as YYYYMMDD; it is left empty");
  return std::nullopt;
}

std::optional<std::int64_t> DpcContext::whole(std::string_view text, std::string_view field) {
  const std::string_view digits = without_spaces(text);
  if (digits.empty()) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc() && end == digits.data() + digits.size()) return value;
  note(dpc_checks::kNumberUnreadable, field, "expected a whole number; it is left empty");
  return std::nullopt;
}

std::optional<double> DpcContext::decimal(std::string_view text, std::string_view field) {
  const std::string_view digits = without_spaces(text);
  if (digits.empty()) return std::nullopt;
  double value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed);
  if (error == std::errc() && end == digits.data() + digits.size() && std::isfinite(value)) return value;
  note(dpc_checks::kNumberUnreadable, field, "expected a number; it is left empty");
  return std::nullopt;
}

std::optional<std::string> DpcContext::code(std::string_view text, std::string_view field,
                                            std::size_t length_max) {
  const std::string_view plain = without_spaces(text);
  if (plain.empty()) return std::nullopt;
  std::string folded =
      std::ranges::all_of(plain, is_graphic) ? std::string(plain) : without_blanks(fold(plain));
  if (folded.empty()) return std::nullopt;
  if (is_code_shaped(folded, length_max) && !is_patient_number(folded, own_number_)) return folded;
  note(dpc_checks::kCodeShape, field, "expected a code in letters and digits; it is left empty");
  return std::nullopt;
}

std::optional<std::string> DpcContext::name(std::string_view text, std::string_view field) {
  const std::string_view name = trimmed(text);
  if (name.empty()) return std::nullopt;
  if (!holds_identity(name)) return std::string(name);
  note(dpc_checks::kTextDropped, field, "expected the name of a thing; it is left empty");
  return std::nullopt;
}

bool DpcContext::holds_identity(std::string_view text) const {
  return holds_phone_number(text) || holds_patient_number(text, own_number_);
}

bool is_no_date(std::string_view text) {
  const std::string_view plain = without_spaces(text);
  return plain.empty() || std::ranges::all_of(plain, [](char c) { return c == '0'; }) || plain == "99999999";
}

}  // namespace mimamori
