#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/date.h"
#include "clinical/reference_interval.h"
#include "model/study_data_set.h"
#include "script/script.h"

namespace mimamori {

enum class ValueOperator { kEqual, kBelow, kAtMost, kAbove, kAtLeast };

/// "=", "<", "<=", ">", ">="; absent for anything else.
std::optional<ValueOperator> value_operator_of(std::string_view text);

/// A measured value in the analyte's unit. With an operator other than kEqual the laboratory said only
/// that the truth lies on that side of it.
struct LabValue {
  Date collected_on;
  ValueOperator value_operator = ValueOperator::kEqual;
  double value = 0;
  ReferenceInterval interval;  // as recorded with the result; both limits absent: none was recorded
};

/// What is needed of a person to judge a value.
struct PersonFacts {
  Sex sex = Sex::kUnknown;
  std::optional<Date> birth_date;
};

/// Values of eGFR from values of creatinine, one each, with the age on the day of collection. Not
/// computed for unknown sex or birth date, under 18 years, or values of zero and less. The limits of
/// creatinine are not those of eGFR and are left behind.
std::vector<LabValue> egfr_values(std::span<const LabValue> creatinine, const PersonFacts& person);

/// The interval that judges a value: the one recorded with it, else the fallback of clinical/.
std::optional<ReferenceInterval> interval_of(const LabValue& value, std::string_view analyte, Sex sex);

/// Whether the value is certainly abnormal by the outcome's rule. A value equal to a limit is normal;
/// so is one that a "<" or ">" leaves open, and one that no interval is known for.
bool is_abnormal(const LabValue& value, const OutcomeRule& rule, Sex sex);

/// Whether the value certainly lies in the reference interval of its analyte, limits included.
bool is_in_reference_range(const LabValue& value, std::string_view analyte, Sex sex);

/// The worst value, by the outcome's direction, of the day closest to the index date in
/// [index_date - lookback, index_date + 1 day). Among equal values one outside its interval goes first.
const LabValue* baseline_value(std::span<const LabValue> values, const OutcomeRule& rule, Sex sex,
                               Date index_date, Days lookback);

}  // namespace mimamori
