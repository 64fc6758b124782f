#include "store/received_store.h"

#include <algorithm>
#include <fstream>
#include <future>
#include <span>

#include "base/embedded.h"
#include "base/file.h"
#include "base/limits.h"
#include "store/database.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_store_sql();

namespace {

constexpr std::size_t kBytesPerTransaction = std::size_t{32} * 1024 * 1024;
constexpr std::int64_t kFilesAtOnce = 50'000;
constexpr std::int64_t kPieceBytes = std::int64_t{4} * 1024 * 1024;

std::string text(const Cell& cell) {
  const auto* value = std::get_if<std::string>(&cell);
  return value == nullptr ? std::string() : *value;
}

std::int64_t integer(const Cell& cell) {
  const auto* value = std::get_if<std::int64_t>(&cell);
  return value == nullptr ? 0 : *value;
}

/// Writes a file as it arrives and flushes it to the disk; then says whether it is news.
Result<bool> write_arriving(const std::filesystem::path& folder, const std::filesystem::path& part,
                            const std::function<Result<std::optional<std::string>>()>& next,
                            const std::function<Result<bool>()>& is_news) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  std::ofstream out(part, std::ios::binary | std::ios::trunc);
  for (;;) {
    const std::optional<std::string> piece = TRY(next());
    if (!piece) break;
    out.write(piece->data(), static_cast<std::streamsize>(piece->size()));
    if (!out) return Error{ErrorCode::kIo, "store: " + part.string() + ": cannot be written; is the disk full?"};
  }
  out.close();
  if (!out) return Error{ErrorCode::kIo, "store: " + part.string() + ": cannot be written; is the disk full?"};
  const bool news = TRY(is_news());
  if (news) TRY(sync_to_disk(part));
  return news;
}

/// Gives a file that was flushed its place, durable when it returns.
Result<void> move_into_place(const std::filesystem::path& part, const std::filesystem::path& place) {
  const std::filesystem::path folder = place.parent_path();
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  std::filesystem::rename(part, place, failed);
  if (failed) return Error{ErrorCode::kIo, "store: cannot rename " + part.string() + ": " + failed.message()};
  for (const auto& one : {folder, folder.parent_path(), folder.parent_path().parent_path()}) {
    TRY(sync_to_disk(one.empty() ? std::filesystem::path(".") : one));
  }
  return {};
}

/// Values appended to one table; the first failure is kept.
class ReceivedAppender {
 public:
  ReceivedAppender(const Database& database, const char* table) {
    good_ = duckdb_appender_create(database.connection(), nullptr, table, appender_.out()) == DuckDBSuccess;
  }
  void put(std::int64_t value) { keep(duckdb_append_int64(appender_.get(), value)); }
  void put(const std::string& value) { keep(duckdb_append_varchar_length(appender_.get(), value.data(), value.size())); }
  void put_time(std::int64_t microseconds) { keep(duckdb_append_timestamp(appender_.get(), duckdb_timestamp{microseconds})); }
  void put_bytes(const std::string& value) { keep(duckdb_append_blob(appender_.get(), value.data(), value.size())); }
  void put_null() { keep(duckdb_append_null(appender_.get())); }
  void end_row() { keep(duckdb_appender_end_row(appender_.get())); }
  Result<void> close() {
    keep(duckdb_appender_close(appender_.get()));
    if (good_) return {};
    const char* words = duckdb_appender_error(appender_.get());
    return Error{ErrorCode::kIo, std::string("store: cannot add received files: ") + (words == nullptr ? "" : words)};
  }

 private:
  void keep(duckdb_state state) { good_ = good_ && state == DuckDBSuccess; }
  AppenderHandle appender_;
  bool good_ = true;
};

}  // namespace

struct ReceivedStore::Impl {
  explicit Impl(Database opened) : database(std::move(opened)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (writing.valid()) writing.wait();
  }

