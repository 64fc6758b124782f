#include "serve/site_backup.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "ledger/log.h"
#include "serve/network/files.h"
#include "serve/version.h"
#include "store/site_lock.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

constexpr int kLockWaitSeconds = 600;
constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;
constexpr std::size_t kListBytesMax = std::size_t{256} << 20U;
constexpr const char* kListName = "backup.json";
constexpr int kListVersion = 1;

struct BackedUpFile {
  std::string path;   // below the site's folder
  std::int64_t size_bytes = 0;
  std::string sha256;
};

/// Work that leaves no folder behind unless it is kept.
class NewFolder {
 public:
  static Result<NewFolder> make(const fs::path& target) {
    std::error_code failed;
    if (fs::exists(target, failed)) {
      return Error{ErrorCode::kConflict, target.string() + ": expected a folder that does not exist yet; nothing was changed"};
    }
    const fs::path part = target.string() + ".part";
    fs::remove_all(part, failed);   // of a run that was killed
    TRY(make_private_folder(part));
    return NewFolder(part, target);
  }
  NewFolder(NewFolder&& other) noexcept : part_(std::exchange(other.part_, {})), target_(std::move(other.target_)) {}
  NewFolder& operator=(NewFolder&&) = delete;
  ~NewFolder() {
    std::error_code ignored;
    if (!part_.empty()) fs::remove_all(part_, ignored);
  }
  [[nodiscard]] const fs::path& path() const { return part_; }
  Result<void> keep() {
    std::error_code failed;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(part_, failed)) {
      if (entry.is_directory()) TRY(sync_to_disk(entry.path()));
    }
    TRY(sync_to_disk(part_));
    fs::rename(part_, target_, failed);
    if (failed) return Error{ErrorCode::kIo, target_.string() + ": cannot rename into place: " + failed.message()};
    part_.clear();
    return sync_to_disk(target_.has_parent_path() ? target_.parent_path() : fs::path("."));
  }

 private:
  NewFolder(fs::path part, fs::path target) : part_(std::move(part)), target_(std::move(target)) {}
  fs::path part_, target_;
};

/// Copies a file with its rights, hashing what was read; durable when it returns.
Result<BackedUpFile> copy_hashed(const fs::path& from, const fs::path& to) {
  BackedUpFile copied;
  std::ifstream in(from, std::ios::binary);
  if (!in) return Error{ErrorCode::kIo, from.string() + ": cannot be read"};
  std::ofstream out(to, std::ios::binary | std::ios::trunc);
  Sha256 sums;
  std::string piece(kPieceBytes, '\0');
  while (in) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto count = static_cast<std::size_t>(in.gcount());
    sums.add(std::string_view(piece).substr(0, count));
    out.write(piece.data(), static_cast<std::streamsize>(count));
    copied.size_bytes += static_cast<std::int64_t>(count);
  }
  out.close();
  if (in.bad() || !out) return Error{ErrorCode::kIo, to.string() + ": cannot be written; is the disk full?"};
  std::error_code ignored;
  fs::permissions(to, fs::status(from, ignored).permissions(), ignored);
  copied.sha256 = sums.hex();
  TRY(sync_to_disk(to));
  return copied;
}

bool is_ledger(const fs::path& path) { return path.extension() == ".sqlite"; }

/// What lies in the folder but is no part of the site: the lock, journals, work in progress.
bool is_passing(const fs::path& relative) {
  const std::string name = relative.filename().string();
  return name == "lock" || name.ends_with(".part") || name.ends_with("-wal") || name.ends_with("-shm") ||
         name.ends_with("-journal") || name.starts_with("part-");
}

/// Files of the site's folder below it, the ledgers first: what they speak of is on the disk before it is
/// spoken of, so a key or a package that comes later is at worst one too many.
Result<std::vector<fs::path>> files_of(const fs::path& dir) {
  std::vector<fs::path> files;
  std::error_code failed;
  fs::recursive_directory_iterator walk(dir, failed);
  for (; !failed && walk != fs::recursive_directory_iterator(); walk.increment(failed)) {
    const fs::path relative = fs::relative(walk->path(), dir, failed);
    if (is_passing(relative)) {
      walk.disable_recursion_pending();
    } else if (walk->is_regular_file(failed)) {
      files.push_back(relative);
    }
  }
  if (failed) return Error{ErrorCode::kIo, dir.string() + ": cannot be listed: " + failed.message()};
  std::ranges::sort(files, [](const fs::path& a, const fs::path& b) {
    return std::pair(!is_ledger(a), a) < std::pair(!is_ledger(b), b);
  });
  return files;
}

