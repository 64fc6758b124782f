#pragma once

#include <string>

#include "model/study_result.h"

namespace mimamori {

/// report.html: one file that opens without a network, Japanese first, English at a switch that
/// needs no script. Counts are printed as they are: this renderer masks nothing, whatever the
/// result calls its rendition, and says so at the top, at the end and on every printed page.
/// Same result, same bytes.
std::string to_html(const StudyResult& result);

/// results.json, schema "mimamori.study_result/1": every number of the result, in a fixed key
/// order, 12 significant digits; null where the result has no value or not a finite one.
std::string to_json(const StudyResult& result);

/// results.csv: one row per population and outcome after one header line; RFC 4180 (CRLF, quotes
/// doubled), UTF-8 with a byte order mark, because without one Japanese Excel reads CP932. A text
/// that a spreadsheet would run as a formula gets an apostrophe in front. Empty: no value.
std::string to_csv(const StudyResult& result);

}  // namespace mimamori
