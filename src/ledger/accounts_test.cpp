#include "ledger/accounts.h"

#include <gtest/gtest.h>
#include <sodium.h>
#include <sqlite3.h>

#include <fstream>
#include <sstream>

#include "base/testing.h"
#include "ledger/totp.h"

namespace mimamori {
namespace {

constexpr std::int64_t kNow = 1'764'000'000'000;
constexpr std::int64_t kMinute = 60'000;

// RFC 6238, appendix B, the column of SHA-1; its codes have eight digits, ours are their last six.
TEST(Totp, GivesTheCodesOfTheStandard) {
  const std::string secret = "12345678901234567890";
  EXPECT_EQ(totp_code(secret, 59 / 30), "287082");
  EXPECT_EQ(totp_code(secret, 1111111109 / 30), "081804");
  EXPECT_EQ(totp_code(secret, 1111111111 / 30), "050471");
  EXPECT_EQ(totp_code(secret, 1234567890 / 30), "005924");
  EXPECT_EQ(totp_code(secret, 2000000000 / 30), "279037");
  EXPECT_EQ(totp_code(secret, 20000000000 / 30), "353130");
}

TEST(Totp, TakesTheStepBeforeAndAfterButNoOther) {
  const std::string secret = "12345678901234567890";
  const std::int64_t step = kNow / kTotpStepMilliseconds;
  for (const std::int64_t shift : {-2, -1, 0, 1, 2}) {
    const auto found = matching_totp_step(secret, totp_code(secret, step + shift), kNow, 0);
    EXPECT_EQ(found.has_value(), shift >= -1 && shift <= 1) << shift;
  }
  EXPECT_FALSE(matching_totp_step(secret, totp_code(secret, step), kNow, step).has_value()) << "used already";
  EXPECT_FALSE(matching_totp_step(secret, "", kNow, 0).has_value());
}

// RFC 4648, section 10.
TEST(Base32, GivesTheExamplesOfTheStandard) {
  EXPECT_EQ(to_base32(""), "");
  EXPECT_EQ(to_base32("f"), "MY");
  EXPECT_EQ(to_base32("fo"), "MZXQ");
  EXPECT_EQ(to_base32("foo"), "MZXW6");
  EXPECT_EQ(to_base32("foob"), "MZXW6YQ");
  EXPECT_EQ(to_base32("fooba"), "MZXW6YTB");
  EXPECT_EQ(to_base32("foobar"), "MZXW6YTBOI");
}

std::string from_base32(const std::string& text) {
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned int count = 0;
  for (const char c : text) {
    bits = (bits << 5U | static_cast<std::uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26)) & 0xFFFFU;
    count += 5;
    if (count >= 8) {
      count -= 8;
      bytes.push_back(static_cast<char>(bits >> count & 0xFFU));
    }
  }
  return bytes;
}

/// What the person's authenticator has read from the address.
std::string secret_in(const HiddenText& address) {
  const std::string& text = address.reveal();
  const std::size_t start = text.find("secret=") + 7;
  return from_base32(text.substr(start, text.find('&') - start));
}

SignInRules cheap_rules() {
  SignInRules rules;
  rules.password_cost = {.operations = 1, .memory_bytes = crypto_pwhash_MEMLIMIT_MIN};
  return rules;
}

class AccountsTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_GE(sodium_init(), 0);
    accounts_ = std::make_unique<Accounts>(std::move(Accounts::open(path(), rules_)).value());
    const Account account{.login = "yamada", .name = "山田 花子", .roles = {"approver", "manager"}};
    secret_ = secret_in(std::move(accounts_->create(account, password_)).value());
  }

  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "ledger.sqlite"; }
  [[nodiscard]] std::string code(std::int64_t now) const {
    return totp_code(secret_, now / kTotpStepMilliseconds);
  }
  [[nodiscard]] Credentials right(std::int64_t now) const {
    return {.login = "yamada", .password = password_, .code = code(now)};
  }
  [[nodiscard]] Credentials wrong_password(std::int64_t now) const {
    return {.login = "yamada", .password = HiddenText("not the password"), .code = code(now)};
  }
  HiddenText session(std::int64_t now) {
    return std::move(accounts_->sign_in(right(now), binding_, now)).value().token;
  }

  ScratchFolder folder_;
  SignInRules rules_ = cheap_rules();
  HiddenText password_ = HiddenText("correct horse battery");
  SessionBinding binding_ = {.listener = "site console", .client = "browser 1"};
  std::unique_ptr<Accounts> accounts_;
  std::string secret_;
};

