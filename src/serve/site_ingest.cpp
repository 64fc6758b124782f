#include "serve/site_ingest.h"

#include <algorithm>
#include <thread>

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "ingest/ssmix2_path.h"
#include "ingest/ssmix2_reader.h"
#include "ingest/walk.h"
#include "serve/version.h"
#include "standardize/code_map.h"
#include "standardize/standardize.h"
#include "standardize/unit_rules.h"
#include "store/edited_reader.h"
#include "store/edited_writer.h"
#include "store/received_store.h"
#include "store/site_lock.h"

namespace mimamori {
namespace {

constexpr int kLockWaitSeconds = 600;
constexpr std::size_t kBytesPerTransaction = std::size_t{64} * 1024 * 1024;
constexpr std::int64_t kFilesPerChunk = 2'000;

using Progress = std::function<void(const char*, std::int64_t, std::int64_t)>;

void tell(const Progress& progress, const char* step, std::int64_t done, std::int64_t total) {
  if (progress) progress(step, done, total);
}

/// Length of a well-formed UTF-8 sequence at the front, 0 if there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t length = byte(0) < 0x80 ? 1 : byte(0) >= 0xC2 && byte(0) < 0xE0 ? 2 : byte(0) >= 0xE0 && byte(0) < 0xF0 ? 3
                             : byte(0) >= 0xF0 && byte(0) < 0xF5 ? 4 : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  }
  const bool overlong = (byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xF0 && byte(1) < 0x90);
  const bool beyond = (byte(0) == 0xED && byte(1) >= 0xA0) || (byte(0) == 0xF4 && byte(1) >= 0x90);
  return overlong || beyond ? 0 : length;
}

