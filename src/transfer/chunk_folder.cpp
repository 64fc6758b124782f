#include <filesystem>

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "transfer/package.h"

namespace mimamori {

std::filesystem::path ChunkFolder::path_of(const std::string& sha256) const {
  ENSURE(is_sha256(sha256));
  return folder_ / sha256.substr(0, 2) / sha256;
}

Result<void> ChunkFolder::put(const std::string& sha256, std::string_view bytes) const {
  if (!is_sha256(sha256)) return Error{ErrorCode::kInvalidInput, "chunk: expected a SHA-256 as its name"};
  if (bytes.size() > limits::kChunkBytesMax) {
    return Error{ErrorCode::kInvalidInput,
                 "chunk: expected at most " + std::to_string(limits::kChunkBytesMax) + " bytes"};
  }
  if (sha256_hex(bytes) != sha256)
    return Error{ErrorCode::kInvalidInput, "chunk: its bytes have another SHA-256"};
  if (has(sha256)) return {};
  std::error_code failed;
  std::filesystem::create_directories(path_of(sha256).parent_path(), failed);
  if (failed) return Error{ErrorCode::kIo, "chunk: cannot make its folder: " + failed.message()};
  return write_file_atomically(path_of(sha256), bytes);
}

bool ChunkFolder::has(const std::string& sha256) const {
  std::error_code ignored;
  return is_sha256(sha256) && std::filesystem::is_regular_file(path_of(sha256), ignored);
}

Result<std::string> ChunkFolder::read(const std::string& sha256) const {
  if (!is_sha256(sha256)) return Error{ErrorCode::kInvalidInput, "chunk: expected a SHA-256 as its name"};
  std::string bytes = TRY(read_file(path_of(sha256), limits::kChunkBytesMax).at("chunk"));
  if (sha256_hex(bytes) != sha256)
    return Error{ErrorCode::kIo, "chunk: the file is damaged: another SHA-256"};
  return bytes;
}

void ChunkFolder::remove(const std::string& sha256) const {
  std::error_code ignored;
  if (is_sha256(sha256)) std::filesystem::remove(path_of(sha256), ignored);
}

}  // namespace mimamori
