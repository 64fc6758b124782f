#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "exchange/testing_parties.h"
#include "transfer/cbor.h"

namespace mimamori {
namespace {

/// Brings a request to the point where ② is awaited; the package's hash.
std::string run_to_package(Network& net, const std::string& hash) {
  commit(net.site, net.site_log,
         net.site.decide(net.decision(net.sato, Stage::kRun, hash, hash), net.site_key));
  commit(net.site, net.site_log, net.site.start_run(hash, net.snapshot, net.now_ms, net.site_key));
  const std::int64_t token = net.site.find(hash)->run_token;
  commit(net.site, net.site_log,
         net.site.finish_run(hash, token, net.manifest(hash), net.now_ms, net.site_key));
  net.deliver();
  return net.manifest(hash).hash();
}

TEST(Exchange, ARequestGoesFromItsAuthorToAReceipt) {
  Network net;
  const std::string hash = net.ask(net.request());
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingRunApproval);
  EXPECT_EQ(net.at_center(hash), RequestState::kAwaitingRunApproval);
  const std::string package = run_to_package(net, hash);
  EXPECT_EQ(net.at_center(hash), RequestState::kAwaitingSendApproval);
  commit(net.site, net.site_log,
         net.site.decide(net.decision(net.suzuki, Stage::kSend, hash, package), net.site_key));
  EXPECT_EQ(net.at_site(hash), RequestState::kApprovedToSend);
  commit(net.site, net.site_log, net.site.announce(hash, net.sealed(package), net.now_ms, net.site_key));
  net.deliver();
  EXPECT_EQ(net.at_center(hash), RequestState::kSending);
  EXPECT_TRUE(net.center.awaits_chunk("kiri-chuo", std::string(64, 'f')));
  EXPECT_FALSE(net.center.awaits_chunk("kiri-chuo", std::string(64, 'a')));
  commit(net.center, net.center_log,
         net.center.accept_package("kiri-chuo", hash, net.manifest(hash), net.now_ms, net.center_keys()));
  net.deliver();
  EXPECT_EQ(net.at_center(hash), RequestState::kDelivered);
  EXPECT_EQ(net.at_site(hash), RequestState::kDelivered);
  EXPECT_FALSE(net.center.awaits_chunk("kiri-chuo", std::string(64, 'f')));
  EXPECT_TRUE(net.site.alarms().empty());
  EXPECT_TRUE(net.center.find_site("kiri-chuo")->alarms.empty());
  commit(net.center, net.center_log,
         net.center.integrate(hash, {"kiri-chuo"}, std::string(64, '0'), "yamada", 5));
}

TEST(Exchange, TheLogAloneGivesTheSameState) {
  Network net;
  const std::string hash = net.ask(net.request());
  run_to_package(net, hash);
  SiteCore site("kiri-chuo", net.site_key.public_key(), net.center_key.public_key());
  for (const Record& record : net.site_log) ASSERT_THAT(site.apply(record), Succeeds());
  EXPECT_EQ(site.find(hash)->progress.state, RequestState::kAwaitingSendApproval);
  EXPECT_EQ(site.sent().hash_at(site.sent().size()), net.site.sent().hash_at(net.site.sent().size()));
  CenterCore center(net.center_key.public_key());
  for (const Record& record : net.center_log) ASSERT_THAT(center.apply(record), Succeeds());
  EXPECT_EQ(center.find(hash)->parts.at("kiri-chuo").progress.state, RequestState::kAwaitingSendApproval);
}

TEST(Exchange, ARefusalEndsTheRequestAndItsReasonReachesTheAuthor) {
  Network net;
  const std::string hash = net.ask(net.request());
  commit(net.site, net.site_log,
         net.site.decide(net.decision(net.sato, Stage::kRun, hash, hash, Verdict::kRefuse), net.site_key));
  net.deliver();
  EXPECT_EQ(net.at_center(hash), RequestState::kRunRefused);
  EXPECT_EQ(net.center.find(hash)->parts.at("kiri-chuo").progress.reason, "not now");
  EXPECT_THAT(net.site.start_run(hash, net.snapshot, net.now_ms, net.site_key),
              FailsWith(ErrorCode::kConflict));
}

TEST(Exchange, TwoPersonsMustApproveWhereTheSiteSaysSo) {
  Network net;
  net.set_roster(2, 1, true);
  const std::string hash = net.ask(net.request());
  commit(net.site, net.site_log,
         net.site.decide(net.decision(net.sato, Stage::kRun, hash, hash), net.site_key));
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingRunApproval);
  commit(net.site, net.site_log,
         net.site.decide(net.decision(net.sato, Stage::kRun, hash, hash), net.site_key));
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingRunApproval) << "the same person twice is one person";
  commit(net.site, net.site_log,
         net.site.decide(net.decision(net.suzuki, Stage::kRun, hash, hash), net.site_key));
  EXPECT_EQ(net.at_site(hash), RequestState::kScheduled);
  commit(net.site, net.site_log, net.site.start_run(hash, net.snapshot, net.now_ms, net.site_key));
  commit(net.site, net.site_log, net.site.finish_run(hash, 1, net.manifest(hash), net.now_ms, net.site_key));
  EXPECT_THAT(
      net.site.decide(net.decision(net.sato, Stage::kSend, hash, net.manifest(hash).hash()), net.site_key),
      FailsWith(ErrorCode::kPermissionDenied));
}

