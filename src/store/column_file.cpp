#include "store/column_file.h"

#include <cmath>
#include <limits>

#include "store/handle.h"

namespace mimamori {
namespace {

using ChunkHandle = Handle<duckdb_data_chunk, duckdb_destroy_data_chunk>;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

struct Session {
  DatabaseHandle database;
  ConnectionHandle connection;  // declared after: ends first
};

Error wrong_file(const std::filesystem::path& file, const char* words) {
  std::string sentence = words == nullptr ? "not readable as Parquet" : words;
  if (const auto end = sentence.find('\n'); end != std::string::npos) sentence.resize(end);
  return {ErrorCode::kInvalidInput, file.string() + ": " + sentence};
}

/// A database in memory; only read_parquet of the named file is ever run in it.
Result<void> open_session(Session& session) {
  ConfigHandle config;
  ENSURE(duckdb_create_config(config.out()) == DuckDBSuccess);
  duckdb_set_config(config.get(), "autoinstall_known_extensions", "false");
  duckdb_set_config(config.get(), "autoload_known_extensions", "false");
  char* words = nullptr;
  if (duckdb_open_ext(":memory:", session.database.out(), config.get(), &words) == DuckDBError) {
    Error error{ErrorCode::kIo, std::string("store: ") + words};
    duckdb_free(words);
    return error;
  }
  if (duckdb_connect(session.database.get(), session.connection.out()) == DuckDBError) {
    return Error{ErrorCode::kIo, "store: cannot open a connection"};
  }
  return {};
}

Result<void> prepare(const Session& session, const std::filesystem::path& file, const std::string& sql,
                     StatementHandle& statement) {
  if (duckdb_prepare(session.connection.get(), sql.c_str(), statement.out()) == DuckDBError) {
    return wrong_file(file, duckdb_prepare_error(statement.get()));
  }
  return {};
}

/// 'a''b': read_parquet must know its file when the statement is prepared, so it cannot be bound.
std::string sql_text(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

std::string sql_name(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

bool is_whole_and_wide(duckdb_type type) {
  return type == DUCKDB_TYPE_BIGINT || type == DUCKDB_TYPE_UBIGINT || type == DUCKDB_TYPE_HUGEINT ||
         type == DUCKDB_TYPE_UHUGEINT;
}

bool is_number(duckdb_type type) {
  switch (type) {
    case DUCKDB_TYPE_BOOLEAN:
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_DECIMAL: return true;
    default: return is_whole_and_wide(type);
  }
}

/// Which of the wide whole-number columns fit a double exactly.
Result<std::vector<bool>> fit_a_double(const Session& session, const std::filesystem::path& file,
                                       const std::string& source, const std::vector<std::string>& columns) {
  std::vector<bool> fits(columns.size(), true);
  if (columns.empty()) return fits;
  std::string list;
  for (const std::string& name : columns) {
    list +=
        (list.empty() ? "" : ", ") + ("coalesce(max(" + sql_name(name) + ") <= 9007199254740992 AND min(" +
                                      sql_name(name) + ") >= -9007199254740992, true)");
  }
  StatementHandle statement;
  TRY(prepare(session, file, "SELECT " + list + " FROM " + source, statement));
  ResultHandle result;
  if (duckdb_execute_prepared(statement.get(), result.get()) == DuckDBError) {
    return wrong_file(file, duckdb_result_error(result.get()));
  }
  ChunkHandle chunk;
  *chunk.in_place() = duckdb_fetch_chunk(*result.get());
  ENSURE(chunk.get() != nullptr);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    fits[i] =
        static_cast<const bool*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk.get(), i)))[0];
  }
  return fits;
}

void append_chunk(duckdb_data_chunk chunk, std::vector<FileColumn>& columns) {
  const idx_t rows = duckdb_data_chunk_get_size(chunk);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    FileColumn& column = columns[c];
    duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, c);
    uint64_t* validity = duckdb_vector_get_validity(vector);
    const void* data = duckdb_vector_get_data(vector);
    for (idx_t row = 0; row < rows; ++row) {
      const bool there = validity == nullptr || duckdb_validity_row_is_valid(validity, row);
      if (column.is_text) {
        duckdb_string_t text = static_cast<const duckdb_string_t*>(data)[row];
        if (!there) column.texts.emplace_back();
        if (there) column.texts.emplace_back(duckdb_string_t_data(&text), duckdb_string_t_length(text));
        continue;
      }
      const double value = there ? static_cast<const double*>(data)[row] : kMissing;
      column.numbers.push_back(value);
      if (there && !std::isfinite(value)) column.not_finite.push_back(column.numbers.size());
    }
  }
}

/// The columns with their kinds, without rows yet.
Result<std::vector<FileColumn>> describe(const Session& session, const std::filesystem::path& file,
                                         const std::string& source) {
  StatementHandle statement;
  TRY(prepare(session, file, "SELECT * FROM " + source, statement));
  std::vector<FileColumn> columns;
  std::vector<std::size_t> wide;
  std::vector<std::string> wide_names;
  const idx_t count = duckdb_prepared_statement_column_count(statement.get());
  for (idx_t c = 0; c < count; ++c) {
    const char* name = duckdb_prepared_statement_column_name(statement.get(), c);
    FileColumn& column = columns.emplace_back();
    column.name = name == nullptr ? "" : name;
    duckdb_free(const_cast<char*>(name));  // NOLINT: DuckDB gives it away to be freed
    const duckdb_type type = duckdb_prepared_statement_column_type(statement.get(), c);
    column.is_text = !is_number(type);
    if (!is_whole_and_wide(type)) continue;
    wide.push_back(c);
    wide_names.push_back(column.name);
  }
  const std::vector<bool> fits = TRY(fit_a_double(session, file, source, wide_names));
  for (std::size_t i = 0; i < wide.size(); ++i) columns[wide[i]].is_text = !fits[i];
  return columns;
}

}  // namespace

Result<std::vector<FileColumn>> read_parquet_columns(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) {
    return Error{ErrorCode::kNotFound, file.string() + ": expected a Parquet file there"};
  }
  if (file.string().find_first_of("*?[") != std::string::npos) {
    return Error{ErrorCode::kInvalidInput, file.string() + ": expected a name without *, ? and ["};
  }
  Session session;
  TRY(open_session(session));
  const std::string source = "read_parquet(" + sql_text(file.string()) + ", hive_partitioning = false)";
  std::vector<FileColumn> columns = TRY(describe(session, file, source));
  std::string list;
  for (const FileColumn& column : columns) {
    const std::string type = column.is_text ? " AS VARCHAR)" : " AS DOUBLE)";
    list += (list.empty() ? "CAST(" : ", CAST(") + sql_name(column.name) + type;
  }
  StatementHandle statement;
  TRY(prepare(session, file, "SELECT " + list + " FROM " + source, statement));
  ResultHandle result;
  // Streaming: the answer is never in memory beside the columns. The order of the file is kept.
  if (duckdb_execute_prepared_streaming(statement.get(), result.get()) == DuckDBError) {
    return wrong_file(file, duckdb_result_error(result.get()));
  }
  for (;;) {
    ChunkHandle chunk;
    *chunk.in_place() = duckdb_fetch_chunk(*result.get());
    if (chunk.get() == nullptr) break;
    append_chunk(chunk.get(), columns);
  }
  const char* problem = duckdb_result_error(result.get());
  if (problem != nullptr && *problem != '\0') return wrong_file(file, problem);
  return columns;
}

}  // namespace mimamori
