#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "analyze/descriptive.h"
#include "analyze/person_time_split.h"
#include "stats/answer.h"
#include "stats/keys.h"
#include "stats/method.h"
#include "stats/rate_rows.h"

namespace mimamori {
namespace {

/// The values of a column by group, each in row order; one group without a label if the spec has no group.
struct Grouped {
  std::vector<std::string> labels;
  std::vector<std::vector<double>> values;
};

Grouped grouped(const Spec& spec, const Rows& rows, const std::string& column) {
  Grouped out;
  const std::span<const double> values = rows.numbers(column);
  if (!spec.has("group")) {
    out.labels = {""};
    out.values = {std::vector<double>(values.begin(), values.end())};
    return out;
  }
  const Levels groups = rows.levels(spec.text("group"));
  out.labels = groups.labels;
  out.values.resize(groups.count());
  for (std::size_t i = 0; i < values.size(); ++i) {
    out.values[static_cast<std::size_t>(groups.code[i])].push_back(values[i]);
  }
  return out;
}

/// An answer without groups, or "groups": one object per group.
Json by_group(const Grouped& groups, const auto& answer_of) {
  if (groups.labels == std::vector<std::string>{""}) return answer_of(groups.values.front());
  Json list = Json::array();
  for (std::size_t k = 0; k < groups.labels.size(); ++k) {
    Json one = {{"group", groups.labels[k]}};
    one.update(answer_of(groups.values[k]));
    list.push_back(std::move(one));
  }
  return {{"groups", list}};
}

Result<std::vector<int>> types_of(const Spec& spec) {
  std::vector<int> out;
  for (const double type : spec.numbers("types")) {
    if (!(type >= 1 && type <= 9 && type == std::floor(type))) {
      return Error{ErrorCode::kInvalidInput, "types: expected whole numbers from 1 to 9"};
    }
    out.push_back(static_cast<int>(type));
  }
  return out;
}

Result<Json> run_quantiles(const Spec& spec, const Rows& rows) {
  const std::vector<int> types = TRY(types_of(spec));
  const std::vector<double>& shares = spec.numbers("probabilities");
  const auto answer_of = [&](std::vector<double> values) {
    std::ranges::sort(values);
    Json out = {{"n", values.size()}};
    for (const int type : types) {
      Json list = Json::array();
      for (const double share : shares)
        list.push_back(optional_json(quantile_of_sorted(values, share, type)));
      out["type" + std::to_string(type)] = list;
    }
    return out;
  };
  Json out = {{"probabilities", list_json(shares)}};
  out.update(by_group(grouped(spec, rows, spec.text("variable")), answer_of));
  return out;
}

Result<Json> run_describe(const Spec& spec, const Rows& rows) {
  const auto type = static_cast<int>(spec.whole("quantile_type"));
  const auto answer_of = [&](std::vector<double> values) {
    std::ranges::sort(values);
    const MeanSpread spread = mean_and_spread(values);
    const auto share = [&](double at) { return optional_json(quantile_of_sorted(values, at, type)); };
    return Json{{"n", spread.count},
                {"mean", optional_json(spread.mean)},
                {"sd", optional_json(spread.standard_deviation)},
                {"min", share(0)},
                {"q1", share(0.25)},
                {"median", share(0.5)},
                {"q3", share(0.75)},
                {"max", share(1)}};
  };
  Json out = {{"quantile_type", type}};
  out.update(by_group(grouped(spec, rows, spec.text("variable")), answer_of));
  return out;
}

// Person-time -------------------------------------------------------------------------------------------

/// A column of dates: YYYY-MM-DD or YYYYMMDD.
Result<std::vector<Date>> dates_of(const Spec& spec, const Rows& rows, std::string_view key) {
  const Levels levels = rows.levels(spec.text(key));
  std::vector<std::optional<Date>> by_code;
  for (const std::string& label : levels.labels) {
    const auto date = label.size() == 8 ? parse_date(label) : parse_iso_date(label);
    by_code.push_back(date ? std::optional(*date) : std::nullopt);
  }
  std::vector<Date> out;
  std::vector<std::size_t> bad;
  for (std::size_t i = 0; i < levels.code.size(); ++i) {
    const auto& date = by_code[static_cast<std::size_t>(levels.code[i])];
    if (!date) bad.push_back(rows.row_number(i));
    out.push_back(date.value_or(Date{}));
  }
  if (bad.empty()) return out;
  return Error{ErrorCode::kInvalidInput,
               std::string(key) + ": expected dates YYYY-MM-DD or YYYYMMDD: " + row_list(bad)};
}

Result<std::vector<ObservedTime>> persons_of(const Spec& spec, const Rows& rows) {
  const auto birth = TRY(dates_of(spec, rows, "birth"));
  const auto start = TRY(dates_of(spec, rows, "start"));
  const auto end = TRY(dates_of(spec, rows, "end"));
  const auto event = TRY(rows.zero_or_one(spec.text("event")).at("event"));
  std::vector<ObservedTime> out;
  std::vector<std::size_t> bad;
  for (std::size_t i = 0; i < birth.size(); ++i) {
    if (!(birth[i] <= start[i] && start[i] < end[i])) bad.push_back(rows.row_number(i));
    out.push_back({.birth = birth[i], .start = start[i], .end = end[i], .event = event[i] == 1});
  }
  if (bad.empty()) return out;
  return Error{ErrorCode::kInvalidInput, "expected birth, then start, then a later end: " + row_list(bad)};
}

Result<LexisBorders> borders_of(const Spec& spec) {
  LexisBorders out;
  for (const double age : spec.numbers("ages")) {
    if (!(age >= 0 && age <= 150 && age == std::floor(age))) {
      return Error{ErrorCode::kInvalidInput, "ages: expected whole years from 0 to 150"};
    }
    out.ages.push_back(static_cast<int>(age));
  }
  for (const double year : spec.numbers("years")) {
    if (!(year >= 1800 && year <= 2200 && year == std::floor(year))) {
      return Error{ErrorCode::kInvalidInput, "years: expected calendar years from 1800 to 2200"};
    }
    const Date first_day = TRY(make_date(static_cast<int>(year), 1, 1));
    out.periods.push_back(first_day);
  }
  return out;
}

Result<Json> run_split(const Spec& spec, const Rows& rows) {
  const auto persons = TRY(persons_of(spec, rows));
  const LexisBorders borders = TRY(borders_of(spec));
  const auto parts = TRY(split_person_time(persons, borders));
  Levels groups{.code = std::vector<std::int32_t>(persons.size()), .labels = {""}};
  if (spec.has("group")) groups = rows.levels(spec.text("group"));
  struct Cell {
    std::int64_t days = 0;
    std::int64_t events = 0;
  };
  const std::size_t ages = borders.ages.size() + 1;
  const std::size_t periods = borders.periods.size() + 1;
  std::vector<Cell> cells(groups.count() * ages * periods);
  for (const LexisPart& part : parts) {
    const auto group = static_cast<std::size_t>(groups.code[part.person]);
    Cell& cell = cells[(group * ages + part.age) * periods + part.period];
    cell.days += part.days;
    cell.events += part.event ? 1 : 0;
  }
  const double per_year = spec.number("days_per_year");
  Json list = Json::array();
  for (std::size_t k = 0; k < cells.size(); ++k) {
    if (cells[k].days == 0) continue;
    const std::size_t age = k / periods % ages;
    const std::size_t period = k % periods;
    Json row = Json::object();
    if (spec.has("group")) row["group"] = groups.labels[k / periods / ages];
    row["age_from"] = age == 0 ? Json(nullptr) : Json(borders.ages[age - 1]);
    row["year_from"] =
        period == 0 ? Json(nullptr) : Json(static_cast<std::int64_t>(spec.numbers("years")[period - 1]));
    row["days"] = cells[k].days;
    row["person_years"] = number_json(static_cast<double>(cells[k].days) / per_year);
    row["events"] = cells[k].events;
    list.push_back(std::move(row));
  }
  return Json{{"table_rows", table_rows(rows)}, {"days_per_year", per_year}, {"rows", list}};
}

}  // namespace

std::vector<Method> descriptive_methods() {
  const SpecKey variable{
      .name = "variable", .kind = KeyKind::kColumn, .words = "stats.key.variable", .required = true};
  const auto date = [](std::string_view name, std::string_view words) {
    return SpecKey{.name = name, .kind = KeyKind::kLevelColumn, .words = words, .required = true};
  };
  std::vector<Method> out = {
      {.name = "quantiles",
       .keys = {variable,
                {.name = "probabilities",
                 .kind = KeyKind::kNumbers,
                 .words = "stats.key.probabilities",
                 .default_json = "[0.25, 0.5, 0.75]",
                 .least = 0,
                 .most = 1},
                {.name = "types",
                 .kind = KeyKind::kNumbers,
                 .words = "stats.key.quantile_types",
                 .default_json = "[1, 2, 3, 4, 5, 6, 7, 8, 9]"},
                keys::kGroup},
       .run = run_quantiles},
      {.name = "describe",
       .keys = {variable,
                {.name = "quantile_type",
                 .kind = KeyKind::kWholeNumber,
                 .words = "stats.key.quantile_type",
                 .default_json = "7",
                 .least = 1,
                 .most = 9},
                keys::kGroup},
       .run = run_describe},
      {.name = "person_time",
       .keys = {date("birth", "stats.key.birth"),
                date("start", "stats.key.follow_up_start"),
                date("end", "stats.key.follow_up_end"),
                keys::kEvent,
                {.name = "ages",
                 .kind = KeyKind::kNumbers,
                 .words = "stats.key.age_borders",
                 .default_json = "[]"},
                {.name = "years",
                 .kind = KeyKind::kNumbers,
                 .words = "stats.key.year_borders",
                 .default_json = "[]"},
                {.name = "days_per_year",
                 .kind = KeyKind::kNumber,
                 .words = "stats.key.days_per_year",
                 .default_json = "365.25",
                 .least = 0,
                 .open = true},
                keys::kGroup},
       .run = run_split},
  };
  for (Method& more : sample_methods()) out.push_back(std::move(more));
  return out;
}

}  // namespace mimamori
