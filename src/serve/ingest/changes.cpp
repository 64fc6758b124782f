#include "serve/ingest/changes.h"

#include <charconv>
#include <vector>

#include "base/file.h"
#include "ingest/change_feed.h"
#include "ingest/walk.h"

namespace mimamori {
namespace {

/// A transaction file of a day, and an export of an index.
constexpr std::size_t kFeedBytesMax = std::size_t{2} << 30U;

std::string text_of(const TransactionMarker& marker) { return marker.file + "\n" + std::to_string(marker.offset); }

TransactionMarker marker_of(const std::string& text) {
  const std::size_t cut = text.find('\n');
  TransactionMarker marker{.file = text.substr(0, cut)};
  if (cut != std::string::npos) std::from_chars(text.data() + cut + 1, text.data() + text.size(), marker.offset);
  return marker;
}

/// Reads the transaction files after a marker; no places if one of them cannot be read as such.
Result<Changes> read_transaction_storage(const std::filesystem::path& root, const std::optional<std::string>& since) {
  std::vector<std::string> paths;
  TRY(walk_tree(root, [&](const WalkEntry& entry) -> Result<void> {
    if (entry.kind == WalkKind::kFile) paths.push_back(entry.relative_path);
    return {};
  }));
  const TransactionMarker before = since ? marker_of(*since) : TransactionMarker{};
  TransactionMarker after = before;
  std::set<ChangedPlace> places;
  bool is_whole = since.has_value();
  for (const std::string& path : transaction_files_after(paths, before)) {
    const std::string bytes = TRY(read_file(root / path, kFeedBytesMax));
    const TransactionPart part = read_transactions(bytes, path == before.file ? before.offset : 0);
    for (const TransactionEntry& entry : part.entries) places.insert({.folder = entry.folder(), .name_prefix = entry.name_prefix()});
    is_whole = is_whole && part.unreadable.empty();
    after = {.file = path, .offset = part.next_offset};
  }
  Changes changes{.places = std::nullopt, .marker_name = {}, .marker = text_of(after)};
  if (is_whole) changes.places = std::move(places);
  return changes;
}

Result<Changes> read_index(const std::filesystem::path& file, const std::optional<std::string>& since) {
  const std::string csv = TRY(read_file(file, kFeedBytesMax));
  const IndexChanges index = TRY(read_index_export(csv, since.value_or("")).at(file.string()));
  Changes changes{.places = std::nullopt, .marker_name = {}, .marker = index.marker.empty() ? since.value_or("") : index.marker};
  if (!since) return changes;
  changes.places.emplace();
  for (const IndexedFile& one : index.files) {
    const std::size_t cut = one.path.rfind('/');
    // The flag at the end of the name may have changed since the row was written.
    const std::string name = cut == std::string::npos ? one.path : one.path.substr(cut + 1);
    changes.places->insert({.folder = cut == std::string::npos ? "" : one.path.substr(0, cut), .name_prefix = name.substr(0, name.empty() ? 0 : name.size() - 1)});
  }
  return changes;
}

}  // namespace

Result<Changes> read_changes(const ReceivedStore& store, const ChangeFeeds& feeds, const std::filesystem::path& root) {
  if (!feeds.transactions && !feeds.index_export) return Changes{};
  const std::filesystem::path& feed = feeds.transactions ? *feeds.transactions : *feeds.index_export;
  const std::string name = std::string(feeds.transactions ? "transactions:" : "index:") +
                           std::filesystem::weakly_canonical(feed).string() + ":" +
                           std::filesystem::weakly_canonical(root).string();
  const std::optional<std::string> since = TRY(store.marker(name));
  Changes changes = TRY(feeds.transactions ? read_transaction_storage(feed, since) : read_index(feed, since));
  changes.marker_name = name;
  return changes;
}

}  // namespace mimamori
