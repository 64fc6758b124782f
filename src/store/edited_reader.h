#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/cell.h"

namespace mimamori {

/// The edited layer of a site, opened for reading alone. No file or network access from SQL.
class EditedReader {
 public:
  /// Errors  kNotFound: no edited layer at this path.  kIo.
  static Result<EditedReader> open(const std::filesystem::path& file);

  EditedReader(EditedReader&&) noexcept;
  EditedReader& operator=(EditedReader&&) noexcept;
  ~EditedReader();

  /// Runs one SELECT with values bound to $1, $2, ... Lists are bound as comma-separated text and
  /// cut in SQL with string_split.  Errors  kInvalidInput: the SQL is wrong, with DuckDB's words.
  [[nodiscard]] Result<CellTable> query(const std::string& sql, const std::vector<Cell>& values = {}) const;

 private:
  struct Impl;
  explicit EditedReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mimamori
