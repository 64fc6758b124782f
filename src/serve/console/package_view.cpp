#include "serve/console/package_view.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/hash.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

constexpr int kAttritionRowsMax = 1000;

Result<std::string> intact_bytes(const std::filesystem::path& folder, const PackageFile& file) {
  std::string bytes = TRY(read_file(folder / file.name, kPackageFileBytesMax));
  if (static_cast<std::int64_t>(bytes.size()) != file.bytes || sha256_hex(bytes) != file.sha256) {
    return Error{ErrorCode::kConflict, file.name + ": it is not what the manifest says"};
  }
  return bytes;
}

std::string shortest(double value) {
  char text[32];
  const auto [end, failure] = std::to_chars(text, text + sizeof text, value);
  return failure == std::errc{} ? std::string(text, end) : std::string();
}

Json text_json(const Cell& cell) {
  if (std::holds_alternative<std::monostate>(cell)) return nullptr;
  if (const auto* flag = std::get_if<bool>(&cell)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
  if (const auto* number = std::get_if<double>(&cell)) return shortest(*number);
  if (const auto* date = std::get_if<Date>(&cell)) return to_iso(*date);
  return std::get<std::string>(cell);
}

/// The columns that a file has, with what the permitted ones mean.
std::vector<EgressColumn> columns_in(const std::vector<std::string>& names, const EgressFile& permitted,
                                     std::vector<std::string>& not_permitted) {
  std::vector<EgressColumn> columns;
  for (const std::string& name : names) {
    const auto known = std::ranges::find(permitted.columns, name, &EgressColumn::name);
    if (known != permitted.columns.end()) {
      columns.push_back(*known);
      continue;
    }
    not_permitted.push_back(permitted.name + ": " + name);
    columns.push_back({.name = name, .type = "?", .meaning = catalogue("console.egress.unknown")});
  }
  return columns;
}

}  // namespace

Result<std::vector<EgressFile>> permitted_files() {
  static const Result<std::vector<EgressFile>> kFiles = files_of(StudyDataSet{});
  return kFiles;
}

Result<PackageView> view_package(const std::filesystem::path& folder, const Manifest& manifest) {
  const std::vector<EgressFile> permitted = TRY(permitted_files());
  PackageView view;
  for (const PackageFile& file : manifest.files) {
    EgressFile own{.name = file.name, .title = {}, .rows = file.rows, .columns = {}, .content = {}};
    const auto known = std::ranges::find(permitted, file.name, &EgressFile::name);
    if (known == permitted.end()) view.not_permitted.push_back(file.name);
    own.title = known == permitted.end() ? catalogue("console.egress.unknown") : known->title;
    const Result<std::string> bytes = intact_bytes(folder, file);
    const bool is_attrition = file.name == "attrition.parquet";
    const Result<CellTable> rows = bytes.ok() ? first_rows(*bytes, is_attrition ? kAttritionRowsMax : 1)
                                              : Result<CellTable>(bytes.error());
    if (!rows.ok()) {
      view.damaged.push_back(file.name);
    } else {
      const EgressFile none{.name = file.name, .title = {}, .rows = 0, .columns = {}, .content = {}};
      own.columns = columns_in(rows->columns, known == permitted.end() ? none : *known, view.not_permitted);
      if (is_attrition) view.attrition = *rows;
    }
    view.files.push_back(std::move(own));
  }
  return view;
}

Result<Json> preview_json(const std::filesystem::path& folder, const Manifest& manifest,
                          const std::string& file, int rows) {
  const auto found = std::ranges::find(manifest.files, file, &PackageFile::name);
  if (found == manifest.files.end())
    return Error{ErrorCode::kNotFound, "preview: no such file in the package"};
  const std::string bytes = TRY(intact_bytes(folder, *found));
  const CellTable table = TRY(first_rows(bytes, rows));
  Json lines = Json::array();
  for (const auto& row : table.rows) {
    Json line = Json::array();
    for (const Cell& cell : row) line.push_back(text_json(cell));
    lines.push_back(std::move(line));
  }
  return Json{{"file", file}, {"columns", table.columns}, {"rows", std::move(lines)}, {"total", found->rows}};
}

}  // namespace mimamori
