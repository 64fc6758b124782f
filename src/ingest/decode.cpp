#include "ingest/decode.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "ingest/charset_tables.h"
#include "ingest/decode_sink.h"

namespace mimamori {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

unsigned char at(std::string_view bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }

bool is_euc_byte(unsigned char byte) { return byte >= 0xA1 && byte <= 0xFE; }
bool is_cp932_lead(unsigned char byte) {
  return (byte >= 0x81 && byte <= 0x9F) || (byte >= 0xE0 && byte <= 0xFC);
}
/// That of the most bytes.
std::string main_encoding(const std::vector<Stretch>& stretches) {
  std::map<std::string, std::size_t> bytes;
  for (const Stretch& stretch : stretches) bytes[stretch.encoding] += stretch.end - stretch.begin;
  return std::max_element(bytes.begin(), bytes.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

bool is_cp932_trail(unsigned char byte) { return byte >= 0x40 && byte <= 0xFC && byte != 0x7F; }

}  // namespace

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const unsigned char first = at(text, 0);
  if (first < 0x80) return 1;
  const std::size_t length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(text, i) & 0xC0U) != 0x80) return 0;
  }
  const unsigned char second = at(text, 1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool outside = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return overlong || outside ? 0 : length;
}

std::size_t plain_ascii_run(std::string_view bytes) {
  // Eight bytes at a time: a high bit, or a byte that becomes zero when ESC (or nothing) is taken away.
  constexpr std::uint64_t kHigh = 0x8080808080808080ULL;
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  constexpr std::uint64_t kEscapes = 0x1B1B1B1B1B1B1B1BULL;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, 8);
    const std::uint64_t escapes = word ^ kEscapes;
    const std::uint64_t zero = (word - kOnes) & ~word & kHigh;
    const std::uint64_t escape = (escapes - kOnes) & ~escapes & kHigh;
    if (((word & kHigh) | zero | escape) != 0) break;
  }
  while (i < bytes.size() && at(bytes, i) < 0x80 && at(bytes, i) != 0x1B && at(bytes, i) != 0) ++i;
  return i;
}

void DecodeSink::put(char32_t character) {
  const auto add = [this](char32_t value) { utf8_ += static_cast<char>(static_cast<unsigned char>(value)); };
  if (character < 0x80) {
    add(character);
  } else if (character < 0x800) {
    add(0xC0U | (character >> 6U));
    add(0x80U | (character & 0x3FU));
  } else {
    add(0xE0U | (character >> 12U));
    add(0x80U | ((character >> 6U) & 0x3FU));
    add(0x80U | (character & 0x3FU));
  }
}

void DecodeSink::note(DecodeProblemKind kind, std::size_t byte) {
  DecodeProblem& problem = problems_[static_cast<std::size_t>(kind)];
  if (problem.count++ > 0) return;
  problem.kind = kind;
  problem.first_byte = base_ + byte;
  problem.first_utf8 = utf8_.size();
}

void DecodeSink::put_looked_up(char16_t character, std::size_t byte) {
  if (character == 0) return replace(byte);
  if (character >= 0xE000 && character <= 0xF8FF) note(DecodeProblemKind::kUserDefined, byte);
  put(character);
}

Decoded DecodeSink::finish(std::string encoding) {
  Decoded decoded;
  decoded.utf8 = std::move(utf8_);
  decoded.encoding = std::move(encoding);
  decoded.replaced = std::move(replaced_);
  for (const DecodeProblem& problem : problems_) {
    if (problem.count == 0) continue;
    decoded.problems.push_back(problem);
    decoded.lossless &=
        problem.kind != DecodeProblemKind::kUndecodable && problem.kind != DecodeProblemKind::kUnknownEscape;
  }
  return decoded;
}

