#include "serve/console/site_link.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/file.h"
#include "ledger/log.h"
#include "serve/console/approvals.h"
#include "serve/console/mailbox_file.h"
#include "serve/console/testing_console.h"
#include "serve/network/files.h"
#include "transfer/bundle.h"
#include "transfer/cbor.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

/// Brings a new request to the point where ② was given and nothing is sealed yet.
std::string ready_to_send(ConsoleNetwork& net) {
  const std::string hash = net.ask(1);
  net.approve("sato", hash, Stage::kRun);
  net.settle();
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingSendApproval);
  net.approve("suzuki", hash, Stage::kSend);
  return hash;
}

TEST(SiteLink, ARequestGoesTheWholeWayAndSayingItAllAgainChangesNothing) {
  ConsoleNetwork net;
  const std::string hash = ready_to_send(net);
  net.settle();
  EXPECT_EQ(net.at_site(hash), RequestState::kDelivered);
  EXPECT_EQ(net.at_center(hash), RequestState::kDelivered);
  const Head site = net.agent->head();
  const Head center = net.center->head();
  const std::vector<WireToCenter::Heard> heard = net.wire->heard;
  ASSERT_GT(heard.size(), 10U);
  for (const WireToCenter::Heard& again : heard) {  // S2: captured and replayed
    const TransportRequest request{
        .method = again.method, .target = again.target, .headers = {}, .body = again.body};
    ASSERT_THAT(net.wire->send(request), Succeeds());
  }
  net.settle();
  EXPECT_EQ(net.agent->head(), site);
  EXPECT_EQ(net.center->head(), center);
}

TEST(SiteLink, ACenterThatIsDownBusyOrTalksNonsenseChangesNothingAndLaterAllArrives) {
  using Mood = WireToCenter::Mood;
  ConsoleNetwork net;
  const std::string hash = net.ask(1);
  net.approve("sato", hash, Stage::kRun);
  const Head site = net.agent->head();
  for (const Mood mood : {Mood::kDown, Mood::kBusy, Mood::kGarbage}) {
    net.wire->mood = mood;
    EXPECT_FALSE(net.exchange().ok());
    EXPECT_FALSE(net.link->push().ok());
    EXPECT_EQ(net.agent->head(), site);
  }
  ASSERT_THAT(net.agent->work(), Succeeds()) << "a hospital works on while the center is away";
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingSendApproval);
  EXPECT_EQ(net.at_center(hash), RequestState::kAwaitingRunApproval);
  net.wire->mood = Mood::kUp;
  net.settle();
  EXPECT_EQ(net.at_center(hash), RequestState::kAwaitingSendApproval);
}

TEST(SiteLink, AReplyThatIsLostIsNotASecondMessage) {
  ConsoleNetwork net;
  const std::string hash = net.ask(1);
  net.approve("sato", hash, Stage::kRun);
  net.wire->mood = WireToCenter::Mood::kLosesReplies;
  EXPECT_FALSE(net.link->push().ok());
  net.wire->mood = WireToCenter::Mood::kUp;
  net.settle();
  const auto messages = [&] {
    return net.center->look(
        [](const CenterCore& core) { return core.find_site(kConsoleSite)->inbox.size(); });
  };
  EXPECT_EQ(messages(), net.agent->look([](const SiteCore& core) { return core.sent().size(); }));
  EXPECT_TRUE(
      net.center->look([](const CenterCore& core) { return core.find_site(kConsoleSite)->alarms.empty(); }));
}

