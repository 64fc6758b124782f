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
  kOtherEncoding,     // lines in another encoding than the rest, each read as what it is
};

/// One kind of problem, counted over the whole text, with the first place.
struct DecodeProblem {
  DecodeProblemKind kind = DecodeProblemKind::kUndecodable;
  std::uint64_t count = 0;
  std::size_t first_byte = 0;  // in the input
  std::size_t first_utf8 = 0;  // in the output
};

/// Where bytes had to be replaced.
struct DecodePlace {
  std::size_t byte = 0;  // in the input
  std::size_t utf8 = 0;  // in the output
};

struct Decoded {
  std::string utf8;                     // always valid UTF-8, without byte order mark and without NUL
  std::string encoding;                 // "ISO-2022-JP", "EUC-JP", "CP932", "UTF-8" or "ASCII"
  bool lossless = true;                 // no byte had to be replaced or skipped
  std::vector<DecodeProblem> problems;  // one per kind, in the order of the enumeration
  std::vector<DecodePlace> replaced;    // the first kDecodePlacesMax places of kUndecodable
  bool is_ambiguous = false;            // two encodings read the bytes almost equally well
};

inline constexpr std::size_t kDecodePlacesMax = 32;

/// What bytes are written in, and whether another encoding reads them almost as well (CP932 and EUC-JP share
/// most of their bytes, and a word or two may be either).
struct DetectedEncoding {
  std::string name;
  bool is_ambiguous = false;
};
DetectedEncoding detect(std::string_view bytes);

/// Finds out what bytes are written in, whatever they declare: any ESC $ is ISO-2022-JP, no high byte
/// ASCII, a byte order mark or valid multi-byte UTF-8 is UTF-8, and else CP932 and EUC-JP are compared by
/// validity and by how much kana and common kanji each reading gives (ssmix2.md 3.4). NUL counts as a
/// byte of any of them.
std::string detect_encoding(std::string_view bytes);

/// Detects and decodes, and reads lines that are evidently in another encoding as what they are: hospitals'
/// systems paste texts of others into their messages. Never fails: what cannot be decoded becomes U+FFFD and
/// is counted, ESC ( J is read as ASCII so that \ and ~ stay delimiters, and the state of ISO 2022 returns to
/// ASCII at each line end. Needs charset_tables().complete for anything but ASCII and UTF-8.
Decoded decode(std::string_view bytes);

/// Decodes all of it as the named encoding.
Decoded decode_as(std::string_view bytes, std::string_view encoding);

/// Whether the text is well-formed UTF-8 (no surrogates, no overlong forms).
bool is_valid_utf8(std::string_view text);

}  // namespace mimamori
