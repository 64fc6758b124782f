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

/// An author's own word, in quotes, shortened at a character's end.
std::string quoted(std::string_view word) {
  if (word.size() <= kQuotedBytesMax) return "\"" + std::string(word) + "\"";
  std::size_t end = kQuotedBytesMax;
  while (end > 0 && (static_cast<unsigned char>(word[end]) & 0xC0U) == 0x80U) --end;
  return "\"" + std::string(word.substr(0, end)) + "...\"";
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates) {
  const std::string_view best = nearest(word, candidates);
  return best.empty() ? "" : "; did you mean \"" + std::string(best) + "\"?";
}

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

void ScriptReader::mistake(ScriptPlace place, std::string_view sentence) {
  mistakes_.push_back(Mistake{place, std::string(sentence)});
}

Error ScriptReader::error() const {
  std::vector<Mistake> ordered = mistakes_;
  std::ranges::stable_sort(ordered, {},
                           [](const Mistake& m) { return std::tuple(m.place.line, m.place.column); });
  Error error{ErrorCode::kInvalidInput, ""};
  for (const Mistake& mistake : ordered) {
    if (!error.sentence.empty()) error.sentence += '\n';
    error.sentence += place_in(file_name_, mistake.place) + ": " + mistake.sentence;
  }
  return error;
}

bool ScriptReader::map(const YamlNode& node, std::string_view what,
                       std::initializer_list<std::string_view> keys) {
  const std::vector<std::string_view> known(keys);
  if (node.kind != YamlNode::Kind::kMap) {
    mistake(node.place, std::string(what) + ": expected the keys " + joined(known));
    return false;
  }
  for (const YamlNode& key : node.keys) {
    if (std::ranges::find(known, key.text) != known.end()) continue;
    const std::string hint = did_you_mean(key.text, known);
    mistake(key.place, std::string(what) + ": unknown key " + quoted(key.text) + "; expected one of " +
                           joined(known) + hint);
  }
  return true;
}

const YamlNode* ScriptReader::required(const YamlNode& node, std::string_view what, std::string_view key) {
  const YamlNode* value = node.find(key);
  if (value == nullptr) {
    mistake(node.place, std::string(what) + ": expected the key \"" + std::string(key) + "\"");
  }
  return value;
}

std::string ScriptReader::word(const YamlNode& node, std::string_view what) {
  if (node.kind == YamlNode::Kind::kScalar && !node.text.empty() && node.text.size() <= kWordBytesMax) {
    return node.text;
  }
  mistake(node.place,
          std::string(what) + ": expected a text of 1 to " + std::to_string(kWordBytesMax) + " bytes");
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
  mistake(node.place,
          std::string(what) +
              ": expected up to 64 lower-case letters, digits, \"-\" and \"_\", the first a letter");
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
  mistake(node.place, std::string(what) + ": expected a whole number from " + std::to_string(min) + " to " +
                          std::to_string(max));
  return min;
}

double ScriptReader::number(const YamlNode& node, std::string_view what) {
  double value = 0;
  const char* end = node.text.data() + node.text.size();
  const auto [stop, error] = std::from_chars(node.text.data(), end, value, std::chars_format::fixed);
  if (node.kind == YamlNode::Kind::kScalar && error == std::errc() && stop == end && std::isfinite(value)) {
    return value;
  }
  mistake(node.place, std::string(what) + ": expected a number such as 60 or 5.5");
  return 0;
}

bool ScriptReader::yes_or_no(const YamlNode& node, std::string_view what) {
  if (node.kind == YamlNode::Kind::kScalar && (node.text == "true" || node.text == "false")) {
    return node.text == "true";
  }
  mistake(node.place, std::string(what) + ": expected true or false");
  return false;
}

Date ScriptReader::date(const YamlNode& node, std::string_view what) {
  if (node.kind == YamlNode::Kind::kScalar) {
    const Result<Date> date = parse_iso_date(node.text);
    if (date.ok()) return *date;
  }
  mistake(node.place, std::string(what) + ": expected a calendar day written YYYY-MM-DD");
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
  mistake(node.place, std::string(what) + ": expected a list of at least one item");
  return kNone;
}

std::optional<std::size_t> ScriptReader::choice(const YamlNode& node, std::string_view what,
                                                const std::vector<std::string_view>& choices) {
  if (node.kind == YamlNode::Kind::kScalar) {
    const auto found = std::ranges::find(choices, node.text);
    if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  }
  const bool is_word = node.kind == YamlNode::Kind::kScalar;
  mistake(node.place, std::string(what) + ": " + (is_word ? "unknown " + quoted(node.text) + "; " : "") +
                          "expected one of " + joined(choices) +
                          (is_word ? did_you_mean(node.text, choices) : ""));
  return std::nullopt;
}

}  // namespace mimamori
