#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mimamori {

/// One column of a table: numbers, or texts where a cell is neither empty nor a plain number.
struct Column {
  std::string name;
  bool is_text = false;
  std::vector<double> numbers = {};     // NaN where the cell is empty; no element if is_text
  std::vector<std::string> texts = {};  // empty where the cell is empty; no element unless is_text
  /// Rows (from 1) that say Inf or NaN: no missing values, refused in use.
  std::vector<std::size_t> not_finite = {};
  std::size_t first_text_row = 0;  // is_text: the first row (from 1) that is no number
};

/// Columns by name, each of the same length. Names are unique and not empty.
class Table {
 public:
  Table() = default;
  /// Errors  kInvalidInput: two columns of one name, a column without a name, lengths disagree.
  static Result<Table> of(std::vector<Column> columns);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::span<const Column> columns() const { return columns_; }
  /// nullptr: no such column.
  [[nodiscard]] const Column* find(std::string_view name) const;
  /// "id, time, status", for error sentences.
  [[nodiscard]] std::string names() const;

 private:
  std::vector<Column> columns_;
  std::size_t rows_ = 0;
};

/// The levels of one column, or of several crossed: codes from 0, sorted (numbers by value, then texts by
/// bytes).
struct Levels {
  std::vector<std::int32_t> code;   // one per row in use
  std::vector<std::string> labels;  // by code: "2", "m"; several columns crossed: "2, m"
  [[nodiscard]] std::size_t count() const { return labels.size(); }
};

/// Covariates as a model takes them: plain columns first, then the indicators "name=level" of each factor, in
/// the order of the spec, levels ascending without the reference. Columns are not copied.
struct Design {
  std::vector<std::string> names;
  std::vector<std::span<const double>> columns;  // each of length n
  std::vector<std::vector<double>> made;         // what the indicators' spans point to
  [[nodiscard]] std::size_t size() const { return names.size(); }
  /// n x p, row-major.
  [[nodiscard]] std::vector<double> row_major() const;
};

/// Why some rows are not in use.
struct DroppedRows {
  std::string reason;  // "subset", "zero_weight", "missing:age"
  std::size_t count = 0;
};

class Spec;

/// The rows that a fit uses: those of the spec's subset, with a weight above 0, that miss none of the columns
/// which the spec names. Every column is aligned with these rows.
class Rows {
 public:
  /// Errors  kInvalidInput: a column is text where numbers are needed; a number in use is not finite; a
  /// weight is
  ///         below 0; the logarithm of an offset does not exist: each with the rows' numbers.
  static Result<Rows> of(const Table& table, const Spec& spec);

  [[nodiscard]] std::size_t given() const { return given_; }
  [[nodiscard]] std::size_t used() const { return used_; }
  [[nodiscard]] std::span<const DroppedRows> dropped() const { return dropped_; }
  /// The number (from 1) in the file of the row at a place.
  [[nodiscard]] std::size_t row_number(std::size_t at) const {
    return used_ == given_ ? at + 1 : kept_[at] + 1;
  }

  /// A numeric column that the spec names: rows.numbers(spec.text("time")).
  [[nodiscard]] std::span<const double> numbers(std::string_view column) const;
  /// The weights of the key "weights"; empty if the spec has none.
  [[nodiscard]] std::span<const double> weights() const;
  /// The offset of the key "offset", evaluated; empty if the spec has none.
  [[nodiscard]] std::span<const double> offset() const { return offset_; }

  /// A column as 0 and 1.  Errors  kInvalidInput: another number, with the rows.
  [[nodiscard]] Result<std::vector<std::uint8_t>> zero_or_one(std::string_view column) const;
  /// A column as whole numbers of at least `least`.  Errors  kInvalidInput: another number, with the rows.
  [[nodiscard]] Result<std::vector<std::int64_t>> whole_numbers(std::string_view column,
                                                                std::int64_t least = 0) const;
  /// The levels of the columns crossed. No column: one level without a label.
  [[nodiscard]] Levels levels(std::span<const std::string> columns) const;
  [[nodiscard]] Levels levels(const std::string& column) const { return levels(std::span(&column, 1)); }

  /// Keys "covariates" and "factors" of the spec.
  /// Errors  kInvalidInput: a reference is no level of its factor, with the levels there are.
  [[nodiscard]] Result<Design> design(const Spec& spec) const;

 private:
  struct Kept {
    const Column* column = nullptr;
    std::vector<double> numbers;  // filled only where rows were dropped
  };
  [[nodiscard]] const Kept& kept(std::string_view column) const;
  [[nodiscard]] std::span<const double> values(const Kept& kept) const;
  void add_column(const Column& column);
  Result<void> add_weights_and_offset(const Spec& spec);

  std::size_t given_ = 0;
  std::size_t used_ = 0;
  std::vector<std::size_t> kept_;  // rows in use, from 0; empty: all of them
  std::vector<DroppedRows> dropped_;
  std::vector<Kept> columns_;
  std::string weights_;  // column
  std::vector<double> offset_;
};

/// A number as a label: "2", "0.5"; the shortest text that reads back as the same number.
std::string number_label(double value);

/// "rows 3, 17 and 24 more", for error sentences: at most five numbers.
std::string row_list(std::span<const std::size_t> numbers);

}  // namespace mimamori
