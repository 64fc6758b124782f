#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "analyze/cox_time_transform.h"
#include "base/result.h"

namespace mimamori {

/// How deaths on the same day share the risk set.
enum class Ties : std::uint8_t {
  kEfron,     // the deaths leave one after the other, each averaged over them
  kBreslow,   // each death faces the whole risk set
  kDiscrete,  // time is discrete: which of the rows at risk died, given how many ("exact" in R)
  kMarginal,  // time is continuous: the sum over all orders in which the deaths may have happened
};
std::string_view name_of(Ties ties);
inline bool is_exact(Ties ties) { return ties == Ties::kDiscrete || ties == Ties::kMarginal; }

/// The rows of a Cox model. A row is at risk on (start, stop].
///
///   x        n x p  covariates, row-major, one row per person-interval
///   columns  p x n  the covariates as columns, instead of x (then leave x empty); not copied
///   start    n      when the interval opens (not at risk then); empty: at risk from the beginning
///   stop     n      when it closes (at risk then), > start, same unit as start
///   event    n      1 if the outcome occurred at stop, else 0
///   stratum  n      rows of one label share a baseline hazard; empty: one stratum
///   weight   n      case weights >= 0; rows of weight 0 are left out and counted; empty: 1
///   offset   n      known part of the log hazard; empty: 0
///   cluster  n      rows of one label are not independent (robust variance); empty: each row by itself
///   transforms  p   the function of time that each covariate is multiplied with; empty: 1. Only fits, their
///                   limits and cox_objective know of it; what cannot take it refuses it.
///
/// Times that differ by less than 1e-9 relative are one time, so that sums of decimal years tie as
/// the days they stand for do.
struct CoxData {
  std::span<const double> x;
  std::span<const double> start;
  std::span<const double> stop;
  std::span<const std::uint8_t> event;
  std::span<const std::int32_t> stratum;
  std::span<const double> weight = {};
  std::span<const double> offset = {};
  std::span<const std::int32_t> cluster = {};
  std::span<const std::span<const double>> columns = {};
  std::span<const CoxTimeTransform> transforms = {};
};

struct CoxOptions {
  Ties ties = Ties::kEfron;
  int iterations_max = 60;   // Newton steps
  double tolerance = 1e-16;  // squared length of a Newton step in standard errors; the step that
                             // falls below it is still taken
  bool robust = false;       // sandwich variance over clusters (Lin and Wei), no small-sample factor
  int threads = 0;           // at most; 0: what the machine has. The bits do not depend on it.
};

/// A fitted Cox model; p coefficients in the order of the columns of x.
struct CoxFit {
  std::vector<double> coefficients;      // log hazard ratios
  std::vector<double> standard_errors;   // roots of the diagonal of covariance
  std::vector<double> covariance;        // p x p, row-major: the inverse information, or the sandwich
  std::vector<double> naive_covariance;  // p x p: the inverse information
  double log_likelihood_null = 0;        // all coefficients 0, in nats
  double log_likelihood = 0;
  double score_chi_square = 0;         // p degrees of freedom, at 0
  double wald_chi_square = 0;          // p degrees of freedom, of covariance
  double robust_score_chi_square = 0;  // options.robust only
  int iterations = 0;                  // Newton steps taken
  std::size_t rows = 0;                // rows given, without those of weight 0
  std::size_t rows_of_weight_zero = 0;
  std::size_t events_at_zero = 0;  // events at a time <= 0: counted like any other, but worth a look
  std::size_t rows_at_risk = 0;    // rows at risk at some event time; the others say nothing
  std::size_t events = 0;
};

/// Why a Cox model has no estimate.
enum class CoxObstacle : std::uint8_t {
  kInvalidInput,  // lengths disagree, a number is not finite, stop <= start
  kTooMuchWork,   // exact ties or transforms beyond what is computed
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
  std::vector<double> path = {};  // kMonotoneLikelihood, p: the coefficients go to infinity along it
};

/// kInvalidInput, kUnsupported for too much work, else kNotEstimable.
Error error_of(const CoxRefusal& refusal);

/// Maximum partial likelihood, Newton with step halving on centered and scaled covariates.
///
/// Errors  kInvalidInput: see CoxObstacle.  kNotEstimable: any other obstacle; the sentence names the
///         covariate (from 0) and the reason.
/// Cost    O(n p^2) per step after O(n log n) once; memory about twice the input. With transforms a
///         step takes O(p^2) times the sum of the sizes of all risk sets, and kUnsupported is the answer
///         above kTimeVaryingWorkMax (cox_time_varying.h); the memory stays.
/// Source  Cox DR (1972) J R Stat Soc B 34:187-220; ties Efron B (1977) J Am Stat Assoc 72:557-565,
///         Breslow NE (1974) Biometrics 30:89-99; counting-process form Andersen PK, Gill RD (1982)
///         Ann Stat 10:1100-1120.
///         Weights, robust variance: Lin DY, Wei LJ (1989) J Am Stat Assoc 84:1074-1078; Therneau TM,
///         Grambsch PM (2000) Modeling Survival Data, chapters 3 and 7. Discrete ties: Gail MH, Lubin JH,
///         Rubinstein LV (1981) Biometrika 68:703-707. Marginal ties: Kalbfleisch JD, Prentice RL (1973)
///         Biometrika 60:267-278; DeLong DM, Guirguis GH, So YC (1994) Biometrika 81:607-611.
Result<CoxFit> fit_cox(const CoxData& data, const CoxOptions& options = {});

/// The same with the reason as a value, for callers that answer differently to each obstacle.
std::variant<CoxFit, CoxRefusal> answer_cox(const CoxData& data, const CoxOptions& options = {});

/// Log partial likelihood in nats, its gradient and its information (minus the second derivatives).
struct CoxObjective {
  double value = 0;
  std::vector<double> gradient;     // p
  std::vector<double> information;  // p x p, row-major
};

/// The objective of a Cox model at beta.
///
///   beta  p  log hazard ratios, finite
///
/// Errors  kInvalidInput: lengths disagree, a number is not finite, some stop <= start, exact ties with
/// weights.
///         kNotEstimable: no event, or the linear predictor is beyond the range of numbers. kUnsupported:
///         exact ties that are too much work.
/// Source  as fit_cox.
Result<CoxObjective> cox_objective(const CoxData& data, std::span<const double> beta, Ties ties);
/// With Efron's ties.
Result<CoxObjective> cox_efron(const CoxData& data, std::span<const double> beta);
/// With Breslow's ties.
Result<CoxObjective> cox_breslow(const CoxData& data, std::span<const double> beta);

}  // namespace mimamori
