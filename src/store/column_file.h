#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace mimamori {

/// One column of a file: numbers, or texts.
struct FileColumn {
  std::string name;
  bool is_text = false;
  std::vector<double> numbers;          // NaN where the value is missing
  std::vector<std::string> texts;       // empty where the value is missing
  std::vector<std::size_t> not_finite;  // rows (from 1) with Inf or NaN, which is not a missing value
};

/// Every column of a Parquet file, rows in the order of the file. Booleans are 0 and 1, DECIMAL and whole
/// numbers are numbers; whole numbers beyond 2^53 make their column texts, so that no digit is lost; dates,
/// times and the rest are texts as DuckDB writes them. Errors  kNotFound: no such file.  kInvalidInput: no
/// Parquet file, in DuckDB's words.
Result<std::vector<FileColumn>> read_parquet_columns(const std::filesystem::path& file);

}  // namespace mimamori
