#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "exchange/documents.h"
#include "transfer/envelope.h"

namespace mimamori {

/// How long a line is, and the hashes of its last messages, oldest first.
struct LineEnd {
  std::int64_t size = 0;
  std::vector<std::string> last_hashes;
};

/// The numbered messages of one direction, as one of the two parties has them. Messages are signed by
/// the sender and chained by hash; a line only grows, except when a restored backup turns out to have
/// forgotten its end (docs/protocol.md, "After a restore").
class Line {
 public:
  Line(std::string from, std::string to) : from_(std::move(from)), to_(std::move(to)) {}

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(messages_.size()); }
  /// Hash of message seq; "" for 0 and for numbers that are not in the line.
  [[nodiscard]] std::string hash_at(std::int64_t seq) const;
  [[nodiscard]] const Envelope& at(std::int64_t seq) const;
  /// At most so many hashes.
  [[nodiscard]] LineEnd end(std::size_t hashes_max) const;
  /// Messages after a number, as many as fit into a page (at least one, if there is one).
  [[nodiscard]] std::vector<Envelope> after(std::int64_t seq, std::size_t bytes_max) const;

  /// The next message, signed by the sender's key.
  [[nodiscard]] Envelope draft(const Envelope& content, const SigningKey& key) const;

  /// What a message is to this line.
  enum class Fit : std::uint8_t { kNext, kKnown };
  /// Errors  kPermissionDenied: not signed by this key, or of another direction.  kConflict: a number is
  ///         missing before it, or another message has its number (equivocation).  kInvalidInput.
  [[nodiscard]] Result<Fit> check(const Envelope& envelope, const PublicKeyHex& sender_key) const;

  /// Adds a message that check() called next.
  void add(const Envelope& envelope);
  /// Forgets every message after a number.
  void cut_after(std::int64_t seq);

 private:
  std::string from_;
  std::string to_;
  std::vector<Envelope> messages_;
  std::vector<std::string> hashes_;
};

}  // namespace mimamori