TEST(SiteLink, AnUploadThatIsCutAtAnyPlaceGoesOnFromThere) {
  ConsoleNetwork net;
  const std::string hash = ready_to_send(net);
  ASSERT_THAT(net.agent->work(), Succeeds());  // seals
  ASSERT_EQ(net.at_site(hash), RequestState::kSending);
  int cuts = 0;
  for (bool done = false; !done && cuts < 200; ++cuts) {  // each try gets one request further
    net.wire->requests_left = 1 + cuts;
    const Result<bool> sent = net.exchange();
    done = sent.ok() && !*sent;
    if (cuts % 2 == 1) net.restart_site();
  }
  EXPECT_GT(cuts, 2);
  net.wire->requests_left = -1;
  std::map<std::string, int> uploads;
  for (const WireToCenter::Heard& heard : net.wire->heard) {
    if (heard.method == "PUT") ++uploads[heard.target];
  }
  EXPECT_FALSE(uploads.empty());
  for (const auto& [chunk, times] : uploads)
    EXPECT_EQ(times, 1) << chunk << ": sent again although it was there";
  net.settle();
  EXPECT_EQ(net.at_center(hash), RequestState::kDelivered);
}

TEST(SiteLink, AChunkThatIsLostAtTheSiteIsMadeAgain) {
  ConsoleNetwork net;
  const std::string hash = ready_to_send(net);
  ASSERT_THAT(net.agent->work(), Succeeds());
  fs::remove_all(net.agent->folder().chunks());
  ASSERT_THAT(make_private_folder(net.agent->folder().chunks()), Succeeds());
  net.settle();
  EXPECT_EQ(net.at_center(hash), RequestState::kDelivered);
}

TEST(SiteLink, ARestoredCenterGetsBackWhatItHasForgotten) {
  ConsoleNetwork net;
  const fs::path backup = net.scratch.path() / "backup.sqlite";
  net.ask(1);
  ASSERT_THAT(back_up_ledger(net.center->folder().ledger(), backup), Succeeds());
  const std::string hash = net.ask(2);
  net.approve("sato", hash, Stage::kRun);
  net.settle();
  const fs::path ledger = net.center->folder().ledger();
  net.center.reset();
  for (const char* end : {"", "-wal", "-shm"}) fs::remove(ledger.string() + end);
  fs::copy_file(backup, ledger);
  net.restart_center();
  net.settle();
  EXPECT_EQ(net.at_center(hash), RequestState::kAwaitingSendApproval);
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingSendApproval);
}

TEST(SiteLink, ARestoredSiteGetsBackWhatItHasForgotten) {
  ConsoleNetwork net;
  const fs::path backup = net.scratch.path() / "backup.sqlite";
  const std::string hash = net.ask(1);
  ASSERT_THAT(back_up_ledger(net.agent->folder().ledger(), backup), Succeeds());
  net.approve("sato", hash, Stage::kRun);
  ASSERT_THAT(net.exchange(), Succeeds());
  ASSERT_EQ(net.at_center(hash), RequestState::kScheduled);
  const fs::path ledger = net.agent->folder().ledger();
  net.agent.reset();
  for (const char* end : {"", "-wal", "-shm"}) fs::remove(ledger.string() + end);
  fs::copy_file(backup, ledger);
  net.restart_site();
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingRunApproval);
  ASSERT_THAT(net.exchange(), Succeeds());
  EXPECT_EQ(net.at_site(hash), RequestState::kScheduled)
      << "the approval was given; it is not asked for again";
}

TEST(SiteLink, MessagesTravelByFileWhereThereIsNoLine) {
  ConsoleNetwork net;
  const std::string hash = ready_to_send(net);
  ASSERT_THAT(net.agent->work(), Succeeds());
  const fs::path file = net.scratch.path() / "to-center.bundle";
  const Result<MailboxContents> contents = export_mailbox(*net.agent, file);
  ASSERT_THAT(contents, Succeeds());
  EXPECT_GT(contents->chunks, 0U);
  for (int times = 0; times < 2; ++times) {  // twice is once
    const Result<Bundle> bundle = read_bundle(file, net.center->chunks());
    ASSERT_THAT(bundle, Succeeds());
    ASSERT_THAT(net.center->take_outbox(kConsoleSite, bundle->documents, 0, ""), Succeeds());
  }
  ASSERT_THAT(net.center->work(), Succeeds());
  EXPECT_EQ(net.at_center(hash), RequestState::kDelivered);
  Bundle back{.from = "center", .to = kConsoleSite, .documents = {}, .chunks = {}};
  back.documents = net.center->look([](const CenterCore& core) {
    return core.find_site(kConsoleSite)->mailbox.after(0, std::size_t{1} << 24U);
  });
  const fs::path answer = net.scratch.path() / "to-site.bundle";
  ASSERT_THAT(write_bundle(answer, back, net.center->chunks()), Succeeds());
  ASSERT_THAT(import_mailbox(*net.agent, answer), Succeeds());
  EXPECT_EQ(net.at_site(hash), RequestState::kDelivered);
  EXPECT_EQ(export_mailbox(*net.agent, file)->messages, 0U) << "the receipt shows what the center has";
  back.to = "elsewhere";
  ASSERT_THAT(write_bundle(answer, back, net.center->chunks()), Succeeds());
  EXPECT_THAT(import_mailbox(*net.agent, answer), FailsWith(ErrorCode::kInvalidInput));
}

