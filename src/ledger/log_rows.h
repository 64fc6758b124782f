#pragma once

// Inside ledger/ only: how an entry lies in its table.

#include <string_view>

#include "ledger/log.h"
#include "ledger/sqlite.h"

namespace mimamori {

/// $1 the first number, $2 how many at most (-1: all). Numbers below 1 are tampering, so a
/// verification that starts at 1 must see them too.
inline constexpr std::string_view kEntryRows =
    "SELECT seq, at_ms, kind, actor, body, previous_hash, hash FROM entry "
    "WHERE seq >= $1 OR seq < 1 ORDER BY seq LIMIT $2";

/// True if each column holds what this program writes there; another program may write anything.
inline bool is_entry_row(const Statement& row) {
  return row.is(0, SQLITE_INTEGER) && row.integer(0) >= 1 && row.is(1, SQLITE_INTEGER) &&
         row.is(2, SQLITE_TEXT) && row.is(3, SQLITE_TEXT) && row.is(4, SQLITE_BLOB) &&
         row.is(5, SQLITE_TEXT) && row.is(6, SQLITE_TEXT);
}

inline Entry entry_of(const Statement& row) {
  return {.seq = row.integer(0),
          .at_ms = row.integer(1),
          .kind = row.bytes(2),
          .actor = row.bytes(3),
          .body = row.bytes(4),
          .previous_hash = row.bytes(5),
          .hash = row.bytes(6)};
}

}  // namespace mimamori
