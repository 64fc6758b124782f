#pragma once

#include <span>
#include <vector>

#include "analyze/cox.h"

namespace mimamori {

/// The function g of time with which a coefficient might change.
enum class TimeTransform : std::uint8_t {
  kIdentity,
  kLog,
  kRank,  // of the row's time among all rows' times, ties averaged
  kKm,    // 1 - S(t-), S the product limit of all rows, strata and weights left aside
};

enum class PhStatistic : std::uint8_t {
  kScore,            // score test for adding g(t) x to the model: survival from version 3 on
  kApproximate1994,  // Grambsch and Therneau's, with the average information at all event times: survival
                     // before 3
};

/// Columns that are tested together: the indicators of one factor.
using PhTerm = std::vector<std::size_t>;

struct PhOptions {
  Ties ties = Ties::kEfron;
  TimeTransform transform = TimeTransform::kKm;
  PhStatistic statistic = PhStatistic::kScore;
  std::vector<PhTerm> terms = {};  // empty: each column by itself
};

struct PhTest {
  struct Line {
    double chi_square = 0;
    int degrees = 0;  // 0: not testable (the term does not vary over time apart from the rest)
    double p = 1;
  };
  std::vector<Line> terms;
  Line global;
};

/// Tests proportional hazards of a fitted Cox model.
///
/// Errors  kInvalidInput: as fit_cox, or kLog with a time that is not above 0.  kNotEstimable: no event.
/// Source  Grambsch PM, Therneau TM (1994) Biometrika 81:515-526.
Result<PhTest> ph_test(const CoxData& data, const CoxFit& fit, const PhOptions& options = {});

}  // namespace mimamori
