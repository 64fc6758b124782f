// Items: acts (SI), drugs (IY) and devices (TO) with their days and billing units; what a DPC charge bundles
// (CD); surgery of DPC claims (SK).

#include <algorithm>
#include <numeric>

#include "claims/claim_draft.h"
#include "standardize/text_shape.h"

namespace mimamori {
namespace {

constexpr std::size_t kCodeDigits = 9;
constexpr std::size_t kPointDigits = 7;
constexpr std::size_t kTimesDigits = 3;
constexpr std::string_view kByMonth = "month";
constexpr std::string_view kByDay = "day";

/// What one line says, whatever its record.
struct ItemLine {
  ItemRecord record = ItemRecord::kAct;
  std::string_view record_type;
  std::string_view code;
  std::string_view service_class;
  std::optional<std::int64_t> billing_unit;
  std::optional<double> amount;
  std::optional<double> quantity;
  std::string_view amount_unit;
  std::optional<double> unit_price;
  std::string_view product_name;
};

/// The names of a record's columns, for findings.
struct ItemFields {
  ItemRecord record;
  std::string_view kind;  // of record, as in RejectedRecord
  std::string_view service_class, code, amount, points, times, days;
  std::string_view code_expected;
  char first_digit;
  std::size_t first_day;
};

constexpr ItemFields kActFields{ItemRecord::kAct,
                                "claim_procedure",
                                "SI-2",
                                "SI-4",
                                "SI-5",
                                "SI-6",
                                "SI-7",
                                "SI-14",
                                "SI-4: expected a code of nine digits",
                                '1',
                                14};
constexpr ItemFields kDrugFields{ItemRecord::kDrug,
                                 "claim_drug",
                                 "IY-2",
                                 "IY-4",
                                 "IY-5",
                                 "IY-6",
                                 "IY-7",
                                 "IY-14",
                                 "IY-4: expected a code of nine digits",
                                 '6',
                                 14};
constexpr ItemFields kDeviceFields{ItemRecord::kDevice,
                                   "claim_device",
                                   "TO-2",
                                   "TO-4",
                                   "TO-5",
                                   "TO-6",
                                   "TO-7",
                                   "TO-18",
                                   "TO-4: expected a code of nine digits",
                                   '7',
                                   18};

const ItemFields& fields_of(ItemRecord record) {
  if (record == ItemRecord::kAct) return kActFields;
  return record == ItemRecord::kDrug ? kDrugFields : kDeviceFields;
}

/// The row of a table with what all items have, for one day.
template <class Row>
Row item_row(const ClaimDraft& claim, const ItemLine& item, const ItemDay& day) {
  Row row;
  row.record_type = item.record_type;
  if (!item.service_class.empty()) row.service_class = item.service_class;
  row.service_on = day.on;
  row.date_precision = day.precision;
  row.day_count = day.count;
  row.billing_unit = item.billing_unit;
  row.provenance = claim.provenance();
  return row;
}

template <class Row>
void add_acts(const ClaimDraft& claim, const ItemLine& item, std::vector<Row>& rows) {
  for (const ItemDay& day : claim.item_dates) {
    Row row = item_row<Row>(claim, item, day);
    row.procedure_code = item.code;
    row.quantity = item.quantity;
    rows.push_back(std::move(row));
  }
}

void add_drugs(ClaimDraft& claim, const ItemLine& item) {
  // Only drugs by mouth over days (class 21) count days in the day's cell.
  const bool counts_days = item.service_class == "21";
  for (const ItemDay& day : claim.item_dates) {
    ClaimDrug row = item_row<ClaimDrug>(claim, item, day);
    row.drug_code = item.code;
    row.amount = item.amount;
    if (!item.amount_unit.empty()) row.amount_unit = item.amount_unit;
    if (counts_days) row.days_supply = day.count;
    claim.rows.drugs.push_back(std::move(row));
  }
}

void add_devices(ClaimDraft& claim, const ItemLine& item) {
  for (const ItemDay& day : claim.item_dates) {
    ClaimDevice row = item_row<ClaimDevice>(claim, item, day);
    row.device_code = item.code;
    row.amount = item.amount;
    if (!item.amount_unit.empty()) row.amount_unit = item.amount_unit;
    row.unit_price = item.unit_price;
    row.product_name = claim.name(item.product_name, item.record_type == "CD" ? "CD-11" : "TO-11");
    claim.rows.devices.push_back(std::move(row));
  }
}

void add_item(ClaimDraft& claim, const ItemLine& item) {
  switch (claim.rules->category(item.record, item.service_class, item.code).category) {
    case ClaimCategory::kProcedure: return add_acts(claim, item, claim.rows.procedures);
    case ClaimCategory::kManagementFee: return add_acts(claim, item, claim.rows.management_fees);
    case ClaimCategory::kSurgery: return add_acts(claim, item, claim.rows.surgeries);
    case ClaimCategory::kDevice: return add_devices(claim, item);
    case ClaimCategory::kDrug: return add_drugs(claim, item);
    case ClaimCategory::kAdjustment: return;
    case ClaimCategory::kWardLabel: return;
  }
}

/// The days of the cells; the month if no cell says one.
void find_days(ClaimDraft& claim, const DayCells& cells, std::optional<std::int64_t> times,
               std::string_view field) {
  const std::chrono::year_month_day first{*claim.service_month};
  const std::chrono::year_month_day_last last{first.year() / first.month() / std::chrono::last};
  const std::size_t month_days = static_cast<unsigned>(last.day());
  std::vector<ItemDay>& days = claim.item_dates;
  days.clear();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i] == 0) continue;
    if (i >= month_days) {
      claim.note("uke_day_outside_month", "warning", field,
                 "expected counts only on days that the month has");
      break;
    }
    days.push_back({*claim.service_month + Days(static_cast<int>(i)), kByDay, cells[i]});
  }
  if (days.empty()) days.push_back({*claim.service_month, kByMonth, times});
}

