#include "ingest/walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string_view>
#include <vector>

namespace mimamori {
namespace {

/// An open folder; closes itself.
class Folder {
 public:
  explicit Folder(int descriptor) {
    if (descriptor < 0) return;
    stream_ = ::fdopendir(descriptor);
    if (stream_ == nullptr) ::close(descriptor);
  }
  ~Folder() {
    if (stream_ != nullptr) ::closedir(stream_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] bool is_open() const { return stream_ != nullptr; }
  [[nodiscard]] DIR* stream() const { return stream_; }
  [[nodiscard]] int descriptor() const { return ::dirfd(stream_); }

 private:
  DIR* stream_ = nullptr;
};

struct Name {
  std::string name;
  unsigned char type = DT_UNKNOWN;
};

/// The names in a folder, sorted by bytes; nothing if the disk failed while reading.
std::optional<std::vector<Name>> names_in(const Folder& folder) {
  std::vector<Name> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(folder.stream());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.push_back({std::string(name), entry->d_type});
  }
  if (errno != 0) return std::nullopt;
  std::sort(names.begin(), names.end(), [](const Name& a, const Name& b) { return a.name < b.name; });
  return names;
}

/// The kind of a name where the file system does not say; DT_UNKNOWN if it has gone.
unsigned char type_of(const Folder& folder, const Name& name) {
  if (name.type != DT_UNKNOWN) return name.type;
  struct stat status {};
  if (::fstatat(folder.descriptor(), name.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return DT_UNKNOWN;
  return static_cast<unsigned char>(IFTODT(status.st_mode));
}

class Walk {
 public:
  explicit Walk(const WalkVisitor& visitor) : visitor_(visitor) {}

  Result<void> visit_folder(const Folder& folder, std::size_t depth) {
    const std::optional<std::vector<Name>> names = names_in(folder);
    if (!names.has_value()) return report(WalkKind::kUnreadableFolder);
    if (names->empty()) return report(WalkKind::kEmptyFolder);
    for (const Name& name : *names) {
      const std::size_t length = path_.size();
      if (length != 0) path_ += '/';
      path_ += name.name;
      TRY(visit_name(folder, name, depth));
      path_.resize(length);
    }
    return {};
  }

 private:
  Result<void> visit_name(const Folder& folder, const Name& name, std::size_t depth) {
    switch (type_of(folder, name)) {
      case DT_REG: return report(WalkKind::kFile);
      case DT_LNK: return report(WalkKind::kSymbolicLink);
      case DT_DIR: return enter(folder, name, depth);
      case DT_UNKNOWN: return {};  // it went away after the listing
      default: return report(WalkKind::kOther);
    }
  }

  Result<void> enter(const Folder& parent, const Name& name, std::size_t depth) {
    if (depth >= kWalkDepthMax) return report(WalkKind::kTooDeep);
    const Folder folder(
        ::openat(parent.descriptor(), name.name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (folder.is_open()) return visit_folder(folder, depth + 1);
    if (errno == ENOENT) return {};
    return report(WalkKind::kUnreadableFolder);
  }

  Result<void> report(WalkKind kind) { return visitor_(WalkEntry{path_, kind}); }

  const WalkVisitor& visitor_;
  std::string path_;
};

}  // namespace

Result<void> walk_tree(const std::filesystem::path& root, const WalkVisitor& visitor) {
  const Folder folder(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) {
    const std::string place = root.string();
    if (errno == ENOENT) return Error{ErrorCode::kNotFound, place + ": no such folder"};
    if (errno == ENOTDIR) return Error{ErrorCode::kInvalidInput, place + ": expected a folder"};
    return Error{ErrorCode::kIo, place + ": cannot be opened; expected a readable folder"};
  }
  return Walk(visitor).visit_folder(folder, 1);
}

}  // namespace mimamori
