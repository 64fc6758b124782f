#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/cell.h"
#include "store/handle.h"

namespace mimamori {

/// One DuckDB file and one connection to it.
class Database {
 public:
  enum class Mode { kReadWrite, kReadOnly };

  /// Errors  kNotFound: no such file (read-only).  kIo: cannot be opened, in DuckDB's words.
  static Result<Database> open(const std::filesystem::path& file, Mode mode);

  /// A database in memory that may read and write one file of the machine and nothing else. One thread, so that
  /// what it writes has one order; more memory than memory_limit ("1GB") is refused and nothing goes to the disk.
  static Result<Database> open_beside(const std::string& path, const std::string& memory_limit);

  /// Runs statements that answer nothing.  Errors  kIo, with DuckDB's words.
  [[nodiscard]] Result<void> run(const std::string& sql) const;

  /// Runs one statement with values bound to $1, $2, ...  Errors  kInvalidInput: SQL or values.
  [[nodiscard]] Result<CellTable> query(const std::string& sql, const std::vector<Cell>& values = {}) const;

  /// One number: the first cell of the answer, 0 for NULL or no row.  Errors  as query.
  [[nodiscard]] Result<std::int64_t> count(const std::string& sql, const std::vector<Cell>& values = {}) const;

  /// Runs a function of one step in a transaction: all of it happens, or nothing.
  template <class Step>
  Result<void> in_transaction(Step&& step) const {
    TRY(run("BEGIN TRANSACTION"));
    Result<void> outcome = step();
    if (!outcome.ok()) {
      const Result<void> undone = run("ROLLBACK");
      static_cast<void>(undone.ok());  // the first error is the one to tell
      return outcome;
    }
    return run("COMMIT");
  }

  [[nodiscard]] duckdb_connection connection() const { return connection_.get(); }

 private:
  DatabaseHandle database_;
  ConnectionHandle connection_;   // declared after: ends first
};

/// The first cell of an answer as a whole number; 0 for NULL or no row.
std::int64_t as_integer(const CellTable& table);

}  // namespace mimamori
