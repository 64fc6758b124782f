#include "ingest/checks.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/date.h"
#include "ingest/findings.h"

namespace mimamori {
namespace {

const FindingKind& finding_of(DecodeProblemKind kind) {
  switch (kind) {
    case DecodeProblemKind::kUndecodable: return findings::kUndecodable;
    case DecodeProblemKind::kUnknownEscape: return findings::kUnknownEscape;
    case DecodeProblemKind::kUnbalancedEscape: return findings::kUnbalancedEscape;
    case DecodeProblemKind::kHalfWidthKana: return findings::kHalfWidthKana;
    case DecodeProblemKind::kVendorCharacter: return findings::kVendorCharacter;
    case DecodeProblemKind::kSupplementary: return findings::kSupplementary;
    case DecodeProblemKind::kUserDefined: return findings::kUserDefined;
    case DecodeProblemKind::kOtherEncoding: return findings::kOtherEncoding;
  }
  return findings::kUndecodable;
}

std::string_view sentence_of(DecodeProblemKind kind) {
  switch (kind) {
    case DecodeProblemKind::kUndecodable: return "bytes that are no character of the detected set";
    case DecodeProblemKind::kUnknownEscape: return "escape sequences outside those of SS-MIX2";
    case DecodeProblemKind::kUnbalancedEscape: return "lines that end outside ASCII; expected ESC ( B";
    case DecodeProblemKind::kHalfWidthKana: return "half-width katakana; expected full width";
    case DecodeProblemKind::kVendorCharacter: return "characters of NEC or IBM outside JIS X 0208";
    case DecodeProblemKind::kSupplementary: return "characters of JIS X 0212; expected JIS X 0208";
    case DecodeProblemKind::kUserDefined: return "user-defined characters (gaiji)";
    case DecodeProblemKind::kOtherEncoding:
      return "runs of lines in another encoding than the rest, read as such";
  }
  return "";
}

/// MSH-18 without blanks, in capitals: "~ISO IR87" and "~ISOIR87" read alike.
std::string plain_declaration(std::string_view declared) {
  std::string plain;
  for (const char c : declared) {
    if (c != ' ') plain += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return plain;
}

bool declares(const ParsedFile& file) {
  const std::string declared = plain_declaration(file.declared_encoding);
  const std::string& detected = file.detected_encoding;
  if (detected == "ASCII") return true;  // a subset of all of them
  if (detected == "ISO-2022-JP") return declared.find("IR87") != std::string::npos;
  if (detected == "UTF-8") return declared.find("UTF-8") != std::string::npos;
  return false;
}

/// The fields beyond the first in which bytes had to be replaced, one finding each.
void note_other_places(const Decoded& decoded, const Hl7Message& message, ParsedFile& file) {
  std::string previous;
  for (const DecodePlace& place : decoded.replaced) {
    const std::uint32_t segment = message.segment_at(place.utf8);
    const std::string field = message.field_at(place.utf8);
    std::string here = std::to_string(segment) + field;
    if (here == previous) continue;
    if (!previous.empty()) {
      add_finding(file, findings::kUndecodable, segment, field,
                  "more bytes that are no character, from byte " + std::to_string(place.byte) + " on");
    }
    previous = std::move(here);
  }
}

std::uint64_t control_characters(std::string_view utf8) {
  return static_cast<std::uint64_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\r' && byte != '\n' && byte != '\t') || byte == 0x7F;
  }));
}

/// Type and trigger of MSH-9: "OUL^R22".
std::string message_code(std::string_view message_type) {
  const std::size_t first = message_type.find('^');
  if (first == std::string_view::npos) return std::string(message_type);
  return std::string(message_type.substr(0, message_type.find('^', first + 1)));
}

struct Differences {
  std::size_t seen = 0;
  std::size_t differing = 0;
  std::size_t first = 0;
};

void note(Differences& differences, std::size_t number, bool differs) {
  ++differences.seen;
  if (!differs) return;
  if (differences.differing++ == 0) differences.first = number;
}

std::string share(const Differences& differences) {
  return std::to_string(differences.differing) + " of " + std::to_string(differences.seen);
}

void check_care_date(const Hl7Message& message, ParsedFile& file) {
  const auto place = care_date_field(message_code(file.message_type));
  if (file.care_date == "-" || !place.has_value()) return;
  Differences days;
  for (std::size_t number = 1; number <= message.size(); ++number) {
    const Hl7Segment segment = message.segment(number);
    if (segment.name() != place->segment) continue;
    const std::string_view day = segment.raw_component(place->field, 1).substr(0, 8);
    if (!day.empty() && day != "\"\"") note(days, number, day != file.care_date);
  }
  if (days.differing == 0) return;
  const std::string field = std::string(place->segment) + "-" + std::to_string(place->field);
  add_finding(file, findings::kCareDateDiffers, static_cast<std::uint32_t>(days.first), field,
              share(days) + " days differ from the care date of the file name");
}

void check_order_number(const Hl7Message& message, ParsedFile& file) {
  Differences numbers;
  std::string field = "ORC-2";
  for (std::size_t number = 1; number <= message.size(); ++number) {
    const Hl7Segment segment = message.segment(number);
    if (segment.name() != "ORC" && segment.name() != "OBR") continue;
    const std::string_view order = segment.raw_component(2, 1);
    if (order.empty()) continue;
    note(numbers, number, order != file.order_number);
    if (numbers.first == number) field = std::string(segment.name()) + "-2";
  }
  if (numbers.differing == 0) return;
  add_finding(file, findings::kOrderNumberDiffers, static_cast<std::uint32_t>(numbers.first), field,
              share(numbers) + " order numbers differ from that of the file name");
}

}  // namespace

