// A request's life as the portal tells it.

#include <gmock/gmock.h>

#include "base/file.h"
#include "ledger/sqlite.h"
#include "serve/center/test_center.h"
#include "serve/network/ledger_audit.h"
#include "transfer/cbor.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kRequests = "/api/v1/requests";

std::string path_of(int number, const std::string& act = {}) {
  return std::string(kRequests) + "/" + test_request_id(number) + act;
}

std::vector<std::string> kinds_of(const Json& detail) {
  std::vector<std::string> kinds;
  for (const Json& event : detail["history"]) {
    kinds.push_back(event["kind"].get<std::string>() +
                    (event["site"].is_null() ? "" : " " + event["site"].get<std::string>()));
  }
  return kinds;
}

TEST(PortalRequests, AskedTwiceIsAskedOnce) {
  RunningCenter running;
  running.add_site("kiri");
  Browser author = running.person("yamada", {"author"});
  const Json request = running.new_request(test_request_id(1), {"kiri"});
  const Answer first = author.ask("POST", kRequests, request.dump());
  ASSERT_EQ(first.status, 201);
  const Answer second = author.ask("POST", kRequests, request.dump());
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.body["request_hash"], first.body["request_hash"]);
  EXPECT_EQ(author.ask("GET", kRequests).body["requests"].size(), 1U);
  Json other = request;
  other["purpose"] = "something else";
  EXPECT_EQ(author.ask("POST", kRequests, other.dump()).code(), "id_in_use");
  Browser somebody = running.person("tanaka", {"author"});
  EXPECT_EQ(somebody.ask("POST", kRequests, request.dump()).code(), "id_in_use");
}

TEST(PortalRequests, ShowWhatWasAskedExplained) {
  RunningCenter running;
  running.add_site("kiri");
  Browser author = running.person("yamada", {"author"});
  const Json request = running.new_request(test_request_id(1), {"kiri"});
  const Answer answer = author.ask("POST", kRequests, request.dump());
  ASSERT_EQ(answer.status, 201);
  const Json& detail = answer.body;
  EXPECT_EQ(detail["state"], "open");
  EXPECT_EQ(detail["script"], request["script"]);
  EXPECT_EQ(detail["author"], (Json{{"id", "yamada"}, {"name", "Person yamada"}}));
  EXPECT_EQ(detail["study_id"], "a-vs-b");
  EXPECT_GE(detail["explanation"].size(), 7U);
  EXPECT_EQ(detail["progress"][0]["state"], "dispatched");
  EXPECT_EQ(detail["progress"][0]["owner"], "network");  // the site has never been heard of
  EXPECT_EQ(detail["waiting_for"]["owner"], "network");
  EXPECT_THAT(kinds_of(detail), ElementsAre("submitted", "dispatched kiri"));
  EXPECT_EQ(detail["history"][0]["actor"], "Person yamada");
  EXPECT_TRUE(detail["report"].is_null());
}

struct BadRequest {
  std::string what;
  std::function<void(Json&)> spoil;
  int status = 422;
  std::string code = "invalid_input";
  std::string detail = "";
};

