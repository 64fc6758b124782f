#include "claims/uke_reader.h"

#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include "base/hash.h"
#include "claims/claim_draft.h"
#include "claims/file_tally.h"
#include "claims/part_decoder.h"
#include "claims/uke_records.h"
#include "standardize/text_fold.h"

namespace mimamori {
namespace {

constexpr char kEndOfFile = '\x1A';

/// The next line of the text, with its line feed; the rest if there is none.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end == std::string_view::npos ? text.size() : end + 1);
  text.remove_prefix(line.size());
  return line;
}

/// Without line end and end-of-file marks.
std::string_view content_of_line(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r' || line.back() == kEndOfFile)) {
    line.remove_suffix(1);
  }
  while (!line.empty() && line.front() == kEndOfFile) line.remove_prefix(1);
  return line;
}

/// In files that came back a line may have three columns of the payer in front (kind of data, number,
/// branch).
std::string_view without_payer_columns(std::string_view line) {
  std::size_t start = 0;
  for (int column = 0; column < 3; ++column) {
    const std::size_t comma = line.find(',', start);
    if (comma == std::string_view::npos || (comma > start && !is_digits(line.substr(start, comma - start)))) {
      return line;
    }
    start = comma + 1;
  }
  return line.substr(start);
}

bool is_record_id(std::string_view id) {
  const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  return id.size() == 2 && letter(id[0]) && letter(id[1]);
}

ItemRecord item_of(std::string_view id) {
  return id == "SI" ? ItemRecord::kAct : id == "IY" ? ItemRecord::kDrug : ItemRecord::kDevice;
}

/// The kind of record for lists of rejected ones.
std::string_view kind_of(std::string_view id) {
  if (id == "SI") return "claim_procedure";
  if (id == "IY") return "claim_drug";
  if (id == "TO") return "claim_device";
  if (id == "CD") return "claim_bundled_item";
  return id == "SK" ? "claim_surgery" : "claim_diagnosis";
}

bool is_content(UkeRole role) {
  return role == UkeRole::kDiagnosis || role == UkeRole::kItem || role == UkeRole::kBundled ||
         role == UkeRole::kSurgery;
}

std::string return_kind_of(std::string_view file_name) {
  const std::string name = lower_ascii(file_name);
  if (name.ends_with(".hen")) return "first";
  return name.ends_with(".sah") ? "review" : "unknown";
}

}  // namespace

struct UkeReader::State {
  State(std::string_view file_name, std::int64_t file_id, const PatientKeys& keys,
        const ClaimRules& all_rules)
      : rules(all_rules) {
    file.file_id = file_id;
    file.keys = &keys;
    file.return_kind = return_kind_of(file_name);
    file.is_return = file.return_kind != "unknown";
    outcome.data_type = lower_ascii(file_name).starts_with("receiptd") ? "DPC-UKE" : "UKE";
  }

  void take(std::string_view text, LoadedPart<ClaimRows>& part);
  void take_record(const UkeRecord& record, const UkeLine& line, std::string_view text,
                   LoadedPart<ClaimRows>& part);
  void take_claim_line(const UkeRecord& record, const UkeLine& line);
  void start_file(const UkeLine& line);
  void end_file(const UkeLine& line);
  void start_claim(const UkeLine& line, std::string_view text);
  void end_claim(std::int64_t last_segment, LoadedPart<ClaimRows>& part);
  void reject_without_claim(std::string_view id, LoadedPart<ClaimRows>& part) const;
  void check_columns(const UkeRecord& record, const UkeLine& line);
  void finish(LoadedPart<ClaimRows>& part);
  const MonthRules& rules_of(Date month);

  const ClaimRules& rules;
  ClaimFile file;
  TableFileOutcome outcome;
  PartDecoder decoder;
  FileTally tally;
  std::map<Date, MonthRules> month_rules;
  ClaimDraft draft;
  ClaimDraft* claim = nullptr;           // the draft while a claim is open
  std::string_view document_bytes;       // of the part in hand: the claim's lines so far, as they came
  std::string_view next_document_bytes;  // empty, at the line in hand
  std::optional<Sha256> document_hash{std::in_place};
  std::unordered_set<std::string> claim_keys;  // seen in this file
  std::int64_t segment = 0;                    // of the line in hand
  std::int64_t part_number = 0;
  std::int64_t insurance_lines = 0;  // since IR
  std::int64_t points = 0;
  std::int64_t claims = 0;  // in the file
  bool has_head = false;
  bool has_end = false;
};

const MonthRules& UkeReader::State::rules_of(Date month) {
  constexpr std::size_t kMonthsKept = 64;
  if (month_rules.size() >= kMonthsKept) month_rules.clear();
  const auto known = month_rules.find(month);
  return known != month_rules.end() ? known->second
                                    : month_rules.emplace(month, rules.on(month)).first->second;
}

