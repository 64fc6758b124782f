#include "transfer/package.h"

#include <sodium.h>

#include <algorithm>
#include <bit>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kOverhead = crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr std::size_t kPlainChunkBytes = limits::kChunkBytesMax - kOverhead;
constexpr std::size_t kReadBytes = std::size_t{1} << 20U;
constexpr std::size_t kLengthBytes = 8;  // of the manifest, at the start of the stream

const unsigned char* as_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* as_bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Error io(const std::string& sentence) { return {ErrorCode::kIo, "package: " + sentence}; }
Error damaged(const std::string& sentence) { return {ErrorCode::kInvalidInput, "package: " + sentence}; }

/// The key of one sealed stream; wiped at the end.
struct FileKey {
  std::string bytes = std::string(crypto_secretstream_xchacha20poly1305_KEYBYTES, '\0');
  FileKey() = default;
  FileKey(const FileKey&) = delete;
  FileKey& operator=(const FileKey&) = delete;
  ~FileKey() { sodium_memzero(bytes.data(), bytes.size()); }
};

/// Takes the stream in pieces of any size, seals it chunk by chunk and stores each chunk.
class SealingStream {
 public:
  SealingStream(const ChunkFolder& chunks, SealedPackage& sealed, std::uint64_t size)
      : chunks_(chunks), sealed_(sealed), left_(size) {}

  Result<void> start(const PublicKeyHex& project_key) {
    FileKey key;
    crypto_secretstream_xchacha20poly1305_keygen(as_bytes(key.bytes));
    sealed_.sealed_file_key = TRY(seal_to(project_key, key.bytes));
    sealed_.stream_header.resize(crypto_secretstream_xchacha20poly1305_HEADERBYTES);
    crypto_secretstream_xchacha20poly1305_init_push(&state_, as_bytes(sealed_.stream_header),
                                                    as_bytes(key.bytes));
    return {};
  }

  Result<void> add(std::string_view bytes) {
    ENSURE(bytes.size() <= left_);
    left_ -= bytes.size();
    while (!bytes.empty()) {
      const std::size_t take = std::min(bytes.size(), kPlainChunkBytes - plain_.size());
      plain_.append(bytes.substr(0, take));
      bytes.remove_prefix(take);
      if (plain_.size() == kPlainChunkBytes && (left_ > 0 || !bytes.empty())) TRY(flush(false));
    }
    return {};
  }

  Result<void> pad_and_finish() {
    const std::string zeros(kReadBytes, '\0');
    while (left_ > 0)
      TRY(add(std::string_view(zeros).substr(0, std::min<std::uint64_t>(left_, zeros.size()))));
    return flush(true);
  }

 private:
  Result<void> flush(bool last) {
    std::string chunk(plain_.size() + kOverhead, '\0');
    crypto_secretstream_xchacha20poly1305_push(&state_, as_bytes(chunk), nullptr,
                                               as_bytes(std::string_view(plain_)), plain_.size(), nullptr, 0,
                                               last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
                                                    : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
    plain_.clear();
    sealed_.chunks.push_back(sha256_hex(chunk));
    if (sealed_.chunks.size() > limits::kPackageChunksMax)
      return damaged("larger than a site may send at once");
    return chunks_.put(sealed_.chunks.back(), chunk);
  }

  const ChunkFolder& chunks_;
  SealedPackage& sealed_;
  std::uint64_t left_;
  std::string plain_;
  crypto_secretstream_xchacha20poly1305_state state_{};
};

/// Feeds a file into the stream; it must be what the manifest says.
Result<void> add_file(SealingStream& stream, const fs::path& folder, const PackageFile& file) {
  std::ifstream in(folder / file.name, std::ios::binary);
  if (!in) return io("cannot open " + file.name);
  const Error changed{ErrorCode::kConflict, "package: " + file.name + " is no longer what was described"};
  Sha256 sum;
  std::uint64_t left = static_cast<std::uint64_t>(file.bytes);
  std::string buffer(kReadBytes, '\0');
  while (left > 0) {
    const std::size_t want = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size()));
    if (!in.read(buffer.data(), static_cast<std::streamsize>(want))) return changed;
    const std::string_view piece(buffer.data(), want);
    sum.add(piece);
    TRY(stream.add(piece));
    left -= want;
  }
  if (in.peek() != std::ifstream::traits_type::eof() || sum.hex() != file.sha256) return changed;
  return {};
}

