#include "unsynced.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "base/file.h"
#include "unsynced_record.h"

namespace mimamori {
namespace {

constexpr std::size_t kJournalBytesMax = std::size_t{2} << 30U;

struct Change {
  UnsyncedRecord record;
  std::string path, other, bytes;
};

/// The changes in their order; one that was cut short by the kill did not happen.
std::vector<Change> read_changes(const std::filesystem::path& folder) {
  const Result<std::string> text = read_file(folder / "journal", kJournalBytesMax);
  EXPECT_TRUE(text.ok());
  std::vector<Change> changes;
  for (std::size_t at = 0; text.ok() && at + sizeof(UnsyncedRecord) <= text->size();) {
    Change change;
    std::memcpy(&change.record, text->data() + at, sizeof change.record);
    at += sizeof change.record;
    const std::size_t size = change.record.path_size + change.record.other_size + change.record.bytes_size;
    if (at + size > text->size()) break;
    change.path = text->substr(at, change.record.path_size);
    change.other = text->substr(at + change.record.path_size, change.record.other_size);
    change.bytes = text->substr(at + size - change.record.bytes_size, change.record.bytes_size);
    at += size;
    changes.push_back(std::move(change));
  }
  return changes;
}

/// Changes that no later flush of their file, or of their folder for names, made durable.
std::vector<Change> unsynced_of(const std::vector<Change>& changes) {
  std::map<std::uint64_t, std::size_t> file_flushed, folder_flushed;   // last place of a flush, by inode
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (changes[i].record.kind == 'S') file_flushed[changes[i].record.inode] = i;
    if (changes[i].record.kind == 'D') folder_flushed[changes[i].record.inode] = i;
  }
  const auto is_flushed = [](const auto& flushed, std::uint64_t inode, std::size_t place) {
    const auto found = flushed.find(inode);
    return found != flushed.end() && found->second > place;
  };
  std::vector<Change> unsynced;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const UnsyncedRecord& record = changes[i].record;
    const bool by_file = is_flushed(file_flushed, record.inode, i), by_folder = is_flushed(folder_flushed, record.folder, i);
    const bool is_durable = record.kind == 'S' || record.kind == 'D' || (record.kind == 'W' && by_file) ||
                            (record.kind == 'C' && (by_file || by_folder)) ||
                            ((record.kind == 'R' || record.kind == 'U') && by_folder);
    if (!is_durable) unsynced.push_back(changes[i]);
  }
  return unsynced;
}

void undo(const Change& change) {
  std::error_code ignored;
  if (change.record.kind == 'W') {
    const int fd = ::open(change.path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return;   // its creation or name is undone too
    EXPECT_EQ(::pwrite(fd, change.bytes.data(), change.bytes.size(), change.record.offset), static_cast<ssize_t>(change.bytes.size()));
    EXPECT_EQ(::ftruncate(fd, change.record.old_size), 0);
    ::close(fd);
  } else if (change.record.kind == 'C') {
    std::filesystem::remove(change.path, ignored);
  } else if (change.record.kind == 'U') {
    if (!change.other.empty()) std::filesystem::rename(change.other, change.path, ignored);
  } else if (change.record.kind == 'R') {
    const std::size_t cut = change.other.find('\n');
    std::filesystem::rename(change.other.substr(0, cut), change.path, ignored);
    const std::string kept = change.other.substr(cut + 1);
    if (!kept.empty()) std::filesystem::rename(kept, change.other.substr(0, cut), ignored);
  }
}

}  // namespace

std::size_t undo_unsynced(const std::filesystem::path& journal_folder, double kept) {
  const std::vector<Change> unsynced = unsynced_of(read_changes(journal_folder));
  const auto first = static_cast<std::size_t>(kept * static_cast<double>(unsynced.size()));
  for (std::size_t i = unsynced.size(); i > first; --i) undo(unsynced[i - 1]);
  return unsynced.size() - first;
}

}  // namespace mimamori
