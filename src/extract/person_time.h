#pragma once

#include <optional>
#include <span>

#include "base/date.h"
#include "extract/laboratory.h"
#include "model/study_data_set.h"
#include "script/script.h"

namespace mimamori {

/// The last day on which each reason lets a person be observed; absent: it does not apply.
struct FollowUpEnds {
  std::optional<Date> other_arm;    // first day of a drug of the other arm, the day itself included
  std::optional<Date> exposure;     // last exposed day, grace included
  std::optional<Date> last_record;  // last record of any kind
  Date cut_off;                     // last day of the data window
};

/// The end of follow-up as far as the outcome is not concerned; ties go by the order of CensoringReason.
struct Censoring {
  Date last_day;
  CensoringReason reason = CensoringReason::kCutOff;
};
Censoring censoring_of(const FollowUpEnds& ends);

/// One person's follow-up for one outcome.
///
/// This is the one place where dates become the days of a Cox model. The index date is day 0. Our dates
/// are half-open, [index_date + 1, last_day + 1); the model's intervals are (start, stop], at risk on
/// stop and not on start: the interval (0, follow_up_days] holds days 1 to follow_up_days. An event on
/// the last observed day counts.
OutcomeFollowUp follow_up_of(std::span<const LabValue> values, const OutcomeRule& rule, Sex sex,
                             Date index_date, const Censoring& censoring);

}  // namespace mimamori
