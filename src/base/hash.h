#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mimamori {

/// SHA-256 in lower-case hexadecimal, as `sha256sum` prints it.
std::string sha256_hex(std::string_view bytes);

/// 128 bits of BLAKE2b, for tables in memory that must know whether they have seen a text.
struct Fingerprint {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  bool operator==(const Fingerprint&) const = default;
};
Fingerprint fingerprint(std::string_view bytes);

/// SHA-256 over bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void add(std::string_view bytes);
  /// Ends the sum; nothing may be added afterwards.
  [[nodiscard]] std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// 32 random bytes that never print: there is no formatter and no accessor but the keyed hash.
class Secret {
 public:
  static Secret random();
  /// Errors  kInvalidInput: not 64 hexadecimal digits.
  static Result<Secret> from_hex(std::string_view hex);
  /// For writing the key to the site's own key file, nothing else.
  [[nodiscard]] std::string to_hex_for_key_file() const;

  /// Keyed BLAKE2b-128 in hexadecimal: the pseudonym of a patient number. The purpose
  /// separates two uses of one key.
  [[nodiscard]] std::string keyed_hash(std::string_view purpose, std::string_view text) const;

 private:
  std::string bytes_;
};

}  // namespace mimamori
