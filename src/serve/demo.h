#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"

namespace mimamori {

struct DemoSettings {
  std::filesystem::path out = "demo-output";   // reports stay here
  int patients = 2000;
  std::uint64_t seed = 1;                      // fixed before the demo's first run
  std::int64_t estimand_persons = 1'000'000;   // 0: no large-sample estimate beside the planted ratio
  bool keep = false;                           // keep the hospital's files and the site
  std::function<void(const std::string& step, std::int64_t done, std::int64_t total)> progress;
  std::function<void(const std::string& line)> say;
};

/// From files to evidence: writes a hospital, loads it into a new site, runs both example studies and
/// prints each estimate beside the planted truth. Replaces the folders that an earlier demo left.
/// Errors  kConflict: the folder holds what no demo made.  kIo.
Result<void> run_demo(const DemoSettings& settings);

}  // namespace mimamori
