// Sessions of the portal: attacks S20, S21 and S22.

#include <gmock/gmock.h>

#include <algorithm>

#include "serve/center/test_center.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;
using testing::Contains;
using testing::HasSubstr;

constexpr const char* kSession = "/api/v1/session";

TEST(PortalSession, OpensWithPasswordAndCodeAndSaysWhoIsThere) {
  RunningCenter running;
  Browser browser = running.person("yamada", {"author", "operator"});
  const Answer session = browser.ask("GET", kSession);
  ASSERT_EQ(session.status, 200);
  EXPECT_EQ(session.body["person"], (Json{{"id", "yamada"}, {"name", "Person yamada"}}));
  EXPECT_EQ(session.body["roles"], (Json{"author", "operator"}));
  EXPECT_EQ(session.body["place"]["kind"], "center");
  EXPECT_EQ(session.body["csrf"], browser.csrf);
  EXPECT_FALSE(session.body["demo"]);
  EXPECT_EQ(session.reply.header("cache-control"), "no-store");
}

TEST(PortalSession, CookieIsOutOfReachOfScriptsAndOtherSites) {
  RunningCenter running;
  Browser browser = running.person("yamada", {"author"});
  const Answer again = running.sign_in(browser, "yamada");
  ASSERT_EQ(again.status, 200);
  const std::string cookie(again.reply.header("set-cookie"));
  for (const char* part : {"HttpOnly", "Secure", "SameSite=Strict", "Path=/"})
    EXPECT_THAT(cookie, HasSubstr(part));
  EXPECT_EQ(cookie.find("Domain"), std::string::npos);
}

TEST(PortalSession, EndsWhenAnotherClientShowsItsCookieS20) {
  RunningCenter running;
  Browser owner = running.person("yamada", {"author"});
  Browser thief = running.browser();
  thief.agent = "Browser B";
  thief.cookie_name = owner.cookie_name;
  thief.cookie = owner.cookie;
  thief.csrf = owner.csrf;
  EXPECT_EQ(thief.ask("GET", kSession).code(), "no_session");
  EXPECT_EQ(owner.ask("GET", kSession).status, 401);  // and the owner notices
  EXPECT_THAT(running.ledger_kinds(), Contains("session.stolen"));
}

TEST(PortalSession, IsWorthNothingAfterSigningOutS20) {
  RunningCenter running;
  Browser owner = running.person("yamada", {"author"});
  Browser copy = running.browser();
  copy.cookie_name = owner.cookie_name;
  copy.cookie = owner.cookie;
  copy.csrf = owner.csrf;
  ASSERT_EQ(copy.ask("GET", kSession).status, 200);
  EXPECT_EQ(owner.ask("DELETE", kSession).status, 204);
  EXPECT_EQ(copy.ask("GET", kSession).status, 401);
  EXPECT_THAT(running.ledger_kinds(), Contains("session.closed"));
}

TEST(PortalSession, EndsWhenRolesChangeOrTheAccountIsDisabledS20) {
  RunningCenter running;
  Browser browser = running.person("yamada", {"author"});
  ASSERT_THAT(running.center().accounts().set_roles("yamada", {"auditor"}), Succeeds());
  EXPECT_EQ(browser.ask("GET", kSession).status, 401);
  ASSERT_EQ(running.sign_in(browser, "yamada").status, 200);
  ASSERT_EQ(browser.ask("GET", kSession).body["roles"], Json{"auditor"});
  ASSERT_THAT(running.center().accounts().set_disabled("yamada", true), Succeeds());
  EXPECT_EQ(browser.ask("GET", kSession).status, 401);
}

TEST(PortalSession, IsNeverOneThatTheClientChoseS21) {
  RunningCenter running;
  Browser victim = running.person("yamada", {"author"});
  victim.cookie = std::string(64, 'a');  // planted by an attacker
  ASSERT_EQ(running.sign_in(victim, "yamada").status, 200);
  EXPECT_NE(victim.cookie, std::string(64, 'a'));
  Browser attacker = running.browser();
  attacker.cookie_name = victim.cookie_name;
  attacker.cookie = std::string(64, 'a');
  EXPECT_EQ(attacker.ask("GET", kSession).status, 401);
}

