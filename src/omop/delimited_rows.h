#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace mimamori {

/// One row of a delimited text. The views hold until the next call of DelimitedRows.
struct DelimitedRow {
  std::int64_t line = 0;                 // its first line in the file, from 1
  std::int64_t lines = 1;                // more than one: a quoted field holds line breaks
  bool is_broken = false;                // a quote that nothing closes: fields are empty
  std::vector<std::string_view> fields;  // quotes taken off; otherwise as written
};

/// Cuts a text that comes in parts into rows and fields (RFC 4180, read leniently: LF or CRLF, text behind a
/// closing quote belongs to the field). A field in quotes may run over several lines and from one part into
/// the next. Where a quote is not closed, or a row over several lines has another number of fields than the
/// header, only its first line is given up and reading goes on with the next one, so that one stray quote
/// does not swallow the rows behind it.
///
/// Between tabs, as the vocabularies of OHDSI are written, a quote is an ordinary character, unless a field
/// begins and ends with one and holds no other.
class DelimitedRows {
 public:
  /// Longer rows over several lines are taken for a stray quote.
  static constexpr std::size_t kRowBytesMax = std::size_t{64} * 1024;

  /// The next part; borrowed until next() returned false. Its rows must not be asked for before the header
  /// told delimiter and width.
  void feed(std::string_view part, bool is_last);

  /// The next row, or false at the end of the part. Empty lines are skipped.
  bool next(DelimitedRow& row);

  /// What separates fields: found in the first line that is not empty, among comma, tab, semicolon and bar.
  [[nodiscard]] char delimiter() const { return delimiter_; }
  /// Fields that a row over several lines must have; 0 while the header is not known.
  void expect_fields(std::size_t width) { width_ = width; }
  /// Lines read so far.
  [[nodiscard]] std::int64_t lines() const { return line_ - 1; }

 private:
  enum class End { kRow, kOpenQuote, kTooLong };
  End cut(std::size_t start, DelimitedRow& row);
  bool cut_quoted(std::size_t& place, std::size_t window_end, DelimitedRow& row);
  void cut_plain(std::size_t& place, DelimitedRow& row);
  void give_up_line(DelimitedRow& row);
  bool skip_empty_line();
  void carry_rest();
  std::string_view kept(std::string text);

  std::string carried_;  // the unfinished row of the part before, then with this part behind it
  std::string_view text_;
  std::size_t place_ = 0;  // of the next row in text_
  std::size_t end_ = 0;    // behind the row just cut
  bool is_last_ = false;
  bool is_stray_ = false;  // of the row just cut: text stands behind a quote that ran over lines
  char delimiter_ = '\0';
  std::size_t width_ = 0;
  std::int64_t line_ = 1;              // of the next row
  std::deque<std::string> unescaped_;  // fields of the current row that are not a piece of the text
};

}  // namespace mimamori
