// Log tampering seen by the other party's ledger: attack S26.

#include "serve/network/ledger_audit.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/testing.h"
#include "exchange/center_core.h"
#include "transfer/cbor.h"

namespace mimamori {
namespace {

using Files = std::vector<std::filesystem::path>;

void append(const std::filesystem::path& ledger, const std::string& kind, const std::string& actor,
            const std::string& body) {
  Result<Log> log = Log::open(ledger);
  ASSERT_THAT(log, Succeeds());
  const std::vector<NewEntry> entry = {{.at_ms = 1, .kind = kind, .actor = actor, .body = body}};
  ASSERT_THAT(log->append(entry), Succeeds());
}

std::string head_body(const Head& head) { return to_cbor({{"seq", head.seq}, {"hash", head.hash}}); }

/// A site's ledger with its first message and some more, and a center's that has noted its head.
class LedgerAuditTest : public testing::Test {
 protected:
  LedgerAuditTest() {
    write_site(site, 5);
    append(center, "witness.site_head", "kiri", head_body(Log::open(site)->head()));
    append(center, "witness.site_head", "misaki", head_body({.seq = 3, .hash = std::string(64, 'a')}));
  }

  void write_site(const std::filesystem::path& file, int entries) const {
    Line line("kiri", std::string(kCenterName));
    const Envelope message = line.draft(to_envelope(Roster{.site = "kiri", .staff = {}}), key);
    const Record sent = record_of("sent", "program", message);
    append(file, sent.kind, sent.actor, sent.body);
    for (int i = 1; i < entries; ++i) append(file, "note.made", "suzuki", to_cbor({{"n", i}}));
  }

  ScratchFolder scratch;
  SigningKey key = SigningKey::generate();
  std::filesystem::path site = scratch.path() / "site.sqlite";
  std::filesystem::path center = scratch.path() / "center.sqlite";
};

TEST_F(LedgerAuditTest, AgreesWithTheHeadsThatTheOtherPartyNotedOfThisOne) {
  const Result<LedgerAudit> audit = audit_ledger(site, Files{center});
  ASSERT_THAT(audit, Succeeds());
  EXPECT_EQ(audit->party, "kiri");
  EXPECT_TRUE(audit->check.problems.empty());
  EXPECT_EQ(audit->witness_heads, 1U);  // not the one of another site
  EXPECT_EQ(audit->check.head.seq, 5);
}

TEST_F(LedgerAuditTest, SeesATailThatWasCutOffOnlyWithAWitness) {
  const auto shorter = scratch.path() / "shorter.sqlite";
  write_site(shorter, 4);
  EXPECT_TRUE(audit_ledger(shorter, {})->check.problems.empty());
  const Result<LedgerAudit> audit = audit_ledger(shorter, Files{center});
  ASSERT_THAT(audit, Succeeds());
  ASSERT_EQ(audit->check.problems.size(), 1U);
  EXPECT_EQ(audit->check.problems[0].kind, LogProblem::Kind::kTruncated);
}

TEST_F(LedgerAuditTest, SeesALedgerThatWasWrittenAnew) {
  const auto anew = scratch.path() / "anew.sqlite";
  write_site(anew, 3);
  append(anew, "note.made", "somebody else", to_cbor({{"n", 3}}));
  append(anew, "note.made", "suzuki", to_cbor({{"n", 4}}));
  const Result<LedgerAudit> audit = audit_ledger(anew, Files{center});
  ASSERT_THAT(audit, Succeeds());
  ASSERT_FALSE(audit->check.problems.empty());
  EXPECT_EQ(audit->check.problems[0].kind, LogProblem::Kind::kOtherBranch);
}

TEST_F(LedgerAuditTest, RefusesAWitnessThatSaysNothingOfThisLedger) {
  const auto stranger = scratch.path() / "stranger.sqlite";
  append(stranger, "note.made", "x", to_cbor({{"n", 1}}));
  EXPECT_THAT(audit_ledger(site, Files{stranger}), FailsWith(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace mimamori
