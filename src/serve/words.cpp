#include "serve/words.h"

#include <cstdlib>

namespace mimamori {
namespace {

bool reads_japanese() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return std::string_view(value).starts_with("ja");
  }
  return false;
}

}  // namespace

const std::string& in_own_language(const Text2& text) {
  static const bool japanese = reads_japanese();
  return japanese ? text.ja : text.en;
}

const std::string& words(std::string_view key) { return in_own_language(catalogue(key)); }

std::string words(std::string_view key,
                  std::initializer_list<std::pair<std::string_view, std::string>> values) {
  std::string text = words(key);
  for (const auto& [name, value] : values) {
    const std::string place = "{" + std::string(name) + "}";
    for (auto at = text.find(place); at != std::string::npos; at = text.find(place, at + value.size())) {
      text.replace(at, place.size(), value);
    }
  }
  return text;
}

std::string with_commas(std::int64_t number) {
  std::string text = std::to_string(number);
  const std::size_t digits_start = number < 0 ? 1 : 0;
  for (std::size_t at = text.size(); at > digits_start + 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

}  // namespace mimamori
