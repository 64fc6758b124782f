#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "serve/console/approvals.h"
#include "serve/console/testing_console.h"
#include "serve/network/browser_api.h"
#include "serve/network/files.h"
#include "serve/network/ledger_audit.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

const ConsoleLine kSilentLine{.state = [] { return LinkState{}; }, .wake = [] {}};

/// Who may use which route, from docs/formats/portal-api.md, "Site".
const std::map<std::string, std::set<std::string>> kWho = {
    {"GET /site/v1/status", {"approver", "data_manager", "auditor"}},
    {"GET /site/v1/approvals", {"approver", "auditor"}},
    {"GET /site/v1/approvals/{id}", {"approver", "auditor"}},
    {"GET /site/v1/approvals/{id}/preview", {"approver"}},
    {"POST /site/v1/approvals/{id}/decision", {"approver"}},
    {"GET /site/v1/history", {"approver", "data_manager", "auditor"}},
    {"GET /site/v1/batches", {"data_manager", "auditor"}},
    {"GET /site/v1/rejected", {"data_manager", "auditor"}},
    {"GET /site/v1/session", {"approver", "data_manager", "auditor"}},
    {"DELETE /site/v1/session", {"approver", "data_manager", "auditor"}},
    {"POST /site/v1/session/password", {"approver", "data_manager", "auditor"}},
};

TEST(Console, EveryRouteIsForTheRolesOfTheContractAndNobodyElse) {
  ConsoleNetwork net;
  const Gate gate = console_gate(*net.agent);
  const std::vector<Route> routes = console_routes(*net.agent, kSilentLine);
  std::set<std::string> seen;
  for (const auto& [login, role] : std::map<std::string, std::string>{
           {"sato", "approver"}, {"tanaka", "data_manager"}, {"inspector", "auditor"}, {"", ""}}) {
    HiddenText token;
    if (!login.empty()) {
      Result<NewSession> session = net.agent->accounts().sign_in(
          {.login = login, .password = HiddenText(kStaffPassword), .code = net.code(login)},
          {.listener = "site console", .client = "\n"}, clock_now_ms());
      ASSERT_THAT(session, Succeeds());
      token = session->token;
    }
    for (const Route& route : routes) {
      if (!route.pattern.starts_with("/site/") || route.access.audience == kAnyone) continue;
      const std::string name = route.method + " " + route.pattern;
      ASSERT_TRUE(kWho.contains(name)) << name << ": not in the contract";
      seen.insert(name);
      Request request;
      request.method = route.method;
      request.headers = {{"host", "localhost"}, {"origin", "https://localhost"}};
      if (!login.empty()) {
        request.headers.push_back({"cookie", "mimamori=" + token.reveal()});
        request.headers.push_back({"x-csrf-token", csrf_token_of(token)});
      }
      const std::optional<Response> refused = gate(route, request);
      const int status = refused ? refused->status : 200;
      EXPECT_EQ(status, login.empty()                  ? 401
                        : kWho.at(name).contains(role) ? 200
                                                       : 403)
          << name << " as " << role;
      if (route.method == "GET" || login.empty()) continue;
      request.headers.back().value = std::string(64, '0');  // another page's token
      EXPECT_EQ(gate(route, request)->status, 403) << name;
      request.headers.back().value = csrf_token_of(token);
      request.headers[1].value = "https://elsewhere.example";
      EXPECT_EQ(gate(route, request)->status, 403) << name;
    }
  }
  EXPECT_EQ(seen.size(), kWho.size());
}

