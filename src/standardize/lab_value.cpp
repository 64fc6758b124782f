#include "standardize/lab_value.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <vector>

#include "base/embedded.h"
#include "base/result.h"
#include "standardize/csv.h"
#include "standardize/text_fold.h"
#include "standardize/text_shape.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_standardize();

namespace {

constexpr int kPowerMax = 30;  // no laboratory writes more; keeps every product finite

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t count_digits(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
}

// Takes `token` off the front, if it is there.
bool take(std::string_view& text, std::string_view token) {
  if (!text.starts_with(token)) return false;
  text.remove_prefix(token.size());
  return true;
}
bool take_any(std::string_view& text, std::span<const std::string_view> tokens) {
  return std::ranges::any_of(tokens, [&](std::string_view token) { return take(text, token); });
}

struct Number {
  double value = 0;
  double mantissa = 0;
  std::optional<int> power;
};

std::optional<double> to_double(const std::string& decimal) {
  double value = 0;
  const char* const end = decimal.data() + decimal.size();
  const auto [stop, error] = std::from_chars(decimal.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

// Whole digits, with or without commas between thousands, without the commas.
std::optional<std::string> take_whole_digits(std::string_view& text) {
  std::string_view rest = text;
  const std::size_t first = count_digits(rest);
  std::string digits(rest.substr(0, first));
  rest.remove_prefix(first);
  while (rest.starts_with(',')) {
    const bool thousands = count_digits(rest.substr(1)) == 3 && first >= 1 && first <= 3;
    if (!thousands) return std::nullopt;
    digits += rest.substr(1, 3);
    rest.remove_prefix(4);
  }
  text = rest;
  return digits;
}

// ×10^4, x10E4, *10**4, e4; nothing taken and nothing returned where there is no power.
std::optional<int> take_power(std::string_view& text, bool mantissa_is_written) {
  static constexpr std::string_view kCarets[] = {"^", "**", "e"};
  std::string_view rest = text;
  const bool times = mantissa_is_written && (take(rest, "x") || take(rest, "*"));
  if (times || !mantissa_is_written) {
    if (!take(rest, "10") || !take_any(rest, kCarets)) return std::nullopt;
  } else if (!take(rest, "e")) {
    return std::nullopt;
  }
  const bool negative = take(rest, "-");
  if (!negative) take(rest, "+");
  const std::size_t digits = count_digits(rest);
  if (digits == 0 || digits > 2) return std::nullopt;
  int power = 0;
  for (const char c : rest.substr(0, digits)) power = power * 10 + (c - '0');
  if (power > kPowerMax) return std::nullopt;
  rest.remove_prefix(digits);
  text = rest;
  return negative ? -power : power;
}

// A number at the front of a folded, blank-free, lower-case text.
std::optional<Number> take_number(std::string_view& text) {
  std::string_view rest = text;
  const std::string sign = take(rest, "-") ? "-" : "";
  if (sign.empty()) take(rest, "+");
  std::string_view bare = rest;
  if (const std::optional<int> power = take_power(bare, false)) {  // 10^3 alone
    const std::optional<double> value = to_double(sign + "1e" + std::to_string(*power));
    if (!value) return std::nullopt;
    text = bare;
    return Number{.value = *value, .mantissa = sign.empty() ? 1.0 : -1.0, .power = power};
  }
  const std::optional<std::string> whole = take_whole_digits(rest);
  if (!whole) return std::nullopt;
  std::string decimal = *whole;
  if (take(rest, ".")) {
    const std::size_t digits = count_digits(rest);
    if (whole->empty() && digits == 0) return std::nullopt;
    decimal += "." + std::string(rest.substr(0, digits)) + "0";
    rest.remove_prefix(digits);
  }
  if (decimal.empty()) return std::nullopt;
  if (decimal.front() == '.') decimal.insert(0, "0");
  const std::optional<int> power = take_power(rest, true);
  const std::optional<double> mantissa = to_double(sign + decimal);
  const std::optional<double> value =
      power ? to_double(sign + decimal + "e" + std::to_string(*power)) : mantissa;
  if (!mantissa || !value) return std::nullopt;
  text = rest;
  return Number{.value = *value, .mantissa = *mantissa, .power = power};
}

std::optional<Number> whole_number(std::string_view text) {
  const std::optional<Number> number = take_number(text);
  return text.empty() ? number : std::nullopt;
}

struct ComparisonWord {
  std::string_view word;
  std::string_view comparison;
};
// Longer words first. A sign behind the number points the other way: 100< says that it is above 100.
constexpr ComparisonWord kBefore[] = {{"<=", "<="}, {"=<", "<="}, {">=", ">="}, {"=>", ">="},
                                      {"<", "<"},   {">", ">"},   {"↑", ">="},  {"↓", "<="},
                                      {"u", ">"},   {"l", "<"},   {"~", "<="},  {"=", "="}};
constexpr ComparisonWord kBehind[] = {
    {"<=", ">="},   {"=<", ">="},       {">=", "<="},  {"=>", "<="},    {"<", ">"},        {">", "<"},
    {"↑", ">="},    {"↓", "<="},        {"~", ">="},   {"超過", ">"},   {"を超える", ">"}, {"超", ">"},
    {"以上", ">="}, {"イジョウ", ">="}, {"未満", "<"}, {"ミマン", "<"}, {"以下", "<="},    {"イカ", "<="}};

std::string_view take_comparison_before(std::string_view& text) {
  for (const auto& [word, comparison] : kBefore) {
    if (take(text, word)) return comparison;
  }
  return {};
}
std::string_view take_comparison_behind(std::string_view& text) {
  for (const auto& [word, comparison] : kBehind) {
    if (text.ends_with(word)) {
      text.remove_suffix(word.size());
      return comparison;
    }
  }
  return {};
}

ReadLabValue numeric(ValueClass value_class, std::string_view comparison, const Number& number) {
  return {.value_class = value_class,
          .comparison = comparison,
          .number = number.value,
          .mantissa = number.power ? std::optional(number.mantissa) : std::nullopt,
          .power = number.power.value_or(0),
          .compound = false};
}

std::optional<ReadLabValue> as_number_or_bound(std::string_view text) {
  if (const std::optional<Number> number = whole_number(text))
    return numeric(ValueClass::kNumber, "=", *number);
  std::string_view rest = text;
  std::string_view comparison = take_comparison_before(rest);
  if (comparison.empty()) comparison = take_comparison_behind(rest);
  if (comparison.empty()) return std::nullopt;
  const std::optional<Number> number = whole_number(rest);
  if (!number) return std::nullopt;
  return numeric(comparison == "=" ? ValueClass::kNumber : ValueClass::kBound, comparison, *number);
}

std::string_view without_brackets(std::string_view text) {
  const bool round = text.size() >= 2 && text.front() == '(' && text.back() == ')';
  const bool square = text.size() >= 2 && text.front() == '[' && text.back() == ']';
  return round || square ? text.substr(1, text.size() - 2) : text;
}

ReadLabValue plain(ValueClass value_class) {
  ReadLabValue value;
  value.value_class = value_class;
  return value;
}

// -, +, ±, 2+, +++ , with or without brackets.
std::optional<ReadLabValue> as_sign(std::string_view text) {
  static constexpr std::string_view kSigns[] = {"-", "ー", "+", "+-", "-+", "+/-", "-/+", "1+↓"};
  text = without_brackets(text);
  if (std::ranges::find(kSigns, text) != std::end(kSigns)) return plain(ValueClass::kQualitative);
  if (text.ends_with("有")) text.remove_suffix(std::string_view("有").size());
  const bool counted = text.size() == 2 && text[0] >= '1' && text[0] <= '9' && text[1] == '+';
  const bool repeated =
      text.size() >= 2 && text.size() <= 5 && std::ranges::all_of(text, [](char c) { return c == '+'; });
  if (counted || repeated) return plain(ValueClass::kSemiQuantitative);
  return std::nullopt;
}

struct ValueWord {
  ValueClass value_class;
  bool whole;
  std::string word;  // folded
};

const std::vector<ValueWord>& value_words() {
  static const std::vector<ValueWord> words = [] {
    const std::string_view text = content_of(embedded_standardize(), "rules/value_words.csv");
    const Result<std::vector<CsvLine>> lines = parse_csv(text, {"class", "match", "word"});
    ENSURE(lines.ok());
    std::vector<ValueWord> read;
    for (const CsvLine& line : *lines) {
      const bool comment = line.fields[0] == "comment";
      read.push_back({.value_class = comment ? ValueClass::kComment : ValueClass::kQualitative,
                      .whole = line.fields[1] == "whole",
                      .word = without_blanks(lower_ascii(fold(line.fields[2])))});
    }
    return read;
  }();
  return words;
}

std::optional<ReadLabValue> as_word(std::string_view text) {
  for (const ValueWord& word : value_words()) {
    const bool found =
        word.whole ? without_brackets(text) == word.word : text.find(word.word) != std::string_view::npos;
    if (found) return plain(word.value_class);
  }
  return std::nullopt;
}

std::optional<ReadLabValue> as_ratio(std::string_view text) {
  take_comparison_before(text);
  take_comparison_behind(text);
  std::string_view rest = text;
  if (!take_number(rest)) return std::nullopt;
  if (rest == "倍") return plain(ValueClass::kRatio);
  if (!take(rest, ":") && !take(rest, "/")) return std::nullopt;
  if (rest.ends_with("倍")) rest.remove_suffix(std::string_view("倍").size());
  if (!whole_number(rest)) return std::nullopt;
  return plain(ValueClass::kRatio);
}

struct NumberPair {
  double lower = 0;
  double upper = 0;
};

// 1-4, 0.5~2, >=10<20, 0.5~2未満.
std::optional<NumberPair> as_pair(std::string_view text) {
  const std::string_view before = take_comparison_before(text);
  if (before.starts_with('<')) return std::nullopt;
  const std::optional<Number> lower = take_number(text);
  if (!lower) return std::nullopt;
  if (!before.empty()) {
    if (!take(text, "<=") && !take(text, "<")) return std::nullopt;
  } else if (!take(text, "-") && !take(text, "~")) {
    return std::nullopt;
  }
  if (before.empty() && take_comparison_behind(text).starts_with('>')) return std::nullopt;
  const std::optional<Number> upper = whole_number(text);
  if (!upper || upper->value < lower->value) return std::nullopt;
  return NumberPair{.lower = lower->value, .upper = upper->value};
}

std::optional<ReadLabValue> as_one_result(std::string_view text) {
  if (const std::optional<ReadLabValue> value = as_number_or_bound(text)) return value;
  if (const std::optional<ReadLabValue> value = as_sign(text)) return value;
  if (const std::optional<ReadLabValue> value = as_ratio(text)) return value;
  if (as_pair(text)) return plain(ValueClass::kRange);
  const std::optional<ReadLabValue> word = as_word(text);
  return word && word->value_class == ValueClass::kQualitative ? word : std::nullopt;
}

// 3+(300), 2.3(±), (-)陰性, (-)0.3: two results in one string; the leading one says what it is.
std::optional<ReadLabValue> as_compound(std::string_view text) {
  const std::size_t open = text.rfind('(');
  const std::size_t close = text.find(')');
  std::string_view head;
  std::string_view tail;
  if (open != std::string_view::npos && open > 0 && text.ends_with(')')) {
    head = text.substr(0, open);
    tail = text.substr(open + 1, text.size() - open - 2);
  } else if (text.starts_with('(') && close != std::string_view::npos && close + 1 < text.size()) {
    head = text.substr(0, close + 1);
    tail = text.substr(close + 1);
  } else {
    return std::nullopt;
  }
  std::optional<ReadLabValue> leading = as_one_result(head);
  if (!leading || !as_one_result(tail)) return std::nullopt;
  leading->compound = true;
  return leading;
}

std::string comparable(std::string_view text) { return lower_ascii(without_blanks(fold(text))); }

}  // namespace

std::string_view name_of(ValueClass value_class) {
  switch (value_class) {
    case ValueClass::kNumber: return "number";
    case ValueClass::kBound: return "bound";
    case ValueClass::kSemiQuantitative: return "semi_quantitative";
    case ValueClass::kQualitative: return "qualitative";
    case ValueClass::kRange: return "range";
    case ValueClass::kRatio: return "ratio";
    case ValueClass::kComment: return "comment";
    case ValueClass::kText: return "text";
    case ValueClass::kMissing: return "missing";
  }
  return "text";
}

ReadLabValue recognize_lab_value(std::string_view text) {
  const std::string compact = comparable(text);
  if (compact.empty() || compact == "\"\"") return plain(ValueClass::kMissing);
  if (const std::optional<ReadLabValue> value = as_one_result(compact)) return *value;
  if (const std::optional<ReadLabValue> value = as_compound(compact)) return *value;
  if (const std::optional<ReadLabValue> value = as_word(compact)) return *value;
  return plain(ValueClass::kText);
}

bool is_value_by_form(std::string_view text) {
  constexpr std::size_t kGroupBytesMax = 3;  // AB+
  const ValueClass value_class = recognize_lab_value(text).value_class;
  if (value_class != ValueClass::kText && value_class != ValueClass::kComment) return true;
  return fold(trimmed(text)).size() <= kGroupBytesMax || is_plain_remark(text);
}

ReferenceLimits recognize_reference_range(std::string_view text) {
  const std::string compact = comparable(text);
  const std::string_view bare = without_brackets(compact);
  if (const std::optional<NumberPair> pair = as_pair(bare))
    return {.lower = pair->lower, .upper = pair->upper};
  const std::optional<ReadLabValue> bound = as_number_or_bound(bare);
  if (!bound || bound->value_class != ValueClass::kBound) return {};
  if (bound->comparison.starts_with('>')) return {.lower = bound->number, .upper = std::nullopt};
  return {.lower = std::nullopt, .upper = bound->number};
}

std::optional<double> read_decimal(std::string_view text) {
  const std::string folded = lower_ascii(fold(trimmed(text)));
  const std::optional<Number> number = whole_number(folded);
  if (!number || number->power) return std::nullopt;
  return number->value;
}

}  // namespace mimamori
