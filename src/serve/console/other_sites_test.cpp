// S23: what belongs to another site does not exist here, for anybody; at the console and on the line.

#include <gtest/gtest.h>

#include <algorithm>

#include "http/router.h"
#include "serve/center/site_api.h"
#include "serve/console/approvals.h"
#include "serve/console/testing_console.h"
#include "serve/network/browser_api.h"

namespace mimamori {
namespace {

constexpr const char* kOtherSite = "minato";

/// Two requests: one at this hospital, one at another that this one was never asked of.
class OtherSites : public testing::Test {
 protected:
  OtherSites() {
    other_key = net.add_other_site(kOtherSite);
    own = net.ask(1);
    other = net.ask(2, "yamada", [](NewRequest& request) { request.sites = {kOtherSite}; });
    refused = net.ask(3);
    EXPECT_EQ(net.decide("ito", approval_id(refused, Stage::kRun), "refuse", refused, "no").status, 200);
    net.settle();
  }
  ConsoleNetwork net;
  SigningKey other_key = SigningKey::generate();
  std::string own, other, refused;
};

TEST_F(OtherSites, AtTheConsoleTheMatrixOfRolesRoutesAndObjectsHasNoCellForThem) {
  ASSERT_NE(net.center->look([&](const CenterCore& core) { return core.find(other); }), nullptr)
      << "it exists, elsewhere";
  const std::map<std::string, std::string> objects = {
      {"own", own}, {"another site's", other}, {"ended", refused}, {"none", std::string(64, 'e')}};
  const ConsoleLine line{.state = [] { return LinkState{}; }, .wake = [] {}};
  int cells = 0;
  for (const Route& route : console_routes(*net.agent, line)) {
    if (route.pattern.find("{id}") == std::string::npos) continue;
    for (const char* login : {"sato", "tanaka", "inspector"}) {
      const Account& reader = net.people.at(login);
      const bool may = std::ranges::any_of(
          route.access.roles, [&](const std::string& role) { return reader.roles.contains(role); });
      if (!may) continue;  // the gate does not let them through: EveryRouteIsForTheRolesOfTheContract
      for (const auto& [name, hash] : objects) {
        for (const Stage stage : {Stage::kRun, Stage::kSend}) {
          SCOPED_TRACE(route.method + " " + route.pattern + " as " + login + ": " + name);
          Request request;
          request.method = route.method;
          request.path_values["id"] = approval_id(hash, stage);
          request.caller = Caller{.account = reader, .token = {}};
          request.body = "{}";
          const auto answer = std::get<Response>(route.handler(request));
          const bool exists = (name == "own" || name == "ended") && stage == Stage::kRun;
          EXPECT_EQ(answer.status == 404, !exists || route.pattern.ends_with("/preview"))
              << answer.status << answer.body;
          ++cells;
        }
      }
    }
  }
  EXPECT_GE(cells, 4 * 8);
  // Nor in a list, nor in the record.
  for (const char* target : {"/site/v1/approvals", "/site/v1/history?limit=500"}) {
    const std::string text = net.get("inspector", target).dump();
    EXPECT_NE(text.find(own.substr(0, 16)), std::string::npos);
    EXPECT_EQ(text.find(other.substr(0, 16)), std::string::npos) << target;
  }
}

/// What a route of the line does when another member asks for what is this site's.
TEST_F(OtherSites, OnTheLineEveryRouteKeepsMembersApart) {
  net.approve("sato", own, Stage::kRun);
  net.settle();
  net.approve("suzuki", own, Stage::kSend);
  ASSERT_THAT(net.agent->work(), Succeeds());  // announced, its chunks not sent yet
  ASSERT_THAT(net.link->poll(0), Succeeds());
  const std::vector<Envelope> sent =
      net.agent->look([](const SiteCore& core) { return core.sent().after(0, std::size_t{4} << 20U); });
  const std::vector<Envelope> received =
      net.agent->look([](const SiteCore& core) { return core.received().after(0, std::size_t{4} << 20U); });
  const std::string chunk =
      net.agent->look([&](const SiteCore& core) { return core.find(own)->progress.sealed->chunks.front(); });
  const std::string chunk_bytes = *net.agent->chunks().read(chunk);
  {  // the center knows of the announcement
    const std::int64_t cursor = net.agent->look([](const SiteCore& core) { return core.received().size(); });
    const std::string hash =
        net.agent->look([&](const SiteCore& core) { return core.received().hash_at(cursor); });
    ASSERT_THAT(net.center->take_outbox(kConsoleSite, sent, cursor, hash), Succeeds());
  }
  const Head before = net.center->head();
  std::set<std::string> seen;
  for (const Route& route : site_routes(*net.center)) {
    if (route.access.audience != "member site") continue;
    const std::string name = route.method + " " + route.pattern;
    SCOPED_TRACE(name);
    seen.insert(name);
    Request request;
    request.method = route.method;
    request.caller = std::string(kOtherSite);
    request.wait_is_over = true;
    if (name == "POST /v1/renew") continue;  // its certificate is for the caller's own name: site_api
    if (name == "GET /v1/poll") {
      const auto answer = std::get<Response>(route.handler(request));
      const Result<PollReply> reply = poll_reply_of(answer.body);
      ASSERT_THAT(reply, Succeeds());
      EXPECT_EQ(reply->answer.received, 0) << "not the other's count";
      for (const Envelope& message : reply->answer.messages) EXPECT_EQ(message_of(message)->to, kOtherSite);
    } else if (name == "GET /v1/outbox") {
      EXPECT_TRUE(message_batch_of(std::get<Response>(route.handler(request)).body)->empty());
    } else if (name == "POST /v1/outbox" || name == "POST /v1/mailbox") {
      request.body = to_wire(name == "POST /v1/outbox" ? sent : received);
      request.query = {{"cursor", "0"}};
      EXPECT_EQ(std::get<Response>(route.handler(request)).status / 100, 4);
    } else if (name == "POST /v1/chunks/missing") {
      request.body = hash_list_to_wire({chunk});
      EXPECT_TRUE(hash_list_of(std::get<Response>(route.handler(request)).body)->empty())
          << "nor whether it was announced";
    } else if (name == "PUT /v1/chunks/{sha256}") {
      request.path_values["sha256"] = chunk;
      request.body = chunk_bytes;
      EXPECT_EQ(std::get<Response>(route.handler(request)).status, 403);
      EXPECT_FALSE(net.center->chunks().has(chunk));
      request.caller = std::string(kConsoleSite);
      EXPECT_EQ(std::get<Response>(route.handler(request)).status, 201) << "its own site may";
    } else {
      ADD_FAILURE() << "a route of the line that this test does not know";
    }
  }
  EXPECT_EQ(seen.size(), 7U);
  EXPECT_EQ(net.center->head(), before) << "nothing of that was put on record";
}

}  // namespace
}  // namespace mimamori
