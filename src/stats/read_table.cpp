#include "stats/read_table.h"

#include "base/file.h"
#include "store/column_file.h"

namespace mimamori {
namespace {

/// Of one CSV file. A file of 10 million rows and 12 columns is about 1 GB.
constexpr std::size_t kTableBytesMax = std::size_t{8} * 1024 * 1024 * 1024;

Result<Table> read_parquet(const std::filesystem::path& file) {
  std::vector<FileColumn> from_file = TRY(read_parquet_columns(file));
  std::vector<Column> columns;
  for (FileColumn& one : from_file) {
    Column& column = columns.emplace_back();
    column.name = std::move(one.name);
    column.is_text = one.is_text;
    column.first_text_row = one.is_text ? 1 : 0;
    column.numbers = std::move(one.numbers);
    column.texts = std::move(one.texts);
    column.not_finite = std::move(one.not_finite);
  }
  return Table::of(std::move(columns)).at(file.string());
}

}  // namespace

Result<Table> read_table(const std::filesystem::path& file) {
  const std::string ending = file.extension().string();
  if (ending == ".parquet") return read_parquet(file);
  if (ending != ".csv") {
    return Error{ErrorCode::kUnsupported, file.string() + ": expected a file that ends in .csv or .parquet"};
  }
  const std::string text = TRY(read_file(file, kTableBytesMax));
  return read_csv(text).at(file.string());
}

}  // namespace mimamori
