#include "synth/encoding.h"

#include <iconv.h>

#include <cerrno>

namespace mimamori {
namespace {

constexpr std::uintptr_t kNotOpen = UINTPTR_MAX;
constexpr std::string_view kGeta = "\xE3\x80\x93";

bool is_open(void* handle) {
  return handle != nullptr && reinterpret_cast<std::uintptr_t>(handle) != kNotOpen;
}

unsigned byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }
char to_char(unsigned value) { return static_cast<char>(static_cast<unsigned char>(value)); }

// Length in bytes of the UTF-8 character that begins with this byte; our own texts are well formed.
std::size_t utf8_length(unsigned lead) { return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4; }

char32_t code_point(std::string_view c) {
  if (c.size() == 1) return byte_at(c, 0);
  char32_t value = byte_at(c, 0) & (0xFFU >> (c.size() + 1));
  for (std::size_t i = 1; i < c.size(); ++i) value = (value << 6U) | (byte_at(c, i) & 0x3FU);
  return value;
}

bool is_half_width_kana(char32_t c) { return c >= 0xFF61 && c <= 0xFF9F; }

// Empty if the encoding lacks the character.
std::string convert(void* handle, std::string_view utf8) {
  std::string input(utf8);
  std::array<char, 16> buffer{};
  char* in = input.data();
  char* out = buffer.data();
  std::size_t in_left = input.size();
  std::size_t out_left = buffer.size();
  ::iconv(handle, nullptr, nullptr, nullptr, nullptr);
  if (::iconv(handle, &in, &in_left, &out, &out_left) != 0) return {};
  return {buffer.data(), buffer.size() - out_left};
}

// CP932 double byte to the two bytes of JIS X 0208 (row 13 included); empty beyond row 94.
std::string jis_of_cp932(std::string_view cp932) {
  if (cp932.size() != 2) return {};
  unsigned lead = byte_at(cp932, 0);
  unsigned trail = byte_at(cp932, 1);
  if (lead > 0xEF) return {};
  lead = (lead - (lead >= 0xE0 ? 0xC1 : 0x81)) * 2 + 0x21;
  if (trail >= 0x9F) {
    ++lead;
    trail -= 0x7E;
  } else {
    trail -= trail >= 0x80 ? 0x20 : 0x1F;
  }
  return {to_char(lead), to_char(trail)};
}

// The character sets that ISO-2022-JP switches between, and their escapes.
enum class Shift : std::uint8_t { kAscii, kKana, kJis0208, kJis0212 };
std::string_view escape_of(Shift shift) {
  switch (shift) {
    case Shift::kAscii: return "\x1B(B";
    case Shift::kKana: return "\x1B(I";
    case Shift::kJis0208: return "\x1B$B";
    case Shift::kJis0212: return "\x1B$(D";
  }
  return {};
}

// One character in ISO-2022-JP, the byte 1..4 of its set in front.
std::string iso_bytes(void* to_cp932, void* to_euc, std::string_view c) {
  const auto with = [](Shift shift, const std::string& bytes) {
    return to_char(static_cast<unsigned>(shift)) + bytes;
  };
  const char32_t point = code_point(c);
  if (is_half_width_kana(point)) return with(Shift::kKana, {to_char(point - 0xFF61 + 0x21)});
  const std::string jis = jis_of_cp932(convert(to_cp932, c));
  if (!jis.empty()) return with(Shift::kJis0208, jis);
  const std::string euc = convert(to_euc, c);
  if (euc.size() == 3 && byte_at(euc, 0) == 0x8F) {
    return with(Shift::kJis0212, {to_char(byte_at(euc, 1) & 0x7FU), to_char(byte_at(euc, 2) & 0x7FU)});
  }
  return with(Shift::kJis0208, "\x22\x2E");
}

}  // namespace

Result<Encoder> Encoder::open() {
  Encoder encoder;
  encoder.to_euc_ = ::iconv_open("EUC-JP-MS", "UTF-8");
  encoder.to_cp932_ = ::iconv_open("CP932", "UTF-8");
  if (!is_open(encoder.to_euc_) || !is_open(encoder.to_cp932_)) {
    return Error{ErrorCode::kUnsupported, "synth: expected iconv to know EUC-JP-MS and CP932"};
  }
  return encoder;
}

Encoder::Encoder(Encoder&& other) noexcept
    : to_euc_(other.to_euc_), to_cp932_(other.to_cp932_), known_(std::move(other.known_)) {
  other.to_euc_ = nullptr;
  other.to_cp932_ = nullptr;
}

Encoder::~Encoder() {
  if (is_open(to_euc_)) ::iconv_close(to_euc_);
  if (is_open(to_cp932_)) ::iconv_close(to_cp932_);
}

const std::string& Encoder::converted(std::string_view character, FileEncoding encoding) {
  std::map<char32_t, std::string>& known = known_.at(static_cast<std::size_t>(encoding));
  const char32_t point = code_point(character);
  const auto found = known.find(point);
  if (found != known.end()) return found->second;
  std::string bytes;
  if (encoding == FileEncoding::kIso2022Jp) {
    bytes = iso_bytes(to_cp932_, to_euc_, character);
  } else {
    void* handle = encoding == FileEncoding::kEucJp ? to_euc_ : to_cp932_;
    bytes = convert(handle, character);
    if (bytes.empty()) bytes = convert(handle, kGeta);
  }
  return known.emplace(point, std::move(bytes)).first->second;
}

std::string Encoder::encode(std::string_view utf8, FileEncoding encoding) {
  std::string bytes;
  bytes.reserve(utf8.size() + utf8.size() / 4);
  Shift shift = Shift::kAscii;
  for (std::size_t i = 0; i < utf8.size();) {
    const std::size_t length = utf8_length(byte_at(utf8, i));
    const std::string_view character = utf8.substr(i, length);
    i += length;
    const bool iso = encoding == FileEncoding::kIso2022Jp;
    if (length == 1) {
      if (shift != Shift::kAscii) bytes += escape_of(shift = Shift::kAscii);
      bytes += character;
      continue;
    }
    const std::string& known = converted(character, encoding);
    if (!iso) {
      bytes += known;
      continue;
    }
    const auto wanted = static_cast<Shift>(byte_at(known, 0));
    if (wanted != shift) bytes += escape_of(shift = wanted);
    bytes.append(known, 1);
  }
  if (shift != Shift::kAscii) bytes += escape_of(Shift::kAscii);
  return bytes;
}

}  // namespace mimamori
