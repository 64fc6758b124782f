#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mimamori {

/// The whole content of a file. Errors  kNotFound, kIo, kInvalidInput: larger than size_bytes_max.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t size_bytes_max);

/// Writes a file so that after a crash either the old or the new content is there, never half:
/// a temporary file beside it, flushed to the disk, then renamed.  Errors  kIo.
Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// Flushes a file or folder to the disk.  Errors  kIo.
Result<void> sync_to_disk(const std::filesystem::path& path);

}  // namespace mimamori
