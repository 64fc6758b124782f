#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/date.h"
#include "model/study_data_set.h"

namespace mimamori {

/// One row of ehr_prescription or ehr_injection that holds a study drug.
struct DrugRecord {
  Arm arm = Arm::kComparator;
  bool is_injection = false;
  bool is_execution = false;
  bool is_cancelled = false;
  std::optional<std::string> order_number;
  Date starts_on;
  std::optional<std::int64_t> days_supply;
  std::optional<std::string> completion;  // CP, PA, RE, NA (executions)
};

/// A drug given to a person: covers [starts_on, starts_on + days_supply).
struct Dispensing {
  Arm arm = Arm::kComparator;
  Date starts_on;
  int days_supply = 1;
  bool days_supply_assumed = false;  // the record did not say; the script's default was taken
  bool operator==(const Dispensing&) const = default;
};

/// What one person's records of study drugs say was given, ordered by day.
///
/// Executions where there are any, else orders: an order counts unless it was cancelled or an
/// execution of the same order, drug and kind exists. An execution counts if it was completed (CP)
/// or partly done (PA). An order's only such execution takes over the order's days of supply if it
/// states none; each of several executions then covers its own day.
std::vector<Dispensing> dispensings_of(std::span<const DrugRecord> records, int default_days_supply);

}  // namespace mimamori
