#include "report/hash_words.h"

#include <charconv>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/embedded.h"
#include "base/result.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_report();

namespace {

/// words.txt: one word a line, kana and Latin letters with a blank between.
std::vector<Text2> read_words() {
  std::vector<Text2> words;
  std::string_view rest = content_of(embedded_report(), "words.txt");
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    const std::size_t blank = line.find(' ');
    ENSURE(blank != std::string_view::npos);
    words.push_back({std::string(line.substr(0, blank)), std::string(line.substr(blank + 1))});
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  ENSURE(words.size() == 64);
  return words;
}

}  // namespace

Text2 hash_words(std::string_view sha256_hex) {
  static const std::vector<Text2> words = read_words();
  std::uint32_t bits = 0;
  if (sha256_hex.size() < 8) return {};
  const auto [end, failure] = std::from_chars(sha256_hex.data(), sha256_hex.data() + 8, bits, 16);
  if (failure != std::errc{} || end != sha256_hex.data() + 8) return {};
  const auto word = [&](unsigned shift) { return words[(bits >> shift) & 63U]; };
  const auto digit = [&](unsigned shift) { return std::to_string(((bits >> shift) & 7U) + 2); };
  const auto joined = [&](auto letters) {
    return letters(word(26)) + "-" + digit(23) + "-" + letters(word(17)) + "-" + letters(word(11)) + "-" +
           letters(word(5)) + "-" + digit(2);
  };
  return {joined([](const Text2& text) { return text.ja; }),
          joined([](const Text2& text) { return text.en; })};
}

}  // namespace mimamori
