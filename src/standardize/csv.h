#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mimamori {

/// One line of a CSV text and its number (the header is line 1).
struct CsvLine {
  std::size_t number = 0;
  std::vector<std::string> fields;
};

/// Reads a comma-separated text in UTF-8 (a byte-order mark is skipped) whose first line is exactly
/// `header`. A field may stand in double quotes, with "" for a quote; a field cannot hold a line break.
/// Empty lines are skipped; lines may end with LF or CRLF.
///
/// Errors  kInvalidInput, with the line's number: not UTF-8, another header, another number of
///         fields, a quote that is not closed.
Result<std::vector<CsvLine>> parse_csv(std::string_view text, const std::vector<std::string>& header);

}  // namespace mimamori
