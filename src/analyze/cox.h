#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"

namespace mimamori {

/// How deaths on the same day share the risk set.
enum class Ties : std::uint8_t { kEfron, kBreslow };

/// The rows of a Cox model. A row is at risk on (start, stop].
///
///   x        n x p  covariates, row-major, one row per person-interval
///   start    n      when the interval opens (not at risk then); empty: at risk from the beginning
///   stop     n      when it closes (at risk then), > start, same unit as start
///   event    n      1 if the outcome occurred at stop, else 0
///   stratum  n      rows of one label share a baseline hazard; empty: one stratum
///
/// Times that differ by less than 1e-9 relative are one time, so that sums of decimal years tie as
/// the days they stand for do.
struct CoxData {
  std::span<const double> x;
  std::span<const double> start;
  std::span<const double> stop;
  std::span<const std::uint8_t> event;
  std::span<const std::int32_t> stratum;
};

struct CoxOptions {
  Ties ties = Ties::kEfron;
  int iterations_max = 60;   // Newton steps
  double tolerance = 1e-16;  // squared length of a Newton step in standard errors; the step that
                             // falls below it is still taken
};

/// A fitted Cox model; p coefficients in the order of the columns of x.
struct CoxFit {
  std::vector<double> coefficients;     // log hazard ratios
  std::vector<double> standard_errors;  // from the inverse information at the estimate
  std::vector<double> covariance;       // p x p, row-major
  double log_likelihood_null = 0;       // all coefficients 0, in nats
  double log_likelihood = 0;
  double score_chi_square = 0;   // p degrees of freedom, at 0
  double wald_chi_square = 0;    // p degrees of freedom
  int iterations = 0;            // Newton steps taken
  std::size_t rows = 0;          // rows given
  std::size_t rows_at_risk = 0;  // rows at risk at some event time; the others say nothing
  std::size_t events = 0;
};

/// Why a Cox model has no estimate.
enum class CoxObstacle : std::uint8_t {
  kInvalidInput,  // lengths disagree, a number is not finite, stop <= start
  kNoEvents,
  kConstantCovariate,   // one value in all rows
  kNoInformation,       // one value within each risk set
  kAliased,             // a linear combination of the columns before it
  kMonotoneLikelihood,  // no finite maximum: the coefficient goes to plus or minus infinity
  kNoConvergence,       // iterations_max was reached
};
std::string_view name_of(CoxObstacle obstacle);

struct CoxRefusal {
  CoxObstacle obstacle = CoxObstacle::kInvalidInput;
  std::optional<std::size_t> covariate;  // column of x, from 0
  int direction = 0;                     // kMonotoneLikelihood: +1 or -1, where the coefficient goes
  std::string sentence;
};

/// Maximum partial likelihood, Newton with step halving on centered and scaled covariates.
///
/// Errors  kInvalidInput: see CoxObstacle.  kNotEstimable: any other obstacle; the sentence names the
///         covariate (from 0) and the reason.
/// Cost    O(n p^2) per step after O(n log n) once; memory about twice the input.
/// Source  Cox DR (1972) J R Stat Soc B 34:187-220; ties Efron B (1977) J Am Stat Assoc 72:557-565,
///         Breslow NE (1974) Biometrics 30:89-99; counting-process form Andersen PK, Gill RD (1982)
///         Ann Stat 10:1100-1120.
/// Golden  tests/golden/analyze/cox
Result<CoxFit> fit_cox(const CoxData& data, const CoxOptions& options = {});

/// The same with the reason as a value, for callers that answer differently to each obstacle.
std::variant<CoxFit, CoxRefusal> answer_cox(const CoxData& data, const CoxOptions& options = {});

/// Log partial likelihood in nats, its gradient and its information (minus the second derivatives).
struct CoxObjective {
  double value = 0;
  std::vector<double> gradient;     // p
  std::vector<double> information;  // p x p, row-major
};

/// The objective of a Cox model at beta, ties by Efron's method.
///
///   beta  p  log hazard ratios, finite
///
/// Errors  kInvalidInput: lengths disagree, a number is not finite, some stop <= start.
///         kNotEstimable: no event, or the linear predictor is beyond the range of numbers.
/// Source  as fit_cox.
Result<CoxObjective> cox_efron(const CoxData& data, std::span<const double> beta);
/// The same with Breslow's ties.
Result<CoxObjective> cox_breslow(const CoxData& data, std::span<const double> beta);

}  // namespace mimamori
