#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "serve/demo/hospitals.h"
#include "serve/demo/person.h"
#include "serve/demo/process.h"
#include "serve/site.h"
#include "store/site_lock.h"

namespace mimamori {

/// A hospital that has joined, with its staff's accounts.
struct DemoSite {
  const DemoHospital* hospital = nullptr;
  Site site;
  DemoPerson::Door console;
  DemoAccount runs, sends;
};

/// The demo's center and sites, in one folder and, once started, as processes. docs/formats has the folders
/// of center and site; demo.json beside them holds the demo accounts with their authenticators.
class DemoNetwork {
 public:
  /// Clears what an earlier demo left in the folder and makes the center in it, which is started at once.
  /// Errors  kConflict: the folder holds what no demo made.  kUnavailable: a demo runs in it.  kIo.
  static Result<DemoNetwork> make(const std::filesystem::path& folder, const std::filesystem::path& program);
  /// The network that a demo left, not started. Errors  kNotFound.
  static Result<DemoNetwork> open(const std::filesystem::path& folder, const std::filesystem::path& program);
  /// The same to look at while it may be running elsewhere; not to be started. Errors  kNotFound.
  static Result<DemoNetwork> look(const std::filesystem::path& folder);

  /// Enrols a site with the running center and gives its staff accounts. In the demo nobody telephones: the
  /// operator confirms as soon as the site has asked.
  Result<void> join(const DemoHospital& hospital, const Site& site);
  /// Starts whatever does not run, and waits until it answers.  Errors  kUnavailable: a server ended.
  Result<void> start();
  /// Asks until the answer is yes. Errors  kUnavailable: too long, or a server ended; whatever is_there says.
  Result<void> wait_until(const std::string& what, const std::function<Result<bool>()>& is_there);

  [[nodiscard]] DemoPerson::Door portal() const;
  [[nodiscard]] DemoAccount& author() { return author_; }
  [[nodiscard]] const DemoAccount& author() const { return author_; }
  [[nodiscard]] std::vector<DemoSite>& sites() { return sites_; }
  [[nodiscard]] const std::vector<DemoSite>& sites() const { return sites_; }

 private:
  explicit DemoNetwork(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Result<void> make_center();
  Result<void> start_server(const std::string& role, const std::filesystem::path& dir);
  [[nodiscard]] std::filesystem::path center_dir() const { return folder_ / "center"; }
  [[nodiscard]] Result<void> save() const;

  std::filesystem::path folder_;
  std::filesystem::path program_;
  std::optional<SiteLock> lock_;
  int portal_port_ = 0;
  int sites_port_ = 0;
  DemoAccount author_;
  std::vector<DemoSite> sites_;
  std::vector<Process> processes_;  // the center, then sites in order
};

}  // namespace mimamori
