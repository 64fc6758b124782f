#include "dpc/dpc_reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "dpc/dpc_context.h"
#include "dpc/dpc_rules.h"
#include "dpc/dpc_text.h"
#include "dpc/ef_lines.h"
#include "dpc/form1_lines.h"
#include "dpc/nursing_lines.h"

namespace mimamori {
namespace {

/// Cuts off the next line, its end included.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end);
  return line;
}

/// Without its end, and without the end-of-file mark of old systems.
std::string_view without_line_end(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r' || line.back() == '\x1A')) {
    line.remove_suffix(1);
  }
  return line;
}

}  // namespace

struct DpcReader::State {
  State(std::string_view file_name, std::int64_t file_id, const PatientKeys& keys)
      : name(read_dpc_file_name(file_name)), context(keys, file_id) {}

  DpcFileName name;
  DpcContext context;
  DpcText text;
  DpcKind kind = DpcKind::kNone;  // decided by the first line that says it
  std::optional<Form1Lines> form1;
  std::optional<EfLines> ef;
  TableFileOutcome outcome;
  std::int64_t wrong_columns = 0;
  bool header_repeated = false;
  bool old_layout_noted = false;

  void read_part(std::string_view bytes);
  void note_text(const DpcText::Part& part, std::int64_t first_line);
  void read_line(std::string_view line, std::string_view raw);
  void read_header(const DpcFields& fields);
  void decide(DpcKind found, std::string_view winner);
  void read_record(const DpcFields& fields, std::string_view raw);
  void finish();
  [[nodiscard]] bool is_refused() const;
};

DpcReader::DpcReader(std::string_view file_name, std::int64_t file_id, const PatientKeys& keys)
    : state_(std::make_unique<State>(file_name, file_id, keys)) {}

DpcReader::~DpcReader() = default;

const TableFileOutcome& DpcReader::outcome() const { return state_->outcome; }

LoadedPart<DpcRows> DpcReader::read(std::string_view bytes, bool is_last) {
  LoadedPart<DpcRows> part;
  state_->context.begin_part(part);
  state_->read_part(bytes);
  if (is_last) state_->finish();
  ENSURE(part.records == part.records_accepted + part.records_rejected + part.records_refused);
  return part;
}

void DpcReader::State::read_part(std::string_view bytes) {
  const DpcText::Part decoded = text.decode_part(bytes);
  note_text(decoded, outcome.segments);
  std::string_view lines = decoded.utf8;
  std::string_view raw_lines = bytes;  // every encoding keeps the line feed for itself: as many lines
  while (!lines.empty()) {
    context.set_line(++outcome.segments);
    const std::string_view line = without_line_end(next_line(lines));
    // What a document's hash is over, from the first line on, which may turn out to be form 1.
    const bool needs_raw = (form1 || kind == DpcKind::kNone) && !raw_lines.empty();
    const std::string_view raw = needs_raw ? next_line(raw_lines) : std::string_view();
    if (!line.empty() && name.kind != DpcKind::kKn) read_line(line, raw);
  }
}

void DpcReader::State::note_text(const DpcText::Part& part, std::int64_t first_line) {
  if (part.has_byte_order_mark) {
    context.note_at(0, dpc_checks::kByteOrderMark, "", "the file begins with a byte order mark");
  }
  if (part.encoding_changed) {
    context.note_at(first_line + 1, dpc_checks::kEncodingChanges, "",
                    "expected the character set of the first lines; this part was read in the one that fits");
  }
  for (const DecodeProblem& problem : part.problems) {
    const bool is_lost = problem.kind == DecodeProblemKind::kUndecodable;
    if (!is_lost && problem.kind != DecodeProblemKind::kUserDefined) continue;
    const std::string_view before = part.utf8.substr(0, problem.first_utf8);
    const std::int64_t line = first_line + 1 + std::count(before.begin(), before.end(), '\n');
    context.note_at(line, is_lost ? dpc_checks::kUndecodable : dpc_checks::kUserDefined, "",
                    is_lost ? "bytes that are no character, here first; U+FFFD stands for them"
                            : "characters of the hospital's own, here first");
  }
}

