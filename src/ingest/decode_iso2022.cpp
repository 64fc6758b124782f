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
    if (first == 0 || first >= 0x80) {
      sink_.replace(i_);
      ++i_;
      return;
    }
    if (!is_graphic(first) || mode_ == Mode::kAscii) return copy();
    if (mode_ == Mode::kKana) return read_kana(first);
    read_pair(first);
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
    if (!is_graphic(second)) {
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
