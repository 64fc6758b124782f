#pragma once

#include <cstddef>
#include <filesystem>

namespace mimamori {

/// Undoes changes that were written down by forget_unsynced.cpp and not flushed to the disk, from the last one
/// back, as a power cut would. Returns how many there were; fails the test if the journal cannot be read.
///   kept   the share of them that reached the disk all the same, the earliest ones, 0 to 1
std::size_t undo_unsynced(const std::filesystem::path& journal_folder, double kept);

}  // namespace mimamori
