#include "analyze/conditional_odds.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analyze/distributions.h"

namespace mimamori {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kMostWork = 2e7;     // steps of the convolution
constexpr double kMostResults = 2e6;  // each is visited some fifty times per limit

/// The log weights of one table: binomial(n1, x) binomial(n0, m - x) for every x that the margins allow,
/// relative to the largest. Built from ratios of neighbours, outward from the mode, so that rounding stays
/// small there.
std::vector<double> log_weights_of(const Counts2x2& table) {
  const std::int64_t n1 = table.a + table.b;
  const std::int64_t n0 = table.c + table.d;
  const std::int64_t m = table.a + table.c;
  const std::int64_t low = std::max<std::int64_t>(0, m - n0);
  const std::int64_t high = std::min(m, n1);
  std::vector<double> out(static_cast<std::size_t>(high - low + 1));
  // log of weight(x + 1) / weight(x)
  const auto step = [&](std::int64_t x) {
    return std::log(static_cast<double>(n1 - x) * static_cast<double>(m - x)) -
           std::log(static_cast<double>(x + 1) * static_cast<double>(n0 - m + x + 1));
  };
  const double center =
      static_cast<double>(n1 + 1) * static_cast<double>(m + 1) / static_cast<double>(n1 + n0 + 2);
  const std::int64_t mode = std::clamp(static_cast<std::int64_t>(center), low, high);
  const auto place = [&](std::int64_t x) { return static_cast<std::size_t>(x - low); };
  for (std::int64_t x = mode; x < high; ++x) out[place(x + 1)] = out[place(x)] + step(x);
  for (std::int64_t x = mode; x > low; --x) out[place(x - 1)] = out[place(x)] - step(x - 1);
  return out;
}

/// The log weights of a sum of two independent results.
std::vector<double> convolved(const std::vector<double>& one, const std::vector<double>& two) {
  std::vector<double> out(one.size() + two.size() - 1);
  for (std::size_t sum = 0; sum < out.size(); ++sum) {
    const std::size_t first = sum < two.size() ? 0 : sum - two.size() + 1;
    const std::size_t last = std::min(sum, one.size() - 1);
    double most = -kInfinity;
    for (std::size_t i = first; i <= last; ++i) most = std::max(most, one[i] + two[sum - i]);
    double total = 0;
    for (std::size_t i = first; i <= last; ++i) total += std::exp(one[i] + two[sum - i] - most);
    out[sum] = most + std::log(total);
  }
  return out;
}

}  // namespace

Result<ConditionalOdds> ConditionalOdds::of(std::span<const Counts2x2> tables) {
  ConditionalOdds out;
  out.log_weights_ = {0};
  double work = 0;
  for (const Counts2x2& table : tables) {
    if (std::min({table.a, table.b, table.c, table.d}) < 0) {
      return Error{ErrorCode::kInvalidInput, "2 x 2 tables: counts must be at least 0"};
    }
    const std::int64_t low = std::max<std::int64_t>(0, table.a - table.d);
    const std::int64_t high = std::min(table.a + table.c, table.a + table.b);
    const auto results = static_cast<double>(high - low + 1);
    const auto so_far = static_cast<double>(out.log_weights_.size());
    if (so_far > 1) work += results * so_far;
    if (work > kMostWork || results + so_far > kMostResults) {
      return Error{ErrorCode::kUnsupported, "2 x 2 tables: too many results for the exact distribution"};
    }
    const std::vector<double> weights = log_weights_of(table);
    out.log_weights_ = out.log_weights_.size() == 1 ? weights : convolved(out.log_weights_, weights);
    out.observed_ += static_cast<std::size_t>(table.a - low);
  }
  return out;
}

/// Below, at and above the observed result, and the mean place, at an odds ratio.
ConditionalOdds::Tails ConditionalOdds::tails(double log_odds) const {
  const auto tilted = [&](std::size_t place) {
    return log_weights_[place] + log_odds * (static_cast<double>(place) - static_cast<double>(observed_));
  };
  double most = -kInfinity;
  for (std::size_t k = 0; k < log_weights_.size(); ++k) most = std::max(most, tilted(k));
  Tails out;
  double moment = 0;
  for (std::size_t k = 0; k < log_weights_.size(); ++k) {
    const double weight = std::exp(tilted(k) - most);
    moment += weight * static_cast<double>(k);
    (k < observed_ ? out.below : k == observed_ ? out.at : out.above) += weight;
  }
  const double total = out.below + out.at + out.above;
  return {
      .below = out.below / total, .at = out.at / total, .above = out.above / total, .mean = moment / total};
}

double ConditionalOdds::estimate() const {
  if (is_fixed()) return std::nan("");
  if (observed_ == 0) return 0;
  if (observed_ + 1 == log_weights_.size()) return kInfinity;
  const auto away = [&](double log_odds) { return tails(log_odds).mean - static_cast<double>(observed_); };
  const auto root = root_beyond(away, 0, away(0) < 0 ? 0.5 : -0.5, away(0) < 0 ? kInfinity : -kInfinity);
  return root ? std::exp(*root) : std::nan("");
}

/// The odds ratio at which a tail (upper: at and above; else at and below) with a share of the observed
/// probability reaches a target.
double ConditionalOdds::solve(double share_at, bool upper, double target) const {
  const auto distance = [&](double log_odds) {
    const Tails at = tails(log_odds);
    return (upper ? at.above : at.below) + share_at * at.at - target;
  };
  const bool rises = upper;
  const bool up = (distance(0) < 0) == rises;
  const auto root = root_beyond(distance, 0, up ? 0.5 : -0.5, up ? kInfinity : -kInfinity);
  return root ? std::exp(*root) : std::nan("");
}

Interval ConditionalOdds::exact(double level) const {
  const double tail = (1 - level) / 2;
  return {.lower = observed_ == 0 ? 0 : solve(1, true, tail),
          .upper = observed_ + 1 == log_weights_.size() ? kInfinity : solve(1, false, tail)};
}

Interval ConditionalOdds::mid_p(double level) const {
  const double tail = (1 - level) / 2;
  return {.lower = observed_ == 0 ? 0 : solve(0.5, true, tail),
          .upper = observed_ + 1 == log_weights_.size() ? kInfinity : solve(0.5, false, tail)};
}

double ConditionalOdds::greater() const {
  const Tails at = tails(0);
  return at.at + at.above;
}

double ConditionalOdds::less() const {
  const Tails at = tails(0);
  return at.at + at.below;
}

double ConditionalOdds::doubled() const {
  const Tails at = tails(0);
  return std::min(1.0, 2 * (at.at + std::min(at.below, at.above)));
}

double ConditionalOdds::mid_p_doubled() const {
  const Tails at = tails(0);
  return std::min(1.0, 2 * (at.at / 2 + std::min(at.below, at.above)));
}

double ConditionalOdds::minimum_likelihood() const {
  const double bound = log_weights_[observed_] + std::log1p(1e-7);
  const double most = *std::ranges::max_element(log_weights_);
  double total = 0;
  double unlikely = 0;
  for (const double log_weight : log_weights_) {
    const double weight = std::exp(log_weight - most);
    total += weight;
    if (log_weight <= bound) unlikely += weight;
  }
  return std::min(1.0, unlikely / total);
}

}  // namespace mimamori
