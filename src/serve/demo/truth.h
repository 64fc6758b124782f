#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "serve/site_ingest.h"
#include "synth/estimand.h"
#include "synth/hospital.h"

namespace mimamori {

/// Compares what a site stored with what the hospital says it wrote: rows of each table and files of each
/// fate. The number of equal counts.  Errors  kConflict: the first that differs.
Result<int> compare_counts(const IngestSummary& stored, const HospitalSummary& written);

/// How many intervals there were, and how many hold the large-sample value.
struct Coverage {
  int intervals = 0;
  int covered = 0;
};

/// One line for each outcome and population of a study: estimate, large-sample value, planted ratio.
///   results    results.json as the portal gave it
///   estimands  empty: no large-sample values
/// Errors  kInvalidInput: not such a results.json.
Result<void> say_truth(const std::string& results, Comparison comparison,
                       const std::vector<Estimand>& estimands,
                       const std::function<void(const std::string& line)>& say, Coverage& coverage);

}  // namespace mimamori
