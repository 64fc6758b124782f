#include "omop/omop_reader.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "base/embedded.h"
#include "ingest/decode.h"
#include "omop/delimited_rows.h"
#include "omop/row.h"
#include "omop/tables.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_omop_sql();

namespace {

struct Person {
  std::string key;
  bool has_refused = false;
};

// Whether the bytes are characters of ASCII and nothing else: no escape of ISO 2022, no NUL.
bool is_plain_ascii(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c > 0 && c != '\x1B'; });
}

bool needs_decoding(std::string_view bytes) {
  return std::memchr(bytes.data(), '\0', bytes.size()) != nullptr ||
         std::memchr(bytes.data(), '\x1B', bytes.size()) != nullptr || !is_valid_utf8(bytes);
}

std::string joined(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

}  // namespace

struct OmopReader::State {
  std::string file_name;
  std::int64_t file_id;
  const PatientKeys& keys;
  TableFileOutcome outcome;
  DelimitedRows lines;
  OmopFindings findings;
  const OmopTable* table = nullptr;
  std::vector<std::size_t> places;  // of the table's columns in the header
  std::size_t width = 0;            // fields of the header
  std::optional<OmopRow> row;
  bool any_part = false;
  bool is_given_up = false;  // nothing of the file is read: lines are only counted
  std::string decoded;
  std::unordered_map<std::int64_t, Person> persons;  // those met lately

  State(std::string_view name, std::int64_t id, const PatientKeys& patient_keys)
      : file_name(name), file_id(id), keys(patient_keys) {}

  std::string_view text_of(std::string_view bytes);
  void give_up(FileStatus status, Error error);
  void take_header(const DelimitedRow& header);
  void note_header(const HeaderMatch& match);
  void take_row(const DelimitedRow& line, LoadedPart<OmopRows>& part);
  Result<const Person*> person_of_row();
  Result<void> read_row(const DelimitedRow& line, LoadedPart<OmopRows>& part, bool& is_refused);
};

// The part as UTF-8 without byte order mark. What the file is written in is decided at the first part that
// holds more than ASCII.
std::string_view OmopReader::State::text_of(std::string_view bytes) {
  if (!any_part && bytes.starts_with("\xEF\xBB\xBF")) {
    bytes.remove_prefix(3);
    outcome.detected_encoding = "UTF-8";
  }
  any_part = true;
  std::string& encoding = outcome.detected_encoding;
  if (is_plain_ascii(bytes)) return bytes;
  if (!needs_decoding(bytes) && (encoding.empty() || encoding == "UTF-8")) {
    encoding = "UTF-8";
    return bytes;
  }
  if (encoding.empty()) {
    encoding = detect_encoding(bytes);
    if (encoding != "UTF-8" && encoding != "ASCII")
      findings.note(omop_findings::kNotUtf8, "", lines.lines() + 1);
  }
  Decoded part = decode_as(bytes, encoding == "ASCII" ? "UTF-8" : encoding);
  if (encoding == "ASCII") encoding.clear();  // NUL or ESC alone decide nothing
  if (!part.lossless) findings.note(omop_findings::kUndecodable, "", lines.lines() + 1);
  decoded = std::move(part.utf8);
  // Inside a file the mark is a character like others.
  if (lines.lines() > 0 && bytes.starts_with("\xEF\xBB\xBF")) decoded.insert(0, "\xEF\xBB\xBF");
  return decoded;
}

void OmopReader::State::give_up(FileStatus status, Error error) {
  outcome.status = status;
  outcome.error = std::move(error);
  is_given_up = true;
}

void OmopReader::State::note_header(const HeaderMatch& match) {
  const auto note = [&](const OmopFinding& kind, std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) findings.note(kind, "header", 1);
  };
  note(omop_findings::kHeaderRepaired, match.repaired);
  note(omop_findings::kColumnMissing, match.absent);
  note(omop_findings::kColumnUnknown, match.unknown);
  note(omop_findings::kColumnTwice, match.twice);
  note(omop_findings::kDelimiter, lines.delimiter() == ',' ? 0 : 1);
}

// The table by the file's name if the header agrees, else the one that has most columns of the header.
void OmopReader::State::take_header(const DelimitedRow& header) {
  const std::string_view named = omop_table_of_file(file_name);
  const OmopTable* best = find_omop_table(named);
  HeaderMatch match;
  if (best != nullptr) match = match_header(*best, header.fields);
  if (best == nullptr || !match.missing.empty()) {
    for (const OmopTable& other : omop_tables()) {
      HeaderMatch candidate = match_header(other, header.fields);
      // Of another table than the name says only if all of the header speaks for it.
      if (!candidate.missing.empty() || candidate.unknown > 0 || candidate.matched <= match.matched) continue;
      best = &other;
      match = std::move(candidate);
    }
    if (best != nullptr && match.missing.empty()) findings.note(omop_findings::kTableByHeader, "header", 1);
  }
  if (best == nullptr) {
    outcome.data_type.clear();
    return give_up(FileStatus::kNotOurs, {});
  }
  outcome.data_type = "omop:" + std::string(best->name);
  if (!match.missing.empty()) {
    return give_up(FileStatus::kRejected,
                   {ErrorCode::kInvalidInput, "header: expected the columns " + joined(match.missing)});
  }
  table = best;
  places = match.places;
  width = header.fields.size();
  lines.expect_fields(width);
  row.emplace(table->columns, places, findings);
  note_header(match);
}

