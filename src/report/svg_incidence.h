#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/study_result.h"
#include "report/svg.h"

namespace mimamori {

/// Days of the time axis at which either arm has a count of persons at risk, ascending.
std::vector<int> curve_ticks(const OutcomeResult& outcome);

/// The step function of an arm on a day: its last point on or before it. Absent after the arm's
/// last day, and for an arm nobody of which was followed.
std::optional<CurvePoint> curve_at(const ArmCurve& curve, int day);

/// Top of the percent axis: the first of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 x 10^k that holds both curves, and
/// their bands as long as these stay below twice the curves. In percent, at most 100.
double incidence_axis_top(const OutcomeResult& outcome);

/// True if some band goes above the axis, where the drawing cuts it.
bool band_is_cut(const OutcomeResult& outcome);

/// One sentence with the cumulative incidence of both arms at the last tick both of them reach.
Text2 incidence_summary(const StudyResult& result, const OutcomeResult& outcome);

/// Cumulative incidence, 1 - Kaplan-Meier (portal.md, C3): steps after each event, log-log bands,
/// a percent axis from 0 to a round maximum, and under the axis the persons at risk, censored and
/// with the outcome at its ticks, placed by the scale of the plot itself.
///
/// Each arm is <g data-mark="curve" data-arm data-x data-y data-lo data-hi>, lists in order of day;
/// y, lo and hi are proportions.
std::string incidence_svg(const StudyResult& result, const OutcomeResult& outcome, std::string_view id,
                          Language language, Size size);

}  // namespace mimamori