TEST(PortalChanges, NeedThePagesOriginAndTheSessionsTokenS21) {
  RunningCenter running;
  running.add_site("kiri");
  Browser author = running.person("yamada", {"author"});
  Browser other = running.person("tanaka", {"author"});
  const std::string body = running.new_request(test_request_id(1), {"kiri"}).dump();
  const std::string own_origin = author.origin;
  const std::string own_token = author.csrf;
  for (const std::string origin :
       {"", "null", "https://evil.example", "http://localhost", "https://localhost"}) {
    SCOPED_TRACE(origin);
    author.origin = origin;
    EXPECT_EQ(author.ask("POST", "/api/v1/requests", body).code(), "csrf");
    EXPECT_EQ(author.ask("DELETE", kSession).code(), "csrf");
  }
  author.origin = own_origin;
  for (const std::string& token : {std::string(), other.csrf, own_token + "0", std::string(64, '0')}) {
    SCOPED_TRACE(token);
    author.csrf = token;
    EXPECT_EQ(author.ask("POST", "/api/v1/requests", body).code(), "csrf");
    EXPECT_EQ(author.ask("DELETE", kSession).code(), "csrf");
  }
  author.csrf = own_token;
  EXPECT_EQ(author.ask("GET", "/api/v1/requests").body["requests"].size(), 0U);
  EXPECT_EQ(author.ask("POST", "/api/v1/requests", body).status, 201);  // with both it works
}

TEST(PortalSession, IsNotOpenedByAnotherSitesPageS21) {
  RunningCenter running;
  Browser browser = running.person("yamada", {"author"});
  browser.origin = "https://evil.example";
  EXPECT_EQ(running.sign_in(browser, "yamada").code(), "csrf");
}

