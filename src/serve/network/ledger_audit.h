#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/text2.h"
#include "ledger/verify_log.h"

namespace mimamori {

struct LedgerAudit {
  std::string party;  // whose ledger it is: "center" or a site's name; "" as long as it has sent nothing
  LogCheck check;
  std::size_t witness_heads = 0;  // of other parties that were compared
};

/// Checks a ledger with itself and with the ledgers of other parties: each party notes the head of the
/// other's log at least every hour, so a tail that was cut off, or a log written anew, shows (attack S26).
/// Errors  as verify_log; kInvalidInput: a witness says nothing of this ledger.
Result<LedgerAudit> audit_ledger(const std::filesystem::path& ledger,
                                 std::span<const std::filesystem::path> witnesses);

/// An entry as people read it.
struct EntryInWords {
  std::int64_t seq = 0;
  std::int64_t at_ms = 0;
  std::string actor;
  Text2 what;
  std::string hash;
};

/// Entries of a ledger in order, from a number on, at most so many: of the center's in the portal's words, of
/// a site's in its console's.  Errors  as Log::open.
Result<std::vector<EntryInWords>> ledger_in_words(const std::filesystem::path& ledger, std::int64_t from,
                                                  std::size_t limit);

}  // namespace mimamori