  Database database;
  std::filesystem::path folder;            // of files that lie apart, each under its SHA-256
  KnownFiles known;
  std::string source;
  std::optional<std::int64_t> batch_id;    // absent until the batch receives its first file
  bool batch_is_new = false;               // its row is written with its first files
  std::int64_t batch_files = 0;
  std::int64_t last_file_id = 0;           // written or waiting
  std::vector<IncomingFile> waiting;
  std::size_t waiting_bytes = 0;
  std::future<Result<void>> writing;       // one transaction at a time, while the next files are being read

  Result<void> load_known();
  Result<void> choose_batch();
  Result<void> write_batch_row();
  void put_file(ReceivedAppender& appender, const IncomingFile& file, std::int64_t file_id, std::int64_t received_at,
                std::int64_t pieces) const;
  Result<void> write(const std::vector<IncomingFile>& files, std::int64_t first_id);
  [[nodiscard]] std::filesystem::path place_of(const std::string& sha256) const {
    return folder / sha256.substr(0, 2) / sha256;
  }
  Result<void> wait_for_writing();
  Result<void> send_waiting();
  Result<std::int64_t> now() const {
    return database.count("SELECT epoch_us(current_localtimestamp())");
  }
};

ReceivedStore::ReceivedStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ReceivedStore::ReceivedStore(ReceivedStore&&) noexcept = default;
ReceivedStore& ReceivedStore::operator=(ReceivedStore&&) noexcept = default;
ReceivedStore::~ReceivedStore() = default;

namespace {

/// Makes the empty store beside its place: a process that is killed while DuckDB lays out a new file leaves one
/// that nobody can open.
Result<void> make_store(const std::filesystem::path& file) {
  const std::filesystem::path part = file.string() + ".part";
  std::error_code failed;
  std::filesystem::remove(part, failed);
  std::filesystem::remove(part.string() + ".wal", failed);
  {
    const Database database = TRY(Database::open(part, Database::Mode::kReadWrite));
    TRY(database.run(std::string(content_of(embedded_store_sql(), "sql/received_schema.sql")) + "CHECKPOINT;"));
  }
  TRY(sync_to_disk(part));
  std::filesystem::rename(part, file, failed);
  if (failed) return Error{ErrorCode::kIo, "store: cannot rename " + part.string() + ": " + failed.message()};
  return sync_to_disk(file.has_parent_path() ? file.parent_path() : ".");
}

}  // namespace

Result<ReceivedStore> ReceivedStore::open(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) TRY(make_store(file));
  Database opened = TRY(Database::open(file, Database::Mode::kReadWrite));
  auto impl = std::make_unique<Impl>(std::move(opened));
  impl->folder = file.parent_path() / "received";
  TRY(impl->load_known());
  return ReceivedStore(std::move(impl));
}

Result<void> ReceivedStore::Impl::load_known() {
  last_file_id = TRY(database.count("SELECT max(file_id) FROM received_file"));
  known.reserve(static_cast<std::size_t>(last_file_id));
  for (std::int64_t after = 0; after < last_file_id; after += kFilesAtOnce) {
    const CellTable files = TRY(database.query(
        "SELECT file_id, path, sha256, file_identity, size_bytes, modified_us, format, source "
        "FROM received_file JOIN batch USING (batch_id) WHERE file_id > $1 AND file_id <= $2 ORDER BY file_id", {after, after + kFilesAtOnce}));
    IncomingFile file;
    for (const auto& row : files.rows) {
      file.path = text(row[1]);
      file.sha256 = text(row[2]);
      file.file_identity = text(row[3]);
      file.size_bytes = integer(row[4]);
      file.modified_us = integer(row[5]);
      file.format = text(row[6]);
      known.note(file, text(row[7]), integer(row[0]));
    }
  }
  return {};
}

Result<void> ReceivedStore::begin_batch(const std::string& source) {
  impl_->source = source;
  impl_->batch_id.reset();
  impl_->batch_files = 0;
  const CellTable open = TRY(impl_->database.query(
      "SELECT batch_id FROM batch WHERE finished_at IS NULL AND source = $1 ORDER BY batch_id", {source}));
  if (open.rows.empty()) return {};
  impl_->batch_id = integer(open.rows[0][0]);
  impl_->batch_files =
      TRY(impl_->database.count("SELECT count(*) FROM received_file WHERE batch_id = $1", {*impl_->batch_id}));
  return {};
}

