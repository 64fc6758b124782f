#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"

namespace mimamori {

struct NetworkDemoSettings {
  std::filesystem::path out = "demo-network";
  std::filesystem::path program;  // this executable: it is started again as center and sites
  int patients = 500;             // of each hospital
  int hospitals = 3;              // 1 to 3
  std::uint64_t seed = 1;
  std::function<void(const std::string& step, std::int64_t done, std::int64_t total)> progress;
  std::function<void(const std::string& line)> say;
  std::function<void()>
      stay;  // called once everything runs, with the portal's address said; then all is ended
};

/// The network on one machine: hospitals with their own data, one center, each a process of its own that
/// talks HTTPS with mutual TLS. An author asks through the portal; demo staff approve twice through their
/// hospital's console, each with password, one-time code and a key of their own; the packages come back and
/// the report is made. Errors  kConflict: the folder holds what no demo made.  kIo, kUnavailable.
Result<void> run_network_demo(const NetworkDemoSettings& settings);

}  // namespace mimamori
