#include "stats/subset.h"

#include <cctype>
#include <charconv>
#include <cmath>
#include <string>

namespace mimamori {
namespace {

constexpr std::size_t kCharactersMax = 4096;
constexpr int kDepthMax = 64;

using Mask = std::vector<char>;

enum class Comparison : std::uint8_t { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };

template <class T>
bool holds(const T& a, Comparison comparison, const T& b) {
  switch (comparison) {
    case Comparison::kEqual: return a == b;
    case Comparison::kNotEqual: return a != b;
    case Comparison::kLess: return a < b;
    case Comparison::kLessOrEqual: return a <= b;
    case Comparison::kGreater: return a > b;
    case Comparison::kGreaterOrEqual: return a >= b;
  }
  return false;
}

class SubsetReader {
 public:
  SubsetReader(std::string_view text, const Table& table) : text_(text), table_(table) {}

  Result<Mask> read() {
    Mask mask = TRY(expression(0));
    skip_blanks();
    if (at_ < text_.size()) return expected("'and', 'or' or the end");
    return mask;
  }

 private:
  [[nodiscard]] Error expected(const std::string& what) const {
    return {ErrorCode::kInvalidInput, "character " + std::to_string(at_ + 1) + ": expected " + what};
  }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
  }

  static bool in_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' ||
           static_cast<unsigned char>(c) >= 0x80;  // names may be Japanese
  }

  bool take(std::string_view token) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(token)) return false;
    const std::size_t end = at_ + token.size();
    if (in_name(token.back()) && end < text_.size() && in_name(text_[end]))
      return false;  // "order" is not "or"
    at_ = end;
    return true;
  }

  Result<Mask> expression(int depth) {
    Mask mask = TRY(term(depth));
    while (take("or")) {
      const Mask other = TRY(term(depth));
      for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = static_cast<char>(mask[i] | other[i]);
    }
    return mask;
  }

  Result<Mask> term(int depth) {
    Mask mask = TRY(factor(depth));
    while (take("and")) {
      const Mask other = TRY(factor(depth));
      for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = static_cast<char>(mask[i] & other[i]);
    }
    return mask;
  }

  Result<Mask> factor(int depth) {
    if (!take("(")) return comparison();
    if (depth >= kDepthMax) return expected("at most " + std::to_string(kDepthMax) + " nested parentheses");
    Mask mask = TRY(expression(depth + 1));
    if (!take(")")) return expected("')'");
    return mask;
  }

  Result<std::string> column_name() {
    skip_blanks();
    if (at_ < text_.size() && text_[at_] == '`') {
      const std::size_t end = text_.find('`', at_ + 1);
      if (end == std::string_view::npos) return expected("a closing back quote");
      std::string name(text_.substr(at_ + 1, end - at_ - 1));
      at_ = end + 1;
      return name;
    }
    const std::size_t start = at_;
    while (at_ < text_.size() && in_name(text_[at_])) ++at_;
    if (at_ == start) return expected("a column");
    return std::string(text_.substr(start, at_ - start));
  }

  Result<Comparison> comparison_sign() {
    constexpr std::pair<std::string_view, Comparison> kSigns[] = {
        {"==", Comparison::kEqual},          {"!=", Comparison::kNotEqual}, {"<=", Comparison::kLessOrEqual},
        {">=", Comparison::kGreaterOrEqual}, {"<", Comparison::kLess},      {">", Comparison::kGreater}};
    for (const auto& [sign, meaning] : kSigns) {
      if (take(sign)) return meaning;
    }
    return expected("==, !=, <, <=, > or >=");
  }

  Result<Mask> comparison() {
    const std::string name = TRY(column_name());
    const Column* column = table_.find(name);
    if (column == nullptr) {
      return Error{ErrorCode::kInvalidInput,
                   "no column " + name + " in the data; the columns are " + table_.names()};
    }
    const Comparison sign = TRY(comparison_sign());
    skip_blanks();
    if (at_ < text_.size() && text_[at_] == '"') return compare_text(*column, sign);
    return compare_number(*column, sign);
  }

  Result<Mask> compare_text(const Column& column, Comparison sign) {
    const std::size_t end = text_.find('"', at_ + 1);
    if (end == std::string_view::npos) return expected("a closing quote");
    if (!column.is_text) return expected("a number: column " + column.name + " holds numbers");
    if (sign != Comparison::kEqual && sign != Comparison::kNotEqual)
      return expected("== or != before a text");
    const std::string value(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    Mask mask(table_.rows());
    for (std::size_t i = 0; i < mask.size(); ++i) {
      mask[i] = !column.texts[i].empty() && holds(column.texts[i], sign, value) ? 1 : 0;
    }
    return mask;
  }

  Result<Mask> compare_number(const Column& column, Comparison sign) {
    double value = 0;
    const auto [end, problem] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (problem != std::errc() || !std::isfinite(value))
      return expected("a number or a text in double quotes");
    if (column.is_text) return expected("a text in double quotes: column " + column.name + " holds texts");
    at_ = static_cast<std::size_t>(end - text_.data());
    if (at_ < text_.size() && in_name(text_[at_])) return expected("the end of the number");
    Mask mask(table_.rows());
    for (std::size_t i = 0; i < mask.size(); ++i) {
      mask[i] = !std::isnan(column.numbers[i]) && holds(column.numbers[i], sign, value) ? 1 : 0;
    }
    return mask;
  }

  std::string_view text_;
  const Table& table_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::vector<std::size_t>> rows_of_subset(std::string_view expression, const Table& table) {
  if (expression.size() > kCharactersMax) {
    return Error{ErrorCode::kInvalidInput,
                 "expected at most " + std::to_string(kCharactersMax) + " characters"};
  }
  const Mask mask = TRY(SubsetReader(expression, table).read());
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (mask[i] != 0) rows.push_back(i);
  }
  return rows;
}

}  // namespace mimamori