/// Puts the line into its billing unit, and closes the unit if the line has the points.
void bill(ClaimDraft& claim, const ItemFields& fields, const UkeLine& line, const ItemLine& item,
          std::optional<std::int64_t> times, const DayCells& cells) {
  OpenUnit& unit = claim.unit;
  const bool is_known = times || std::ranges::any_of(cells, [](std::uint16_t cell) { return cell > 0; });
  if (unit.items++ == 0) {
    ++unit.number;
    unit.first_segment = claim.segment;
    unit.times = times;
    unit.cells = cells;
    unit.differs = false;
  } else if (is_known && !unit.differs && (unit.times != times || unit.cells != cells)) {
    unit.differs = true;
    claim.note("uke_unit_differs", "warning", fields.times,
               "expected the count and days of the unit's first row");
  }
  const std::optional<std::int64_t> points = claim.whole(line[6], kPointDigits, fields.points);
  if (!points) return;
  const bool is_points = claim.rules->category(item.record, item.service_class, item.code).is_points;
  const std::int64_t counted = times.value_or(1);
  (is_points ? claim.points : claim.yen) += *points * counted;
  ClaimBillingUnit row;
  row.billing_unit = unit.number;
  if (!item.service_class.empty()) row.service_class = item.service_class;
  row.points = *points;
  row.times = counted;
  row.is_points = is_points;
  row.items = unit.items;
  row.provenance = claim.provenance();
  claim.rows.billing_units.push_back(std::move(row));
  unit.items = 0;
}

/// What the claim as a whole keeps of its items.
void remember(ClaimDraft& claim, const ItemLine& item, const DayCells& cells) {
  std::uint32_t days = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) days |= (cells[i] > 0 ? 1U : 0U) << i;
  claim.item_days |= days;
  const std::string_view service_class = item.service_class;
  if (service_class == "11" || service_class == "12") claim.consultation_days |= days;
  const bool to_take_home = service_class == "21" || service_class == "22" || service_class == "23";
  if (item.record == ItemRecord::kDrug && to_take_home) claim.has_drug_to_take_home = true;
  if (claim.rules->is_outside_prescription(item.code)) claim.has_outside_prescription = true;
}

void check_days(ClaimDraft& claim, const ItemFields& fields, std::optional<std::int64_t> times,
                const DayCells& cells) {
  const std::int64_t sum = std::accumulate(cells.begin(), cells.end(), std::int64_t{0});
  if (times && sum > 0 && sum != *times) {
    claim.note("uke_days_sum", "warning", fields.times, "expected the day columns to add up to the count");
  }
}

}  // namespace

void take_service_class(ClaimDraft& claim, const UkeLine& line) {
  if (line[2].empty()) return;
  if (is_digits(line[2], 2)) {
    claim.service_class = line[2];
  } else {
    claim.note("uke_service_class", "warning", std::string(line[1]) + "-2", "expected a class of two digits");
  }
}

