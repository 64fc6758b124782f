#pragma once

#include <chrono>
#include <cstddef>

namespace mimamori {

/// What a listener allows. Sites and centers may set other figures; nothing is without a bound.
struct HttpLimits {
  std::size_t head_bytes = std::size_t{16} * 1024;  // request line and headers: else 431
  std::size_t header_count = 100;                   // else 431
  std::size_t connections = 2'000;                  // beyond these a connection is closed at once
  std::size_t connections_per_address = 64;         // likewise; hospitals may share a proxy
  std::size_t requests_per_connection = 1'000;      // then "Connection: close"
  std::size_t worker_threads = 8;                   // that many handlers at a time

  std::chrono::milliseconds handshake_timeout{10'000};
  std::chrono::milliseconds head_timeout{10'000};        // from the first byte of a request to its empty line
  std::chrono::milliseconds idle_timeout{75'000};        // between requests; longer than a poll
  std::chrono::milliseconds body_piece_timeout{60'000};  // for each 256 KiB of a body: at least 35 kbit/s
  std::chrono::milliseconds write_piece_timeout{30'000};  // for each 256 KiB of a reply
  std::chrono::milliseconds linger_timeout{2'000};        // for the client to take the last reply
  std::chrono::milliseconds wait_max{60'000};             // the longest that a handler may wait
};

namespace limits {

inline constexpr std::size_t kTargetBytesMax = std::size_t{8} * 1024;
/// A request's body, where its route says nothing else.
inline constexpr std::size_t kBodyBytesMax = std::size_t{1} * 1024 * 1024;
/// Bodies and replies move in pieces of this size.
inline constexpr std::size_t kBodyPieceBytes = std::size_t{256} * 1024;
/// A reply that our client takes, where its caller says nothing else.
inline constexpr std::size_t kReplyBytesMax = std::size_t{8} * 1024 * 1024;
inline constexpr std::size_t kReplyHeadBytesMax = std::size_t{64} * 1024;
/// A certificate, request or key in PEM.
inline constexpr std::size_t kPemBytesMax = std::size_t{64} * 1024;

}  // namespace limits
}  // namespace mimamori
