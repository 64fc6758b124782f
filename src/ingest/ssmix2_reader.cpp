#include "ingest/ssmix2_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <variant>

#include "base/limits.h"
#include "ingest/change_feed.h"
#include "ingest/charset_tables.h"
#include "ingest/checks.h"
#include "ingest/cut_characters.h"
#include "ingest/decode.h"
#include "ingest/discharge_summary.h"
#include "ingest/extended_path.h"
#include "ingest/findings.h"
#include "ingest/hl7.h"
#include "ingest/message_kinds.h"
#include "ingest/records.h"
#include "ingest/ssmix2_path.h"

namespace mimamori {
namespace {

// MSH-9 and MSH-18 go on into the edited layer, where no free text may come: a header whose fields have
// shifted could carry a name.
constexpr const char* kOther = "other";

std::string message_type_or_other(std::string type) {
  std::size_t caret = 0;
  bool fits = type.size() <= 20;
  for (std::size_t i = 0; i < type.size() && fits; ++i) {
    const char c = type[i];
    const bool letter = c >= 'A' && c <= 'Z';
    const bool digit = c >= '0' && c <= '9';
    if (c == '^') ++caret;
    // "ADT^A08^ADT_A01": three letters, a trigger of three, then a structure of both.
    else if (caret == 0)
      fits = letter && i < 3;
    else
      fits = letter || digit || (caret == 2 && c == '_');
  }
  const std::size_t first = type.find('^');
  const std::size_t second = first == std::string::npos ? first : type.find('^', first + 1);
  const std::size_t trigger = std::min(second, type.size()) - std::min(first, type.size());
  fits = fits && caret <= 2 && (type.empty() || std::min(first, type.size()) == 3) &&
         (first == std::string::npos || trigger <= 4);
  return fits ? type : kOther;
}

std::string charset_or_other(std::string declared) {
  std::string rest = declared;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('~'), rest.size());
    const std::string name = rest.substr(0, end);
    constexpr std::array<std::string_view, 13> kKnown{
        "",          "ASCII",     "ISO IR6", "ISO IR87",      "ISOIR87", "ISO IR13", "ISO IR14",
        "ISO IR159", "ISO IR-87", "JAS2020", "UNICODE UTF-8", "8859/1",  "SJIS"};
    if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end()) return kOther;
    rest.erase(0, std::min(end + 1, rest.size()));
  }
  return declared;
}

Error input_error(std::string sentence) { return Error{ErrorCode::kInvalidInput, std::move(sentence)}; }

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// Whether the order that a record belongs to was cancelled; every order carries its ORC-1.
bool is_cancelled_order(const ReceivedRecord& record) {
  return std::visit(
      [](const auto& fields) {
        if constexpr (requires { fields.order_action; })
          return fields.order_action == "CA";
        else if constexpr (requires { fields.request; })
          return fields.request.order_action == "CA";
        else
          return false;
      },
      record.fields);
}

/// A message that another one of the folder's own stands for.
bool is_tolerated(const DataType& type, std::string_view code) {
  // The public generator of sample trees, and so perhaps others, writes visits as A01.
  if (type.kind == RecordKind::kVisit && code == "ADT^A01") return true;
  // Some documents name the trigger of a performed examination Z33 where data have Z23.
  return type.message == "OMI^Z23" && code == "OMI^Z33";
}

/// Vital signs come as a document of the extended storage, in HL7 (shared/reference/ssmix2.md 2.9).
constexpr DataType kVitalSignsType{"EXT-VITALS", "ORU^R30", "ORU_R30", "", RecordKind::kVitalSigns};

/// Type and trigger of MSH-9: "ADT^A08".
std::string code_of(const Hl7Segment& header) {
  return header.component(9, 1) + "^" + header.component(9, 2);
}

class FileReader {
 public:
  FileReader(std::string_view relative_path, std::string_view bytes) : path_(relative_path), bytes_(bytes) {}

  ParsedFile read() {
    if (is_junk(file_name_of(path_)) || is_transaction_file(path_)) {
      file_.status = FileStatus::kNotOurs;
      return std::move(file_);
    }
    const Result<void> done = read_all();
    if (!done.ok()) {
      file_.status = FileStatus::kRejected;
      file_.error = done.error();
      file_.records.clear();
    }
    return std::move(file_);
  }

