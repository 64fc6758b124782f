#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mimamori {

/// A file in a zip archive.
struct ZipEntry {
  std::string path;               // as the archive writes it, with '/'
  bool is_packed = false;         // deflate (Gunzip, Form::kDeflate), else stored as it is
  std::string_view content;       // packed or plain, in the archive's bytes
  std::uint64_t plain_bytes = 0;  // as the archive says; not to be relied on
  std::uint32_t crc32 = 0;
};

/// Whether bytes begin as a zip archive with a file in it does.
bool is_zip(std::string_view bytes);

/// The files of an archive in the order of its directory (PKWARE's APPNOTE 6.3, without Zip64); folders are
/// left out. Never reads outside the bytes. Errors  kInvalidInput: no archive, or cut off; kUnsupported:
/// several volumes, encryption, Zip64, a packing
///         other than deflate.
Result<std::vector<ZipEntry>> zip_entries(std::string_view archive);

}  // namespace mimamori
