#include "ingest/charset_tables.h"

#include <iconv.h>

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>

namespace mimamori {
namespace {

struct CloseIconv {
  void operator()(iconv_t handle) const { ::iconv_close(handle); }
};
using Iconv = std::unique_ptr<std::remove_pointer_t<iconv_t>, CloseIconv>;

Iconv open_iconv(const char* from) {
  const iconv_t handle = ::iconv_open("UTF-16LE", from);
  // iconv answers failure as the pointer (iconv_t)-1.
  return reinterpret_cast<std::intptr_t>(handle) == -1 ? Iconv() : Iconv(handle);
}

/// One character, or 0 if the bytes are none.
char16_t convert(iconv_t handle, std::string bytes) {
  std::array<char, 8> converted{};
  char* from = bytes.data();
  std::size_t from_left = bytes.size();
  char* to = converted.data();
  std::size_t to_left = converted.size();
  ::iconv(handle, nullptr, nullptr, nullptr, nullptr);
  const std::size_t answer = ::iconv(handle, &from, &from_left, &to, &to_left);
  if (answer != 0 || from_left != 0 || converted.size() - to_left != 2) return 0;
  const auto low = static_cast<unsigned char>(converted[0]);
  const auto high = static_cast<unsigned char>(converted[1]);
  return static_cast<char16_t>(low | (high << 8U));
}

std::string bytes_of(std::initializer_list<unsigned> values) {
  std::string bytes;
  for (const unsigned value : values) bytes += static_cast<char>(value);
  return bytes;
}

void fill_cp932(CharsetTables& tables, iconv_t cp932) {
  for (unsigned lead = 0x81; lead <= 0xFC; ++lead) {
    if (lead >= 0xA0 && lead <= 0xDF) continue;
    for (unsigned trail = 0x40; trail <= 0xFC; ++trail) {
      if (trail == 0x7F) continue;
      tables.cp932[cp932_index(static_cast<unsigned char>(lead), static_cast<unsigned char>(trail))] =
          convert(cp932, bytes_of({lead, trail}));
    }
  }
}

/// Rows 1 to 94 of JIS X 0208 lie in CP932 two rows to a lead byte.
void fill_jis_x_0208(CharsetTables& tables) {
  for (unsigned row = 1; row <= 94; ++row) {
    const unsigned pair = (row - 1) / 2;
    const unsigned lead = pair < 31 ? 0x81 + pair : 0xE0 + (pair - 31);
    for (unsigned column = 1; column <= 94; ++column) {
      const bool odd = row % 2 == 1;
      const unsigned trail = odd ? 0x3F + column + (column >= 64 ? 1 : 0) : 0x9E + column;
      tables.jis_x_0208[(row - 1) * CharsetTables::kPlane + (column - 1)] =
          tables.cp932[cp932_index(static_cast<unsigned char>(lead), static_cast<unsigned char>(trail))];
    }
  }
}

void fill_euc(CharsetTables& tables, iconv_t euc) {
  for (unsigned row = 1; row <= 94; ++row) {
    for (unsigned column = 1; column <= 94; ++column) {
      const std::size_t index = (row - 1) * CharsetTables::kPlane + (column - 1);
      const char16_t two_byte = convert(euc, bytes_of({0xA0 + row, 0xA0 + column}));
      const char16_t shared = tables.jis_x_0208[index];
      tables.euc_two_byte[index] = row <= 84 && shared != 0 ? shared : two_byte;
      tables.jis_x_0212[index] = convert(euc, bytes_of({0x8F, 0xA0 + row, 0xA0 + column}));
    }
  }
}

CharsetTables load() {
  CharsetTables tables;
  const Iconv cp932 = open_iconv("CP932");
  const Iconv euc = open_iconv("EUC-JP-MS");
  if (!cp932 || !euc) return tables;
  fill_cp932(tables, cp932.get());
  fill_jis_x_0208(tables);
  fill_euc(tables, euc.get());
  tables.complete = true;
  return tables;
}

}  // namespace

const CharsetTables& charset_tables() {
  static const CharsetTables tables = load();
  return tables;
}

}  // namespace mimamori
