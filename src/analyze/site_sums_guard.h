#pragma once

#include "analyze/site_sums_newton.h"

namespace mimamori {

/// Why a site does not answer a request, or does not go on.
enum class SumRefusalReason : std::uint8_t {
  kOtherStart,          // round 0 is not at the approved parameters
  kUnknownStepFactor,   // not 1, 1/2, 1/4 ... of the approved list
  kFellWithoutHalving,  // the likelihood fell, and the step was not halved
  kNotTheNewtonStep,    // the parameters are not what the totals lead to
  kMoreDetail,          // finer sums than approved, or the last round asked for too early
  kFinished,            // the fit has ended
  kTooManyRounds,
  kExtremePredictor,  // some row's |x'beta| is so large that the sums would be about few rows
  kOwnSumsMissing,    // what the site sent is not among the addends
  kTotalsDisagree,    // the totals are not the sum of the addends
  kTooFewPatients,    // G1
  kTooFewEvents,
  kTooManyParameters,   // G2
  kSmallCell,           // G3, G4
  kRankDeficient,       // G4
  kDominated,           // G6
  kFewResidualDegrees,  // G9
};
std::string_view name_of(SumRefusalReason reason);

struct SumRefusal {
  SumRefusalReason reason = SumRefusalReason::kNotTheNewtonStep;
  std::string sentence;  // with columns by number, from 0; no value of a row
};

/// A site's check of the center (federation.md 6.6): it runs the center's loop itself, on the signed totals,
/// and answers no request that the loop does not make, so that no one can choose parameters that single
/// someone out.
class SumGuard {
 public:
  SumGuard(std::size_t parameters, const SumRules& rules) : rules_(rules), newton_(parameters, rules) {}

  /// To be asked before answering.
  ///   columns  p spans of length n  the site's covariates, as coded, in the order of beta; a common constant
  ///   is not
  ///            among them: pass has_constant
  [[nodiscard]] std::optional<SumRefusal> check(const SumRequest& request,
                                                std::span<const std::span<const double>> columns,
                                                bool has_constant) const;

  /// The signed totals of the request that was answered. In mode A all sites' sums are given, and one of them
  /// must be `own`; in mode B (masked sums) the span is empty.
  [[nodiscard]] std::optional<SumRefusal> take(const SiteSums& totals, std::span<const SiteSums> addends,
                                               const SiteSums& own);

 private:
  SumRules rules_;
  SumNewton newton_;
};

/// The rows of a site for the checks of its design, before any round.
///
///   columns  p spans of length n  without the constant
///   event    n                    outcome > 0 counts as an event
///   patient  n                    rows of one label are one patient; empty: each row for itself
struct SumDesign {
  std::span<const std::span<const double>> columns;
  std::span<const double> event;
  std::span<const std::int32_t> patient;
};

/// Guards G1 (patients and events), G2 (parameters), G3 (cells of binary columns, alone and by two), G4
/// (columns that concern few, and rank) and G9 (residual degrees of freedom) of one site in mode A. A site
/// without any event passes G1's and G2's count of events: it sends zeros. Not here: G5 (audit of all sums
/// over pattern counts), G7 (difference to earlier cohorts): they need the ledger. Source  federation.md 6.5.
std::optional<SumRefusal> check_sum_design(const SumDesign& design, std::size_t parameters,
                                           const SumRules& rules);

/// G6: of the information of each column, no patient and no two hold more than the rules allow.
///   part  n x p  row i's part of the diagonal of the information, >= 0, row-major
std::optional<SumRefusal> check_dominance(std::span<const double> part, std::size_t columns,
                                          std::span<const std::int32_t> patient, const SumRules& rules);

}  // namespace mimamori
