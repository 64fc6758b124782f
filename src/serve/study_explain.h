#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace mimamori {

struct ExplainOptions {
  bool japanese = false;  // else English
};

/// A script in plain words for a terminal, as hospital staff read it before they approve: the heading of each
/// part and its numbered sentences.
/// Errors  kInvalidInput: the script, with file, line and column.  kNotFound, kIo: the file.
Result<std::string> explain_study(const std::filesystem::path& script, ExplainOptions options);

}  // namespace mimamori
