#include "ledger/log.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "base/testing.h"
#include "ledger/limits.h"
#include "ledger/verify_log.h"

namespace mimamori {
namespace {

NewEntry new_entry(std::string kind, std::string body = "body") {
  return {.at_ms = 1'764'000'000'123, .kind = std::move(kind), .actor = "yamada", .body = std::move(body)};
}

std::vector<NewEntry> entries(std::size_t count) {
  std::vector<NewEntry> made;
  for (std::size_t i = 0; i < count; ++i) made.push_back(new_entry("kind-" + std::to_string(i)));
  return made;
}

// The bytes and both sums were computed with Python's struct and hashlib (docs/formats/ledger.md).
TEST(LogHash, IsTheOneOfTheWorkedExample) {
  const Entry first{.seq = 1,
                    .at_ms = 1'764'000'000'123,
                    .kind = "request.submitted",
                    .actor = "山田",
                    .body = std::string("\xa1\x62\x69\x64\x01"),
                    .previous_hash = std::string(64, '0'),
                    .hash = {}};
  EXPECT_EQ(hash_of(first), "5382647ce67748005706517e77c5d6a7588fe909d8de8a9d0171716e744cf784");
  const Entry second{.seq = 2,
                     .at_ms = -1,
                     .kind = "a",
                     .actor = "site-1",
                     .body = {},
                     .previous_hash = hash_of(first),
                     .hash = {}};
  EXPECT_EQ(hash_of(second), "db4e9c4f32ac1c3f9dd3215ae4ffca589c9cbce1f448c92075e5f8598245d8d7");
}

TEST(LogHash, TellsFieldsApartThatJoinToTheSameText) {
  Entry one{.seq = 1, .at_ms = 0, .kind = "ab", .actor = "c", .body = "", .previous_hash = "", .hash = {}};
  Entry other = one;
  other.kind = "a";
  other.actor = "bc";
  EXPECT_NE(hash_of(one), hash_of(other));
}

TEST(Log, StartsEmptyWithAHeadOfZeros) {
  const ScratchFolder folder;
  Log log = std::move(Log::open(folder.path() / "ledger.sqlite")).value();
  EXPECT_EQ(log.head(), (Head{.seq = 0, .hash = std::string(64, '0')}));
  EXPECT_TRUE(log.read(1, 10).value().empty());
}

TEST(Log, GivesBackWhatWasAppendedAfterReopening) {
  const ScratchFolder folder;
  std::vector<Entry> added;
  {
    Log log = std::move(Log::open(folder.path() / "ledger.sqlite")).value();
    const std::vector<NewEntry> wanted = {new_entry("a", std::string("\0\xff", 2)), new_entry("b", "")};
    added = std::move(log.append(wanted)).value();
    ASSERT_EQ(added.size(), 2U);
    EXPECT_EQ(added[0].previous_hash, std::string(64, '0'));
    EXPECT_EQ(added[1].previous_hash, added[0].hash);
    EXPECT_EQ(added[1].hash, hash_of(added[1]));
  }
  Log log = std::move(Log::open(folder.path() / "ledger.sqlite")).value();
  EXPECT_EQ(log.read(1, 10).value(), added);
  EXPECT_EQ(log.head(), (Head{.seq = 2, .hash = added[1].hash}));
  EXPECT_EQ(added[0].body, std::string("\0\xff", 2));
}

TEST(Log, ReadsFromANumberOnAndNoMoreThanAsked) {
  const ScratchFolder folder;
  Log log = std::move(Log::open(folder.path() / "ledger.sqlite")).value();
  ASSERT_THAT(log.append(entries(5)), Succeeds());
  const std::vector<Entry> middle = log.read(3, 2).value();
  ASSERT_EQ(middle.size(), 2U);
  EXPECT_EQ(middle[0].seq, 3);
  EXPECT_EQ(middle[1].seq, 4);
  EXPECT_TRUE(log.read(6, 2).value().empty());
}

TEST(Log, AddsNothingIfOneEntryOfABatchIsRefused) {
  const ScratchFolder folder;
  Log log = std::move(Log::open(folder.path() / "ledger.sqlite")).value();
  std::vector<NewEntry> batch = entries(3);
  batch[2].kind = "Not a kind";
  EXPECT_THAT(log.append(batch), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_EQ(log.head().seq, 0);
  EXPECT_TRUE(log.read(1, 10).value().empty());
}

TEST(Log, RefusesFieldsBeyondTheirLimitsAndTakesThemAtTheLimit) {
  const ScratchFolder folder;
  Log log = std::move(Log::open(folder.path() / "ledger.sqlite")).value();
  const auto append = [&](const NewEntry& entry) { return log.append(std::span(&entry, 1)); };
  NewEntry entry = new_entry(std::string(limits::kEntryKindBytesMax, 'k'));
  entry.actor = std::string(limits::kEntryActorBytesMax, 'a');
  entry.body = std::string(limits::kEntryBodyBytesMax, 'b');
  EXPECT_THAT(append(entry), Succeeds());
  NewEntry longer = entry;
  longer.kind += 'k';
  EXPECT_THAT(append(longer), FailsWith(ErrorCode::kInvalidInput));
  longer = entry;
  longer.actor += 'a';
  EXPECT_THAT(append(longer), FailsWith(ErrorCode::kInvalidInput));
  longer = entry;
  longer.body += 'b';
  EXPECT_THAT(append(longer), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(append(new_entry("")), FailsWith(ErrorCode::kInvalidInput));
  NewEntry nobody = new_entry("a");
  nobody.actor.clear();
  EXPECT_THAT(append(nobody), FailsWith(ErrorCode::kInvalidInput));
  nobody.actor = "two\nlines";
  EXPECT_THAT(append(nobody), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(log.append(entries(limits::kEntriesPerTransactionMax + 1)),
              FailsWith(ErrorCode::kInvalidInput));
  EXPECT_EQ(log.head().seq, 1);
}

TEST(Log, RefusesToGoOnAfterAnotherProcessHasAppended) {
  const ScratchFolder folder;
  const auto path = folder.path() / "ledger.sqlite";
  Log one = std::move(Log::open(path)).value();
  Log other = std::move(Log::open(path)).value();
  ASSERT_THAT(one.append(entries(1)), Succeeds());
  EXPECT_THAT(other.append(entries(1)), FailsWith(ErrorCode::kConflict));
  Log again = std::move(Log::open(path)).value();
  EXPECT_THAT(again.append(entries(1)), Succeeds());
  EXPECT_THAT(verify_log(path).value().problems, testing::IsEmpty());
}

TEST(Log, KeepsOneChainWhenManyThreadsAppend) {
  const ScratchFolder folder;
  const auto path = folder.path() / "ledger.sqlite";
  Log log = std::move(Log::open(path)).value();
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 10; ++j) failures += log.append(entries(2)).ok() ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(log.head().seq, 80);
  EXPECT_THAT(verify_log(path).value().problems, testing::IsEmpty());
}

TEST(Log, IsReadableByItsOwnerOnly) {
  const ScratchFolder folder;
  const auto path = folder.path() / "ledger.sqlite";
  Log log = std::move(Log::open(path)).value();
  ASSERT_THAT(log.append(entries(1)), Succeeds());
  for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
    const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
    EXPECT_EQ(file.status().permissions() & others, std::filesystem::perms::none) << file.path();
  }
}

TEST(Log, DoesNotOpenAFileOfAnotherKind) {
  const ScratchFolder folder;
  const auto path = folder.path() / "ledger.sqlite";
  std::ofstream(path) << std::string(5000, 'x');
  EXPECT_THAT(Log::open(path), FailsWith(ErrorCode::kIo));
  EXPECT_THAT(Log::open(folder.path() / "no such folder" / "ledger.sqlite"), FailsWith(ErrorCode::kIo));
}

TEST(LedgerBackup, OfAnOpenLedgerHoldsAllThatWasAppended) {
  const ScratchFolder folder;
  const auto path = folder.path() / "ledger.sqlite";
  const auto copy = folder.path() / "copy.sqlite";
  Log log = std::move(Log::open(path)).value();
  const std::vector<Entry> added = log.append(entries(3)).value();
  ASSERT_THAT(back_up_ledger(path, copy), Succeeds());
  ASSERT_THAT(log.append(entries(1)), Succeeds());  // the original goes on
  Log restored = std::move(Log::open(copy)).value();
  EXPECT_EQ(restored.read(1, 10).value(), added);
  EXPECT_FALSE(std::filesystem::exists(copy.string() + ".part"));
}

TEST(LedgerBackup, NeverOverwritesAFile) {
  const ScratchFolder folder;
  const auto path = folder.path() / "ledger.sqlite";
  Log log = std::move(Log::open(path)).value();
  std::ofstream(folder.path() / "copy.sqlite") << "mine";
  EXPECT_THAT(back_up_ledger(path, folder.path() / "copy.sqlite"), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(back_up_ledger(folder.path() / "none", folder.path() / "new"), FailsWith(ErrorCode::kNotFound));
}

}  // namespace
}  // namespace mimamori
