#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "serve/site.h"

namespace mimamori {

enum class QueryFormat { kCsv, kJson };

/// Answers one read-only SQL query over the edited layer. CSV follows RFC 4180 with a header line, NULL
/// as an empty field and an empty text as ""; JSON is an array of objects.
/// Errors  kInvalidInput: the SQL, in DuckDB's words.  kNotFound: nothing has been ingested yet.
Result<std::string> query_site(const Site& site, const std::string& sql, QueryFormat format);

/// One line per table of both layers: name, rows, SHA-256 over all rows in a fixed order, without
/// times of processing. Two sites with equal digests hold the same records.
Result<std::string> digest_site(const Site& site);

/// CSV of every received file that gave no rows because it was rejected, with its path (which may hold a
/// patient number: for the site's own eyes), and of every rejected record: path, segment, what, code, title,
/// reason. The title says the code in the language of the person at the terminal; the reason is in English.
Result<std::string> rejected_at_site(const Site& site);

}  // namespace mimamori
