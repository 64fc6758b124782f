#pragma once

// For tests only.

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>

#include "base/result.h"

namespace mimamori {

/// EXPECT_THAT(fit, FailsWith(ErrorCode::kNotEstimable))
MATCHER_P(FailsWith, code, "fails with the given code") {
  if (arg.ok()) {
    *result_listener << "which succeeded";
    return false;
  }
  *result_listener << "which says: " << arg.error().sentence;
  return arg.error().code == code;
}

/// EXPECT_THAT(result, Succeeds())
MATCHER(Succeeds, "succeeds") {
  if (!arg.ok()) *result_listener << "which says: " << arg.error().sentence;
  return arg.ok();
}

/// Inputs that this project did not make: MIMAMORI_SHARED_DATA, else ../shared/data beside the checkout.
/// Tests that need them are named External* and are registered only where the folder exists, so
/// that `./run test` can count what it did not run.
inline std::filesystem::path shared_data() {
  const char* setting = std::getenv("MIMAMORI_SHARED_DATA");
  return setting != nullptr ? std::filesystem::path(setting)
                            : std::filesystem::path(MIMAMORI_SOURCE_DIR).parent_path() / "shared/data";
}

/// A folder of its own for one test, removed afterwards.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "mimamori-test-XXXXXX").string();
    ENSURE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace mimamori
