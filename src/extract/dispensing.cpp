#include "extract/dispensing.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace mimamori {
namespace {

/// Beyond this a supply is a slip of the pen; it is treated like a missing one.
constexpr std::int64_t kDaysSupplyMax = 366;

using OrderKey = std::tuple<Arm, bool, std::string>;

struct OrderState {
  int executions = 0;  // of any outcome
  int given = 0;       // completed or partly done
  std::optional<std::int64_t> ordered_days;
};

std::optional<OrderKey> key_of(const DrugRecord& record) {
  if (!record.order_number || record.order_number->empty()) return std::nullopt;
  return OrderKey{record.arm, record.is_injection, *record.order_number};
}

bool was_given(const DrugRecord& execution) {
  return execution.completion == "CP" || execution.completion == "PA";
}

std::optional<std::int64_t> stated_days(const DrugRecord& record) {
  if (!record.days_supply || *record.days_supply < 1 || *record.days_supply > kDaysSupplyMax)
    return std::nullopt;
  return record.days_supply;
}

std::map<OrderKey, OrderState> orders_of(std::span<const DrugRecord> records) {
  std::map<OrderKey, OrderState> orders;
  for (const DrugRecord& record : records) {
    const std::optional<OrderKey> key = key_of(record);
    if (!key || record.is_cancelled) continue;
    OrderState& order = orders[*key];
    if (record.is_execution) {
      ++order.executions;
      if (was_given(record)) ++order.given;
    } else if (const std::optional<std::int64_t> days = stated_days(record)) {
      order.ordered_days = std::max(order.ordered_days.value_or(0), *days);
    }
  }
  return orders;
}

Dispensing dispensing_of(const DrugRecord& record, std::optional<std::int64_t> days,
                         int default_days_supply) {
  return Dispensing{.arm = record.arm,
                    .starts_on = record.starts_on,
                    .days_supply = days ? static_cast<int>(*days) : default_days_supply,
                    .days_supply_assumed = !days};
}

/// The supply of an execution: its own, else its order's share of it.
std::optional<std::int64_t> executed_days(const DrugRecord& execution, const OrderState* order) {
  if (const std::optional<std::int64_t> own = stated_days(execution)) return own;
  if (order == nullptr) return std::nullopt;
  if (order->given > 1) return 1;
  return order->ordered_days;
}

}  // namespace

std::vector<Dispensing> dispensings_of(std::span<const DrugRecord> records, int default_days_supply) {
  const std::map<OrderKey, OrderState> orders = orders_of(records);
  std::vector<Dispensing> all;
  for (const DrugRecord& record : records) {
    if (record.is_cancelled) continue;
    const std::optional<OrderKey> key = key_of(record);
    const auto found = key ? orders.find(*key) : orders.end();
    const OrderState* order = found == orders.end() ? nullptr : &found->second;
    if (!record.is_execution) {
      if (order != nullptr && order->executions > 0) continue;
      all.push_back(dispensing_of(record, stated_days(record), default_days_supply));
    } else if (was_given(record)) {
      all.push_back(dispensing_of(record, executed_days(record, order), default_days_supply));
    }
  }
  std::ranges::stable_sort(all, {},
                           [](const Dispensing& d) { return std::tuple(d.starts_on, d.arm, d.days_supply); });
  return all;
}

}  // namespace mimamori
