#include "stats/table.h"

#include <charconv>
#include <set>

namespace mimamori {

std::string number_label(double value) {
  char text[32];
  const auto [end, problem] = std::to_chars(text, text + sizeof text, value);
  ENSURE(problem == std::errc());
  return {text, end};
}

std::string row_list(std::span<const std::size_t> numbers) {
  constexpr std::size_t kShown = 5;
  std::string text = numbers.size() == 1 ? "row" : "rows";
  for (std::size_t i = 0; i < numbers.size() && i < kShown; ++i) {
    text += (i == 0 ? " " : ", ") + std::to_string(numbers[i]);
  }
  if (numbers.size() > kShown) text += " and " + std::to_string(numbers.size() - kShown) + " more";
  return text;
}

Result<Table> Table::of(std::vector<Column> columns) {
  Table table;
  std::set<std::string_view> names;
  for (const Column& column : columns) {
    const std::size_t rows = column.is_text ? column.texts.size() : column.numbers.size();
    if (column.name.empty()) return Error{ErrorCode::kInvalidInput, "expected a name for every column"};
    if (!names.insert(column.name).second) {
      return Error{ErrorCode::kInvalidInput, "expected column " + column.name + " once"};
    }
    if (&column == &columns.front()) table.rows_ = rows;
    if (rows != table.rows_) {
      return Error{ErrorCode::kInvalidInput,
                   "expected " + std::to_string(table.rows_) + " rows in column " + column.name};
    }
  }
  table.columns_ = std::move(columns);
  return table;
}

const Column* Table::find(std::string_view name) const {
  for (const Column& column : columns_) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

std::string Table::names() const {
  std::string text;
  for (const Column& column : columns_) text += (text.empty() ? "" : ", ") + column.name;
  return text;
}

}  // namespace mimamori
