#include "analyze/proportional_hazards.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "analyze/cox_places.h"
#include "analyze/distinct_times.h"
#include "analyze/distributions.h"
#include "analyze/kaplan_meier.h"
#include "analyze/quadratic_form.h"

namespace mimamori {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Ranks from 1; equal times share their average.
std::vector<double> ranks_of(std::span<const double> times) {
  std::vector<std::size_t> order(times.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return times[i]; });
  std::vector<double> ranks(times.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    const double time = times[order[begin]];
    while (end < order.size() && times[order[end]] - time <= kTimeTolerance * std::abs(times[order[end]]))
      ++end;
    for (std::size_t k = begin; k < end; ++k) ranks[order[k]] = (double(begin + 1) + double(end)) / 2;
  }
  return ranks;
}

/// 1 - S(t-) of the product limit over all rows.
std::vector<double> km_of(const CoxData& data) {
  std::vector<double> event_times;
  for (std::size_t i = 0; i < data.stop.size(); ++i) {
    if (data.event[i] != 0) event_times.push_back(data.stop[i]);
  }
  const std::vector<double> times = distinct_times(std::move(event_times));
  std::vector<double> at_risk(times.size() + 1, 0), events(times.size(), 0);
  for (std::size_t i = 0; i < data.stop.size(); ++i) {
    const std::size_t last = count_until(times, data.stop[i]);
    at_risk[data.start.empty() ? 0 : count_until(times, data.start[i])] += 1;
    at_risk[last] -= 1;
    if (data.event[i] != 0) events[last - 1] += 1;
  }
  std::partial_sum(at_risk.begin(), at_risk.end(), at_risk.begin());
  std::vector<double> survival = {1};  // before each event time, and after the last
  for (std::size_t k = 0; k < times.size(); ++k) {
    survival.push_back(survival.back() * (at_risk[k] - events[k]) / at_risk[k]);
  }
  std::vector<double> out;
  for (const double stop : data.stop) out.push_back(1 - survival[count_before(times, stop)]);
  return out;
}

Result<std::vector<double>> transform(const CoxData& data, TimeTransform kind) {
  switch (kind) {
    case TimeTransform::kIdentity: return std::vector<double>(data.stop.begin(), data.stop.end());
    case TimeTransform::kRank: return ranks_of(data.stop);
    case TimeTransform::kKm: return km_of(data);
    case TimeTransform::kLog: break;
  }
  std::vector<double> out;
  for (std::size_t i = 0; i < data.stop.size(); ++i) {
    if (data.stop[i] <= 0 && data.event[i] != 0) {
      return Error{ErrorCode::kInvalidInput,
                   "ph_test: row " + std::to_string(i + 1) + ": the logarithm needs times above 0"};
    }
    out.push_back(data.stop[i] > 0 ? std::log(data.stop[i]) : 0);
  }
  return out;
}

/// The score of the coefficients of g(t) z and the information, in four blocks; g centered at the events.
struct Blocks {
  VectorXd score;
  MatrixXd plain;     // sum of V(t)
  MatrixXd mixed;     // sum of g V(t)
  MatrixXd square;    // sum of g^2 V(t)
  double spread = 0;  // sum of g^2 over events
  double events = 0;
};

Blocks make_blocks(const CoxPlaces& places, const std::vector<double>& g) {
  const CoxRiskSets& sets = places.sets;
  const auto p = Index(sets.covariates);
  double mean = 0;
  for (std::size_t i = 0; i < sets.rows; ++i) mean += sets.event[i] != 0 ? g[sets.row[i]] : 0;
  mean /= double(sets.events);
  Blocks blocks{VectorXd::Zero(p), MatrixXd::Zero(p, p), MatrixXd::Zero(p, p), MatrixXd::Zero(p, p)};
  std::vector<double> at(sets.slots, 0);
  for (std::size_t i = 0; i < sets.rows; ++i) {
    if (sets.event[i] == 0) continue;
    const double own = g[sets.row[i]] - mean;
    at[sets.last[i] - 1] = own;
    blocks.score += own * sets.weight_of(i) * places.z(i);
    blocks.spread += own * own;
    blocks.events += 1;
  }
  for (std::size_t slot = 0; slot < sets.slots; ++slot) {
    if (sets.deaths[slot] == 0) continue;
    const TiedPlace& place = places.place[slot];
    blocks.score -= at[slot] * place.score_mean;
    blocks.plain += place.information;
    blocks.mixed += at[slot] * place.information;
    blocks.square += at[slot] * at[slot] * place.information;
  }
  return blocks;
}

PhTest::Line line_of(const QuadraticForm& form) {
  PhTest::Line line{.chi_square = form.value, .degrees = form.rank, .p = 1};
  if (form.rank > 0) line.p = chi_square_upper(form.value, form.rank);
  return line;
}

/// The test of some columns, the others' hazards taken as proportional.
PhTest::Line test_columns(const Blocks& blocks, const PhTerm& columns, PhStatistic statistic) {
  const auto size = Index(columns.size());
  VectorXd score(size);
  MatrixXd variance(size, size);
  if (statistic == PhStatistic::kScore) {
    const MatrixXd all = blocks.square - blocks.mixed.transpose() * blocks.plain.ldlt().solve(blocks.mixed);
    for (Index a = 0; a < size; ++a) {
      score[a] = blocks.score[Index(columns[std::size_t(a)])];
      for (Index b = 0; b < size; ++b)
        variance(a, b) = all(Index(columns[std::size_t(a)]), Index(columns[std::size_t(b)]));
    }
    return line_of(quadratic_form(score, variance));
  }
  // Scaled residuals regressed on g: their slope's numerator is events x V x score.
  const MatrixXd inverse =
      blocks.plain.ldlt().solve(MatrixXd::Identity(blocks.plain.rows(), blocks.plain.cols()));
  const VectorXd slope = blocks.events * (inverse * blocks.score);
  for (Index a = 0; a < size; ++a) {
    score[a] = slope[Index(columns[std::size_t(a)])];
    for (Index b = 0; b < size; ++b) {
      variance(a, b) = blocks.events * blocks.spread *
                       inverse(Index(columns[std::size_t(a)]), Index(columns[std::size_t(b)]));
    }
  }
  return line_of(quadratic_form(score, variance));
}

}  // namespace

Result<PhTest> ph_test(const CoxData& data, const CoxFit& fit, const PhOptions& options) {
  auto made = cox_places(data, fit.coefficients, options.ties, true);
  if (const auto* refusal = std::get_if<CoxRefusal>(&made)) return error_of(*refusal);
  const CoxPlaces places = std::get<CoxPlaces>(std::move(made));
  const std::vector<double> g = TRY(transform(data, options.transform));
  const Blocks blocks = make_blocks(places, g);
  std::vector<PhTerm> terms = options.terms;
  PhTerm all(places.sets.covariates);
  std::iota(all.begin(), all.end(), 0U);
  if (terms.empty()) {
    for (const std::size_t column : all) terms.push_back({column});
  }
  PhTest test;
  for (const PhTerm& term : terms) test.terms.push_back(test_columns(blocks, term, options.statistic));
  test.global = test_columns(blocks, all, options.statistic);
  return test;
}

}  // namespace mimamori
