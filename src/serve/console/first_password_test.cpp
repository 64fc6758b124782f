// A password that an operator handed out opens one door only: the one to a password of one's own.

#include <gtest/gtest.h>

#include "base/file.h"
#include "serve/console/approvals.h"
#include "serve/console/testing_console.h"
#include "serve/network/browser_api.h"
#include "serve/network/files.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

constexpr const char* kOwnPassword = "a password of my own";
const ConsoleLine kSilentLine{.state = [] { return LinkState{}; }, .wake = [] {}};

/// sato, with a password that the operator has just made anew, signed in.
class FirstPassword : public testing::Test {
 protected:
  FirstPassword() {
    const Result<HiddenText> address =
        net.agent->recover_staff("sato", HiddenText(kStaffPassword), "operator");
    EXPECT_THAT(address, Succeeds());
    net.use_authenticator("sato", address->reveal());
    net.settle();
    Result<NewSession> session = net.agent->accounts().sign_in(
        {.login = "sato", .password = HiddenText(kStaffPassword), .code = net.code("sato")},
        {.listener = "site console", .client = "\n"}, net.agent->now_ms());
    EXPECT_THAT(session, Succeeds());
    token = session->token;
  }

  Request request_to(const Route& route) const {
    Request request;
    request.method = route.method;
    request.headers = {{"host", "localhost"},
                       {"origin", "https://localhost"},
                       {"cookie", "mimamori=" + token.reveal()},
                       {"x-csrf-token", csrf_token_of(token)}};
    return request;
  }

  /// Gate and handler of POST session/password.
  Response change(const std::string& password, const std::string& fresh, const std::string& code) {
    for (const Route& route : console_routes(*net.agent, kSilentLine)) {
      if (route.pattern != "/site/v1/session/password") continue;
      Request request = request_to(route);
      request.body = Json{{"password", password}, {"new_password", fresh}, {"code", code}}.dump();
      if (std::optional<Response> refused = console_gate(*net.agent)(route, request)) return *refused;
      return std::get<Response>(route.handler(request));
    }
    return {.status = 404};
  }

  ConsoleNetwork net;
  HiddenText token;
};

TEST_F(FirstPassword, OpensNoRouteButThoseOfTheSession) {
  const Gate gate = console_gate(*net.agent);
  int refused = 0;
  for (const Route& route : console_routes(*net.agent, kSilentLine)) {
    if (route.access.audience == kAnyone) continue;
    SCOPED_TRACE(route.method + " " + route.pattern);
    Request request = request_to(route);
    const std::optional<Response> answer = gate(route, request);
    if (route.pattern.starts_with("/site/v1/session")) {
      EXPECT_FALSE(answer.has_value());
      continue;
    }
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 403);
    EXPECT_EQ(Json::parse(answer->body)["code"], "password_change_required");
    ++refused;
  }
  EXPECT_GE(refused, 8);
}

TEST_F(FirstPassword, IsChangedWithItselfAndACodeAndTheKeyOpensWithTheNewOneAlone) {
  const std::string hash = net.ask(1);
  const std::string id = approval_id(hash, Stage::kRun);
  EXPECT_EQ(change("not the right password", kOwnPassword, net.code("sato")).status, 401);
  EXPECT_EQ(change(kStaffPassword, "too short", net.code("sato")).status, 422);
  EXPECT_EQ(change(kStaffPassword, kStaffPassword, "000000").status, 422) << "the present one";
  net.site_ahead_ms += 120'000;  // for codes that were not used
  ASSERT_EQ(change(kStaffPassword, kOwnPassword, net.code("sato")).status, 204);
  EXPECT_EQ(change(kOwnPassword, kStaffPassword, net.code("sato")).status, 401) << "the session has ended";
  const std::vector<Entry> entries = *net.agent->entries(1, 1000);
  EXPECT_EQ(entries.back().kind, "account.password_changed");
  net.site_ahead_ms += 120'000;
  const Result<NewSession> again = net.agent->accounts().sign_in(
      {.login = "sato", .password = HiddenText(kOwnPassword), .code = net.code("sato")},
      {.listener = "site console", .client = "\n"}, net.agent->now_ms());
  ASSERT_THAT(again, Succeeds());
  EXPECT_FALSE(again->account.must_change_password);
  EXPECT_EQ(net.decide("sato", id, "approve", hash, "", kStaffPassword).code(), "wrong_secret");
  net.site_ahead_ms += 120'000;
  EXPECT_EQ(net.decide("sato", id, "approve", hash, "", kOwnPassword).status, 200);
  EXPECT_EQ(net.at_site(hash), RequestState::kScheduled);
}

TEST_F(FirstPassword, AChangeThatIsCutShortAfterTheAccountKnowsItLosesNoKey) {
  const std::filesystem::path file = net.agent->folder().staff_key("sato");
  const std::string before = *read_file(file, 4096);
  net.site_ahead_ms += 120'000;
  ASSERT_EQ(change(kStaffPassword, kOwnPassword, net.code("sato")).status, 204);
  // As if the process had died between the account's commit and the renaming.
  std::filesystem::rename(file, file.string() + ".next");
  ASSERT_THAT(write_secret_file(file, before), Succeeds());
  const std::string hash = net.ask(1);
  net.site_ahead_ms += 120'000;
  EXPECT_EQ(net.decide("sato", approval_id(hash, Stage::kRun), "approve", hash, "", kOwnPassword).status,
            200);
}

}  // namespace
}  // namespace mimamori
