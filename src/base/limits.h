#pragma once

#include <cstddef>

namespace mimamori::limits {

/// One HL7 message file. The largest published samples are under 100 KiB.
inline constexpr std::size_t kMessageBytesMax = std::size_t{16} * 1024 * 1024;
/// Segments in one message.
inline constexpr std::size_t kMessageSegmentsMax = 200'000;
/// An extraction script.
inline constexpr std::size_t kScriptBytesMax = std::size_t{1} * 1024 * 1024;
/// Nodes and nesting of a script's YAML.
inline constexpr std::size_t kScriptNodesMax = 20'000;
inline constexpr std::size_t kScriptDepthMax = 32;
/// A code map of a hospital.
inline constexpr std::size_t kCodeMapBytesMax = std::size_t{256} * 1024 * 1024;
/// Nesting of a signed document.
inline constexpr std::size_t kDocumentDepthMax = 24;
/// A piece of a sealed package as it travels.
inline constexpr std::size_t kChunkBytesMax = std::size_t{4} * 1024 * 1024;
/// The manifest of a package, and the files in it.
inline constexpr std::size_t kManifestBytesMax = std::size_t{1} * 1024 * 1024;
inline constexpr std::size_t kPackageFilesMax = 64;
/// A sealed package: what a site may send at once.
inline constexpr std::size_t kPackageChunksMax = 65'536;
/// The documents at the head of a bundle that travels by file.
inline constexpr std::size_t kBundleHeadBytesMax = std::size_t{64} * 1024 * 1024;

/// Files received in one transaction.
inline constexpr std::size_t kFilesPerTransaction = 4'000;

}  // namespace mimamori::limits