// The key of a person_id. Nothing of the number is kept but here, for as long as the file is read.
Result<const Person*> OmopReader::State::person_of_row() {
  constexpr std::size_t kPersonsMax = 100'000;
  const std::int64_t id = TRY(row->required_integer(0));
  const auto known = persons.find(id);
  if (known != persons.end()) return &known->second;
  if (persons.size() >= kPersonsMax) persons.clear();
  const std::optional<std::string> key = keys.key_of(PatientNumberSource::kOmop, std::to_string(id));
  if (!key) return Error{ErrorCode::kInvalidInput, "person_id: expected the number of a person"};
  return &persons.emplace(id, Person{.key = *key, .has_refused = keys.has_refused(*key)}).first->second;
}

Result<void> OmopReader::State::read_row(const DelimitedRow& line, LoadedPart<OmopRows>& part,
                                         bool& is_refused) {
  if (line.is_broken) {
    return Error{ErrorCode::kInvalidInput,
                 "expected the end of a field in quotes on this line or on one that makes a whole row"};
  }
  // Empty fields behind the last column come from spreadsheets.
  std::size_t size = line.fields.size();
  while (size > width && line.fields[size - 1].empty()) --size;
  if (size != width)
    return Error{ErrorCode::kInvalidInput, "expected " + std::to_string(width) + " fields as in the header"};
  row->set(line.fields, file_id, line.line);
  if (line.lines > 1) findings.note(omop_findings::kSeveralLines, "", line.line);
  if (table->has_person) {
    const Person* const person = TRY(person_of_row());
    if (person->has_refused) {
      is_refused = true;
      return {};
    }
    row->set_patient(person->key);
  }
  return table->read(*row, part.rows);
}

void OmopReader::State::take_row(const DelimitedRow& line, LoadedPart<OmopRows>& part) {
  ++part.records;
  bool is_refused = false;
  const Result<void> read = read_row(line, part, is_refused);
  if (!read.ok()) {
    ++part.records_rejected;
    part.rejected.push_back({.record_kind = std::string(table->name),
                             .code = std::string(name_of(read.error().code)),
                             .reason = read.error().sentence,
                             .provenance = {.file_id = file_id, .segment = line.line}});
  } else if (is_refused) {
    ++part.records_refused;
  } else {
    ++part.records_accepted;
  }
}

OmopReader::OmopReader(std::string_view file_name, std::int64_t file_id, const PatientKeys& keys)
    : state_(std::make_unique<State>(file_name, file_id, keys)) {
  const std::string_view named = omop_table_of_file(file_name);
  if (named.empty()) return;
  state_->outcome.data_type = "omop:" + std::string(named);
  if (find_omop_table(named) == nullptr) state_->give_up(FileStatus::kNotRead, {});
}
OmopReader::OmopReader(OmopReader&&) noexcept = default;
OmopReader& OmopReader::operator=(OmopReader&&) noexcept = default;
OmopReader::~OmopReader() = default;

LoadedPart<OmopRows> OmopReader::read(std::string_view bytes, bool is_last) {
  State& state = *state_;
  LoadedPart<OmopRows> part;
  state.outcome.segments += std::count(bytes.begin(), bytes.end(), '\n');
  if (is_last && !bytes.empty() && bytes.back() != '\n') ++state.outcome.segments;
  if (state.is_given_up) return part;
  state.lines.feed(state.text_of(bytes), is_last);
  DelimitedRow line;
  while (!state.is_given_up && state.lines.next(line)) {
    if (state.table == nullptr) {
      state.take_header(line);
    } else {
      state.take_row(line, part);
    }
  }
  if (is_last && state.table == nullptr && !state.is_given_up) {
    state.give_up(FileStatus::kRejected,
                  {ErrorCode::kInvalidInput, "header: expected a line with the names of the columns"});
  }
  if (is_last && state.outcome.detected_encoding.empty()) state.outcome.detected_encoding = "ASCII";
  state.findings.take(state.file_id, part.findings);
  return part;
}

const TableFileOutcome& OmopReader::outcome() const { return state_->outcome; }

std::string_view omop_orphans_sql() { return content_of(embedded_omop_sql(), "sql/orphans.sql"); }
std::string_view omop_units_sql() { return content_of(embedded_omop_sql(), "sql/units.sql"); }

}  // namespace mimamori
