#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mimamori {

/// Unpacks a gzip file (RFC 1952, also several members one after another) or a bare deflate stream (RFC 1951,
/// as inside a zip archive) that comes in pieces. What comes out of a piece is bounded by the caller, so that
/// a small file that unpacks to a very large one costs time but no memory, and stops at a limit.
///
///   Gunzip gunzip({});
///   gunzip.feed(piece);                       // borrowed until it is used up
///   while (true) {
///     const std::size_t before = plain.size();
///     TRY(gunzip.read(plain, 1 << 20));       // appends up to 1 MiB
///     if (plain.size() == before) break;      // the piece is used up
///   }
///   ... feed the next piece; after the last: TRY(gunzip.finish());
class Gunzip {
 public:
  enum class Form : std::uint8_t { kGzip, kDeflate };
  struct Options {
    Form form = Form::kGzip;
    std::uint64_t plain_bytes_max = std::uint64_t{64} << 30U;  // what the whole file may unpack to
  };

  explicit Gunzip(Options options);
  Gunzip(Gunzip&&) noexcept;
  Gunzip& operator=(Gunzip&&) noexcept;
  ~Gunzip();

  /// The next piece; it must stay where it is until read() has used it up.
  void feed(std::string_view packed);

  /// Appends up to bytes_max plain bytes; none once the piece is used up.
  /// Errors  kInvalidInput: not packed in this form, damaged, or more than plain_bytes_max comes out of it.
  Result<void> read(std::string& plain, std::size_t bytes_max);

  /// To be called after the last piece.  Errors  kInvalidInput: the file was cut off.
  [[nodiscard]] Result<void> finish() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether bytes begin as a gzip file does.
bool is_gzip(std::string_view bytes);

}  // namespace mimamori
