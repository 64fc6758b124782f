#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/text2.h"
#include "script/script_problem.h"
#include "script/yaml_tree.h"

namespace mimamori {

/// Reads values out of a script's tree and gathers every mistake with its place, so that an author
/// sees all of them at once. After a mistake each function returns a stand-in value.
class ScriptReader {
 public:
  /// Notes a mistake at the node; `code` is one of script_problem_codes(), `what` the place in words.
  void mistake(const YamlNode& node, std::string_view what, std::string_view code);
  /// The same with `values` for the {names} of its text.
  void mistake(const YamlNode& node, std::string_view code, NamedTexts values);
  /// All mistakes, in the order of the file.
  [[nodiscard]] std::vector<ScriptProblem> problems() const;

  /// Checks that the node is a map with no other keys than these; suggests the nearest one.
  bool map(const YamlNode& node, std::string_view what, std::initializer_list<std::string_view> keys);
  /// The value of a key that must be there, else a mistake and null. `node` is a map.
  const YamlNode* required(const YamlNode& node, std::string_view what, std::string_view key);

  std::string word(const YamlNode& node, std::string_view what);
  /// Lower-case letters, digits, '-' and '_', at most 64, opening with a letter: safe in file names.
  std::string id(const YamlNode& node, std::string_view what);
  int whole_number(const YamlNode& node, std::string_view what, int min, int max);
  double number(const YamlNode& node, std::string_view what);
  bool yes_or_no(const YamlNode& node, std::string_view what);
  Date date(const YamlNode& node, std::string_view what);
  Text2 title(const YamlNode& node);
  /// The items of a list with at least one item; none after a mistake.
  const std::vector<YamlNode>& list(const YamlNode& node, std::string_view what);
  /// The place of the word in `choices`, or absent after a mistake.
  std::optional<std::size_t> choice(const YamlNode& node, std::string_view what,
                                    const std::vector<std::string_view>& choices);

 private:
  std::vector<ScriptProblem> mistakes_;
};

/// An author's own word, in quotes, shortened at a character's end.
Text2 quoted_word(std::string_view word);

/// The candidate that the word was probably meant to be, or empty.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

/// "a, b, c"
std::string joined(const std::vector<std::string_view>& words);

}  // namespace mimamori
