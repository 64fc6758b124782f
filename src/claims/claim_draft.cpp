#include "claims/claim_draft.h"

#include "standardize/text_shape.h"

namespace mimamori {

void ClaimDraft::restart() {
  ClaimDraft next;
  rows.tables([](auto& table) { table.clear(); });
  findings.clear();
  rejected.clear();
  accepted.clear();
  std::swap(next.rows, rows);
  std::swap(next.findings, findings);
  std::swap(next.rejected, rejected);
  std::swap(next.accepted, accepted);
  std::swap(next.item_dates, item_dates);
  *this = std::move(next);
}

void ClaimDraft::note_at(std::int64_t at, std::string_view check, std::string_view severity,
                         std::string_view field, std::string_view sentence) {
  findings.push_back({.file_id = file->file_id,
                      .segment = at,
                      .check_id = std::string(check),
                      .severity = std::string(severity),
                      .field = std::string(field),
                      .sentence = std::string(sentence)});
}

std::optional<std::string> ClaimDraft::name(std::string_view text, std::string_view field) {
  if (text.empty()) return std::nullopt;
  if (!holds_phone_number(text) && !holds_patient_number(text, own_number)) return std::string(text);
  note("uke_text_dropped", "info", field, "expected the name of a thing; it is left empty");
  return std::nullopt;
}

void ClaimDraft::note(std::string_view check, std::string_view severity, std::string_view field,
                      std::string_view sentence) {
  note_at(segment, check, severity, field, sentence);
}

void ClaimDraft::reject(std::string_view record_kind, std::string_view reason) {
  rejected.push_back({.record_kind = std::string(record_kind),
                      .code = std::string(name_of(ErrorCode::kInvalidInput)),
                      .reason = std::string(reason),
                      .provenance = provenance()});
}

std::optional<Date> ClaimDraft::day(std::string_view text, std::string_view field) {
  if (text.empty()) return std::nullopt;
  const std::optional<Date> read = claim_day(text);
  if (!read) note("uke_date", "warning", field, "expected a day of the calendar; it is left empty");
  return read;
}

std::optional<std::int64_t> ClaimDraft::whole(std::string_view text, std::size_t digits_max,
                                              std::string_view field) {
  if (text.empty()) return std::nullopt;
  const std::optional<std::int64_t> read = whole_number(text, digits_max);
  if (!read) note("uke_number", "warning", field, "expected a whole number; it is left empty");
  return read;
}

std::optional<double> ClaimDraft::decimal(std::string_view text, std::string_view field) {
  if (text.empty()) return std::nullopt;
  const std::optional<double> read = decimal_number(text);
  if (!read) note("uke_number", "warning", field, "expected a number; it is left empty");
  return read;
}

DayCells ClaimDraft::day_cells(const UkeLine& line, std::size_t first_column, std::string_view field) {
  constexpr std::size_t kCountDigits = 3;
  DayCells cells{};
  bool odd = false;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string_view text = line[first_column + i];
    if (text.empty()) continue;
    const std::optional<std::int64_t> count = whole_number(text, kCountDigits);
    odd |= !count || *count < 0;
    if (count && *count > 0) cells[i] = static_cast<std::uint16_t>(*count);
  }
  if (odd)
    note("uke_day_cell", "warning", field, "expected counts of one to three digits in the day columns");
  return cells;
}

std::optional<std::string> code_of_digits(std::string_view text, std::size_t digits) {
  return is_digits(text, digits) ? std::optional<std::string>(text) : std::nullopt;
}

}  // namespace mimamori
