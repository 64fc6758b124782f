#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/hidden_text.h"
#include "ledger/password.h"

namespace mimamori {

/// A named person; there are no shared or anonymous accounts.
struct Account {
  std::string login;
  std::string name;
  std::set<std::string> roles = {};
  bool must_change_password = true;  // somebody else knows the present one
  bool disabled = false;
};

struct Credentials {
  std::string login;
  HiddenText password;
  std::string code;  // six digits of the authenticator
};

/// What a session belongs to: a token shown anywhere else is worth nothing (S20).
struct SessionBinding {
  std::string listener;  // "site console", "center portal"
  std::string client;    // what the caller knows of the client: its certificate, its browser
};

struct NewSession {
  Account account;
  HiddenText token;  // 64 hexadecimal digits, given this once
};

/// How sign-in slows down and how long sessions last. Sites may set other figures.
struct SignInRules {
  int free_failures = 3;                             // in a row, before waiting begins
  std::int64_t first_wait_ms = 1'000;                // after the next failure; doubles with each one
  std::int64_t longest_wait_ms = 15 * 60'000;        //
  int failures_until_locked = 20;                    // then only unlock() helps
  std::int64_t session_idle_ms = 15 * 60'000;        // a session ends this long after its last use
  std::int64_t session_absolute_ms = 10 * 3600'000;  // and at the latest this long after sign-in
  PasswordCost password_cost;
};

/// The people of one site or of the center, and their sessions. Times are arguments. Whoever calls
/// puts what happened on the Log; nothing here does. May be used from several threads.
class Accounts {
 public:
  /// Errors  as Log::open.
  static Result<Accounts> open(const std::filesystem::path& path, const SignInRules& rules);
  Accounts(Accounts&&) noexcept;
  Accounts& operator=(Accounts&&) noexcept;
  ~Accounts();

  /// Makes an account with a first password, to be changed at the first sign-in unless the account says
  /// otherwise: then the person chose it alone. Returns the authenticator's secret as an otpauth:// address,
  /// shown to the person once and then nowhere. Errors  kConflict: the login exists; kInvalidInput: login,
  /// name, roles or password.
  Result<HiddenText> create(const Account& account, const HiddenText& password);

  /// An operator's help for someone who lost password or authenticator: new both, unlocked, every
  /// session ended. Returns the new otpauth:// address.  Errors  kNotFound, kInvalidInput.
  Result<HiddenText> recover(const std::string& login, const HiddenText& new_password);

  /// Errors  kNotFound. Each ends the person's sessions.
  Result<void> set_roles(const std::string& login, const std::set<std::string>& roles);
  Result<void> set_disabled(const std::string& login, bool disabled);
  /// Forgets failed sign-ins.  Errors  kIo.
  Result<void> unlock(const std::string& login);

  /// In order of login.  Errors  kIo.
  Result<std::vector<Account>> list() const;

  /// Checks password and code, and uses the code up. For sign-in, and again for each signature.
  /// A login that does not exist costs the same time and gives the same answer (S22).
  /// Errors  kPermissionDenied: wrong; kUnavailable: too many failures, wait or ask an operator.
  Result<Account> confirm(const Credentials& credentials, std::int64_t now_ms);

  /// confirm(), and a new session.  Errors  as confirm.
  Result<NewSession> sign_in(const Credentials& credentials, const SessionBinding& binding,
                             std::int64_t now_ms);

  /// confirm(), a new password, and the end of every session of the person.
  ///
  ///   prepare   done after confirm() and before the change, which does not take place if it fails
  ///
  /// Errors  as confirm; kInvalidInput: the new password is too short, or the present one.
  Result<void> change_password(const Credentials& credentials, const HiddenText& new_password,
                               std::int64_t now_ms, const std::function<Result<void>()>& prepare = {});

  /// Whose session it is, and keeps it alive.
  /// Errors  kPermissionDenied: no such session, or over; kConflict: shown by another client than
  ///         it belongs to: the session is ended, and its owner ought to be told.
  Result<Account> find_session(const HiddenText& token, const SessionBinding& binding, std::int64_t now_ms);

  /// Ends the session, if there is one.  Errors  kIo.
  Result<void> sign_out(const HiddenText& token);

 private:
  struct Inside;
  explicit Accounts(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

/// What a page must send back with each change, so that another site's page cannot (S21): made
/// from the token, which no page can read.
std::string csrf_token_of(const HiddenText& session_token);

}  // namespace mimamori
