#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mimamori {

/// What was noticed while bytes became characters.
enum class DecodeProblemKind : std::uint8_t {
  kUndecodable,       // bytes that are no character: U+FFFD stands for them
  kUnknownEscape,     // an escape sequence outside ssmix2.md 3.4
  kUnbalancedEscape,  // a line or the file ended in two-byte or kana mode
  kHalfWidthKana,     // half-width katakana
  kVendorCharacter,   // NEC row 13, NEC's and IBM's extra kanji
  kSupplementary,     // JIS X 0212
  kUserDefined,       // gaiji, in Unicode's private use area
};

/// One kind of problem, counted over the whole text, with the first place.
struct DecodeProblem {
  DecodeProblemKind kind = DecodeProblemKind::kUndecodable;
  std::uint64_t count = 0;
  std::size_t first_byte = 0;  // in the input
  std::size_t first_utf8 = 0;  // in the output
};

struct Decoded {
  std::string utf8;                     // always valid UTF-8, without byte order mark and without NUL
  std::string encoding;                 // "ISO-2022-JP", "EUC-JP", "CP932", "UTF-8" or "ASCII"
  bool lossless = true;                 // no byte had to be replaced or skipped
  std::vector<DecodeProblem> problems;  // one per kind, in the order of the enumeration
};

/// Finds out what bytes are written in, whatever they declare: any ESC $ is ISO-2022-JP, no high byte
/// ASCII, a byte order mark or valid multi-byte UTF-8 is UTF-8, and else CP932 and EUC-JP are compared by
/// validity and by how much kana and common kanji each reading gives (ssmix2.md 3.4). NUL counts as a
/// byte of any of them.
std::string detect_encoding(std::string_view bytes);

/// Detects and decodes. Never fails: what cannot be decoded becomes U+FFFD and is counted, ESC ( J is read
/// as ASCII so that \ and ~ stay delimiters, and the state of ISO 2022 returns to ASCII at each line end.
/// Needs charset_tables().complete for anything but ASCII and UTF-8.
Decoded decode(std::string_view bytes);

/// Decodes as the named encoding.
Decoded decode_as(std::string_view bytes, std::string_view encoding);

/// Whether the text is well-formed UTF-8 (no surrogates, no overlong forms).
bool is_valid_utf8(std::string_view text);

}  // namespace mimamori
