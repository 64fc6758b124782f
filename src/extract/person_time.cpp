#include "extract/person_time.h"

#include <algorithm>

namespace mimamori {
namespace {

int day_of(Date date, Date index_date) { return static_cast<int>((date - index_date).count()); }

}  // namespace

Censoring censoring_of(const FollowUpEnds& ends) {
  Censoring censoring{.last_day = ends.cut_off, .reason = CensoringReason::kCutOff};
  const auto consider = [&](std::optional<Date> day, CensoringReason reason) {
    if (!day || *day > censoring.last_day) return;
    if (*day == censoring.last_day && censoring.reason < reason) return;
    censoring = Censoring{.last_day = *day, .reason = reason};
  };
  consider(ends.other_arm, CensoringReason::kOtherArm);
  consider(ends.exposure, CensoringReason::kEndOfExposure);
  consider(ends.last_record, CensoringReason::kLastRecord);
  return censoring;
}

OutcomeFollowUp follow_up_of(std::span<const LabValue> values, const OutcomeRule& rule, Sex sex,
                             Date index_date, const Censoring& censoring) {
  OutcomeFollowUp follow_up{.baseline_value = std::nullopt,
                            .baseline_in_reference_range = false,
                            .follow_up_days = std::max(0, day_of(censoring.last_day, index_date)),
                            .event = false,
                            .reason = censoring.reason,
                            .measurements = 0};
  for (const LabValue& value : values) {
    const int day = day_of(value.collected_on, index_date);
    if (day < 1 || day > follow_up.follow_up_days || !is_abnormal(value, rule, sex)) continue;
    follow_up.follow_up_days = day;
    follow_up.event = true;
    follow_up.reason = CensoringReason::kOutcome;
  }
  follow_up.measurements = static_cast<int>(std::ranges::count_if(values, [&](const LabValue& value) {
    const int day = day_of(value.collected_on, index_date);
    return day >= 1 && day <= follow_up.follow_up_days;
  }));
  return follow_up;
}

}  // namespace mimamori
