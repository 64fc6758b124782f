#pragma once

#include <string>

#include "base/result.h"
#include "model/study_data_set.h"
#include "model/study_result.h"

namespace mimamori {

/// A cohort study of two arms: for each outcome, in everyone and in those whose baseline value lies in
/// the reference range, the persons, events, person-years and rates of each arm, the crude and the sex-
/// and age-adjusted hazard ratio (Cox, Efron ties), and the cumulative incidence with numbers at risk.
///
/// Where several sites contributed, each is a stratum of the hazard ratios with its own baseline hazard;
/// counts, rates and curves are pooled, and by_site gives the counts of each. The order of the persons has no
/// effect on any bit of the result.
///
/// Persons without a day of follow-up for an outcome are not counted for it (follow-up opens on day 1).
/// An estimate that does not exist is a part of the result with its reason, not an error.
///
/// Errors  kInvalidInput: the parts of the data set do not fit together.
/// Source  the analyses reference, A-07 and sections 6.1, 6.2 and 6.4; methods of analyze/.
Result<StudyResult> run_cohort_study(const StudyDataSet& data, const std::string& program_version);

}  // namespace mimamori
