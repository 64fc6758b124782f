#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tidy/rules.h"
#include "tidy/source_text.h"

namespace mimamori::tidy {
namespace {

using Texts = std::map<std::string, std::string>;  // key to text

/// The {placeholders} of a text.
std::multiset<std::string> placeholders(const std::string& text) {
  std::multiset<std::string> found;
  for (std::size_t open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1)) {
    const std::size_t close = text.find('}', open);
    if (close != std::string::npos) found.insert(text.substr(open, close - open + 1));
  }
  return found;
}

/// One file of texts. A key that comes twice in it would silently hide the first, so it is looked for here.
Texts read_texts(const SourceFile& file, Violations& violations) {
  std::set<std::string> seen;
  const auto watch = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& value) {
    if (event == nlohmann::json::parse_event_t::key && !seen.insert(value.get<std::string>()).second) {
      violations.push_back(file.path + ": expected the key once: " + value.get<std::string>());
    }
    return true;
  };
  Texts texts;
  const nlohmann::json json = nlohmann::json::parse(file.text, watch, false);
  if (!json.is_object()) violations.push_back(file.path + ": expected a JSON object of texts");
  if (!json.is_object()) return texts;
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string() || value.get<std::string>().empty()) {
      violations.push_back(file.path + ": expected a text for " + key);
    } else {
      texts[key] = value.get<std::string>();
    }
  }
  return texts;
}

/// All texts of one language by key, and where each came from.
std::map<std::string, std::pair<std::string, std::string>> read_language(const std::filesystem::path& root,
                                                                         const std::string& language,
                                                                         Violations& violations) {
  std::map<std::string, std::pair<std::string, std::string>> all;
  for (const SourceFile& file : source_files(root, {"text/" + language}, {".json"})) {
    const std::string area = std::filesystem::path(file.path).filename().string();
    for (const auto& [key, text] : read_texts(file, violations)) {
      const auto [other, is_new] = all.try_emplace(key, area, text);
      if (!is_new) violations.push_back(file.path + ": " + key + " is in " + other->second.first + " too");
    }
  }
  return all;
}

}  // namespace

Violations texts_that_differ(const std::filesystem::path& root) {
  Violations violations;
  const auto japanese = read_language(root, "ja", violations);
  const auto english = read_language(root, "en", violations);
  for (const auto& [key, in_ja] : japanese) {
    const auto in_en = english.find(key);
    if (in_en == english.end()) {
      violations.push_back("text/ja/" + in_ja.first + ": expected the key in English too: " + key);
    } else if (in_en->second.first != in_ja.first) {
      violations.push_back("text/ja/" + in_ja.first + ": in English " + key + " is in " +
                           in_en->second.first);
    } else if (placeholders(in_ja.second) != placeholders(in_en->second.second)) {
      violations.push_back("text/ja/" + in_ja.first +
                           ": expected the same placeholders as in English: " + key);
    }
  }
  for (const auto& [key, in_en] : english) {
    if (japanese.contains(key)) continue;
    violations.push_back("text/en/" + in_en.first + ": expected the key in Japanese too: " + key);
  }
  return violations;
}

Violations texts_that_are_missing(const std::filesystem::path& root) {
  Violations violations;
  const auto japanese = read_language(root, "ja", violations);
  violations.clear();  // those of the files themselves are the other rule's
  const std::string call = "catalogue(\"";
  for (const SourceFile& file : source_files(root, {"src", "apps"}, {".cpp"})) {
    for (std::size_t at = file.code.find(call); at != std::string::npos; at = file.code.find(call, at + 1)) {
      const std::size_t start = at + call.size();
      const std::size_t end = file.text.find('"', start);
      const std::string key = file.text.substr(start, end - start);
      // A key that is put together at run time ("outcome." + id) cannot be looked up here.
      const bool whole = end + 1 < file.text.size() && file.text[end + 1] == ')';
      if (!whole || japanese.contains(key)) continue;
      violations.push_back(place(file, at) + ": expected a text for " + key);
    }
  }
  return violations;
}

}  // namespace mimamori::tidy