TEST(Exchange, NewDataVoidTheApprovalOfARunThatHasNotBegun) {
  Network net;
  const std::string hash = net.ask(net.request());
  commit(net.site, net.site_log,
         net.site.decide(net.decision(net.sato, Stage::kRun, hash, hash), net.site_key));
  commit(net.site, net.site_log, net.site.start_run(hash, std::string(64, '2'), net.now_ms, net.site_key));
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingRunApproval);
  EXPECT_EQ(net.site.find(hash)->run_token, 0);
  net.deliver();
  EXPECT_EQ(net.center.find(hash)->parts.at("kiri-chuo").progress.reason, "data_changed");
}

TEST(Exchange, ACancelledOrReplacedRequestEnds) {
  Network net;
  const std::string first = net.ask(net.request("R-1"));
  StudyRequest second = net.request("R-2");
  second.supersedes = first;
  const std::string hash = net.ask(second);
  EXPECT_EQ(net.at_center(first), RequestState::kSuperseded);
  commit(net.center, net.center_log,
         net.center.cancel(hash, "plan changed", "yamada", 3000, net.center_keys()));
  net.deliver();
  EXPECT_EQ(net.at_center(hash), RequestState::kCancelled);
  EXPECT_THAT(net.site.decide(net.decision(net.sato, Stage::kRun, hash, hash), net.site_key),
              FailsWith(ErrorCode::kConflict));
}

TEST(Exchange, ARequestThatNobodyDecidesExpires) {
  Network net;
  const std::string hash = net.ask(net.request());
  net.now_ms = 1'000'001;
  net.deliver();
  EXPECT_EQ(net.at_center(hash), RequestState::kExpired);
}

