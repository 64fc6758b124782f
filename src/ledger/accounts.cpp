#include "ledger/accounts.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "ledger/accounts_inside.h"
#include "ledger/limits.h"
#include "ledger/totp.h"

namespace mimamori {
namespace {

bool is_login_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

Result<void> check_roles(const std::set<std::string>& roles) {
  for (const std::string& role : roles) {
    if (role.empty() || role.size() > limits::kLoginBytesMax ||
        !std::ranges::all_of(role, is_login_character)) {
      return Error{ErrorCode::kInvalidInput,
                   "account: expected roles of 1 to 64 lower-case letters, digits, '.', '-' and '_'"};
    }
  }
  return {};
}

Result<void> check_account(const Account& account) {
  if (account.login.empty() || account.login.size() > limits::kLoginBytesMax ||
      !std::ranges::all_of(account.login, is_login_character)) {
    return Error{ErrorCode::kInvalidInput,
                 "account: expected a login of 1 to 64 lower-case letters, digits, '.', '-' and '_'"};
  }
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (account.name.empty() || account.name.size() > limits::kPersonNameBytesMax ||
      std::ranges::any_of(account.name, is_control)) {
    return Error{ErrorCode::kInvalidInput, "account: expected a name of 1 to 256 bytes"};
  }
  return check_roles(account.roles);
}

Result<void> insert_roles(Sqlite& database, const std::string& login, const std::set<std::string>& roles) {
  Statement insert = TRY(database.prepare("INSERT INTO account_role VALUES ($1, $2)"));
  for (const std::string& role : roles) TRY(insert.bind_text(login).bind_text(role).run());
  return {};
}

Result<void> run_for_login(Sqlite& database, std::string_view sql, const std::string& login) {
  Statement statement = TRY(database.prepare(sql));
  return statement.bind_text(login).run();
}

Error no_such_account() { return Error{ErrorCode::kNotFound, "account: expected a login that exists"}; }

Account account_of(const Statement& row) {
  return {.login = row.bytes(0),
          .name = row.bytes(1),
          .roles = {},
          .must_change_password = row.integer(2) != 0,
          .disabled = row.integer(3) != 0};
}

constexpr std::string_view kInsertAccount =
    "INSERT INTO account (login, name, salt, operations, memory_bytes, sealed_totp, totp_last_step, "
    "must_change_password, disabled) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)";

constexpr std::string_view kForgetFailures = "DELETE FROM sign_in_failure WHERE login_hash = $1";

constexpr std::string_view kNewSecret =
    "UPDATE account SET salt = $1, operations = $2, memory_bytes = $3, sealed_totp = $4, totp_last_step = 0, "
    "must_change_password = 1 WHERE login = $5";

}  // namespace

std::string login_hash(const std::string& login) { return sha256_hex(login); }

Accounts::Accounts(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Accounts::Accounts(Accounts&&) noexcept = default;
Accounts& Accounts::operator=(Accounts&&) noexcept = default;
Accounts::~Accounts() = default;

Result<Accounts> Accounts::open(const std::filesystem::path& path, const SignInRules& rules) {
  auto inside = std::make_unique<Inside>();
  inside->database = TRY(Sqlite::open(path));
  inside->rules = rules;
  const HiddenText nobodys_password(Secret::random().to_hex_for_key_file());
  inside->nobody = TRY(seal_by_password(HiddenText(std::string(kTotpSecretBytes, '\0')), nobodys_password, "",
                                        rules.password_cost));
  return Accounts(std::move(inside));
}

Result<std::optional<Account>> Accounts::Inside::find(const std::string& login) {
  Statement row = TRY(
      database.prepare("SELECT login, name, must_change_password, disabled FROM account WHERE login = $1"));
  row.bind_text(login);
  const bool found = TRY(row.next_row());
  if (!found) return std::optional<Account>();
  Account account = account_of(row);
  Statement roles = TRY(database.prepare("SELECT role FROM account_role WHERE login = $1"));
  roles.bind_text(login);
  while (true) {
    const bool has_role = TRY(roles.next_row());
    if (!has_role) return std::optional(std::move(account));
    account.roles.insert(roles.bytes(0));
  }
}

Result<void> Accounts::Inside::end_sessions(const std::string& login) {
  return run_for_login(database, "DELETE FROM session WHERE login = $1", login);
}

Result<HiddenText> Accounts::Inside::seal_new_totp(const std::string& login, const HiddenText& password,
                                                   SealedByPassword& sealed) const {
  TRY(check_password_length(password));
  std::string bytes(kTotpSecretBytes, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  const std::string base32 = to_base32(bytes);
  sealed = TRY(seal_by_password(HiddenText(std::move(bytes)), password, login, rules.password_cost));
  return HiddenText("otpauth://totp/Mimamori:" + login + "?secret=" + base32 + "&issuer=Mimamori");
}

Result<HiddenText> Accounts::create(const Account& account, const HiddenText& password) {
  TRY(check_account(account));
  SealedByPassword sealed;
  HiddenText address = TRY(inside_->seal_new_totp(account.login, password, sealed));

  const std::lock_guard lock(inside_->database_mutex);
  Transaction transaction = TRY(Transaction::begin(inside_->database));
  const std::optional<Account> existing = TRY(inside_->find(account.login));
  if (existing) return Error{ErrorCode::kConflict, "account: expected a login that is not taken"};
  {
    Statement insert = TRY(inside_->database.prepare(kInsertAccount));
    insert.bind_text(account.login).bind_text(account.name).bind_blob(sealed.salt);
    insert.bind(static_cast<std::int64_t>(sealed.cost.operations));
    insert.bind(static_cast<std::int64_t>(sealed.cost.memory_bytes));
    insert.bind_blob(sealed.sealed).bind(account.must_change_password ? 1 : 0);
    TRY(insert.bind(account.disabled ? 1 : 0).run());
  }
  TRY(insert_roles(inside_->database, account.login, account.roles));
  TRY(transaction.commit());
  return address;
}

Result<HiddenText> Accounts::recover(const std::string& login, const HiddenText& new_password) {
  SealedByPassword sealed;
  HiddenText address = TRY(inside_->seal_new_totp(login, new_password, sealed));

  const std::lock_guard lock(inside_->database_mutex);
  Transaction transaction = TRY(Transaction::begin(inside_->database));
  {
    Statement update = TRY(inside_->database.prepare(kNewSecret));
    update.bind_blob(sealed.salt).bind(static_cast<std::int64_t>(sealed.cost.operations));
    update.bind(static_cast<std::int64_t>(sealed.cost.memory_bytes)).bind_blob(sealed.sealed);
    TRY(update.bind_text(login).run());
  }
  if (inside_->database.changed_rows() == 0) return no_such_account();
  TRY(inside_->end_sessions(login));
  TRY(run_for_login(inside_->database, kForgetFailures, login_hash(login)));
  TRY(transaction.commit());
  return address;
}

Result<void> Accounts::set_roles(const std::string& login, const std::set<std::string>& roles) {
  TRY(check_roles(roles));
  const std::lock_guard lock(inside_->database_mutex);
  Transaction transaction = TRY(Transaction::begin(inside_->database));
  const std::optional<Account> existing = TRY(inside_->find(login));
  if (!existing) return no_such_account();
  TRY(run_for_login(inside_->database, "DELETE FROM account_role WHERE login = $1", login));
  TRY(insert_roles(inside_->database, login, roles));
  TRY(inside_->end_sessions(login));
  return transaction.commit();
}

Result<void> Accounts::set_disabled(const std::string& login, bool disabled) {
  const std::lock_guard lock(inside_->database_mutex);
  Transaction transaction = TRY(Transaction::begin(inside_->database));
  {
    Statement update = TRY(inside_->database.prepare("UPDATE account SET disabled = $1 WHERE login = $2"));
    TRY(update.bind(disabled ? 1 : 0).bind_text(login).run());
  }
  if (inside_->database.changed_rows() == 0) return no_such_account();
  TRY(inside_->end_sessions(login));
  return transaction.commit();
}

Result<void> Accounts::unlock(const std::string& login) {
  const std::lock_guard lock(inside_->database_mutex);
  return run_for_login(inside_->database, kForgetFailures, login_hash(login));
}

Result<std::vector<Account>> Accounts::list() const {
  const std::lock_guard lock(inside_->database_mutex);
  std::vector<Account> accounts;
  Statement rows = TRY(inside_->database.prepare(
      "SELECT login, name, must_change_password, disabled FROM account ORDER BY login"));
  while (true) {
    const bool has_row = TRY(rows.next_row());
    if (!has_row) break;
    accounts.push_back(account_of(rows));
  }
  for (Account& account : accounts) {
    std::optional<Account> whole = TRY(inside_->find(account.login));
    if (whole) account = *std::move(whole);
  }
  return accounts;
}

}  // namespace mimamori