 private:
  Result<void> read_all() {
    TRY(read_name());
    if (!is_for_us()) return {};
    TRY(read_bytes());
    if (document_ == DocumentKind::kDischargeSummary) return read_summary();
    const Hl7Message message = TRY(read_message());
    if (name_.condition_flag != "1") {
      file_.status = FileStatus::kNotCurrent;
      note_patient(message);
      return {};
    }
    check_name(name_, type_, file_);
    if (has_trailing_nul_) {
      add_finding(file_, findings::kTrailingNul, file_.segments, "", "NUL bytes stand after the message");
    }
    if (bytes_.starts_with("\xEF\xBB\xBF")) {
      add_finding(file_, findings::kByteOrderMark, 1, "", "a byte order mark stands before MSH");
    }
    check_bytes(decoded_, message, file_);
    check_header(message, type_, file_);
    check_segments(message, file_);
    TRY(check_patient(message));
    TRY(check_processing(message));
    check_against_name(message, type_, file_);
    return read_content(message);
  }

  /// Whether the content of a document of the extended storage is to be read at all; says what becomes of it
  /// if not. Everything of the standardized storage is.
  bool is_for_us() {
    if (!document_.has_value()) return true;
    const bool is_current = name_.condition_flag == "1";
    const bool is_vitals = document_ == DocumentKind::kVitalSigns && path_.ends_with(".hl7");
    const bool is_summary = document_ == DocumentKind::kDischargeSummary && path_.ends_with(".xml");
    if (is_current && (is_vitals || is_summary)) return true;
    file_.status = is_current ? FileStatus::kNotRead : FileStatus::kNotCurrent;
    return false;
  }

  Result<void> read_summary() {
    file_.message_type = "CDA";
    return read_discharge_summary(decoded_.utf8, file_);
  }

  Result<void> read_name() {
    Result<void> folder;
    if (std::optional<Result<ExtendedFile>> extended = find_extended_file(path_)) {
      const ExtendedFile place = TRY(*std::move(extended));
      document_ = place.kind;
      name_ = place.name;
      if (place.kind == DocumentKind::kVitalSigns) type_ = kVitalSignsType;
    } else {
      name_ = TRY(parse_file_name(file_name_of(path_)));
      type_ = find_data_type(name_.data_type);
      folder = check_folder(path_, name_);
    }
    file_.patient_number = name_.patient_number;
    file_.care_date = name_.care_date;
    file_.data_type = name_.data_type;
    file_.order_number = name_.order_number;
    file_.file_timestamp = name_.timestamp;
    file_.condition_flag = name_.condition_flag;
    return folder;
  }

  Result<void> read_bytes() {
    if (bytes_.empty()) return input_error("file: empty; expected an HL7 message");
    if (bytes_.size() > limits::kMessageBytesMax) {
      return input_error("file: expected at most " + std::to_string(limits::kMessageBytesMax) + " bytes");
    }
    // NUL bytes at the end are what a half-written or preallocated file leaves.
    const std::size_t last = bytes_.find_last_not_of('\0');
    if (last == std::string_view::npos) return input_error("file: only NUL bytes; expected an HL7 message");
    has_trailing_nul_ = last + 1 < bytes_.size();
    bytes_ = bytes_.substr(0, last + 1);
    decoded_ = decode(bytes_);
    if (decoded_.encoding == "CP932") {
      const std::string mended = mend_cut_characters(bytes_);
      if (mended != bytes_) decoded_ = decode(mended);
    }
    file_.detected_encoding = decoded_.encoding;
    const bool needs_tables = decoded_.encoding != "ASCII" && decoded_.encoding != "UTF-8";
    if (needs_tables && !charset_tables().complete) {
      return Error{ErrorCode::kUnsupported,
                   "file: this machine's iconv lacks the character sets CP932 and EUC-JP-MS; install them"};
    }
    return {};
  }

