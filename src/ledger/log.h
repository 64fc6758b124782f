#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace mimamori {

/// What somebody wants to have on record.
struct NewEntry {
  std::int64_t at_ms = 0;  // UTC, milliseconds since 1970; for people to read, no rule depends on it
  std::string kind;        // "request.submitted": lower-case letters, digits, '.', '-' and '_'
  std::string actor;       // who: a login, a site, a program
  std::string body;        // canonical CBOR
};

/// What is on record.
struct Entry {
  std::int64_t seq = 0;  // 1, 2, 3, … without a gap
  std::int64_t at_ms = 0;
  std::string kind;
  std::string actor;
  std::string body;
  std::string previous_hash;  // 64 hexadecimal digits; zeros for the first entry
  std::string hash;
  bool operator==(const Entry&) const = default;
};

/// The end of a log. Whoever else keeps a head can prove later what the log said up to there.
struct Head {
  std::int64_t seq = 0;
  std::string hash = std::string(64, '0');
  bool operator==(const Head&) const = default;
};

/// SHA-256 in hexadecimal over everything in the entry but the hash itself (docs/formats/ledger.md).
std::string hash_of(const Entry& entry);

/// The append-only, hash-chained log that is the state of a site or of the center: every state of a
/// request, site or approval is a fold over it, so what is audited and what is acted on are one.
/// One object may be used from several threads.
class Log {
 public:
  /// Opens or makes the log and checks its whole chain.
  /// Errors  kIo: the chain is broken, with the entry's number, or the disk failed; kUnavailable:
  ///         locked by another process; kUnsupported: not a ledger of this format.
  static Result<Log> open(const std::filesystem::path& path);
  Log(Log&&) noexcept;
  Log& operator=(Log&&) noexcept;
  ~Log();

  /// Adds the entries in one transaction that is on the disk when this returns: all or none.
  /// Errors  kInvalidInput: a field beyond its limit; kConflict: another process has added entries
  ///         since, so open again and decide anew; kIo: disk full or failing, nothing was added.
  Result<std::vector<Entry>> append(std::span<const NewEntry> entries);

  /// Up to `limit` entries from the given number on, in order.  Errors  kIo.
  Result<std::vector<Entry>> read(std::int64_t from_seq, std::size_t limit) const;

  [[nodiscard]] Head head() const;

 private:
  struct Inside;
  explicit Log(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

/// Copies a ledger that may be in use to a new file, whole: first beside it as "….part".
/// Errors  kConflict: there is a file already; kNotFound, kIo.
Result<void> back_up_ledger(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace mimamori