TEST_F(AccountsTest, SignsInWithPasswordAndCode) {
  const auto session = accounts_->sign_in(right(kNow), binding_, kNow);
  ASSERT_THAT(session, Succeeds());
  EXPECT_EQ(session->account.name, "山田 花子");
  EXPECT_EQ(session->account.roles, (std::set<std::string>{"approver", "manager"}));
  EXPECT_TRUE(session->account.must_change_password);
  EXPECT_EQ(session->token.reveal().size(), 64U);
  const auto found = accounts_->find_session(session->token, binding_, kNow);
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(found->login, "yamada");
}

TEST_F(AccountsTest, RefusesAWrongPasswordCodeOrLoginWithTheSameWords) {
  Credentials wrong_code = right(kNow);
  wrong_code.code = "000000" == wrong_code.code ? "000001" : "000000";
  Credentials no_login = right(kNow);
  no_login.login = "tanaka";
  std::set<std::string> sentences;
  for (const Credentials& credentials : {wrong_password(kNow), wrong_code, no_login}) {
    const auto result = accounts_->confirm(credentials, kNow);
    EXPECT_THAT(result, FailsWith(ErrorCode::kPermissionDenied));
    sentences.insert(result.error().sentence);
  }
  EXPECT_EQ(sentences.size(), 1U);
}

TEST_F(AccountsTest, TakesACodeOnce) {
  EXPECT_THAT(accounts_->confirm(right(kNow), kNow), Succeeds());
  EXPECT_THAT(accounts_->confirm(right(kNow), kNow), FailsWith(ErrorCode::kPermissionDenied));
  const std::int64_t later = kNow + kTotpStepMilliseconds;
  EXPECT_THAT(accounts_->confirm(right(later), later), Succeeds());
}

TEST_F(AccountsTest, ACodeIsNotTakenAgainAfterReopening) {
  EXPECT_THAT(accounts_->confirm(right(kNow), kNow), Succeeds());
  accounts_ = std::make_unique<Accounts>(std::move(Accounts::open(path(), rules_)).value());
  EXPECT_THAT(accounts_->confirm(right(kNow), kNow), FailsWith(ErrorCode::kPermissionDenied));
}

TEST_F(AccountsTest, S22SlowsDownAfterFailuresAlikeForLoginsThatExistAndThatDoNot) {
  for (const std::string login : {"yamada", "tanaka"}) {
    Credentials credentials = wrong_password(kNow);
    credentials.login = login;
    for (int i = 0; i < 4; ++i) {
      EXPECT_THAT(accounts_->confirm(credentials, kNow), FailsWith(ErrorCode::kPermissionDenied)) << i;
    }
    EXPECT_THAT(accounts_->confirm(credentials, kNow), FailsWith(ErrorCode::kUnavailable)) << login;
    EXPECT_THAT(accounts_->confirm(credentials, kNow + 999), FailsWith(ErrorCode::kUnavailable)) << login;
    EXPECT_THAT(accounts_->confirm(credentials, kNow + 1000), FailsWith(ErrorCode::kPermissionDenied))
        << login;
    EXPECT_THAT(accounts_->confirm(credentials, kNow + 2999), FailsWith(ErrorCode::kUnavailable)) << login;
    EXPECT_THAT(accounts_->confirm(credentials, kNow + 3000), FailsWith(ErrorCode::kPermissionDenied))
        << login;
  }
}