  Result<Hl7Message> read_message() {
    const Hl7Segment header = TRY(read_header(decoded_.utf8));
    file_.message_type = message_type_or_other(header.field(9));
    file_.declared_encoding = charset_or_other(header.field(18));
    Hl7Message message = TRY(Hl7Message::parse(decoded_.utf8));
    file_.segments = static_cast<std::uint32_t>(message.size());
    if (message.find("PID") == 0) return input_error("message: expected a segment PID");
    return message;
  }

  /// Whether every PID names the patient of the folder, in any repetition of PID-3.
  [[nodiscard]] bool is_folders_patient(const Hl7Segment& pid) const {
    for (const std::string_view repetition : pid.raw_repetitions(3)) {
      const std::string_view number = part_of(repetition, pid.delimiters().component, 1);
      if (trim_blanks(unescape(number, pid.delimiters())) == name_.patient_number) return true;
    }
    return false;
  }

  /// The number of the first PID of somebody else, 0 if there is none.
  [[nodiscard]] std::uint32_t foreign_patient(const Hl7Message& message) const {
    for (std::size_t number = 2; number <= message.size(); ++number) {
      const Hl7Segment segment = message.segment(number);
      if (segment.name() == "PID" && !is_folders_patient(segment)) return static_cast<std::uint32_t>(number);
    }
    return 0;
  }

  void note_patient(const Hl7Message& message) {
    const std::uint32_t foreign = foreign_patient(message);
    if (foreign == 0) return;
    add_finding(file_, findings::kPatientDiffers, foreign, "PID-3",
                "expected the patient number of the folder");
  }

  /// A wrong patient is worse than a lost record.
  Result<void> check_patient(const Hl7Message& message) {
    const std::uint32_t foreign = foreign_patient(message);
    if (foreign == 0) return {};
    note_patient(message);
    return input_error("segment " + std::to_string(foreign) +
                       ": PID-3: expected the patient number of the folder");
  }

  Result<void> check_processing(const Hl7Message& message) {
    const std::string processing = message.segment(1).component(11, 1);
    if (processing.empty() || processing == "P") return {};
    return input_error("segment 1: MSH-11: expected P (production), not a test or training message");
  }

  Result<void> read_content(const Hl7Message& message) {
    if (!type_.has_value()) {
      file_.status = FileStatus::kNotRead;
      return {};
    }
    const std::string code = code_of(message.segment(1));
    if (!type_->cancel.empty() && code == type_->cancel) {
      add_finding(file_, findings::kCancelInLiveFile, 1, "MSH-9",
                  "a cancel message in a file with condition flag 1; expected 0");
      file_.status = FileStatus::kWithdrawn;
      return {};
    }
    // SS-MIX2 lists no merge; where a hospital sends HL7's own, it can only stand beside the patient's data.
    if (type_->kind == RecordKind::kPatient && code == "ADT^A40") return read_patient_merge(message, file_);
    const bool tolerated = is_tolerated(*type_, code);
    if (code != type_->message && !tolerated) {
      return input_error("segment 1: MSH-9: expected " + std::string(type_->message) + " in a folder " +
                         name_.data_type);
    }
    if (tolerated) {
      add_finding(file_, findings::kTypeTolerated, 1, "MSH-9",
                  "expected " + std::string(type_->message) + "; another message was read as one");
    }
    if (type_->kind == RecordKind::kNone) {
      file_.status = FileStatus::kNotRead;
      return {};
    }
    TRY(read_records(message, type_->kind, file_));
    note_cancelled_orders();
    return {};
  }

  /// An order whose every group says CA is a cancel message; its records carry the CA on.
  void note_cancelled_orders() {
    if (file_.records.empty()) return;
    if (!std::all_of(file_.records.begin(), file_.records.end(), is_cancelled_order)) return;
    add_finding(file_, findings::kCancelInLiveFile, file_.records.front().segment, "ORC-1",
                "a cancelled order in a file with condition flag 1; expected 0");
  }

  std::string_view path_;
  std::string_view bytes_;
  ParsedFile file_;
  StoredFileName name_;
  std::optional<DataType> type_;
  std::optional<DocumentKind> document_;  // of the extended storage
  Decoded decoded_;
  bool has_trailing_nul_ = false;
};

}  // namespace

ParsedFile read_ssmix2_file(std::string_view relative_path, std::string_view bytes) {
  return FileReader(relative_path, bytes).read();
}

}  // namespace mimamori
