#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
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

/// Receives everything new below a root as one batch; durable when it returns. A file that was not touched since
/// it was received is not read again, unless reread_all.
/// Errors  kNotFound: no such root.  kIo: disk, rights.
Result<ReceivedCounts> receive_tree(ReceivedStore& store, SourceFormat format, const std::filesystem::path& root,
                                    bool reread_all, const IngestProgress& progress);

}  // namespace mimamori