std::uint64_t stream_size(const Manifest& manifest, std::size_t manifest_bytes) {
  std::uint64_t size = kLengthBytes + manifest_bytes;
  for (const PackageFile& file : manifest.files) size += static_cast<std::uint64_t>(file.bytes);
  return size;
}

std::string length_prefix(std::uint64_t length) {
  std::string prefix;
  for (unsigned byte = kLengthBytes; byte > 0; --byte) {
    prefix.push_back(static_cast<char>(length >> (8 * (byte - 1)) & 0xFFU));
  }
  return prefix;
}

/// The opened stream, read in pieces of any size across chunks.
class OpeningStream {
 public:
  OpeningStream(const SealedPackage& sealed, const ChunkFolder& chunks) : sealed_(sealed), chunks_(chunks) {}

  Result<void> start(const ProjectKey& key) {
    FileKey file_key;
    std::string opened = TRY(key.open(sealed_.sealed_file_key).at("package: file key"));
    const bool fits = opened.size() == file_key.bytes.size() &&
                      sealed_.stream_header.size() == crypto_secretstream_xchacha20poly1305_HEADERBYTES;
    if (fits) file_key.bytes.assign(opened);
    sodium_memzero(opened.data(), opened.size());
    if (!fits || crypto_secretstream_xchacha20poly1305_init_pull(&state_, as_bytes(sealed_.stream_header),
                                                                 as_bytes(file_key.bytes)) != 0) {
      return damaged("the head of the sealed stream is damaged");
    }
    return {};
  }

  /// Exactly so many bytes.
  Result<std::string> read(std::size_t size) {
    while (plain_.size() - at_ < size) TRY(next_chunk());
    std::string bytes = plain_.substr(at_, size);
    at_ += size;
    return bytes;
  }

  /// The rest must be zeros up to the final chunk.
  Result<void> expect_padding() {
    while (true) {
      if (plain_.find_first_not_of('\0', at_) != std::string::npos)
        return damaged("bytes after the last file");
      at_ = plain_.size();
      if (ended_) return {};
      TRY(next_chunk());
    }
  }
  [[nodiscard]] std::uint64_t bytes_read() const { return total_; }

 private:
  Result<void> next_chunk() {
    if (ended_ || next_ == sealed_.chunks.size()) return damaged("the sealed stream is cut short");
    const std::string chunk =
        TRY(chunks_.read(sealed_.chunks[next_]).at("package: chunk " + std::to_string(next_ + 1)));
    if (chunk.size() < kOverhead) return damaged("chunk " + std::to_string(next_ + 1) + " is too short");
    std::string opened(chunk.size() - kOverhead, '\0');
    unsigned char tag = 0;
    if (crypto_secretstream_xchacha20poly1305_pull(&state_, as_bytes(opened), nullptr, &tag,
                                                   as_bytes(std::string_view(chunk)), chunk.size(), nullptr,
                                                   0) != 0) {
      return damaged("chunk " + std::to_string(next_ + 1) +
                     " is damaged, of another package, or out of order");
    }
    ++next_;
    ended_ = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    if (ended_ != (next_ == sealed_.chunks.size()))
      return damaged("the list of chunks does not end where the stream does");
    total_ += opened.size();
    plain_.erase(0, at_);
    at_ = 0;
    plain_ += opened;
    return {};
  }

  const SealedPackage& sealed_;
  const ChunkFolder& chunks_;
  crypto_secretstream_xchacha20poly1305_state state_{};
  std::string plain_;
  std::size_t at_ = 0;
  std::size_t next_ = 0;
  std::uint64_t total_ = 0;
  bool ended_ = false;
};

Result<Manifest> read_manifest_of(OpeningStream& stream, const std::string& package_hash) {
  const std::string prefix = TRY(stream.read(kLengthBytes));
  std::uint64_t length = 0;
  for (const char c : prefix) length = length << 8U | static_cast<unsigned char>(c);
  if (length > limits::kManifestBytesMax) return damaged("its manifest is too large");
  const std::string bytes = TRY(stream.read(static_cast<std::size_t>(length)));
  if (sha256_hex(bytes) != package_hash) return damaged("its manifest is not the one that was announced");
  return read_manifest(bytes);
}

