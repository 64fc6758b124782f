#include "ledger/log.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "ledger/limits.h"
#include "ledger/log_rows.h"
#include "ledger/sqlite.h"
#include "ledger/verify_log.h"

namespace mimamori {
namespace {

void add_field(std::string& bytes, std::string_view field) {
  const std::uint64_t size = field.size();
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>((size >> shift) & 0xFFU));
  bytes.append(field);
}

void add_field(std::string& bytes, std::int64_t number) {
  std::string field;
  const auto bits = static_cast<std::uint64_t>(number);
  for (int shift = 56; shift >= 0; shift -= 8) field.push_back(static_cast<char>((bits >> shift) & 0xFFU));
  add_field(bytes, field);
}

bool is_kind_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

Result<void> check_fields(const NewEntry& entry) {
  if (entry.kind.empty() || entry.kind.size() > limits::kEntryKindBytesMax ||
      !std::ranges::all_of(entry.kind, is_kind_character)) {
    return Error{ErrorCode::kInvalidInput,
                 "ledger: expected a kind of 1 to 64 lower-case letters, digits, '.', '-' and '_'"};
  }
  if (entry.actor.empty() || entry.actor.size() > limits::kEntryActorBytesMax ||
      std::ranges::any_of(entry.actor, is_control)) {
    return Error{ErrorCode::kInvalidInput, "ledger: expected an actor of 1 to 256 bytes"};
  }
  if (entry.body.size() > limits::kEntryBodyBytesMax) {
    return Error{ErrorCode::kInvalidInput, "ledger: expected a body of at most 8 MiB"};
  }
  return {};
}

Result<Head> head_in_file(Sqlite& database) {
  Statement last = TRY(database.prepare("SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1"));
  const bool has_row = TRY(last.next_row());
  return has_row ? Head{.seq = last.integer(0), .hash = last.bytes(1)} : Head{};
}

Result<void> insert(Statement& statement, const Entry& entry) {
  statement.bind(entry.seq).bind(entry.at_ms).bind_text(entry.kind).bind_text(entry.actor);
  statement.bind_blob(entry.body).bind_text(entry.previous_hash).bind_text(entry.hash);
  return statement.run();
}

}  // namespace

std::string hash_of(const Entry& entry) {
  std::string bytes;
  add_field(bytes, "mimamori ledger entry 1");
  add_field(bytes, entry.seq);
  add_field(bytes, entry.at_ms);
  add_field(bytes, entry.kind);
  add_field(bytes, entry.actor);
  add_field(bytes, entry.body);
  add_field(bytes, entry.previous_hash);
  return sha256_hex(bytes);
}

struct Log::Inside {
  Sqlite database;
  Head head;
  mutable std::mutex mutex;
};

Log::Log(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Log::Log(Log&&) noexcept = default;
Log& Log::operator=(Log&&) noexcept = default;
Log::~Log() = default;

Result<Log> Log::open(const std::filesystem::path& path) {
  Sqlite database = TRY(Sqlite::open(path));
  const LogCheck check = TRY(check_chain(database, {}));
  if (!check.problems.empty()) {
    return Error{ErrorCode::kIo, "ledger: " + check.problems.front().sentence};
  }
  auto inside = std::make_unique<Inside>();
  inside->database = std::move(database);
  inside->head = check.head;
  return Log(std::move(inside));
}

Result<std::vector<Entry>> Log::append(std::span<const NewEntry> entries) {
  if (entries.size() > limits::kEntriesPerTransactionMax) {
    return Error{ErrorCode::kInvalidInput, "ledger: expected at most 10,000 entries at once"};
  }
  for (const NewEntry& entry : entries) TRY(check_fields(entry));

  const std::lock_guard lock(inside_->mutex);
  Transaction transaction = TRY(Transaction::begin(inside_->database));
  const Head in_file = TRY(head_in_file(inside_->database));
  if (in_file != inside_->head) {
    return Error{ErrorCode::kConflict, "ledger: another process has changed the log: it ends at entry " +
                                           std::to_string(in_file.seq) + ", expected entry " +
                                           std::to_string(inside_->head.seq)};
  }
  Statement statement =
      TRY(inside_->database.prepare("INSERT INTO entry VALUES ($1, $2, $3, $4, $5, $6, $7)"));
  std::vector<Entry> added;
  Head head = inside_->head;
  for (const NewEntry& entry : entries) {
    Entry next{.seq = head.seq + 1,
               .at_ms = entry.at_ms,
               .kind = entry.kind,
               .actor = entry.actor,
               .body = entry.body,
               .previous_hash = head.hash,
               .hash = {}};
    next.hash = hash_of(next);
    TRY(insert(statement, next));
    head = {.seq = next.seq, .hash = next.hash};
    added.push_back(std::move(next));
  }
  TRY(transaction.commit());
  inside_->head = head;
  return added;
}

Result<std::vector<Entry>> Log::read(std::int64_t from_seq, std::size_t limit) const {
  const std::lock_guard lock(inside_->mutex);
  Statement rows = TRY(inside_->database.prepare(kEntryRows));
  rows.bind(from_seq).bind(static_cast<std::int64_t>(std::min(limit, limits::kEntriesPerReadMax)));
  std::vector<Entry> entries;
  while (true) {
    const bool has_row = TRY(rows.next_row());
    if (!has_row) return entries;
    if (!is_entry_row(rows)) return Error{ErrorCode::kIo, "ledger: expected a row that this program writes"};
    entries.push_back(entry_of(rows));
  }
}

Head Log::head() const {
  const std::lock_guard lock(inside_->mutex);
  return inside_->head;
}

Result<void> back_up_ledger(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (std::filesystem::exists(to))
    return Error{ErrorCode::kConflict, "ledger: the backup's file exists already"};
  const std::filesystem::path part = to.string() + ".part";
  std::error_code ignored;
  std::filesystem::remove(part, ignored);
  {
    Sqlite source = TRY(Sqlite::open_to_read(from));
    Sqlite target = TRY(Sqlite::open_empty(part));
    sqlite3_backup* backup = sqlite3_backup_init(target.get(), "main", source.get(), "main");
    if (backup == nullptr) return sqlite_error(target.get(), "the backup");
    sqlite3_backup_step(backup, -1);
    if (sqlite3_backup_finish(backup) != SQLITE_OK) return sqlite_error(target.get(), "the backup");
  }
  TRY(sync_to_disk(part));
  std::error_code failed;
  std::filesystem::rename(part, to, failed);
  if (failed) return Error{ErrorCode::kIo, "ledger: cannot rename the backup"};
  return sync_to_disk(to.parent_path().empty() ? "." : to.parent_path());
}

}  // namespace mimamori
