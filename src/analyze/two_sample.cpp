#include "analyze/two_sample.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analyze/descriptive.h"
#include "analyze/distributions.h"

namespace mimamori {
namespace {

constexpr double kMostSteps = 4e7;

Error not_estimable(const char* sentence) { return {ErrorCode::kNotEstimable, sentence}; }

Result<TTest> t_test(double difference, double se, double degrees, double null_value, double level) {
  if (!(level > 0 && level < 1)) {
    return Error{ErrorCode::kInvalidInput, "t test: the level must lie between 0 and 1"};
  }
  if (!(se > 0)) return not_estimable("t test: the values have no spread");
  const double t = (difference - null_value) / se;
  const double width = t_upper_quantile((1 - level) / 2, degrees) * se;
  return TTest{.difference = difference,
               .t = t,
               .degrees = degrees,
               .p = t_two_sided(t, degrees),
               .interval = {.lower = difference - width, .upper = difference + width}};
}

struct TwoSpreads {
  double n1, n0, mean1, mean0, variance1, variance0;
};

Result<TwoSpreads> spreads_of(std::span<const double> group1, std::span<const double> group0) {
  const MeanSpread one = mean_and_spread(group1);
  const MeanSpread zero = mean_and_spread(group0);
  if (!one.standard_deviation || !zero.standard_deviation) {
    return not_estimable("two samples: a group has fewer than two values");
  }
  return TwoSpreads{.n1 = static_cast<double>(one.count),
                    .n0 = static_cast<double>(zero.count),
                    .mean1 = *one.mean,
                    .mean0 = *zero.mean,
                    .variance1 = *one.standard_deviation * *one.standard_deviation,
                    .variance0 = *zero.standard_deviation * *zero.standard_deviation};
}

/// Twice the midrank of each value (whole numbers), and the sum of t^3 - t over runs of t equal values.
struct Ranks {
  std::vector<std::int64_t> twice;
  double ties = 0;
};

Ranks ranks_of(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t at) { return values[at]; });
  Ranks out{.twice = std::vector<std::int64_t>(values.size()), .ties = 0};
  for (std::size_t first = 0, next = 0; first < order.size(); first = next) {
    while (next < order.size() && values[order[next]] == values[order[first]]) ++next;
    for (std::size_t k = first; k < next; ++k) {
      out.twice[order[k]] = static_cast<std::int64_t>(first + next + 1);  // ranks first + 1 .. next
    }
    const auto size = static_cast<double>(next - first);
    out.ties += size * size * size - size;
  }
  return out;
}

double normal_p(double away, double se, double correction) {
  const double less = std::max(0.0, std::abs(away) - correction);
  return std::min(1.0, 2 * normal_upper(less / se));
}

/// Doubled smaller tail of a distribution over sums 0, 1, …, at a place.
double doubled_tail(std::span<const double> weights, std::size_t at) {
  const auto place = static_cast<std::ptrdiff_t>(at);
  const double below = std::accumulate(weights.begin(), weights.begin() + place, 0.0);
  const double above = std::accumulate(weights.begin() + place + 1, weights.end(), 0.0);
  const double total = below + weights[at] + above;
  return std::min(1.0, 2 * (std::min(below, above) + weights[at]) / total);
}

/// Permutation p-value of the sum of `size` of the ranks: every choice is equally likely. Each step mixes by
/// hypergeometric shares, so that no count overflows.
std::optional<double> exact_rank_sum_p(const std::vector<std::int64_t>& twice, std::size_t size,
                                       std::int64_t sum) {
  std::vector<std::int64_t> largest = twice;
  std::ranges::sort(largest, std::greater<>());
  const auto most = static_cast<std::size_t>(
      std::accumulate(largest.begin(), largest.begin() + static_cast<std::ptrdiff_t>(size), std::int64_t{0}));
  if (static_cast<double>(twice.size()) * static_cast<double>(size) * static_cast<double>(most) >
      kMostSteps) {
    return {};
  }
  std::vector<std::vector<double>> chosen(size + 1, std::vector<double>(most + 1));
  chosen[0][0] = 1;
  for (std::size_t seen = 0; seen < twice.size(); ++seen) {
    const auto rank = static_cast<std::size_t>(twice[seen]);
    for (std::size_t k = std::min(size, seen + 1); k > 0; --k) {
      for (std::size_t s = most; s >= rank; --s) chosen[k][s] += chosen[k - 1][s - rank];
    }
    // Halving keeps the largest count near 1; shares are all that matters.
    for (auto& row : chosen) {
      for (double& weight : row) weight /= 2;
    }
  }
  return doubled_tail(chosen[size], static_cast<std::size_t>(sum));
}

