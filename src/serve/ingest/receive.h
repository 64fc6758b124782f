#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "serve/ingest/profile.h"
#include "store/received_store.h"

namespace mimamori {

/// How far a step has come; total 0: not known yet.
using IngestProgress = std::function<void(const char* step, std::int64_t done, std::int64_t total)>;

/// The forms in which a hospital's data come.
enum class SourceFormat : std::uint8_t { kSsmix2, kClaims, kDpc, kOmop };
std::string_view name_of(SourceFormat format);

struct ReceivedCounts {
  std::int64_t files_seen = 0;      // below the root
  std::int64_t files_received = 0;  // of them not known before
};

/// Files of a standardized storage that a change concerns: those of a folder whose names begin with a text.
struct ChangedPlace {
  std::string folder;        // below the root
  std::string name_prefix;   // empty: all of the folder
  auto operator<=>(const ChangedPlace&) const = default;
};

/// Receives everything new below a root as one batch; durable when it returns. A file that was not touched since
/// it was received is not read again, unless reread_all.
///   places   where to look; nothing: everywhere
/// Errors  kNotFound: no such root.  kIo: disk, rights.
Result<ReceivedCounts> receive_tree(ReceivedStore& store, SourceFormat format, const std::filesystem::path& root,
                                    const std::optional<std::set<ChangedPlace>>& places, bool reread_all,
                                    IngestProfile& profile, const IngestProgress& progress);

}  // namespace mimamori