/// A path as the store can hold it: bytes that are not UTF-8 become %XX, and % itself %25.
std::string printable_path(std::string_view path) {
  std::string text;
  while (!path.empty()) {
    const std::size_t length = utf8_length(path);
    if (length > 0 && path[0] != '%') {
      text.append(path.substr(0, length));
    } else {
      static constexpr char kHex[] = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(path[0]);
      text += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
    path.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return text;
}

/// Hospitals rename a file when its condition flag changes; the rest of its name says which version of
/// which record it is. The folders repeat the name, so the same tree reached through another root is the same.
std::string identity_of(const std::string& path) {
  const std::string_view name = file_name_of(path);
  const Result<StoredFileName> fields = parse_file_name(name);
  if (!fields.ok() || !check_folder(path, *fields).ok()) return path;
  return std::string(name.substr(0, name.size() - 1));
}

const char* why_not_read(WalkKind kind) {
  switch (kind) {
    case WalkKind::kSymbolicLink: return "a symbolic link, which is not followed";
    case WalkKind::kOther: return "expected a file, found a pipe, socket or device";
    case WalkKind::kUnreadableFolder: return "a folder that cannot be opened";
    case WalkKind::kTooDeep: return "a folder deeper than any storage has";
    case WalkKind::kFile:
    case WalkKind::kEmptyFolder: break;
  }
  return "";
}

IncomingFile read_incoming(const std::filesystem::path& root, const WalkEntry& entry) {
  IncomingFile file;
  file.path = printable_path(entry.relative_path);
  file.file_identity = identity_of(file.path);
  if (entry.kind != WalkKind::kFile) {
    file.read_error = why_not_read(entry.kind);
    return file;
  }
  Result<std::string> content = read_file(root / entry.relative_path, limits::kMessageBytesMax);
  if (!content.ok()) {
    const std::string& sentence = content.error().sentence;  // "PATH: what"; the path stands beside it already
    file.read_error = sentence.substr(std::min(sentence.size(), sentence.rfind(": ") + 2));
    return file;
  }
  file.content = std::move(content).value();
  file.sha256 = sha256_hex(file.content);
  return file;
}

/// Files on their way into the received layer, some thousands to a transaction.
class Receiver {
 public:
  Receiver(ReceivedStore& store, std::filesystem::path root, const Progress& progress)
      : store_(store), root_(std::move(root)), progress_(progress) {}

  Result<void> receive(const WalkEntry& entry) {
    if (entry.kind == WalkKind::kEmptyFolder) return {};
    ++seen_;
    tell(progress_, "receiving", seen_, 0);
    IncomingFile file = read_incoming(root_, entry);
    const auto is_there = [this](const std::string& path) {
      std::error_code ignored;
      return std::filesystem::exists(root_ / path, ignored);
    };
    if (store_.knows(file, is_there)) return {};
    store_.note(file);
    waiting_bytes_ += file.content.size();
    waiting_.push_back(std::move(file));
    if (waiting_.size() < limits::kFilesPerTransaction && waiting_bytes_ < kBytesPerTransaction) return {};
    return flush();
  }

  Result<void> flush() {
    TRY(store_.add(waiting_));
    received_ += static_cast<std::int64_t>(waiting_.size());
    waiting_.clear();
    waiting_bytes_ = 0;
    return {};
  }

  [[nodiscard]] std::int64_t seen() const { return seen_; }
  [[nodiscard]] std::int64_t received() const { return received_; }

 private:
  ReceivedStore& store_;
  std::filesystem::path root_;
  const Progress& progress_;
  std::vector<IncomingFile> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::int64_t seen_ = 0;
  std::int64_t received_ = 0;
};

/// One received file and the rows it gives.
struct EditedFile {
  SourceFile source;
  StandardizedFile rows;
};

void note_error(SourceFile& source, const Error& error) {
  source.status = name_of(FileStatus::kRejected);
  source.reason_code = std::string(name_of(error.code));
  source.reason = error.sentence;
}

EditedFile edit_file(const StoredFile& stored, bool is_superseded, const Standardizer& standardizer) {
  EditedFile edited;
  SourceFile& source = edited.source;
  source.file_id = stored.file_id;
  source.batch_id = stored.batch_id;
  source.sha256 = stored.sha256;
  source.size_bytes = stored.size_bytes;
  if (!stored.read_error.empty()) {
    note_error(source, {ErrorCode::kIo, "the file could not be read: " + stored.read_error});
    return edited;
  }
  ParsedFile parsed = read_ssmix2_file(stored.path, stored.content);
  source.data_type = parsed.data_type;
  source.care_date = parsed.care_date;
  source.condition_flag = parsed.condition_flag;
  source.message_type = parsed.message_type;
  source.declared_encoding = parsed.declared_encoding;
  source.detected_encoding = parsed.detected_encoding;
  source.segments = parsed.segments;
  if (is_superseded) {  // its successor was received later; nothing of it is current
    source.status = "superseded";
    return edited;
  }
  source.status = name_of(parsed.status);
  if (parsed.status == FileStatus::kRejected) note_error(source, parsed.error);
  edited.rows = standardizer.standardize(parsed, stored.file_id);
  source.records_accepted = static_cast<std::int64_t>(edited.rows.records.size());
  source.records_rejected = static_cast<std::int64_t>(edited.rows.rejected.size());
  source.records = static_cast<std::int64_t>(parsed.records.size());
  ENSURE(source.records == source.records_accepted + source.records_rejected);
  return edited;
}

/// Edits a chunk on two threads, which share nothing; the answer is in the order of the files.
std::vector<EditedFile> edit_files(const std::vector<StoredFile>& files, const FileIds& superseded,
                                   const Standardizer& standardizer) {
  std::vector<EditedFile> edited(files.size());
  const auto edit_range = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      edited[i] = edit_file(files[i], superseded.contains(files[i].file_id), standardizer);
    }
  };
  const std::size_t middle = files.size() / 2;
  std::thread first_half(edit_range, 0, middle);
  edit_range(middle, files.size());
  first_half.join();
  return edited;
}

Result<CodeMap> read_code_map(const Site& site, std::string& sha256) {
  std::error_code ignored;
  if (!std::filesystem::exists(site.code_map(), ignored)) return CodeMap{};
  const std::string text = TRY(read_file(site.code_map(), limits::kCodeMapBytesMax));
  sha256 = sha256_hex(text);
  return parse_code_map(text).at(site.code_map().string());
}

Result<void> take_code_map(const Site& site, const std::filesystem::path& file) {
  const std::string text = TRY(read_file(file, limits::kCodeMapBytesMax));
  const CodeMap checked = TRY(parse_code_map(text).at(file.string()));
  static_cast<void>(checked);
  return write_file_atomically(site.code_map(), text);
}

Result<std::vector<std::vector<Cell>>> batches_of(const ReceivedStore& received) {
  CellTable table = TRY(received.database().query(
      "SELECT batch_id, CAST(started_at AS VARCHAR), CAST(finished_at AS VARCHAR) FROM batch ORDER BY batch_id"));
  return std::move(table.rows);
}

