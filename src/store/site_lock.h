#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace mimamori {

/// The one lock of a site's folder: ingest, jobs and queries take turns. The kernel lets it go when
/// the process ends, however it ends.
class SiteLock {
 public:
  /// Waits up to wait_seconds. Errors  kUnavailable: says who holds it.  kNotFound: no such site.
  static Result<SiteLock> acquire(const std::filesystem::path& site, const std::string& purpose, int wait_seconds);
  SiteLock(SiteLock&& other) noexcept;
  SiteLock& operator=(SiteLock&&) = delete;
  ~SiteLock();

 private:
  explicit SiteLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace mimamori
