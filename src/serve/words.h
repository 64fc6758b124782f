#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/text2.h"

namespace mimamori {

/// A text of the catalogue in the language of the person at the terminal: Japanese if LC_ALL,
/// LC_MESSAGES or LANG (the first that is set) starts with "ja", else English.
const std::string& words(std::string_view key);

/// The same with {name} replaced: words("cli.ingest.files", {{"count", "12"}}).
std::string words(std::string_view key,
                  std::initializer_list<std::pair<std::string_view, std::string>> values);

/// That language's half of a text.
const std::string& in_own_language(const Text2& text);

/// 1234567 as "1,234,567".
std::string with_commas(std::int64_t number);

}  // namespace mimamori