void decode_euc_jp(std::string_view bytes, DecodeSink& sink) {
  const CharsetTables& tables = charset_tables();
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t run = plain_ascii_run(bytes.substr(i));
    sink.append(bytes.substr(i, run));
    i += run;
    if (i == bytes.size()) break;
    const unsigned char first = at(bytes, i);
    const unsigned char second = i + 1 < bytes.size() ? at(bytes, i + 1) : 0;
    const unsigned char third = i + 2 < bytes.size() ? at(bytes, i + 2) : 0;
    if (first == 0x8E && second >= 0xA1 && second <= 0xDF) {
      sink.note(DecodeProblemKind::kHalfWidthKana, i);
      sink.put(0xFF61U + (second - 0xA1U));
      i += 2;
    } else if (first == 0x8F && is_euc_byte(second) && is_euc_byte(third)) {
      sink.note(DecodeProblemKind::kSupplementary, i);
      sink.put_looked_up(tables.jis_x_0212[plane_index(second, third)], i);
      i += 3;
    } else if (is_euc_byte(first) && is_euc_byte(second)) {
      if (first == 0xAD) sink.note(DecodeProblemKind::kVendorCharacter, i);
      sink.put_looked_up(tables.euc_two_byte[plane_index(first, second)], i);
      i += 2;
    } else {
      sink.replace(i);
      i += 1;
    }
  }
}

void decode_cp932(std::string_view bytes, DecodeSink& sink) {
  const CharsetTables& tables = charset_tables();
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t run = plain_ascii_run(bytes.substr(i));
    sink.append(bytes.substr(i, run));
    i += run;
    if (i == bytes.size()) break;
    const unsigned char first = at(bytes, i);
    const unsigned char second = i + 1 < bytes.size() ? at(bytes, i + 1) : 0;
    if (first >= 0xA1 && first <= 0xDF) {
      sink.note(DecodeProblemKind::kHalfWidthKana, i);
      sink.put(0xFF61U + (first - 0xA1U));
      i += 1;
    } else if (is_cp932_lead(first) && is_cp932_trail(second)) {
      const char16_t character = tables.cp932[cp932_index(first, second)];
      const bool vendor = first == 0x87 || first == 0xED || first == 0xEE || first >= 0xFA;
      if (vendor && character != 0) sink.note(DecodeProblemKind::kVendorCharacter, i);
      sink.put_looked_up(character, i);
      // A trail byte in ASCII may be a delimiter: where the pair is no character, it keeps its own life.
      i += character == 0 && second < 0x80 ? 1 : 2;
    } else {
      sink.replace(i);
      i += 1;
    }
  }
}

void decode_utf8(std::string_view bytes, DecodeSink& sink) {
  std::size_t i = bytes.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  while (i < bytes.size()) {
    const std::size_t run = plain_ascii_run(bytes.substr(i));
    sink.append(bytes.substr(i, run));
    i += run;
    if (i == bytes.size()) break;
    const std::size_t length = at(bytes, i) == 0 ? 0 : utf8_length(bytes.substr(i));
    if (length == 0) {
      sink.replace(i);
      i += 1;
    } else {
      sink.append(bytes.substr(i, length));
      i += length;
    }
  }
}

void decode_into(std::string_view bytes, std::string_view encoding, DecodeSink& sink) {
  if (encoding == "ISO-2022-JP") {
    decode_iso_2022_jp(bytes, sink);
  } else if (encoding == "EUC-JP") {
    decode_euc_jp(bytes, sink);
  } else if (encoding == "CP932") {
    decode_cp932(bytes, sink);
  } else {
    decode_utf8(bytes, sink);
  }
}

Decoded decode_as(std::string_view bytes, std::string_view encoding) {
  DecodeSink sink(bytes.size());
  decode_into(bytes, encoding, sink);
  return sink.finish(std::string(encoding));
}

Decoded decode(std::string_view bytes) {
  DetectedEncoding detected = detect(bytes);
  const std::vector<Stretch> stretches = stretches_of(bytes, detected.name);
  if (stretches.size() > 1) detected.name = main_encoding(stretches);
  DecodeSink sink(bytes.size());
  for (const Stretch& stretch : stretches) {
    sink.begin_at(stretch.begin);
    if (stretch.encoding != detected.name) sink.note(DecodeProblemKind::kOtherEncoding, 0);
    decode_into(bytes.substr(stretch.begin, stretch.end - stretch.begin), stretch.encoding, sink);
  }
  Decoded decoded = sink.finish(std::move(detected.name));
  decoded.is_ambiguous = detected.is_ambiguous;
  return decoded;
}

bool is_valid_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t length = utf8_length(text.substr(i));
    if (length == 0) return false;
    i += length;
  }
  return true;
}

}  // namespace mimamori
