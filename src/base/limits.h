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
/// Files received in one transaction.
inline constexpr std::size_t kFilesPerTransaction = 4'000;

}  // namespace mimamori::limits
