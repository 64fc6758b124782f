#pragma once

// Inside ledger/ only: what the three parts of Accounts share.

#include <atomic>
#include <mutex>
#include <optional>

#include "ledger/accounts.h"
#include "ledger/sqlite.h"

namespace mimamori {

struct Accounts::Inside {
  Sqlite database;
  SignInRules rules;
  std::mutex database_mutex;
  /// One sign-in at a time: bounds the memory of Argon2id, and two attempts cannot both use one
  /// code or both slip in before a failure is counted.
  std::mutex sign_in_mutex;
  std::atomic<int> sign_ins_waiting = 0;
  /// Stands in for an account that does not exist, so that its password takes as long to check.
  SealedByPassword nobody;

  // accounts.cpp
  Result<std::optional<Account>> find(const std::string& login);
  Result<void> end_sessions(const std::string& login);
  Result<HiddenText> seal_new_totp(const std::string& login, const HiddenText& password,
                                   SealedByPassword& sealed) const;
  // sign_in.cpp
  Result<Account> confirm_alone(const Credentials& credentials, std::int64_t now_ms, HiddenText& totp_secret);
  Result<void> note_failure(const std::string& login, std::int64_t now_ms);
};

/// The key of a login in sign_in_failure: of one size, whatever was typed.
std::string login_hash(const std::string& login);

}  // namespace mimamori
