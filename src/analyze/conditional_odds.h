#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analyze/interval.h"
#include "base/result.h"

namespace mimamori {

/// A 2 x 2 table of persons: exposed with and without the outcome, then unexposed.
struct Counts2x2 {
  std::int64_t a = 0;  // exposed, with the outcome
  std::int64_t b = 0;  // exposed, without
  std::int64_t c = 0;  // unexposed, with the outcome
  std::int64_t d = 0;  // unexposed, without
};

/// The exact distribution of the exposed with the outcome, given the margins of one or several 2 x 2 tables
/// with a common odds ratio (Fisher's noncentral hypergeometric distribution, convolved over the tables).
class ConditionalOdds {
 public:
  /// Errors  kInvalidInput: a negative count, or none at all.  kUnsupported: more than 2e6 possible results
  ///         or 2e7 steps to combine tables.
  static Result<ConditionalOdds> of(std::span<const Counts2x2> tables);

  /// The margins allow one result only: nothing can be learnt about the odds ratio.
  [[nodiscard]] bool is_fixed() const { return log_weights_.size() == 1; }

  /// The conditional maximum likelihood estimate: 0 or infinite at the ends of what the margins allow.
  [[nodiscard]] double estimate() const;
  /// Central intervals: each tail holds (1 - level) / 2.
  [[nodiscard]] Interval exact(double level) const;
  [[nodiscard]] Interval mid_p(double level) const;

  // Tests of an odds ratio of 1.
  [[nodiscard]] double greater() const;             // P(X >= observed)
  [[nodiscard]] double less() const;                // P(X <= observed)
  [[nodiscard]] double doubled() const;             // belongs to the exact interval
  [[nodiscard]] double mid_p_doubled() const;       // belongs to the mid-P interval
  [[nodiscard]] double minimum_likelihood() const;  // results no likelier than the observed, ties within 1e-7

 private:
  struct Tails {
    double below = 0, at = 0, above = 0, mean = 0;
  };
  [[nodiscard]] Tails tails(double log_odds) const;
  [[nodiscard]] double solve(double share_at, bool upper, double target) const;

  std::vector<double> log_weights_;  // of each possible result at odds ratio 1, up to a constant
  std::size_t observed_ = 0;         // place of the observed result
};

}  // namespace mimamori
