#pragma once

#include <cstdint>
#include <optional>

#include "analyze/conditional_odds.h"
#include "analyze/interval.h"
#include "base/result.h"

namespace mimamori {

/// Persons with the outcome among all of a group, exposed and unexposed.
struct RiskPair {
  std::int64_t cases1 = 0;    // exposed, 0 .. persons1
  std::int64_t persons1 = 0;  // > 0
  std::int64_t cases0 = 0;    // unexposed
  std::int64_t persons0 = 0;
};

/// Difference of two risks, exposed minus unexposed. Wald's and Agresti and Caffo's limits are not cut at
/// -1, 1.
struct RiskDifference {
  double difference = 0;
  double number_needed = 0;  // 1 / |difference|; infinite for equal risks
  Interval wald;
  Interval newcombe;            // method 10: square-and-add of Wilson's intervals
  Interval miettinen_nurminen;  // score, variance times N / (N - 1)
  Interval agresti_caffo;       // Wald after adding one case and one other to each group
};

/// Ratio of two risks. Without cases in the unexposed the ratio and the upper limits are infinite; Katz's
/// interval is absent when a group has no case, or when its variance is 0.
struct RiskRatio {
  double ratio = 0;
  std::optional<Interval> katz;  // log ratio +- z sqrt(1/a - 1/n1 + 1/c - 1/n0)
  Interval miettinen_nurminen;   // score, variance times N / (N - 1)
  Interval koopman;              // score, without that factor
};

/// An estimate and its limits.
struct EstimateInterval {
  double estimate = 0;
  Interval interval;
};

/// Odds ratio by cross product, and with 1/2 added to each cell (Haldane, Anscombe).
struct OddsRatio {
  std::optional<double> ratio;  // infinite when only the denominator is 0; absent when both products are 0
  std::optional<Interval>
      woolf;                 // log odds ratio +- z sqrt(1/a + 1/b + 1/c + 1/d); absent with an empty cell
  EstimateInterval haldane;  // Woolf's interval after adding 1/2
};

struct ChiSquare2x2 {
  double pearson = 0;
  double yates = 0;  // |observed - expected| less min(1/2, itself)
  double min_expected = 0;
};

/// The cells of two groups.
Counts2x2 cells_of(const RiskPair& pair);

/// Errors (all)  kInvalidInput: not 0 <= cases <= persons, a level not between 0 and 1.
///               kNotEstimable: nobody in a group.
/// Source  Newcombe RG (1998) Stat Med 17:873-890; Miettinen O, Nurminen M (1985) Stat Med 4:213-226;
///         Agresti A, Caffo B (2000) Am Stat 54:280-288.
Result<RiskDifference> risk_difference(const RiskPair& pair, double level = 0.95);

/// Errors  also kNotEstimable: no case in both groups.
/// Source  Katz D et al. (1978) Biometrics 34:469-474; Koopman PAR (1984) Biometrics 40:513-517.
Result<RiskRatio> risk_ratio(const RiskPair& pair, double level = 0.95);

/// Source  Woolf B (1955) Ann Hum Genet 19:251-253; Haldane JBS (1956) Ann Hum Genet 20:309-311.
Result<OddsRatio> odds_ratio(const RiskPair& pair, double level = 0.95);

/// Errors  also kNotEstimable: nobody, or everybody, has the outcome.
Result<ChiSquare2x2> chi_square_2x2(const RiskPair& pair);

}  // namespace mimamori
