#include "script/script_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <tuple>

namespace mimamori {
namespace {

constexpr std::size_t kWordBytesMax = 1000;
constexpr std::size_t kIdLengthMax = 64;
constexpr std::size_t kQuotedBytesMax = 60;

Text2 did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates) {
  const std::string_view best = nearest(word, candidates);
  return best.empty() ? Text2{} : told("problem.hint", {{"word", same_word(std::string(best))}});
}

Text2 text_of(std::string_view word) { return same_word(std::string(word)); }

/// Single-character insertions, deletions and replacements between two words (Levenshtein 1966).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  constexpr std::size_t kWordLengthMax = 64;  // bounds the work on hostile keys
  std::string_view best;
  if (word.size() > kWordLengthMax) return best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance && distance < candidate.size()) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string joined(const std::vector<std::string_view>& words) {
  std::string all;
  for (const std::string_view word : words) {
    if (!all.empty()) all += ", ";
    all += word;
  }
  return all;
}

Text2 quoted_word(std::string_view word) {
  if (word.size() <= kQuotedBytesMax) return same_word("\"" + std::string(word) + "\"");
  std::size_t end = kQuotedBytesMax;
  while (end > 0 && (static_cast<unsigned char>(word[end]) & 0xC0U) == 0x80U) --end;
  return same_word("\"" + std::string(word.substr(0, end)) + "...\"");
}

void ScriptReader::mistake(const YamlNode& node, std::string_view what, std::string_view code) {
  mistake(node, code, {{"what", text_of(what)}});
}

void ScriptReader::mistake(const YamlNode& node, std::string_view code, NamedTexts values) {
  mistakes_.push_back(script_problem(node.place, code, values));
}

std::vector<ScriptProblem> ScriptReader::problems() const {
  std::vector<ScriptProblem> ordered = mistakes_;
  std::ranges::stable_sort(ordered, {}, [](const ScriptProblem& p) { return std::tuple(p.line, p.column); });
  return ordered;
}

bool ScriptReader::map(const YamlNode& node, std::string_view what,
                       std::initializer_list<std::string_view> keys) {
  const std::vector<std::string_view> known(keys);
  if (node.kind != YamlNode::Kind::kMap) {
    mistake(node, "expected_keys", {{"what", text_of(what)}, {"known", same_word(joined(known))}});
    return false;
  }
  for (const YamlNode& key : node.keys) {
    if (std::ranges::find(known, key.text) != known.end()) continue;
    mistake(key, "unknown_key",
            {{"what", text_of(what)},
             {"found", quoted_word(key.text)},
             {"known", same_word(joined(known))},
             {"hint", did_you_mean(key.text, known)}});
  }
  return true;
}

const YamlNode* ScriptReader::required(const YamlNode& node, std::string_view what, std::string_view key) {
  const YamlNode* value = node.find(key);
  if (value == nullptr) {
    mistake(node, "missing_key", {{"what", text_of(what)}, {"key", text_of(key)}});
  }
  return value;
}

std::string ScriptReader::word(const YamlNode& node, std::string_view what) {
  if (node.kind == YamlNode::Kind::kScalar && !node.text.empty() && node.text.size() <= kWordBytesMax) {
    return node.text;
  }
  mistake(node, "text_length", {{"what", text_of(what)}, {"max", same_word(std::to_string(kWordBytesMax))}});
  return "";
}

std::string ScriptReader::id(const YamlNode& node, std::string_view what) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  if (node.kind == YamlNode::Kind::kScalar && !node.text.empty() && node.text.size() <= kIdLengthMax &&
      std::ranges::all_of(node.text, allowed) && node.text.front() >= 'a') {
    return node.text;
  }
  mistake(node, what, "id_shape");
  return "";
}

int ScriptReader::whole_number(const YamlNode& node, std::string_view what, int min, int max) {
  int value = 0;
  const char* end = node.text.data() + node.text.size();
  const auto [stop, error] = std::from_chars(node.text.data(), end, value);
  if (node.kind == YamlNode::Kind::kScalar && error == std::errc() && stop == end && value >= min &&
      value <= max) {
    return value;
  }
  mistake(node, "whole_number",
          {{"what", text_of(what)},
           {"min", same_word(std::to_string(min))},
           {"max", same_word(std::to_string(max))}});
  return min;
}

double ScriptReader::number(const YamlNode& node, std::string_view what) {
  double value = 0;
  const char* end = node.text.data() + node.text.size();
  const auto [stop, error] = std::from_chars(node.text.data(), end, value, std::chars_format::fixed);
  if (node.kind == YamlNode::Kind::kScalar && error == std::errc() && stop == end && std::isfinite(value)) {
    return value;
  }
  mistake(node, what, "number");
  return 0;
}

bool ScriptReader::yes_or_no(const YamlNode& node, std::string_view what) {
  if (node.kind == YamlNode::Kind::kScalar && (node.text == "true" || node.text == "false")) {
    return node.text == "true";
  }
  mistake(node, what, "yes_or_no");
  return false;
}

Date ScriptReader::date(const YamlNode& node, std::string_view what) {
  if (node.kind == YamlNode::Kind::kScalar) {
    const Result<Date> date = parse_iso_date(node.text);
    if (date.ok()) return *date;
  }
  mistake(node, what, "date");
  return Date{};
}

Text2 ScriptReader::title(const YamlNode& node) {
  Text2 title;
  if (!map(node, "title", {"ja", "en"})) return title;
  if (const YamlNode* ja = required(node, "title", "ja")) title.ja = word(*ja, "title.ja");
  if (const YamlNode* en = required(node, "title", "en")) title.en = word(*en, "title.en");
  return title;
}

const std::vector<YamlNode>& ScriptReader::list(const YamlNode& node, std::string_view what) {
  static const std::vector<YamlNode> kNone;
  if (node.kind == YamlNode::Kind::kList && !node.items.empty()) return node.items;
  mistake(node, what, "list");
  return kNone;
}

std::optional<std::size_t> ScriptReader::choice(const YamlNode& node, std::string_view what,
                                                const std::vector<std::string_view>& choices) {
  if (node.kind == YamlNode::Kind::kScalar) {
    const auto found = std::ranges::find(choices, node.text);
    if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  }
  const Text2 known = same_word(joined(choices));
  if (node.kind == YamlNode::Kind::kScalar) {
    mistake(node, "unknown_word",
            {{"what", text_of(what)},
             {"found", quoted_word(node.text)},
             {"known", known},
             {"hint", did_you_mean(node.text, choices)}});
  } else {
    mistake(node, "expected_word", {{"what", text_of(what)}, {"known", known}});
  }
  return std::nullopt;
}

}  // namespace mimamori
