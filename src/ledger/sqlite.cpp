#include "ledger/sqlite.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/embedded.h"
#include "base/file.h"
#include "ledger/limits.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_ledger_sql();

namespace {

constexpr std::int64_t kApplicationId = 0x4D696D61;  // "Mima", so that file(1) can tell
constexpr std::int64_t kFormat = 1;

/// SQLite itself would make the file readable by others; the journal files take its mode. A file that is
/// there is not opened: closing it would drop the locks that this process holds on it by SQLite (POSIX locks
/// belong to process and file), and another process could then delete the journal under us.
Result<void> make_private_file(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 && errno == EEXIST) return {};
  if (file < 0) return Error{ErrorCode::kIo, "ledger: cannot make or open the file"};
  ::close(file);
  return {};
}

}  // namespace

Error sqlite_error(sqlite3* database, std::string_view place) {
  const int code = database == nullptr ? SQLITE_NOMEM : sqlite3_errcode(database) & 0xFF;
  // The text of SQLite names tables and columns, never a value.
  const std::string text = database == nullptr ? "out of memory" : sqlite3_errmsg(database);
  const bool busy = code == SQLITE_BUSY || code == SQLITE_LOCKED;
  return Error{busy ? ErrorCode::kUnavailable : ErrorCode::kIo,
               "ledger: " + std::string(place) + ": " + text};
}

Statement& Statement::bind(std::int64_t value) {
  ENSURE(sqlite3_bind_int64(statement_.get(), ++bound_, value) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind_text(std::string_view value) {
  ENSURE(sqlite3_bind_text64(statement_.get(), ++bound_, value.data() == nullptr ? "" : value.data(),
                             value.size(), SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind_blob(std::string_view value) {
  // A null pointer would bind NULL, which no column of ours takes.
  ENSURE(sqlite3_bind_blob64(statement_.get(), ++bound_, value.data() == nullptr ? "" : value.data(),
                             value.size(), SQLITE_STATIC) == SQLITE_OK);
  return *this;
}

Result<bool> Statement::next_row() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return sqlite_error(database_, "a statement");
}

Result<void> Statement::run() {
  const bool has_row = TRY(next_row());
  ENSURE(!has_row);
  reset();
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_.get());  // its code repeats the error of the last step
  bound_ = 0;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string Statement::bytes(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

bool Statement::is(int column, int storage_class) const {
  return sqlite3_column_type(statement_.get(), column) == storage_class;
}

Result<Sqlite> Sqlite::open_file(const std::filesystem::path& path, int flags) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_EXRESCODE, nullptr);
  Sqlite database;
  database.database_.reset(handle);
  if (code != SQLITE_OK) return sqlite_error(handle, "cannot open the file");
  sqlite3_busy_timeout(handle, limits::kLedgerBusyMilliseconds);
  // A file from elsewhere must not bring code of its own along.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return database;
}

Result<Sqlite> Sqlite::open(const std::filesystem::path& path) {
  TRY(make_private_file(path));
  Sqlite database = TRY(open_file(path, SQLITE_OPEN_READWRITE));
  TRY(database.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"));
  TRY(database.prepare_new_file());
  TRY(sync_to_disk(path.parent_path().empty() ? "." : path.parent_path()));
  return database;
}

Result<Sqlite> Sqlite::open_to_read(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return Error{ErrorCode::kNotFound, "ledger: expected an existing file"};
  Sqlite database = TRY(open_file(path, SQLITE_OPEN_READONLY));
  const std::int64_t application = TRY(database.pragma("PRAGMA application_id"));
  const std::int64_t format = TRY(database.pragma("PRAGMA user_version"));
  if (application != kApplicationId || format != kFormat) {
    return Error{ErrorCode::kUnsupported, "ledger: expected a ledger of format 1"};
  }
  return database;
}

Result<Sqlite> Sqlite::open_empty(const std::filesystem::path& path) {
  TRY(make_private_file(path));
  return open_file(path, SQLITE_OPEN_READWRITE);
}

Result<std::int64_t> Sqlite::pragma(std::string_view sql) {
  Statement statement = TRY(prepare(sql));
  const bool has_row = TRY(statement.next_row());
  if (!has_row) return Error{ErrorCode::kIo, "ledger: expected the file's own description"};
  return statement.integer(0);
}

Result<void> Sqlite::prepare_new_file() {
  Transaction transaction = TRY(Transaction::begin(*this));
  const std::int64_t application = TRY(pragma("PRAGMA application_id"));
  const std::int64_t format = TRY(pragma("PRAGMA user_version"));
  if (application == kApplicationId && format == kFormat) return {};
  const std::int64_t tables = TRY(pragma("SELECT count(*) FROM sqlite_schema"));
  if (application != 0 || format != 0 || tables != 0) {
    return Error{ErrorCode::kUnsupported, "ledger: expected a ledger of format 1"};
  }
  TRY(run(std::string(content_of(embedded_ledger_sql(), "sql/schema.sql"))));
  TRY(run("PRAGMA application_id = " + std::to_string(kApplicationId) +
          "; PRAGMA user_version = " + std::to_string(kFormat) + ";"));
  return transaction.commit();
}

Result<Statement> Sqlite::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return sqlite_error(database_.get(), "a statement");
  return Statement(database_.get(), statement);
}

Result<void> Sqlite::run(const std::string& sql) {
  if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return sqlite_error(database_.get(), "a statement");
  }
  return {};
}

Result<Transaction> Transaction::begin(Sqlite& database) {
  TRY(database.run("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_ == nullptr || sqlite3_get_autocommit(database_->get()) != 0) return;
  sqlite3_exec(database_->get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<void> Transaction::commit() { return database_->run("COMMIT"); }

}  // namespace mimamori
