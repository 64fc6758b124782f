#pragma once

#include <vector>

#include "model/study_data_set.h"
#include "model/study_result.h"

namespace mimamori {

/// Table 1: persons, women, age and its bands, and the baseline values of each outcome, by arm, with
/// standardized differences (exposed minus comparator). An empty arm prints a dash instead of shares.
std::vector<BaselineRow> baseline_table(const StudyDataSet& data);

}  // namespace mimamori
