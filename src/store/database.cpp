#include "store/database.h"

#include <algorithm>

namespace mimamori {
namespace {

// At a checkpoint DuckDB holds in memory all that came since the last one and all of the row group it falls into,
// so the limit is several times the log.
constexpr const char* kMemoryLimit = "256MB";
constexpr const char* kLogBytesMax = "64MB";

Error duckdb_error(ErrorCode code, const char* words) {
  // DuckDB quotes the failing statement after a blank line; the first line says what is wrong.
  std::string sentence = words == nullptr ? "unknown error" : words;
  if (const auto end = sentence.find("\n\n"); end != std::string::npos) sentence.resize(end);
  return Error{code, "store: " + sentence};
}

Result<void> bind(duckdb_prepared_statement statement, idx_t place, const Cell& value) {
  const duckdb_state state = std::visit(
      [&](const auto& v) {
        using V = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<V, std::monostate>) {
          return duckdb_bind_null(statement, place);
        } else if constexpr (std::is_same_v<V, bool>) {
          return duckdb_bind_boolean(statement, place, v);
        } else if constexpr (std::is_same_v<V, std::int64_t>) {
          return duckdb_bind_int64(statement, place, v);
        } else if constexpr (std::is_same_v<V, double>) {
          return duckdb_bind_double(statement, place, v);
        } else if constexpr (std::is_same_v<V, std::string>) {
          return duckdb_bind_varchar_length(statement, place, v.data(), v.size());
        } else {
          return duckdb_bind_date(statement, place, duckdb_date{static_cast<int32_t>(v.time_since_epoch().count())});
        }
      },
      value);
  if (state == DuckDBError) {
    return Error{ErrorCode::kInvalidInput, "store: value $" + std::to_string(place) + " does not fit the query"};
  }
  return {};
}

/// One column of one chunk. Vectors hold plain arrays of the column's physical type.
template <class T>
T element(duckdb_vector vector, idx_t row) {
  return static_cast<const T*>(duckdb_vector_get_data(vector))[row];
}

std::string text_of(duckdb_string_t text) {
  const std::uint32_t size = duckdb_string_t_length(text);
  return std::string(duckdb_string_t_data(&text), size);
}

Cell read_cell(duckdb_vector vector, duckdb_type type, idx_t row) {
  uint64_t* validity = duckdb_vector_get_validity(vector);
  if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row)) return std::monostate{};
  switch (type) {
    case DUCKDB_TYPE_BOOLEAN: return element<bool>(vector, row);
    case DUCKDB_TYPE_TINYINT: return std::int64_t{element<std::int8_t>(vector, row)};
    case DUCKDB_TYPE_SMALLINT: return std::int64_t{element<std::int16_t>(vector, row)};
    case DUCKDB_TYPE_INTEGER: return std::int64_t{element<std::int32_t>(vector, row)};
    case DUCKDB_TYPE_BIGINT: return element<std::int64_t>(vector, row);
    case DUCKDB_TYPE_FLOAT: return static_cast<double>(element<float>(vector, row));
    case DUCKDB_TYPE_DOUBLE: return element<double>(vector, row);
    case DUCKDB_TYPE_DATE: return Date{Days{element<std::int32_t>(vector, row)}};
    default: return text_of(element<duckdb_string_t>(vector, row));
  }
}

bool is_read_directly(duckdb_type type) {
  switch (type) {
    case DUCKDB_TYPE_BOOLEAN:
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_DATE:
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_BLOB: return true;
    default: return false;
  }
}

/// The same query with every column that we do not read directly turned into text by DuckDB:
/// timestamps, HUGEINT sums, DECIMAL, lists.
std::string with_casts(const std::string& sql, const std::vector<bool>& direct) {
  std::string list;
  for (std::size_t i = 0; i < direct.size(); ++i) {
    const std::string name = "c" + std::to_string(i);
    list += (i == 0 ? "" : ", ") + (direct[i] ? name : "CAST(" + name + " AS VARCHAR) AS " + name);
  }
  std::string names;
  for (std::size_t i = 0; i < direct.size(); ++i) names += (i == 0 ? "c" : ", c") + std::to_string(i);
  return "SELECT " + list + " FROM (\n" + sql + "\n) AS answer(" + names + ")";
}

Result<void> prepare(const Database& database, const std::string& sql, const std::vector<Cell>& values,
                     StatementHandle& statement) {
  if (duckdb_prepare(database.connection(), sql.c_str(), statement.out()) == DuckDBError) {
    return duckdb_error(ErrorCode::kInvalidInput, duckdb_prepare_error(statement.get()));
  }
  for (std::size_t i = 0; i < values.size(); ++i) TRY(bind(statement.get(), i + 1, values[i]));
  return {};
}

Result<void> read_rows(duckdb_result* result, CellTable& table) {
  std::vector<duckdb_type> types;
  for (idx_t c = 0; c < duckdb_column_count(result); ++c) types.push_back(duckdb_column_type(result, c));
  for (;;) {
    duckdb_data_chunk chunk = duckdb_fetch_chunk(*result);
    if (chunk == nullptr) return {};
    const idx_t rows = duckdb_data_chunk_get_size(chunk);
    for (idx_t row = 0; row < rows; ++row) {
      std::vector<Cell>& cells = table.rows.emplace_back();
      cells.reserve(types.size());
      for (idx_t c = 0; c < types.size(); ++c) {
        cells.push_back(read_cell(duckdb_data_chunk_get_vector(chunk, c), types[c], row));
      }
    }
    duckdb_destroy_data_chunk(&chunk);
  }
}

}  // namespace

