#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"
#include "stats/spec.h"

namespace mimamori {

/// A spec as JSON; its keys are checked later, beside the data.
/// Errors  kNotFound, kIo.  kInvalidInput: no JSON, with line and column; a key twice in one object; above 1
/// MiB.
Result<Json> read_spec_file(const std::filesystem::path& file);
Result<Json> read_spec(std::string_view text);

}  // namespace mimamori
