#pragma once

// Inside ledger/ only: SQLite behind three small classes.

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mimamori {

struct CloseSqlite {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeSqlite {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

/// One prepared statement. Bound values must live until it has run.
class Statement {
 public:
  Statement(sqlite3* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}

  /// Binds the next parameter: $1, $2 and so on in the order of the calls.
  Statement& bind(std::int64_t value);
  Statement& bind_text(std::string_view value);
  Statement& bind_blob(std::string_view value);

  /// Moves to the next row; false when there is none.  Errors  kIo, kUnavailable: locked by another.
  Result<bool> next_row();
  /// Runs a statement that gives no row.
  Result<void> run();
  /// Ready for other values.
  void reset();

  [[nodiscard]] std::int64_t integer(int column) const;
  /// Text or bytes.
  [[nodiscard]] std::string bytes(int column) const;
  /// True if the column has the storage class (SQLITE_INTEGER, SQLITE_TEXT, SQLITE_BLOB).
  [[nodiscard]] bool is(int column, int storage_class) const;

 private:
  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, FinalizeSqlite> statement_;
  int bound_ = 0;
};

/// One connection to the ledger's file.
class Sqlite {
 public:
  /// Opens the file, made with mode 0600 and the tables of sql/schema.sql if it is not there:
  /// WAL, every commit flushed to the disk, foreign keys on.
  /// Errors  kIo, kUnavailable: locked; kUnsupported: written by a newer program or not a ledger.
  static Result<Sqlite> open(const std::filesystem::path& path);
  /// Opens an existing ledger to look at it.  Errors  also kNotFound.
  static Result<Sqlite> open_to_read(const std::filesystem::path& path);

  /// A new, private file without tables, as the target of a backup.  Errors  kIo.
  static Result<Sqlite> open_empty(const std::filesystem::path& path);

  /// A constant text of ours that compiles, or the file has been tampered with.  Errors  kIo.
  Result<Statement> prepare(std::string_view sql);
  /// Several statements without parameters or rows.
  Result<void> run(const std::string& sql);
  [[nodiscard]] sqlite3* get() const { return database_.get(); }
  /// Rows changed by the last statement.
  [[nodiscard]] std::int64_t changed_rows() const { return sqlite3_changes64(database_.get()); }

 private:
  static Result<Sqlite> open_file(const std::filesystem::path& path, int flags);
  Result<std::int64_t> pragma(std::string_view sql);
  Result<void> prepare_new_file();

  std::unique_ptr<sqlite3, CloseSqlite> database_;
};

/// All or nothing: what is not committed is rolled back. Takes the write lock at once, so that
/// what was read inside is still true at the commit.
class Transaction {
 public:
  static Result<Transaction> begin(Sqlite& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  /// Durable once this returns without an error.
  Result<void> commit();

 private:
  explicit Transaction(Sqlite& database) : database_(&database) {}
  Sqlite* database_;
};

/// An error of SQLite in our words.
Error sqlite_error(sqlite3* database, std::string_view place);

}  // namespace mimamori
