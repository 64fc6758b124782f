#pragma once

#include <cstdint>

#include "analyze/interval.h"
#include "base/result.h"

namespace mimamori {

/// A share of persons with its intervals. Those of Wald and of Agresti and Coull are not cut at 0 and 1.
struct ProportionIntervals {
  double share = 0;
  Interval wald;
  Interval wilson;
  Interval wilson_corrected;  // with continuity correction
  Interval clopper_pearson;   // exact
  Interval mid_p;
  Interval jeffreys;  // beta(x + 1/2, n - x + 1/2); 0 without, 1 with only outcomes
  Interval agresti_coull;
};

/// Errors  kInvalidInput: not 0 <= count <= total, a level not between 0 and 1.  kNotEstimable: nobody.
/// Source  Newcombe RG (1998) Stat Med 17:857-872; Brown LD, Cai TT, DasGupta A (2001) Stat Sci 16:101-133.
Result<ProportionIntervals> proportion_intervals(std::int64_t count, std::int64_t total, double level = 0.95);

}  // namespace mimamori
