#pragma once

#include <string>

#include "model/study_result.h"
#include "report/svg.h"

namespace mimamori {

/// One sentence with every adjusted hazard ratio of a population, for those who cannot see the plot.
Text2 forest_summary(const PopulationResult& population);

/// Forest plot of the adjusted hazard ratios of one population (portal.md, C1): log axis 0.1 to 10
/// in every report, so that two reports can be laid side by side; an interval that leaves the axis
/// ends in an arrow; an outcome without an estimate has words and no mark.
///
/// Each mark is <g data-mark="hazard-ratio" data-outcome data-x data-lo data-hi>; the area of its
/// square is proportional to 1 / variance in the regulator rendition only, since elsewhere it would
/// give the number of events away.
std::string forest_svg(const StudyResult& result, const PopulationResult& population, std::string_view id,
                       Language language, Size size);

}  // namespace mimamori