void check_name(const StoredFileName& name, const std::optional<DataType>& type, ParsedFile& file) {
  if (!type.has_value()) {
    add_finding(file, findings::kUnknownDataType, 0, "", "expected a data type of the guideline's list");
  } else if (is_data_type_alias(name.data_type)) {
    add_finding(file, findings::kDataTypeAlias, 0, "",
                "a data type outside the guideline's list, read as its like");
  }
  if (type.has_value() && type->is_dated == (name.care_date == "-")) {
    add_finding(file, findings::kCareDateForm, 0, "",
                type->is_dated ? "expected a day as care date of this data type"
                               : "expected - as care date of this data type");
  }
  if (name.timestamp.size() != 17 || !parse_date(name.timestamp.substr(0, 8)).ok()) {
    add_finding(file, findings::kTimestampForm, 0, "",
                "file name, field 5: expected 17 digits that begin with a day");
  }
  if (name.order_number.size() > 22 || name.department.size() > 5 || name.department.empty()) {
    add_finding(file, findings::kNameLength, 0, "",
                "file name: expected at most 22 characters in field 4 and 1 to 5 in field 6");
  }
}

void check_bytes(const Decoded& decoded, const Hl7Message& message, ParsedFile& file) {
  if (!declares(file)) {
    add_finding(file, findings::kEncodingMismatch, 1, "MSH-18",
                "the message is in " + file.detected_encoding + ", which its declaration does not say");
  }
  for (const DecodeProblem& problem : decoded.problems) {
    add_finding(file, finding_of(problem.kind), message.segment_at(problem.first_utf8),
                message.field_at(problem.first_utf8),
                std::to_string(problem.count) + " " + std::string(sentence_of(problem.kind)) +
                    ", the first at byte " + std::to_string(problem.first_byte));
  }
  note_other_places(decoded, message, file);
  if (decoded.is_ambiguous) {
    add_finding(file, findings::kAmbiguousEncoding, 0, "",
                "the bytes read as CP932 and as EUC-JP; " + decoded.encoding + " was taken");
  }
  const std::uint64_t framing = (message.has_block_start() ? 1U : 0U) + (message.has_block_end() ? 1U : 0U);
  const std::uint64_t controls = control_characters(decoded.utf8);
  if (controls > framing) {
    add_finding(file, findings::kControlCharacter, 0, "",
                std::to_string(controls - framing) + " control characters; expected none within segments");
  }
  if (message.has_block_start()) {
    add_finding(file, findings::kLeadingTerminator, 1, "", "0x0B of a transmission stands before MSH");
  }
  if (message.has_block_end()) {
    add_finding(file, findings::kTrailingTerminator, file.segments, "",
                "0x1C of a transmission stands after the last segment");
  }
  if (message.has_line_feeds()) {
    add_finding(file, findings::kLineFeed, 0, "", "segments end in LF; expected CR");
  }
  if (!message.last_segment_is_ended()) {
    add_finding(file, findings::kNoFinalTerminator, file.segments, "", "the last segment is not ended by CR");
  }
}

void check_header(const Hl7Message& message, const std::optional<DataType>& type, ParsedFile& file) {
  const Hl7Segment header = message.segment(1);
  if (message.delimiters() != Hl7Delimiters{}) {
    add_finding(file, findings::kDelimiters, 1, "MSH-2", "expected | and ^~\\&");
  }
  if (header.raw_component(12, 1) != "2.5") {
    add_finding(file, findings::kVersion, 1, "MSH-12", "expected 2.5");
  }
  if (header.raw_component(11, 1).empty()) {
    add_finding(file, findings::kProcessingMissing, 1, "MSH-11", "expected P");
  }
  if (type.has_value() && header.raw_component(9, 3) != type->structure &&
      message_code(file.message_type) == type->message) {
    add_finding(file, findings::kStructure, 1, "MSH-9",
                "expected " + std::string(type->structure) + " in component 3");
  }
  const std::string declared = plain_declaration(file.declared_encoding);
  if (declared != "~ISOIR87" && declared.find("UTF-8") == std::string::npos) {
    add_finding(file, findings::kCharsetDeclaration, 1, "MSH-18", "expected ~ISO IR87");
  }
}

void check_segments(const Hl7Message& message, ParsedFile& file) {
  Differences malformed;
  Differences unknown;
  for (std::size_t number = 2; number <= message.size(); ++number) {
    const Hl7Segment segment = message.segment(number);
    const bool valid = segment.has_valid_name();
    note(malformed, number, !valid);
    note(unknown, number, valid && !is_known_segment(segment.name()));
  }
  if (malformed.differing > 0) {
    add_finding(file, findings::kMalformedSegment, static_cast<std::uint32_t>(malformed.first), "",
                share(malformed) + " lines are no segments; expected a name of three characters and |");
  }
  if (unknown.differing > 0) {
    add_finding(file, findings::kUnknownSegment, static_cast<std::uint32_t>(unknown.first), "",
                share(unknown) + " segments have a name that SS-MIX2 does not use");
  }
}

void check_against_name(const Hl7Message& message, const std::optional<DataType>& type, ParsedFile& file) {
  check_care_date(message, file);
  if (type.has_value() && type->is_order) check_order_number(message, file);
}

}  // namespace mimamori
