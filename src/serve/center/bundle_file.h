#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "serve/center/center.h"

namespace mimamori {

// What travels by file between the center and a hospital without a line (transfer/bundle.h).

struct BundleContents {
  std::string site;
  std::size_t messages = 0;
  std::size_t chunks = 0;  // taken: those of a package that the site has announced
};

/// Takes in what `site export-package` wrote, just as if it had come by the line: every message is verified,
/// and a chunk is kept only if it belongs to an announced package. Twice is once.
/// Errors  kInvalidInput: damaged, or not from a site to the center.  As CenterCore::receive.
Result<BundleContents> import_package(Center& center, const std::filesystem::path& file);

/// Writes everything that the center has said to a site; what it knows already it passes over.
/// Errors  kNotFound: no such site.  kIo.
Result<BundleContents> export_mailbox(Center& center, const std::string& site,
                                      const std::filesystem::path& file, const std::string& actor);

}  // namespace mimamori
