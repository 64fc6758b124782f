#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace mimamori {

/// A port of this machine that nobody listens on now.  Errors  kIo.
Result<int> free_port();

/// A process of a program, ended with the object, and by the kernel if the demo itself is killed.
class Process {
 public:
  /// Its output goes to a file.  Errors  kIo: it cannot be started.
  static Result<Process> start(const std::filesystem::path& program, std::vector<std::string> arguments,
                               const std::filesystem::path& log);
  Process(Process&& other) noexcept : pid_(std::exchange(other.pid_, 0)), log_(std::move(other.log_)) {}
  Process& operator=(Process&&) = delete;
  ~Process();

  /// Errors  kUnavailable: it has ended; names its log.
  Result<void> still_runs();

 private:
  Process(pid_t pid, std::filesystem::path log) : pid_(pid), log_(std::move(log)) {}
  pid_t pid_ = 0;  // 0: has ended
  std::filesystem::path log_;
};

}  // namespace mimamori
