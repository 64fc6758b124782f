#include "dpc/form1_lines.h"

#include <algorithm>
#include <span>
#include <utility>

#include "dpc/dpc_rules.h"
#include "standardize/text_fold.h"

namespace mimamori {
namespace {

constexpr std::size_t kFirstPayload = 8;

/// A payload that is kept as an item: a number, a date or a short code. Words could be a name.
bool looks_like_code(std::string_view text) {
  constexpr std::size_t kLengthMax = 32;
  constexpr std::size_t kWordMax = 4;  // IS, RIA
  if (text.size() > kLengthMax) return false;
  if (!std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; })) return false;
  return text.size() <= kWordMax || std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_eight_digits(std::string_view text) {
  return text.size() == 8 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

void Form1Lines::read(const DpcFields& fields, std::string_view raw) {
  context_.begin_record();
  if (!continues_stay(fields)) {
    const Result<void> opened = open_stay(fields);
    if (!opened.ok()) {
      return context_.reject(DpcKind::kForm1, opened.error().code, opened.error().sentence);
    }
  }
  if (stay_->is_refused) return context_.refuse();
  if (stay_->is_split) {
    return context_.reject(DpcKind::kForm1, ErrorCode::kInvalidInput,
                           "columns 1 to 4: expected the lines of a stay together");
  }
  stay_->last_line = context_.line();
  stay_->sha256.add(raw);
  ++stay_->records;
  const Result<void> read = read_item(fields);
  if (read.ok()) return context_.accept();
  context_.reject(DpcKind::kForm1, read.error().code, read.error().sentence);
}

bool Form1Lines::continues_stay(const DpcFields& fields) const {
  return stay_ && std::ranges::equal(stay_->columns, std::span(fields.field).first(stay_->columns.size()));
}

Result<void> Form1Lines::open_stay(const DpcFields& fields) {
  const auto& field = fields.field;
  const DpcContext::Patient& patient = context_.patient(field[1]);
  if (patient.key.empty()) {
    return Error{ErrorCode::kInvalidInput, "column 2: expected an identification number"};
  }
  const Result<Date> admitted_on = parse_date(trimmed(field[2]));
  if (!admitted_on.ok()) return Error{ErrorCode::kInvalidInput, "column 3: expected the day of admission"};
  const std::optional<std::int64_t> number = context_.whole(field[3], "column 4");
  if (!number) return Error{ErrorCode::kInvalidInput, "column 4: expected the number of the stay"};

  close_stay();
  Form1Stay& stay = stay_.emplace();
  std::copy_n(field.begin(), stay.columns.size(), stay.columns.begin());
  stay.is_refused = patient.has_refused;
  stay.key = {.patient_key = patient.key,
              .facility_code = context_.code(field[0], "column 1", 9).value_or(""),
              .admitted_on = *admitted_on,
              .stay_number = *number};
  stay.document_key = context_.keys().hash_of(
      "dpc_form1_stay", stay.key.facility_code + "|" + stay.key.patient_key + "|" +
                            to_iso(stay.key.admitted_on) + "|" + std::to_string(stay.key.stay_number));
  stay.first_line = context_.line();
  stay.is_split = closed_.contains(stay.document_key);
  if (stay.is_split) {
    context_.note(dpc_checks::kStaySplit, "columns 1 to 4", "expected the lines of a stay together");
  }
  return {};
}

void Form1Lines::close_stay() {
  if (!stay_) return;
  if (!stay_->is_refused && !stay_->is_split) emit_stay(*stay_);
  stay_.reset();
}

void Form1Lines::emit_stay(Form1Stay& stay) {
  if (stay.parent) {
    stay.parent->finish(context_, static_cast<std::int64_t>(stay.children.size()));
  } else {
    context_.note_at(stay.first_line, dpc_checks::kParentMissing, "column 5",
                     "expected the form of the whole stay (number 0)");
  }
  const std::optional<Date> discharged_on = stay.parent ? stay.parent->discharged_on() : std::nullopt;
  const std::string by_day = to_compact(discharged_on.value_or(stay.key.admitted_on)).substr(0, 6);
  context_.part().documents.push_back({.document_key = stay.document_key,
                                       .kind = "form1_stay",
                                       .version_rank = month_.empty() ? by_day : "20" + month_,
                                       .file_id = context_.here().file_id,
                                       .first_segment = stay.first_line,
                                       .last_segment = stay.last_line,
                                       .sha256 = stay.sha256.hex(),
                                       .records = stay.records});
  closed_.insert(std::move(stay.document_key));
}

Result<void> Form1Lines::read_item(const DpcFields& fields) {
  const auto& field = fields.field;
  Form1Line line;
  const std::optional<std::int64_t> form_number = context_.whole(field[4], "column 5");
  if (!form_number) return Error{ErrorCode::kInvalidInput, "column 5: expected the number of the form"};
  const std::optional<std::string> code = context_.code(field[5], "column 6", 7);
  if (!code) return Error{ErrorCode::kInvalidInput, "column 6: expected the code of the item"};
  line.form_number = *form_number;
  line.code = *code;
  line.version = context_.code(field[6], "column 7", 8).value_or("");
  line.sequence = context_.whole(field[7], "column 8").value_or(0);
  std::copy_n(field.begin() + kFirstPayload, Form1Line::kPayloads, line.payload.begin());
  note_edition(line);
  if (line.code == "A000010") line.take(3);  // the postal code says where the patient lives
  if (line.form_number != 0) {
    stay_->children.insert(line.form_number);
  } else {
    if (!stay_->parent) stay_->parent.emplace(stay_->key);
    Form1Parent& parent = *stay_->parent;
    TRY(parent.read(context_, line));
  }
  keep_items(line);
  return {};
}

void Form1Lines::note_edition(const Form1Line& line) {
  const Form1Code* known = form1_code(line.code);
  if (known == nullptr) {
    context_.note(dpc_checks::kCodeUnknown, "column 6", "expected a code of the list; its payloads are kept");
    return;
  }
  if (!known->version.empty() && known->version != line.version) {
    context_.note(dpc_checks::kCodeVersion, "column 7",
                  "expected the version that the list has for this code");
  }
  std::string edition = known->first_edition;
  if (is_eight_digits(line.version)) {
    edition = std::max(edition, line.version.substr(0, 4) + "-" + line.version.substr(4, 2));
  }
  edition_ = std::max(edition_, edition);
}

void Form1Lines::keep_items(const Form1Line& line) {
  for (std::size_t i = 0; i < line.payload.size(); ++i) {
    const std::string_view value = trimmed(line.payload[i]);
    if (value.empty()) continue;
    if (!looks_like_code(value) || context_.holds_identity(value)) {
      context_.note(dpc_checks::kTextDropped, "payload " + std::to_string(i + 1),
                    "free text is not kept in the edited layer");
      continue;
    }
    context_.rows().items.push_back({.stay = stay_->key,
                                     .form_number = line.form_number,
                                     .code = line.code,
                                     .version = line.version,
                                     .sequence = line.sequence,
                                     .payload = static_cast<std::int64_t>(i + 1),
                                     .value = std::string(value),
                                     .provenance = context_.here()});
  }
}

}  // namespace mimamori
