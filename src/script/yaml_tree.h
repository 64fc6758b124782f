#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "script/script_problem.h"

namespace mimamori {

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

/// Reads one YAML document, or tells its first problem: larger, deeper or with more nodes than
/// base/limits.h allows; not UTF-8; not YAML; an anchor, alias, tag, repeated key or second document.
std::variant<YamlNode, ScriptProblem> read_yaml(std::string_view text);

}  // namespace mimamori
