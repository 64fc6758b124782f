#include "ingest/hl7.h"

#include <algorithm>
#include <optional>

#include "base/limits.h"

namespace mimamori {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr char kBlockStart = '\x0B';
constexpr char kBlockEnd = '\x1C';

Error message_error(std::string sentence) { return Error{ErrorCode::kInvalidInput, std::move(sentence)}; }

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_line_end(char c) { return c == '\r' || c == '\n'; }

/// Punctuation that may separate: visible, ASCII, neither letter nor digit.
bool can_delimit(char c) {
  return c > 0x20 && c < 0x7F && !is_upper(c) && !is_digit(c) && !(c >= 'a' && c <= 'z') && c != '"';
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// "\X414A\" without its frame: the characters, if all are printable ASCII or white space.
std::optional<std::string> hex_text(std::string_view digits) {
  if (digits.empty() || digits.size() % 2 != 0) return std::nullopt;
  std::string text;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = hex_value(digits[i]);
    const int low = hex_value(digits[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    const int value = high * 16 + low;
    const bool white = value == '\t' || value == '\n' || value == '\r';
    if (!white && (value < 0x20 || value > 0x7E)) return std::nullopt;
    text += static_cast<char>(value);
  }
  return text;
}

/// What stands for one escape, given without its two escape characters.
std::optional<std::string> meaning_of(std::string_view escape, const Hl7Delimiters& delimiters) {
  if (escape == "F") return std::string(1, delimiters.field);
  if (escape == "S") return std::string(1, delimiters.component);
  if (escape == "T") return std::string(1, delimiters.subcomponent);
  if (escape == "R") return std::string(1, delimiters.repetition);
  if (escape == "E") return std::string(1, delimiters.escape);
  if (escape == "H" || escape == "N") return std::string();
  if (escape == ".br" || escape == ".sp") return std::string("\n");
  if (escape.starts_with("X")) return hex_text(escape.substr(1));
  return std::nullopt;
}

/// Where the message proper begins.
std::size_t frame_length(std::string_view utf8) {
  std::size_t begin = utf8.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  while (begin < utf8.size() && (utf8[begin] == kBlockStart || is_line_end(utf8[begin]))) ++begin;
  return begin;
}

std::string_view first_line(std::string_view text) {
  const auto end = std::find_if(text.begin(), text.end(), is_line_end);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

}  // namespace

std::string_view part_of(std::string_view text, char separator, std::size_t index) {
  for (std::size_t skipped = 1; skipped < index; ++skipped) {
    const std::size_t at = text.find(separator);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + 1);
  }
  return text.substr(0, text.find(separator));
}

std::size_t count_parts(std::string_view text, char separator) {
  if (text.empty()) return 0;
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), separator)) + 1;
}

std::string unescape(std::string_view text, const Hl7Delimiters& delimiters) {
  std::size_t at = text.find(delimiters.escape);
  if (at == std::string_view::npos) return std::string(text);
  std::string plain;
  plain.reserve(text.size());
  while (at != std::string_view::npos) {
    plain.append(text.substr(0, at));
    text.remove_prefix(at + 1);
    const std::size_t end = text.find(delimiters.escape);
    if (end == std::string_view::npos) break;
    const std::optional<std::string> meaning = meaning_of(text.substr(0, end), delimiters);
    if (meaning.has_value()) {
      plain.append(*meaning);
      text.remove_prefix(end + 1);
      at = text.find(delimiters.escape);
    } else {
      plain += delimiters.escape;
      plain.append(text.substr(0, end));
      text.remove_prefix(end);
      at = 0;  // what looked like the end may begin an escape of its own
    }
  }
  if (at != std::string_view::npos) plain += delimiters.escape;
  return plain.append(text);
}

bool Hl7Segment::has_valid_name() const {
  if (text_.size() < 3 || !is_upper(text_[0])) return false;
  const auto fits = [](char c) { return is_upper(c) || is_digit(c); };
  if (!fits(text_[1]) || !fits(text_[2])) return false;
  return text_.size() == 3 || text_[3] == delimiters_.field;
}

std::string_view Hl7Segment::raw(std::size_t field) const {
  if (name() == "MSH") {
    if (field == 1) return text_.substr(std::min<std::size_t>(3, text_.size()), 1);
    return part_of(text_, delimiters_.field, field);
  }
  return part_of(text_, delimiters_.field, field + 1);
}

std::string_view Hl7Segment::raw_repetition(std::size_t field, std::size_t repetition) const {
  return part_of(raw(field), delimiters_.repetition, repetition);
}

std::vector<std::string_view> Hl7Segment::raw_repetitions(std::size_t field) const {
  std::vector<std::string_view> all;
  std::string_view rest = raw(field);
  for (;;) {
    const std::size_t end = rest.find(delimiters_.repetition);
    all.push_back(rest.substr(0, end));
    if (end == std::string_view::npos) return all;
    rest.remove_prefix(end + 1);
  }
}

std::string_view Hl7Segment::raw_component(std::size_t field, std::size_t component) const {
  return part_of(raw_repetition(field, 1), delimiters_.component, component);
}

