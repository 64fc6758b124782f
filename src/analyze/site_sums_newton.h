#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "analyze/site_sums.h"

namespace mimamori {

/// The rules of a fit over site sums, agreed in the approved request (federation.md 6.0, 6.5, 6.6).
struct SumRules {
  std::vector<double> start;          // beta of round 0; empty: all 0
  SumDetail detail;                   // of the rounds
  int final_information_digits = 6;   // of the last round, from which standard errors come; 0: all
  double decrement_max = 1e-12;       // converged: score' inverse score below this, and ...
  double score_max = 1e-8;            // ... every |score| in units of the root of its information
  double smallest_factor = 1.0 / 64;  // of a step: 1, 1/2, ... down to this
  int rounds_max = 15;
  // what a site checks before it answers
  double deviation_max = 1e-9;       // |beta - own Newton step| <= this * (1 + |beta|)
  double linear_predictor_max = 20;  // |x'beta| of any of its rows
  std::size_t patients_min = 50;     // G1
  double events_min = 10;
  double patients_per_parameter = 10;  // G2: p <= patients / 10 and p <= events / 5
  double events_per_parameter = 5;
  std::size_t cell_min = 10;       // G3, G4: 0 or at least this many patients
  double residual_df_min = 10;     // G9
  double largest_share_max = 0.5;  // G6: of one patient in the information of a column
  double two_largest_share_max = 0.85;
};

/// What the center asks of every site.
struct SumRequest {
  std::vector<double> beta;
  double step_factor = 1;
  SumDetail detail;
  bool final = false;  // at the estimate, for the standard errors
  int round = 0;
};

enum class SumState : std::uint8_t {
  kGoing,
  kDone,
  kAliased,             // the total information is singular at the start
  kMonotoneLikelihood,  // a coefficient beyond 12, or an information that has become singular on the way
  kNoConvergence,       // rounds_max, or no step factor raises the likelihood
};
std::string_view name_of(SumState state);

/// The Newton loop as a machine that is fed totals and says what to ask next. Center and sites run the same
/// one, so that a site can foretell every request.
class SumNewton {
 public:
  SumNewton(std::size_t parameters, SumRules rules);

  [[nodiscard]] const SumRequest& request() const { return request_; }
  [[nodiscard]] SumState state() const { return state_; }
  /// The last step was halved because the likelihood fell.
  [[nodiscard]] bool halved() const { return halved_; }
  /// kAliased, kMonotoneLikelihood: the coefficient, from 0.
  [[nodiscard]] std::optional<std::size_t> coefficient() const { return coefficient_; }
  /// The totals of request(). Only while kGoing.  Errors  kInvalidInput: as many sums as parameters were
  /// expected.
  Result<void> take(const SiteSums& totals);

 private:
  void propose(double factor);
  void climb(const SiteSums& totals);

  SumRules rules_;
  SumRequest request_;
  SumState state_ = SumState::kGoing;
  std::optional<std::size_t> coefficient_;
  bool halved_ = false;
  // the last point that was not worse than the one before, and the step from it
  std::vector<double> base_, step_;
  double base_value_ = 0;
};

struct SiteSumFit {
  SumState state = SumState::kGoing;
  std::optional<std::size_t> coefficient;  // see SumNewton
  std::vector<double> coefficients;        // NaN unless kDone
  std::vector<double> standard_errors;
  std::vector<double> covariance;   // p x p, row-major, from the last round's information
  double log_likelihood_start = 0;  // at rules.start, as told
  double log_likelihood = 0;        // as told
  int rounds = 0;                   // with the last one
  std::size_t rows = 0;
  double events = 0;
};

/// Asks all sites for their sums, one answer per site.
using AskSites = std::function<Result<std::vector<SiteSums>>(const SumRequest&)>;

/// The center's loop; equal to the pooled fit, because likelihood, score and information are sums over sites.
/// Errors  those of `ask` (a site that refuses), and of add_sums.
Result<SiteSumFit> fit_site_sums(std::size_t parameters, const SumRules& rules, const AskSites& ask);

}  // namespace mimamori