Result<void> write_file_of(OpeningStream& stream, const PackageFile& file, const fs::path& folder) {
  std::ofstream out(folder / file.name, std::ios::binary);
  Sha256 sum;
  for (std::uint64_t left = static_cast<std::uint64_t>(file.bytes); left > 0;) {
    const std::size_t want = static_cast<std::size_t>(std::min<std::uint64_t>(left, kReadBytes));
    const std::string piece = TRY(stream.read(want));
    sum.add(piece);
    out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
    left -= want;
  }
  out.close();
  if (!out) return io("cannot write " + file.name);
  if (sum.hex() != file.sha256) return damaged(file.name + " is not what the manifest says");
  return sync_to_disk(folder / file.name);
}

Result<Manifest> open_into(const SealedPackage& sealed, const ProjectKey& key, const ChunkFolder& chunks,
                           const fs::path& folder) {
  OpeningStream stream(sealed, chunks);
  TRY(stream.start(key));
  Manifest manifest = TRY(read_manifest_of(stream, sealed.package_hash));
  const std::uint64_t plain = stream_size(manifest, manifest.bytes().size());
  if (plain > std::uint64_t{sealed.chunks.size()} * kPlainChunkBytes)
    return damaged("files larger than the stream");
  for (const PackageFile& file : manifest.files) TRY(write_file_of(stream, file, folder));
  TRY(stream.expect_padding());
  if (stream.bytes_read() != padded_size(plain)) return damaged("its length is not the padded one");
  TRY(write_file_atomically(folder / "manifest.cbor", manifest.bytes()));
  return manifest;
}

}  // namespace

std::uint64_t padded_size(std::uint64_t bytes) {
  constexpr std::uint64_t kSmallest = 64 * 1024;
  if (bytes <= kSmallest) return kSmallest;
  const std::uint64_t power = std::bit_floor(bytes);
  for (std::uint64_t quarters = 4; quarters <= 8; ++quarters) {
    if (power / 4 * quarters >= bytes) return power / 4 * quarters;
  }
  return bytes;
}

Result<std::vector<PackageFile>> describe_files(
    const fs::path& folder, std::vector<std::pair<std::string, std::int64_t>> names_and_rows) {
  std::ranges::sort(names_and_rows);
  std::vector<PackageFile> files;
  for (const auto& [name, rows] : names_and_rows) {
    if (!is_package_file_name(name)) return damaged("expected plain file names");
    std::ifstream in(folder / name, std::ios::binary);
    if (!in) return Error{ErrorCode::kNotFound, "package: there is no " + name};
    PackageFile file{.name = name, .rows = rows, .bytes = 0, .sha256 = {}};
    Sha256 sum;
    std::string buffer(kReadBytes, '\0');
    while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || in.gcount() > 0) {
      sum.add(std::string_view(buffer.data(), static_cast<std::size_t>(in.gcount())));
      file.bytes += in.gcount();
    }
    if (in.bad()) return io("cannot read " + name);
    file.sha256 = sum.hex();
    files.push_back(std::move(file));
  }
  return files;
}

Result<SealedPackage> seal_package(const Manifest& manifest, const fs::path& folder,
                                   const PublicKeyHex& project_key, const ChunkFolder& chunks) {
  const std::string head = manifest.bytes();
  SealedPackage sealed{.package_hash = manifest.hash(),
                       .project_key = project_key,
                       .sealed_file_key = {},
                       .stream_header = {},
                       .chunks = {}};
  SealingStream stream(chunks, sealed, padded_size(stream_size(manifest, head.size())));
  TRY(stream.start(project_key));
  TRY(stream.add(length_prefix(head.size())));
  TRY(stream.add(head));
  for (const PackageFile& file : manifest.files) TRY(add_file(stream, folder, file));
  TRY(stream.pad_and_finish());
  return sealed;
}

Result<Manifest> open_package(const SealedPackage& sealed, const ProjectKey& key, const ChunkFolder& chunks,
                              const fs::path& target) {
  if (sealed.chunks.size() > limits::kPackageChunksMax) return damaged("too many chunks");
  fs::path part = target;
  part += ".part";
  std::error_code failed;
  fs::remove_all(part, failed);
  if (fs::exists(target)) return Error{ErrorCode::kConflict, "package: it was opened already"};
  fs::create_directories(part, failed);
  if (failed) return io("cannot make its folder: " + failed.message());
  Result<Manifest> manifest = open_into(sealed, key, chunks, part);
  if (!manifest.ok()) {
    fs::remove_all(part, failed);
    return manifest;
  }
  TRY(sync_to_disk(part));
  fs::rename(part, target, failed);
  if (failed) return io("cannot put its folder in place: " + failed.message());
  TRY(sync_to_disk(target.parent_path()));
  return manifest;
}

}  // namespace mimamori
