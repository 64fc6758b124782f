// Attack S26: somebody with write access to the file changes the log.

#include "ledger/verify_log.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "base/testing.h"

namespace mimamori {
namespace {

using Kind = LogProblem::Kind;

constexpr std::int64_t kEntries = 9;

class LogTampering : public testing::Test {
 protected:
  void SetUp() override {
    path_ = folder_.path() / "ledger.sqlite";
    Log log = std::move(Log::open(path_)).value();
    std::vector<NewEntry> entries;
    for (int i = 1; i <= kEntries; ++i) {
      entries.push_back({.at_ms = i, .kind = "test", .actor = "yamada", .body = "body " + std::to_string(i)});
    }
    entries_ = std::move(log.append(entries)).value();
  }

  /// What an attacker with the file can do, who takes the triggers away first.
  void tamper(const std::string& sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
    const std::string all =
        "DROP TRIGGER IF EXISTS entry_is_never_altered; DROP TRIGGER IF EXISTS entry_is_never_removed; " +
        sql;
    EXPECT_EQ(sqlite3_exec(database, all.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    sqlite3_close(database);
  }

  /// Replaces everything from an entry on by other entries with right hashes.
  void rechain(std::int64_t from) {
    std::string previous =
        from == 1 ? std::string(64, '0') : entries_[static_cast<std::size_t>(from - 2)].hash;
    std::string sql = "DELETE FROM entry WHERE seq >= " + std::to_string(from) + ";";
    for (std::int64_t seq = from; seq <= kEntries; ++seq) {
      Entry entry = entries_[static_cast<std::size_t>(seq - 1)];
      if (seq == from) entry.actor = "nobody";
      entry.previous_hash = previous;
      previous = hash_of(entry);
      sql += "INSERT INTO entry VALUES (" + std::to_string(seq) + ", " + std::to_string(entry.at_ms) + ", '" +
             entry.kind + "', '" + entry.actor + "', CAST('" + entry.body + "' AS BLOB), '" +
             entry.previous_hash + "', '" + previous + "');";
    }
    tamper(sql);
  }

  [[nodiscard]] Head head(std::int64_t seq) const {
    return {.seq = seq, .hash = entries_[static_cast<std::size_t>(seq - 1)].hash};
  }

  /// The first problem as kind and number, or {"none", 0}.
  std::pair<std::string, std::int64_t> first_problem(const std::vector<Head>& heads = {}) {
    const Result<LogCheck> check = verify_log(path_, heads);
    EXPECT_THAT(check, Succeeds());
    if (!check.ok() || check->problems.empty()) return {"none", 0};
    return {std::string(name_of(check->problems.front().kind)), check->problems.front().seq};
  }

  using Found = std::pair<std::string, std::int64_t>;
  ScratchFolder folder_;
  std::filesystem::path path_;
  std::vector<Entry> entries_;
};

TEST_F(LogTampering, AnUntouchedLogHasNoProblemWhoeverAsks) {
  std::vector<Head> heads = {Head{}};
  for (std::int64_t seq = 1; seq <= kEntries; ++seq) heads.push_back(head(seq));
  EXPECT_EQ(first_problem(heads), (Found{"none", 0}));
  EXPECT_EQ(verify_log(path_).value().head, head(kEntries));
}

TEST_F(LogTampering, S26AnAlteredFieldIsFoundAtItsEntry) {
  for (const char* change : {"at_ms = at_ms + 1", "kind = 'tesu'", "actor = 'tanaka'", "body = x'00'"}) {
    for (std::int64_t seq = 1; seq <= kEntries; ++seq) {
      const std::string number = std::to_string(seq);
      tamper("CREATE TABLE kept AS SELECT * FROM entry;");
      tamper("UPDATE entry SET " + std::string(change) + " WHERE seq = " + number);
      EXPECT_EQ(first_problem(), (Found{"altered", seq})) << change;
      EXPECT_THAT(Log::open(path_), FailsWith(ErrorCode::kIo));
      tamper("DELETE FROM entry; INSERT INTO entry SELECT * FROM kept; DROP TABLE kept;");
    }
  }
}

TEST_F(LogTampering, S26AnAlteredHashIsFound) {
  tamper("UPDATE entry SET hash = '" + std::string(64, 'a') + "' WHERE seq = 4");
  EXPECT_EQ(first_problem(), (Found{"altered", 4}));
}

TEST_F(LogTampering, S26AnAlteredPreviousHashIsFound) {
  tamper("UPDATE entry SET previous_hash = '" + std::string(64, 'a') + "' WHERE seq = 4");
  EXPECT_EQ(first_problem(), (Found{"not chained", 4}));
}

TEST_F(LogTampering, S26ARemovedEntryIsFound) {
  for (std::int64_t seq = 1; seq < kEntries; ++seq) {
    tamper("CREATE TABLE kept AS SELECT * FROM entry; DELETE FROM entry WHERE seq = " + std::to_string(seq));
    EXPECT_EQ(first_problem(), (Found{"missing", seq}));
    tamper("DELETE FROM entry; INSERT INTO entry SELECT * FROM kept; DROP TABLE kept;");
  }
}

TEST_F(LogTampering, S26ARemovedEntryIsFoundThoughTheRestWasRenumbered) {
  tamper("DELETE FROM entry WHERE seq = 4; UPDATE entry SET seq = seq - 1 WHERE seq > 4;");
  EXPECT_EQ(first_problem(), (Found{"not chained", 4}));
}

TEST_F(LogTampering, S26TwoEntriesInEachOthersPlaceAreFound) {
  tamper(
      "UPDATE entry SET seq = 100 WHERE seq = 3; UPDATE entry SET seq = 3 WHERE seq = 6;"
      "UPDATE entry SET seq = 6 WHERE seq = 100;");
  EXPECT_EQ(first_problem(), (Found{"not chained", 3}));
}

TEST_F(LogTampering, S26ATailThatWasCutOffIsFoundWithALaterHead) {
  tamper("DELETE FROM entry WHERE seq > 6");
  EXPECT_EQ(first_problem({head(6)}), (Found{"none", 0}));
  EXPECT_EQ(first_problem({head(7)}), (Found{"truncated", 7}));
  EXPECT_EQ(first_problem({head(2), head(9)}), (Found{"truncated", 7}));
}

TEST_F(LogTampering, S26AnEmptiedLogIsFoundWithAnyHead) {
  tamper("DELETE FROM entry");
  EXPECT_EQ(first_problem({head(1)}), (Found{"truncated", 1}));
}

TEST_F(LogTampering, S26AMiddleThatWasChainedAnewIsFoundWithAnyLaterHead) {
  for (std::int64_t from = kEntries; from >= 1; --from) {
    rechain(from);
    EXPECT_EQ(first_problem(), (Found{"none", 0})) << "the new chain is whole in itself";
    for (std::int64_t held = 1; held <= kEntries; ++held) {
      const Found expected = held < from ? Found{"none", 0} : Found{"other branch", held};
      EXPECT_EQ(first_problem({head(held)}), expected) << "from " << from << " held " << held;
    }
  }
}

TEST_F(LogTampering, S26AnEntryBeforeTheFirstIsFound) {
  tamper(
      "CREATE TABLE loose (seq INTEGER PRIMARY KEY, at_ms, kind, actor, body, previous_hash, hash);"
      "INSERT INTO loose SELECT * FROM entry; INSERT INTO loose SELECT 0, at_ms, kind, actor, body, "
      "previous_hash, hash FROM entry WHERE seq = 1; DROP TABLE entry; ALTER TABLE loose RENAME TO entry;");
  EXPECT_EQ(first_problem(), (Found{"malformed", 0}));
}

TEST_F(LogTampering, S26AColumnOfAnotherTypeIsFound) {
  tamper(
      "CREATE TABLE loose (seq INTEGER PRIMARY KEY, at_ms, kind, actor, body, previous_hash, hash);"
      "INSERT INTO loose SELECT * FROM entry; UPDATE loose SET body = CAST(body AS TEXT) WHERE seq = 5;"
      "DROP TABLE entry; ALTER TABLE loose RENAME TO entry;");
  EXPECT_EQ(first_problem(), (Found{"malformed", 5}));
}

TEST_F(LogTampering, ListsEachProblemInOrder) {
  tamper("UPDATE entry SET actor = 'a' WHERE seq IN (2, 8); DELETE FROM entry WHERE seq = 5;");
  const LogCheck check = verify_log(path_).value();
  ASSERT_EQ(check.problems.size(), 3U);
  EXPECT_EQ(check.problems[0].seq, 2);
  EXPECT_EQ(check.problems[1].kind, Kind::kMissing);
  EXPECT_EQ(check.problems[1].seq, 5);
  EXPECT_EQ(check.problems[2].seq, 8);
}

TEST_F(LogTampering, ASlipCannotAlterOrRemoveAnEntry) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
  EXPECT_NE(sqlite3_exec(database, "UPDATE entry SET actor = 'a'", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_NE(sqlite3_exec(database, "DELETE FROM entry", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
}

TEST(VerifyLog, NeedsAFile) {
  const ScratchFolder folder;
  EXPECT_THAT(verify_log(folder.path() / "none"), FailsWith(ErrorCode::kNotFound));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "none"));
}

}  // namespace
}  // namespace mimamori
