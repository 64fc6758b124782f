#include "claims/part_decoder.h"

#include <algorithm>

#include "ingest/decode.h"

namespace mimamori {
namespace {

constexpr std::string_view kAscii = "ASCII";

struct ProblemText {
  std::string_view check;
  std::string_view severity;
  std::string_view sentence;
};

/// The words of ingest/ for the same things.
ProblemText text_of(DecodeProblemKind kind) {
  switch (kind) {
    case DecodeProblemKind::kUndecodable:
      return {"undecodable_bytes", "warning", "bytes that are no characters; U+FFFD stands for them"};
    case DecodeProblemKind::kUnknownEscape: return {"unknown_escape", "error", "an unknown escape sequence"};
    case DecodeProblemKind::kUnbalancedEscape:
      return {"escape_unbalanced", "error", "a line ends before the text returns to ASCII"};
    case DecodeProblemKind::kHalfWidthKana: return {"half_width_kana", "info", "half-width katakana"};
    case DecodeProblemKind::kVendorCharacter: return {"vendor_character", "info", "characters of NEC or IBM"};
    case DecodeProblemKind::kSupplementary: return {"supplementary_character", "info", "JIS X 0212 kanji"};
    case DecodeProblemKind::kUserDefined:
      return {"user_defined_character", "warning", "user-defined characters (gaiji)"};
    case DecodeProblemKind::kOtherEncoding:
      return {"uke_encoding_changes", "warning",
              "expected one character set in the whole file; a part is in another"};
  }
  return {};
}

/// The sign that a text in UTF-8 may begin with. Inside a file it is a character like others: a later part that
/// begins with it keeps it, or cutting elsewhere would give another text.
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

std::string_view PartDecoder::decode(std::string_view bytes, std::int64_t first_segment, FileTally& tally) {
  const std::string found = encoding_ == kAscii ? detect_encoding(bytes) : encoding_;
  if (first_segment == 1 && bytes.starts_with(kByteOrderMark)) {
    tally.add("byte_order_mark", "info", "", 0, "the file begins with a byte order mark");
  }
  Decoded decoded = decode_as(bytes, found == kAscii ? "UTF-8" : found);
  if (!decoded.lossless) {
    // Another character set, or lines of several.
    Decoded again = mimamori::decode(bytes);
    if (again.lossless) {
      if (again.encoding != found) {
        tally.add("uke_encoding_changes", "warning", "", first_segment,
                  "expected one character set in the whole file; a part is in another");
      }
      decoded = std::move(again);
    }
  }
  if (encoding_ == kAscii) encoding_ = found;
  for (const DecodeProblem& problem : decoded.problems) {
    const ProblemText text = text_of(problem.kind);
    const auto* const begin = bytes.data();
    const auto lines = std::count(begin, begin + problem.first_byte, '\n');
    tally.add(text.check, text.severity, "", first_segment + lines, text.sentence,
              static_cast<std::int64_t>(problem.count));
  }
  utf8_ = std::move(decoded.utf8);
  if (first_segment > 1 && bytes.starts_with(kByteOrderMark)) utf8_.insert(0, kByteOrderMark);
  return utf8_;
}

}  // namespace mimamori
