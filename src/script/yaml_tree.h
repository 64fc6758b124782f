#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mimamori {

/// A place in a script, both counted from 1; the column in characters.
struct ScriptPlace {
  int line = 1;
  int column = 1;
};

/// A YAML document as plain data: no anchors, aliases, tags or repeated keys are left in it.
struct YamlNode {
  enum class Kind { kNothing, kScalar, kList, kMap };
  Kind kind = Kind::kNothing;
  ScriptPlace place;
  std::string text;             // kScalar
  std::vector<YamlNode> keys;   // kMap: scalars, in the order written
  std::vector<YamlNode> items;  // kList: the items; kMap: the values, one per key

  /// The value of a key of a map, or null.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

/// "examples/a-vs-b.yaml:12:5"
std::string place_in(std::string_view file_name, ScriptPlace place);

/// Reads one YAML document.
///
/// Errors  kInvalidInput, with file:line:column and what was expected: larger, deeper or with more
///         nodes than base/limits.h allows; not UTF-8; not YAML; an anchor, alias, tag, repeated key
///         or second document.
Result<YamlNode> read_yaml(std::string_view text, std::string_view file_name);

}  // namespace mimamori