// --- S25: whoever can write into the ledger's file, hash chain and all, starts nothing.

/// Appends entries with a right hash chain, as somebody with the file could.
void forge(const ConsoleNetwork& net, const std::vector<Record>& records) {
  Result<Log> log = Log::open(net.agent->folder().ledger());
  ASSERT_THAT(log, Succeeds());
  std::vector<NewEntry> entries;
  for (const Record& record : records)
    entries.push_back({.at_ms = 1, .kind = record.kind, .actor = record.actor, .body = record.body});
  ASSERT_THAT(log->append(entries), Succeeds());
}

void expect_nothing_starts(ConsoleNetwork& net) {
  EXPECT_FALSE(net.agent->work().ok());
  EXPECT_TRUE(fs::is_empty(net.agent->folder().dir / "packages"));
  EXPECT_TRUE(fs::is_empty(net.agent->folder().chunks()));
  const Result<Site> site = open_site(net.site_dir());
  EXPECT_FALSE(SiteAgent::open(*site).ok()) << "nor after a restart";
}

Envelope forged_message(const ConsoleNetwork& net, const std::string& hash, const SigningKey& person,
                        const SigningKey& sender) {
  Envelope decision = to_envelope(Decision{.stage = Stage::kRun,
                                           .site = kConsoleSite,
                                           .request_hash = hash,
                                           .subject_hash = hash,
                                           .snapshot = net.agent->snapshot(),
                                           .verdict = Verdict::kApprove,
                                           .reason = {},
                                           .person = "sato",
                                           .at_ms = 1});
  sign(decision, std::string(kApproverRole), person);
  return net.agent->look([&](const SiteCore& core) { return core.sent().draft(decision, sender); });
}

TEST(ForgedLedger, AnApprovalWithoutThePersonsKeyStartsNothingEvenUnderTheSitesOwnKey) {
  ConsoleNetwork net;
  const std::string hash = net.ask(1);
  const std::string own = net.agent->look([](const SiteCore& core) { return core.own_key(); });
  const SigningKey site_key = *read_signing_key(net.agent->folder().signing_key(own));
  forge(net, {record_of("sent", "sato", forged_message(net, hash, SigningKey::generate(), site_key))});
  expect_nothing_starts(net);
}

TEST(ForgedLedger, AMessageThatTheSiteDidNotSignStartsNothing) {
  ConsoleNetwork net;
  const std::string hash = net.ask(1);
  const SigningKey stranger = SigningKey::generate();
  forge(net, {record_of("sent", "sato", forged_message(net, hash, stranger, stranger))});
  expect_nothing_starts(net);
}

TEST(ForgedLedger, ARunThatNobodyApprovedIsNotTakenUp) {
  ConsoleNetwork net;
  const std::string hash = net.ask(1);
  forge(net,
        {{.kind = "run_started",
          .actor = "program",
          .body = to_cbor({{"request_hash", hash}, {"token", 1}, {"snapshot", net.agent->snapshot()}})}});
  (void)net.agent->work().ok();
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingRunApproval);
  EXPECT_TRUE(fs::is_empty(net.agent->folder().dir / "packages"));
}

}  // namespace
}  // namespace mimamori
