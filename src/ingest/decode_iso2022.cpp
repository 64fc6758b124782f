// ISO 2022 as Japanese hospitals write it: JIS X 0208 in both editions, half-width katakana, JIS X 0212,
// and NEC's row 13 within JIS X 0208. Sequences as listed in shared/reference/ssmix2.md 3.4.

#include <array>
#include <optional>

#include "ingest/charset_tables.h"
#include "ingest/decode_sink.h"

namespace mimamori {
namespace {

enum class Mode : std::uint8_t { kAscii, kKana, kJis0208, kJis0212 };

struct Escape {
  std::string_view sequence;  // after ESC
  std::optional<Mode> mode;   // absent: the mode stays
  bool known = true;          // false: read as the nearest thing and reported
};

// Longer sequences first, where one begins another. ESC ( J is JIS X 0201 Roman, whose yen sign and overline
// stand for the delimiters \ and ~. ESC & @ only announces the 1990 edition of JIS X 0208.
constexpr std::array<Escape, 13> kEscapes = {{
    {"$(D", Mode::kJis0212},
    {"$(@", Mode::kJis0208},
    {"$(B", Mode::kJis0208},
    {"$(O", Mode::kJis0208, false},
    {"$(Q", Mode::kJis0208, false},
    {"$@", Mode::kJis0208},
    {"$B", Mode::kJis0208},
    {"(B", Mode::kAscii},
    {"(J", Mode::kAscii},
    {"(I", Mode::kKana},
    {"(H", Mode::kAscii, false},
    {"&@", std::nullopt},
    {"(A", Mode::kAscii, false},
}};

const Escape* escape_at(std::string_view after_escape) {
  for (const Escape& escape : kEscapes) {
    if (after_escape.starts_with(escape.sequence)) return &escape;
  }
  return nullptr;
}

bool is_line_end(unsigned char byte) { return byte == '\r' || byte == '\n'; }
bool is_graphic(unsigned char byte) { return byte >= 0x21 && byte <= 0x7E; }

class Iso2022Decoder {
 public:
  Iso2022Decoder(std::string_view bytes, DecodeSink& sink) : bytes_(bytes), sink_(sink) {}

  void run() {
    while (i_ < bytes_.size()) {
      if (mode_ == Mode::kAscii) {
        const std::size_t length = plain_ascii_run(bytes_.substr(i_));
        sink_.append(bytes_.substr(i_, length));
        i_ += length;
        if (i_ == bytes_.size()) break;
      }
      step(byte(i_));
    }
    if (mode_ != Mode::kAscii) sink_.note(DecodeProblemKind::kUnbalancedEscape, bytes_.size());
  }

 private:
  [[nodiscard]] unsigned char byte(std::size_t i) const {
    return i < bytes_.size() ? static_cast<unsigned char>(bytes_[i]) : 0;
  }

  void step(unsigned char first) {
    if (first == 0x1B) return read_escape();
    if (is_line_end(first)) {
      if (mode_ != Mode::kAscii) sink_.note(DecodeProblemKind::kUnbalancedEscape, i_);
      mode_ = Mode::kAscii;
      return copy();
    }
    if (mode_ == Mode::kAscii && first >= 0xA1 && first <= 0xDF) return read_eight_bit_kana(first);
    if (first == 0 || first >= 0x80) {
      sink_.replace(i_);
      ++i_;
      return;
    }
    if (!is_graphic(first) || mode_ == Mode::kAscii) return copy();
    if (first == '|' && is_unterminated() && (mode_ == Mode::kKana || looks_like_fields(i_)))
      return end_field();
    if (mode_ == Mode::kKana) return read_kana(first);
    read_pair(first);
  }

  /// Whether the text that is open never returns to ASCII in its line, although fields follow. A '|' where a
  /// character would begin is then the separator that the writer put there, and so is one that the first half
  /// of a cut character would swallow, if what follows looks like fields and not like characters.
  [[nodiscard]] bool is_unterminated() const {
    if (mode_ == Mode::kKana) return true;  // '|' is no katakana
    std::size_t i = i_;
    while (i < bytes_.size() && !is_line_end(byte(i)) && byte(i) != 0x1B) ++i;
    if (i >= bytes_.size() || byte(i) != 0x1B) return true;
    return byte(i + 1) == '$' && byte(i + 2) != '(';  // opened again without having been closed
  }

  void end_field() {
    sink_.note(DecodeProblemKind::kUnbalancedEscape, i_);
    mode_ = Mode::kAscii;
    copy();
  }

  /// From a '|' on: only what dates, numbers and codes are made of, for a few bytes.
  [[nodiscard]] bool looks_like_fields(std::size_t i) const {
    constexpr std::size_t kEnough = 8;
    std::size_t length = 0;
    for (; i < bytes_.size() && length < kEnough && !is_line_end(byte(i)) && byte(i) != 0x1B; ++i, ++length) {
      const unsigned char c = byte(i);
      const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '|' || c == '^' ||
                         c == '~' || c == '.' || c == '-' || c == '_';
      if (!plain) return false;
    }
    return length >= 1;
  }

  /// Half-width katakana with the high bit, as JIS 8 writes it beside the escapes.
  void read_eight_bit_kana(unsigned char first) {
    sink_.note(DecodeProblemKind::kHalfWidthKana, i_);
    sink_.put(0xFF61U + (first - 0xA1U));
    ++i_;
  }

  void copy() {
    sink_.append(bytes_.substr(i_, 1));
    ++i_;
  }

  void read_escape() {
    const Escape* escape = escape_at(bytes_.substr(i_ + 1, 3));
    if (escape == nullptr) {
      sink_.note(DecodeProblemKind::kUnknownEscape, i_);
      sink_.put(kReplacement);
      ++i_;
      return;
    }
    if (!escape->known) sink_.note(DecodeProblemKind::kUnknownEscape, i_);
    if (escape->mode.has_value()) mode_ = *escape->mode;
    i_ += 1 + escape->sequence.size();
  }

  void read_kana(unsigned char first) {
    if (first > 0x5F) {
      sink_.replace(i_);
    } else {
      sink_.note(DecodeProblemKind::kHalfWidthKana, i_);
      sink_.put(0xFF61U + (first - 0x21U));
    }
    ++i_;
  }

  void read_pair(unsigned char first) {
    const unsigned char second = byte(i_ + 1);
    const bool is_cut = second == '|' && is_unterminated() && looks_like_fields(i_ + 1);
    if (!is_graphic(second) || is_cut) {
      sink_.replace(i_);
      ++i_;
      return;
    }
    const CharsetTables& tables = charset_tables();
    if (mode_ == Mode::kJis0212) {
      sink_.note(DecodeProblemKind::kSupplementary, i_);
      sink_.put_looked_up(tables.jis_x_0212[plane_index(first, second)], i_);
    } else {
      const char16_t character = tables.jis_x_0208[plane_index(first, second)];
      const bool vendor = first == 0x2D || (first >= 0x79 && first <= 0x7C);
      if (vendor && character != 0) sink_.note(DecodeProblemKind::kVendorCharacter, i_);
      sink_.put_looked_up(character, i_);
    }
    i_ += 2;
  }

  std::string_view bytes_;
  DecodeSink& sink_;
  std::size_t i_ = 0;
  Mode mode_ = Mode::kAscii;
};

}  // namespace

void decode_iso_2022_jp(std::string_view bytes, DecodeSink& sink) { Iso2022Decoder(bytes, sink).run(); }

}  // namespace mimamori
