#include "claims/claim_rules.h"

#include <algorithm>
#include <span>

#include "base/embedded.h"
#include "claims/uke_line.h"
#include "standardize/csv.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_claims();

namespace {

constexpr std::size_t kModifierDigits = 4;
constexpr std::array<std::string_view, 3> kMarkerKinds = {"suspected_modifier", "suspected_name_ending",
                                                          "outside_prescription"};

std::string line_place(const CsvLine& line) { return "line " + std::to_string(line.number); }

Result<ItemRecord> record_named(std::string_view name) {
  if (name == "SI") return ItemRecord::kAct;
  if (name == "IY") return ItemRecord::kDrug;
  if (name == "TO") return ItemRecord::kDevice;
  return Error{ErrorCode::kInvalidInput, "expected SI, IY or TO as record_type"};
}

Result<ClaimCategory> category_named(std::string_view name) {
  if (name == "procedure") return ClaimCategory::kProcedure;
  if (name == "management_fee") return ClaimCategory::kManagementFee;
  if (name == "surgery") return ClaimCategory::kSurgery;
  if (name == "device") return ClaimCategory::kDevice;
  if (name == "drug") return ClaimCategory::kDrug;
  if (name == "adjustment") return ClaimCategory::kAdjustment;
  if (name == "ward_label") return ClaimCategory::kWardLabel;
  return Error{
      ErrorCode::kInvalidInput,
      "expected a category: procedure, management_fee, surgery, device, drug, adjustment or ward_label"};
}

/// An item without a code of its kind would have nothing to say in that table.
bool fits(ItemRecord record, ClaimCategory category) {
  const bool is_drug = category == ClaimCategory::kDrug;
  const bool is_device = category == ClaimCategory::kDevice;
  if (category == ClaimCategory::kAdjustment || category == ClaimCategory::kWardLabel) return true;
  return is_drug == (record == ItemRecord::kDrug) && is_device == (record == ItemRecord::kDevice);
}

}  // namespace

CategoryRule MonthRules::category(ItemRecord record, std::string_view service_class,
                                  std::string_view code) const {
  for (const PrefixRule& rule : by_prefix_) {
    if (rule.record == record && code.starts_with(rule.prefix)) return rule.rule;
  }
  const bool known = is_digits(service_class, 2);
  const std::size_t index =
      known ? static_cast<std::size_t>((service_class[0] - '0') * 10 + (service_class[1] - '0')) : kAnyClass;
  return by_class_[static_cast<std::size_t>(record)][index];
}

bool MonthRules::is_suspected(std::string_view modifiers) const {
  for (std::size_t i = 0; i + kModifierDigits <= modifiers.size(); i += kModifierDigits) {
    if (std::ranges::find(modifiers_, modifiers.substr(i, kModifierDigits)) != modifiers_.end()) return true;
  }
  return false;
}

bool MonthRules::is_suspected_name(std::string_view name) const {
  return std::ranges::any_of(name_endings_,
                             [&](const std::string& ending) { return name.ends_with(ending); });
}

bool MonthRules::is_outside_prescription(std::string_view code) const {
  return std::ranges::find(outside_prescriptions_, code) != outside_prescriptions_.end();
}

Result<ClaimRules::Interval> ClaimRules::read_interval(const std::string& from, const std::string& to) {
  Interval interval{.from = Date::min(), .to = Date::max()};
  if (!from.empty()) interval.from = TRY(parse_iso_date(from).at("valid_from"));
  if (!to.empty()) interval.to = TRY(parse_iso_date(to).at("valid_to"));
  return interval;
}

