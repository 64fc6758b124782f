#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ledger/hidden_text.h"
#include "ledger/limits.h"

namespace mimamori {

/// What Argon2id may cost; kept with each account so that it can be raised later.
struct PasswordCost {
  std::uint64_t operations = limits::kPasswordOperations;
  std::size_t memory_bytes = limits::kPasswordMemoryBytes;
};

/// A secret that only the password opens. There is no other trace of the password: to check one is
/// to try to open with it.
struct SealedByPassword {
  std::string salt;
  PasswordCost cost;
  std::string sealed;  // nonce, then XChaCha20-Poly1305 under Argon2id(password, salt)
};

/// Errors  kInvalidInput: fewer than 12 characters or over 1,024 bytes.
Result<void> check_password_length(const HiddenText& password);

/// Seals a secret; `owner` must be given again to open it.  Errors  kUnavailable: not enough memory.
Result<SealedByPassword> seal_by_password(const HiddenText& secret, const HiddenText& password,
                                          std::string_view owner, const PasswordCost& cost);

/// The secret, or nothing if the password is wrong; takes the same time in both cases.
/// Errors  kUnavailable: not enough memory.
Result<std::optional<HiddenText>> open_by_password(const SealedByPassword& sealed, const HiddenText& password,
                                                   std::string_view owner);

}  // namespace mimamori
