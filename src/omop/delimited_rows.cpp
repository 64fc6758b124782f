#include "omop/delimited_rows.h"

#include <algorithm>
#include <array>

namespace mimamori {
namespace {

constexpr std::string_view kDelimiters = ",\t;|";

// The delimiter that stands most often in a line, outside quotes; a comma where none does.
char find_delimiter(std::string_view line) {
  std::array<std::size_t, kDelimiters.size()> counts{};
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    const std::size_t kind = quoted ? std::string_view::npos : kDelimiters.find(c);
    if (kind != std::string_view::npos) ++counts[kind];
  }
  const auto most = std::max_element(counts.begin(), counts.end()) - counts.begin();
  return kDelimiters[static_cast<std::size_t>(most)];
}

std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

void DelimitedRows::feed(std::string_view part, bool is_last) {
  if (carried_.empty()) {
    text_ = part;
  } else {
    carried_ += part;
    text_ = carried_;
  }
  place_ = 0;
  is_last_ = is_last;
}

// The part is only borrowed: what is not yet a row stays here.
void DelimitedRows::carry_rest() {
  carried_ = std::string(text_.substr(place_));
  text_ = {};
  place_ = 0;
}

std::string_view DelimitedRows::kept(std::string text) { return unescaped_.emplace_back(std::move(text)); }

// A line that holds nothing, or false.
bool DelimitedRows::skip_empty_line() {
  std::string_view rest = text_.substr(place_, 2);
  if (rest.starts_with('\r')) rest.remove_prefix(1);
  if (rest.empty() ? !is_last_ : rest.front() != '\n') return false;
  place_ = rest.empty() ? text_.size() : text_.find('\n', place_) + 1;
  ++line_;
  return true;
}

void DelimitedRows::cut_plain(std::size_t& place, DelimitedRow& row) {
  const std::size_t start = place;
  while (place < text_.size() && text_[place] != delimiter_ && text_[place] != '\n') ++place;
  std::string_view field = text_.substr(start, place - start);
  if (place == text_.size() || text_[place] == '\n') field = without_return(field);
  if (delimiter_ == '\t' && field.size() >= 2 && field.front() == '"' &&
      field.find('"', 1) == field.size() - 1) {
    field = field.substr(1, field.size() - 2);
  }
  row.fields.push_back(field);
}

// A field in quotes; `place` is behind the opening one. False: nothing closes it before window_end.
bool DelimitedRows::cut_quoted(std::size_t& place, std::size_t window_end, DelimitedRow& row) {
  const std::string_view window = text_.substr(0, window_end);
  const std::size_t start = place;
  std::size_t close = window.find('"', place);
  bool doubled = false;
  while (close != std::string_view::npos && close + 1 < window.size() && window[close + 1] == '"') {
    doubled = true;
    close = window.find('"', close + 2);
  }
  if (close == std::string_view::npos) return false;
  std::string_view field = text_.substr(start, close - start);
  row.lines += std::count(field.begin(), field.end(), '\n');
  place = close + 1;
  const std::size_t behind = place;
  while (place < text_.size() && text_[place] != delimiter_ && text_[place] != '\n') ++place;
  const std::string_view tail = without_return(text_.substr(behind, place - behind));
  // What follows a quote that ran over lines was not written by who opened it.
  if (!tail.empty() && row.lines > 1) is_stray_ = true;
  if (doubled || !tail.empty()) {
    std::string text;
    for (std::size_t i = 0; i < field.size(); ++i) {
      text += field[i];
      if (field[i] == '"') ++i;  // the second of two
    }
    text += tail;
    field = kept(std::move(text));
  }
  row.fields.push_back(field);
  return true;
}

DelimitedRows::End DelimitedRows::cut(std::size_t start, DelimitedRow& row) {
  row.fields.clear();
  row.lines = 1;
  row.is_broken = false;
  is_stray_ = false;
  unescaped_.clear();
  const std::size_t window_end = std::min(text_.size(), start + kRowBytesMax);
  for (std::size_t place = start;; ++place) {
    std::size_t quote = place;
    while (quote < text_.size() && text_[quote] == ' ') ++quote;
    if (delimiter_ != '\t' && quote < text_.size() && text_[quote] == '"') {
      place = quote + 1;
      if (!cut_quoted(place, std::max(window_end, place), row)) {
        return window_end < text_.size() ? End::kTooLong : End::kOpenQuote;
      }
    } else {
      cut_plain(place, row);
    }
    if (place >= text_.size() || text_[place] == '\n') {
      end_ = std::min(place + 1, text_.size());
      return End::kRow;
    }
  }
}

// Only the line at place_ is given up; what follows is read by itself.
void DelimitedRows::give_up_line(DelimitedRow& row) {
  const std::size_t end = text_.find('\n', place_);
  place_ = end == std::string_view::npos ? text_.size() : end + 1;
  ++line_;
  row.lines = 1;
  row.is_broken = true;
  row.fields.clear();
}

bool DelimitedRows::next(DelimitedRow& row) {
  while (place_ < text_.size()) {
    if (skip_empty_line()) continue;
    if (delimiter_ == '\0')
      delimiter_ = find_delimiter(text_.substr(place_, text_.find('\n', place_) - place_));
    row.line = line_;
    const End end = cut(place_, row);
    const bool is_cut_off = end == End::kRow && text_[end_ - 1] != '\n' && !is_last_;
    const bool may_grow = text_.size() - place_ <= kRowBytesMax;
    if ((is_cut_off || (end == End::kOpenQuote && !is_last_)) && may_grow) break;
    const bool is_whole = !is_stray_ && (width_ == 0 || row.fields.size() == width_);
    if (end != End::kRow || (row.lines > 1 && !is_whole)) {
      give_up_line(row);
    } else {
      place_ = end_;
      line_ += row.lines;
    }
    return true;
  }
  carry_rest();
  return false;
}

}  // namespace mimamori
