#pragma once

#include <string>
#include <string_view>

namespace mimamori {

/// One text for a person, in Japanese and English.
struct Text2 {
  std::string ja;
  std::string en;
  bool operator==(const Text2&) const = default;
};

/// The text of a key in the one catalogue (text/ja.json, text/en.json, built in). An unknown key
/// is our own mistake and stops the program (ENSURE); a test compares the keys of both files.
const Text2& catalogue(std::string_view key);

}  // namespace mimamori
