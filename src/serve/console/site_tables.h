#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "base/date.h"
#include "base/result.h"
#include "base/text2.h"
#include "serve/site.h"

namespace mimamori {

/// The last load of a site: when it ended, and the last day of any record.
struct LastLoad {
  std::int64_t at_ms = 0;
  Date data_until;
};

/// Absent if nothing was loaded.  Errors  those of the store.
Result<std::optional<LastLoad>> last_load_of(const Site& site);

/// The last 60 batches, newest first: Batch of the contract.  Errors  kNotFound: nothing was loaded.
Result<nlohmann::json> batches_json(const Site& site);

/// Why records of a batch were rejected, by kind, largest first; files that could not be read at all are
/// counted as files, apart.  Errors  kNotFound: no such batch.
Result<nlohmann::json> rejected_json(const Site& site, const std::string& batch);

/// What a table of the edited layer holds, in words.
Text2 table_title(const std::string& table);

}  // namespace mimamori
