#include "stats/explain.h"

#include <algorithm>

namespace mimamori {
namespace {

/// Catalogue key of what a kind of key holds.
std::string_view words_of(KeyKind kind) {
  switch (kind) {
    case KeyKind::kColumn: return "stats.kind.column";
    case KeyKind::kColumns: return "stats.kind.columns";
    case KeyKind::kLevelColumn: return "stats.kind.level_column";
    case KeyKind::kLevelColumns: return "stats.kind.level_columns";
    case KeyKind::kFactors: return "stats.kind.factors";
    case KeyKind::kOffset: return "stats.kind.offset";
    case KeyKind::kNumber: return "stats.kind.number";
    case KeyKind::kNumbers: return "stats.kind.numbers";
    case KeyKind::kWholeNumber: return "stats.kind.whole_number";
    case KeyKind::kFlag: return "stats.kind.flag";
    case KeyKind::kChoice: return "stats.kind.choice";
    case KeyKind::kChoices: return "stats.kind.choices";
    case KeyKind::kLevel: return "stats.kind.level";
    case KeyKind::kNumberByName: return "stats.kind.number_by_name";
    case KeyKind::kTimeVarying: return "stats.kind.time_varying";
    case KeyKind::kText: return "stats.kind.text";
  }
  ENSURE(false && "every kind has words");
}

std::string explain_key(const SpecKey& key, const TextOf& text) {
  std::string line = "  " + std::string(key.name) + "  " + text(words_of(key.kind));
  for (const std::string_view choice : key.choices) {
    line += (choice == key.choices.front() ? " " : ", ") + std::string(choice);
  }
  if (key.required) line += "  [" + text("stats.explain.required") + "]";
  if (!key.default_json.empty()) {
    line += "  [" + text("stats.explain.default") + " " + std::string(key.default_json) + "]";
  }
  return line + "\n      " + text(key.words) + "\n";
}

/// Up to and with the first full stop that ends a sentence.
std::string first_sentence(const std::string& paragraph) {
  const std::size_t japanese = paragraph.find("。");
  if (japanese != std::string::npos) return paragraph.substr(0, japanese + std::string_view("。").size());
  const std::size_t english = paragraph.find(". ");
  return english == std::string::npos ? paragraph : paragraph.substr(0, english + 1);
}

std::string text_key(const Method& method) { return "stats." + std::string(method.name); }

}  // namespace

std::string list_methods(const TextOf& text) {
  std::size_t width = 0;
  for (const Method& method : methods()) width = std::max(width, method.name.size());
  std::string list;
  for (const Method& method : methods()) {
    list += std::string(method.name) + std::string(width + 2 - method.name.size(), ' ') +
            first_sentence(text(text_key(method))) + "\n";
  }
  return list;
}

std::string explain_method(const Method& method, const TextOf& text) {
  std::string page = std::string(method.name) + "\n\n" + text(text_key(method)) + "\n\n";
  page += text("stats.explain.keys") + "\n";
  for (const SpecKey& key : method.keys) page += explain_key(key, text);
  page += "\n" + text("stats.explain.common_keys") + "\n";
  for (const SpecKey& key : common_keys()) page += explain_key(key, text);
  return page;
}

}  // namespace mimamori
