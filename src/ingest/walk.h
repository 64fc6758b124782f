#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"

namespace mimamori {

/// What stands at one place of a tree.
enum class WalkKind {
  kFile,
  kSymbolicLink,  // never followed
  kOther,         // a pipe, socket or device
  kEmptyFolder,
  kUnreadableFolder,  // no permission, or the disk failed
  kTooDeep,           // a folder below kWalkDepthMax levels
};

struct WalkEntry {
  std::string relative_path;  // from the root, '/' between; bytes as on the disk
  WalkKind kind = WalkKind::kFile;
};

/// Folders inside folders; a storage has six.
inline constexpr std::size_t kWalkDepthMax = 32;

using WalkVisitor = std::function<Result<void>(const WalkEntry&)>;

/// Visits everything below a folder, each folder's names in the order of their bytes, so that two
/// walks over one tree agree. Only the names along the current path are held in memory. What
/// disappears during the walk is passed over; links are reported and not followed, so the walk ends.
///
/// Errors  kNotFound: no such root.  kInvalidInput: the root is not a folder.  kIo: the root cannot be
///         read.  Whatever the visitor answers ends the walk.
Result<void> walk_tree(const std::filesystem::path& root, const WalkVisitor& visitor);

}  // namespace mimamori
