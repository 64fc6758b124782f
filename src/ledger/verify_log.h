#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/log.h"

namespace mimamori {

class Sqlite;

/// What is wrong with a log, and from which entry on.
struct LogProblem {
  enum class Kind {
    kAltered,      // the entry does not have the hash it claims
    kMissing,      // entries of these numbers are not there
    kNotChained,   // the entry does not follow the one before it
    kTruncated,    // the log ends before a head that somebody holds
    kOtherBranch,  // the log is whole but says something else than the head that somebody holds
    kMalformed,    // not a row that this program writes
  };
  Kind kind = Kind::kAltered;
  std::int64_t seq = 0;
  std::string sentence;
};

struct LogCheck {
  Head head;                         // the last entry that is there
  std::vector<LogProblem> problems;  // in order of seq, at most limits::kLogProblemsMax
};

/// Reads a whole log and compares it with itself and with heads that other parties hold (attack
/// S26). Without any such head a tail that was cut off, or a log written anew, cannot be seen.
/// Errors  kNotFound, kUnsupported, kIo: not even the file can be read.
Result<LogCheck> verify_log(const std::filesystem::path& path, std::span<const Head> expected_heads = {});

/// The same on an open file.
Result<LogCheck> check_chain(Sqlite& database, std::span<const Head> expected_heads);

/// "altered", "missing", … as written in reports.
std::string_view name_of(LogProblem::Kind kind);

}  // namespace mimamori