bool ReceivedStore::is_untouched(const IncomingFile& file) const { return impl_->known.is_untouched(file); }

Result<bool> ReceivedStore::knows(const IncomingFile& file, const std::function<bool(const FilePlace&)>& is_there) {
  return impl_->known.knows(file, impl_->source, is_there, [&](std::int64_t file_id) -> Result<FilePlace> {
    TRY(flush());
    const CellTable place = TRY(impl_->database.query(
        "SELECT source, path FROM received_file JOIN batch USING (batch_id) WHERE file_id = $1", {file_id}));
    ENSURE(place.rows.size() == 1);
    return FilePlace{.source = text(place.rows[0][0]), .path = text(place.rows[0][1])};
  });
}

Result<void> ReceivedStore::Impl::choose_batch() {
  if (batch_id) return {};
  const std::int64_t last = TRY(database.count("SELECT max(batch_id) FROM batch"));
  batch_id = last + 1;
  batch_is_new = true;
  return {};
}

Result<void> ReceivedStore::Impl::write_batch_row() {
  if (!batch_is_new) return {};
  TRY(database.query("INSERT INTO batch VALUES ($1, $2, current_localtimestamp(), NULL)", {*batch_id, source}));
  batch_is_new = false;
  return {};
}

void ReceivedStore::Impl::put_file(ReceivedAppender& appender, const IncomingFile& file, std::int64_t file_id,
                                           std::int64_t received_at, std::int64_t pieces) const {
  appender.put(file_id);
  appender.put(*batch_id);
  appender.put(file.format);
  appender.put(file.path);
  appender.put(file.file_identity);
  appender.put(file.sha256);
  appender.put(file.size_bytes);
  appender.put(file.modified_us);
  if (file.read_error.empty()) {
    appender.put_null();
  } else {
    appender.put(file.read_error);
  }
  appender.put_time(received_at);
  appender.put(pieces);
  appender.put_bytes(file.content);
  appender.end_row();
}

Result<void> ReceivedStore::Impl::write(const std::vector<IncomingFile>& files, std::int64_t first_id) {
  const std::int64_t received_at = TRY(now());
  const auto append_all = [&]() -> Result<void> {
    TRY(write_batch_row());
    ReceivedAppender appender(database, "received_file");
    std::int64_t file_id = first_id;
    for (const IncomingFile& file : files) put_file(appender, file, file_id++, received_at, 0);
    return appender.close();
  };
  return database.in_transaction(append_all);
}

Result<void> ReceivedStore::Impl::wait_for_writing() {
  if (!writing.valid()) return {};
  return writing.get();
}

Result<void> ReceivedStore::Impl::send_waiting() {
  TRY(wait_for_writing());
  if (waiting.empty()) return {};
  TRY(choose_batch());
  const auto count = static_cast<std::int64_t>(waiting.size());
  batch_files += count;
  writing = std::async(std::launch::async, [this, files = std::move(waiting), first = last_file_id - count + 1] {
    return write(files, first);
  });
  waiting.clear();
  waiting_bytes = 0;
  return {};
}

Result<void> ReceivedStore::add(IncomingFile file) {
  impl_->known.note(file, impl_->source, ++impl_->last_file_id);
  impl_->waiting_bytes += file.content.size();
  impl_->waiting.push_back(std::move(file));
  if (impl_->waiting.size() < limits::kFilesPerTransaction && impl_->waiting_bytes < kBytesPerTransaction) return {};
  return impl_->send_waiting();
}

