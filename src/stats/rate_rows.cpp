#include "stats/rate_rows.h"

#include <nlohmann/json.hpp>

#include "stats/answer.h"

namespace mimamori {

Json interval_json(const std::optional<Interval>& interval) {
  if (!interval) return nullptr;
  return pair_json(interval->lower, interval->upper);
}

Json optional_json(const std::optional<double>& value) { return value ? number_json(*value) : Json(nullptr); }

void put_log_ratio(Json& object, std::string_view ratio, std::string_view se, std::string_view interval,
                   const std::optional<LogRatio>& value) {
  object[std::string(ratio)] = value ? number_json(value->ratio) : Json(nullptr);
  object[std::string(se)] = value ? optional_json(value->se_log) : Json(nullptr);
  object[std::string(interval)] = value ? interval_json(value->interval) : Json(nullptr);
}

Json table_rows(const Rows& rows) {
  Json dropped = Json::array();
  for (const DroppedRows& one : rows.dropped())
    dropped.push_back({{"reason", one.reason}, {"count", one.count}});
  return {{"given", rows.given()}, {"used", rows.used()}, {"dropped", dropped}};
}

Result<std::vector<double>> at_least_zero(const Rows& rows, std::string_view column) {
  const std::span<const double> values = rows.numbers(column);
  std::vector<std::size_t> bad;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!(values[i] >= 0)) bad.push_back(rows.row_number(i));
  }
  if (bad.empty()) return std::vector<double>(values.begin(), values.end());
  return Error{ErrorCode::kInvalidInput,
               "expected numbers of at least 0 in column " + std::string(column) + ": " + row_list(bad)};
}

void put_null(Json& object, std::span<const std::string_view> keys) {
  for (const std::string_view key : keys) object[std::string(key)] = nullptr;
}

}  // namespace mimamori
