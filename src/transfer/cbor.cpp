#include "transfer/cbor.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/limits.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

// The major types of RFC 8949, section 3.1.
constexpr unsigned kUnsigned = 0;
constexpr unsigned kNegative = 1;
constexpr unsigned kBytes = 2;
constexpr unsigned kText = 3;
constexpr unsigned kArray = 4;
constexpr unsigned kMap = 5;
constexpr unsigned kSimple = 7;
constexpr std::uint64_t kFalse = 20;
constexpr std::uint64_t kTrue = 21;
constexpr std::uint64_t kNull = 22;

/// How many bytes follow the first one for this argument: 0, 1, 2, 4 or 8.
unsigned argument_bytes(std::uint64_t argument) {
  if (argument < 24) return 0;
  if (argument <= 0xFF) return 1;
  if (argument <= 0xFFFF) return 2;
  return argument <= 0xFFFFFFFF ? 4 : 8;
}

void put_head(std::string& out, unsigned major, std::uint64_t argument) {
  const unsigned size = argument_bytes(argument);
  const unsigned code = size == 0   ? static_cast<unsigned>(argument)
                        : size == 1 ? 24U
                        : size == 2 ? 25U
                        : size == 4 ? 26U
                                    : 27U;
  out.push_back(static_cast<char>(major << 5U | code));
  for (unsigned byte = size; byte > 0; --byte) {
    out.push_back(static_cast<char>(argument >> (8 * (byte - 1)) & 0xFFU));
  }
}