TEST(Console, AnApprovalShowsWhatWouldRunAndLeaveCountedOnTheRealData) {
  ConsoleNetwork net;
  const std::string hash = net.ask(1);
  const Json list = net.get("sato", "/site/v1/approvals")["approvals"];
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0]["id"], hash.substr(0, 16) + "-run");
  EXPECT_EQ(list[0]["status"], "open");
  EXPECT_EQ(list[0]["you"], Json({{"may", true}}));
  EXPECT_EQ(net.get("inspector", "/site/v1/approvals")["approvals"][0]["you"]["why"], "not_approver");
  const Json page = net.get("sato", "/site/v1/approvals/" + hash.substr(0, 16) + "-run");
  EXPECT_EQ(page["payload_hash"], hash);
  EXPECT_TRUE(page["diff"].is_null());
  EXPECT_FALSE(page["explanation"].empty());
  EXPECT_EQ(page["impact"]["persons"]["kind"], "exact");
  const auto persons = page["impact"]["persons"]["n"].get<std::int64_t>();
  EXPECT_GT(persons, 0);
  EXPECT_EQ(persons, page["impact"]["arms"][0]["persons"]["n"].get<std::int64_t>() +
                         page["impact"]["arms"][1]["persons"]["n"].get<std::int64_t>());
  EXPECT_FALSE(page["egress"]["exact"].get<bool>());
  std::vector<std::string> files;
  for (const Json& file : page["egress"]["files"]) files.push_back(file["name"]);
  EXPECT_THAT(files, testing::ElementsAre("persons.parquet", "follow_up.parquet", "attrition.parquet",
                                          "notes.parquet"));
  EXPECT_EQ(page["egress"]["files"][0]["rows"]["n"], persons);
  for (const Json& check : page["checks"]) EXPECT_NE(check["result"], "fail") << check.dump();
  const Json status = net.get("tanaka", "/site/v1/status");
  EXPECT_EQ(status["queue"]["run_approval"], 1);
  EXPECT_EQ(status["waiting_for_you"], 0);
  EXPECT_EQ(net.get("sato", "/site/v1/status")["waiting_for_you"], 1);
  EXPECT_EQ(status["link"]["kind"], "up");
  EXPECT_TRUE(status["last_load"].is_object());
}

TEST(Console, ADecisionNeedsTheSecretTheHashAndAReason) {
  ConsoleNetwork net;
  const std::string hash = net.ask(1);
  const std::string id = approval_id(hash, Stage::kRun);
  EXPECT_EQ(net.decide("sato", "0000000000000000-run", "approve", hash).code(), "not_found");
  EXPECT_EQ(net.decide("ito", id, "approve", std::string(64, 'a')).code(), "payload_changed");
  EXPECT_EQ(net.decide("ito", id, "refuse", hash, " \n").code(), "reason_required");
  EXPECT_EQ(net.decide("tanaka", id, "approve", hash).code(), "forbidden");
  const auto wrong = net.decide("sato", id, "approve", hash, "", "another long password");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.code(), "wrong_secret");
  EXPECT_EQ(net.decide("sato", id, "maybe", hash).code(), "invalid_input");
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingRunApproval) << "nothing of that has signed anything";
  const auto done = net.decide("suzuki", id, "approve", hash);
  EXPECT_EQ(done.status, 200) << done.body.dump();
  EXPECT_EQ(done.body["status"], "approved");
  EXPECT_EQ(done.body["signatures"][0]["person"], "Dr. suzuki");
  EXPECT_EQ(net.at_site(hash), RequestState::kScheduled);
}

TEST(Console, TheRequesterCannotApproveTheirOwnRequest) {
  ConsoleNetwork net;
  const std::string hash = net.ask(1, "sato");
  const std::string id = approval_id(hash, Stage::kRun);
  const Json page = net.get("sato", "/site/v1/approvals/" + id);
  EXPECT_EQ(page["you"]["why"], "requester");
  EXPECT_THAT(page["you"]["who"].get<std::vector<std::string>>(),
              testing::UnorderedElementsAre("Dr. suzuki", "Dr. ito"));
  EXPECT_EQ(net.decide("sato", id, "approve", hash).code(), "forbidden");
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingRunApproval);
}