void read_claim_item(ClaimDraft& claim, const UkeLine& line, ItemRecord record) {
  const ItemFields& fields = fields_of(record);
  take_service_class(claim, line);
  if (claim.service_class.empty()) {
    claim.note("uke_service_class", "warning", fields.service_class,
               "expected a class here or on a row before; the record's general category is used");
  }
  const DayCells cells = claim.day_cells(line, fields.first_day, fields.days);
  const std::optional<std::int64_t> times = claim.whole(line[7], kTimesDigits, fields.times);
  ItemLine item;
  item.record = record;
  item.record_type = line[1];
  item.code = line[4];
  item.service_class = claim.service_class;
  bill(claim, fields, line, item, times, cells);
  check_days(claim, fields, times, cells);
  if (!is_digits(item.code, kCodeDigits) || is_patient_number(item.code, claim.own_number)) {
    claim.reject(fields.kind, fields.code_expected);
    return;
  }
  if (item.code[0] != fields.first_digit) {
    claim.note("uke_code_family", "warning", fields.code, "expected the first digit of the record's codes");
  }
  remember(claim, item, cells);
  item.billing_unit = claim.unit.number;
  (record == ItemRecord::kAct ? item.quantity : item.amount) = claim.decimal(line[5], fields.amount);
  if (record == ItemRecord::kDevice) {
    item.amount_unit = is_digits(line[8], 3) ? line[8] : std::string_view();
    item.unit_price = claim.decimal(line[9], "TO-9");
    item.product_name = line[11];
  }
  find_days(claim, cells, times, fields.days);
  add_item(claim, item);
  claim.accept(fields.kind);
}

void read_bundled_item(ClaimDraft& claim, const UkeLine& line) {
  const std::string_view code = line[6];
  if (code.starts_with('8') && is_digits(code, kCodeDigits)) return;  // a comment
  claim.has_bundled_items = true;
  if (!is_digits(code, kCodeDigits) || is_patient_number(code, claim.own_number)) {
    claim.reject("claim_bundled_item", "CD-6: expected a code of nine digits");
    return;
  }
  ItemLine item;
  item.record = code[0] == '6' ? ItemRecord::kDrug : code[0] == '7' ? ItemRecord::kDevice : ItemRecord::kAct;
  item.record_type = line[1];
  item.code = code;
  item.service_class = is_digits(line[3], 2) ? line[3] : std::string_view();
  if (item.service_class.empty()) {
    claim.note("uke_service_class", "warning", "CD-3",
               "expected a class of two digits; the record's general category is used");
  }
  item.amount = claim.decimal(line[7], "CD-7");
  item.quantity = claim.decimal(line[8], "CD-8");
  item.amount_unit = is_digits(line[9], 3) ? line[9] : std::string_view();
  item.product_name = line[11];
  const std::optional<std::int64_t> times = claim.whole(line[10], kTimesDigits, "CD-10");
  const std::optional<Date> on = claim.day(line[2], "CD-2");
  claim.item_dates.clear();
  claim.item_dates.push_back({on.value_or(*claim.service_month), on ? kByDay : kByMonth, times});
  add_item(claim, item);
  claim.accept("claim_bundled_item");
}

void read_dpc_surgery(ClaimDraft& claim, const UkeLine& line) {
  constexpr std::size_t kFeeCodeBytesMax = 30;  // ten characters, kana among them
  const std::string_view fee_code = line[3];
  const bool has_fee_code = fee_code.size() >= 4 && fee_code.size() <= kFeeCodeBytesMax &&
                            fee_code[0] >= 'A' && fee_code[0] <= 'Z' && is_digits(fee_code.substr(1, 3));
  if (!is_digits(line[2], kCodeDigits) && !has_fee_code) {
    claim.reject("claim_surgery", "SK-2: expected a code of nine digits, or a fee-table code in SK-3");
    return;
  }
  const std::optional<Date> on = claim.day(line[4], "SK-4");
  ClaimSurgery row;
  row.record_type = line[1];
  row.service_on = on.value_or(*claim.service_month);
  row.date_precision = on ? kByDay : kByMonth;
  row.procedure_code = code_of_digits(line[2], kCodeDigits);
  if (has_fee_code) row.fee_code = fee_code;
  row.provenance = claim.provenance();
  claim.rows.surgeries.push_back(std::move(row));
  claim.accept("claim_surgery");
}

}  // namespace mimamori
