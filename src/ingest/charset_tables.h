#pragma once

#include <array>
#include <cstddef>

namespace mimamori {

/// Code points of the Japanese two-byte sets, 0 where nothing is assigned. They are read once from the
/// system's iconv, which knows Microsoft's mapping: － is U+FF0D, ～ is U+FF5E, ∥ is U+2225 everywhere,
/// so that one name compares equal whatever its file was written in.
struct CharsetTables {
  static constexpr std::size_t kPlane = 94;         // rows and columns of a 94 x 94 set
  static constexpr std::size_t kCp932Trails = 189;  // 0x40 .. 0xFC
  static constexpr std::size_t kCp932Leads = 124;   // 0x81 .. 0xFC

  bool complete = false;  // false: this machine's iconv lacks CP932 or EUC-JP-MS
  std::array<char16_t, kPlane * kPlane>
      jis_x_0208{};  // with NEC row 13 and NEC's choice of IBM kanji (89-92)
  std::array<char16_t, kPlane * kPlane> euc_two_byte{};  // JIS X 0208 rows 1-84, above them user-defined
  std::array<char16_t, kPlane * kPlane> jis_x_0212{};    // EUC's three-byte plane (after 0x8F)
  std::array<char16_t, kCp932Leads * kCp932Trails> cp932{};
};

/// The tables; filled at the first call, safe from any thread.
const CharsetTables& charset_tables();

/// Position in a 94 x 94 table of two bytes in 0x21 .. 0x7E (or the same with the high bit).
constexpr std::size_t plane_index(unsigned char first, unsigned char second) {
  return static_cast<std::size_t>((first & 0x7FU) - 0x21U) * CharsetTables::kPlane +
         static_cast<std::size_t>((second & 0x7FU) - 0x21U);
}

/// Position in the CP932 table; lead in 0x81 .. 0xFC, trail in 0x40 .. 0xFC.
constexpr std::size_t cp932_index(unsigned char lead, unsigned char trail) {
  return static_cast<std::size_t>(lead - 0x81U) * CharsetTables::kCp932Trails +
         static_cast<std::size_t>(trail - 0x40U);
}

}  // namespace mimamori