/// Keys in the order of their encoded bytes: shorter ones first, then byte by byte.
bool key_before(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

void put(std::string& out, const Json& value);

void put_map(std::string& out, const Json& map) {
  std::vector<const std::string*> keys;
  for (const auto& [key, ignored] : map.items()) keys.push_back(&map.find(key).key());
  std::ranges::sort(keys, [](const auto* a, const auto* b) { return key_before(*a, *b); });
  put_head(out, kMap, keys.size());
  for (const std::string* key : keys) {
    put_head(out, kText, key->size());
    out += *key;
    put(out, map.at(*key));
  }
}

void put(std::string& out, const Json& value) {
  switch (value.type()) {
    case Json::value_t::null: return put_head(out, kSimple, kNull);
    case Json::value_t::boolean: return put_head(out, kSimple, value.get<bool>() ? kTrue : kFalse);
    case Json::value_t::number_unsigned: return put_head(out, kUnsigned, value.get<std::uint64_t>());
    case Json::value_t::number_integer: {
      const auto number = value.get<std::int64_t>();
      if (number >= 0) return put_head(out, kUnsigned, static_cast<std::uint64_t>(number));
      return put_head(out, kNegative, static_cast<std::uint64_t>(-(number + 1)));
    }
    case Json::value_t::string: {
      const auto& text = value.get_ref<const std::string&>();
      put_head(out, kText, text.size());
      out += text;
      return;
    }
    case Json::value_t::binary: {
      const auto& bytes = value.get_binary();
      put_head(out, kBytes, bytes.size());
      out.append(bytes.begin(), bytes.end());
      return;
    }
    case Json::value_t::array:
      put_head(out, kArray, value.size());
      for (const Json& item : value) put(out, item);
      return;
    case Json::value_t::object: return put_map(out, value);
    case Json::value_t::number_float:
    case Json::value_t::discarded: break;
  }
  ENSURE(!"a document holds no floating-point number");
}

bool is_continuation(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

/// UTF-8 without overlong forms, surrogates and code points above U+10FFFF.
bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto at = [&](std::size_t k) {
      return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : static_cast<unsigned char>(0);
    };
    const unsigned char first = at(0);
    std::size_t length = 0;
    if (first < 0x80) {
      length = 1;
    } else if (first >= 0xC2 && first <= 0xDF) {
      length = 2;
    } else if (first >= 0xE0 && first <= 0xEF) {
      length = 3;
      if ((first == 0xE0 && at(1) < 0xA0) || (first == 0xED && at(1) > 0x9F)) return false;
    } else if (first >= 0xF0 && first <= 0xF4) {
      length = 4;
      if ((first == 0xF0 && at(1) < 0x90) || (first == 0xF4 && at(1) > 0x8F)) return false;
    } else {
      return false;
    }
    for (std::size_t k = 1; k < length; ++k) {
      if (!is_continuation(at(k))) return false;
    }
    i += length;
  }
  return true;
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  Result<Json> document() {
    Json value = TRY(item(0));
    if (at_ != bytes_.size()) return wrong("expected the end of the document");
    return value;
  }

 private:
  struct Head {
    unsigned major = 0;
    std::uint64_t argument = 0;
  };

  [[nodiscard]] Error wrong(const std::string& expectation) const {
    return {ErrorCode::kInvalidInput, "document, byte " + std::to_string(at_) + ": " + expectation};
  }

  Result<Head> head() {
    if (at_ >= bytes_.size()) return wrong("expected another item");
    const auto first = static_cast<unsigned char>(bytes_[at_]);
    Head head{.major = static_cast<unsigned>(first >> 5U), .argument = first & 0x1FU};
    if (head.argument < 24) {
      ++at_;
      return head;
    }
    if (head.argument > 27 || head.major == kSimple) return wrong("expected an item of the canonical form");
    const std::size_t size = std::size_t{1} << (head.argument - 24);
    if (bytes_.size() - at_ - 1 < size) return wrong("expected a whole number");
    std::uint64_t argument = 0;
    for (std::size_t k = 1; k <= size; ++k) {
      argument = argument << 8U | static_cast<unsigned char>(bytes_[at_ + k]);
    }
    if (argument_bytes(argument) != size) return wrong("expected a number in its shortest form");
    head.argument = argument;
    at_ += 1 + size;
    return head;
  }

  Result<std::string_view> take(std::uint64_t length) {
    if (length > bytes_.size() - at_) return wrong("expected " + std::to_string(length) + " more bytes");
    const std::string_view taken = bytes_.substr(at_, static_cast<std::size_t>(length));
    at_ += taken.size();
    return taken;
  }

  Result<std::string> text(std::uint64_t length) {
    const std::string_view taken = TRY(take(length));
    if (!is_utf8(taken)) return wrong("expected UTF-8 text before this byte");
    return std::string(taken);
  }

  Result<Json> item(std::size_t depth) {
    if (depth > limits::kDocumentDepthMax) return wrong("expected less nesting");
    const Head head = TRY(this->head());
    switch (head.major) {
      case kUnsigned: return Json(head.argument);
      case kNegative: return negative(head.argument);
      case kBytes: {
        const std::string_view taken = TRY(take(head.argument));
        return Json(Json::binary(std::vector<std::uint8_t>(taken.begin(), taken.end())));
      }
      case kText: {
        std::string taken = TRY(text(head.argument));
        return Json(std::move(taken));
      }
      case kArray: return array(head.argument, depth);
      case kMap: return map(head.argument, depth);
      case kSimple: return simple(head.argument);
      default: return wrong("expected an item without a tag");
    }
  }

  Result<Json> negative(std::uint64_t argument) {
    if (argument > static_cast<std::uint64_t>(INT64_MAX)) return wrong("expected a number of 64 bits");
    return Json(-1 - static_cast<std::int64_t>(argument));
  }

  Result<Json> simple(std::uint64_t argument) {
    if (argument == kFalse || argument == kTrue) return Json(argument == kTrue);
    if (argument == kNull) return Json(nullptr);
    return wrong("expected true, false or null");
  }

  Result<Json> array(std::uint64_t size, std::size_t depth) {
    Json array = Json::array();
    for (std::uint64_t i = 0; i < size; ++i) {
      Json value = TRY(item(depth + 1));
      array.push_back(std::move(value));
    }
    return array;
  }

  Result<Json> map(std::uint64_t size, std::size_t depth) {
    Json map = Json::object();
    std::string previous;
    for (std::uint64_t i = 0; i < size; ++i) {
      const Head key_head = TRY(head());
      if (key_head.major != kText) return wrong("expected a text key");
      std::string key = TRY(text(key_head.argument));
      if (i > 0 && !key_before(previous, key)) return wrong("expected keys in order, each once");
      Json value = TRY(item(depth + 1));
      map[key] = std::move(value);
      previous = std::move(key);
    }
    return map;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace

std::string to_cbor(const nlohmann::json& document) {
  std::string out;
  put(out, document);
  return out;
}

Result<nlohmann::json> from_cbor(std::string_view bytes) { return Reader(bytes).document(); }

}  // namespace mimamori
