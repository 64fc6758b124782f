// Prescriptions and injections (OMP-01, OMP-11, OMP-02, OMP-12).

#include <algorithm>
#include <cmath>

#include "standardize/lab_value.h"
#include "standardize/record_context.h"
#include "standardize/text_fold.h"

namespace mimamori {
namespace {

constexpr std::int64_t kDaysSupplyMax = 3'660;  // ten years: more is a slip of the pen

struct DurationUnit {
  std::string_view name;
  int days;
};
constexpr DurationUnit kDurationUnits[] = {
    {"d", 1},     {"day", 1},   {"days", 1},  {"日", 1},    {"日分", 1}, {"日間", 1},   {"w", 7},
    {"wk", 7},    {"week", 7},  {"週", 7},    {"週間", 7},  {"mo", 30},  {"month", 30}, {"月", 30},
    {"ヶ月", 30}, {"カ月", 30}, {"か月", 30}, {"ケ月", 30}, {"箇月", 30}};

std::optional<std::int64_t> whole_days(double days) {
  if (!(days >= 1) || days > static_cast<double>(kDaysSupplyMax)) return std::nullopt;
  if (days != std::floor(days)) return std::nullopt;
  return static_cast<std::int64_t>(days);
}

// A quantity with its unit, "2^TAB&錠&MR9P"; the received layer may hold the quantity alone.
struct Quantity {
  std::string_view amount;
  std::string unit;
};
Quantity read_quantity(std::string_view text) {
  const std::size_t caret = text.find('^');
  if (caret == std::string_view::npos) return {.amount = text, .unit = ""};
  const std::string_view unit = text.substr(caret + 1);
  return {.amount = text.substr(0, caret), .unit = std::string(unit.substr(0, unit.find_first_of("&^")))};
}

// Total amount over amount per day, where both count the same thing: the days that are covered in full.
// Where the daily amount has no unit of its own, it is the unit of the dose (RXE-5).
std::optional<std::int64_t> days_from_amounts(const ReceivedPrescription& received,
                                              const std::optional<double>& total,
                                              const std::optional<std::string>& total_unit,
                                              const std::optional<std::string>& dose_unit) {
  const Quantity daily = read_quantity(received.daily_dose);
  const std::optional<double> per_day = read_decimal(daily.amount);
  const std::string daily_unit = daily.unit.empty() ? dose_unit.value_or("") : daily.unit;
  if (!total || !per_day || *per_day <= 0 || daily_unit.empty() || daily_unit != total_unit)
    return std::nullopt;
  return whole_days(std::floor(*total / *per_day + 1e-9));
}

void fill_days_supply(const RecordContext& context, const ReceivedPrescription& received,
                      EditedPrescription& row) {
  if (row.is_execution) return;  // one administration supplies no days
  row.days_supply = read_duration_days(received.duration);
  if (row.days_supply) {
    row.days_supply_source = "duration";
    return;
  }
  if (stated(received.duration)) {
    context.note("duration_unreadable", "warning", "TQ1-6",
                 "expected a whole number of days, weeks or months; it was not used");
  }
  row.days_supply = days_from_amounts(received, row.total_amount, row.total_unit, row.dose_unit);
  if (row.days_supply) row.days_supply_source = "amount_per_day";
}

std::string joined(const std::vector<std::string>& kinds) {
  std::string text;
  for (const std::string& kind : kinds) {
    if (stated(kind)) text += (text.empty() ? "" : "~") + kind;
  }
  return text;
}

// A cancelled order, or an administration that was withdrawn (RXA-21 D).
template <class Received>
bool is_cancelled(const Received& received) {
  return trimmed(received.order_action) == "CA" || trimmed(received.administration_action) == "D";
}

}  // namespace

std::optional<std::int64_t> read_duration_days(std::string_view text) {
  const std::string folded = lower_ascii(without_blanks(fold(text)));
  Quantity quantity = read_quantity(folded);
  if (quantity.unit.empty()) {  // 14日, 14d
    const std::size_t digits = std::min(folded.find_first_not_of("0123456789."), folded.size());
    quantity = {.amount = std::string_view(folded).substr(0, digits), .unit = folded.substr(digits)};
  }
  const std::optional<double> amount = read_decimal(quantity.amount);
  const auto* const unit = std::ranges::find(kDurationUnits, quantity.unit, &DurationUnit::name);
  if (!amount || unit == std::end(kDurationUnits)) return std::nullopt;
  return whole_days(*amount * unit->days);
}

Result<EditedRecord> standardize_prescription(const RecordContext& context,
                                              const ReceivedPrescription& received) {
  const std::string_view start_field = received.is_execution ? "RXA-3" : "TQ1-7";
  const Date start = TRY(starting_date(context, received.starts_at, received.ordered_at, start_field));
  const DrugCodes drug = choose_drug_codes(context, received.drug, received.second_drug_code, start,
                                           received.is_execution ? "RXA-5" : "RXE-2");
  EditedPrescription row;
  row.patient_key = context.patient_key;
  row.is_execution = received.is_execution;
  row.is_cancelled = is_cancelled(received);
  row.order_number = stated(received.order_number);
  row.ordered_on = context.date(received.ordered_at, "ORC-9");
  row.starts_on = start;
  row.ends_on = ending_date(context, received.ends_at, start, received.is_execution ? "RXA-4" : "TQ1-8");
  row.hot_code = drug.hot_code;
  row.yj_code = drug.yj_code;
  row.local_code = drug.local_code;
  row.local_system = drug.local_system;
  row.drug_name = drug.name;
  row.dose = context.decimal(received.dose, received.is_execution ? "RXA-6" : "RXE-3");
  row.dose_unit = choose_unit(received.dose_unit);
  row.total_amount = context.decimal(received.total_amount, "RXE-10");
  row.total_unit = choose_unit(received.total_unit);
  fill_days_supply(context, received, row);
  if (trimmed(received.usage_system) == "JAMISDP01") row.usage_code = stated(received.usage_code);
  row.route = stated(received.route);
  row.completion = stated(received.completion);
  row.setting = known_setting(context, received.setting);
  row.department = stated(received.department);
  row.dispensing_kinds = stated(joined(received.dispensing_kinds));
  row.provenance = context.provenance;
  return EditedRecord(std::move(row));
}

Result<EditedRecord> standardize_injection(const RecordContext& context, const ReceivedInjection& received) {
  const std::string_view start_field = received.is_execution ? "RXA-3" : "TQ1-7";
  const Date start = TRY(starting_date(context, received.starts_at, received.ordered_at, start_field));
  const std::string_view drug_field = received.is_execution ? "RXA-5" : "RXC-2";
  const DrugCodes drug = choose_drug_codes(context, received.drug, {}, start, drug_field);
  EditedInjection row;
  row.patient_key = context.patient_key;
  row.is_execution = received.is_execution;
  row.is_cancelled = is_cancelled(received);
  row.order_number = stated(received.order_number);
  row.ordered_on = context.date(received.ordered_at, "ORC-9");
  row.starts_on = start;
  row.ends_on = ending_date(context, received.ends_at, start, received.is_execution ? "RXA-4" : "TQ1-8");
  row.component_kind = stated(received.component_kind);
  if (row.component_kind && *row.component_kind != "A" && *row.component_kind != "B") {
    context.note("component_kind_unknown", "warning", "RXC-1", "expected B or A; it is left empty");
    row.component_kind.reset();
  }
  row.hot_code = drug.hot_code;
  row.yj_code = drug.yj_code;
  row.local_code = drug.local_code;
  row.local_system = drug.local_system;
  row.drug_name = drug.name;
  row.dose = context.decimal(received.dose, received.is_execution ? "RXA-6" : "RXC-3");
  row.dose_unit = choose_unit(received.dose_unit);
  row.route = stated(received.route);
  row.completion = stated(received.completion);
  row.setting = known_setting(context, received.setting);
  row.department = stated(received.department);
  row.provenance = context.provenance;
  return EditedRecord(std::move(row));
}

}  // namespace mimamori
