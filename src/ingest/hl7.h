#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mimamori {

/// The delimiters a message declares in MSH-1 and MSH-2; | ^ ~ \ & by rule.
struct Hl7Delimiters {
  char field = '|';
  char component = '^';
  char repetition = '~';
  char escape = '\\';
  char subcomponent = '&';
  bool operator==(const Hl7Delimiters&) const = default;
};

/// Part number `index` (from 1) of a text cut at a separator; empty if there are fewer.
std::string_view part_of(std::string_view text, char separator, std::size_t index);
/// How many parts a text has; an empty text has none.
std::size_t count_parts(std::string_view text, char separator);

/// Undoes HL7's escapes: \F\ \S\ \T\ \R\ \E\ give the delimiters | ^ & ~ \ , \X41\ the ASCII characters of
/// the hexadecimal bytes, \.br\ and \.sp\ a line feed, \H\ and \N\ nothing. Anything else stays as written.
std::string unescape(std::string_view text, const Hl7Delimiters& delimiters);

/// One segment. A view into its message, which must outlive it. Numbers count from 1 as in the standard; what
/// is not there is empty. MSH-1 is the field separator itself.
class Hl7Segment {
 public:
  Hl7Segment() = default;
  Hl7Segment(std::string_view text, Hl7Delimiters delimiters) : text_(text), delimiters_(delimiters) {}

  /// The first three characters, or the whole segment if it is shorter.
  [[nodiscard]] std::string_view name() const { return text_.substr(0, 3); }
  /// A name of a capital letter and two capitals or digits, and then a field separator or the end.
  [[nodiscard]] bool has_valid_name() const;
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] const Hl7Delimiters& delimiters() const { return delimiters_; }

  /// A whole field as written, escapes and repetitions included.
  [[nodiscard]] std::string_view raw(std::size_t field) const;
  [[nodiscard]] std::string_view raw_repetition(std::size_t field, std::size_t repetition) const;
  /// All repetitions of a field, as written, cut in one pass: a field may have millions.
  [[nodiscard]] std::vector<std::string_view> raw_repetitions(std::size_t field) const;
  /// A component of a field's first repetition, as written.
  [[nodiscard]] std::string_view raw_component(std::size_t field, std::size_t component) const;
  [[nodiscard]] std::size_t repetitions(std::size_t field) const;

  /// A field as text: escapes undone, delimiters as they stand.
  [[nodiscard]] std::string field(std::size_t field) const;
  /// A component of the first repetition, escapes undone.
  [[nodiscard]] std::string component(std::size_t field, std::size_t component) const;
  [[nodiscard]] std::string subcomponent(std::size_t field, std::size_t component, std::size_t sub) const;

 private:
  std::string_view text_;
  Hl7Delimiters delimiters_;
};

/// A message in UTF-8, cut into segments at CR, LF or CRLF. Leading 0x0B and a byte order mark, and the 0x1C
/// that some writers leave at the end, are dropped; empty lines are no segments.
class Hl7Message {
 public:
  /// Errors  kInvalidInput: empty, no MSH at the beginning, MSH too short or with unusable delimiters, a
  ///         second MSH, more than kMessageSegmentsMax segments, larger than kMessageBytesMax.
  static Result<Hl7Message> parse(std::string utf8);

  [[nodiscard]] std::size_t size() const { return places_.size(); }
  /// Segment by number; 1 is MSH.
  [[nodiscard]] Hl7Segment segment(std::size_t number) const;
  [[nodiscard]] const Hl7Delimiters& delimiters() const { return delimiters_; }
  /// The number of the segment that holds a byte of the text given to parse().
  [[nodiscard]] std::uint32_t segment_at(std::size_t utf8_offset) const;
  /// The field that holds it: "PID-5"; empty outside of fields.
  [[nodiscard]] std::string field_at(std::size_t utf8_offset) const;
  /// Number of the first segment with a name, 0 if there is none.
  [[nodiscard]] std::size_t find(std::string_view name) const;

  /// How the segments end, and what else frames them.
  [[nodiscard]] bool has_line_feeds() const { return has_line_feeds_; }
  [[nodiscard]] bool has_block_end() const { return has_block_end_; }      // a trailing 0x1C
  [[nodiscard]] bool has_block_start() const { return has_block_start_; }  // a leading 0x0B
  [[nodiscard]] bool last_segment_is_ended() const { return last_segment_is_ended_; }

 private:
  struct Place {
    std::uint32_t begin = 0;
    std::uint32_t length = 0;
  };
  Result<void> split();

  std::string text_;
  std::vector<Place> places_;
  Hl7Delimiters delimiters_;
  bool has_line_feeds_ = false;
  bool has_block_end_ = false;
  bool has_block_start_ = false;
  bool last_segment_is_ended_ = false;
};

/// The delimiters that an MSH segment declares.  Errors  kInvalidInput.
Result<Hl7Delimiters> read_delimiters(std::string_view msh);

/// The MSH segment at the beginning of a text, even if the rest of the message is unusable.
/// Errors  kInvalidInput, as for Hl7Message::parse.
Result<Hl7Segment> read_header(std::string_view utf8);

}  // namespace mimamori
