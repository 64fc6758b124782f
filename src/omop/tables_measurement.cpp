// measurement -> ehr_lab_result

#include <array>

#include "omop/row.h"
#include "omop/tables.h"
#include "standardize/lab_value.h"
#include "standardize/text_shape.h"

namespace mimamori {
namespace {

constexpr ColumnUse kRequired = ColumnUse::kRequired;
constexpr ColumnUse kRead = ColumnUse::kRead;
constexpr ColumnUse kLeft = ColumnUse::kLeft;

enum : std::size_t {
  kPerson,
  kId,
  kConcept,
  kDate,
  kDatetime,
  kType,
  kOperator,
  kNumber,
  kValueConcept,
  kUnit,
  kLow,
  kHigh,
  kVisit,
  kValue,
  kSourceConcept,
  kUnitSource,
  kValueSource
};
constexpr std::array<OmopColumn, 23> kColumns = {{{"person_id", kRequired},
                                                  {"measurement_id", kRead},
                                                  {"measurement_concept_id", kRequired},
                                                  {"measurement_date", kRequired},
                                                  {"measurement_datetime", kRead},
                                                  {"measurement_type_concept_id", kRead},
                                                  {"operator_concept_id", kRead},
                                                  {"value_as_number", kRead},
                                                  {"value_as_concept_id", kRead},
                                                  {"unit_concept_id", kRead},
                                                  {"range_low", kRead},
                                                  {"range_high", kRead},
                                                  {"visit_occurrence_id", kRead},
                                                  {"measurement_source_value", kRead},
                                                  {"measurement_source_concept_id", kRead},
                                                  {"unit_source_value", kRead},
                                                  {"value_source_value", kRead},
                                                  {"measurement_time", kLeft},
                                                  {"provider_id", kLeft},
                                                  {"visit_detail_id", kLeft},
                                                  {"unit_source_concept_id", kLeft},
                                                  {"measurement_event_id", kLeft},
                                                  {"meas_event_field_concept_id", kLeft}}};

std::string_view operator_of(std::optional<std::int64_t> concept_id) {
  if (concept_id == 4171756) return "<";
  if (concept_id == 4171754) return "<=";
  if (concept_id == 4172704) return ">";
  if (concept_id == 4171755) return ">=";
  return "=";
}

// A unit as the source wrote it; what has not the form of one may be anything.
std::optional<std::string> source_unit(OmopRow& row) {
  const std::string_view unit = row.text(kUnitSource);
  if (unit.empty()) return std::nullopt;
  if (is_unit_shaped(unit)) return std::string(unit);
  row.note(omop_findings::kTextLeft, kUnitSource);
  return std::nullopt;
}

// The number, in the unit that the CDM gives. Which unit is standard for the test the CDM does not say.
void fill_number(OmopRow& row, double number, EditedLabResult& result) {
  const std::string_view sign = operator_of(row.concept_id(kOperator));
  result.value_class = name_of(sign == "=" ? ValueClass::kNumber : ValueClass::kBound);
  result.value_operator = std::string(sign);
  result.value = number;
  result.received_value = std::string(row.text(kNumber));
  if (const std::optional<std::int64_t> unit = row.concept_id(kUnit))
    result.unit = "OMOP:" + std::to_string(*unit);
  result.lower_limit = row.number(kLow);
  result.upper_limit = row.number(kHigh);
}

// A result without a number: a concept, else what the source wrote where that has the form of a result.
void fill_other(OmopRow& row, EditedLabResult& result) {
  if (const std::optional<std::int64_t> concept_id = row.concept_id(kValueConcept)) {
    result.value_class = name_of(ValueClass::kQualitative);
    result.received_value = "OMOP:" + std::to_string(*concept_id);
    return;
  }
  const std::string_view written = row.text(kValueSource);
  const ReadLabValue value = recognize_lab_value(written);
  result.value_class = name_of(value.value_class);
  const bool is_text = value.value_class == ValueClass::kText || value.value_class == ValueClass::kComment;
  if (is_text) {
    row.note(omop_findings::kTextLeft, kValueSource);
  } else {
    result.received_value = std::string(written);
  }
}

Result<void> read(OmopRow& row, OmopRows& rows) {
  EditedLabResult result;
  result.patient_key = row.patient_key();
  result.collected_on = TRY(row.required_date(kDate));
  result.collected_at = row.moment(result.collected_on, kDatetime);
  result.collected_source = "measurement_date";
  OmopCode code =
      omop_code(row, {.concept_id = kConcept, .source_concept_id = kSourceConcept, .source_value = kValue});
  result.local_code = std::move(code.code);
  result.local_system = std::move(code.system);
  result.received_unit = source_unit(row);
  if (const std::optional<double> number = row.number(kNumber)) {
    fill_number(row, *number, result);
  } else {
    fill_other(row, result);
  }
  result.provenance = row.provenance();
  rows.lab_results.push_back(std::move(result));
  rows.records.push_back({.patient_key = row.patient_key(),
                          .record_id = row.integer(kId),
                          .visit_id = row.integer(kVisit),
                          .source_concept_id = row.concept_id(kSourceConcept),
                          .type_concept_id = row.concept_id(kType),
                          .provenance = row.provenance()});
  return {};
}

constexpr std::array<OmopTable, 1> kTables = {
    {{.name = "measurement", .columns = kColumns, .has_person = true, .read = read}}};

}  // namespace

std::span<const OmopTable> omop_measurement_tables() { return kTables; }

}  // namespace mimamori