TEST(Exchange, AResultOfAnOlderRunIsNotTaken) {
  Network net;
  const std::string hash = net.ask(net.request());
  commit(net.site, net.site_log,
         net.site.decide(net.decision(net.sato, Stage::kRun, hash, hash), net.site_key));
  commit(net.site, net.site_log, net.site.start_run(hash, net.snapshot, net.now_ms, net.site_key));
  commit(net.site, net.site_log,
         net.site.start_run(hash, net.snapshot, net.now_ms, net.site_key));  // after a crash
  EXPECT_THAT(net.site.finish_run(hash, 1, net.manifest(hash), net.now_ms, net.site_key),
              FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(net.site.finish_run(hash, 2, net.manifest(hash), net.now_ms, net.site_key), Succeeds());
}

TEST(Exchange, KeysChangeWithoutABreak) {
  Network net;
  const std::string hash = net.ask(net.request());
  const SigningKey new_site = SigningKey::generate();
  commit(net.site, net.site_log, net.site.change_key(new_site, "operator", net.site_key));
  net.site_key = new_site;
  const SigningKey new_center = SigningKey::generate();
  commit(net.center, net.center_log, net.center.change_key(new_center, "operator", net.center_keys()));
  net.center_key = new_center;
  net.deliver();
  run_to_package(net, hash);
  EXPECT_EQ(net.at_center(hash), RequestState::kAwaitingSendApproval);
  EXPECT_EQ(net.at_site(net.ask(net.request("R-2"))), RequestState::kAwaitingRunApproval);
}

TEST(Exchange, ARestoredCenterGetsItsMessagesBackFromTheSite) {
  Network net;
  const std::vector<Record> yesterday = net.center_log;
  const std::string hash = net.ask(net.request());
  net.center = CenterCore(net.center_key.public_key());
  for (const Record& record : yesterday) ASSERT_THAT(net.center.apply(record), Succeeds());
  // Since the restore the center has asked something else, under the number that the lost request had.
  commit(net.center, net.center_log, net.center.submit(net.request("R-9", "study: b"), net.center_keys()));
  const CenterSite& there = *net.center.find_site("kiri-chuo");
  const PollAnswer answer = net.center.poll(there, 1, net.site.received().hash_at(1), 1 << 20);
  EXPECT_FALSE(answer.knows_cursor);
  commit(net.center, net.center_log,
         net.center.adopt("kiri-chuo", net.site.received().after(0, 1 << 20), net.center_keys()));
  net.deliver();
  EXPECT_EQ(net.at_center(hash), RequestState::kAwaitingRunApproval);
  EXPECT_EQ(net.at_center(net.center.find_by_id("R-9")->hash), RequestState::kAwaitingRunApproval);
}

TEST(Exchange, ARestoredSiteGetsItsMessagesBackAndTheFirstDecisionStands) {
  Network net;
  const std::string hash = net.ask(net.request());
  const std::vector<Record> yesterday = net.site_log;
  commit(net.site, net.site_log,
         net.site.decide(net.decision(net.sato, Stage::kRun, hash, hash, Verdict::kRefuse), net.site_key));
  net.deliver();
  net.site = SiteCore("kiri-chuo", net.site_key.public_key(), net.center_key.public_key());
  for (const Record& record : yesterday) ASSERT_THAT(net.site.apply(record), Succeeds());
  commit(net.site, net.site_log,
         net.site.decide(net.decision(net.suzuki, Stage::kRun, hash, hash), net.site_key));
  EXPECT_EQ(net.at_site(hash), RequestState::kScheduled);
  const Line& known = net.center.find_site("kiri-chuo")->inbox;
  commit(net.site, net.site_log, net.site.adopt(known.after(0, 1 << 20), net.site_keys()));
  EXPECT_EQ(net.at_site(hash), RequestState::kRunRefused);
  net.deliver();
  EXPECT_EQ(net.at_center(hash), RequestState::kRunRefused);
}

TEST(Exchange, TheCenterKnowsWhatTheSiteHoldsAndIsToldOnlyOfChanges) {
  Network net;
  Holdings holdings{.site = "kiri-chuo", .hospitals = 2, .loaded_ms = 1500, .data_until = "2024-03-31"};
  commit(net.site, net.site_log, net.site.tell_holdings(holdings, net.site_key));
  EXPECT_TRUE(net.site.tell_holdings(holdings, net.site_key)->empty()) << "told already";
  net.deliver();
  EXPECT_EQ(net.center.find_site("kiri-chuo")->holdings, holdings);
  holdings.loaded_ms = 1600;
  holdings.data_until = "2024-04-01";
  commit(net.site, net.site_log, net.site.tell_holdings(holdings, net.site_key));
  net.deliver();
  EXPECT_EQ(net.center.find_site("kiri-chuo")->holdings, holdings);
  SiteCore again("kiri-chuo", net.site_key.public_key(), net.center_key.public_key());
  for (const Record& record : net.site_log) ASSERT_THAT(again.apply(record), Succeeds());
  EXPECT_EQ(again.holdings(), holdings);
}

TEST(Exchange, HoldingsAreATimeWithADayOrNeitherAndOfTheSiteItself) {
  Network net;
  const auto tell = [&](const Holdings& holdings) { return net.site.tell_holdings(holdings, net.site_key); };
  EXPECT_THAT(tell({.site = "kiri-chuo", .hospitals = 1, .loaded_ms = 0, .data_until = ""}), Succeeds());
  EXPECT_THAT(tell({.site = "minato", .hospitals = 1, .loaded_ms = 0, .data_until = ""}),
              FailsWith(ErrorCode::kInvalidInput));
  for (const Holdings& wrong :
       {Holdings{.site = "kiri-chuo", .hospitals = 0, .loaded_ms = 1, .data_until = "2024-03-31"},
        Holdings{.site = "kiri-chuo", .hospitals = 1, .loaded_ms = 0, .data_until = "2024-03-31"},
        Holdings{.site = "kiri-chuo", .hospitals = 1, .loaded_ms = 1, .data_until = ""},
        Holdings{.site = "kiri-chuo", .hospitals = 1, .loaded_ms = -1, .data_until = ""},
        Holdings{.site = "kiri-chuo", .hospitals = 1, .loaded_ms = 1, .data_until = "2024-02-30"}}) {
    EXPECT_THAT(tell(wrong), FailsWith(ErrorCode::kInvalidInput)) << wrong.data_until;
    // Nor is it taken from a site that says it all the same.
    const std::size_t alarms = net.center.find_site("kiri-chuo")->alarms.size();
    commit(net.center, net.center_log,
           net.receive(net.center.find_site("kiri-chuo")->inbox.draft(to_envelope(wrong), net.site_key)));
    EXPECT_EQ(net.center.find_site("kiri-chuo")->alarms.size(), alarms + 1);
  }
  EXPECT_FALSE(net.center.find_site("kiri-chuo")->holdings.has_value());
}

// --- Attacks of the threat model (federation reference, section 4.5)

TEST(AttackS1, MessagesOfForgedAndRevokedSitesAreRefused) {
  Network net;
  const std::string hash = net.ask(net.request());
  const Envelope content = to_envelope(
      SiteStatus{.request_hash = hash, .state = "cancelled", .package_hash = {}, .reason = {}, .at_ms = 1});
  const SigningKey other = SigningKey::generate();
  EXPECT_THAT(net.receive(net.site.sent().draft(content, other)), FailsWith(ErrorCode::kPermissionDenied));
  EXPECT_THAT(net.receive(net.site.sent().draft(content, net.site_key), "minato"),
              FailsWith(ErrorCode::kPermissionDenied));
  commit(net.center, net.center_log,
         net.center.end_membership("kiri-chuo", Membership::kRevoked, "key stolen", "operator"));
  EXPECT_THAT(net.receive(net.site.sent().draft(content, net.site_key)),
              FailsWith(ErrorCode::kPermissionDenied));
}

TEST(AttackS2, AReplayedMessageHasNoEffect) {
  Network net;
  net.ask(net.request());
  for (std::int64_t seq = 1; seq <= net.site.sent().size(); ++seq) {
    const Result<Records> again = net.receive(net.site.sent().at(seq));
    ASSERT_THAT(again, Succeeds());
    EXPECT_TRUE(again->empty());
  }
}

TEST(AttackS2, AnotherMessageUnderAUsedNumberIsAnEquivocation) {
  Network net;
  net.ask(net.request());
  Line forked("kiri-chuo", "center");
  const Envelope other = forked.draft(to_envelope(Roster{.site = "kiri-chuo", .staff = {}}), net.site_key);
  EXPECT_THAT(net.receive(other), FailsWith(ErrorCode::kConflict));
}

TEST(AttackS3, AMessageIsGoodForItsDirectionOnly) {
  Network net;
  net.ask(net.request());
  EXPECT_THAT(net.site.receive(net.site.sent().at(1)), FailsWith(ErrorCode::kPermissionDenied));
  SiteCore other("minato", net.site_key.public_key(), net.center_key.public_key());
  EXPECT_THAT(other.receive(net.site.received().at(1)), FailsWith(ErrorCode::kPermissionDenied));
}

TEST(AttackS4, MessagesOutOfOrderWait) {
  Network net;
  commit(net.center, net.center_log, net.center.submit(net.request("R-1"), net.center_keys()));
  commit(net.center, net.center_log, net.center.submit(net.request("R-2"), net.center_keys()));
  const Line& mailbox = net.center.find_site("kiri-chuo")->mailbox;
  EXPECT_THAT(net.site.receive(mailbox.at(2)), FailsWith(ErrorCode::kConflict));
  commit(net.site, net.site_log, net.site.receive(mailbox.at(1)));
  commit(net.site, net.site_log, net.site.receive(mailbox.at(2)));
}

TEST(AttackS24, ASignatureIsGoodForItsHashOnly) {
  Network net;
  const std::string first = net.ask(net.request("R-1"));
  const std::string second = net.ask(net.request("R-2"));
  // ① of one request under another's name: the signature covers the hash, so the bytes must change.
  const Envelope good = net.decision(net.sato, Stage::kRun, first, first);
  Envelope moved = net.decision(net.sato, Stage::kRun, second, second);
  moved.signatures = good.signatures;
  EXPECT_THAT(net.site.decide(moved, net.site_key), FailsWith(ErrorCode::kPermissionDenied));
  EXPECT_THAT(net.site.decide(net.decision(net.sato, Stage::kRun, second, first), net.site_key),
              FailsWith(ErrorCode::kConflict));
  // ② over another package than the one that waits.
  const std::string package = run_to_package(net, first);
  EXPECT_THAT(
      net.site.decide(net.decision(net.sato, Stage::kSend, first, std::string(64, 'a')), net.site_key),
      FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(net.site.decide(good, net.site_key), FailsWith(ErrorCode::kConflict))
      << "① again, in place of ②";
  // Sending what was not approved.
  EXPECT_THAT(net.site.announce(first, net.sealed(package), net.now_ms, net.site_key),
              FailsWith(ErrorCode::kConflict));
  commit(net.site, net.site_log,
         net.site.decide(net.decision(net.sato, Stage::kSend, first, package), net.site_key));
  EXPECT_THAT(net.site.announce(first, net.sealed(std::string(64, 'a')), net.now_ms, net.site_key),
              FailsWith(ErrorCode::kConflict));
}

TEST(AttackS25, NoKeyOfTheCenterMakesAnApproval) {
  Network net;
  const std::string hash = net.ask(net.request());
  Envelope forged = to_envelope(Decision{.stage = Stage::kRun,
                                         .site = "kiri-chuo",
                                         .request_hash = hash,
                                         .subject_hash = hash,
                                         .snapshot = net.snapshot,
                                         .verdict = Verdict::kApprove,
                                         .reason = {},
                                         .person = "sato",
                                         .at_ms = 1});
  sign(forged, std::string(kApproverRole), net.center_key);
  EXPECT_THAT(net.site.decide(forged, net.site_key), FailsWith(ErrorCode::kPermissionDenied));
  // Sent to the site as a message of the center: an alarm, and no effect.
  const Line& mailbox = net.center.find_site("kiri-chuo")->mailbox;
  commit(net.site, net.site_log, net.site.receive(mailbox.draft(forged, net.center_key)));
  EXPECT_EQ(net.at_site(hash), RequestState::kAwaitingRunApproval);
  EXPECT_EQ(net.site.alarms().size(), 1U);
}

TEST(AttackS25, AStateWrittenIntoTheDatabaseDoesNotExist) {
  Network net;
  const std::string hash = net.ask(net.request());
  const auto read_again = [&](const Record& forged) {
    SiteCore site("kiri-chuo", net.site_key.public_key(), net.center_key.public_key());
    for (const Record& record : net.site_log) EXPECT_THAT(site.apply(record), Succeeds());
    return site.apply(forged);
  };
  // A message of the site about an approval, without the site's key.
  const SigningKey other = SigningKey::generate();
  const Envelope decision = net.decision(net.sato, Stage::kRun, hash, hash);
  EXPECT_THAT(read_again(record_of("sent", "sato", net.site.sent().draft(decision, other))),
              FailsWith(ErrorCode::kPermissionDenied));
  // With the site's key, but not a person's: someone who owns the server still lacks the password.
  Envelope unsigned_decision = decision;
  unsigned_decision.signatures.clear();
  EXPECT_THAT(read_again(record_of("sent", "sato", net.site.sent().draft(unsigned_decision, net.site_key))),
              FailsWith(ErrorCode::kPermissionDenied));
  // Straight to "scheduled".
  const Envelope status = to_envelope(
      SiteStatus{.request_hash = hash, .state = "scheduled", .package_hash = {}, .reason = {}, .at_ms = 1});
  EXPECT_THAT(read_again(record_of("sent", "x", net.site.sent().draft(status, net.site_key))),
              FailsWith(ErrorCode::kConflict));
}

TEST(AttackS25, ACenterDoesNotBelieveASiteWithoutItsStaff) {
  Network net;
  const std::string hash = net.ask(net.request());
  // A site whose server was taken over says that it delivers.
  const Envelope delivery =
      to_envelope(Delivery{.request_hash = hash, .sealed = net.sealed(std::string(64, 'a')), .at_ms = 1});
  commit(net.center, net.center_log, net.receive(net.site.sent().draft(delivery, net.site_key)));
  EXPECT_EQ(net.at_center(hash), RequestState::kAwaitingRunApproval);
  EXPECT_EQ(net.center.find_site("kiri-chuo")->alarms.size(), 1U);
  EXPECT_FALSE(net.center.awaits_chunk("kiri-chuo", std::string(64, 'f')));
}

// --- S41: the site's signing key is stolen.

/// Delivers a request's package; the center keeps it.
void deliver_package(Network& net, const std::string& hash) {
  const std::string package = run_to_package(net, hash);
  commit(net.site, net.site_log,
         net.site.decide(net.decision(net.suzuki, Stage::kSend, hash, package), net.site_key));
  commit(net.site, net.site_log, net.site.announce(hash, net.sealed(package), net.now_ms, net.site_key));
  net.deliver();
  commit(net.center, net.center_log,
         net.center.accept_package("kiri-chuo", hash, net.manifest(hash), net.now_ms, net.center_keys()));
  net.deliver();
}

TEST(AttackS41, WhatAThiefSaidIsForgottenAndWhatWasDeliveredStays) {
  Network net;
  const PublicKeyHex old_key = net.site_key.public_key();
  const std::string delivered = net.ask(net.request("R-1"));
  deliver_package(net, delivered);
  const std::string open = net.ask(net.request("R-2"));
  // The thief names staff of its own, who approve: the center cannot know better yet.
  const auto steal = [&](const Envelope& content) {
    return net.receive(net.center.find_site("kiri-chuo")->inbox.draft(content, net.site_key));
  };
  const Person thief{.login = "thief"};
  commit(
      net.center, net.center_log,
      steal(to_envelope(Roster{.site = "kiri-chuo",
                               .staff = {{.person = "thief", .name = "T", .key = thief.key.public_key()}}})));
  commit(net.center, net.center_log, steal(net.decision(thief, Stage::kRun, open, open)));
  ASSERT_EQ(net.at_center(open), RequestState::kScheduled);
  // Meanwhile at the hospital, not sent yet.
  commit(net.site, net.site_log,
         net.site.decide(net.decision(net.sato, Stage::kRun, open, open, Verdict::kHold), net.site_key));
  commit(net.center, net.center_log,
         net.center.end_membership("kiri-chuo", Membership::kRevoked, "key stolen", "operator"));
  EXPECT_THAT(steal(net.decision(thief, Stage::kRun, open, open)), FailsWith(ErrorCode::kPermissionDenied));

  const SigningKey fresh = SigningKey::generate();
  commit(net.center, net.center_log,
         net.center.replace_site_key("kiri-chuo", fresh.public_key(), net.site.sent().end(200), "operator"));
  const CenterSite& there = *net.center.find_site("kiri-chuo");
  EXPECT_EQ(there.membership, Membership::kActive);
  EXPECT_EQ(net.at_center(open), RequestState::kAwaitingRunApproval) << "the thief's approval is void";
  EXPECT_EQ(there.roster.staff.size(), 2U);
  EXPECT_EQ(net.at_center(delivered), RequestState::kDelivered);
  EXPECT_THAT(steal(net.decision(thief, Stage::kRun, open, open)), FailsWith(ErrorCode::kPermissionDenied))
      << "the old key is worth nothing";
  commit(net.site, net.site_log, net.site.replace_key(fresh, there.inbox.size(), "operator"));
  net.site_key = fresh;
  net.deliver();
  EXPECT_EQ(there.inbox.hash_at(there.inbox.size()), net.site.sent().hash_at(net.site.sent().size()));
  ASSERT_EQ(net.center.find(open)->parts.at("kiri-chuo").progress.run_decisions.size(), 1U);
  EXPECT_EQ(net.center.find(open)->parts.at("kiri-chuo").progress.run_decisions[0].person, "sato");
  deliver_package(net, open);
  EXPECT_EQ(net.at_center(open), RequestState::kDelivered);
  EXPECT_TRUE(there.alarms.empty());

  // Both logs, read from the start, verify every signature against the key of its time.
  SiteCore site("kiri-chuo", old_key, net.center_key.public_key());
  for (const Record& record : net.site_log) ASSERT_THAT(site.apply(record), Succeeds());
  EXPECT_EQ(site.own_key(), fresh.public_key());
  CenterCore center(net.center_key.public_key());
  for (const Record& record : net.center_log) ASSERT_THAT(center.apply(record), Succeeds());
  EXPECT_EQ(center.find(open)->parts.at("kiri-chuo").progress.state, RequestState::kDelivered);
}

TEST(AttackS41, AKeyIsReplacedOnlyForASiteThatStillHasItsLedger) {
  Network net;
  net.ask(net.request());
  const SigningKey fresh = SigningKey::generate();
  EXPECT_THAT(net.center.replace_site_key("kiri-chuo", fresh.public_key(), {}, "operator"),
              FailsWith(ErrorCode::kConflict));
  LineEnd other = net.site.sent().end(200);
  for (std::string& hash : other.last_hashes) hash = std::string(64, 'a');
  EXPECT_THAT(net.center.replace_site_key("kiri-chuo", fresh.public_key(), other, "operator"),
              FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(net.center.replace_site_key("minato", fresh.public_key(), {}, "operator"),
              FailsWith(ErrorCode::kNotFound));
}

}  // namespace
}  // namespace mimamori
