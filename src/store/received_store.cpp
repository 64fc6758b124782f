#include "store/received_store.h"

#include <span>

#include "base/embedded.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_store_sql();

namespace {

std::string text(const Cell& cell) {
  const auto* value = std::get_if<std::string>(&cell);
  return value == nullptr ? std::string() : *value;
}

std::int64_t integer(const Cell& cell) {
  const auto* value = std::get_if<std::int64_t>(&cell);
  return value == nullptr ? 0 : *value;
}

}  // namespace

Result<ReceivedStore> ReceivedStore::open(const std::filesystem::path& file) {
  Database database = TRY(Database::open(file, Database::Mode::kReadWrite));
  TRY(database.run(std::string(content_of(embedded_store_sql(), "sql/received_schema.sql"))));
  ReceivedStore store(std::move(database));
  TRY(store.load_known());
  return store;
}

Result<void> ReceivedStore::load_known() {
  const CellTable files = TRY(database_.query("SELECT file_id, path, sha256, file_identity FROM received_file ORDER BY file_id"));
  received_at_.reserve(files.rows.size());
  latest_.reserve(files.rows.size());
  for (const auto& row : files.rows) {
    last_file_id_ = integer(row[0]);
    received_at_[text(row[1])] = text(row[2]);
    latest_[text(row[3])] = {text(row[1]), text(row[2])};
  }
  return {};
}

Result<void> ReceivedStore::begin_batch(const std::string& source) {
  source_ = source;
  batch_id_.reset();
  batch_files_ = 0;
  const CellTable open = TRY(database_.query(
      "SELECT batch_id FROM batch WHERE finished_at IS NULL AND source = $1 ORDER BY batch_id", {source}));
  if (open.rows.empty()) return {};
  batch_id_ = integer(open.rows[0][0]);
  const CellTable files = TRY(database_.query("SELECT count(*) FROM received_file WHERE batch_id = $1", {*batch_id_}));
  batch_files_ = as_integer(files);
  return {};
}

bool ReceivedStore::knows(const IncomingFile& file, const std::function<bool(const std::string&)>& is_there) const {
  const auto latest = latest_.find(file.file_identity);
  if (latest == latest_.end()) return false;
  const auto& [path, sha256] = latest->second;
  if (path == file.path) return sha256 == file.sha256;
  if (is_there(path)) {
    const auto here = received_at_.find(file.path);
    return here != received_at_.end() && here->second == file.sha256;
  }
  return sha256 == file.sha256 && path.back() == file.path.back();
}

void ReceivedStore::note(const IncomingFile& file) {
  received_at_[file.path] = file.sha256;
  latest_[file.file_identity] = {file.path, file.sha256};
}

Result<void> ReceivedStore::append(const std::vector<IncomingFile>& files) {
  if (!batch_id_) {
    const CellTable last = TRY(database_.query("SELECT coalesce(max(batch_id), 0) FROM batch"));
    const std::int64_t next = as_integer(last) + 1;
    TRY(database_.query("INSERT INTO batch VALUES ($1, $2, current_localtimestamp(), NULL)", {next, source_}));
    batch_id_ = next;
  }
  const CellTable now = TRY(database_.query("SELECT epoch_us(current_localtimestamp())"));
  const duckdb_timestamp received_at{as_integer(now)};
  AppenderHandle appender;
  bool good = duckdb_appender_create(database_.connection(), nullptr, "received_file", appender.out()) == DuckDBSuccess;
  std::int64_t file_id = last_file_id_;
  for (const IncomingFile& file : files) {
    const auto append_text = [&](const std::string& value) {
      good = good && duckdb_append_varchar_length(appender.get(), value.data(), value.size()) == DuckDBSuccess;
    };
    good = good && duckdb_append_int64(appender.get(), ++file_id) == DuckDBSuccess;
    good = good && duckdb_append_int64(appender.get(), *batch_id_) == DuckDBSuccess;
    append_text(file.path);
    append_text(file.file_identity);
    append_text(file.sha256);
    good = good && duckdb_append_int64(appender.get(), static_cast<std::int64_t>(file.content.size())) == DuckDBSuccess;
    if (file.read_error.empty()) {
      good = good && duckdb_append_null(appender.get()) == DuckDBSuccess;
    } else {
      append_text(file.read_error);
    }
    good = good && duckdb_append_timestamp(appender.get(), received_at) == DuckDBSuccess;
    good = good && duckdb_append_blob(appender.get(), file.content.data(), file.content.size()) == DuckDBSuccess;
    good = good && duckdb_appender_end_row(appender.get()) == DuckDBSuccess;
  }
  good = good && duckdb_appender_close(appender.get()) == DuckDBSuccess;
  if (!good) {
    const char* words = duckdb_appender_error(appender.get());
    return Error{ErrorCode::kIo, std::string("store: cannot add received files: ") + (words == nullptr ? "" : words)};
  }
  return {};
}

Result<void> ReceivedStore::add(const std::vector<IncomingFile>& files) {
  if (files.empty()) return {};
  const std::optional<std::int64_t> batch_before = batch_id_;
  const Result<void> added = database_.in_transaction([&] { return append(files); });
  if (!added.ok()) {
    batch_id_ = batch_before;
    return added;
  }
  last_file_id_ += static_cast<std::int64_t>(files.size());
  batch_files_ += static_cast<std::int64_t>(files.size());
  for (const IncomingFile& file : files) note(file);
  return {};
}

Result<void> ReceivedStore::finish_batch() {
  if (!batch_id_) return {};
  TRY(database_.query("UPDATE batch SET finished_at = current_localtimestamp() WHERE batch_id = $1", {*batch_id_}));
  return {};
}

Result<std::vector<StoredFile>> ReceivedStore::read(std::int64_t after, std::int64_t count) const {
  const CellTable table = TRY(database_.query(
      "SELECT file_id, batch_id, path, sha256, size_bytes, read_error, content FROM received_file "
      "WHERE file_id > $1 AND file_id <= $2 ORDER BY file_id",
      {after, after + count}));
  std::vector<StoredFile> files;
  files.reserve(table.rows.size());
  for (const auto& row : table.rows) {
    files.push_back({.file_id = integer(row[0]),
                     .batch_id = integer(row[1]),
                     .path = text(row[2]),
                     .sha256 = text(row[3]),
                     .size_bytes = integer(row[4]),
                     .read_error = text(row[5]),
                     .content = text(row[6])});
  }
  return files;
}

Result<FileIds> ReceivedStore::superseded() const {
  const CellTable table =
      TRY(database_.query(std::string(content_of(embedded_store_sql(), "sql/superseded_files.sql"))));
  FileIds files;
  for (const auto& row : table.rows) files.insert(integer(row[0]));
  return files;
}

}  // namespace mimamori
