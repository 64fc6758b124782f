#include "standardize/text_shape.h"

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "base/embedded.h"
#include "base/result.h"
#include "standardize/csv.h"
#include "standardize/patient_keys.h"
#include "standardize/text_fold.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_standardize();

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_graphic(char c) { return c > ' ' && c < 0x7F; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

constexpr std::size_t kNumberDigitsMin = 7;

/// The longest run of characters of a kind.
std::size_t longest_run(std::string_view text, bool (*is_of_kind)(char)) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = is_of_kind(c) ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

/// Words of rule files, folded, the longest first: 再採取 before 再.
std::vector<std::string> words_of(std::initializer_list<const char*> files) {
  std::vector<std::string> words;
  for (const char* file : files) {
    const bool has_class = std::string_view(file) == "rules/value_words.csv";
    const std::vector<std::string> header =
        has_class ? std::vector<std::string>{"class", "match", "word"} : std::vector<std::string>{"word"};
    const Result<std::vector<CsvLine>> lines = parse_csv(content_of(embedded_standardize(), file), header);
    ENSURE(lines.ok());
    for (const CsvLine& line : *lines) words.push_back(without_blanks(lower_ascii(fold(line.fields.back()))));
  }
  std::ranges::stable_sort(words, [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return words;
}

/// What is left of a text once the words are taken out, wherever they stand; '\n' where one stood.
std::string without_words(std::string text, const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at))
      text.replace(at, word.size(), "\n");
  }
  return text;
}

}  // namespace

bool is_code_shaped(std::string_view text, std::size_t length_max) {
  constexpr std::size_t kWordMax = 8;
  text = trimmed(text);
  if (!std::ranges::all_of(text, is_graphic)) {
    const std::string folded = fold(text);
    return std::ranges::all_of(folded, is_graphic) && is_code_shaped(folded, length_max);
  }
  if (text.size() > length_max) return false;
  const bool has_digit = std::ranges::any_of(text, is_digit);
  return (has_digit || longest_run(text, is_letter) <= kWordMax) && !holds_phone_number(text);
}

bool is_unit_shaped(std::string_view text) {
  static const std::vector<std::string> kWords = words_of({"rules/unit_words.csv"});
  constexpr std::size_t kBytesMax = 72;  // 24 characters
  constexpr std::size_t kLettersMax = 8;
  constexpr std::size_t kDigitsMax = 7;  // /1000000
  if (text.size() > kBytesMax) return false;
  const std::string rest = without_words(without_blanks(lower_ascii(fold(text))), kWords);
  return std::ranges::all_of(rest, [](char c) { return is_graphic(c) || c == '\n'; }) &&
         longest_run(rest, is_letter) <= kLettersMax && longest_run(rest, is_digit) <= kDigitsMax &&
         !holds_phone_number(rest);
}

bool is_plain_remark(std::string_view text) {
  static const std::vector<std::string> kWords =
      words_of({"rules/value_words.csv", "rules/remark_words.csv"});
  constexpr std::size_t kDigitsMax = 3;
  const std::string rest = without_words(without_blanks(lower_ascii(fold(text))), kWords);
  constexpr std::string_view kSigns = "0123456789()[]+-.,:/<>=%*~\n";
  return longest_run(rest, is_digit) <= kDigitsMax &&
         std::ranges::all_of(rest, [&](char c) { return kSigns.find(c) != std::string_view::npos; });
}

bool holds_phone_number(std::string_view text) {
  constexpr std::string_view kBetween = "-() .";
  const auto between = [&](std::size_t at) {
    return at < text.size() && kBetween.find(text[at]) != std::string_view::npos;
  };
  const auto digits_from = [&](std::size_t at) {
    std::size_t count = 0;
    while (at + count < text.size() && is_digit(text[at + count])) ++count;
    return count;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '0' || (at > 0 && is_digit(text[at - 1]))) continue;
    const std::size_t area = digits_from(at);
    if (area < 2 || area > 5 || !between(at + area)) continue;
    const std::size_t second = at + area + 1;
    const std::size_t office = digits_from(second);
    if (office < 1 || office > 4 || !between(second + office)) continue;
    if (digits_from(second + office + 1) == 4) return true;
  }
  return false;
}

bool holds_patient_number(std::string_view text, std::string_view comparable) {
  if (comparable.size() < kNumberDigitsMin || text.size() < comparable.size()) return false;
  if (text.find(comparable) != std::string_view::npos) return true;
  const bool is_plain = std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 0x7F; });
  return !is_plain && fold(text).find(comparable) != std::string::npos;
}

bool is_patient_number(std::string_view text, std::string_view comparable) {
  if (comparable.size() < kNumberDigitsMin || text.size() < comparable.size()) return false;
  if (text.ends_with(comparable)) return text.find_first_not_of('0') == text.size() - comparable.size();
  return !std::ranges::all_of(text, is_graphic) && comparable_number(text) == comparable;
}

}  // namespace mimamori
