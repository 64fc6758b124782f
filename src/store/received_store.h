#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/known_files.h"

namespace mimamori {

class Database;

using FileIds = std::set<std::int64_t>;

/// One file of the received layer on its way into the edited one.
struct StoredFile {
  std::int64_t file_id = 0;
  std::int64_t batch_id = 0;
  std::string format;
  std::string path;
  std::string sha256;
  std::int64_t size_bytes = 0;
  std::string read_error;
  std::string content;        // empty if it lies apart
  std::int64_t pieces = 0;    // of a file that lies apart
};

/// The received layer of a site: received.duckdb (R-036 ... R-040).
class ReceivedStore {
 public:
  /// Opens it, and makes it if it is not there.  Errors  kIo.
  static Result<ReceivedStore> open(const std::filesystem::path& file);
  ReceivedStore(ReceivedStore&&) noexcept;
  ReceivedStore& operator=(ReceivedStore&&) noexcept;
  /// What was not flushed is not in the store; a batch that was not finished is gone on with.
  ~ReceivedStore();

  /// Starts a batch for a source, or goes on with the one that was cut short.
  Result<void> begin_batch(const std::string& source);

  /// True if the file need not even be read: see KnownFiles::is_untouched.
  [[nodiscard]] bool is_untouched(const IncomingFile& file) const;
  /// True if this file was received before and nothing newer took its place: see KnownFiles::knows.
  [[nodiscard]] Result<bool> knows(const IncomingFile& file, const std::function<bool(const FilePlace&)>& is_there);

  /// Takes a file. Files are written some thousands to a transaction, in their order, while the next ones are
  /// being read; what flush() has answered for is durable.  Errors  kIo: of this or an earlier file.
  Result<void> add(IncomingFile file);

  /// Takes a file too large for one value, in pieces. True if it was kept. It lies apart, under its SHA-256 in the
  /// folder received/ beside the store, and counts from the moment that its row is written.
  ///   next     the next piece; nothing at the end
  ///   is_news  asked at the end, when all of the file was seen; completes what is known of it. False: nothing of
  ///            the file is kept
  /// Errors  kIo, and what next and is_news answer: then nothing of the file is kept.
  Result<bool> add_in_pieces(IncomingFile& file, const std::function<Result<std::optional<std::string>>()>& next,
                             const std::function<Result<bool>()>& is_news);

  /// Returns when everything that was added is durable.
  Result<void> flush();

  /// Marks the batch finished; a batch that received nothing leaves no trace.
  Result<void> finish_batch();

  /// A text remembered under a name: how far a feed of changes was read.
  [[nodiscard]] Result<std::optional<std::string>> marker(const std::string& name) const;
  Result<void> set_marker(const std::string& name, const std::string& value);

  /// Files of this batch so far.
  [[nodiscard]] std::int64_t batch_files() const;
  [[nodiscard]] std::int64_t last_file_id() const;

  /// Files file_id in (after, after + count], in order, with their content unless it lies apart.
  [[nodiscard]] Result<std::vector<StoredFile>> read(std::int64_t after, std::int64_t count) const;
  /// One piece of a file that lies apart, the first of which is 0.
  [[nodiscard]] Result<std::string> read_piece(const StoredFile& file, std::int64_t piece) const;

  /// Files in whose place a file later than `after` came.
  [[nodiscard]] Result<FileIds> superseded(std::int64_t after = 0) const;

  [[nodiscard]] const Database& database() const;

 private:
  struct Impl;
  explicit ReceivedStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mimamori