Result<bool> ReceivedStore::add_in_pieces(IncomingFile& file,
                                          const std::function<Result<std::optional<std::string>>()>& next,
                                          const std::function<Result<bool>()>& is_news) {
  TRY(flush());
  const std::filesystem::path part = impl_->folder / "arriving.part";
  const Result<bool> is_kept = write_arriving(impl_->folder, part, next, is_news);
  if (!is_kept.ok() || !*is_kept) {
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    return is_kept;
  }
  const std::filesystem::path place = impl_->place_of(file.sha256);
  TRY(move_into_place(part, place));
  TRY(impl_->choose_batch());
  const std::int64_t file_id = impl_->last_file_id + 1;
  const std::int64_t received_at = TRY(impl_->now());
  const auto append_file = [&]() -> Result<void> {
    TRY(impl_->write_batch_row());
    ReceivedAppender appender(impl_->database, "received_file");
    impl_->put_file(appender, file, file_id, received_at, (file.size_bytes + kPieceBytes - 1) / kPieceBytes);
    return appender.close();
  };
  TRY(impl_->database.in_transaction(append_file));
  impl_->last_file_id = file_id;
  ++impl_->batch_files;
  impl_->known.note(file, impl_->source, file_id);
  return true;
}

Result<void> ReceivedStore::flush() {
  TRY(impl_->send_waiting());
  return impl_->wait_for_writing();
}

Result<void> ReceivedStore::finish_batch() {
  TRY(flush());
  if (!impl_->batch_id) return {};
  TRY(impl_->database.query("UPDATE batch SET finished_at = current_localtimestamp() WHERE batch_id = $1",
                            {*impl_->batch_id}));
  return {};
}

Result<std::optional<std::string>> ReceivedStore::marker(const std::string& name) const {
  const CellTable table = TRY(impl_->database.query("SELECT value FROM change_marker WHERE name = $1", {name}));
  if (table.rows.empty()) return std::optional<std::string>();
  return std::optional(text(table.rows[0][0]));
}

Result<void> ReceivedStore::set_marker(const std::string& name, const std::string& value) {
  TRY(flush());
  TRY(impl_->database.query("INSERT OR REPLACE INTO change_marker VALUES ($1, $2)", {name, value}));
  return {};
}

std::int64_t ReceivedStore::batch_files() const { return impl_->batch_files; }
std::int64_t ReceivedStore::last_file_id() const { return impl_->last_file_id; }
const Database& ReceivedStore::database() const { return impl_->database; }

Result<std::vector<StoredFile>> ReceivedStore::read(std::int64_t after, std::int64_t count) const {
  CellTable table = TRY(impl_->database.query(
      "SELECT file_id, batch_id, format, path, sha256, size_bytes, read_error, content, pieces FROM received_file "
      "WHERE file_id > $1 AND file_id <= $2 ORDER BY file_id",
      {after, after + count}));
  std::vector<StoredFile> files;
  files.reserve(table.rows.size());
  for (auto& row : table.rows) {
    StoredFile& file = files.emplace_back();
    file.file_id = integer(row[0]);
    file.batch_id = integer(row[1]);
    file.format = text(row[2]);
    file.path = text(row[3]);
    file.sha256 = text(row[4]);
    file.size_bytes = integer(row[5]);
    file.read_error = text(row[6]);
    if (auto* content = std::get_if<std::string>(&row[7])) file.content = std::move(*content);
    file.pieces = integer(row[8]);
  }
  return files;
}

Result<std::string> ReceivedStore::read_piece(const StoredFile& file, std::int64_t piece) const {
  const std::filesystem::path place = impl_->place_of(file.sha256);
  std::ifstream in(place, std::ios::binary);
  in.seekg(piece * kPieceBytes);
  std::string bytes(static_cast<std::size_t>(std::min(kPieceBytes, file.size_bytes - piece * kPieceBytes)), '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!in) return Error{ErrorCode::kIo, "store: " + place.string() + ": expected the file as it was received"};
  return bytes;
}

Result<FileIds> ReceivedStore::superseded(std::int64_t after) const {
  const CellTable table = TRY(
      impl_->database.query(std::string(content_of(embedded_store_sql(), "sql/superseded_files.sql")), {after}));
  FileIds files;
  for (const auto& row : table.rows) files.insert(integer(row[0]));
  return files;
}

}  // namespace mimamori
