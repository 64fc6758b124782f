#pragma once

// How numbers are written, for people and for programs. Nothing here looks at the locale.

#include <cstdint>
#include <optional>
#include <string>

#include "model/study_result.h"

namespace mimamori {

/// 1,234,567, with U+2212 for minus.
std::string grouped(std::int64_t number);

/// Fixed decimals with grouping: 1,234.5. A value that rounds to zero has no sign. Not finite: "–".
std::string fixed_decimals(double number, int decimals);

/// A ratio: two decimals, three below 0.1 (so that 0.004 does not read as nothing), one from 100;
/// "<0.001" and ">9,999" beyond.
std::string ratio_text(double ratio);

/// "1.82 (1.20–2.75)", or "" where not estimable.
std::string ratio_with_interval(const HazardRatio& ratio);

/// "22.4 (17.8–27.9)", per 1,000 person-years, or "–" without person-time.
std::string rate_with_interval(const ArmSummary& arm);

/// 12 significant digits, shortest form: what published files carry ("" where not finite).
std::string exact12(double number);

/// The double nearest to the 12 significant digits of a number.
double rounded12(double number);

/// A coordinate in a drawing: at most two decimals.
std::string coordinate(double number);

}  // namespace mimamori
