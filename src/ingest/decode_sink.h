#pragma once

// Shared by decode*.cpp: where characters and problems go.

#include <array>

#include "ingest/decode.h"

namespace mimamori {

inline constexpr char32_t kReplacement = 0xFFFD;

/// Length of the well-formed UTF-8 character at the start of a text, 0 if there is none.
std::size_t utf8_length(std::string_view text);

class DecodeSink {
 public:
  explicit DecodeSink(std::size_t bytes) { utf8_.reserve(bytes + bytes / 4); }

  /// What follows begins at this byte of the whole input.
  void begin_at(std::size_t byte) { base_ = byte; }
  void append(std::string_view valid_utf8) { utf8_.append(valid_utf8); }
  void put(char32_t character);
  void note(DecodeProblemKind kind, std::size_t byte);
  void replace(std::size_t byte) {
    note(DecodeProblemKind::kUndecodable, byte);
    if (replaced_.size() < kDecodePlacesMax) replaced_.push_back({base_ + byte, utf8_.size()});
    put(kReplacement);
  }
  /// A character of a table (0: none there), with what is special about it.
  void put_looked_up(char16_t character, std::size_t byte);

  [[nodiscard]] Decoded finish(std::string encoding);

 private:
  static constexpr std::size_t kKinds = 8;
  std::string utf8_;
  std::size_t base_ = 0;
  std::vector<DecodePlace> replaced_;
  std::array<DecodeProblem, kKinds> problems_{};
};

void decode_iso_2022_jp(std::string_view bytes, DecodeSink& sink);
void decode_euc_jp(std::string_view bytes, DecodeSink& sink);
void decode_cp932(std::string_view bytes, DecodeSink& sink);
void decode_utf8(std::string_view bytes, DecodeSink& sink);

/// How well CP932 and EUC-JP read some bytes, in points: more is better, and anything unassigned costs much.
int cp932_points(std::string_view bytes);
int euc_points(std::string_view bytes);

/// Decodes as a named encoding into a sink.
void decode_into(std::string_view bytes, std::string_view encoding, DecodeSink& sink);

/// A run of whole lines and the encoding they are in.
struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string encoding;
};

/// The lines of a text that is mostly in one encoding, cut where another one is evident; a single stretch,
/// almost always.
std::vector<Stretch> stretches_of(std::string_view bytes, const std::string& encoding);

/// Number of leading bytes that are plain ASCII: no NUL, no ESC, no high bit.
std::size_t plain_ascii_run(std::string_view bytes);

}  // namespace mimamori
