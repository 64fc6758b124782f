#include "extract/laboratory.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "clinical/formula.h"

namespace mimamori {
namespace {

/// Values and limits were converted from the laboratory's unit; closer than this, relative to the
/// limit, they are the same printed number (24.0 and 24.000000000000004).
constexpr double kSameNumber = 1e-9;

bool certainly_above(const LabValue& value, double limit) {
  const double slack = kSameNumber * std::max(1.0, std::abs(limit));
  switch (value.value_operator) {
    case ValueOperator::kEqual:
    case ValueOperator::kAtLeast: return value.value > limit + slack;
    case ValueOperator::kAbove: return value.value >= limit - slack;
    case ValueOperator::kBelow:
    case ValueOperator::kAtMost: return false;
  }
  return false;
}

bool certainly_below(const LabValue& value, double limit) {
  const double slack = kSameNumber * std::max(1.0, std::abs(limit));
  switch (value.value_operator) {
    case ValueOperator::kEqual:
    case ValueOperator::kAtMost: return value.value < limit - slack;
    case ValueOperator::kBelow: return value.value <= limit + slack;
    case ValueOperator::kAbove:
    case ValueOperator::kAtLeast: return false;
  }
  return false;
}

bool certainly_at_least(const LabValue& value, double limit) {
  const bool open_below =
      value.value_operator == ValueOperator::kBelow || value.value_operator == ValueOperator::kAtMost;
  return !open_below && value.value >= limit - kSameNumber * std::max(1.0, std::abs(limit));
}

bool certainly_at_most(const LabValue& value, double limit) {
  const bool open_above =
      value.value_operator == ValueOperator::kAbove || value.value_operator == ValueOperator::kAtLeast;
  return !open_above && value.value <= limit + kSameNumber * std::max(1.0, std::abs(limit));
}

/// eGFR falls as creatinine rises.
ValueOperator turned(ValueOperator value_operator) {
  switch (value_operator) {
    case ValueOperator::kEqual: return ValueOperator::kEqual;
    case ValueOperator::kBelow: return ValueOperator::kAbove;
    case ValueOperator::kAtMost: return ValueOperator::kAtLeast;
    case ValueOperator::kAbove: return ValueOperator::kBelow;
    case ValueOperator::kAtLeast: return ValueOperator::kAtMost;
  }
  return value_operator;
}

}  // namespace

std::optional<ValueOperator> value_operator_of(std::string_view text) {
  if (text == "=") return ValueOperator::kEqual;
  if (text == "<") return ValueOperator::kBelow;
  if (text == "<=") return ValueOperator::kAtMost;
  if (text == ">") return ValueOperator::kAbove;
  if (text == ">=") return ValueOperator::kAtLeast;
  return std::nullopt;
}

std::vector<LabValue> egfr_values(std::span<const LabValue> creatinine, const PersonFacts& person) {
  std::vector<LabValue> all;
  if (!person.birth_date || person.sex == Sex::kUnknown) return all;
  for (const LabValue& measured : creatinine) {
    const int age_years = age_in_years(*person.birth_date, measured.collected_on);
    if (age_years < kEgfrAgeYearsMin || measured.value <= 0) continue;
    all.push_back(LabValue{.collected_on = measured.collected_on,
                           .value_operator = turned(measured.value_operator),
                           .value = egfr_japan(measured.value, age_years, person.sex),
                           .interval = {}});
  }
  return all;
}

std::optional<ReferenceInterval> interval_of(const LabValue& value, std::string_view analyte, Sex sex) {
  if (value.interval.lower || value.interval.upper) return value.interval;
  return fallback_interval(analyte, sex, value.collected_on);
}

bool is_abnormal(const LabValue& value, const OutcomeRule& rule, Sex sex) {
  if (rule.abnormal == AbnormalKind::kAbove) return certainly_above(value, rule.threshold);
  if (rule.abnormal == AbnormalKind::kBelow) return certainly_below(value, rule.threshold);
  const std::optional<ReferenceInterval> interval = interval_of(value, rule.analyte, sex);
  if (!interval) return false;
  if (rule.abnormal == AbnormalKind::kAboveReference) {
    return interval->upper && certainly_above(value, *interval->upper);
  }
  return interval->lower && certainly_below(value, *interval->lower);
}

bool is_in_reference_range(const LabValue& value, std::string_view analyte, Sex sex) {
  const std::optional<ReferenceInterval> interval = interval_of(value, analyte, sex);
  if (!interval || (!interval->lower && !interval->upper)) return false;
  return (!interval->lower || certainly_at_least(value, *interval->lower)) &&
         (!interval->upper || certainly_at_most(value, *interval->upper));
}

const LabValue* baseline_value(std::span<const LabValue> values, const OutcomeRule& rule, Sex sex,
                               Date index_date, Days lookback) {
  const DateRange window{.start = index_date - lookback, .end = index_date + Days(1)};
  const auto rank = [&](const LabValue& v) {  // the greatest is the baseline
    return std::tuple(v.collected_on, rule.high_is_worse() ? v.value : -v.value,
                      !is_in_reference_range(v, rule.analyte, sex));
  };
  const LabValue* best = nullptr;
  for (const LabValue& value : values) {
    if (!window.contains(value.collected_on)) continue;
    if (best == nullptr || rank(*best) < rank(value)) best = &value;
  }
  return best;
}

}  // namespace mimamori
