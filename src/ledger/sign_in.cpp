#include <algorithm>
#include <utility>

#include "ledger/accounts.h"
#include "ledger/accounts_inside.h"
#include "ledger/limits.h"
#include "ledger/totp.h"

namespace mimamori {
namespace {

/// One sentence for every reason, so that it tells nobody which part was wrong.
Error refused() {
  return Error{ErrorCode::kPermissionDenied,
               "sign-in: expected login, password and a fresh code of an account"};
}

struct Stored {
  SealedByPassword sealed;
  std::int64_t totp_last_step = 0;
};

Result<std::optional<Stored>> find_stored(Sqlite& database, const std::string& login) {
  Statement row = TRY(database.prepare(
      "SELECT salt, operations, memory_bytes, sealed_totp, totp_last_step FROM account WHERE login = $1"));
  row.bind_text(login);
  const bool found = TRY(row.next_row());
  if (!found) return std::optional<Stored>();
  return std::optional(Stored{.sealed = {.salt = row.bytes(0),
                                         .cost = {.operations = static_cast<std::uint64_t>(row.integer(1)),
                                                  .memory_bytes = static_cast<std::size_t>(row.integer(2))},
                                         .sealed = row.bytes(3)},
                              .totp_last_step = row.integer(4)});
}

struct Failures {
  std::int64_t count = 0;
  std::int64_t not_before_ms = 0;
  std::int64_t last_at_ms = 0;
};

Result<Failures> find_failures(Sqlite& database, const std::string& login) {
  Statement row = TRY(database.prepare(
      "SELECT failures, not_before_ms, last_at_ms FROM sign_in_failure WHERE login_hash = $1"));
  const std::string hash = login_hash(login);
  row.bind_text(hash);
  const bool found = TRY(row.next_row());
  if (!found) return Failures{};
  return Failures{.count = row.integer(0), .not_before_ms = row.integer(1), .last_at_ms = row.integer(2)};
}

/// How long the next attempt waits after so many failures in a row.
std::int64_t wait_after(std::int64_t failures, const SignInRules& rules) {
  if (failures <= rules.free_failures) return 0;
  std::int64_t wait = rules.first_wait_ms;
  for (std::int64_t i = rules.free_failures + 1; i < failures && wait < rules.longest_wait_ms; ++i) wait *= 2;
  return std::min(wait, rules.longest_wait_ms);
}

Result<void> check_not_waiting(const Failures& failures, const SignInRules& rules, std::int64_t now_ms) {
  if (failures.count >= rules.failures_until_locked) {
    return Error{ErrorCode::kUnavailable,
                 "sign-in: locked after too many failures; an operator can unlock it"};
  }
  // A clock that was set back must not lock anybody out for longer than the rule says.
  const bool clock_went_back = now_ms < failures.last_at_ms;
  if (now_ms < failures.not_before_ms && !clock_went_back) {
    const std::int64_t seconds = (failures.not_before_ms - now_ms + 999) / 1000;
    return Error{ErrorCode::kUnavailable,
                 "sign-in: too many failures; try again in " + std::to_string(seconds) + " s"};
  }
  return {};
}

/// Counts a waiting sign-in for as long as it lives.
class Waiting {
 public:
  explicit Waiting(std::atomic<int>& count) : count_(count), place_(++count) {}
  ~Waiting() { --count_; }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  [[nodiscard]] int place() const { return place_; }

