// The end of a claim: whose it is, whether it adds up, and its rows into the part.

#include <algorithm>
#include <iterator>

#include "claims/claim_draft.h"

namespace mimamori {
namespace {

constexpr std::string_view kClaim = "claim";

/// The columns of RE whose places differ between medical and DPC claims (claims-dpc.md 1.3, 1.8).
struct HeadLayout {
  bool is_dpc = false;
  std::size_t search_number;
  std::size_t billing_note;
  std::size_t department;
  std::size_t patient_states;
};
constexpr HeadLayout kMedicalHead{
    .is_dpc = false, .search_number = 19, .billing_note = 21, .department = 22, .patient_states = 38};
constexpr HeadLayout kDpcHead{
    .is_dpc = true, .search_number = 21, .billing_note = 23, .department = 24, .patient_states = 30};

/// DPC claims have RE with 30 columns, or 28 in old editions.
HeadLayout layout_of(const ClaimDraft& claim, const UkeLine& head) {
  const bool is_dpc = claim.has_dpc_line || head.size() == 28 || head.size() == 30;
  return is_dpc ? kDpcHead : kMedicalHead;
}

std::string part_of(const HeadLayout& layout, const UkeLine& head) {
  const std::string_view division = layout.is_dpc ? head[19] : std::string_view();
  if (division == "1") return "head";
  if (division == "2") return "dpc_part";
  return division == "3" ? "medical_part" : "whole";
}

std::string sex_of(std::string_view text) { return text == "1" ? "M" : text == "2" ? "F" : "U"; }

/// YYYYMM.
std::string month_text(const std::optional<Date>& month) {
  return month ? to_compact(*month).substr(0, 6) : std::string();
}

/// A time of export, if that is what a vendor writes there: YYYYMMDDhhmm or YYYYMMDDhhmmss. Nothing else of
/// this free field may go on.
std::string export_time(std::string_view text) {
  constexpr std::string_view kFirst = "19900101";
  constexpr std::string_view kLast = "20991231";
  if (!is_digits(text, 12) && !is_digits(text, 14)) return "";
  const std::string_view day = text.substr(0, 8);
  if (!claim_day(day) || day < kFirst || day > kLast || text.substr(8, 2) > "23" ||
      text.substr(10, 2) > "59") {
    return "";
  }
  return std::string(text) + (text.size() == 12 ? "00" : "");
}

/// The patient's key and what it was made from.
struct PatientOfClaim {
  std::string key;
  std::string source;
};

std::optional<PatientOfClaim> patient_of(ClaimDraft& claim, const UkeLine& head) {
  const PatientKeys& keys = *claim.file->keys;
  if (std::optional<std::string> key = keys.key_of(PatientNumberSource::kClaims, head[14])) {
    return PatientOfClaim{.key = std::move(*key), .source = "chart"};
  }
  const ClaimInsurance& insurance = claim.insurance;
  const bool has_member = insurance.symbol_and_number.size() > 1;
  if ((!has_member && insurance.recipient.empty()) || keys.refusals() > 0) return std::nullopt;
  claim.note_at(
      claim.first_segment, "uke_patient_number", "warning", "RE-14",
      "expected the hospital's patient number; the patient is told by insurance and joins no other record");
  const std::string text = insurance.insurer_number + "|" + insurance.symbol_and_number + "|" +
                           insurance.branch + "|" + insurance.aid_number + "|" + insurance.recipient + "|" +
                           std::string(head[7]) + "|" + std::string(head[6]);
  return PatientOfClaim{.key = keys.hash_of("claims_patient", text), .source = "insurance"};
}

/// What makes two claims versions of one (claims-dpc.md 1.7).
std::string key_of_claim(const ClaimDraft& claim, const ClaimHeader& header) {
  const ClaimInsurance& insurance = claim.insurance;
  const bool is_inpatient = header.is_inpatient.value_or(false);
  // The parts of a claim of several periods follow their head; their order tells them apart.
  const std::string part =
      header.claim_part == "whole" ? "" : header.claim_part + std::to_string(claim.part_number);
  const std::string text = claim.file->facility_code + "|" + claim.file->payer + "|" +
                           month_text(claim.service_month) + "|" + (is_inpatient ? "in" : "out") + "|" +
                           header.claim_kind + "|" + part + "|" + header.patient_key + "|" +
                           (insurance.has_insurer ? insurance.insurer_number : insurance.aid_number);
  return claim.file->keys->hash_of("claim", text);
}

ClaimHeader header_of(ClaimDraft& claim, const UkeLine& head, const HeadLayout& layout) {
  claim.segment = claim.first_segment;
  const std::string_view type = head[3];
  ClaimHeader header;
  header.claim_part = part_of(layout, head);
  header.claim_kind = layout.is_dpc && header.claim_part != "medical_part" ? "dpc" : "medical";
  if (!claim.file->facility_code.empty()) header.facility_code = claim.file->facility_code;
  if (!claim.file->payer.empty()) header.payer = claim.file->payer;
  header.service_month = *claim.service_month;
  header.billing_month = claim.file->billing_month;
  header.claim_type = code_of_digits(type, 4);
  if (header.claim_type) header.is_inpatient = (type[3] - '0') % 2 == 1;
  header.is_rebilled = !head[layout.search_number].empty();
  header.birth_date = claim.day(head[7], "RE-7");
  header.sex = sex_of(head[6]);
  header.department = code_of_digits(head[layout.department], 2);
  const std::string_view states = head[layout.patient_states];
  if (is_digits(states) && states.size() % 3 == 0) {
    for (std::size_t i = 3; i <= states.size(); i += 3) {
      header.patient_states = header.patient_states.value_or("") + (i > 3 ? "~" : "");
      *header.patient_states += states.substr(i - 3, 3);
    }
  }
  header.visit_days = claim.insurance.days();
  const std::optional<Date> admission = claim.day(head[9], "RE-9");
  header.admitted_on = claim.stay_start ? claim.stay_start : admission;
  header.discharged_on = claim.stay_end;
  header.admission_kind = claim.admission_kind;
  header.dpc_code = claim.dpc_code;
  header.dpc_outcome = claim.dpc_outcome;
  header.total_points = claim.insurance.points();
  header.points_from_rows = claim.points;
  header.bundled_points = claim.bundled_points;
  header.is_dispensed_outside = claim.has_outside_prescription && !claim.has_drug_to_take_home;
  header.is_drugs_incomplete =
      header.claim_kind == "dpc" && header.claim_part != "head" && !claim.has_bundled_items;
  header.provenance = claim.provenance();
  return header;
}

void check_points(ClaimDraft& claim, const ClaimHeader& header) {
  if (!header.total_points || header.claim_part != "whole") return;
  const std::int64_t sum = claim.points + claim.bundled_points.value_or(0);
  // Some write meals in points' place with a total that has them, some without.
  if (*header.total_points == sum || *header.total_points == sum + claim.yen) return;
  claim.note("uke_points_total", "warning", claim.insurance.has_insurer ? "HO-6" : "KO-6",
             "expected the total to be the sum of points times count over the claim's rows");
}

void check_header(ClaimDraft& claim, const ClaimHeader& header, const UkeLine& head) {
  if (!header.claim_type) claim.note("uke_claim_type", "warning", "RE-3", "expected four digits; left empty");
  if (header.sex == "U") claim.note("uke_sex", "warning", "RE-6", "expected 1 or 2; the sex is unknown");
  const std::chrono::year_month_day month{*claim.service_month};
  const Date next_month = (month.year() / month.month() + std::chrono::months(1)) / std::chrono::day(1);
  if (header.birth_date && *header.birth_date >= next_month) {
    claim.note("uke_birth_after_service", "warning", "RE-7",
               "expected a birth not after the month of service");
  }
  const bool says_admitted = !head[9].empty() || claim.has_stay;
  if (header.is_inpatient && *header.is_inpatient != says_admitted && header.claim_part == "whole") {
    claim.note("uke_admission", "warning", "RE-9",
               "expected a day of admission on inpatient claims, and on no other");
  }
  if (header.admitted_on && header.discharged_on && *header.discharged_on < *header.admitted_on) {
    claim.note("uke_stay_dates", "warning", "BU-4", "expected a discharge not before the admission");
  }
  if (claim.unit.items > 0) {
    claim.note_at(claim.unit.first_segment, "uke_unit_open", "warning", "",
                  "expected points on a unit's last row");
  }
  if (header.is_drugs_incomplete) {
    claim.note("uke_bundled_items", "info", "CD",
               "a DPC claim without CD rows does not show all drugs and acts");
  }
  if (claim.donor_lines > 0) {
    claim.note("uke_donor_block", "info", "TI",
               "rows of an organ donor are not the patient's; they stay out");
  }
}

void add_visits(ClaimDraft& claim, const ClaimHeader& header) {
  const bool from_line = claim.visit_segment != 0;
  const bool consulted = claim.consultation_days != 0;
  const std::uint32_t days = consulted ? claim.consultation_days : claim.item_days;
  std::int64_t counted = 0;
  for (std::size_t i = 0; i < claim.visit_cells.size(); ++i) {
    const std::uint16_t cell = claim.visit_cells[i];
    const bool is_visit = from_line ? cell == 1 || cell == 2 : ((days >> i) & 1U) != 0;
    const Date on = *claim.service_month + Days(static_cast<int>(i));
    const bool in_month =
        std::chrono::year_month_day{on}.month() == std::chrono::year_month_day{*claim.service_month}.month();
    if (!is_visit || !in_month) continue;
    ClaimVisit visit;
    visit.visited_on = on;
    visit.is_counted = !from_line || cell == 1;
    visit.visit_source = from_line ? "JD" : consulted ? "consultation" : "any";
    visit.provenance = {.file_id = claim.file->file_id,
                        .segment = from_line ? claim.visit_segment : claim.first_segment};
    counted += visit.is_counted ? 1 : 0;
    claim.rows.visits.push_back(std::move(visit));
  }
  if (from_line && header.visit_days && counted != *header.visit_days) {
    claim.note_at(claim.visit_segment, "uke_visit_days", "info", "JD",
                  "expected as many days as HO-5 or KO-5 says");
  }
}

/// Every record of the claim is rejected for one reason; those that were rejected before keep their own.
void reject_claim(ClaimDraft& claim, std::string_view reason) {
  for (const auto& [segment, kind] : claim.accepted) {
    claim.segment = segment;
    claim.reject(kind, reason);
  }
  claim.accepted.clear();
  claim.rows = {};
}

/// Moves rows behind those of the part, with their keys.
template <class Row>
void move_rows(std::vector<Row>& from, std::vector<Row>& to, const ClaimHeader& header) {
  for (Row& row : from) {
    row.patient_key = header.patient_key;
    row.claim_key = header.claim_key;
    to.push_back(std::move(row));
  }
  from.clear();
}

void move_all_rows(ClaimRows& from, ClaimRows& to, const ClaimHeader& header) {
  move_rows(from.visits, to.visits, header);
  move_rows(from.diagnoses, to.diagnoses, header);
  move_rows(from.billing_units, to.billing_units, header);
  move_rows(from.management_fees, to.management_fees, header);
  move_rows(from.surgeries, to.surgeries, header);
  move_rows(from.procedures, to.procedures, header);
  move_rows(from.devices, to.devices, header);
  move_rows(from.drugs, to.drugs, header);
}

template <class T>
void move_items(std::vector<T>& from, std::vector<T>& to) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  from.clear();
}

/// Counts, rejections and findings into the part.
void account(ClaimDraft& claim, LoadedPart<ClaimRows>& part) {
  const auto accepted = static_cast<std::int64_t>(claim.accepted.size());
  const auto rejected = static_cast<std::int64_t>(claim.rejected.size());
  part.records += accepted + rejected;
  part.records_accepted += accepted;
  part.records_rejected += rejected;
  move_items(claim.rejected, part.rejected);
  move_items(claim.findings, part.findings);
}

ClaimReturn return_of(const ClaimDraft& claim, const ClaimHeader& header) {
  ClaimReturn row;
  row.patient_key = header.patient_key;
  row.claim_key = header.claim_key;
  row.return_kind = claim.file->return_kind;
  row.service_month = header.service_month;
  row.billing_month = header.billing_month;
  row.provenance = header.provenance;
  return row;
}

SourceDocument document_of(const ClaimDraft& claim, const ClaimHeader& header, std::string_view billing_note,
                           std::int64_t last_segment, std::string sha256) {
  SourceDocument document;
  const bool is_return = claim.file->is_return;
  // A return is a document of its own: it must not push out the claim that came back.
  document.document_key =
      is_return ? claim.file->keys->hash_of("claim_return", header.claim_key) : header.claim_key;
  document.kind = is_return ? "claim_return" : header.claim_kind == "dpc" ? "dpc_claim" : "claim";
  document.version_rank = month_text(claim.file->billing_month) + "|" + export_time(billing_note);
  document.file_id = claim.file->file_id;
  document.first_segment = claim.first_segment;
  document.last_segment = last_segment;
  document.sha256 = std::move(sha256);
  document.records = static_cast<std::int64_t>(claim.accepted.size() + claim.rejected.size());
  return document;
}

}  // namespace

