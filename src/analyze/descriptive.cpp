#include "analyze/descriptive.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/result.h"

namespace mimamori {
namespace {

std::optional<double> standardize(double difference, double mean_variance) {
  if (difference == 0) return 0;
  if (!(mean_variance > 0)) return {};
  return difference / std::sqrt(mean_variance);
}

}  // namespace

MeanSpread mean_and_spread(std::span<const double> values) {
  MeanSpread out{.count = std::ssize(values), .mean = {}, .standard_deviation = {}};
  if (values.empty()) return out;
  const auto count = static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) sum += value;
  out.mean = sum / count;
  if (values.size() < 2) return out;
  double squares = 0;
  for (const double value : values) squares += (value - *out.mean) * (value - *out.mean);
  out.standard_deviation = std::sqrt(squares / (count - 1));
  return out;
}

std::optional<double> quantile(std::span<const double> values, double share) {
  ENSURE(share >= 0 && share <= 1);
  if (values.empty()) return {};
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 == sorted.size()) return sorted.back();
  return sorted[below] + (place - std::floor(place)) * (sorted[below + 1] - sorted[below]);
}

std::optional<double> median(std::span<const double> values) { return quantile(values, 0.5); }

std::optional<double> standardized_difference_of_shares(double share1, double share0) {
  return standardize(share1 - share0, (share1 * (1 - share1) + share0 * (1 - share0)) / 2);
}

std::optional<double> standardized_difference_of_means(const MeanSpread& group1, const MeanSpread& group0) {
  if (!group1.standard_deviation || !group0.standard_deviation) return {};
  const double s1 = *group1.standard_deviation;
  const double s0 = *group0.standard_deviation;
  return standardize(*group1.mean - *group0.mean, (s1 * s1 + s0 * s0) / 2);
}

}  // namespace mimamori
