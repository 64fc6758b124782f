// Which encoding bytes are in. CP932 and EUC-JP are told apart by points: what each reading would make of
// the bytes, with kana and first-level kanji in its favor and anything unassigned much against it.

#include <algorithm>
#include <cstdlib>

#include "ingest/charset_tables.h"
#include "ingest/decode_sink.h"

namespace mimamori {
namespace {

// A message repeats its manner; this much settles it.
constexpr std::size_t kScoredBytes = std::size_t{256} * 1024;
constexpr int kInvalid = -30;
/// Two readings closer than this are both possible; a line this far apart is in another encoding than its
/// file.
constexpr int kClearMargin = 3;
constexpr int kEvidentMargin = 12;

unsigned char at(std::string_view bytes, std::size_t i) {
  return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
}

/// Points for a character of JIS X 0208 by its row, 1 to 94.
int row_points(unsigned row) {
  if (row == 4 || row == 5) return 5;     // hiragana, katakana
  if (row >= 16 && row <= 47) return 3;   // first-level kanji
  if (row >= 1 && row <= 3) return 2;     // punctuation, full-width letters and digits
  if (row == 6 || row == 13) return 1;    // Greek, NEC's symbols
  if (row >= 48 && row <= 84) return -1;  // second-level kanji
  return -4;
}

/// Points for one half-width katakana, given the byte before it. A voicing mark must follow a letter that
/// takes one, which holds in text and seldom in the bytes of something else.
int half_width_points(unsigned char byte, unsigned char previous) {
  const bool voicing = byte == 0xDE || byte == 0xDF;
  const bool takes_voicing =
      (previous >= 0xB6 && previous <= 0xC4) || (previous >= 0xCA && previous <= 0xCE) || previous == 0xB3;
  if (voicing) return takes_voicing ? 4 : -4;
  return byte <= 0xA5 ? -1 : 1;
}

bool has_high_byte(std::string_view bytes) {
  return std::any_of(bytes.begin(), bytes.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

struct Utf8Count {
  std::size_t characters = 0;  // of more than one byte
  std::size_t damaged = 0;     // runs of bytes that are no character
};

Utf8Count count_utf8(std::string_view bytes) {
  Utf8Count count;
  bool in_damage = false;
  for (std::size_t i = 0; i < bytes.size();) {
    if (static_cast<unsigned char>(bytes[i]) < 0x80) {
      in_damage = false;
      ++i;
      continue;
    }
    const std::size_t length = utf8_length(bytes.substr(i));
    if (length > 1) ++count.characters;
    if (length == 0 && !in_damage) ++count.damaged;
    in_damage = length == 0;
    i += length == 0 ? 1 : length;
  }
  return count;
}

/// UTF-8 but for a few damaged or cut characters: text in the other encodings hardly ever forms them.
bool is_mostly_utf8(std::string_view bytes) {
  const Utf8Count count = count_utf8(bytes);
  return count.characters > 0 && count.characters >= 10 * count.damaged;
}

}  // namespace

int euc_points(std::string_view bytes) {
  const CharsetTables& tables = charset_tables();
  int points = 0;
  for (std::size_t i = 0; i < bytes.size();) {
    const unsigned char first = at(bytes, i);
    const unsigned char second = at(bytes, i + 1);
    if (first < 0x80) {
      i += 1;
    } else if (first == 0x8E && second >= 0xA1 && second <= 0xDF) {
      points += 1;
      i += 2;
    } else if (first == 0x8F && second >= 0xA1 && at(bytes, i + 2) >= 0xA1) {
      i += 3;
    } else if (first >= 0xA1 && first <= 0xFE && second >= 0xA1 && second <= 0xFE) {
      const bool assigned = tables.euc_two_byte[plane_index(first, second)] != 0;
      points += assigned ? row_points(first - 0xA0U) : kInvalid;
      i += 2;
    } else {
      points += kInvalid;
      i += 1;
    }
  }
  return points;
}

int cp932_points(std::string_view bytes) {
  const CharsetTables& tables = charset_tables();
  int points = 0;
  for (std::size_t i = 0; i < bytes.size();) {
    const unsigned char first = at(bytes, i);
    const unsigned char second = at(bytes, i + 1);
    if (first < 0x80) {
      i += 1;
    } else if (first >= 0xA1 && first <= 0xDF) {
      points += half_width_points(first, i > 0 ? at(bytes, i - 1) : 0);
      i += 1;
    } else if (first != 0x80 && first != 0xA0 && first <= 0xFC && second >= 0x40 && second <= 0xFC &&
               second != 0x7F) {
      const bool assigned = tables.cp932[cp932_index(first, second)] != 0;
      const unsigned pair = first <= 0x9F ? first - 0x81U : first - 0xE0U + 31U;
      const unsigned row = 2 * pair + (second >= 0x9F ? 2 : 1);
      const int known = row > 94 && first >= 0xFA ? 1 : row_points(row);  // IBM's extra kanji
      points += assigned ? known : kInvalid;
      i += 2;
    } else {
      points += kInvalid;
      i += 1;
    }
  }
  return points;
}

DetectedEncoding detect(std::string_view bytes) {
  if (bytes.find("\x1B$") != std::string_view::npos) return {"ISO-2022-JP"};
  if (!has_high_byte(bytes)) return {bytes.find('\x1B') == std::string_view::npos ? "ASCII" : "ISO-2022-JP"};
  if (bytes.starts_with("\xEF\xBB\xBF") || is_mostly_utf8(bytes)) return {"UTF-8"};
  // From the first high byte on, so that a long ASCII beginning does not hide what follows.
  const auto first =
      std::find_if(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  const std::string_view scored = bytes.substr(static_cast<std::size_t>(first - bytes.begin()), kScoredBytes);
  const int euc = euc_points(scored);
  const int cp932 = cp932_points(scored);
  return {euc > cp932 ? "EUC-JP" : "CP932",
          std::abs(euc - cp932) < kClearMargin && std::max(euc, cp932) >= 0};
}

std::string detect_encoding(std::string_view bytes) { return detect(bytes).name; }

namespace {

/// The encoding of one line of a text: the text's own unless another one is evident. Empty for ASCII.
std::string encoding_of_line(std::string_view line, const std::string& encoding) {
  const bool has_escape = line.find('\x1B') != std::string_view::npos;
  if (!has_high_byte(line)) return has_escape ? encoding : "";
  if (encoding == "ISO-2022-JP" && has_escape) return encoding;
  const Utf8Count utf8 = count_utf8(line);
  if (encoding == "UTF-8") {
    // A cut character is damage; a line that has more damage than characters is in something else.
    if (utf8.damaged <= utf8.characters) return encoding;
  } else if (utf8.damaged == 0 && utf8.characters >= 2) {
    return "UTF-8";
  }
  const int euc = euc_points(line);
  const int cp932 = cp932_points(line);
  const std::string better = euc > cp932 ? "EUC-JP" : "CP932";
  if (std::max(euc, cp932) <= 0) return encoding;
  if (encoding == "ISO-2022-JP" || encoding == "UTF-8") return better;
  return std::abs(euc - cp932) >= kEvidentMargin ? better : encoding;
}

}  // namespace

std::vector<Stretch> stretches_of(std::string_view bytes, const std::string& encoding) {
  const bool has_one = !has_high_byte(bytes) || (encoding == "UTF-8" && count_utf8(bytes).damaged == 0);
  if (has_one) return {{0, bytes.size(), encoding}};
  std::vector<Stretch> stretches = {{0, 0, ""}};
  for (std::size_t begin = 0; begin < bytes.size();) {
    const std::size_t found = bytes.find_first_of("\r\n", begin);
    const std::size_t end = found == std::string_view::npos ? bytes.size() : found + 1;
    std::string own = encoding_of_line(bytes.substr(begin, end - begin), encoding);
    std::string& open = stretches.back().encoding;
    if (open.empty()) {
      open = std::move(own);
    } else if (!own.empty() && own != open) {
      stretches.push_back({begin, begin, std::move(own)});
    }
    stretches.back().end = end;
    begin = end;
  }
  if (stretches.back().encoding.empty()) stretches.back().encoding = encoding;
  return stretches;
}

}  // namespace mimamori
