#include "ingest/extended_path.h"

#include <algorithm>
#include <vector>

#include "base/date.h"

namespace mimamori {
namespace {

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A LOINC code: digits, a hyphen, a digit.
bool is_loinc(std::string_view text) {
  return text.size() >= 3 && text.size() <= 8 && text[text.size() - 2] == '-' && is_digit(text.back()) &&
         std::all_of(text.begin(), text.end() - 2, is_digit);
}

/// The kind by the parts of the type folder. They are looked for anywhere in it: in CP932 the byte of '^'
/// also ends characters, and then the parts of a name are more than six.
DocumentKind kind_of(std::string_view type_folder, std::string& data_type) {
  data_type = "EXT";
  for (const std::string_view part : parts_of(type_folder, '^')) {
    if (part == "L-OBSERVATIONS") {
      data_type = "EXT-VITALS";
      return DocumentKind::kVitalSigns;
    }
    if (!is_loinc(part)) continue;
    data_type = "EXT-" + std::string(part);
    return part == "18842-5" ? DocumentKind::kDischargeSummary : DocumentKind::kOther;
  }
  return DocumentKind::kOther;
}

Error name_error(std::string_view expectation) {
  return Error{ErrorCode::kInvalidInput, "content folder: expected " + std::string(expectation)};
}

bool is_flag(std::string_view text) { return text == "0" || text == "1" || text == "2"; }
bool is_timestamp(std::string_view text) {
  return text.size() >= 8 && text.size() <= 17 && std::all_of(text.begin(), text.end(), is_digit);
}

/// patient_date_type_key_timestamp[_department]_flag. The key may hold '_'.
Result<StoredFileName> read_content_folder(std::string_view folder) {
  std::vector<std::string_view> parts = parts_of(folder, '_');
  if (parts.size() < 6 || !is_flag(parts.back())) {
    return name_error("six or seven fields joined by _, the last of them 0, 1 or 2");
  }
  StoredFileName name;
  name.patient_number = parts[0];
  name.care_date = parts[1];
  name.condition_flag = parts.back();
  parts.pop_back();
  name.department = "-";
  if (!is_timestamp(parts.back()) || (parts.size() > 5 && is_timestamp(parts[parts.size() - 2]))) {
    name.department = parts.back();
    parts.pop_back();
  }
  if (parts.size() < 5 || !is_timestamp(parts.back()))
    return name_error("a timestamp of 17 digits before the flag");
  name.timestamp = parts.back();
  const std::size_t before_key = parts[0].size() + parts[1].size() + parts[2].size() + 3;
  const auto key_length = static_cast<std::size_t>(parts.back().data() - folder.data()) - before_key;
  name.order_number = key_length == 0 ? "" : std::string(folder.substr(before_key, key_length - 1));
  if (name.patient_number.empty() || name.patient_number.size() > 15) return name_error("a patient number");
  if (name.care_date != "-" && !parse_date(name.care_date).ok())
    return name_error("YYYYMMDD, a real day, or -");
  return name;
}

}  // namespace

std::optional<Result<ExtendedFile>> find_extended_file(std::string_view relative_path) {
  std::size_t begin = 0;  // of the folder looked at
  for (;;) {
    const std::size_t end = relative_path.find('/', begin);
    if (end == std::string_view::npos) return std::nullopt;
    if (relative_path.substr(begin, end - begin).find('^') != std::string_view::npos) break;
    begin = end + 1;
  }
  const std::string_view above = relative_path.substr(0, begin);
  const std::vector<std::string_view> below = parts_of(relative_path.substr(begin), '/');
  if (below.size() < 3) return name_error("a content folder between the type folder and the file");
  Result<StoredFileName> name = read_content_folder(below[1]);
  if (!name.ok()) return name.error();
  ExtendedFile file;
  file.name = *std::move(name);
  file.kind = kind_of(below[0], file.name.data_type);
  file.inner_path = std::string(relative_path.substr(begin + below[0].size() + below[1].size() + 2));
  const std::string placed = std::string(above) + file.name.data_type + "/" + std::string(below[1]);
  const Result<void> folders = check_folder(placed, file.name);
  if (!folders.ok()) return folders.error();
  return Result<ExtendedFile>(std::move(file));
}

std::string identity_of_path(std::string_view relative_path) {
  const std::string_view name = file_name_of(relative_path);
  if (const std::optional<Result<ExtendedFile>> extended = find_extended_file(relative_path)) {
    if (!extended->ok()) return std::string(relative_path);
    const ExtendedFile& file = **extended;
    return file.name.patient_number + "_" + file.name.care_date + "_" + file.name.data_type + "_" +
           file.name.order_number + "_" + file.name.timestamp + "_" + file.name.department + "_/" +
           file.inner_path;
  }
  const Result<StoredFileName> fields = parse_file_name(name);
  if (!fields.ok() || !check_folder(relative_path, *fields).ok()) return std::string(relative_path);
  return std::string(name.substr(0, name.size() - 1));
}

}  // namespace mimamori
