#include "ingest/ssmix2_path.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/date.h"

namespace mimamori {
namespace {

Error name_error(std::string_view field, std::string_view expectation) {
  return Error{ErrorCode::kInvalidInput,
               "file name, " + std::string(field) + ": expected " + std::string(expectation)};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_printable(char c) { return c > 0x20 && c < 0x7F && c != '/' && c != '\\'; }

bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }
bool all_printable(std::string_view text) { return std::all_of(text.begin(), text.end(), is_printable); }

bool has_length(std::string_view text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most;
}

/// "OML-11" or "OMD".
bool looks_like_data_type(std::string_view text) {
  if (text.size() != 3 && text.size() != 6) return false;
  if (!std::all_of(text.begin(), text.begin() + 3, is_upper)) return false;
  return text.size() == 3 || (text[3] == '-' && is_digit(text[4]) && is_digit(text[5]));
}

/// Cuts the text before the first '_' off and returns it; npos-safe callers have counted the '_'.
std::string_view take_left(std::string_view& rest) {
  const std::size_t at = rest.find('_');
  const std::string_view field = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  return field;
}

std::string_view take_right(std::string_view& rest) {
  const std::size_t at = rest.rfind('_');
  const std::string_view field = rest.substr(at + 1);
  rest = rest.substr(0, at);
  return field;
}

Result<void> check_fields(const StoredFileName& name) {
  if (!has_length(name.patient_number, 1, 15) || !all_printable(name.patient_number)) {
    return name_error("field 1 (patient)", "1 to 15 printable characters");
  }
  if (name.care_date != "-" && !parse_date(name.care_date).ok()) {
    return name_error("field 2 (care date)", "YYYYMMDD, a real day, or -");
  }
  if (!looks_like_data_type(name.data_type)) {
    return name_error("field 3 (data type)", "three letters, or three letters, a hyphen and two digits");
  }
  if (!has_length(name.order_number, 1, 64) || !all_printable(name.order_number)) {
    return name_error("field 4 (order number)", "1 to 64 printable characters");
  }
  if (!has_length(name.timestamp, 8, 17) || !all_digits(name.timestamp)) {
    return name_error("field 5 (timestamp)", "17 digits YYYYMMDDHHMMSSFFF, or at least 8 of them");
  }
  if (!has_length(name.department, 0, 20) || !all_printable(name.department)) {
    return name_error("field 6 (department)", "at most 20 printable characters, or -");
  }
  if (name.condition_flag != "0" && name.condition_flag != "1" && name.condition_flag != "2") {
    return name_error("field 7 (condition flag)", "0, 1 or 2");
  }
  return {};
}

std::vector<std::string_view> folders_of(std::string_view relative_path) {
  std::vector<std::string_view> folders;
  std::size_t begin = 0;
  for (std::size_t at = relative_path.find('/'); at != std::string_view::npos;
       at = relative_path.find('/', begin)) {
    const std::string_view folder = relative_path.substr(begin, at - begin);
    if (!folder.empty() && folder != ".") folders.push_back(folder);
    begin = at + 1;
  }
  return folders;
}

struct Level {
  std::string_view title;
  std::string_view name;
};

/// The folders that a name asks for, outermost first.
std::vector<Level> levels_of(const StoredFileName& name) {
  const std::string_view patient = name.patient_number;
  std::vector<Level> levels;
  levels.push_back({"level 2 (characters 1-3 of the patient number)", patient.substr(0, 3)});
  if (patient.size() > 3) {
    levels.push_back({"level 3 (characters 4-6 of the patient number)", patient.substr(3, 3)});
  }
  levels.push_back({"level 4 (patient number)", patient});
  levels.push_back({"level 5 (care date)", name.care_date});
  levels.push_back({"level 6 (data type)", name.data_type});
  return levels;
}

}  // namespace

Result<StoredFileName> parse_file_name(std::string_view name) {
  const auto separators = std::count(name.begin(), name.end(), '_');
  if (separators < 6) {
    return Error{ErrorCode::kInvalidInput,
                 "file name: expected seven fields joined by _ "
                 "(patient_date_type_order_timestamp_department_flag), found " +
                     std::to_string(separators + 1)};
  }
  std::string_view rest = name;
  StoredFileName parsed;
  parsed.patient_number = take_left(rest);
  parsed.care_date = take_left(rest);
  parsed.data_type = take_left(rest);
  parsed.condition_flag = take_right(rest);
  parsed.department = take_right(rest);
  parsed.timestamp = take_right(rest);
  parsed.order_number = rest;
  TRY(check_fields(parsed));
  return parsed;
}

bool is_junk(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; });
  if (lower == "thumbs.db" || lower == "desktop.ini" || lower == "ehthumbs.db") return true;
  if (lower.starts_with(".") || lower.starts_with("~$") || lower.ends_with("~")) return true;
  constexpr std::array<std::string_view, 6> kEndings = {".tmp", ".bak", ".swp", ".part", ".lock", ".temp"};
  return std::any_of(kEndings.begin(), kEndings.end(), [&](auto ending) { return lower.ends_with(ending); });
}

Result<void> check_folder(std::string_view relative_path, const StoredFileName& name) {
  const std::vector<std::string_view> folders = folders_of(relative_path);
  const std::vector<Level> levels = levels_of(name);
  if (folders.size() < levels.size()) {
    return Error{ErrorCode::kInvalidInput, "folder: expected at least " + std::to_string(levels.size()) +
                                               " levels above the file, found " +
                                               std::to_string(folders.size())};
  }
  const std::size_t above = folders.size() - levels.size();
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (folders[above + i] == levels[i].name) continue;
    return Error{ErrorCode::kInvalidInput,
                 "folder, " + std::string(levels[i].title) + ": expected the same as in the file name"};
  }
  return {};
}

std::string_view file_name_of(std::string_view relative_path) {
  const std::size_t slash = relative_path.rfind('/');
  return slash == std::string_view::npos ? relative_path : relative_path.substr(slash + 1);
}

}  // namespace mimamori
