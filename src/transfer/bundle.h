#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "transfer/envelope.h"
#include "transfer/package.h"

namespace mimamori {

/// What travels by file between a site and the center where there is no line: the same signed documents
/// that the line carries, and the chunks that they name. There are no file names inside.
struct Bundle {
  std::string from;  // "site-a" or "center"
  std::string to;
  std::vector<Envelope> documents;
  std::vector<std::string> chunks;  // SHA-256 of each, in the order in which they follow
};

/// Writes a bundle: magic, head (canonical CBOR with its length), chunks, SHA-256 of all that.
/// Errors  kNotFound: a chunk is not in the folder.  kIo.
Result<void> write_bundle(const std::filesystem::path& file, const Bundle& bundle, const ChunkFolder& chunks);

/// Reads a bundle and stores its chunks. Nothing is stored unless the whole file has its SHA-256.
/// Errors  kInvalidInput: not a bundle, damaged, or cut short.  kIo.
Result<Bundle> read_bundle(const std::filesystem::path& file, const ChunkFolder& chunks);

}  // namespace mimamori
