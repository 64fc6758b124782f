#include "omop/row.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include "omop/tables.h"
#include "standardize/text_shape.h"

namespace mimamori {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_blanks_around(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool means_nothing(std::string_view text) {
  return text == "NULL" || text == "null" || text == "NA" || text == "\\N" || text == "NaN";
}

// Digits only, at most nine, or -1.
int digits(std::string_view text) {
  int value = 0;
  if (text.empty() || text.size() > 9) return -1;
  for (const char c : text) {
    if (!is_digit(c)) return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

// YYYY-MM-DD, YYYY/MM/DD or YYYYMMDD at the beginning; `rest` is what follows.
std::optional<Date> read_day(std::string_view text, std::string_view& rest) {
  const bool has_signs = text.size() >= 10 && (text[4] == '-' || text[4] == '/') && text[7] == text[4];
  const std::size_t size = has_signs ? 10 : 8;
  if (text.size() < size || (text.size() > size && is_digit(text[size]))) return std::nullopt;
  const int year = digits(text.substr(0, 4));
  const int month = digits(text.substr(has_signs ? 5 : 4, 2));
  const int day = digits(text.substr(has_signs ? 8 : 6, 2));
  rest = text.substr(size);
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  // Outside these years writers mean "unknown" or "no end", as in HL7 messages.
  if (year < 1850 || year > 2199 || month < 1 || day < 1 || !date.ok()) return std::nullopt;
  return Date{date};
}

// "HH:MM[:SS[.f]]" behind a blank or a T; a zone behind it is not looked at. Nothing if it is no time.
std::optional<std::int32_t> read_time(std::string_view text) {
  if (!text.empty() && (text.front() == ' ' || text.front() == 'T')) text.remove_prefix(1);
  if (text.size() < 5 || text[2] != ':') return std::nullopt;
  const int hour = digits(text.substr(0, 2));
  const int minute = digits(text.substr(3, 2));
  const int second = text.size() >= 8 && text[5] == ':' ? digits(text.substr(6, 2)) : 0;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return std::nullopt;
  return hour * 3600 + minute * 60 + second;
}

}  // namespace

void OmopFindings::note(const OmopFinding& kind, std::string_view field, std::int64_t line) {
  Tally& tally = tallies_[{kind.check, field}];
  if (tally.rows == 0) tally = {.kind = &kind, .first_line = line, .rows = 0};
  ++tally.rows;
}

void OmopFindings::take(std::int64_t file_id, std::vector<FindingRow>& findings) {
  for (const auto& [key, tally] : tallies_) {
    findings.push_back({.file_id = file_id,
                        .segment = tally.first_line,
                        .check_id = std::string(key.first),
                        .severity = std::string(tally.kind->severity),
                        .field = std::string(key.second),
                        .sentence = std::string(tally.kind->sentence) + " (" + std::to_string(tally.rows) +
                                    (tally.rows == 1 ? " time" : " times") + " from here)"});
  }
  tallies_.clear();
}

std::string_view OmopRow::text(std::size_t column) const {
  const std::size_t place = places_[column];
  if (place >= fields_.size()) return {};
  const std::string_view text = without_blanks_around(fields_[place]);
  return means_nothing(text) ? std::string_view() : text;
}

std::optional<std::string> OmopRow::stated(std::size_t column) const {
  const std::string_view value = text(column);
  return value.empty() ? std::nullopt : std::optional<std::string>(value);
}

void OmopRow::note(const OmopFinding& kind, std::size_t column) {
  findings_.note(kind, columns_[column].name, provenance_.segment);
}

std::optional<std::int64_t> OmopRow::integer(std::size_t column) {
  const std::string_view value = text(column);
  if (value.empty()) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
  std::string_view rest = value.substr(static_cast<std::size_t>(end - value.data()));
  // Tools that know whole numbers only without gaps write 17.0 where a column has gaps.
  if (rest.starts_with('.') && rest.find_first_not_of('0', 1) == std::string_view::npos) rest = {};
  if (code == std::errc() && rest.empty()) return number;
  note(omop_findings::kNumberUnreadable, column);
  return std::nullopt;
}

std::optional<std::int64_t> OmopRow::concept_id(std::size_t column) {
  const std::optional<std::int64_t> value = integer(column);
  return value == 0 ? std::nullopt : value;
}

std::optional<double> OmopRow::number(std::size_t column) {
  const std::string_view value = text(column);
  if (value.empty()) return std::nullopt;
  double number = 0;
  const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (code == std::errc() && end == value.data() + value.size() && std::isfinite(number)) return number;
  note(omop_findings::kNumberUnreadable, column);
  return std::nullopt;
}

std::optional<double> OmopRow::amount(std::size_t column) {
  const std::optional<double> value = number(column);
  if (value && *value < 0) note(omop_findings::kNegative, column);
  return value && *value > 0 ? value : std::nullopt;
}

std::optional<Date> OmopRow::date(std::size_t column) {
  const std::string_view value = text(column);
  if (value.empty()) return std::nullopt;
  std::string_view rest;
  const std::optional<Date> day = read_day(value, rest);
  if (day && (rest.empty() || read_time(rest))) return day;
  note(omop_findings::kDateUnreadable, column);
  return std::nullopt;
}

std::optional<Moment> OmopRow::moment(Date day, std::size_t datetime_column) {
  Moment moment{.date = day, .second_of_day = std::nullopt};
  const std::string_view value = text(datetime_column);
  if (value.empty()) return moment;
  std::string_view rest;
  const std::optional<Date> other = read_day(value, rest);
  const std::optional<std::int32_t> time = read_time(rest);
  if (!other || (!rest.empty() && !time)) {
    note(omop_findings::kDateUnreadable, datetime_column);
  } else if (*other != day) {
    note(omop_findings::kDatesDisagree, datetime_column);
  } else if (time && *time != 0) {
    moment.second_of_day = time;
  }
  return moment;
}

Result<std::int64_t> OmopRow::required_integer(std::size_t column) {
  if (const std::optional<std::int64_t> value = integer(column)) return *value;
  return Error{ErrorCode::kInvalidInput, std::string(columns_[column].name) + ": expected a whole number"};
}

Result<Date> OmopRow::required_date(std::size_t column) {
  if (const std::optional<Date> day = date(column)) return *day;
  return Error{ErrorCode::kInvalidInput,
               std::string(columns_[column].name) + ": expected a real date as YYYY-MM-DD"};
}

void OmopRow::check_order(Date start, std::optional<Date> end, std::size_t end_column) {
  if (end && *end < start) note(omop_findings::kEndBeforeStart, end_column);
}

bool looks_like_code(std::string_view text) {
  constexpr std::size_t kCodeBytesMax = 50;  // as wide as the CDM's columns
  constexpr std::string_view kSigns = ".-_/:+^*#";
  const auto is_of_code = [&](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kSigns.find(c) != std::string_view::npos;
  };
  return text.size() <= kCodeBytesMax && std::all_of(text.begin(), text.end(), is_of_code) &&
         std::any_of(text.begin(), text.end(), is_digit) && !holds_phone_number(text);
}

OmopCode omop_code(OmopRow& row, const OmopCodeColumns& columns) {
  if (const auto id = row.concept_id(columns.concept_id))
    return {.code = std::to_string(*id), .system = "OMOP"};
  row.note(omop_findings::kConceptMissing, columns.concept_id);
  if (const auto id = row.concept_id(columns.source_concept_id)) {
    return {.code = std::to_string(*id), .system = "OMOP"};
  }
  const std::string_view own = row.text(columns.source_value);
  if (looks_like_code(own)) return {.code = std::string(own), .system = "OMOP source"};
  if (!own.empty()) row.note(omop_findings::kTextLeft, columns.source_value);
  return {};
}

}  // namespace mimamori
