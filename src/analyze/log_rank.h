#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace mimamori {

/// Times of several groups. A row is at risk on (start, time].
///
///   time     n  finite
///   event    n  1 if the event occurred at time, else 0
///   group    n  0 .. groups - 1, each of them used
///   start    n  finite, < time; empty: at risk from the beginning
///   stratum  n  groups are compared within rows of one label; empty: one stratum
struct LogRankData {
  std::span<const double> time;
  std::span<const std::uint8_t> event;
  std::span<const std::int32_t> group;
  std::span<const double> start = {};
  std::span<const std::int32_t> stratum = {};
};

/// What an event time counts for; n at risk, d events, S the pooled survival of the stratum.
enum class LogRankWeight : std::uint8_t {
  kLogRank,            // 1
  kGehan,              // n: Gehan's and Breslow's generalization of Wilcoxon's test
  kTaroneWare,         // sqrt(n)
  kPetoPeto,           // the product of 1 - d/(n + 1) up to and including this time
  kModifiedPeto,       // the same times n/(n + 1)
  kFlemingHarrington,  // S(t-)^rho (1 - S(t-))^gamma
};

struct LogRankOptions {
  LogRankWeight weight = LogRankWeight::kLogRank;
  double rho = 0;  // kFlemingHarrington
  double gamma = 0;
  std::vector<double> scores = {};  // one per group: test for a trend; empty: 1, 2, 3 ...
};

struct LogRankTest {
  std::vector<double> observed;  // per group, weighted events
  std::vector<double> expected;
  std::vector<double> variance;  // groups x groups, of observed - expected
  double chi_square = 0;
  int degrees = 0;  // 0: no comparison is possible (no event, or never two groups at risk)
  double p = 1;
  double trend_chi_square = 0;  // 1 degree of freedom
  double trend_p = 1;
  bool trend_defined = false;
  std::int64_t events = 0;
};

/// Compares the hazards of groups with a weighted log-rank test; hypergeometric variance.
///
/// Errors  kInvalidInput: lengths disagree, no row, a number out of its range (with the row, from 1).
/// Source  Mantel N (1966) Cancer Chemother Rep 50:163-170; Gehan EA (1965) Biometrika 52:203-223;
///         Tarone RE, Ware J (1977) Biometrika 64:156-160; Peto R, Peto J (1972) J R Stat Soc A 135:185-207;
///         Andersen PK et al. (1982) Int Stat Rev 50:219-244; Harrington DP, Fleming TR (1982) Biometrika
///         69:553-566; trend: Tarone RE (1975) Biometrika 62:679-682.
Result<LogRankTest> log_rank(const LogRankData& data, const LogRankOptions& options = {});

}  // namespace mimamori
