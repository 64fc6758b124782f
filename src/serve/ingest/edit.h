#pragma once

#include <filesystem>
#include <optional>

#include "base/result.h"
#include "serve/ingest/profile.h"
#include "serve/ingest/receive.h"
#include "serve/site.h"

namespace mimamori {

/// Takes files that a hospital maintains by hand into the site's folder, each checked before it replaces the
/// one that is there.  Errors  kInvalidInput, kConflict: says the file and line.
struct RuleFiles {
  std::optional<std::filesystem::path> code_map = {};      // local codes and the standard codes they stand for
  std::optional<std::filesystem::path> dpc_numbers = {};   // the numbers of DPC files and the patients they stand for
  std::optional<std::filesystem::path> refusals = {};      // patients who refused the use of their data
  std::optional<std::filesystem::path> patient_merges = {};  // numbers of one person that the hospital joined
};
Result<void> take_rule_files(const Site& site, const RuleFiles& files);

struct EditedCounts {
  bool is_changed = false;
  bool is_rebuilt = false;         // not only added to
  std::int64_t refusals = 0;       // patients on the site's list
};

/// Derives the edited layer from the received one: adds what came since, or builds it anew where the rules or
/// the program changed. Nothing happens if it is up to date.
Result<EditedCounts> edit_site(const Site& site, const ReceivedStore& received, IngestProfile& profile,
                               const IngestProgress& progress);

}  // namespace mimamori