/// Permutation p-value of the sum of ranks with random signs.
std::optional<double> exact_signed_rank_p(const std::vector<std::int64_t>& twice, std::int64_t sum) {
  const auto most = static_cast<std::size_t>(std::accumulate(twice.begin(), twice.end(), std::int64_t{0}));
  if (static_cast<double>(twice.size()) * static_cast<double>(most) > kMostSteps) return {};
  std::vector<double> weights(most + 1);
  weights[0] = 1;
  for (const std::int64_t rank : twice) {
    const auto step = static_cast<std::size_t>(rank);
    for (std::size_t s = most + 1; s-- > 0;) {
      weights[s] = (weights[s] + (s >= step ? weights[s - step] : 0)) / 2;
    }
  }
  return doubled_tail(weights, static_cast<std::size_t>(sum));
}

std::optional<double> median_difference(std::span<const double> group1, std::span<const double> group0) {
  if (static_cast<double>(group1.size()) * static_cast<double>(group0.size()) > 1e7) return {};
  std::vector<double> differences;
  differences.reserve(group1.size() * group0.size());
  for (const double one : group1) {
    for (const double zero : group0) differences.push_back(one - zero);
  }
  return median(differences);
}

/// Mean squares of one-way analysis of variance.
Result<TestStatistic> f_test(std::span<const std::vector<double>> groups) {
  double n = 0;
  double all = 0;
  double used = 0;
  for (const auto& group : groups) {
    n += static_cast<double>(group.size());
    for (const double value : group) all += value;
    if (!group.empty()) ++used;
  }
  if (used < 2 || n <= used) return not_estimable("test of several groups: too few values");
  double between = 0;
  double within = 0;
  for (const auto& group : groups) {
    if (group.empty()) continue;
    const double mean = *mean_and_spread(group).mean;
    between += static_cast<double>(group.size()) * (mean - all / n) * (mean - all / n);
    for (const double value : group) within += (value - mean) * (value - mean);
  }
  if (within == 0) return not_estimable("test of several groups: no spread within the groups");
  const double f = between / (used - 1) / (within / (n - used));
  return TestStatistic{
      .statistic = f, .degrees1 = used - 1, .degrees2 = n - used, .p = f_upper(f, used - 1, n - used)};
}

}  // namespace

Result<TTest> welch_test(std::span<const double> group1, std::span<const double> group0, double level) {
  const TwoSpreads x = TRY(spreads_of(group1, group0));
  const double error1 = x.variance1 / x.n1;
  const double error0 = x.variance0 / x.n0;
  const double error = error1 + error0;
  const double degrees = error * error / (error1 * error1 / (x.n1 - 1) + error0 * error0 / (x.n0 - 1));
  return t_test(x.mean1 - x.mean0, std::sqrt(error), degrees, 0, level);
}

Result<TTest> pooled_t_test(std::span<const double> group1, std::span<const double> group0, double level) {
  const TwoSpreads x = TRY(spreads_of(group1, group0));
  const double degrees = x.n1 + x.n0 - 2;
  const double variance = ((x.n1 - 1) * x.variance1 + (x.n0 - 1) * x.variance0) / degrees;
  return t_test(x.mean1 - x.mean0, std::sqrt(variance * (1 / x.n1 + 1 / x.n0)), degrees, 0, level);
}

Result<TTest> one_sample_t_test(std::span<const double> values, double null_value, double level) {
  const MeanSpread spread = mean_and_spread(values);
  if (!spread.standard_deviation) return not_estimable("t test: fewer than two values");
  const auto n = static_cast<double>(spread.count);
  return t_test(*spread.mean, *spread.standard_deviation / std::sqrt(n), n - 1, null_value, level);
}

