// S22: what a refused sign-in costs tells nothing. Counted, not timed: the calls of the password hash, with
// their cost, and the steps of the database are the same for a login that exists and one that does not.

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sodium.h>
#include <sqlite3.h>

#include <tuple>
#include <vector>

#include "base/testing.h"
#include "ledger/accounts.h"
#include "ledger/totp.h"

namespace {

struct Work {
  std::vector<std::tuple<std::size_t, unsigned long long, std::size_t>> hashed;  // password bytes, cost
  int database_steps = 0;
  bool operator==(const Work&) const = default;
};
Work& counted() {
  static Work work;
  return work;
}

/// The library's own function behind one of ours of the same name.
template <class Function>
Function* original(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));  // NOLINT(*-reinterpret-cast): as dlsym asks
}

}  // namespace

// The test's program answers these calls of ledger/ first, counts them and passes them on.
extern "C" int crypto_pwhash(unsigned char* out, unsigned long long out_bytes, const char* password,
                             unsigned long long password_bytes, const unsigned char* salt,
                             unsigned long long operations, std::size_t memory_bytes, int algorithm) {
  static auto* const pass_on = original<decltype(crypto_pwhash)>("crypto_pwhash");
  counted().hashed.emplace_back(static_cast<std::size_t>(password_bytes), operations, memory_bytes);
  return pass_on(out, out_bytes, password, password_bytes, salt, operations, memory_bytes, algorithm);
}

extern "C" int sqlite3_step(sqlite3_stmt* statement) {
  static auto* const pass_on = original<decltype(sqlite3_step)>("sqlite3_step");
  ++counted().database_steps;
  return pass_on(statement);
}

namespace mimamori {
namespace {

constexpr std::int64_t kNow = 1'764'000'000'000;

Work work_of(Accounts& accounts, const std::string& login, const std::string& password,
             const std::string& code) {
  counted() = {};
  const Credentials credentials{.login = login, .password = HiddenText(password), .code = code};
  EXPECT_THAT(accounts.confirm(credentials, kNow), FailsWith(ErrorCode::kPermissionDenied));
  return counted();
}

TEST(AttackS22, ARefusalIsTheSameWorkWhateverWasWrong) {
  const ScratchFolder folder;
  SignInRules rules;
  rules.password_cost = {.operations = 2, .memory_bytes = crypto_pwhash_MEMLIMIT_MIN};
  Result<Accounts> accounts = Accounts::open(folder.path() / "accounts.sqlite", rules);
  ASSERT_THAT(accounts, Succeeds());
  for (const char* login : {"yamada", "kimura", "sleeping"}) {
    const Account account{.login = login,
                          .name = "A person",
                          .roles = {"approver", "auditor", "data_manager"},
                          .must_change_password = true,
                          .disabled = std::string(login) == "sleeping"};
    ASSERT_THAT(accounts->create(account, HiddenText("correct horse battery")), Succeeds());
  }
  const Work unknown = work_of(*accounts, "nobody", "not the password of all", "000000");
  ASSERT_EQ(unknown.hashed.size(), 1U);
  EXPECT_EQ(unknown.hashed[0], std::tuple(23U, 2ULL, std::size_t{crypto_pwhash_MEMLIMIT_MIN}));
  EXPECT_GT(unknown.database_steps, 3) << "the count itself works";
  EXPECT_EQ(work_of(*accounts, "yamada", "not the password of all", "000000"), unknown);
  EXPECT_EQ(work_of(*accounts, "sleeping", "not the password of all", "000000"), unknown) << "disabled";
  // The second failure of each is the same work as well, and so is a wrong code after the right password.
  const Work second = work_of(*accounts, "nobody", "another wrong password", "000000");
  EXPECT_EQ(work_of(*accounts, "yamada", "another wrong password", "000000"), second);
  Work wrong_code = work_of(*accounts, "kimura", "correct horse battery", "xxxxxx");
  std::get<0>(wrong_code.hashed.at(0)) = 23;  // the length of what was typed is the typist's own
  EXPECT_EQ(wrong_code, unknown);
}

}  // namespace
}  // namespace mimamori