TEST(Console, TwoPersonsSignWhereTheSiteSaysSoAndTheSecondDecidesForThemselves) {
  ConsoleNetwork net;
  ASSERT_THAT(net.agent->set_quorum(2, 1, true, "operator"), Succeeds());
  const std::string hash = net.ask(1);
  const std::string id = approval_id(hash, Stage::kRun);
  const auto held = net.decide("ito", id, "hold", hash, "what is it for?");
  EXPECT_EQ(held.body["status"], "held");
  const Json blind = net.get("suzuki", "/site/v1/approvals/" + id);
  ASSERT_EQ(blind["signatures"].size(), 1U);
  EXPECT_TRUE(blind["signatures"][0]["reason"].is_null());
  net.approve("ito", hash, Stage::kRun);
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingRunApproval);
  EXPECT_EQ(net.decide("ito", id, "approve", hash).code(), "wrong_state") << "one person is one signature";
  net.approve("suzuki", hash, Stage::kRun);
  EXPECT_EQ(net.at_site(hash), RequestState::kScheduled);
  net.settle();
  ASSERT_EQ(net.at_site(hash), RequestState::kAwaitingSendApproval);
  const Json send = net.get("suzuki", "/site/v1/approvals/" + approval_id(hash, Stage::kSend));
  EXPECT_EQ(send["you"]["why"], "already_signed") << "the second approval is for others than the first";
  net.approve("sato", hash, Stage::kSend);
  EXPECT_EQ(net.at_site(hash), RequestState::kApprovedToSend);
}

TEST(Console, NewDataVoidTheApprovalAndItIsAskedForAgain) {
  ConsoleNetwork net;
  const std::string hash = net.ask(1);
  net.approve("sato", hash, Stage::kRun);
  net.load_other_data();
  net.settle();
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingRunApproval);
  const Json page = net.get("sato", "/site/v1/approvals/" + approval_id(hash, Stage::kRun));
  EXPECT_EQ(page["status"], "open");
  EXPECT_EQ(page["notice"]["kind"], "voided");
  ASSERT_EQ(page["signatures"].size(), 1U);
  EXPECT_EQ(page["signatures"][0]["signature"], "void");
  EXPECT_EQ(page["you"], Json({{"may", true}}));
}

TEST(Console, DataThatChangedWhileSomebodyReadAreNotSigned) {
  ConsoleNetwork net;
  const std::string hash = net.ask(1);
  const std::string id = approval_id(hash, Stage::kRun);
  const std::string read = net.get("sato", "/site/v1/approvals/" + id)["snapshot"];
  ASSERT_EQ(read, net.agent->snapshot());
  net.load_other_data();
  const auto refused = net.decide("sato", id, "approve", hash, "", kStaffPassword, read);
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.code(), "payload_changed");
  EXPECT_EQ(net.decide("suzuki", id, "refuse", hash, "no", kStaffPassword, "").code(), "payload_changed");
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingRunApproval) << "nothing was signed";
  ASSERT_THAT(net.agent->work(), Succeeds());  // counts anew
  const Json again = net.get("sato", "/site/v1/approvals/" + id);
  EXPECT_NE(again["snapshot"], read);
  EXPECT_EQ(again["impact"]["persons"]["kind"], "exact");
  const auto done = net.decide("sato", id, "approve", hash, "", kStaffPassword, again["snapshot"]);
  EXPECT_EQ(done.status, 200) << done.body.dump();
  net.settle();
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingSendApproval) << "the run took the data that were read";
}