void DpcReader::State::read_line(std::string_view line, std::string_view raw) {
  const DpcFields fields = split_dpc_line(line);
  if (is_dpc_header(fields)) return read_header(fields);
  if (kind == DpcKind::kNone) {
    const DpcKind found = dpc_kind_of_line(fields, /*is_header=*/false, name.kind);
    decide(found == DpcKind::kNone ? name.kind : found, "columns");
    if (kind != DpcKind::kNone) {
      context.note(dpc_checks::kHeaderMissing, "", "expected a line with the names of the columns first");
    }
  }
  read_record(fields, raw);
}

void DpcReader::State::read_header(const DpcFields& fields) {
  if (kind == DpcKind::kNone) {
    return decide(dpc_kind_of_line(fields, /*is_header=*/true, name.kind), "names of the columns");
  }
  if (!std::exchange(header_repeated, true)) {
    context.note(dpc_checks::kHeaderRepeated, "",
                 "expected the names of the columns once; the line is skipped");
  }
}

void DpcReader::State::decide(DpcKind found, std::string_view winner) {
  if (found == DpcKind::kNone) return;
  kind = found;
  outcome.data_type = name_of(kind);
  if (name.kind != DpcKind::kNone && name.kind != kind) {
    context.note(dpc_checks::kKindDiffers, "",
                 "the file is called " + std::string(name_of(name.kind)) + ", but its " +
                     std::string(winner) + " are those of " + std::string(name_of(kind)) +
                     ", as which it is read");
  }
  if (kind == DpcKind::kForm1) {
    form1.emplace(context, name.month);
  } else if (kind != DpcKind::kHn) {
    ef.emplace(context, kind, name.month);
  }
}

void DpcReader::State::read_record(const DpcFields& fields, std::string_view raw) {
  if (kind == DpcKind::kNone || fields.count != dpc_columns(kind)) {
    ++wrong_columns;
    context.begin_record();
    const std::string expected = kind == DpcKind::kNone
                                     ? "as many columns as a file of the DPC survey has"
                                     : std::to_string(dpc_columns(kind)) + " columns between tabs";
    return context.reject(kind, ErrorCode::kInvalidInput, "expected " + expected);
  }
  if (form1) return form1->read(fields, raw);
  if (!ef) return read_nursing_line(context, fields);
  ef->read(fields);
  if (ef->has_old_layout() && !std::exchange(old_layout_noted, true)) {
    context.note(dpc_checks::kOldLayout, "column 17", "one flag, as until March 2016");
  }
}

/// Too many lines had another number of columns.
bool DpcReader::State::is_refused() const {
  if (wrong_columns == 0) return false;
  if (wrong_columns == context.records()) return true;
  return wrong_columns >= dpc_limit("wrong_column_lines_min") &&
         wrong_columns * 100 > context.records() * dpc_limit("wrong_column_percent_max");
}

void DpcReader::State::finish() {
  if (form1) form1->finish();
  if (ef) ef->finish();
  outcome.detected_encoding = text.encoding();
  outcome.care_date = name.month.empty() ? "" : "20" + name.month;
  if (kind == DpcKind::kNone) outcome.data_type = name_of(name.kind);
  if (form1) outcome.message_type = form1->edition();
  if (ef) outcome.message_type = ef->has_old_layout() ? "until 2016-03" : "from 2016-04";
  if (name.kind == DpcKind::kKn) {
    outcome.status = FileStatus::kNotRead;
    context.note_at(0, dpc_checks::kNotPublic, "",
                    "the layout of K files is not public; the file is kept unread");
  } else if (is_refused()) {
    outcome.status = FileStatus::kRejected;
    outcome.error =
        Error{ErrorCode::kInvalidInput, "expected " + std::to_string(dpc_columns(kind)) + " columns; " +
                                            std::to_string(wrong_columns) + " of " +
                                            std::to_string(context.records()) + " lines have another number"};
  } else if (kind == DpcKind::kNone && name.kind == DpcKind::kNone) {
    outcome.status = FileStatus::kRejected;
    outcome.error = Error{ErrorCode::kInvalidInput,
                          "expected a file of the DPC survey; neither its name nor its lines say so"};
  }
  context.note_uncounted();
}

}  // namespace mimamori