Result<ClaimRules::Category> ClaimRules::read_category(const std::vector<std::string>& fields) {
  Category category;
  category.record = TRY(record_named(fields[0]));
  const std::string& service_class = fields[1];
  if (service_class != "*" && !is_digits(service_class, 2)) {
    return Error{ErrorCode::kInvalidInput, "expected two digits or * as service_class"};
  }
  if (service_class != "*") category.service_class = static_cast<std::size_t>(std::stoi(service_class));
  category.prefix = fields[2];
  category.rule.category = TRY(category_named(fields[3]));
  if (!fits(category.record, category.rule.category)) {
    return Error{ErrorCode::kInvalidInput, "expected a category that record_type can go to"};
  }
  if (fields[4] != "yes" && fields[4] != "no") {
    return Error{ErrorCode::kInvalidInput, "expected yes or no as is_points"};
  }
  category.rule.is_points = fields[4] == "yes";
  category.interval = TRY(read_interval(fields[5], fields[6]));
  return category;
}

Result<ClaimRules::Marker> ClaimRules::read_marker(const std::vector<std::string>& fields) {
  if (std::ranges::find(kMarkerKinds, fields[0]) == kMarkerKinds.end()) {
    return Error{ErrorCode::kInvalidInput,
                 "expected suspected_modifier, suspected_name_ending or outside_prescription as kind"};
  }
  if (fields[1].empty()) return Error{ErrorCode::kInvalidInput, "expected a value"};
  const Interval interval = TRY(read_interval(fields[2], fields[3]));
  return Marker{.kind = fields[0], .value = fields[1], .interval = interval};
}

Result<ClaimRules> ClaimRules::read(std::string_view categories_csv, std::string_view markers_csv) {
  ClaimRules rules;
  const std::vector<CsvLine> categories =
      TRY(parse_csv(categories_csv, {"record_type", "service_class", "code_prefix", "category", "is_points",
                                     "valid_from", "valid_to", "note"}));
  for (const CsvLine& line : categories) {
    Category category = TRY(read_category(line.fields).at(line_place(line)));
    rules.categories_.push_back(std::move(category));
  }
  // A general rule first, so that one for a class can replace it.
  std::ranges::stable_sort(rules.categories_, std::ranges::greater(), &Category::service_class);
  const std::vector<CsvLine> markers =
      TRY(parse_csv(markers_csv, {"kind", "value", "valid_from", "valid_to", "note"}));
  for (const CsvLine& line : markers) {
    Marker marker = TRY(read_marker(line.fields).at(line_place(line)));
    rules.markers_.push_back(std::move(marker));
  }
  return rules;
}

const ClaimRules& ClaimRules::built_in() {
  static const ClaimRules rules = [] {
    Result<ClaimRules> read = ClaimRules::read(content_of(embedded_claims(), "rules/categories.csv"),
                                               content_of(embedded_claims(), "rules/markers.csv"));
    ENSURE(read.ok());
    return std::move(read).value();
  }();
  return rules;
}

MonthRules ClaimRules::on(Date day) const {
  MonthRules month;
  for (const ItemRecord record : {ItemRecord::kAct, ItemRecord::kDrug, ItemRecord::kDevice}) {
    auto& by_class = month.by_class_[static_cast<std::size_t>(record)];
    // Without a rule a record goes where its kind of code belongs.
    const ClaimCategory own = record == ItemRecord::kAct    ? ClaimCategory::kProcedure
                              : record == ItemRecord::kDrug ? ClaimCategory::kDrug
                                                            : ClaimCategory::kDevice;
    by_class.fill({.category = own, .is_points = true});
  }
  for (const Category& category : categories_) {
    if (!category.interval.holds(day)) continue;
    if (!category.prefix.empty()) {
      month.by_prefix_.push_back({category.record, category.prefix, category.rule});
      continue;
    }
    auto& by_class = month.by_class_[static_cast<std::size_t>(category.record)];
    if (category.service_class == MonthRules::kAnyClass) {
      by_class.fill(category.rule);
    } else {
      by_class[category.service_class] = category.rule;
    }
  }
  for (const Marker& marker : markers_) {
    if (!marker.interval.holds(day)) continue;
    if (marker.kind == kMarkerKinds[0]) month.modifiers_.push_back(marker.value);
    if (marker.kind == kMarkerKinds[1]) month.name_endings_.push_back(marker.value);
    if (marker.kind == kMarkerKinds[2]) month.outside_prescriptions_.push_back(marker.value);
  }
  return month;
}

}  // namespace mimamori