std::size_t Hl7Segment::repetitions(std::size_t field) const {
  return count_parts(raw(field), delimiters_.repetition);
}

std::string Hl7Segment::field(std::size_t field) const { return unescape(raw(field), delimiters_); }

std::string Hl7Segment::component(std::size_t field, std::size_t component) const {
  return unescape(raw_component(field, component), delimiters_);
}

std::string Hl7Segment::subcomponent(std::size_t field, std::size_t component, std::size_t sub) const {
  return unescape(part_of(raw_component(field, component), delimiters_.subcomponent, sub), delimiters_);
}

Result<Hl7Delimiters> read_delimiters(std::string_view msh) {
  if (!msh.starts_with("MSH")) return message_error("segment 1: expected MSH");
  if (msh.size() < 8) return message_error("segment 1: MSH: expected MSH-1 and the four characters of MSH-2");
  const Hl7Delimiters found{msh[3], msh[4], msh[5], msh[6], msh[7]};
  const std::string all = {found.field, found.component, found.repetition, found.escape, found.subcomponent};
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!can_delimit(all[i]) || all.find(all[i], i + 1) != std::string::npos) {
      return message_error(
          "segment 1: MSH-1, MSH-2: expected five different delimiters, by rule | and ^~\\&");
    }
  }
  if (msh.size() > 8 && msh[8] != found.field && !(msh.size() > 9 && msh[9] == found.field)) {
    return message_error("segment 1: MSH-2: expected four characters and then the field separator");
  }
  return found;
}

Result<Hl7Segment> read_header(std::string_view utf8) {
  const std::string_view line = first_line(utf8.substr(frame_length(utf8)));
  const Hl7Delimiters delimiters = TRY(read_delimiters(line));
  return Hl7Segment(line, delimiters);
}

Result<Hl7Message> Hl7Message::parse(std::string utf8) {
  if (utf8.size() > 3 * limits::kMessageBytesMax) {
    return message_error("message: expected at most " + std::to_string(limits::kMessageBytesMax) + " bytes");
  }
  Hl7Message message;
  message.text_ = std::move(utf8);
  TRY(message.split());
  return message;
}

Result<void> Hl7Message::split() {
  const std::string_view text = text_;
  std::size_t begin = frame_length(text);
  has_block_start_ = text.substr(0, begin).find(kBlockStart) != std::string_view::npos;
  std::size_t end = text.size();
  while (end > begin && (text[end - 1] == kBlockEnd || is_line_end(text[end - 1]))) {
    has_block_end_ |= text[end - 1] == kBlockEnd;
    last_segment_is_ended_ |= is_line_end(text[end - 1]);
    has_line_feeds_ |= text[end - 1] == '\n';
    --end;
  }
  if (begin == end) return message_error("message: empty; expected MSH");
  delimiters_ = TRY(read_delimiters(first_line(text.substr(begin, end - begin))));
  while (begin < end) {
    const std::string_view line = first_line(text.substr(begin, end - begin));
    if (!line.empty()) {
      if (places_.size() == limits::kMessageSegmentsMax) {
        return message_error("message: expected at most " + std::to_string(limits::kMessageSegmentsMax) +
                             " segments");
      }
      places_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(line.size())});
      if (places_.size() > 1 && Hl7Segment(line, delimiters_).has_valid_name() && line.starts_with("MSH")) {
        return message_error("segment " + std::to_string(places_.size()) +
                             ": MSH: expected one message in a file, found a second MSH");
      }
    }
    begin += line.size();
    if (begin < end) has_line_feeds_ |= text[begin] == '\n';
    ++begin;
  }
  return {};
}

Hl7Segment Hl7Message::segment(std::size_t number) const {
  if (number == 0 || number > places_.size()) return {};
  const Place& place = places_[number - 1];
  return {std::string_view(text_).substr(place.begin, place.length), delimiters_};
}

std::uint32_t Hl7Message::segment_at(std::size_t utf8_offset) const {
  const auto after = std::upper_bound(places_.begin(), places_.end(), utf8_offset,
                                      [](std::size_t offset, const Place& p) { return offset < p.begin; });
  const auto number = static_cast<std::uint32_t>(after - places_.begin());
  return std::max<std::uint32_t>(number, 1);
}

std::string Hl7Message::field_at(std::size_t utf8_offset) const {
  const Place& place = places_[segment_at(utf8_offset) - 1];
  if (utf8_offset < place.begin || utf8_offset >= place.begin + place.length) return {};
  const std::string_view text = std::string_view(text_).substr(place.begin, place.length);
  const Hl7Segment segment(text, delimiters_);
  if (!segment.has_valid_name()) return {};
  const std::string_view before = text.substr(0, utf8_offset - place.begin);
  auto field = std::count(before.begin(), before.end(), delimiters_.field);
  if (segment.name() == "MSH") ++field;
  return field == 0 ? std::string() : std::string(segment.name()) + "-" + std::to_string(field);
}

std::size_t Hl7Message::find(std::string_view name) const {
  for (std::size_t number = 1; number <= places_.size(); ++number) {
    if (segment(number).name() == name) return number;
  }
  return 0;
}

}  // namespace mimamori
