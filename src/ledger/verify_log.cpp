#include "ledger/verify_log.h"

#include <map>
#include <utility>

#include "ledger/limits.h"
#include "ledger/log_rows.h"
#include "ledger/sqlite.h"

namespace mimamori {
namespace {

using Kind = LogProblem::Kind;

std::string entry_name(std::int64_t seq) { return "entry " + std::to_string(seq); }

/// Walks the entries in order and keeps what it finds.
class ChainWalk {
 public:
  explicit ChainWalk(std::span<const Head> expected_heads) {
    for (const Head& head : expected_heads) expected_.emplace(head.seq, head.hash);
  }

  void step(const Entry& entry) {
    if (entry.seq != check_.head.seq + 1) {
      add(Kind::kMissing, check_.head.seq + 1,
          "entries " + std::to_string(check_.head.seq + 1) + " to " + std::to_string(entry.seq - 1) +
              " are missing");
    } else if (entry.previous_hash != check_.head.hash) {
      add(Kind::kNotChained, entry.seq, entry_name(entry.seq) + " does not follow the one before it");
    }
    if (hash_of(entry) != entry.hash) {
      add(Kind::kAltered, entry.seq, entry_name(entry.seq) + " does not have the hash it claims");
    }
    for (auto [head, end] = expected_.equal_range(entry.seq); head != end; ++head) {
      if (head->second == entry.hash) continue;
      add(Kind::kOtherBranch, entry.seq, entry_name(entry.seq) + " is not the one that another party holds");
    }
    check_.head = {.seq = entry.seq, .hash = entry.hash};
  }

  void malformed(std::int64_t seq) {
    add(Kind::kMalformed, seq, entry_name(seq) + " is not a row that this program writes");
  }

  LogCheck finish() && {
    for (auto head = expected_.upper_bound(check_.head.seq); head != expected_.end(); ++head) {
      add(Kind::kTruncated, check_.head.seq + 1,
          "the log ends at entry " + std::to_string(check_.head.seq) + "; another party holds entry " +
              std::to_string(head->first));
    }
    return std::move(check_);
  }

 private:
  void add(Kind kind, std::int64_t seq, std::string sentence) {
    if (check_.problems.size() >= limits::kLogProblemsMax) return;
    check_.problems.push_back({.kind = kind, .seq = seq, .sentence = std::move(sentence)});
  }

  std::multimap<std::int64_t, std::string> expected_;
  LogCheck check_;
};

}  // namespace

Result<LogCheck> check_chain(Sqlite& database, std::span<const Head> expected_heads) {
  ChainWalk walk(expected_heads);
  Statement rows = TRY(database.prepare(kEntryRows));
  rows.bind(1).bind(-1);
  while (true) {
    const bool has_row = TRY(rows.next_row());
    if (!has_row) break;
    if (is_entry_row(rows)) {
      walk.step(entry_of(rows));
    } else {
      walk.malformed(rows.integer(0));
    }
  }
  return std::move(walk).finish();
}

Result<LogCheck> verify_log(const std::filesystem::path& path, std::span<const Head> expected_heads) {
  Sqlite database = TRY(Sqlite::open_to_read(path));
  return check_chain(database, expected_heads);
}

std::string_view name_of(LogProblem::Kind kind) {
  switch (kind) {
    case Kind::kAltered: return "altered";
    case Kind::kMissing: return "missing";
    case Kind::kNotChained: return "not chained";
    case Kind::kTruncated: return "truncated";
    case Kind::kOtherBranch: return "other branch";
    case Kind::kMalformed: return "malformed";
  }
  return "";
}

}  // namespace mimamori
