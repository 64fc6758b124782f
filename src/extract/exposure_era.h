#pragma once

#include <span>

#include "base/date.h"
#include "extract/dispensing.h"
#include "script/script.h"

namespace mimamori {

/// The last day on which a person counts as exposed in the episode that opens on the index date.
///
/// Each dispensing of the arm covers [starts_on, starts_on + days_supply). Dispensings are joined
/// while the uncovered days between the end reached so far and the next start are at most the gap;
/// the grace period is added after the last covered day. Dispensings before the index date do not
/// count: washout has looked at them.
///
/// Requires a dispensing of this arm on the index date.
Date last_exposed_day(std::span<const Dispensing> dispensings, Arm arm, Date index_date,
                      const EpisodeRule& rule);

}  // namespace mimamori
