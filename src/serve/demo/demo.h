#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"

namespace mimamori {

struct DemoSettings {
  std::filesystem::path out = "demo-output";  // the whole network and its reports
  std::filesystem::path program;              // this executable: it is started again as center and sites
  int patients = 700;                         // of each hospital
  int hospitals = 3;                          // 1 to 3
  std::uint64_t seed = 1;                     // of the first hospital, fixed before the demo's first run
  std::int64_t estimand_persons = 1'000'000;  // 0: no large-sample estimate beside the planted ratio
  bool keep = false;                          // keep the hospitals' files
  std::function<void(const std::string& step, std::int64_t done, std::int64_t total)> progress;
  std::function<void(const std::string& line)> say;
  /// Called once everything runs and it was said where; the network ends when it returns. say_codes tells the
  /// one-time codes that are good now. Empty: the network ends at once.
  std::function<void(const std::function<void()>& say_codes)> stay;
};

/// From hospital files to evidence, as a network on one machine. Writes hospitals that differ in codes,
/// units and encoding, loads each into a site, and starts sites and center as processes of their own that
/// talk HTTPS with mutual TLS. An author asks two studies through the portal; demo staff sign approvals ① and
/// ② in their hospital's console, each with password, one-time code and a key of their own; the packages come
/// back, the studies run stratified by site, and each estimate is said beside the planted truth. Replaces
/// what an earlier demo left in the folder. Errors  kConflict: the folder holds what no demo made.
/// kUnavailable: a demo runs in it.  kInvalidInput: 0 or
///         more than 3 hospitals.  kIo.
Result<void> run_demo(const DemoSettings& settings);

/// Starts the network that an earlier demo left in settings.out, with all that it has done since.
/// Errors  kNotFound: there is none.  kUnavailable: it runs already, or one of its ports is taken.
Result<void> serve_demo(const DemoSettings& settings);

/// Says the one-time codes of every demo account, good now.  Errors  kNotFound: no demo there.
Result<void> say_demo_codes(const DemoSettings& settings);

}  // namespace mimamori