TEST(Console, TheOnlyChangeOfAStudyShowsWhatItDoesToTheNumberOfPersons) {
  ConsoleNetwork net;
  const std::string first = net.ask(1);
  net.approve("sato", first, Stage::kRun);
  const auto longer_history = [](NewRequest& request) {
    const std::size_t at = request.script.find("history_days: 180");
    ASSERT_NE(at, std::string::npos);
    request.script.replace(at, 17, "history_days: 720");
  };
  const Json one =
      net.get("sato", "/site/v1/approvals/" + approval_id(net.ask(2, "yamada", longer_history), Stage::kRun));
  const auto now = one["impact"]["persons"]["n"].get<std::int64_t>();
  const auto then = one["impact"]["before"]["n"].get<std::int64_t>();
  ASSERT_LT(now, then) << "the data have persons who are known for less than 720 days";
  EXPECT_EQ(one["diff"]["changes"][0]["effect"], Json({{"kind", "exact"}, {"n", now - then}}));
  // Of two changes neither has a number of its own.
  const Json two =
      net.get("sato", "/site/v1/approvals/" + approval_id(net.ask(3, "yamada",
                                                                  [&](NewRequest& request) {
                                                                    longer_history(request);
                                                                    const std::size_t at =
                                                                        request.script.find("grace_days: ");
                                                                    ASSERT_NE(at, std::string::npos);
                                                                    request.script.insert(at + 12, "1");
                                                                  }),
                                                          Stage::kRun));
  ASSERT_EQ(two["diff"]["changes"].size(), 2U) << two["diff"].dump();
  for (const Json& change : two["diff"]["changes"]) EXPECT_TRUE(change["effect"].is_null());
}

TEST(Console, TheCenterShowsWhatTheSiteHoldsAndTheLedgersHaveAWordForEverything) {
  ConsoleNetwork net;
  const auto shown = [&] { return net.portal("operator", "/api/v1/sites/status")["sites"][0]; };
  EXPECT_EQ(shown()["hospitals"], 1);
  EXPECT_EQ(shown()["last_load"], net.get("tanaka", "/site/v1/status")["last_load"]);
  const std::int64_t first = shown()["last_load"]["at"];
  EXPECT_GT(first, 0);
  net.load_other_data();
  net.settle();
  EXPECT_GT(shown()["last_load"]["at"].get<std::int64_t>(), first);
  EXPECT_EQ(shown()["last_load"], net.get("tanaka", "/site/v1/status")["last_load"]);
  const auto told = [&] {
    return net.agent->look([](const SiteCore& core) {
      std::int64_t messages = 0;
      for (std::int64_t seq = 1; seq <= core.sent().size(); ++seq)
        messages += message_of(core.sent().at(seq))->content.type == kHoldingsType ? 1 : 0;
      return messages;
    });
  };
  EXPECT_EQ(told(), 2) << "once for each load";
  net.restart_site();
  net.settle();
  EXPECT_EQ(told(), 2) << "a restart is not a load";
  const std::string hash = net.ask(1);
  net.approve("sato", hash, Stage::kRun);
  net.settle();
  net.approve("suzuki", hash, Stage::kSend);
  net.settle();
  ASSERT_EQ(net.at_center(hash), RequestState::kDelivered);
  for (const auto& ledger : {net.center->folder().ledger(), net.agent->folder().ledger()}) {
    const Result<std::vector<EntryInWords>> entries = ledger_in_words(ledger, 1, 10'000);
    ASSERT_THAT(entries, Succeeds());
    EXPECT_GT(entries->size(), 10U);
    for (const EntryInWords& entry : *entries) {
      EXPECT_NE(entry.what, catalogue("center.audit.other")) << entry.seq;
      EXPECT_NE(entry.what, catalogue("console.history.unknown")) << entry.seq;
      EXPECT_EQ(entry.what.en.find('{'), std::string::npos) << entry.what.en;
      EXPECT_EQ(entry.what.ja.find('{'), std::string::npos) << entry.what.ja;
    }
  }
}

TEST(Console, APackageThatWasTouchedCannotBeApprovedAndLookingIsOnRecord) {
  ConsoleNetwork net;
  const std::string hash = net.ask(1);
  net.approve("sato", hash, Stage::kRun);
  net.settle();
  const std::string id = approval_id(hash, Stage::kSend);
  const Json page = net.get("suzuki", "/site/v1/approvals/" + id);
  EXPECT_TRUE(page["egress"]["exact"].get<bool>());
  EXPECT_FALSE(page["egress"]["attrition"].empty());
  for (const Json& check : page["checks"]) EXPECT_NE(check["result"], "fail") << check.dump();
  const std::string package = page["payload_hash"];
  const Json preview = net.get("suzuki", "/site/v1/approvals/" + id + "/preview?file=persons.parquet&rows=3");
  EXPECT_THAT(preview["columns"].get<std::vector<std::string>>(),
              testing::ElementsAre("person_key", "arm", "sex", "age_years", "index_month"));
  EXPECT_EQ(preview["rows"].size(), 3U);
  EXPECT_EQ(preview["total"], page["egress"]["files"][3]["rows"]["n"]) << "persons.parquet is last by name";
  const std::vector<Entry> entries = *net.agent->entries(1, 1000);
  EXPECT_EQ(entries.back().kind, "preview.read");
  EXPECT_EQ(entries.back().actor, "suzuki");
  net.get("suzuki", "/site/v1/approvals/" + id + "/preview?file=..%2Fsite.json", 404);
  const auto file = net.agent->folder().package(package) / "persons.parquet";
  std::ofstream(file, std::ios::app) << "x";
  EXPECT_EQ(net.decide("suzuki", id, "approve", package).code(), "wrong_state");
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingSendApproval);
}