TEST(PortalRequests, AreRefusedWithTheFieldThatIsWrong) {
  RunningCenter running;
  running.add_site("kiri");
  Browser author = running.person("yamada", {"author"});
  std::vector<BadRequest> cases = {
      {.what = "short id", .spoil = [](Json& r) { r["id"] = "01JD"; }, .detail = "id"},
      {.what = "no ULID", .spoil = [](Json& r) { r["id"] = std::string(26, 'U'); }, .detail = "id"},
      {.what = "unknown field", .spoil = [](Json& r) { r["extra"] = 1; }, .detail = "field"},
      {.what = "missing field", .spoil = [](Json& r) { r.erase("purpose"); }, .detail = "purpose"},
      {.what = "long title",
       .spoil = [](Json& r) { r["title"]["ja"] = std::string(201, 'a'); },
       .detail = "title"},
      {.what = "long purpose",
       .spoil = [](Json& r) { r["purpose"] = std::string(1001, 'a'); },
       .detail = "purpose"},
      {.what = "no site", .spoil = [](Json& r) { r["sites"] = Json::array(); }, .detail = "sites"},
      {.what = "unknown site", .spoil = [](Json& r) { r["sites"] = {"nowhere"}; }, .detail = "sites"},
      {.what = "a site twice",
       .spoil =
           [](Json& r) {
             r["sites"] = {"kiri", "kiri"};
           },
       .detail = "sites"},
      {.what = "65 sites",
       .spoil =
           [](Json& r) {
             for (int i = 0; i < 64; ++i) r["sites"].push_back("s" + std::to_string(i));
           },
       .detail = "sites"},
      {.what = "no script", .spoil = [](Json& r) { r["script"] = ""; }, .detail = "script"},
      {.what = "script with problems",
       .spoil = [](Json& r) { r["script"] = "study: 1"; },
       .code = "script_has_problems"},
      {.what = "script beyond 256 KiB",
       .spoil = [](Json& r) { r["script"] = std::string(256 * 1024 + 1, '#'); },
       .status = 413,
       .code = "too_large"},
  };
  for (const BadRequest& bad : cases) {
    SCOPED_TRACE(bad.what);
    Json request = running.new_request(test_request_id(1), {"kiri"});
    bad.spoil(request);
    const Answer answer = author.ask("POST", kRequests, request.dump());
    EXPECT_EQ(answer.status, bad.status);
    EXPECT_EQ(answer.code(), bad.code);
    EXPECT_THAT(answer.body.value("detail", ""), HasSubstr(bad.detail));
  }
  EXPECT_EQ(author.ask("GET", kRequests).body["requests"].size(), 0U);
  Json longest = running.new_request(test_request_id(1), {"kiri"});  // the bounds themselves are allowed
  std::string title;
  for (int i = 0; i < 200; ++i) title += "薬";
  longest["title"]["ja"] = title;
  longest["purpose"] = std::string(1000, 'a');
  EXPECT_EQ(author.ask("POST", kRequests, longest.dump()).status, 201);
}

TEST(PortalRequests, TellWhatTheHospitalSigned) {
  RunningCenter running;
  for (const char* site : {"kiri", "misaki"}) running.add_site(site);
  Browser author = running.person("yamada", {"author"});
  const Answer sent =
      author.ask("POST", kRequests, running.new_request(test_request_id(1), {"kiri", "misaki"}).dump());
  ASSERT_EQ(sent.status, 201);
  const std::string hash = sent.body["request_hash"];
  TestSite kiri(running.center(), "kiri", running.site_key("kiri"));
  TestSite misaki(running.center(), "misaki", running.site_key("misaki"));
  kiri.deliver();
  misaki.deliver();
  kiri.decide(hash, Verdict::kHold, "来週まで待ってください");
  Json detail = author.ask("GET", path_of(1)).body;
  EXPECT_EQ(detail["progress"][0]["state"], "awaiting_run_approval");
  EXPECT_TRUE(detail["progress"][0]["held"]);
  EXPECT_EQ(detail["progress"][0]["owner"], "approver");
  EXPECT_EQ(detail["progress"][0]["link"]["kind"], "up");

  kiri.decide(hash, Verdict::kApprove, "");
  misaki.decide(hash, Verdict::kRefuse, "責任者が不在です");
  detail = author.ask("GET", path_of(1)).body;
  EXPECT_EQ(detail["progress"][0]["state"], "scheduled");
  EXPECT_FALSE(detail["progress"][0]["held"]);
  EXPECT_EQ(detail["progress"][0]["owner"], "site");
  EXPECT_EQ(detail["progress"][1]["state"], "run_refused");
  EXPECT_TRUE(detail["progress"][1]["owner"].is_null());
  EXPECT_EQ(detail["progress"][1]["reason"], "責任者が不在です");
  const Json& approvals = detail["progress"][0]["approvals"];
  ASSERT_EQ(approvals.size(), 2U);
  EXPECT_EQ(approvals[0]["decision"], "hold");
  EXPECT_EQ(approvals[0]["signature"], "void");  // the same person decided again
  EXPECT_EQ(approvals[1]["decision"], "approve");
  EXPECT_EQ(approvals[1]["signature"], "valid");
  EXPECT_EQ(approvals[1]["person"], "鈴木 一郎");
  EXPECT_EQ(approvals[1]["words"], detail["words"]);
  EXPECT_NE(approvals[1]["key_words"], approvals[1]["words"]);
  EXPECT_THAT(kinds_of(detail), ElementsAre("submitted", "dispatched kiri", "dispatched misaki",
                                            "awaiting_run_approval kiri", "awaiting_run_approval misaki",
                                            "run_held kiri", "run_approved kiri", "run_refused misaki"));

  const Json status = author.ask("GET", "/api/v1/sites/status").body;
  ASSERT_EQ(status["sites"].size(), 2U);
  EXPECT_EQ(status["sites"][0]["queue"]["extracting"], 1);
  EXPECT_EQ(status["sites"][0]["longest_wait"]["request"], detail["number"]);
  EXPECT_TRUE(status["sites"][1]["longest_wait"].is_null());
}

