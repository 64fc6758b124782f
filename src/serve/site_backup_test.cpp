#include "serve/site_backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "base/testing.h"
#include "ledger/log.h"
#include "serve/network/files.h"
#include "serve/site_ingest.h"
#include "serve/site_query.h"
#include "store/site_lock.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

/// A claims file of one patient (reference/claims-dpc.md 5.1, shortened).
constexpr const char* kClaims =
    "IR,1,13,1,9999999,,X,202406,00,\r\n"
    "RE,1,1112,202405,,1,19620415,,,,,,,0000012345,,,,,,,,,,,,,,,,,,,,,,,,\r\n"
    "HO,06999999,,,1,76,,,,,,,,,\r\n"
    "SY,8833421,20230110,1,,,01,\r\n"
    "SI,12,1,112011310,,76,1,,,,,,,,,,,,,1,,,,,,,,,,,,,,,,,,,,,,,,\r\n"
    "GO,1,76,99\r\n";

class SiteBackup : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(init_site(site_.dir), Succeeds());
    fs::create_directories(scratch_.path() / "claims");
    std::ofstream(scratch_.path() / "claims" / "RECEIPTC.UKE", std::ios::binary) << kClaims;
    ASSERT_THAT(ingest_site(site_, {.claims_root = scratch_.path() / "claims"}), Succeeds());
    ASSERT_THAT(make_private_folder(site_.dir / "network"), Succeeds());
  }
  [[nodiscard]] std::string digest_of(const Site& site) const {
    const Result<std::string> digest = digest_site(site);
    EXPECT_THAT(digest, Succeeds());
    return digest.ok() ? *digest : "none";
  }
  ScratchFolder scratch_;
  Site site_{scratch_.path() / "site"};
  fs::path backup_ = scratch_.path() / "backup";
  Site restored_{scratch_.path() / "restored"};
};

TEST_F(SiteBackup, WhatIsRestoredIsTheSiteAlsoWhenItsLedgerWasBeingWritten) {
  Log log = std::move(Log::open(site_.dir / "network" / "ledger.sqlite")).value();
  std::atomic<bool> enough = false;
  std::atomic<std::int64_t> appended = 0;
  std::thread writer([&] {
    while (!enough) {
      const NewEntry entry{.at_ms = 1, .kind = "test.entry", .actor = "a", .body = "b"};
      ASSERT_THAT(log.append(std::span(&entry, 1)), Succeeds());
      ++appended;
    }
  });
  while (appended < 3) std::this_thread::yield();
  const Result<BackupSummary> summary = back_up_site(site_, backup_);
  enough = true;
  writer.join();
  ASSERT_THAT(summary, Succeeds());
  EXPECT_GE(summary->files, 4) << "key, two layers, ledger";

  ASSERT_THAT(restore_site(backup_, restored_.dir), Succeeds());
  EXPECT_FALSE(fs::exists(restored_.dir / "lock")) << "a lock is no part of a site";
  EXPECT_EQ(digest_of(restored_), digest_of(site_));
  const Result<Log> ledger = Log::open(restored_.dir / "network" / "ledger.sqlite");
  ASSERT_THAT(ledger, Succeeds()) << "its chain is whole";
  EXPECT_GE(ledger->head().seq, 3);
  const auto may_read = fs::status(restored_.key()).permissions();
  EXPECT_EQ(may_read & (fs::perms::group_all | fs::perms::others_all), fs::perms::none);

  const Result<IngestSummary> again = ingest_site(restored_, {.claims_root = scratch_.path() / "claims"});
  ASSERT_THAT(again, Succeeds());
  EXPECT_FALSE(again->edited_changed) << "what was received is known";
}

TEST_F(SiteBackup, ABackupThatWasChangedIsNotRestored) {
  ASSERT_THAT(back_up_site(site_, backup_), Succeeds());
  std::fstream file(backup_ / "received.duckdb", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(20'000);
  file.put('\x7f');
  file.close();
  const Result<BackupSummary> restored = restore_site(backup_, restored_.dir);
  ASSERT_THAT(restored, FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(restored.error().sentence, testing::HasSubstr("received.duckdb"));
  EXPECT_FALSE(fs::exists(restored_.dir));
}

TEST_F(SiteBackup, NothingIsOverwritten) {
  ASSERT_THAT(back_up_site(site_, backup_), Succeeds());
  EXPECT_THAT(back_up_site(site_, backup_), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(restore_site(backup_, site_.dir), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(restore_site(scratch_.path() / "claims", restored_.dir), FailsWith(ErrorCode::kNotFound));
}

TEST_F(SiteBackup, AListThatLeadsOutOfTheFolderIsRefused) {
  ASSERT_THAT(back_up_site(site_, backup_), Succeeds());
  std::ofstream(backup_ / "backup.json")
      << R"({"format": "mimamori site backup", "version": 1, "files": [{"path": "../x", "size_bytes": 0, "sha256": ""}]})";
  EXPECT_THAT(restore_site(backup_, restored_.dir), FailsWith(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace mimamori
