#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "serve/site.h"

namespace mimamori {

/// Where a hospital's data lie, each a folder; and the files that it maintains by hand, each of which replaces
/// the one in the site's folder.
struct IngestOptions {
  std::optional<std::filesystem::path> ssmix2_root = {};   // standardized storage
  std::vector<std::filesystem::path> ssmix2_volumes = {};  // further volumes of it
  std::optional<std::filesystem::path> transactions = {};  // its transaction storage: only what it tells of is looked at
  std::optional<std::filesystem::path> index_export = {};  // or its index database as CSV
  bool full_walk = false;                                  // look at everything all the same
  std::optional<std::filesystem::path> claims_root = {};   // claims files (UKE)
  std::optional<std::filesystem::path> dpc_root = {};      // files of the DPC survey
  std::optional<std::filesystem::path> omop_root = {};     // OMOP CDM tables as CSV
  std::optional<std::filesystem::path> code_map = {};
  std::optional<std::filesystem::path> dpc_numbers = {};
  std::optional<std::filesystem::path> refusals = {};
  std::optional<std::filesystem::path> patient_merges = {};
  bool reread_all = false;                            // also files that were not touched since they were received
  /// Told now and then how far a step has come; total 0: not known yet.
  std::function<void(const char* step, std::int64_t done, std::int64_t total)> progress = {};
};

struct Count {
  std::string name;
  std::int64_t count = 0;
};

/// Processor time of a stage: receive, parse, append, settle, database (its own threads).
struct StageSeconds {
  std::string stage;
  double seconds = 0;
};

/// What a load did, read back from what is stored.
struct IngestSummary {
  std::int64_t files_seen = 0;       // below the root in this run
  std::int64_t files_received = 0;   // of them not known before
  bool edited_changed = false;       // the edited layer is another than before
  bool edited_rebuilt = false;       // it was built anew and not only added to
  std::int64_t refusals = 0;         // patients on the site's list of those who refused
  // Of the whole site, after this run:
  std::int64_t files = 0;
  std::vector<Count> files_by_status;      // adds up to files
  std::vector<Count> file_rejections;      // reasons; adds up to files rejected
  std::int64_t messages = 0;               // files that were parsed as HL7 messages
  std::int64_t records = 0;                // accepted + rejected + refused
  std::int64_t records_accepted = 0;
  std::int64_t records_rejected = 0;
  std::int64_t records_refused = 0;        // of patients who refused: kept as received, not in the edited layer
  std::vector<Count> record_rejections;    // reasons
  std::vector<Count> rows;                 // of each edited table
  std::vector<Count> findings;             // of each check
  std::vector<StageSeconds> profile;       // of this run
};

/// Loads a hospital's files: each into the received layer, then the edited layer from it. A run that was cut
/// short at any moment is made good by running again; the same files twice change nothing.
/// Errors  kNotFound: no such folder or site.  kUnavailable: the site is in use.  kIo: disk, rights; then the
///         edited layer is the one from before.  kInvalidInput: the code map.
Result<IngestSummary> ingest_site(const Site& site, const IngestOptions& options);

}  // namespace mimamori