TEST(PortalRequests, CanBeWithdrawnWithAReasonAndOnlyOnce) {
  RunningCenter running;
  running.add_site("kiri");
  Browser author = running.person("yamada", {"author"});
  ASSERT_EQ(author.ask("POST", kRequests, running.new_request(test_request_id(1), {"kiri"}).dump()).status,
            201);
  EXPECT_EQ(author.ask("POST", path_of(1, "/cancel"), R"({"reason": " \n"})").code(), "reason_required");
  EXPECT_EQ(author.ask("POST", path_of(1, "/cancel"), Json{{"reason", std::string(2001, 'a')}}.dump()).code(),
            "invalid_input");
  const Answer done = author.ask("POST", path_of(1, "/cancel"), R"({"reason": "計画を見直すため"})");
  ASSERT_EQ(done.status, 200);
  EXPECT_EQ(done.body["state"], "cancelled");
  EXPECT_TRUE(done.body["may"].empty());
  EXPECT_EQ(done.body["history"].back()["text"], "計画を見直すため");
  EXPECT_EQ(author.ask("POST", path_of(1, "/cancel"), R"({"reason": "again"})").code(), "wrong_state");
}

TEST(PortalRequests, GoOnWithoutSitesOnlyWhenSomethingHasArrived) {
  RunningCenter running;
  running.add_site("kiri");
  Browser author = running.person("yamada", {"author"});
  ASSERT_EQ(author.ask("POST", kRequests, running.new_request(test_request_id(1), {"kiri"}).dump()).status,
            201);
  EXPECT_EQ(
      author.ask("POST", path_of(1, "/proceed"), R"({"without": ["kiri"], "reason": "no answer"})").code(),
      "wrong_state");
}

