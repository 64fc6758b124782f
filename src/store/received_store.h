#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "store/database.h"

namespace mimamori {

/// One file on its way into the received layer.
struct IncomingFile {
  std::string path;           // relative to the root, valid UTF-8 (invalid bytes as %XX)
  std::string file_identity;  // the path without its condition flag, so that a rename is seen as one
  std::string content;
  std::string sha256;
  std::string read_error;     // why the content could not be read; content is empty then
};

using FileIds = std::set<std::int64_t>;

/// One file of the received layer on its way into the edited one.
struct StoredFile {
  std::int64_t file_id = 0;
  std::int64_t batch_id = 0;
  std::string path;
  std::string sha256;
  std::int64_t size_bytes = 0;
  std::string read_error;
  std::string content;
};

/// The received layer of a site: received.duckdb (R-036 ... R-040).
class ReceivedStore {
 public:
  /// Opens it, and makes it if it is not there.  Errors  kIo.
  static Result<ReceivedStore> open(const std::filesystem::path& file);

  /// Starts a batch for a source, or goes on with the one that was cut short.
  Result<void> begin_batch(const std::string& source);

  /// True if this file was received before and nothing newer took its place. A file of the same identity at
  /// another path took its place if it is still there (both lie in the tree), or was it under another name of
  /// the root (same content and flag); otherwise the hospital renamed it, and that is news.
  ///   is_there   whether a path, relative to the root of this load, still exists
  [[nodiscard]] bool knows(const IncomingFile& file, const std::function<bool(const std::string&)>& is_there) const;

  /// Takes note of a file that is waiting to be added, so that the next one of its identity is judged beside it.
  void note(const IncomingFile& file);

  /// Adds files in the order given; durable when it returns.  Errors  kIo: then none is added.
  Result<void> add(const std::vector<IncomingFile>& files);

  /// Marks the batch finished; a batch that received nothing leaves no trace.
  Result<void> finish_batch();

  /// Files of this batch so far.
  [[nodiscard]] std::int64_t batch_files() const { return batch_files_; }
  [[nodiscard]] std::int64_t last_file_id() const { return last_file_id_; }

  /// Files file_id in (after, after + count], in order, with their content.
  [[nodiscard]] Result<std::vector<StoredFile>> read(std::int64_t after, std::int64_t count) const;

  /// Files whose identity was received again later.
  [[nodiscard]] Result<FileIds> superseded() const;

  [[nodiscard]] const Database& database() const { return database_; }

 private:
  explicit ReceivedStore(Database database) : database_(std::move(database)) {}
  Result<void> load_known();
  Result<void> append(const std::vector<IncomingFile>& files);

  Database database_;
  struct Latest {
    std::string path;
    std::string sha256;
  };
  std::unordered_map<std::string, std::string> received_at_;   // path -> SHA-256 of what was received there last
  std::unordered_map<std::string, Latest> latest_;             // identity -> its newest file
  std::string source_;
  std::optional<std::int64_t> batch_id_;    // absent until the batch receives its first file
  std::int64_t batch_files_ = 0;
  std::int64_t last_file_id_ = 0;
};

}  // namespace mimamori
