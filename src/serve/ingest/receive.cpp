#include "serve/ingest/receive.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <fstream>

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "dpc/dpc_kind.h"
#include "ingest/extended_path.h"
#include "ingest/ssmix2_path.h"
#include "ingest/walk.h"

namespace mimamori {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{4} * 1024 * 1024;
/// A file changed this recently may change again without its time showing it.
constexpr std::int64_t kSettledAfterUs = 2'000'000;

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
/// The bytes of a path that printable_path wrote.
std::string bytes_of_path(std::string_view printable) {
  std::string bytes;
  for (std::size_t i = 0; i < printable.size(); ++i) {
    unsigned value = 0;
    const bool is_coded = printable[i] == '%' && i + 2 < printable.size() &&
                          std::from_chars(&printable[i + 1], &printable[i + 1] + 2, value, 16).ptr == &printable[i + 1] + 2;
    bytes += is_coded ? static_cast<char>(value) : printable[i];
    if (is_coded) i += 2;
  }
  return bytes;
}

/// Which later file takes this one's place as a whole. Claims files and form 1 are replaced claim by claim and
/// stay by stay, and hospitals write each month's claims over the last under one name: only the same bytes are
/// the same file.
std::string table_file_identity(SourceFormat format, const IncomingFile& file) {
  const std::string name(file_name_of(file.path));
  if (format == SourceFormat::kDpc) {
    const std::string identity = dpc_file_identity(name);
    if (!identity.empty()) return identity;
  }
  if (format == SourceFormat::kOmop) {
    std::string table = name.substr(0, name.find('.'));
    std::ranges::transform(table, table.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return "omop:" + table;
  }
  return std::string(name_of(format)) + ":" + file.sha256;
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

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// Size and time of the last change; zeros if they cannot be had or not be relied upon.
void read_stamp(const std::filesystem::path& path, IncomingFile& file) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return;
  file.size_bytes = static_cast<std::int64_t>(status.st_size);
  const std::int64_t modified = std::int64_t{status.st_mtim.tv_sec} * 1'000'000 + status.st_mtim.tv_nsec / 1000;
  const std::int64_t changed = std::int64_t{status.st_ctim.tv_sec} * 1'000'000 + status.st_ctim.tv_nsec / 1000;
  const std::int64_t latest = std::max(modified, changed);
  file.modified_us = latest + kSettledAfterUs < now_us() ? latest : 0;
}

/// Why a file could not be read, without its path, which stands beside it already.
std::string reason_of(const Error& error) {
  const std::string& sentence = error.sentence;  // "PATH: what"
  return sentence.substr(std::min(sentence.size(), sentence.rfind(": ") + 2));
}

/// A file read piece by piece.
class PieceReader {
 public:
  explicit PieceReader(const std::filesystem::path& path) : stream_(path, std::ios::binary) {}
  Result<std::optional<std::string>> next() {
    if (!stream_) return Error{ErrorCode::kIo, "the file cannot be opened"};
    std::string piece(kPieceBytes, '\0');
    stream_.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    if (stream_.bad()) return Error{ErrorCode::kIo, "the disk failed"};
    piece.resize(static_cast<std::size_t>(stream_.gcount()));
    if (piece.empty()) return std::optional<std::string>();
    stream_.clear(stream_.rdstate() & ~std::ios::failbit & ~std::ios::eofbit);
    return std::optional(std::move(piece));
  }

 private:
  std::ifstream stream_;
};

/// Receives the files of one root.
class Receiver {
 public:
  Receiver(ReceivedStore& store, SourceFormat format, std::filesystem::path root, bool reread_all,
           const IngestProgress& progress)
      : store_(store), format_(format), root_(std::move(root)), reread_all_(reread_all), progress_(progress) {}

  Result<void> receive(const WalkEntry& entry) {
    if (entry.kind == WalkKind::kEmptyFolder) return {};
    ++counts_.files_seen;
    if (progress_) progress_("receiving", counts_.files_seen, 0);
    IncomingFile file;
    file.format = name_of(format_);
    file.path = printable_path(entry.relative_path);
    if (entry.kind != WalkKind::kFile) {
      file.file_identity = file.path;
      file.read_error = why_not_read(entry.kind);
      return add_if_new(std::move(file));
    }
    const std::filesystem::path path = root_ / entry.relative_path;
    read_stamp(path, file);
    return format_ == SourceFormat::kSsmix2 ? receive_message(path, std::move(file)) : receive_table(path, std::move(file));
  }

  [[nodiscard]] const ReceivedCounts& counts() const { return counts_; }

 private:
  Result<void> receive_message(const std::filesystem::path& path, IncomingFile file) {
    file.file_identity = identity_of_path(file.path);
    if (!reread_all_ && store_.is_untouched(file)) return {};
    Result<std::string> content = read_file(path, limits::kMessageBytesMax);
    if (content.ok()) {
      file.content = std::move(content).value();
      file.sha256 = sha256_hex(file.content);
      file.size_bytes = static_cast<std::int64_t>(file.content.size());
    } else {
      file.read_error = reason_of(content.error());
      file.size_bytes = 0;
    }
    return add_if_new(std::move(file));
  }

  /// Read once: the pieces are taken back where the whole turns out to be known.
  Result<void> receive_table(const std::filesystem::path& path, IncomingFile file) {
    if (!reread_all_ && store_.is_untouched(file)) return {};
    PieceReader reader(path);
    Sha256 sums;
    std::int64_t size_bytes = 0;
    std::string unreadable;
    const auto next = [&]() -> Result<std::optional<std::string>> {
      Result<std::optional<std::string>> piece = reader.next();
      if (!piece.ok()) {
        unreadable = piece.error().sentence;
        return piece;
      }
      if (*piece) {
        sums.add(**piece);
        size_bytes += static_cast<std::int64_t>((*piece)->size());
      }
      return piece;
    };
    const auto is_news = [&]() -> Result<bool> {
      if (size_bytes != file.size_bytes) file.modified_us = 0;   // it was being written
      file.size_bytes = size_bytes;
      file.sha256 = sums.hex();
      file.file_identity = table_file_identity(format_, file);
      const bool is_old = TRY(is_known(file));
      return !is_old;
    };
    const Result<bool> added = store_.add_in_pieces(file, next, is_news);
    if (unreadable.empty()) {
      const bool is_new = TRY(Result<bool>(added));
      counts_.files_received += is_new ? 1 : 0;
      return {};
    }
    file.file_identity = file.path;
    file.read_error = unreadable;
    return add_if_new(std::move(file));
  }

  Result<bool> is_known(const IncomingFile& file) {
    return store_.knows(file, [](const FilePlace& other) {
      std::error_code ignored;
      const std::filesystem::path root = bytes_of_path(other.source.substr(other.source.find(':') + 1));
      return std::filesystem::exists(std::filesystem::symlink_status(root / bytes_of_path(other.path), ignored));
    });
  }

  Result<void> add_if_new(IncomingFile file) {
    const bool is_old = TRY(is_known(file));
    if (is_old) return {};
    ++counts_.files_received;
    return store_.add(std::move(file));
  }

  ReceivedStore& store_;
  SourceFormat format_;
  std::filesystem::path root_;
  bool reread_all_;
  const IngestProgress& progress_;
  ReceivedCounts counts_;
};

/// Visits the files of one place in the order of their names; a place that is gone has none.
Result<void> visit_place(const std::filesystem::path& root, const ChangedPlace& place, const WalkVisitor& visit) {
  std::error_code failed;
  if (!std::filesystem::is_directory(root / place.folder, failed)) return {};
  std::vector<WalkEntry> entries;
  const auto keep = [&](const WalkEntry& entry) -> Result<void> {
    if (entry.relative_path.find('/') == std::string::npos && entry.relative_path.starts_with(place.name_prefix)) {
      entries.push_back({.relative_path = place.folder + "/" + entry.relative_path, .kind = entry.kind});
    }
    return {};
  };
  TRY(walk_tree(root / place.folder, keep));
  for (const WalkEntry& entry : entries) TRY(visit(entry));
  return {};
}

}  // namespace

std::string_view name_of(SourceFormat format) {
  static constexpr std::array<std::string_view, 4> kNames = {"ssmix2", "claims", "dpc", "omop"};
  return kNames[static_cast<std::size_t>(format)];
}

Result<ReceivedCounts> receive_tree(ReceivedStore& store, SourceFormat format, const std::filesystem::path& root,
                                    const std::optional<std::set<ChangedPlace>>& places, bool reread_all,
                                    IngestProfile& profile, const IngestProgress& progress) {
  const StageTimer timer(profile, IngestStage::kReceive);
  const std::string place = printable_path(std::filesystem::weakly_canonical(root).string());
  TRY(store.begin_batch(std::string(name_of(format)) + ":" + place));
  Receiver receiver(store, format, root, reread_all, progress);
  const auto visit = [&](const WalkEntry& entry) { return receiver.receive(entry); };
  if (places) {
    for (const ChangedPlace& changed : *places) TRY(visit_place(root, changed, visit));
  } else {
    TRY(walk_tree(root, visit));
  }
  TRY(store.finish_batch());
  return receiver.counts();
}

}  // namespace mimamori
