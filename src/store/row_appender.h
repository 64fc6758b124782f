#pragma once

// Rows of model/ structs into tables: the struct's columns() gives names, order and types.

#include <optional>
#include <string>

#include "model/edited.h"
#include "model/sql_type.h"
#include "store/handle.h"

namespace mimamori {

/// CREATE TABLE for a row struct; optional members may be NULL, others may not.
template <class Row>
std::string create_table_sql(const std::string& table) {
  std::string columns;
  Row{}.columns([&]<class T>(const char* name, const T&) {
    columns += columns.empty() ? "" : ", ";
    columns += name;
    columns += ' ';
    columns += sql_type<T>();
  });
  return "CREATE TABLE " + table + " (" + columns + ")";
}

/// Appends rows of one table; failures are remembered and told by close().
class RowAppender {
 public:
  static Result<RowAppender> open(duckdb_connection connection, const char* table);

  template <class Row>
  void append(const Row& row) {
    row.columns([&](const char*, const auto& value) { put(value); });
    keep(duckdb_appender_end_row(appender_.get()));
  }

  /// A row of one number.
  void append_number(std::int64_t number) {
    put(number);
    keep(duckdb_appender_end_row(appender_.get()));
  }

  /// Writes out what was appended.  Errors  kIo, in DuckDB's words.
  Result<void> close();

 private:
  void keep(duckdb_state state) { good_ = good_ && state == DuckDBSuccess; }
  void put(const std::string& v) { keep(duckdb_append_varchar_length(appender_.get(), v.data(), v.size())); }
  void put(bool v) { keep(duckdb_append_bool(appender_.get(), v)); }
  void put(std::int64_t v) { keep(duckdb_append_int64(appender_.get(), v)); }
  void put(double v) { keep(duckdb_append_double(appender_.get(), v)); }
  void put(Date v) {
    keep(duckdb_append_date(appender_.get(), duckdb_date{static_cast<std::int32_t>(v.time_since_epoch().count())}));
  }
  /// A moment of which only the day is known has no time of day to write: NULL, and the day stands in
  /// the *_on column beside it.
  void put(const Moment& v) {
    if (!v.second_of_day) return keep(duckdb_append_null(appender_.get()));
    const std::int64_t seconds = std::int64_t{v.date.time_since_epoch().count()} * 86400 + *v.second_of_day;
    keep(duckdb_append_timestamp(appender_.get(), duckdb_timestamp{seconds * 1'000'000}));
  }
  template <class T>
  void put(const std::optional<T>& v) {
    if (v) return put(*v);
    keep(duckdb_append_null(appender_.get()));
  }

  AppenderHandle appender_;
  std::string table_;
  bool good_ = true;
};

}  // namespace mimamori