ClosedClaim close_claim(ClaimDraft& claim, std::int64_t last_segment, std::string document_sha256,
                        LoadedPart<ClaimRows>& part) {
  const UkeLine head(claim.head);
  const HeadLayout layout = layout_of(claim, head);
  ClosedClaim closed;
  closed.insurance_lines = claim.insurance.lines;
  closed.is_dpc = layout.is_dpc;
  const std::string claim_part = part_of(layout, head);
  closed.is_part = claim_part == "dpc_part" || claim_part == "medical_part";
  if (!closed.is_part) closed.points = claim.insurance.points();
  claim.segment = claim.first_segment;
  claim.accept(kClaim);
  std::optional<PatientOfClaim> patient = patient_of(claim, head);
  if (patient && claim.file->keys->has_refused(patient->key)) {
    const auto refused = static_cast<std::int64_t>(claim.accepted.size() + claim.rejected.size());
    part.records += refused;
    part.records_refused += refused;
    return closed;
  }
  if (!patient || !claim.service_month) {
    reject_claim(claim,
                 patient ? "RE-4: expected the month of service"
                         : "RE-14: expected the hospital's patient number, or a member's number in HO or KO "
                           "(not enough where patients have refused)");
    account(claim, part);
    return closed;
  }
  ClaimHeader header = header_of(claim, head, layout);
  header.patient_key = std::move(patient->key);
  header.patient_key_source = std::move(patient->source);
  header.claim_key = key_of_claim(claim, header);
  if (claim.file->is_return) {
    part.rows.returns.push_back(return_of(claim, header));
  } else {
    check_points(claim, header);
    check_header(claim, header, head);
    add_visits(claim, header);
    move_all_rows(claim.rows, part.rows, header);
  }
  part.documents.push_back(
      document_of(claim, header, head[layout.billing_note], last_segment, std::move(document_sha256)));
  account(claim, part);
  if (!claim.file->is_return) part.rows.claims.push_back(std::move(header));
  return closed;
}

}  // namespace mimamori
