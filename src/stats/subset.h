#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "stats/table.h"

namespace mimamori {

/// The rows (from 0) for which an expression holds, such as  case == 1 and (age >= 65 or sex == "f").
///
///   expression  term { or term }
///   term        factor { and factor }
///   factor      ( expression )  |  column operator value
///   column      a name of letters, digits, '_' and '.', or any name in back quotes
///   operator    == != < <= > >=
///   value       a number, or a text in double quotes (== and != only)
///
/// A missing value makes every comparison false. At most 4,096 characters, nested 64 deep.
/// Errors  kInvalidInput: the place (character, from 1) and what was expected there.
Result<std::vector<std::size_t>> rows_of_subset(std::string_view expression, const Table& table);

}  // namespace mimamori
