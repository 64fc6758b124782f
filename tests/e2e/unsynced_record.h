#pragma once

#include <cstdint>

namespace mimamori {

/// One change of a file, as forget_unsynced.cpp writes it down and unsynced.cpp undoes it; followed by its
/// path, another path and bytes.
struct UnsyncedRecord {
  char kind = ' ';              // W write, C creation, R rename, U deletion; S file flushed, D folder flushed
  std::uint64_t inode = 0;
  std::uint64_t folder = 0;     // inode of the folder, where a name changes
  std::int64_t offset = 0;      // W
  std::int64_t old_size = 0;    // W: of the file before
  std::uint32_t path_size = 0;
  std::uint32_t other_size = 0; // U: where the file is kept; R: the new name, a line end, where the old file is kept
  std::uint64_t bytes_size = 0; // W: what stood there before
};

}  // namespace mimamori
