#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"
#include "stats/table.h"

namespace mimamori {

/// A table from a file whose name ends in .csv or .parquet.
/// Errors  kNotFound, kIo, kUnsupported: another kind of file.  kInvalidInput: the place and what was
/// expected.
Result<Table> read_table(const std::filesystem::path& file);

/// A table from CSV (RFC 4180): UTF-8 with or without byte order mark, lines ended by LF or CR LF, first line
/// the names. An empty cell is a missing value. A column is numeric if every other cell is a plain number
/// (-1, 2.5, 1e-3; Inf and NaN are kept apart and refused in use), else text. A whole number beyond 2^53
/// makes its column text, so that no digit of an identifier is lost. Errors  kInvalidInput: line (from 1, the
/// names are line 1) and column, and what was expected there.
Result<Table> read_csv(std::string_view text);

}  // namespace mimamori