Result<Database> Database::open(const std::filesystem::path& file, Mode mode) {
  std::error_code ignored;
  if (mode == Mode::kReadOnly && !std::filesystem::exists(file, ignored)) {
    return Error{ErrorCode::kNotFound, "store: " + file.string() + " does not exist"};
  }
  ConfigHandle config;
  ENSURE(duckdb_create_config(config.out()) == DuckDBSuccess);
  // Nothing in SQL may reach other files or the network, and no extension is fetched.
  duckdb_set_config(config.get(), "access_mode", mode == Mode::kReadOnly ? "READ_ONLY" : "READ_WRITE");
  duckdb_set_config(config.get(), "enable_external_access", "false");
  duckdb_set_config(config.get(), "autoinstall_known_extensions", "false");
  duckdb_set_config(config.get(), "autoload_known_extensions", "false");
  duckdb_set_config(config.get(), "lock_configuration", "true");
  if (mode == Mode::kReadWrite) {
    // A load holds two stores open and must stay within a gigabyte. Rows come some thousands at a time: with the
    // small log that is usual, each rewrites the row group that it falls into many times over.
    duckdb_set_config(config.get(), "memory_limit", kMemoryLimit);
    duckdb_set_config(config.get(), "checkpoint_threshold", kLogBytesMax);
  }
  Database database;
  char* words = nullptr;
  if (duckdb_open_ext(file.c_str(), database.database_.out(), config.get(), &words) == DuckDBError) {
    Error error = duckdb_error(ErrorCode::kIo, words);
    duckdb_free(words);
    return error.at(file.string());
  }
  if (duckdb_connect(database.database_.get(), database.connection_.out()) == DuckDBError) {
    return Error{ErrorCode::kIo, "store: " + file.string() + ": cannot open a connection"};
  }
  return database;
}

Result<Database> Database::open_beside(const std::string& path, const std::string& memory_limit) {
  ConfigHandle config;
  ENSURE(duckdb_create_config(config.out()) == DuckDBSuccess);
  duckdb_set_config(config.get(), "threads", "1");
  duckdb_set_config(config.get(), "memory_limit", memory_limit.c_str());
  duckdb_set_config(config.get(), "autoinstall_known_extensions", "false");
  duckdb_set_config(config.get(), "autoload_known_extensions", "false");
  Database database;
  char* words = nullptr;
  if (duckdb_open_ext(nullptr, database.database_.out(), config.get(), &words) == DuckDBError) {
    Error error = duckdb_error(ErrorCode::kIo, words);
    duckdb_free(words);
    return error;
  }
  if (duckdb_connect(database.database_.get(), database.connection_.out()) == DuckDBError) {
    return Error{ErrorCode::kIo, "store: cannot open a connection in memory"};
  }
  ENSURE(path.find('\'') == std::string::npos);  // a path of ours
  TRY(database.run("SET temp_directory = ''"));
  TRY(database.run("SET allowed_paths = ['" + path + "']"));
  TRY(database.run("SET enable_external_access = false"));
  TRY(database.run("SET lock_configuration = true"));
  return database;
}

Result<void> Database::run(const std::string& sql) const {
  ResultHandle result;
  if (duckdb_query(connection(), sql.c_str(), result.get()) == DuckDBError) {
    return duckdb_error(ErrorCode::kIo, duckdb_result_error(result.get()));
  }
  return {};
}

Result<CellTable> Database::query(const std::string& sql, const std::vector<Cell>& values) const {
  StatementHandle statement;
  TRY(prepare(*this, sql, values, statement));
  CellTable table;
  std::vector<bool> direct;
  const idx_t columns = duckdb_prepared_statement_column_count(statement.get());
  for (idx_t c = 0; c < columns; ++c) {
    const char* name = duckdb_prepared_statement_column_name(statement.get(), c);
    table.columns.emplace_back(name == nullptr ? "" : name);
    duckdb_free(const_cast<char*>(name));  // NOLINT: DuckDB gives it away to be freed
    direct.push_back(is_read_directly(duckdb_prepared_statement_column_type(statement.get(), c)));
  }
  const bool selects = duckdb_prepared_statement_type(statement.get()) == DUCKDB_STATEMENT_TYPE_SELECT;
  if (selects && std::find(direct.begin(), direct.end(), false) != direct.end()) {
    TRY(prepare(*this, with_casts(sql, direct), values, statement));
  }
  ResultHandle result;
  if (duckdb_execute_prepared(statement.get(), result.get()) == DuckDBError) {
    return duckdb_error(ErrorCode::kInvalidInput, duckdb_result_error(result.get()));
  }
  if (selects) TRY(read_rows(result.get(), table));
  return table;
}

Result<std::int64_t> Database::count(const std::string& sql, const std::vector<Cell>& values) const {
  const CellTable table = TRY(query(sql, values));
  return as_integer(table);
}

std::int64_t as_integer(const CellTable& table) {
  if (table.rows.empty() || table.rows[0].empty()) return 0;
  const auto* number = std::get_if<std::int64_t>(&table.rows[0][0]);
  return number == nullptr ? 0 : *number;
}

}  // namespace mimamori
