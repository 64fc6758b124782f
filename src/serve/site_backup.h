#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "serve/site.h"

namespace mimamori {

struct BackupSummary {
  std::int64_t files = 0;
  std::int64_t bytes = 0;
};

/// Copies everything that a site is (both layers, keys, rules, the network's ledger and accounts) into a new
/// folder, with a list of contents and their SHA-256. `site serve` may go on: the stores are copied while no job
/// holds them, the ledger and accounts as of one moment. The copy is there as a whole or not at all.
/// It holds what the site holds, keys and patient numbers too: keep it as well.
/// Errors  kConflict: the folder exists.  kUnavailable: a job holds the site for too long.  kIo.
Result<BackupSummary> back_up_site(const Site& site, const std::filesystem::path& to);

/// Makes a site's folder from a backup, each file compared with the list.
/// Errors  kConflict: the folder exists.  kNotFound: no backup here.  kInvalidInput: a file is not what was
///         backed up, with its name; then nothing is made.  kIo.
Result<BackupSummary> restore_site(const std::filesystem::path& from, const std::filesystem::path& dir);

}  // namespace mimamori
