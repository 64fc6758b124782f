#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mimamori {

/// What a file's bytes really are, whatever MSH-18 declares.
enum class FileEncoding : std::uint8_t { kIso2022Jp, kEucJp, kCp932 };

/// Turns the simulation's UTF-8 into the bytes of a hospital's files. ISO-2022-JP is written by a small
/// state machine over code tables, with JIS X 0201 kana, row 13 and JIS X 0212 where a text asks for
/// them (iconv's own ISO-2022-JP refuses those). A character that an encoding lacks becomes a geta mark,
/// as in real transfers.
class Encoder {
 public:
  /// Errors  kUnsupported: this system's iconv does not know EUC-JP-MS or CP932.
  static Result<Encoder> open();
  Encoder(Encoder&& other) noexcept;
  Encoder& operator=(Encoder&&) = delete;
  ~Encoder();

  [[nodiscard]] std::string encode(std::string_view utf8, FileEncoding encoding);

 private:
  Encoder() = default;
  [[nodiscard]] const std::string& converted(std::string_view character, FileEncoding encoding);

  void* to_euc_ = nullptr;
  void* to_cp932_ = nullptr;
  std::array<std::map<char32_t, std::string>, 3> known_;  // per encoding; ordered, small
};

}  // namespace mimamori
