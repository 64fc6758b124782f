#include <sodium.h>

#include <utility>

#include "base/hash.h"
#include "ledger/accounts.h"
#include "ledger/accounts_inside.h"

namespace mimamori {
namespace {

std::string token_hash(const HiddenText& token) { return sha256_hex("mimamori session 1 " + token.reveal()); }

std::string binding_hash(const SessionBinding& binding) {
  // The length keeps "ab" + "c" apart from "a" + "bc".
  return sha256_hex(std::to_string(binding.listener.size()) + ":" + binding.listener + binding.client);
}

Error no_session() { return Error{ErrorCode::kPermissionDenied, "session: expected to be signed in"}; }

struct StoredSession {
  std::string login;
  std::string binding_hash;
  std::int64_t created_ms = 0;
  std::int64_t last_seen_ms = 0;
};

Result<std::optional<StoredSession>> find_stored(Sqlite& database, const std::string& hash) {
  Statement row = TRY(database.prepare(
      "SELECT login, binding_hash, created_ms, last_seen_ms FROM session WHERE token_hash = $1"));
  row.bind_text(hash);
  const bool found = TRY(row.next_row());
  if (!found) return std::optional<StoredSession>();
  return std::optional(StoredSession{.login = row.bytes(0),
                                     .binding_hash = row.bytes(1),
                                     .created_ms = row.integer(2),
                                     .last_seen_ms = row.integer(3)});
}

Result<void> end_session(Sqlite& database, const std::string& hash) {
  Statement remove = TRY(database.prepare("DELETE FROM session WHERE token_hash = $1"));
  return remove.bind_text(hash).run();
}

/// Over by age or idleness; a clock that was set back far ends it too.
bool is_over(const StoredSession& session, const SignInRules& rules, std::int64_t now_ms) {
  return now_ms - session.created_ms >= rules.session_absolute_ms ||
         now_ms - session.last_seen_ms >= rules.session_idle_ms ||
         session.last_seen_ms - now_ms >= rules.session_idle_ms;
}

Result<void> forget_old_sessions(Sqlite& database, const SignInRules& rules, std::int64_t now_ms) {
  Statement forget =
      TRY(database.prepare("DELETE FROM session WHERE created_ms <= $1 OR last_seen_ms <= $2"));
  return forget.bind(now_ms - rules.session_absolute_ms).bind(now_ms - rules.session_idle_ms).run();
}

}  // namespace

std::string csrf_token_of(const HiddenText& session_token) {
  return sha256_hex("mimamori csrf 1 " + session_token.reveal());
}

Result<NewSession> Accounts::sign_in(const Credentials& credentials, const SessionBinding& binding,
                                     std::int64_t now_ms) {
  Account account = TRY(confirm(credentials, now_ms));
  HiddenText token(Secret::random().to_hex_for_key_file());
  const std::string token_sum = token_hash(token);
  const std::string binding_sum = binding_hash(binding);

  const std::lock_guard lock(inside_->database_mutex);
  Transaction transaction = TRY(Transaction::begin(inside_->database));
  TRY(forget_old_sessions(inside_->database, inside_->rules, now_ms));
  {
    Statement insert = TRY(inside_->database.prepare("INSERT INTO session VALUES ($1, $2, $3, $4, $5)"));
    insert.bind_text(token_sum).bind_text(account.login).bind_text(binding_sum).bind(now_ms).bind(now_ms);
    TRY(insert.run());
  }
  TRY(transaction.commit());
  return NewSession{.account = std::move(account), .token = std::move(token)};
}

Result<Account> Accounts::find_session(const HiddenText& token, const SessionBinding& binding,
                                       std::int64_t now_ms) {
  const std::string hash = token_hash(token);
  const std::lock_guard lock(inside_->database_mutex);
  const std::optional<StoredSession> session = TRY(find_stored(inside_->database, hash));
  if (!session) return no_session();
  if (session->binding_hash != binding_hash(binding)) {
    TRY(end_session(inside_->database, hash));
    return Error{ErrorCode::kConflict, "session: expected the client that it was given to; it is ended"};
  }
  std::optional<Account> account = TRY(inside_->find(session->login));
  if (is_over(*session, inside_->rules, now_ms) || !account || account->disabled) {
    TRY(end_session(inside_->database, hash));
    return no_session();
  }
  // A write to the disk per click would be much for little: the idle time may be off by a tenth.
  if (now_ms - session->last_seen_ms >= inside_->rules.session_idle_ms / 10) {
    Statement touch =
        TRY(inside_->database.prepare("UPDATE session SET last_seen_ms = $1 WHERE token_hash = $2"));
    TRY(touch.bind(now_ms).bind_text(hash).run());
  }
  return *std::move(account);
}

Result<void> Accounts::sign_out(const HiddenText& token) {
  const std::lock_guard lock(inside_->database_mutex);
  return end_session(inside_->database, token_hash(token));
}

}  // namespace mimamori