TEST(Console, TheSecondRequestOfAStudyIsShownBesideTheFirst) {
  ConsoleNetwork net;
  const std::string first = net.ask(1);
  net.approve("sato", first, Stage::kRun);
  const std::string second = net.ask(2, "yamada", [](NewRequest& request) {
    const std::size_t at = request.script.find("washout_days: 180");
    ASSERT_NE(at, std::string::npos);
    request.script.replace(at, 17, "washout_days: 365");
  });
  const Json diff = net.get("sato", "/site/v1/approvals/" + approval_id(second, Stage::kRun))["diff"];
  ASSERT_EQ(diff["changes"].size(), 1U) << diff.dump();
  EXPECT_EQ(diff["changes"][0]["part"], "new_use");
  EXPECT_EQ(diff["baseline"]["approved_by"][0], "Dr. sato");
  EXPECT_GT(diff["unchanged"].get<int>(), 5);
}

TEST(Console, BatchesAddUpAndRejectionsNameNoRecord) {
  ConsoleNetwork net;
  const Json batches = net.get("tanaka", "/site/v1/batches")["batches"];
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_GT(batches[0]["records"].get<int>(), 1000);
  EXPECT_EQ(batches[0]["records"].get<int>(),
            batches[0]["accepted"].get<int>() + batches[0]["rejected"].get<int>());
  const Json rejected = net.get("tanaka", "/site/v1/rejected?batch=" + batches[0]["id"].get<std::string>());
  int records = 0;
  for (const Json& reason : rejected["reasons"]) {
    if (reason["check"].get<std::string>().starts_with("record.")) records += reason["records"].get<int>();
  }
  EXPECT_EQ(records, batches[0]["rejected"].get<int>());
  net.get("tanaka", "/site/v1/rejected?batch=99", 404);
}

TEST(Console, TheHistorySaysInWordsWhatHappened) {
  ConsoleNetwork net;
  const std::string hash = net.ask(1);
  net.approve("sato", hash, Stage::kRun);
  net.settle();
  const Json audit = net.get("inspector", "/site/v1/history?limit=500");
  EXPECT_TRUE(audit["verified"]["ok"].get<bool>());
  std::set<std::string> words;
  for (const Json& entry : audit["entries"]) {
    const std::string said = entry["what"]["en"];
    words.insert(said.substr(0, said.find(" (")));
  }
  EXPECT_TRUE(words.contains("Running approved"));
  EXPECT_TRUE(words.contains("Request received"));
  EXPECT_TRUE(words.contains("Extraction begun"));
  EXPECT_FALSE(words.contains("Another entry")) << audit.dump(1);
}

}  // namespace
}  // namespace mimamori