TEST(PortalPages, CannotBeFramedNorLeadElsewhereS21) {
  RunningCenter running;
  Browser browser = running.browser();
  for (const std::string path : {"/", "/app.js", "/requests/1", "/api/v1/requests", "/api/v1/none"}) {
    SCOPED_TRACE(path);
    const Answer answer = browser.ask("GET", path);
    EXPECT_THAT(std::string(answer.reply.header("content-security-policy")),
                HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(std::string(answer.reply.header("content-security-policy")),
                HasSubstr("require-trusted-types-for 'script'"));
    EXPECT_EQ(answer.reply.header("x-frame-options"), "DENY");
    EXPECT_EQ(answer.reply.header("x-content-type-options"), "nosniff");
  }
  for (const std::string path :
       {"//evil.example/", "/?next=https://evil.example", "/login?return=//evil.example"}) {
    const Answer answer = browser.ask("GET", path);
    EXPECT_EQ(answer.reply.header("location"), "");
    EXPECT_LT(answer.status / 100, 5);
    EXPECT_NE(answer.status / 100, 3);
  }
}

TEST(PortalPages, AreServedForEveryPathButThoseOfTheInterfaces) {
  RunningCenter running;
  Browser browser = running.browser();
  const Answer page = browser.ask("GET", "/requests/01JD3E4V8Q9M6T2C5X7B000001");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(std::string(page.reply.header("content-type")), HasSubstr("text/html"));
  EXPECT_THAT(page.text, HasSubstr("/app.js"));
  EXPECT_EQ(browser.ask("GET", "/app.js").status, 200);
  EXPECT_EQ(browser.ask("GET", "/icon.svg").reply.header("content-type"), "image/svg+xml");
  EXPECT_EQ(browser.ask("GET", "/api/v1/nothing").code(), "not_found");
  EXPECT_EQ(browser.ask("GET", "/site/v1/status").code(), "not_found");
}

TEST(PortalFirstPassword, OpensNothingButTheWayToAnother) {
  RunningCenter running;
  Browser author = running.person("yamada", {"author"}, true);
  EXPECT_TRUE(author.ask("GET", kSession).body["must_change_password"]);
  for (const std::string path : {"/api/v1/requests", "/api/v1/sites/status"}) {
    const Answer refused = author.ask("GET", path);
    EXPECT_EQ(refused.status, 403) << path;
    EXPECT_EQ(refused.code(), "password_change_required");
  }
  EXPECT_EQ(author.ask("POST", "/api/v1/scripts/check", R"({"text": "x"})").code(),
            "password_change_required");
  const auto change = [&](const std::string& password, const std::string& fresh) {
    const Json body = {{"password", password}, {"new_password", fresh}, {"code", running.code("yamada")}};
    return author.ask("POST", std::string(kSession) + "/password", body.dump());
  };
  EXPECT_EQ(change(kGoodPassword, "too short").code(), "invalid_input");
  EXPECT_EQ(change(kGoodPassword, kGoodPassword).code(), "invalid_input");
  const std::string token = author.csrf;
  author.csrf = std::string(64, '0');
  EXPECT_EQ(author.ask("POST", std::string(kSession) + "/password", "{}").code(), "csrf");
  author.csrf = token;
  EXPECT_EQ(author.ask("GET", kSession).status, 200) << "nothing of that ended the session";
}

TEST(PortalFirstPassword, IsReplacedByOneThatNobodyElseKnows) {
  constexpr const char* kOwnPassword = "a password of my own";
  RunningCenter running;
  Browser author = running.person("yamada", {"author"}, true);
  const Json body = {
      {"password", kGoodPassword}, {"new_password", kOwnPassword}, {"code", running.code("yamada")}};
  ASSERT_EQ(author.ask("POST", std::string(kSession) + "/password", body.dump()).status, 204);
  EXPECT_EQ(author.ask("GET", kSession).status, 401);
  ASSERT_EQ(running.sign_in(author, "yamada", kOwnPassword).status, 200);
  EXPECT_FALSE(author.ask("GET", kSession).body["must_change_password"]);
  EXPECT_EQ(author.ask("GET", "/api/v1/requests").status, 200);
  EXPECT_THAT(running.ledger_kinds(), Contains("account.password_changed"));
}

/// What a stranger learns from a try.
std::string told(Browser& browser, const std::string& login, const std::string& password) {
  const Answer answer = browser.ask(
      "POST", kSession, Json{{"login", login}, {"password", password}, {"code", "000000"}}.dump());
  return std::to_string(answer.status) + answer.text + std::string(answer.reply.header("set-cookie"));
}

TEST(PortalSignIn, TellsNothingOfWhatWasWrongS22) {
  RunningCenter running;
  running.person("yamada", {"author"});
  Browser browser = running.browser();
  const std::string unknown = told(browser, "nobody-there", "some other password");
  EXPECT_THAT(unknown, HasSubstr("sign_in_failed"));
  EXPECT_EQ(told(browser, "yamada", "some other password"), unknown);  // wrong password
  EXPECT_EQ(told(browser, "yamada", kGoodPassword), unknown);          // wrong code
}

TEST(PortalSignIn, SlowsDownForKnownAndUnknownLoginsAlikeS22) {
  RunningCenter running;
  running.person("yamada", {"author"});
  Browser browser = running.browser();
  for (const std::string login : {"yamada", "nobody-there"}) {
    SCOPED_TRACE(login);
    std::vector<std::string> codes;
    std::size_t locked = 0;
    for (int i = 0; i < 8; ++i) {
      const Answer answer =
          browser.ask("POST", kSession,
                      Json{{"login", login}, {"password", "a wrong password"}, {"code", "000000"}}.dump());
      codes.push_back(answer.code());
      if (answer.code() != "locked") continue;
      ++locked;
      EXPECT_EQ(answer.status, 429);
      EXPECT_GT(answer.body["retry_after_seconds"].get<int>(), 0);
    }
    EXPECT_EQ(std::vector(codes.begin(), codes.begin() + 3), std::vector<std::string>(3, "sign_in_failed"));
    EXPECT_GE(locked, 2U);
  }
}

TEST(PortalSignIn, KeepsNoLoginOnRecordThatDoesNotExist) {
  RunningCenter running;
  Browser browser = running.browser();
  told(browser, "my-secret-password-in-the-wrong-field", "x");
  const Result<std::vector<Entry>> entries = running.center().entries(1, 1000);
  for (const Entry& entry : *entries) {
    EXPECT_EQ(entry.actor.find("secret"), std::string::npos);
    EXPECT_EQ(entry.body.find("secret"), std::string::npos);
  }
  EXPECT_THAT(running.ledger_kinds(), Contains("session.refused"));
}

}  // namespace
}  // namespace mimamori