Result<RankSumTest> rank_sum_test(std::span<const double> group1, std::span<const double> group0) {
  if (group1.empty() || group0.empty()) return not_estimable("rank sum test: a group is empty");
  std::vector<double> values(group1.begin(), group1.end());
  values.insert(values.end(), group0.begin(), group0.end());
  const Ranks ranks = ranks_of(values);
  const auto n1 = static_cast<double>(group1.size());
  const auto n0 = static_cast<double>(group0.size());
  const double n = n1 + n0;
  const double variance = n1 * n0 / 12 * (n + 1 - ranks.ties / (n * (n - 1)));
  if (!(ranks.ties < n * n * n - n)) return not_estimable("rank sum test: all values are equal");
  const auto border = ranks.twice.begin() + static_cast<std::ptrdiff_t>(group1.size());
  const std::int64_t sum1 = std::accumulate(ranks.twice.begin(), border, std::int64_t{0});
  const std::int64_t sum0 = std::accumulate(border, ranks.twice.end(), std::int64_t{0});
  const double w = static_cast<double>(sum1) / 2 - n1 * (n1 + 1) / 2;
  const double away = w - n1 * n0 / 2;
  const double se = std::sqrt(variance);
  const bool first_is_smaller = group1.size() <= group0.size();
  return RankSumTest{.w = w,
                     .p_continuity = normal_p(away, se, 0.5),
                     .p_no_continuity = normal_p(away, se, 0),
                     .p_exact = exact_rank_sum_p(ranks.twice, std::min(group1.size(), group0.size()),
                                                 first_is_smaller ? sum1 : sum0),
                     .shift = median_difference(group1, group0),
                     .has_ties = ranks.ties > 0};
}

Result<SignedRankTest> signed_rank_test(std::span<const double> values) {
  std::vector<double> sizes;
  std::vector<bool> positive;
  for (const double value : values) {
    if (value == 0) continue;
    sizes.push_back(std::abs(value));
    positive.push_back(value > 0);
  }
  if (sizes.empty()) return not_estimable("signed rank test: no value other than 0");
  const Ranks ranks = ranks_of(sizes);
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) sum += positive[i] ? ranks.twice[i] : 0;
  const auto n = static_cast<double>(sizes.size());
  const double se = std::sqrt(n * (n + 1) * (2 * n + 1) / 24 - ranks.ties / 48);
  const double v = static_cast<double>(sum) / 2;
  return SignedRankTest{.v = v,
                        .p_continuity = normal_p(v - n * (n + 1) / 4, se, 0.5),
                        .p_no_continuity = normal_p(v - n * (n + 1) / 4, se, 0),
                        .p_exact = exact_signed_rank_p(ranks.twice, sum),
                        .zeros = values.size() - sizes.size()};
}

Result<TestStatistic> kruskal_wallis_test(std::span<const std::vector<double>> groups) {
  std::vector<double> values;
  double used = 0;
  for (const auto& group : groups) {
    values.insert(values.end(), group.begin(), group.end());
    if (!group.empty()) ++used;
  }
  const Ranks ranks = ranks_of(values);
  const auto n = static_cast<double>(values.size());
  if (used < 2 || !(ranks.ties < n * n * n - n)) {
    return not_estimable("Kruskal-Wallis test: fewer than two groups, or all values equal");
  }
  double sum = 0;
  auto from = ranks.twice.begin();
  for (const auto& group : groups) {
    if (group.empty()) continue;
    const auto to = from + std::ssize(group);
    const auto size = static_cast<double>(group.size());
    const double away =
        static_cast<double>(std::accumulate(from, to, std::int64_t{0})) / (2 * size) - (n + 1) / 2;
    sum += size * away * away;
    from = to;
  }
  const double statistic = 12 / (n * (n + 1)) * sum / (1 - ranks.ties / (n * n * n - n));
  return TestStatistic{.statistic = statistic,
                       .degrees1 = used - 1,
                       .degrees2 = 0,
                       .p = chi_square_upper(statistic, used - 1)};
}

Result<TestStatistic> variance_ratio_test(std::span<const double> group1, std::span<const double> group0) {
  const TwoSpreads x = TRY(spreads_of(group1, group0));
  if (x.variance0 == 0) return not_estimable("variance ratio: group 0 has no spread");
  const double f = x.variance1 / x.variance0;
  const double lower = f_lower(f, x.n1 - 1, x.n0 - 1);
  const double upper = f_upper(f, x.n1 - 1, x.n0 - 1);
  return TestStatistic{.statistic = f,
                       .degrees1 = x.n1 - 1,
                       .degrees2 = x.n0 - 1,
                       .p = std::min(1.0, 2 * std::min(lower, upper))};
}

Result<TestStatistic> brown_forsythe_test(std::span<const std::vector<double>> groups) {
  std::vector<std::vector<double>> distances(groups.begin(), groups.end());
  for (auto& group : distances) {
    const auto center = median(group);
    for (double& value : group) value = std::abs(value - *center);
  }
  return f_test(distances);
}

}  // namespace mimamori
