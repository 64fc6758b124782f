#pragma once

#include <string>

#include "base/result.h"

namespace mimamori {

/// docs/data-dictionary.md: every table and column of the edited layer with type, labels in both
/// languages, unit, code system, source field and fill rule. Types and order come from the row structs,
/// labels from serve/dictionary.tsv.  Errors  kInvalidInput: a column without a line, or a line without
/// a column (our own mistake, told so that it can be mended).
Result<std::string> data_dictionary_markdown();

}  // namespace mimamori
