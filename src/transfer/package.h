#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "transfer/keys.h"

namespace mimamori {

/// One file of a package. Names are plain: a lower-case letter, then letters, digits and "_", then
/// ".parquet", ".json" or ".csv"; there are no folders inside a package, so no path can leave it.
struct PackageFile {
  std::string name;
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  std::string sha256;
  bool operator==(const PackageFile&) const = default;
};
bool is_package_file_name(std::string_view name);

/// What a package says of itself. Approval ② is a signature over its hash, so it covers every byte of
/// every file.
struct Manifest {
  std::string site;          // "site-a"
  std::string request_hash;  // of the request that it answers
  std::string script_sha256;
  std::string study_id;
  std::string data_cut;  // YYYY-MM-DD, first day that is not in the data
  std::string snapshot;  // digest of the edited layer that was read
  std::string program_version;
  std::vector<PackageFile> files;  // ordered by name
  bool operator==(const Manifest&) const = default;

  [[nodiscard]] std::string bytes() const;  // canonical CBOR
  [[nodiscard]] std::string hash() const;   // SHA-256 of these bytes: the package's name
};
/// Errors  kInvalidInput: a key missing or unknown, a file name of another form, files out of order.
Result<Manifest> read_manifest(std::string_view bytes);

/// A package as it travels: chunks of the sealed stream, in order.
struct SealedPackage {
  std::string package_hash;
  PublicKeyHex project_key;         // to which the file key is sealed
  std::string sealed_file_key;      // libsodium sealed box
  std::string stream_header;        // of XChaCha20-Poly1305 secretstream
  std::vector<std::string> chunks;  // SHA-256 of each, as sha256sum prints it
  bool operator==(const SealedPackage&) const = default;

  [[nodiscard]] nlohmann::json document() const;
};
Result<SealedPackage> sealed_package_of(const nlohmann::json& document);

/// A folder of chunks, each a file named by its SHA-256.
class ChunkFolder {
 public:
  explicit ChunkFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}
  /// Whole and durable, or not at all; storing twice is storing once.
  /// Errors  kInvalidInput: the hash is another, or the chunk is too large.  kIo.
  [[nodiscard]] Result<void> put(const std::string& sha256, std::string_view bytes) const;
  [[nodiscard]] bool has(const std::string& sha256) const;
  /// Errors  kNotFound.  kIo: the file no longer has its hash.
  [[nodiscard]] Result<std::string> read(const std::string& sha256) const;
  void remove(const std::string& sha256) const;
  [[nodiscard]] std::filesystem::path path_of(const std::string& sha256) const;

 private:
  std::filesystem::path folder_;
};
/// 64 lower-case hexadecimal digits.
bool is_sha256(std::string_view text);

/// Makes the manifest's list of files from a folder: sizes and hashes of the named files, in name order.
/// Errors  kNotFound, kIo, kInvalidInput: a name of another form.
Result<std::vector<PackageFile>> describe_files(
    const std::filesystem::path& folder, std::vector<std::pair<std::string, std::int64_t>> names_and_rows);

/// Seals a package into chunks: manifest and files as one stream, padded to a size that tells little
/// (the next of 2^k x {1, 1.25, 1.5, 1.75}), each chunk encrypted so that neither order nor end can be
/// changed. The chunks are stored before the description is returned: an upload that is cut short goes
/// on with the same ones.
///
/// Errors  kConflict: a file no longer is what the manifest says.  kInvalidInput, kIo.
Result<SealedPackage> seal_package(const Manifest& manifest, const std::filesystem::path& folder,
                                   const PublicKeyHex& project_key, const ChunkFolder& chunks);

/// Opens a package into a folder that does not exist yet: "manifest.cbor" and its files. Everything is
/// checked first against the chunk hashes, then the manifest's hash, then each file's hash; the folder
/// appears only when all fits.
///
/// Errors  kInvalidInput: damaged, mixed with another, cut short, or not what was announced.
///         kPermissionDenied: sealed to another key.  kNotFound: a chunk is missing.  kIo.
Result<Manifest> open_package(const SealedPackage& sealed, const ProjectKey& key, const ChunkFolder& chunks,
                              const std::filesystem::path& target);

/// The size to which a stream of so many bytes is padded.
std::uint64_t padded_size(std::uint64_t bytes);

}  // namespace mimamori
