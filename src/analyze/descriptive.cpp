#include "analyze/descriptive.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
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

std::optional<double> quantile_of_sorted(std::span<const double> sorted, double share, int type) {
  ENSURE(share >= 0 && share <= 1 && type >= 1 && type <= 9);
  if (sorted.empty()) return {};
  const auto n = static_cast<double>(sorted.size());
  // The place, from 1, between order statistics is (1 - h) of the lower and h of the upper one.
  constexpr double kShift[] = {0, 0, -0.5,    0,      0.5,
                               0, 1, 1.0 / 3, 3.0 / 8};  // a of types 1-9; b = 1 - a for 1-3
  const double a = kShift[type - 1];
  const double b = type <= 3 ? -a : type == 4 ? 1 : a;
  const double place = type <= 3 ? n * share + a : a + share * (n + 1 - a - b);
  const double below = std::floor(place + 4 * std::numeric_limits<double>::epsilon());
  double h = place - below;
  if (std::abs(h) < 4 * std::numeric_limits<double>::epsilon()) h = 0;
  if (type == 1) h = h > 0 ? 1 : 0;
  if (type == 2) h = h > 0 ? 1 : 0.5;
  if (type == 3) h = h != 0 || std::fmod(below, 2) != 0 ? 1 : 0;
  const auto at = [&](double order) {
    return sorted[static_cast<std::size_t>(std::clamp(order, 1.0, n) - 1)];
  };
  const double low = at(below);
  const double high = at(below + 1);
  return h == 0 || low == high ? low : h == 1 ? high : (1 - h) * low + h * high;
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

std::optional<double> standardized_difference_of_levels(std::span<const double> count1,
                                                        std::span<const double> count0) {
  ENSURE(count1.size() == count0.size());
  double total1 = 0;
  double total0 = 0;
  for (const double count : count1) total1 += count;
  for (const double count : count0) total0 += count;
  if (!(total1 > 0 && total0 > 0)) return {};
  std::vector<double> share1;
  std::vector<double> share0;
  for (std::size_t k = 0; k < count1.size(); ++k) {
    if (count1[k] + count0[k] == 0) continue;
    share1.push_back(count1[k] / total1);
    share0.push_back(count0[k] / total0);
  }
  const auto size = std::ssize(share1) - 1;  // the first level is left out
  if (size == 0 || share1 == share0) return 0;
  Eigen::VectorXd away(size);
  Eigen::MatrixXd covariance(size, size);
  for (std::ptrdiff_t i = 0; i < size; ++i) {
    const auto at = static_cast<std::size_t>(i + 1);
    away(i) = share1[at] - share0[at];
    for (std::ptrdiff_t j = 0; j < size; ++j) {
      const auto with = static_cast<std::size_t>(j + 1);
      const double product = share1[at] * share1[with] + share0[at] * share0[with];
      covariance(i, j) = ((i == j ? share1[at] + share0[at] : 0) - product) / 2;
    }
  }
  const Eigen::LDLT<Eigen::MatrixXd> solver(covariance);
  if (solver.info() != Eigen::Success || !(solver.vectorD().minCoeff() > 1e-12)) return {};
  return std::sqrt(away.dot(solver.solve(away)));
}

}  // namespace mimamori