 private:
  std::atomic<int>& count_;
  int place_;
};

}  // namespace

Result<void> Accounts::Inside::note_failure(const std::string& login, std::int64_t now_ms) {
  Transaction transaction = TRY(Transaction::begin(database));
  const Failures before = TRY(find_failures(database, login));
  const std::int64_t count = before.count + 1;
  const std::optional<Stored> known = TRY(find_stored(database, login));
  const std::string hash = login_hash(login);
  {
    Statement upsert =
        TRY(database.prepare("INSERT OR REPLACE INTO sign_in_failure VALUES ($1, $2, $3, $4, $5)"));
    upsert.bind_text(hash)
        .bind(known ? 1 : 0)
        .bind(count)
        .bind(now_ms + wait_after(count, rules))
        .bind(now_ms);
    TRY(upsert.run());
  }
  // Whoever types endless invented logins must not fill the disk, nor push out a real account's count.
  Statement forget =
      TRY(database.prepare("DELETE FROM sign_in_failure WHERE known = 0 AND login_hash NOT IN (SELECT "
                           "login_hash FROM sign_in_failure "
                           "WHERE known = 0 ORDER BY last_at_ms DESC, login_hash LIMIT $1)"));
  TRY(forget.bind(limits::kUnknownLoginsMax).run());
  return transaction.commit();
}

Result<Account> Accounts::Inside::confirm_alone(const Credentials& credentials, std::int64_t now_ms,
                                                HiddenText& totp_secret) {
  std::optional<Stored> stored;
  {
    const std::lock_guard lock(database_mutex);
    const Failures failures = TRY(find_failures(database, credentials.login));
    TRY(check_not_waiting(failures, rules, now_ms));
    stored = TRY(find_stored(database, credentials.login));
  }
  const SealedByPassword& sealed = stored ? stored->sealed : nobody;
  std::optional<HiddenText> secret =
      TRY(open_by_password(sealed, credentials.password, stored ? credentials.login : ""));
  // With a wrong password a code is computed all the same, from nobody's secret.
  const std::string& key = secret ? secret->reveal() : sealed.sealed;
  const std::optional<std::int64_t> step =
      matching_totp_step(key, credentials.code, now_ms, stored ? stored->totp_last_step : 0);

  const std::lock_guard lock(database_mutex);
  std::optional<Account> account;  // looked at only now: a wrong password is the same work for any login
  if (secret && step) account = TRY(find(credentials.login));
  if (!account || account->disabled) {
    TRY(note_failure(credentials.login, now_ms));
    return refused();
  }
  Transaction transaction = TRY(Transaction::begin(database));
  {
    Statement take = TRY(database.prepare("UPDATE account SET totp_last_step = $1 WHERE login = $2"));
    TRY(take.bind(*step).bind_text(credentials.login).run());
    Statement forget = TRY(database.prepare("DELETE FROM sign_in_failure WHERE login_hash = $1"));
    const std::string hash = login_hash(credentials.login);
    TRY(forget.bind_text(hash).run());
  }
  TRY(transaction.commit());
  totp_secret = *std::move(secret);
  return *std::move(account);
}

Result<Account> Accounts::confirm(const Credentials& credentials, std::int64_t now_ms) {
  const Waiting waiting(inside_->sign_ins_waiting);
  if (waiting.place() > limits::kSignInsWaitingMax) {
    return Error{ErrorCode::kUnavailable, "sign-in: too many at once; try again"};
  }
  const std::lock_guard lock(inside_->sign_in_mutex);
  HiddenText totp_secret;
  return inside_->confirm_alone(credentials, now_ms, totp_secret);
}

Result<void> Accounts::change_password(const Credentials& credentials, const HiddenText& new_password,
                                       std::int64_t now_ms, const std::function<Result<void>()>& prepare) {
  TRY(check_password_length(new_password));
  if (new_password.reveal() == credentials.password.reveal())
    return Error{ErrorCode::kInvalidInput, "password: expected another one than the present"};
  const Waiting waiting(inside_->sign_ins_waiting);
  if (waiting.place() > limits::kSignInsWaitingMax) {
    return Error{ErrorCode::kUnavailable, "sign-in: too many at once; try again"};
  }
  const std::lock_guard lock(inside_->sign_in_mutex);
  HiddenText totp_secret;
  const Account account = TRY(inside_->confirm_alone(credentials, now_ms, totp_secret));
  if (prepare) TRY(prepare());
  const SealedByPassword sealed =
      TRY(seal_by_password(totp_secret, new_password, account.login, inside_->rules.password_cost));

  const std::lock_guard database_lock(inside_->database_mutex);
  Transaction transaction = TRY(Transaction::begin(inside_->database));
  {
    Statement update = TRY(inside_->database.prepare(
        "UPDATE account SET salt = $1, operations = $2, memory_bytes = $3, sealed_totp = $4, "
        "must_change_password = 0 WHERE login = $5"));
    update.bind_blob(sealed.salt).bind(static_cast<std::int64_t>(sealed.cost.operations));
    update.bind(static_cast<std::int64_t>(sealed.cost.memory_bytes)).bind_blob(sealed.sealed);
    TRY(update.bind_text(account.login).run());
  }
  TRY(inside_->end_sessions(account.login));
  return transaction.commit();
}

}  // namespace mimamori