void UkeReader::State::check_columns(const UkeRecord& record, const UkeLine& line) {
  for (const std::size_t columns : record.columns) {
    if (columns == 0 || columns == line.size()) {
      if (columns != 0 || record.columns[0] == 0) return;
    }
  }
  const bool is_long = line.size() > record.columns[0];
  tally.add(is_long ? "uke_long_row" : "uke_short_row", "info", record.id, segment,
            is_long ? "more columns than the present edition has; the first are read"
                    : "fewer columns than the present edition has; those that are missing count as empty");
}

void UkeReader::State::start_file(const UkeLine& line) {
  has_head = true;
  has_end = false;
  insurance_lines = 0;
  points = 0;
  file.payer = is_digits(line[2], 1) ? line[2] : std::string_view();
  const bool shaped = is_digits(line[3], 2) && is_digits(line[5], 7);
  file.facility_code = shaped ? std::string(line[3]) + std::string(line[5]) : std::string();
  if (!shaped) {
    tally.add("uke_facility", "warning", "IR-5", segment,
              "expected a prefecture of two digits and a hospital of seven");
  }
  file.billing_month = claim_month(line[8]);
  if (!file.billing_month) {
    tally.add("uke_date", "warning", "IR-8", segment,
              "expected the month of billing; versions cannot be told by it");
  }
  outcome.message_type = line[8].size() == 5 ? "era" : "western";
  if (file.billing_month) outcome.care_date = to_compact(*file.billing_month).substr(0, 6);
}

void UkeReader::State::end_file(const UkeLine& line) {
  has_end = true;
  if (file.is_return) return;
  constexpr std::size_t kCountDigits = 8;
  constexpr std::size_t kPointDigits = 12;
  if (whole_number(line[2], kCountDigits) != insurance_lines) {
    tally.add("uke_claim_count", "warning", "GO-2", segment,
              "expected the number of HO and KO lines of the file");
  }
  if (whole_number(line[3], kPointDigits) != points) {
    tally.add("uke_file_points", "warning", "GO-3", segment, "expected the sum of the claims' totals");
  }
}

void UkeReader::State::start_claim(const UkeLine& line, std::string_view text) {
  if (!has_head) tally.add("uke_no_header", "error", "IR", segment, "expected IR before the first claim");
  if (has_end)
    tally.add("uke_after_end", "warning", "GO", segment, "expected nothing after GO but another IR");
  ++claims;
  draft.restart();
  claim = &draft;
  claim->file = &file;
  claim->first_segment = segment;
  claim->segment = segment;
  claim->head = text;
  claim->own_number = comparable_number(line[14]);
  claim->part_number = part_number;
  claim->service_month = claim_month(line[4]);
  if (claim->service_month) claim->rules = &rules_of(*claim->service_month);
}

void UkeReader::State::end_claim(std::int64_t last_segment, LoadedPart<ClaimRows>& part) {
  if (!claim) return;
  if (file.billing_month && claim->service_month && *file.billing_month - *claim->service_month > Days(31)) {
    tally.add("uke_late_claim", "info", "RE-4", claim->first_segment,
              "a claim billed later than the month after its service");
  }
  document_hash->add(document_bytes);
  const std::size_t documents = part.documents.size();
  const ClosedClaim closed = close_claim(*claim, last_segment, document_hash->hex(), part);
  if (part.documents.size() > documents && !claim_keys.insert(part.documents.back().document_key).second &&
      !file.is_return) {
    tally.add("uke_claim_repeated", "warning", "RE", claim->first_segment,
              "expected a claim once in a file; the last one counts");
  }
  insurance_lines += closed.insurance_lines;
  points += closed.points.value_or(0);
  part_number = closed.is_part ? part_number + 1 : 0;
  if (closed.is_dpc) outcome.data_type = "DPC-UKE";
  claim = nullptr;
  document_hash.emplace();
}

void UkeReader::State::reject_without_claim(std::string_view id, LoadedPart<ClaimRows>& part) const {
  ++part.records;
  ++part.records_rejected;
  part.rejected.push_back({.record_kind = std::string(kind_of(id)),
                           .code = std::string(name_of(ErrorCode::kInvalidInput)),
                           .reason = "expected RE before it: it belongs to no claim",
                           .provenance = {.file_id = file.file_id, .segment = segment}});
}

