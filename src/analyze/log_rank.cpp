#include "analyze/log_rank.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "analyze/distinct_times.h"
#include "analyze/distributions.h"
#include "analyze/quadratic_form.h"

namespace mimamori {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

Result<void> check(const LogRankData& data) {
  const auto refuse = [](std::string sentence) {
    return Error{ErrorCode::kInvalidInput, "log_rank: " + std::move(sentence)};
  };
  const std::size_t rows = data.time.size();
  if (rows == 0) return refuse("there are no rows");
  const auto fits = [rows](std::size_t length) { return length == 0 || length == rows; };
  if (data.event.size() != rows || data.group.size() != rows || !fits(data.start.size()) ||
      !fits(data.stratum.size())) {
    return refuse("each column must have one entry per row");
  }
  for (std::size_t i = 0; i < rows; ++i) {
    const std::string row = "row " + std::to_string(i + 1) + ": expected ";
    if (!std::isfinite(data.time[i]) || data.event[i] > 1) {
      return refuse(row + "a finite time, and an event of 0 or 1");
    }
    if (data.group[i] < 0) return refuse(row + "a group number of at least 0");
    if (!data.start.empty() && !(std::isfinite(data.start[i]) && data.start[i] < data.time[i])) {
      return refuse(row + "a finite start before the end");
    }
  }
  return {};
}

/// Rows at risk and events of each group at each event time of one stratum.
struct GroupCounts {
  std::size_t places = 0;
  std::vector<double> at_risk;  // places x groups
  std::vector<double> events;   // places x groups
};

GroupCounts count_groups(const LogRankData& data, const std::vector<std::size_t>& rows, std::size_t groups) {
  std::vector<double> event_times;
  for (const std::size_t i : rows) {
    if (data.event[i] != 0) event_times.push_back(data.time[i]);
  }
  const std::vector<double> times = distinct_times(std::move(event_times));
  GroupCounts counts;
  counts.places = times.size();
  counts.at_risk.assign((times.size() + 1) * groups, 0);
  counts.events.assign(times.size() * groups, 0);
  for (const std::size_t i : rows) {
    const auto group = static_cast<std::size_t>(data.group[i]);
    const std::size_t last = count_until(times, data.time[i]);
    const std::size_t first = data.start.empty() ? 0 : count_until(times, data.start[i]);
    counts.at_risk[first * groups + group] += 1;  // differences, summed below
    counts.at_risk[last * groups + group] -= 1;
    if (data.event[i] != 0) counts.events[(last - 1) * groups + group] += 1;
  }
  for (std::size_t k = groups; k < counts.at_risk.size(); ++k)
    counts.at_risk[k] += counts.at_risk[k - groups];
  return counts;
}

/// The weight of each event time in turn.
class Weights {
 public:
  explicit Weights(const LogRankOptions& options) : options_(options) {}

  double next(double n, double d) {
    const double before = survival_;
    survival_ *= (n - d) / n;
    peto_ *= 1 - d / (n + 1);
    switch (options_.weight) {
      case LogRankWeight::kLogRank: return 1;
      case LogRankWeight::kGehan: return n;
      case LogRankWeight::kTaroneWare: return std::sqrt(n);
      case LogRankWeight::kPetoPeto: return peto_;
      case LogRankWeight::kModifiedPeto: return peto_ * n / (n + 1);
      case LogRankWeight::kFlemingHarrington: break;
    }
    return std::pow(before, options_.rho) * std::pow(1 - before, options_.gamma);
  }

 private:
  const LogRankOptions& options_;
  double survival_ = 1;
  double peto_ = 1;
};

struct Sums {
  VectorXd observed;
  VectorXd expected;
  MatrixXd variance;
};

void add_stratum(Sums& sums, const GroupCounts& counts, const LogRankOptions& options) {
  const Index groups = sums.observed.size();
  Weights weights(options);
  for (std::size_t k = 0; k < counts.places; ++k) {
    const Eigen::Map<const VectorXd> at_risk(&counts.at_risk[k * std::size_t(groups)], groups);
    const Eigen::Map<const VectorXd> events(&counts.events[k * std::size_t(groups)], groups);
    const double n = at_risk.sum();
    const double d = events.sum();
    const double weight = weights.next(n, d);
    sums.observed += weight * events;
    sums.expected += (weight * d / n) * at_risk;
    if (n <= 1) continue;
    const double factor = weight * weight * d * (n - d) / (n - 1) / n;
    sums.variance.diagonal() += factor * at_risk;
    sums.variance -= (factor / n) * (at_risk * at_risk.transpose());
  }
}

void test_trend(LogRankTest& test, const Sums& sums, const LogRankOptions& options) {
  const Index groups = sums.observed.size();
  VectorXd scores(groups);
  for (Index g = 0; g < groups; ++g) {
    scores[g] = options.scores.empty() ? static_cast<double>(g + 1) : options.scores[std::size_t(g)];
  }
  const double variance = scores.dot(sums.variance * scores);
  if (!(variance > 1e-12 * sums.variance.trace() * scores.squaredNorm())) return;
  const double distance = scores.dot(sums.observed - sums.expected);
  test.trend_defined = true;
  test.trend_chi_square = distance * distance / variance;
  test.trend_p = chi_square_upper(test.trend_chi_square, 1);
}

}  // namespace

Result<LogRankTest> log_rank(const LogRankData& data, const LogRankOptions& options) {
  TRY(check(data));
  const auto groups = static_cast<std::size_t>(*std::ranges::max_element(data.group)) + 1;
  if (!options.scores.empty() && options.scores.size() != groups) {
    return Error{ErrorCode::kInvalidInput, "log_rank: a trend needs one score per group"};
  }
  std::map<std::int32_t, std::vector<std::size_t>> strata;
  for (std::size_t i = 0; i < data.time.size(); ++i) {
    strata[data.stratum.empty() ? 0 : data.stratum[i]].push_back(i);
  }
  const auto size = static_cast<Index>(groups);
  Sums sums{VectorXd::Zero(size), VectorXd::Zero(size), MatrixXd::Zero(size, size)};
  for (const auto& [label, rows] : strata) add_stratum(sums, count_groups(data, rows, groups), options);

  LogRankTest test;
  test.observed.assign(sums.observed.begin(), sums.observed.end());
  test.expected.assign(sums.expected.begin(), sums.expected.end());
  test.variance.assign(sums.variance.data(), sums.variance.data() + sums.variance.size());
  for (const std::uint8_t event : data.event) test.events += event;
  const QuadraticForm form = quadratic_form(sums.observed - sums.expected, sums.variance);
  test.chi_square = form.value;
  test.degrees = form.rank;
  if (form.rank > 0) test.p = chi_square_upper(form.value, form.rank);
  test_trend(test, sums, options);
  return test;
}

}  // namespace mimamori