TEST(PortalReport, ComesWithAPolicyOfItsOwn) {
  RunningCenter running;
  running.add_site("kiri");
  Browser author = running.person("yamada", {"author"});
  ASSERT_EQ(author.ask("POST", kRequests, running.new_request(test_request_id(1), {"kiri"}).dump()).status,
            201);
  EXPECT_EQ(author.ask("GET", path_of(1, "/report")).code(), "not_found");
  running.pretend_report(test_request_id(1));
  const Answer report = author.ask("GET", path_of(1, "/report"));
  EXPECT_EQ(report.status, 200);
  EXPECT_THAT(report.text, HasSubstr(test_request_id(1)));
  EXPECT_EQ(report.reply.header("content-security-policy"),
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox");
}

TEST(PortalScripts, AreCheckedAndExplained) {
  RunningCenter running;
  Browser author = running.person("yamada", {"author"});
  const Json request = running.new_request(test_request_id(1), {"kiri"});
  const Answer good = author.ask("POST", "/api/v1/scripts/check", Json{{"text", request["script"]}}.dump());
  ASSERT_EQ(good.status, 200);
  EXPECT_TRUE(good.body["problems"].empty());
  EXPECT_EQ(good.body["study"]["id"], "a-vs-b");
  EXPECT_EQ(good.body["study"]["data_end"].get<std::string>().size(), 10U);
  EXPECT_FALSE(good.body["explanation"].empty());
  const Answer bad = author.ask("POST", "/api/v1/scripts/check", R"({"text": "study: 1"})");
  ASSERT_EQ(bad.status, 200);
  EXPECT_FALSE(bad.body["problems"].empty());
  EXPECT_TRUE(bad.body["study"].is_null());
  EXPECT_TRUE(bad.body["explanation"].empty());
}

TEST(PortalAudit, IsReadInPagesWithTheWholeChainChecked) {
  RunningCenter running;
  running.add_site("kiri");
  Browser auditor = running.person("erik", {"auditor"});
  const Answer first = auditor.ask("GET", "/api/v1/audit?from=1&limit=2");
  ASSERT_EQ(first.status, 200);
  ASSERT_EQ(first.body["entries"].size(), 2U);
  EXPECT_EQ(first.body["entries"][0]["kind"], "center.made");
  EXPECT_EQ(first.body["next"], 3);
  EXPECT_TRUE(first.body["verified"]["ok"]);
  EXPECT_EQ(first.body["verified"]["through"], first.body["head"]["seq"]);
  const Answer rest = auditor.ask("GET", "/api/v1/audit?from=3");
  EXPECT_TRUE(rest.body["next"].is_null());
  EXPECT_EQ(rest.body["entries"].back()["hash"], rest.body["head"]["hash"]);
  for (const Json& entry : rest.body["entries"]) {
    EXPECT_NE(entry["what"]["ja"], "その他の記録") << entry["kind"];
    EXPECT_EQ(entry["what"]["en"].get<std::string>().find('{'), std::string::npos) << entry["what"]["en"];
  }
}

// --- S27: released numbers and the ledger that holds them are altered.

TEST(AttackS27, ANumberThatWasAlteredIsNotShown) {
  RunningCenter running;
  running.add_site("kiri");
  Browser author = running.person("yamada", {"author"});
  const std::string id = test_request_id(1);
  ASSERT_EQ(author.ask("POST", "/api/v1/requests", running.new_request(id, {"kiri"}).dump()).status, 201);
  running.pretend_report(id);
  const std::string one = "/api/v1/requests/" + id;
  const std::filesystem::path results = running.center().folder().work_area(id) / "results";
  for (const auto& [path, file] : {std::pair{"/report", "report.html"}, {"/results.json", "results.json"}}) {
    SCOPED_TRACE(file);
    ASSERT_EQ(author.ask("GET", one + path).status, 200);
    const std::string written = *read_file(results / file, 1000);
    ASSERT_THAT(write_file_atomically(results / file, written + " "), Succeeds());
    EXPECT_EQ(author.ask("GET", one + path).status, 500);
    ASSERT_THAT(write_file_atomically(results / file, written), Succeeds());
    EXPECT_EQ(author.ask("GET", one + path).status, 200);
  }
}

/// What somebody with the file can do, who takes the triggers away first.
void tamper(const std::filesystem::path& ledger, const std::string& sql) {
  Result<Sqlite> database = Sqlite::open(ledger);
  ASSERT_THAT(database, Succeeds());
  for (const std::string& each : {std::string("DROP TRIGGER IF EXISTS entry_is_never_altered"),
                                  std::string("DROP TRIGGER IF EXISTS entry_is_never_removed"), sql}) {
    ASSERT_THAT(database->run(each), Succeeds());
  }
}

TEST(AttackS27, ACenterDoesNotStartOverALedgerFromWhichAReleaseWasTaken) {
  const ScratchFolder scratch;
  const std::filesystem::path dir = scratch.path() / "center";
  ASSERT_THAT(init_center(dir, {}), Succeeds());
  const std::filesystem::path ledger = dir / "ledger.sqlite";
  {
    const std::unique_ptr<Center> center = std::move(Center::open(dir)).value();
    for (const char* what : {"first", "second", "third"})
      ASSERT_THAT(center->note("request.results_written", "program", to_cbor({{"what", what}})), Succeeds());
  }
  const std::filesystem::path backup = scratch.path() / "backup.sqlite";
  ASSERT_THAT(back_up_ledger(ledger, backup), Succeeds());
  for (const char* sql :
       {"DELETE FROM entry WHERE seq = 3", "UPDATE entry SET body = x'a16477686174647a65726f' WHERE seq = 3",
        "UPDATE entry SET at_ms = at_ms + 1 WHERE seq = 2"}) {
    SCOPED_TRACE(sql);
    tamper(ledger, sql);
    EXPECT_FALSE(Center::open(dir).ok());
    const Result<LedgerAudit> audit = audit_ledger(ledger, {});
    ASSERT_THAT(audit, Succeeds());
    EXPECT_FALSE(audit->check.problems.empty());
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(ledger.string() + end);
    std::filesystem::copy_file(backup, ledger);
    EXPECT_THAT(Center::open(dir), Succeeds()) << "with the backup whose head the sites hold";
  }
}

}  // namespace
}  // namespace mimamori
