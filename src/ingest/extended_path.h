#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ingest/ssmix2_path.h"

namespace mimamori {

/// What a document of the extended storage is (shared/reference/ssmix2.md 2.9).
enum class DocumentKind { kVitalSigns, kDischargeSummary, kOther };

/// A file of the extended storage:
///   patient[0:3] / patient[3:6] / patient / date / type folder / content folder / file
/// The content folder is named like a file of the standardized storage, with or without a department.
struct ExtendedFile {
  DocumentKind kind = DocumentKind::kOther;
  StoredFileName name;     // data_type: "EXT-18842-5", "EXT-VITALS" or "EXT"; order_number: the key
  std::string inner_path;  // of the file below the content folder
};

/// The place of a file in an extended storage; nothing if the path has no type folder, which is known by its
/// '^'. Folder names may be in any encoding.  Errors  kInvalidInput: the content folder's name or the folders
/// above.
std::optional<Result<ExtendedFile>> find_extended_file(std::string_view relative_path);

/// What identifies a version of a record wherever its file lies, and whatever its condition flag is: the name
/// without the flag (for a document the content folder's, and the file within it). The path itself where it
/// has no place in a storage. A hospital renames a file to change its flag, so a known identity at a new path
/// is news.
std::string identity_of_path(std::string_view relative_path);

}  // namespace mimamori
