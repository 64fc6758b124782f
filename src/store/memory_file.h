#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace mimamori {

/// A file that lives in memory alone: rows about persons pass through a library that wants a path, and no
/// copy of them stays on a disk. Gone when the object ends, however the program ends.
class MemoryFile {
 public:
  /// Errors  kIo: the system gives none, or not enough memory.
  static Result<MemoryFile> create(std::string_view content = {});
  MemoryFile(MemoryFile&& other) noexcept;
  MemoryFile& operator=(MemoryFile&&) = delete;
  ~MemoryFile();

  /// Good within this process.
  [[nodiscard]] std::string path() const;
  /// Everything written so far.  Errors  kIo.
  [[nodiscard]] Result<std::string> read() const;

 private:
  explicit MemoryFile(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace mimamori
