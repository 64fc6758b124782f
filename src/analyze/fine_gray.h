#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "analyze/cox.h"
#include "base/result.h"

namespace mimamori {

/// Times until the first of several kinds of event, with covariates.
///
///   x                n x p  row-major
///   time             n  finite
///   cause            n  0: censored; 1, 2, ...: what happened
///   weight           n  finite, > 0; empty: 1
///   censoring_group  n  the censoring distribution is estimated within rows of one label; empty: one group
struct FineGrayData {
  std::span<const double> x;
  std::span<const double> time;
  std::span<const std::int32_t> cause;
  std::span<const double> weight = {};
  std::span<const std::int32_t> censoring_group = {};
};

/// Where two programs differ by their rule: does a row whose event falls on the day of a censoring count
/// among those who could have been censored that day?
enum class CensoringTies : std::uint8_t {
  kEventsAtRisk,  // yes, as cmprsk's crr does
  kEventsFirst,   // no, as survival's finegray does
};

enum class FineGrayVariance : std::uint8_t {
  kFull,          // sandwich that knows the censoring distribution was estimated (Fine and Gray; crr)
  kFixedWeights,  // sandwich by row that takes it as known (coxph on finegray's rows with cluster)
  kModel,         // inverse information
};

struct FineGrayOptions {
  std::int32_t cause = 1;
  CensoringTies censoring = CensoringTies::kEventsAtRisk;
  FineGrayVariance variance = FineGrayVariance::kFull;
  Ties ties = Ties::kBreslow;
  int iterations_max = 60;
};

struct FineGrayFit {
  std::vector<double> coefficients;     // log subdistribution hazard ratios
  std::vector<double> standard_errors;  // of the chosen variance
  std::vector<double> covariance;       // p x p
  std::vector<double> model_errors;     // from the inverse information
  double log_likelihood_null = 0;
  double log_likelihood = 0;
  int iterations = 0;
  std::size_t rows = 0;
  std::size_t events = 0;            // of the cause
  std::size_t competing_events = 0;  // of other causes
};

/// Why there is no estimate: the words of the Cox model's obstacles hold here too.
std::variant<FineGrayFit, CoxRefusal> fine_gray(const FineGrayData& data,
                                                const FineGrayOptions& options = {});

/// Source  Fine JP, Gray RJ (1999) J Am Stat Assoc 94:496-509; Geskus RB (2011) Biometrics 67:39-49.

}  // namespace mimamori