void UkeReader::State::take_claim_line(const UkeRecord& record, const UkeLine& line) {
  claim->has_dpc_line |= record.is_dpc;
  if (record.role == UkeRole::kDonor) claim->in_donor_block = true;
  if (claim->in_donor_block) {
    ++claim->donor_lines;
    return;
  }
  if (!claim->service_month && is_content(record.role)) return claim->accept(kind_of(record.id));
  switch (record.role) {
    case UkeRole::kHead:
      if (claim->service_month || record.id == "HO" || record.id == "KO") read_claim_head_line(*claim, line);
      return;
    case UkeRole::kDiagnosis: return read_claim_diagnosis(*claim, line);
    case UkeRole::kItem: return read_claim_item(*claim, line, item_of(record.id));
    case UkeRole::kBundled: return read_bundled_item(*claim, line);
    case UkeRole::kSurgery: return read_dpc_surgery(*claim, line);
    case UkeRole::kComment: return take_service_class(*claim, line);
    default: return;
  }
}

void UkeReader::State::take_record(const UkeRecord& record, const UkeLine& line, std::string_view text,
                                   LoadedPart<ClaimRows>& part) {
  const bool ends_claim =
      record.role == UkeRole::kFileHead || record.role == UkeRole::kFileEnd || record.role == UkeRole::kClaim;
  if (ends_claim) {
    end_claim(segment - 1, part);
    document_bytes = next_document_bytes;
  }
  switch (record.role) {
    case UkeRole::kFileHead: return start_file(line);
    case UkeRole::kFileEnd: return end_file(line);
    case UkeRole::kClaim: return start_claim(line, text);
    case UkeRole::kReturn: file.is_return = true; return;
    case UkeRole::kSkipped:
      tally.add("uke_unknown_record", "info", record.id, segment,
                "a record outside the specification; it is kept as received");
      return;
    default: break;
  }
  if (file.is_return && is_content(record.role)) {
    tally.add("uke_returned", "info", "", segment, "rows of claims that came back are not read");
  } else if (claim) {
    claim->segment = segment;
    take_claim_line(record, line);
  } else if (is_content(record.role)) {
    reject_without_claim(record.id, part);
  }
}

void UkeReader::State::take(std::string_view text, LoadedPart<ClaimRows>& part) {
  if (file.is_return) text = without_payer_columns(text);
  if (text.empty()) return;
  const UkeLine line(text);
  const UkeRecord* const record = find_uke_record(line[1]);
  if (record == nullptr) {
    const bool named = is_record_id(line[1]);
    tally.add(named ? "uke_unknown_record" : "uke_malformed_line", "warning", named ? line[1] : "", segment,
              named ? "expected a known record; it is kept as received"
                    : "expected a record name of two letters; the line is kept as received");
    return;
  }
  check_columns(*record, line);
  take_record(*record, line, text, part);
}

void UkeReader::State::finish(LoadedPart<ClaimRows>& part) {
  if (!has_end && (has_head || claims > 0)) {
    tally.add("uke_no_end", "warning", "GO", segment, "expected GO at the end; the file may have been cut");
  }
  std::vector<FindingRow> findings = tally.findings(file.file_id);
  part.findings.insert(part.findings.end(), std::make_move_iterator(findings.begin()),
                       std::make_move_iterator(findings.end()));
  outcome.detected_encoding = decoder.encoding();
  if (has_head || claims > 0) return;
  outcome.status = FileStatus::kRejected;
  outcome.error = {ErrorCode::kInvalidInput, "expected a claims file: IR on the first line"};
}

UkeReader::UkeReader(std::string_view file_name, std::int64_t file_id, const PatientKeys& keys,
                     const ClaimRules& rules)
    : state_(std::make_unique<State>(file_name, file_id, keys, rules)) {}

UkeReader::~UkeReader() = default;

const TableFileOutcome& UkeReader::outcome() const { return state_->outcome; }

LoadedPart<ClaimRows> UkeReader::read(std::string_view bytes, bool is_last) {
  State& state = *state_;
  LoadedPart<ClaimRows> part;
  std::string_view text = state.decoder.decode(bytes, state.segment + 1, state.tally);
  state.document_bytes = bytes.substr(0, 0);
  while (!text.empty()) {
    const std::string_view content = content_of_line(take_line(text));
    const std::string_view received = take_line(bytes);  // the same line as it came, for the document's hash
    ++state.segment;
    state.next_document_bytes = received.substr(0, 0);
    state.take(content, part);
    if (state.claim) {
      state.document_bytes = {state.document_bytes.data(), state.document_bytes.size() + received.size()};
    }
  }
  if (state.claim) state.document_hash->add(state.document_bytes);
  state.document_bytes = {};
  state.outcome.segments = state.segment;
  if (is_last) {
    state.end_claim(state.segment, part);
    state.finish(part);
  }
  return part;
}

}  // namespace mimamori
