#include "store/row_appender.h"

namespace mimamori {

Result<RowAppender> RowAppender::open(duckdb_connection connection, const char* table) {
  RowAppender opened;
  opened.table_ = table;
  if (duckdb_appender_create(connection, nullptr, table, opened.appender_.out()) != DuckDBSuccess) {
    return Error{ErrorCode::kIo, std::string("store: cannot write to table ") + table};
  }
  return opened;
}

Result<void> RowAppender::close() {
  good_ = duckdb_appender_close(appender_.get()) == DuckDBSuccess && good_;
  if (good_) return {};
  const char* words = duckdb_appender_error(appender_.get());
  return Error{ErrorCode::kIo, "store: cannot write to table " + table_ + ": " + (words == nullptr ? "" : words)};
}

}  // namespace mimamori
