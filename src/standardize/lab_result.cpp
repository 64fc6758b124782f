// Laboratory results (OML-11, one row per OBX).

#include <algorithm>

#include "standardize/lab_test.h"
#include "standardize/lab_value.h"
#include "standardize/record_context.h"
#include "standardize/text_fold.h"
#include "standardize/unit_rules.h"

namespace mimamori {
namespace {

// Writers that do not escape '^' turn the unit 10^3/uL into the components "10" and "3/uL".
bool is_cut_power(std::string_view unit_code, std::string_view unit_text) {
  const std::string head = lower_ascii(fold(unit_code));
  return head.ends_with("10") && head.size() <= 3 && !unit_text.empty() && unit_text[0] >= '0' &&
         unit_text[0] <= '9';
}

std::optional<std::string> received_unit(const ReceivedLabResult& received) {
  if (is_cut_power(received.unit_code, received.unit_text))
    return received.unit_code + "^" + received.unit_text;
  return stated(received.unit_code) ? stated(received.unit_code) : stated(received.unit_text);
}

bool same_conversion(const UnitRule& a, const UnitRule& b) {
  return a.standard_unit == b.standard_unit && a.multiply_by == b.multiply_by && a.divide_by == b.divide_by;
}

// The rule for the result's unit, or none with the reason noted. A reason is worth a note only where a
// number waits for it.
const UnitRule* unit_rule(const RecordContext& context, const ReceivedLabResult& received,
                          const EditedLabResult& row, bool number_waits) {
  if (!row.jlac10_code) return nullptr;  // noted as no_standard_code
  const UnitRules& rules = UnitRules::built_in();
  const auto note = [&](std::string_view check, std::string_view severity, std::string_view sentence) {
    if (number_waits) context.note(check, severity, "OBX-6", sentence);
  };
  if (!rules.standard_unit(*row.jlac10_code, row.collected_on)) {
    note("no_unit_rule", "info", "no rule names a standard unit for this test; the value stays as received");
    return nullptr;
  }
  const std::string unit = row.received_unit.value_or("");
  const UnitRule* rule = rules.find(*row.jlac10_code, unit, row.collected_on);
  if (rule == nullptr && unit.empty()) {
    note("unit_missing", "warning", "expected a unit; nothing was converted");
    return nullptr;
  }
  const bool cut = is_cut_power(received.unit_code, received.unit_text);
  const UnitRule* by_text = cut || !stated(received.unit_text)
                                ? nullptr
                                : rules.find(*row.jlac10_code, received.unit_text, row.collected_on);
  if (rule != nullptr && by_text != nullptr && !same_conversion(*rule, *by_text)) {
    note("unit_conflict", "warning",
         "code and text of the unit contradict each other; nothing was converted");
    return nullptr;
  }
  if (rule == nullptr) rule = by_text;  // a local unit code beside a readable text
  if (rule == nullptr)
    note("unit_unknown", "warning", "no rule accepts this unit for this test; nothing was converted");
  return rule;
}

// The number to convert. Where the value and the unit both state the power of ten (18.3×10^4 in 10^4/µL)
// it is meant once; where they state two different ones nobody can tell, and nothing is converted.
std::optional<double> number_in_unit(const RecordContext& context, const ReadLabValue& value,
                                     const UnitRule& rule) {
  if (!value.mantissa || !rule.unit_power) return value.number;
  if (value.power == *rule.unit_power) {
    context.note("power_repeated", "info", "OBX-5",
                 "value and unit both state the power of ten; it was counted once");
    return value.mantissa;
  }
  context.note("unit_conflict", "warning", "OBX-5",
               "value and unit state two powers of ten; nothing was converted");
  return std::nullopt;
}

// A coded value (OBX-2 = CWE) is read by its text; a number there is a code, not a measurement.
ReadLabValue recognize(const ReceivedLabResult& received) {
  if (received.value_type != "CWE") return recognize_lab_value(received.value);
  std::string_view rest = received.value;
  const std::string_view code = rest.substr(0, rest.find('^'));
  rest.remove_prefix(std::min(rest.size(), code.size() + 1));
  const std::string_view text = rest.substr(0, rest.find('^'));
  ReadLabValue value = recognize_lab_value(text.empty() ? code : text);
  if (value.number)
    value = {.value_class = ValueClass::kText, .comparison = {}, .number = {}, .mantissa = {}};
  return value;
}

void fill_limits(const RecordContext& context, const UnitRule& rule, EditedLabResult& row) {
  if (!row.received_range) return;
  const ReferenceLimits limits = recognize_reference_range(*row.received_range);
  if (limits.lower) row.lower_limit = convert(rule, *limits.lower);
  if (limits.upper) row.upper_limit = convert(rule, *limits.upper);
  const bool qualitative = recognize_lab_value(*row.received_range).value_class == ValueClass::kQualitative;
  if (!limits.lower && !limits.upper && !qualitative) {
    context.note("range_unreadable", "info", "OBX-7",
                 "expected limits such as 10-42 or <15; they are left empty");
  }
}

/// Leaves out a value or range that is neither by its form; other text may name a person.
void keep_values_only(const RecordContext& context, const ReceivedLabResult& received, EditedLabResult& row) {
  constexpr std::string_view kSentence = "free text stays in the received layer: it may name a person";
  if (received.value_type != "CWE" && !is_value_by_form(row.received_value)) {
    row.received_value.clear();
    context.note("text_not_kept", "info", "OBX-5", kSentence);
  }
  if (row.received_range && !is_value_by_form(*row.received_range)) {
    row.received_range.reset();
    context.note("text_not_kept", "info", "OBX-7", kSentence);
  }
}

void fill_value(const RecordContext& context, const ReceivedLabResult& received, EditedLabResult& row) {
  const ReadLabValue value = recognize(received);
  row.value_class = name_of(value.value_class);
  row.value_operator = stated(value.comparison);
  row.received_value = received.value;
  row.received_unit = received_unit(received);
  row.received_range = stated(received.reference_range);
  if (received.value_type == "NM" && !value.number && value.value_class != ValueClass::kMissing) {
    context.note("value_type_mismatch", "info", "OBX-5", "OBX-2 says NM, but the value is not a number");
  }
  if (value.compound) {
    context.note("compound_value", "info", "OBX-5", "two results in one value; the leading one was taken");
  }
  const UnitRule* const rule = unit_rule(context, received, row, value.number.has_value());
  if (rule == nullptr) return;
  const std::optional<double> number = number_in_unit(context, value, *rule);
  if (number) row.value = convert(*rule, *number);
  fill_limits(context, *rule, row);
  if (row.value || row.lower_limit || row.upper_limit) row.unit = rule->standard_unit;
}

}  // namespace

Result<EditedRecord> standardize_lab_result(const RecordContext& context, const ReceivedLabResult& received) {
  DatedBy collected = TRY(context.first_moment(
      {{received.observed_at, "OBX-14"}, {received.collected_at, "SPM-17"}, {received.started_at, "OBR-7"}}));
  EditedLabResult row;
  row.patient_key = context.patient_key;
  row.order_number = stated(received.order_number);
  row.collected_on = collected.at.date;
  row.collected_at = collected.at;
  row.collected_source = std::move(collected.source);
  row.reported_at = context.moment(received.reported_at, "OBR-22");
  LabTest test = choose_lab_test(context, received.item, received.group, row.collected_on);
  row.jlac10_code = std::move(test.jlac10_code);
  row.local_code = std::move(test.local_code);
  row.local_system = std::move(test.local_system);
  row.item_name = std::move(test.name);
  row.material = material_of(row.jlac10_code, received.specimen);
  fill_value(context, received, row);
  keep_values_only(context, received, row);
  row.abnormal_flag = stated(received.abnormal_flag);
  row.result_status = received.result_status;
  row.sub_id = stated(received.sub_id);
  row.provenance = context.provenance;
  return EditedRecord(std::move(row));
}

}  // namespace mimamori
