// S41: the drill for a stolen signing key, over the center's own routes and both ledgers.

#include <gtest/gtest.h>

#include "http/certificate.h"
#include "serve/console/testing_console.h"
#include "serve/network/files.h"
#include "serve/network/ledger_audit.h"

namespace mimamori {
namespace {

TEST(AttackS41, AStolenKeyIsWorthNothingAtOnceAndTheSiteIsBackWithANewOne) {
  ConsoleNetwork net;
  const std::string delivered = net.ask(1);
  net.approve("sato", delivered, Stage::kRun);
  net.settle();
  net.approve("suzuki", delivered, Stage::kSend);
  net.settle();
  ASSERT_EQ(net.at_center(delivered), RequestState::kDelivered);
  const std::string open = net.ask(2);
  const std::string old_certificate = net.center->enrolment_of(kConsoleSite).certificate;
  const std::string old_print = *fingerprint_of(old_certificate);
  ASSERT_THAT(net.center->member_of(old_print), Succeeds());

  ASSERT_THAT(net.center->end_membership(kConsoleSite, Membership::kRevoked, "key stolen", "operator"),
              Succeeds());
  EXPECT_THAT(net.center->member_of(old_print), FailsWith(ErrorCode::kPermissionDenied))
      << "the next poll already";
  EXPECT_FALSE(net.link->push().ok() && *net.link->push());
  EXPECT_EQ(net.portal("operator", "/api/v1/sites/status")["sites"][0]["link"]["kind"], "left");
  EXPECT_EQ(net.at_center(delivered), RequestState::kDelivered) << "R-085: what was delivered stays valid";

  // The hospital enrols again, with its ledger as it is; it approves while it is out of the network.
  net.approve("sato", open, Stage::kRun);
  const SigningKey fresh = SigningKey::generate();
  ASSERT_THAT(write_secret_file(net.agent->folder().signing_key(fresh.public_key()),
                                fresh.to_hex_for_key_file() + "\n"),
              Succeeds());
  const Result<std::string> token = net.center->invite(
      {.site = kConsoleSite, .name_ja = "霧中央病院", .name_en = "Kiri Central", .key = {}}, "operator");
  ASSERT_THAT(token, Succeeds());
  const PrivateKey line_key = std::move(make_private_key()).value();
  EnrolmentRequest request{
      .site = kConsoleSite,
      .token = *token,
      .key = fresh.public_key(),
      .key_proof = {},
      .certificate_request = *make_certificate_request(line_key, kConsoleSite),
      .sent = net.agent->look([](const SiteCore& core) { return core.sent().end(200); })};
  request.key_proof = fresh.sign(enrolment_proof_bytes(request));
  const Result<EnrolmentRequest> travelled = enrolment_request_of(to_wire(request));
  ASSERT_THAT(travelled, Succeeds());
  ASSERT_THAT(net.center->enrol(*travelled), Succeeds());
  ASSERT_THAT(net.center->confirm(kConsoleSite, "operator"), Succeeds());
  const Result<EnrolmentAnswer> answer = net.center->enrolment_state(kConsoleSite, *token);
  ASSERT_THAT(answer, Succeeds());
  ASSERT_EQ(answer->state, "enrolled");
  EXPECT_THAT(net.center->member_of(*fingerprint_of(answer->certificate)), Succeeds());
  EXPECT_THAT(net.center->member_of(old_print), FailsWith(ErrorCode::kPermissionDenied))
      << "the thief's certificate is still in its time, but nobody's";
  ASSERT_THAT(net.agent->replace_key(fresh, answer->keep, "operator"), Succeeds());

  net.settle();
  EXPECT_EQ(net.at_center(open), RequestState::kAwaitingSendApproval);
  net.approve("suzuki", open, Stage::kSend);
  net.settle();
  EXPECT_EQ(net.at_center(open), RequestState::kDelivered);
  EXPECT_EQ(net.at_center(delivered), RequestState::kDelivered);
  // Every signature of both ledgers is verified again, each against the key of its place in the order.
  net.restart_center();
  net.restart_site();
  net.settle();
  EXPECT_EQ(net.at_site(delivered), RequestState::kDelivered);
  const std::vector<std::filesystem::path> witness = {net.agent->folder().ledger()};
  EXPECT_TRUE(audit_ledger(net.center->folder().ledger(), witness)->check.problems.empty());
}

}  // namespace
}  // namespace mimamori