/// Derives the edited layer from the received one, unless it is up to date. True if it was rebuilt.
Result<bool> edit_site(const Site& site, const ReceivedStore& received, const Progress& progress) {
  EditedOrigin origin{.last_file_id = received.last_file_id(), .code_map_sha256 = "", .program_version = kProgramVersion};
  const CodeMap code_map = TRY(read_code_map(site, origin.code_map_sha256));
  const Result<EditedOrigin> before = EditedWriter::origin_of(site.edited());
  if (before.ok() && *before == origin) return false;
  const Secret key = TRY(read_site_key(site));
  const Standardizer standardizer(code_map, key);
  const FileIds superseded = TRY(received.superseded());
  EditedWriter writer = TRY(EditedWriter::begin(site.edited()));
  for (const CodeMapRow& row : code_map.rows()) TRY(writer.add(row));
  for (const UnitRuleRow& row : UnitRules::built_in().rows()) TRY(writer.add(row));
  for (std::int64_t done = 0; done < origin.last_file_id; done += kFilesPerChunk) {
    const std::vector<StoredFile> files = TRY(received.read(done, kFilesPerChunk));
    for (const EditedFile& file : edit_files(files, superseded, standardizer)) TRY(writer.add(file.source, file.rows));
    tell(progress, "editing", std::min(done + kFilesPerChunk, origin.last_file_id), origin.last_file_id);
  }
  const std::vector<std::vector<Cell>> batches = TRY(batches_of(received));
  TRY(writer.finish(batches, origin));
  return true;
}

Result<std::vector<Count>> counts(const EditedReader& reader, const std::string& sql) {
  const CellTable table = TRY(reader.query(sql));
  std::vector<Count> list;
  for (const auto& row : table.rows) {
    list.push_back({std::get<std::string>(row[0]), std::get<std::int64_t>(row[1])});
  }
  return list;
}

Result<void> read_totals(const EditedReader& reader, IngestSummary& summary) {
  const CellTable totals = TRY(reader.query(
      "SELECT count(*)::BIGINT, count(*) FILTER (message_type <> '')::BIGINT, coalesce(sum(records), 0)::BIGINT, "
      "coalesce(sum(records_accepted), 0)::BIGINT, coalesce(sum(records_rejected), 0)::BIGINT FROM source_file"));
  const auto number = [&](std::size_t column) { return std::get<std::int64_t>(totals.rows[0][column]); };
  summary.files = number(0);
  summary.messages = number(1);
  summary.records = number(2);
  summary.records_accepted = number(3);
  summary.records_rejected = number(4);
  return {};
}

/// Reads the summary back from what is stored, so that what is printed is what is there.
Result<void> read_summary(const Site& site, IngestSummary& summary) {
  const EditedReader reader = TRY(EditedReader::open(site.edited()));
  TRY(read_totals(reader, summary));
  summary.files_by_status =
      TRY(counts(reader, "SELECT status, count(*) FROM source_file GROUP BY status ORDER BY count(*) DESC, status"));
  summary.file_rejections = TRY(counts(
      reader, "SELECT reason, count(*) FROM source_file WHERE status = 'rejected' GROUP BY reason ORDER BY count(*) DESC, reason"));
  summary.record_rejections = TRY(counts(
      reader, "SELECT record_kind || ': ' || reason, count(*) FROM rejected_record GROUP BY ALL ORDER BY count(*) DESC, 1"));
  summary.findings = TRY(counts(
      reader, "SELECT check_id || ' (' || severity || ')', count(*) FROM finding GROUP BY ALL ORDER BY count(*) DESC, 1"));
  for (const char* table : {"ehr_patient", "ehr_visit", "ehr_admission", "ehr_diagnosis", "ehr_prescription",
                            "ehr_injection", "ehr_lab_result"}) {
    const CellTable rows = TRY(reader.query(std::string("SELECT count(*) FROM ") + table));
    summary.rows.push_back({table, std::get<std::int64_t>(rows.rows[0][0])});
  }
  return {};
}

}  // namespace

Result<IngestSummary> ingest_site(const Site& site, const IngestOptions& options) {
  const SiteLock lock = TRY(SiteLock::acquire(site.dir, "site ingest", kLockWaitSeconds));
  if (options.code_map) TRY(take_code_map(site, *options.code_map));
  IngestSummary summary;
  ReceivedStore received = TRY(ReceivedStore::open(site.received()));
  TRY(received.begin_batch(printable_path(std::filesystem::weakly_canonical(options.ssmix2_root).string())));
  Receiver receiver(received, options.ssmix2_root, options.progress);
  TRY(walk_tree(options.ssmix2_root, [&](const WalkEntry& entry) { return receiver.receive(entry); }));
  TRY(receiver.flush());
  TRY(received.finish_batch());
  summary.files_seen = receiver.seen();
  summary.files_received = receiver.received();
  summary.edited_rebuilt = TRY(edit_site(site, received, options.progress));
  TRY(read_summary(site, summary));
  ENSURE(summary.records == summary.records_accepted + summary.records_rejected);
  return summary;
}

}  // namespace mimamori
