#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "stats/read_table.h"

namespace mimamori {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr double kWholeMax = 9007199254740992.0;  // 2^53: every whole number up to it is a double
constexpr std::size_t kColumnsMax = 10'000;

/// One cell: what stands in the file, without quotes around it.
struct Cell {
  std::string_view text;
  bool has_doubled_quotes = false;  // "" stands for "
  bool is_quoted = false;
  bool ends_line = false;
};

std::string unescaped(const Cell& cell) {
  std::string text;
  for (std::size_t i = 0; i < cell.text.size(); ++i) {
    text += cell.text[i];
    if (cell.has_doubled_quotes && cell.text[i] == '"') ++i;
  }
  return text;
}

/// Reads cell after cell, and knows the line and column it is in.
class CellReader {
 public:
  explicit CellReader(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] std::size_t line() const { return line_; }
  [[nodiscard]] Error expected(const std::string& what) const {
    return {ErrorCode::kInvalidInput,
            "line " + std::to_string(line_) + ", column " + std::to_string(column_) + ": expected " + what};
  }

  Result<Cell> next() {
    if (new_line_) {
      line_ = next_line_;
      column_ = 0;
    }
    ++column_;
    new_line_ = false;
    if (!at_end() && text_[at_] == '"') return quoted();
    const std::size_t start = at_;
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') {
      if (text_[at_] == '"') return expected("no quote inside a cell that does not begin with one");
      ++at_;
    }
    Cell cell{.text = text_.substr(start, at_ - start)};
    TRY(end_cell(cell));
    return cell;
  }

 private:
  Result<Cell> quoted() {
    Cell cell{.text = {}, .is_quoted = true};
    const std::size_t start = ++at_;
    for (;; ++at_) {
      if (at_end()) return expected("a closing quote");
      if (text_[at_] == '\n') ++next_line_;
      if (text_[at_] != '"') continue;
      if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
      cell.has_doubled_quotes = true;
      ++at_;
    }
    cell.text = text_.substr(start, at_ - start);
    ++at_;
    TRY(end_cell(cell));
    return cell;
  }

  /// Takes the comma or the end of the line after a cell.
  Result<void> end_cell(Cell& cell) {
    if (at_end()) {
      cell.ends_line = true;
      return {};
    }
    if (text_[at_] == ',') {
      ++at_;
      return {};
    }
    if (text_[at_] == '\r' && text_.substr(at_).starts_with("\r\n")) ++at_;
    if (text_[at_] != '\n') return expected("a comma or the end of the line");
    ++at_;
    ++next_line_;
    new_line_ = true;
    cell.ends_line = true;
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1, next_line_ = 1, column_ = 0;
  bool new_line_ = false;
};

/// Whether a plain number stands in the cell; Inf and NaN are numbers that are not finite.
bool read_number(std::string_view text, double& value) {
  const char* end_of_text = text.data() + text.size();
  const auto [end, problem] = std::from_chars(text.data(), end_of_text, value);
  if (end != end_of_text) return false;
  if (problem == std::errc::result_out_of_range) value = std::strtod(std::string(text).c_str(), nullptr);
  if (problem == std::errc::invalid_argument) return false;
  const bool is_wide = std::abs(value) > kWholeMax && std::isfinite(value) &&
                       text.find_first_not_of("-0123456789") == std::string_view::npos;
  return !is_wide;
}

void add_number(const Cell& cell, Column& column) {
  double value = kMissing;
  if (!cell.text.empty()) {
    if (!read_number(cell.text, value)) {
      column.is_text = true;
      column.first_text_row = column.numbers.size() + 1;
      column.numbers = {};
      return;
    }
    if (!std::isfinite(value)) column.not_finite.push_back(column.numbers.size() + 1);
  }
  column.numbers.push_back(value);
}

/// Bytes that a lead byte asks for after it; 4: it is none.
int continuation_bytes(unsigned char lead) {
  if (lead < 0x80) return 0;
  if (lead >= 0xC2 && lead <= 0xDF) return 1;
  if (lead >= 0xE0 && lead <= 0xEF) return 2;
  if (lead >= 0xF0 && lead <= 0xF4) return 3;
  return 4;
}

/// RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF.
bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const int more = continuation_bytes(lead);
    if (more == 4 || i + static_cast<std::size_t>(more) >= text.size()) return false;
    for (int k = 1; k <= more; ++k) {
      if ((static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]) & 0xC0U) != 0x80U) return false;
    }
    if (more >= 2) {
      const auto second = static_cast<unsigned char>(text[i + 1]);
      if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
          (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) {
        return false;
      }
    }
    i += static_cast<std::size_t>(more) + 1;
  }
  return true;
}

Result<std::vector<Column>> read_names(CellReader& cells) {
  std::vector<Column> columns;
  for (bool more = true; more;) {
    const Cell cell = TRY(cells.next());
    if (cell.text.empty()) return cells.expected("a name");
    if (!is_utf8(cell.text)) return cells.expected("UTF-8");
    if (columns.size() == kColumnsMax) return cells.expected("at most 10000 columns");
    columns.emplace_back().name = unescaped(cell);
    more = !cell.ends_line;
  }
  return columns;
}

/// Calls take(column number, cell) for each cell of the rows; every row has as many cells as there are names.
template <class Take>
Result<void> each_cell(CellReader& cells, std::size_t columns, Take&& take) {
  while (!cells.at_end()) {
    for (std::size_t c = 0; c < columns; ++c) {
      const Cell cell = TRY(cells.next());
      // With one column a line without anything is a missing value.
      if (cell.ends_line != (c + 1 == columns)) {
        return cells.expected(std::to_string(columns) + " cells in the line, as there are names");
      }
      if (!take(c, cell)) return cells.expected("UTF-8");
    }
  }
  return {};
}

}  // namespace

Result<Table> read_csv(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.empty()) return Error{ErrorCode::kInvalidInput, "line 1: expected the names of the columns"};
  CellReader cells(text);
  std::vector<Column> columns = TRY(read_names(cells));
  CellReader from_first_row = cells;
  TRY(each_cell(cells, columns.size(), [&](std::size_t c, const Cell& cell) {
    if (!columns[c].is_text) add_number(cell, columns[c]);
    return true;
  }));
  // Columns that turned out to hold texts are read once more, from their first row.
  bool any_text = false;
  for (const Column& column : columns) any_text = any_text || column.is_text;
  if (any_text) {
    TRY(each_cell(from_first_row, columns.size(), [&](std::size_t c, const Cell& cell) {
      if (!columns[c].is_text) return true;
      columns[c].texts.push_back(unescaped(cell));
      return is_utf8(cell.text);
    }));
  }
  for (Column& column : columns) {
    if (column.is_text) column.not_finite.clear();
  }
  return Table::of(std::move(columns));
}

}  // namespace mimamori
