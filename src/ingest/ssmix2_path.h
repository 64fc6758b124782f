#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace mimamori {

/// The seven fields of a file name in a standardized storage (shared/reference/ssmix2.md 2.3).
struct StoredFileName {
  std::string patient_number;  // 1 to 15 printable characters; leading zeros count
  std::string care_date;       // YYYYMMDD, a real day, or "-"
  std::string data_type;       // "OML-11", "OMD"
  std::string order_number;    // may contain '_'
  std::string timestamp;       // 17 digits; 8 to 17 are read
  std::string department;      // "-" if unknown
  std::string condition_flag;  // "1" live, "2" superseded, "0" deleted
  bool operator==(const StoredFileName&) const = default;
};

/// Splits a file name: fields 1-3 from the left, 5-7 from the right, and what remains is the order
/// number, which some vendors write with '_'. The name is one path component, without folders.
/// Errors  kInvalidInput: names the field and what was expected, never the patient number.
Result<StoredFileName> parse_file_name(std::string_view name);

/// Whether a file belongs to the operating system or an editor rather than to the storage:
/// Thumbs.db, .DS_Store, desktop.ini, names that begin with '.' or "~$" or end in '~', ".tmp", ".bak",
/// ".swp", ".part", ".lock".
bool is_junk(std::string_view name);

/// Compares the folders above a file with those its name asks for:
/// patient[0:3] / patient[3:6] / patient / date / type. More folders may stand above them; a level
/// that would have no name (a patient number of three characters) is left out.
///
///   relative_path   from the root of the storage to the file, the file name included, '/' between
///
/// Errors  kInvalidInput: says which level differs, without the patient number.
Result<void> check_folder(std::string_view relative_path, const StoredFileName& name);

/// The last component of a path.
std::string_view file_name_of(std::string_view relative_path);

}  // namespace mimamori