TEST_F(AccountsTest, S22TheRightPasswordIsRefusedUnseenWhileWaiting) {
  for (int i = 0; i < 4; ++i) (void)accounts_->confirm(wrong_password(kNow), kNow).ok();
  EXPECT_THAT(accounts_->confirm(right(kNow), kNow), FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(accounts_->confirm(right(kNow), kNow + 1000), Succeeds());
  EXPECT_THAT(accounts_->confirm(wrong_password(kNow), kNow + 1000), FailsWith(ErrorCode::kPermissionDenied));
}

TEST_F(AccountsTest, S22LocksAfterTwentyFailuresUntilAnOperatorUnlocks) {
  std::int64_t now = kNow;
  for (int i = 0; i < 20; ++i, now += 20 * kMinute) {
    EXPECT_THAT(accounts_->confirm(wrong_password(now), now), FailsWith(ErrorCode::kPermissionDenied)) << i;
  }
  now += 1000 * kMinute;
  EXPECT_THAT(accounts_->confirm(right(now), now), FailsWith(ErrorCode::kUnavailable));
  ASSERT_THAT(accounts_->unlock("yamada"), Succeeds());
  EXPECT_THAT(accounts_->confirm(right(now), now), Succeeds());
}

TEST_F(AccountsTest, NineteenFailuresDoNotLock) {
  std::int64_t now = kNow;
  for (int i = 0; i < 19; ++i, now += 20 * kMinute) (void)accounts_->confirm(wrong_password(now), now).ok();
  EXPECT_THAT(accounts_->confirm(right(now), now), Succeeds());
}

TEST_F(AccountsTest, ASessionEndsWhenIdleOrOld) {
  const HiddenText token = session(kNow);
  EXPECT_THAT(accounts_->find_session(token, binding_, kNow + 15 * kMinute - 1), Succeeds());
  const HiddenText idle = session(kNow + 60 * kMinute);
  EXPECT_THAT(accounts_->find_session(idle, binding_, kNow + 75 * kMinute),
              FailsWith(ErrorCode::kPermissionDenied));
  const std::int64_t start = kNow + 120 * kMinute;
  const HiddenText old = session(start);
  std::int64_t now = start;
  for (; now < start + 600 * kMinute; now += 10 * kMinute) {
    ASSERT_THAT(accounts_->find_session(old, binding_, now), Succeeds()) << now - start;
  }
  EXPECT_THAT(accounts_->find_session(old, binding_, now), FailsWith(ErrorCode::kPermissionDenied));
}

TEST_F(AccountsTest, S20ATokenShownByAnotherClientOrListenerEndsTheSession) {
  for (const SessionBinding& other : {SessionBinding{.listener = "site console", .client = "browser 2"},
                                      SessionBinding{.listener = "center portal", .client = "browser 1"},
                                      SessionBinding{.listener = "site consoleb", .client = "rowser 1"}}) {
    static std::int64_t now = kNow;
    now += kMinute;
    const HiddenText token = session(now);
    EXPECT_THAT(accounts_->find_session(token, other, now), FailsWith(ErrorCode::kConflict));
    EXPECT_THAT(accounts_->find_session(token, binding_, now), FailsWith(ErrorCode::kPermissionDenied));
  }
}

TEST_F(AccountsTest, S20ASessionEndsAtSignOut) {
  const HiddenText token = session(kNow);
  const HiddenText other = session(kNow + kMinute);
  ASSERT_THAT(accounts_->sign_out(token), Succeeds());
  EXPECT_THAT(accounts_->find_session(token, binding_, kNow), FailsWith(ErrorCode::kPermissionDenied));
  EXPECT_THAT(accounts_->find_session(other, binding_, kNow + kMinute), Succeeds());
}

TEST_F(AccountsTest, S20SessionsEndAtAChangeOfRolesPasswordOrRight) {
  HiddenText token = session(kNow);
  ASSERT_THAT(accounts_->set_roles("yamada", {"auditor"}), Succeeds());
  EXPECT_THAT(accounts_->find_session(token, binding_, kNow), FailsWith(ErrorCode::kPermissionDenied));

  std::int64_t now = kNow + kMinute;
  token = session(now);
  now += kMinute;
  ASSERT_THAT(accounts_->change_password(right(now), HiddenText("another long password"), now), Succeeds());
  EXPECT_THAT(accounts_->find_session(token, binding_, now), FailsWith(ErrorCode::kPermissionDenied));

  now += kMinute;
  EXPECT_THAT(accounts_->confirm(right(now), now), FailsWith(ErrorCode::kPermissionDenied))
      << "the old password";
  password_ = HiddenText("another long password");
  const auto again = accounts_->sign_in(right(now), binding_, now);
  ASSERT_THAT(again, Succeeds());
  EXPECT_EQ(again->account.roles, (std::set<std::string>{"auditor"}));
  EXPECT_FALSE(again->account.must_change_password);

  ASSERT_THAT(accounts_->set_disabled("yamada", true), Succeeds());
  EXPECT_THAT(accounts_->find_session(again->token, binding_, now), FailsWith(ErrorCode::kPermissionDenied));
  now += kMinute;
  EXPECT_THAT(accounts_->confirm(right(now), now), FailsWith(ErrorCode::kPermissionDenied));
}

TEST_F(AccountsTest, APasswordThatNobodyElseKnowsNeedNotBeChanged) {
  const Account own{.login = "sato", .name = "S", .roles = {}, .must_change_password = false};
  ASSERT_THAT(accounts_->create(own, HiddenText("a long password of mine")), Succeeds());
  const std::vector<Account> accounts = *accounts_->list();
  ASSERT_EQ(accounts.size(), 2U);
  EXPECT_FALSE(accounts[0].must_change_password);
  EXPECT_TRUE(accounts[1].must_change_password) << "an operator handed it out";
}

TEST_F(AccountsTest, ANewPasswordIsAnotherOneAndNothingChangesUnlessAllIsPrepared) {
  EXPECT_THAT(accounts_->change_password(right(kNow), password_, kNow), FailsWith(ErrorCode::kInvalidInput));
  int prepared = 0;
  const auto prepare = [&]() -> Result<void> {
    ++prepared;
    return Error{ErrorCode::kIo, "the disk is full"};
  };
  const HiddenText fresh("another long password");
  EXPECT_THAT(accounts_->change_password(wrong_password(kNow), fresh, kNow, prepare),
              FailsWith(ErrorCode::kPermissionDenied));
  EXPECT_EQ(prepared, 0) << "nothing is prepared for somebody who does not know the password";
  EXPECT_THAT(accounts_->change_password(right(kNow), fresh, kNow, prepare), FailsWith(ErrorCode::kIo));
  EXPECT_EQ(prepared, 1);
  EXPECT_THAT(accounts_->confirm(right(kNow + kMinute), kNow + kMinute), Succeeds()) << "the old one";
}

TEST_F(AccountsTest, S19AClockThatRanAYearAheadLocksNobodyOutWhenItIsPutRight) {
  constexpr std::int64_t kYear = 365 * 24 * 60 * kMinute;
  ASSERT_THAT(accounts_->confirm(right(kNow + kYear), kNow + kYear), Succeeds());
  EXPECT_THAT(accounts_->confirm(right(kNow), kNow), Succeeds());
  EXPECT_THAT(accounts_->confirm(right(kNow), kNow), FailsWith(ErrorCode::kPermissionDenied)) << "once";
}

TEST_F(AccountsTest, S19AClockThatIsSetBackByMinutesBringsNoUsedCodeBack) {
  for (const std::int64_t minutes : {1, 5, 9}) {
    const std::int64_t start = kNow + 100 * minutes * kMinute;
    const Credentials used = right(start);
    ASSERT_THAT(accounts_->confirm(used, start), Succeeds());
    ASSERT_THAT(accounts_->confirm(right(start + minutes * kMinute), start + minutes * kMinute), Succeeds());
    EXPECT_THAT(accounts_->confirm(used, start), FailsWith(ErrorCode::kPermissionDenied)) << minutes;
  }
}

TEST_F(AccountsTest, AnOperatorRecoversALostAuthenticator) {
  const HiddenText token = session(kNow);
  const HiddenText password("a password from the operator");
  const std::string old_secret = secret_;
  secret_ = secret_in(std::move(accounts_->recover("yamada", password)).value());
  EXPECT_NE(secret_, old_secret);
  EXPECT_THAT(accounts_->find_session(token, binding_, kNow), FailsWith(ErrorCode::kPermissionDenied));
  EXPECT_THAT(accounts_->confirm(right(kNow), kNow), FailsWith(ErrorCode::kPermissionDenied));
  password_ = password;
  const auto account = accounts_->confirm(right(kNow), kNow);
  ASSERT_THAT(account, Succeeds());
  EXPECT_TRUE(account->must_change_password);
  EXPECT_THAT(accounts_->recover("tanaka", password), FailsWith(ErrorCode::kNotFound));
}

TEST_F(AccountsTest, ChecksWhatAnAccountIsMadeOf) {
  const auto create = [&](const Account& account, const std::string& password) {
    return accounts_->create(account, HiddenText(password));
  };
  const std::string good(12, 'p');
  EXPECT_THAT(create({.login = "yamada", .name = "Y", .roles = {}}, good), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(create({.login = "Sato", .name = "S", .roles = {}}, good), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(create({.login = "", .name = "S", .roles = {}}, good), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(create({.login = "sato", .name = "", .roles = {}}, good), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(create({.login = "sato", .name = "S", .roles = {"a b"}}, good),
              FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(create({.login = "sato", .name = "S", .roles = {}}, std::string(11, 'p')),
              FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(create({.login = "sato", .name = "S", .roles = {}}, "あいうえおかきくけこさし"), Succeeds());
  EXPECT_EQ(accounts_->list().value().size(), 2U);
}

TEST_F(AccountsTest, S28NeitherPasswordNorAuthenticatorSecretNorTokenLiesInTheFile) {
  const HiddenText token = session(kNow);
  accounts_.reset();
  std::string bytes;
  for (const auto& file : std::filesystem::directory_iterator(folder_.path())) {
    std::ostringstream content;
    content << std::ifstream(file.path(), std::ios::binary).rdbuf();
    bytes += content.str();
  }
  ASSERT_GT(bytes.size(), 4096U);
  EXPECT_NE(bytes.find("yamada"), std::string::npos) << "the search itself works";
  EXPECT_EQ(bytes.find(password_.reveal()), std::string::npos);
  EXPECT_EQ(bytes.find(secret_), std::string::npos);
  EXPECT_EQ(bytes.find(to_base32(secret_)), std::string::npos);
  EXPECT_EQ(bytes.find(token.reveal()), std::string::npos);
}

TEST_F(AccountsTest, TheTokenForChangesFollowsFromTheSessionAndIsNotIt) {
  const HiddenText token = session(kNow);
  EXPECT_EQ(csrf_token_of(token), csrf_token_of(token));
  EXPECT_NE(csrf_token_of(token), token.reveal());
  EXPECT_NE(csrf_token_of(token), csrf_token_of(session(kNow + kMinute)));
}

}  // namespace
}  // namespace mimamori
