#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/date.h"
#include "claims/claim_rules.h"
#include "claims/uke_line.h"
#include "model/claims.h"
#include "model/table_file.h"
#include "standardize/patient_keys.h"

namespace mimamori {

/// Counts of the 31 day columns, the first day first.
using DayCells = std::array<std::uint16_t, 31>;

/// A day of an item, or its month.
struct ItemDay {
  Date on;
  std::string_view precision;
  std::optional<std::int64_t> count;
};

/// What the head of a file says about all of its claims.
struct ClaimFile {
  std::int64_t file_id = 0;
  const PatientKeys* keys = nullptr;
  bool is_return = false;             // claims that came back: no clinical rows
  std::string return_kind;            // as ClaimReturn
  std::string payer;                  // IR-2
  std::string facility_code;          // IR-3 and IR-5, if both have their shape
  std::optional<Date> billing_month;  // IR-8
};

/// Insurance (HO) and public aid (KO) of a claim.
struct ClaimInsurance {
  bool has_insurer = false;       // an HO line
  std::string insurer_number;     // HO-2
  std::string symbol_and_number;  // HO-3 and HO-4
  std::string branch;             // SN-7
  std::string aid_number;         // KO-2 of the first
  std::string recipient;          // KO-3 of the first
  std::optional<std::int64_t> insurer_points;
  std::optional<std::int64_t> insurer_days;
  std::optional<std::int64_t> aid_points;  // the largest
  std::optional<std::int64_t> aid_days;
  std::int64_t lines = 0;  // HO and KO

  [[nodiscard]] std::optional<std::int64_t> points() const {
    return has_insurer ? insurer_points : aid_points;
  }
  [[nodiscard]] std::optional<std::int64_t> days() const { return has_insurer ? insurer_days : aid_days; }
};

/// The billing unit that is being read: item rows up to the one with points.
struct OpenUnit {
  std::int64_t number = 0;  // of the latest unit
  std::int64_t items = 0;   // 0: none is open
  std::int64_t first_segment = 0;
  std::optional<std::int64_t> times;
  DayCells cells{};
  bool differs = false;
};

/// One claim while its lines are read, from RE to the line before the next RE or GO. Keys are known only at
/// its end, so its rows wait here without them.
struct ClaimDraft {
  const ClaimFile* file = nullptr;
  const MonthRules* rules = nullptr;  // set if service_month is
  std::int64_t first_segment = 0;
  std::int64_t segment = 0;      // of the line in hand
  std::string head;              // the RE line
  std::string own_number;        // RE-14 as it is compared
  std::int64_t part_number = 0;  // claims of the same head before this one
  std::optional<Date> service_month;
  ClaimInsurance insurance;
  std::int64_t visit_segment = 0;  // of the JD line in use; 0: none
  DayCells visit_cells{};
  std::uint32_t consultation_days = 0;  // bit 0 is the first
  std::uint32_t item_days = 0;
  bool has_dpc_line = false;
  bool has_stay = false;           // BU
  bool has_bundled_items = false;  // CD
  bool has_outside_prescription = false;
  bool has_drug_to_take_home = false;
  std::optional<std::string> dpc_code;
  std::optional<Date> stay_start;
  std::optional<Date> stay_end;
  std::optional<std::string> dpc_outcome;
  std::optional<std::string> admission_kind;
  std::optional<std::int64_t> bundled_points;
  std::string service_class;  // inherited
  OpenUnit unit;
  std::int64_t points = 0;
  std::int64_t yen = 0;
  bool in_donor_block = false;
  std::int64_t donor_lines = 0;
  ClaimRows rows;
  std::vector<FindingRow> findings;
  std::vector<RejectedRecord> rejected;
  std::vector<std::pair<std::int64_t, std::string_view>> accepted;  // segment, kind of record

  std::vector<ItemDay> item_dates;  // of the line in hand; here to keep its memory

  /// Empty for the next claim, with the memory of its vectors.
  void restart();
  /// A finding at the line in hand. The sentence must hold no value of the record.
  /// The name of a thing; nothing (and a finding) if it holds a telephone number or the patient's own.
  std::optional<std::string> name(std::string_view text, std::string_view field);

  void note(std::string_view check, std::string_view severity, std::string_view field,
            std::string_view sentence);
  /// The same at another line.
  void note_at(std::int64_t at, std::string_view check, std::string_view severity, std::string_view field,
               std::string_view sentence);
  /// The line in hand is a record that becomes no row.
  void reject(std::string_view record_kind, std::string_view reason);
  /// The line in hand is a record that became rows (or, rightly, none).
  void accept(std::string_view record_kind) { accepted.emplace_back(segment, record_kind); }
  [[nodiscard]] Provenance provenance() const { return {.file_id = file->file_id, .segment = segment}; }

  // Values of a column. What is there and cannot be read is left out with a finding.
  std::optional<Date> day(std::string_view text, std::string_view field);
  std::optional<std::int64_t> whole(std::string_view text, std::size_t digits_max, std::string_view field);
  std::optional<double> decimal(std::string_view text, std::string_view field);
  DayCells day_cells(const UkeLine& line, std::size_t first_column, std::string_view field);
};

/// The text if it is so many digits.
std::optional<std::string> code_of_digits(std::string_view text, std::size_t digits);

/// HO, KO, SN, JD and GR; of DPC claims BU, KK and GT too.
void read_claim_head_line(ClaimDraft& claim, const UkeLine& line);

/// SY and SB.
void read_claim_diagnosis(ClaimDraft& claim, const UkeLine& line);

/// SI, IY and TO.
void read_claim_item(ClaimDraft& claim, const UkeLine& line, ItemRecord record);
/// CD: an item that a DPC charge bundles.
void read_bundled_item(ClaimDraft& claim, const UkeLine& line);
/// SK.
void read_dpc_surgery(ClaimDraft& claim, const UkeLine& line);
/// The 診療識別 of a line, inherited by those that follow; also of CO.
void take_service_class(ClaimDraft& claim, const UkeLine& line);

/// What the end of a file is checked against.
struct ClosedClaim {
  std::int64_t insurance_lines = 0;
  std::optional<std::int64_t> points;  // absent: none given, or a part that its head counts
  bool is_dpc = false;
  bool is_part = false;  // of a claim of several periods whose head stands before it
};

/// Ends a claim: its key, its checks, and its rows, rejections and findings into the part. The document's
/// lines and hash are the caller's.
ClosedClaim close_claim(ClaimDraft& claim, std::int64_t last_segment, std::string document_sha256,
                        LoadedPart<ClaimRows>& part);

}  // namespace mimamori
