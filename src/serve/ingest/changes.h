#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "base/result.h"
#include "serve/ingest/receive.h"
#include "store/received_store.h"

namespace mimamori {

/// What a standardized storage says of its own changes (reference/ssmix2.md 2.7, 2.8); a hospital may keep neither.
struct ChangeFeeds {
  std::optional<std::filesystem::path> transactions;   // root of the transaction storage
  std::optional<std::filesystem::path> index_export;   // the table SSMIXIDX as CSV
};

/// Changes since the last load, and what to remember once they are received.
struct Changes {
  std::optional<std::set<ChangedPlace>> places;   // nothing: the whole tree is to be walked
  std::string marker_name;                        // empty: there is no feed
  std::string marker;
};

/// Reads what changed since the last load through this feed. The first time, and where a feed cannot be read as
/// one, the whole tree is to be walked. What is read twice does no harm.
/// Errors  kNotFound, kIo: the feed.  kInvalidInput: the export is not what the guideline says.
Result<Changes> read_changes(const ReceivedStore& store, const ChangeFeeds& feeds, const std::filesystem::path& root);

}  // namespace mimamori
