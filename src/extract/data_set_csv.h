#pragma once

#include <string>

#include "model/study_data_set.h"

namespace mimamori {

/// The data set as CSV (UTF-8, comma, LF, a header line): one row per person and outcome, ordered by
/// outcome, then person. Columns: outcome, person_key, arm, sex, age_years, index_date, baseline_value,
/// baseline_in_reference_range, follow_up_days, event, reason, measurements.
std::string to_csv(const StudyDataSet& data_set);

}  // namespace mimamori
