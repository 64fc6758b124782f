#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/study_data_set.h"
#include "store/data_set_files.h"
#include "transfer/package.h"

namespace mimamori {

/// The files and columns that this program can let leave a site: there are no others. Without rows.
Result<std::vector<EgressFile>> permitted_files();

/// What a package on the disk really holds, read from the very bytes that would leave.
struct PackageView {
  std::vector<EgressFile> files;           // columns as they stand in the files, without content
  std::vector<std::string> damaged;        // files that are not what the manifest says
  std::vector<std::string> not_permitted;  // files, or "file: column", that are not among permitted_files
  CellTable attrition;
};
/// Errors  kIo: memory.
Result<PackageView> view_package(const std::filesystem::path& folder, const Manifest& manifest);

/// Preview of the contract: the first rows of one file, as text.
/// Errors  kNotFound: no such file in the manifest.  kConflict: it is not what the manifest says.
Result<nlohmann::json> preview_json(const std::filesystem::path& folder, const Manifest& manifest,
                                    const std::string& file, int rows);

}  // namespace mimamori
