#include "ingest/change_feed.h"

#include <algorithm>
#include <array>
#include <optional>

#include "ingest/ssmix2_path.h"

namespace mimamori {
namespace {

constexpr std::string_view kHeader = "#SSMIX,";
constexpr std::size_t kHeaderFields = 10;

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t comma = line.find(',');
    fields.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return fields;
    line.remove_prefix(comma + 1);
  }
}

std::optional<TransactionEntry> read_header(std::string_view line) {
  const std::vector<std::string_view> fields = fields_of(line);
  if (fields.size() < kHeaderFields || (fields[7] != "INS" && fields[7] != "DEL")) return std::nullopt;
  TransactionEntry entry{.patient_number = std::string(fields[3]),
                         .care_date = std::string(fields[4]),
                         .data_type = std::string(fields[5]),
                         .order_number = std::string(fields[6]),
                         .is_deletion = fields[7] == "DEL",
                         .timestamp = std::string(fields[9])};
  // The same rules as for a file of that name: nothing of it may lead out of the tree.
  const Result<StoredFileName> name = parse_file_name(entry.name_prefix() + entry.timestamp + "_-_1");
  if (!name.ok() || name->patient_number != entry.patient_number || name->data_type != entry.data_type) {
    return std::nullopt;
  }
  return entry;
}

/// The end of the line at `begin`, behind its CR, LF or CRLF; npos if it is not ended.
std::size_t line_end(std::string_view bytes, std::size_t begin) {
  const std::size_t end = bytes.find_first_of("\r\n", begin);
  if (end == std::string_view::npos) return end;
  return bytes[end] == '\r' && end + 1 < bytes.size() && bytes[end + 1] == '\n' ? end + 2 : end + 1;
}

}  // namespace

std::string TransactionEntry::folder() const {
  std::string folder = patient_number.substr(0, 3) + "/";
  if (patient_number.size() > 3) folder += patient_number.substr(3, 3) + "/";
  return folder + patient_number + "/" + care_date + "/" + data_type;
}

std::string TransactionEntry::name_prefix() const {
  return patient_number + "_" + care_date + "_" + data_type + "_" + order_number + "_";
}

bool is_transaction_file(std::string_view path) {
  const std::string_view name = file_name_of(path);
  constexpr std::size_t kTimestamp = 17;
  if (!name.starts_with("TR_") || !name.ends_with(".DAT") || name.size() < 3 + kTimestamp + 1 + 1 + 4)
    return false;
  const std::string_view middle = name.substr(3, name.size() - 7);
  return all_digits(middle.substr(0, kTimestamp)) && middle[kTimestamp] == '_' &&
         all_digits(middle.substr(kTimestamp + 1));
}

std::vector<std::string> transaction_files_after(std::vector<std::string> paths,
                                                 const TransactionMarker& marker) {
  const std::string_view last = file_name_of(marker.file);
  std::erase_if(paths, [&](const std::string& path) {
    return !is_transaction_file(path) || file_name_of(path) < last;
  });
  // The name begins with the time the file was begun, so its order is that of time in whatever year folder.
  std::ranges::sort(paths, [](const std::string& a, const std::string& b) {
    const auto [name_a, name_b] = std::pair(file_name_of(a), file_name_of(b));
    return name_a != name_b ? name_a < name_b : a < b;
  });
  return paths;
}

TransactionPart read_transactions(std::string_view bytes, std::size_t offset) {
  TransactionPart part;
  part.next_offset = std::min(offset, bytes.size());
  while (part.next_offset < bytes.size()) {
    const std::size_t begin = part.next_offset;
    const std::size_t end = line_end(bytes, begin);
    if (end == std::string_view::npos) break;
    part.next_offset = end;
    std::string_view line = bytes.substr(begin, end - begin);
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
    if (!line.starts_with(kHeader)) continue;
    if (std::optional<TransactionEntry> entry = read_header(line)) {
      part.entries.push_back(*std::move(entry));
    } else {
      part.unreadable.push_back(begin);
    }
  }
  return part;
}

namespace {

/// The fields of one CSV record, which may be quoted and then hold commas and line ends; moves `csv` behind
/// it.
std::vector<std::string> take_record(std::string_view& csv) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  std::size_t i = 0;
  for (; i < csv.size(); ++i) {
    const char c = csv[i];
    if (quoted) {
      if (c != '"')
        fields.back() += c;
      else if (i + 1 < csv.size() && csv[i + 1] == '"')
        fields.back() += csv[++i];
      else
        quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      fields.emplace_back();
    } else if (c == '\n') {
      ++i;
      break;
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  csv.remove_prefix(i);
  return fields;
}

enum Column : std::size_t { kVolume, kProcessing, kFolder, kFile, kUpdated, kColumns };
constexpr std::array<std::string_view, kColumns> kNames = {"VOLUMELABEL", "PROCESSINGTYPE", "OUTRELDIRECTORY",
                                                           "FILENAME", "UPDATEDATETIME"};

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

Error index_error(std::size_t record, std::string_view expectation) {
  return Error{ErrorCode::kInvalidInput,
               "index export, record " + std::to_string(record) + ": expected " + std::string(expectation)};
}

Result<std::array<std::size_t, kColumns>> find_columns(const std::vector<std::string>& header) {
  std::array<std::size_t, kColumns> places{};
  for (std::size_t column = 0; column < kColumns; ++column) {
    const auto found =
        std::ranges::find_if(header, [&](const std::string& h) { return upper(h) == kNames[column]; });
    if (found == header.end()) return index_error(1, "a column " + std::string(kNames[column]));
    places[column] = static_cast<std::size_t>(found - header.begin());
  }
  return places;
}

/// Folder and file below the root, with '/' between; nothing if they would lead out of it.
std::optional<std::string> path_below_root(std::string folder, const std::string& file) {
  std::ranges::replace(folder, '\\', '/');
  while (!folder.empty() && folder.front() == '/') folder.erase(0, 1);
  while (!folder.empty() && folder.back() == '/') folder.pop_back();
  const std::string path = folder.empty() ? file : folder + "/" + file;
  std::string_view rest = path;
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find('/'));
    if (part.empty() || part == "." || part == "..") return std::nullopt;
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
  }
  if (file.empty() || file.find_first_of("/\\") != std::string::npos) return std::nullopt;
  return path;
}

}  // namespace

Result<IndexChanges> read_index_export(std::string_view csv, std::string_view since) {
  if (csv.starts_with("\xEF\xBB\xBF")) csv.remove_prefix(3);
  const std::vector<std::string> header = take_record(csv);
  const auto places = TRY(find_columns(header));
  IndexChanges changes;
  changes.marker = since;
  for (std::size_t record = 2; !csv.empty(); ++record) {
    const std::vector<std::string> fields = take_record(csv);
    if (fields.size() == 1 && fields[0].empty()) continue;
    if (fields.size() != header.size()) return index_error(record, std::to_string(header.size()) + " fields");
    const std::string& updated_at = fields[places[kUpdated]];
    if (updated_at < since) continue;
    const std::optional<std::string> path = path_below_root(fields[places[kFolder]], fields[places[kFile]]);
    if (!path) return index_error(record, "a path below the root");
    changes.files.push_back(
        {fields[places[kVolume]], *path, fields[places[kProcessing]] == "DEL", updated_at});
    changes.marker = std::max(changes.marker, updated_at);
  }
  return changes;
}

}  // namespace mimamori
