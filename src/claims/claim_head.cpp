// The head of a claim: who pays, how much, which days.

#include <algorithm>

#include "claims/claim_draft.h"

namespace mimamori {
namespace {

constexpr std::size_t kTotalDigits = 8;
constexpr std::size_t kDayCountDigits = 3;

void read_insurer(ClaimDraft& claim, const UkeLine& line) {
  ClaimInsurance& insurance = claim.insurance;
  ++insurance.lines;
  if (insurance.has_insurer) {
    claim.note("uke_second_insurer", "warning", "HO", "expected one HO in a claim; the first is used");
    return;
  }
  insurance.has_insurer = true;
  insurance.insurer_number = line[2];
  insurance.symbol_and_number = std::string(line[3]) + "|" + std::string(line[4]);
  insurance.insurer_days = claim.whole(line[5], kDayCountDigits, "HO-5");
  insurance.insurer_points = claim.whole(line[6], kTotalDigits, "HO-6");
}

void read_public_aid(ClaimDraft& claim, const UkeLine& line) {
  ClaimInsurance& insurance = claim.insurance;
  ++insurance.lines;
  if (insurance.aid_number.empty()) {
    insurance.aid_number = line[2];
    insurance.recipient = line[3];
  }
  const std::optional<std::int64_t> days = claim.whole(line[5], kDayCountDigits, "KO-5");
  const std::optional<std::int64_t> points = claim.whole(line[6], kTotalDigits, "KO-6");
  // Aid may cover a part of the claim; the largest total is the claim's own where no insurer pays.
  insurance.aid_days = std::max(insurance.aid_days, days);
  insurance.aid_points = std::max(insurance.aid_points, points);
}

void read_visit_days(ClaimDraft& claim, const UkeLine& line) {
  constexpr std::string_view kInsurer = "1";
  // One line per payer; the insurer's, else the first.
  if (claim.visit_segment != 0 && line[2] != kInsurer) return;
  claim.visit_segment = claim.segment;
  claim.visit_cells = claim.day_cells(line, 3, "JD");
}

/// A DPC code: 14 letters and digits. Nothing (and a finding) if it has another shape.
std::optional<std::string> dpc_code_of(ClaimDraft& claim, std::string_view text, std::string_view field) {
  constexpr std::size_t kLetters = 14;
  if (text.empty()) return std::nullopt;
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  if (text.size() == kLetters && std::ranges::all_of(text, fits)) return std::string(text);
  claim.note("uke_dpc_code", "warning", field, "expected a DPC code of 14 characters; it is left empty");
  return std::nullopt;
}

void read_stay(ClaimDraft& claim, const UkeLine& line) {
  if (claim.has_stay) {
    claim.note("uke_second_stay", "warning", "BU", "expected one BU in a claim; the first is used");
    return;
  }
  claim.has_stay = true;
  claim.dpc_code = dpc_code_of(claim, line[2], "BU-2");
  claim.stay_start = claim.day(line[3], "BU-3");
  claim.stay_end = claim.day(line[4], "BU-4");
  claim.dpc_outcome = code_of_digits(line[5], 1);
}

}  // namespace

void read_claim_head_line(ClaimDraft& claim, const UkeLine& line) {
  const std::string_view id = line[1];
  if (id == "HO") return read_insurer(claim, line);
  if (id == "KO") return read_public_aid(claim, line);
  if (id == "JD") return read_visit_days(claim, line);
  if (id == "BU") return read_stay(claim, line);
  if (id == "SN" && line[2] == "1") claim.insurance.branch = line[7];
  if (id == "GR" && !claim.dpc_code) claim.dpc_code = dpc_code_of(claim, line[3], "GR-3");
  if (id == "KK") claim.admission_kind = code_of_digits(line[4], 1);
  if (id == "GT") {
    const std::optional<std::int64_t> points = claim.whole(line[9], kTotalDigits, "GT-9");
    claim.bundled_points = claim.bundled_points.value_or(0) + points.value_or(0);
  }
}

}  // namespace mimamori
