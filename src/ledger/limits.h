#pragma once

#include <cstddef>
#include <cstdint>

namespace mimamori::limits {

/// An entry of the log: the longest body is a script with the documents around it.
inline constexpr std::size_t kEntryBodyBytesMax = std::size_t{8} * 1024 * 1024;
inline constexpr std::size_t kEntryKindBytesMax = 64;
inline constexpr std::size_t kEntryActorBytesMax = 256;
/// Entries that one transaction may add, and that one reading may give.
inline constexpr std::size_t kEntriesPerTransactionMax = 10'000;
inline constexpr std::size_t kEntriesPerReadMax = 10'000;
/// Problems that one verification lists.
inline constexpr std::size_t kLogProblemsMax = 100;
/// How long a write waits for another process.
inline constexpr int kLedgerBusyMilliseconds = 10'000;

/// Argon2id for passwords: about a tenth of a second and 64 MiB on a machine of 2024.
inline constexpr std::uint64_t kPasswordOperations = 3;
inline constexpr std::size_t kPasswordMemoryBytes = std::size_t{64} * 1024 * 1024;
inline constexpr std::size_t kPasswordCharactersMin = 12;
inline constexpr std::size_t kPasswordBytesMax = 1024;
/// Sign-ins that may wait for their turn; each costs kPasswordMemoryBytes only while it has it.
inline constexpr int kSignInsWaitingMax = 16;
inline constexpr std::size_t kLoginBytesMax = 64;
inline constexpr std::size_t kPersonNameBytesMax = 256;
/// Remembered failures of logins that do not exist; the oldest are forgotten first.
inline constexpr std::int64_t kUnknownLoginsMax = 10'000;

}  // namespace mimamori::limits
