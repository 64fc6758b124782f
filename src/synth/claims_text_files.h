#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "synth/encoding.h"

namespace mimamori {

/// Files in CP932 that grow side by side: one month's claims while the persons come one after the other.
class TextFiles {
 public:
  /// root is made when the first file is written.  Errors  kUnsupported: as Encoder::open.
  static Result<TextFiles> open(std::filesystem::path root);

  /// Adds text (UTF-8) to a file, which begins with the head the first time.
  Result<void> add(const std::string& relative, std::string_view head, std::string_view text);
  /// Writes what is still held.  Errors  kIo: names the file.
  Result<void> flush();

  [[nodiscard]] std::int64_t files() const { return static_cast<std::int64_t>(held_.size()); }
  [[nodiscard]] std::int64_t bytes() const { return bytes_; }

 private:
  TextFiles(std::filesystem::path root, Encoder encoder)
      : root_(std::move(root)), encoder_(std::move(encoder)) {}
  Result<void> write(const std::string& relative, std::string& bytes);

  std::filesystem::path root_;
  Encoder encoder_;
  std::map<std::string, std::string> held_;  // path -> bytes not written yet
  std::int64_t bytes_ = 0;
};

}  // namespace mimamori
