#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text2.h"

namespace mimamori {

/// One mistake of a script, for the author's editor.
struct ScriptProblem {
  std::string code;           // one of script_problem_codes()
  std::optional<int> line;    // from 1; absent where the problem is the whole file
  std::optional<int> column;  // from 1, in characters
  Text2 message;
};

/// The closed list of codes; `catalogue("problem." + code)` exists for each.
const std::vector<std::string>& script_problem_codes();

/// Every mistake of a script in the order of the file; none if parse_script would read it. The
/// author's own words may be quoted.
std::vector<ScriptProblem> script_problems(std::string_view text);

}  // namespace mimamori