Result<BackedUpFile> back_up_file(const fs::path& from, const fs::path& to) {
  if (!is_ledger(from)) return copy_hashed(from, to);
  TRY(back_up_ledger(from, to));
  BackedUpFile copied;
  Sha256 sums;
  std::ifstream in(to, std::ios::binary);
  for (std::string piece(kPieceBytes, '\0'); in;) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    sums.add(std::string_view(piece).substr(0, static_cast<std::size_t>(in.gcount())));
    copied.size_bytes += static_cast<std::int64_t>(in.gcount());
  }
  copied.sha256 = sums.hex();
  return copied;
}

std::string list_text(const std::vector<BackedUpFile>& files) {
  nlohmann::ordered_json list = {{"format", "mimamori site backup"},
                                 {"version", kListVersion},
                                 {"made_at", to_utc_text(clock_now_ms())},
                                 {"program", kProgramVersion},
                                 {"files", nlohmann::ordered_json::array()}};
  for (const BackedUpFile& file : files) {
    list["files"].push_back({{"path", file.path}, {"size_bytes", file.size_bytes}, {"sha256", file.sha256}});
  }
  return list.dump(1) + "\n";
}

/// A path that stays below the folder it is joined to.
bool is_plain(const fs::path& path) {
  if (path.empty() || path.is_absolute()) return false;
  return std::ranges::none_of(path, [](const fs::path& part) { return part == ".." || part == "."; });
}

Result<std::vector<BackedUpFile>> read_list(const fs::path& from) {
  const std::string text = TRY(read_file(from / kListName, kListBytesMax));
  const auto list = nlohmann::json::parse(text, nullptr, false);
  const auto wrong = [&](const char* what) {
    return Error{ErrorCode::kInvalidInput, (from / kListName).string() + ": expected " + what};
  };
  if (!list.is_object() || list.value("format", "") != "mimamori site backup" || !list.contains("files") ||
      !list["files"].is_array()) {
    return wrong("the list of a site's backup");
  }
  if (list.value("version", 0) != kListVersion) return wrong("version 1, which this program reads");
  std::vector<BackedUpFile> files;
  for (const auto& entry : list["files"]) {
    if (!entry.is_object() || !entry.contains("path") || !entry["path"].is_string() || !entry.contains("sha256") ||
        !entry["sha256"].is_string() || !entry.contains("size_bytes") || !entry["size_bytes"].is_number_integer()) {
      return wrong("path, size_bytes and sha256 of each file");
    }
    files.push_back({.path = entry["path"], .size_bytes = entry["size_bytes"], .sha256 = entry["sha256"]});
    if (!is_plain(files.back().path)) return wrong("paths below the site's folder");
  }
  return files;
}

BackupSummary sum_of(const std::vector<BackedUpFile>& files) {
  BackupSummary summary{.files = static_cast<std::int64_t>(files.size())};
  for (const BackedUpFile& file : files) summary.bytes += file.size_bytes;
  return summary;
}

}  // namespace

Result<BackupSummary> back_up_site(const Site& site, const fs::path& to) {
  const SiteLock lock = TRY(SiteLock::acquire(site.dir, "site backup", kLockWaitSeconds));
  NewFolder folder = TRY(NewFolder::make(to));
  std::vector<BackedUpFile> files;
  const std::vector<fs::path> found = TRY(files_of(site.dir));
  for (const fs::path& relative : found) {
    const fs::path target = folder.path() / relative;
    if (relative.has_parent_path()) TRY(make_private_folder(target.parent_path()));
    Result<BackedUpFile> copied = back_up_file(site.dir / relative, target);
    std::error_code ignored;
    if (!copied.ok() && !fs::exists(site.dir / relative, ignored)) continue;   // sent or renewed in the meantime
    BackedUpFile file = TRY(std::move(copied));
    file.path = relative.generic_string();
    files.push_back(std::move(file));
  }
  TRY(write_secret_file(folder.path() / kListName, list_text(files)));
  TRY(folder.keep());
  return sum_of(files);
}

Result<BackupSummary> restore_site(const fs::path& from, const fs::path& dir) {
  const std::vector<BackedUpFile> files = TRY(read_list(from));
  NewFolder folder = TRY(NewFolder::make(dir));
  for (const BackedUpFile& file : files) {
    const fs::path target = folder.path() / file.path;
    if (target.has_parent_path()) TRY(make_private_folder(target.parent_path()));
    const BackedUpFile copied = TRY(copy_hashed(from / file.path, target));
    if (copied.sha256 != file.sha256) {
      return Error{ErrorCode::kInvalidInput, file.path + ": expected the bytes that were backed up (SHA-256 differs); nothing was restored"};
    }
  }
  TRY(folder.keep());
  return sum_of(files);
}

}  // namespace mimamori
