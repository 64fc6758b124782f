#pragma once

#include <optional>
#include <string_view>

#include "script/plain_words.h"
#include "script/problems.h"

namespace mimamori {

/// A place in a script, both counted from 1; the column in characters.
struct ScriptPlace {
  int line = 1;
  int column = 1;
};

/// A problem of one of script_problem_codes() in both languages; `values` fill its text. Without a place it
/// concerns the whole file.
ScriptProblem script_problem(std::optional<ScriptPlace> place, std::string_view code, NamedTexts values = {});

}  // namespace mimamori
