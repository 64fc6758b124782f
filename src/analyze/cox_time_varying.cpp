#include "analyze/cox_time_varying.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "analyze/cox_sweep.h"
#include "analyze/risk_moments.h"

namespace mimamori {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Rows = std::vector<std::uint32_t>;

constexpr double kTieTolerance = 1e-9;  // as of event times

Eigen::Map<const VectorXd> z_of(const CoxRiskSets& sets, std::size_t row) {
  return {&sets.z[row * sets.covariates], Index(sets.covariates)};
}
Eigen::Map<const VectorXd> factor_of(const CoxRiskSets& sets, std::size_t slot) {
  return {&sets.factor[slot * sets.covariates], Index(sets.covariates)};
}
bool dies_at(const CoxRiskSets& sets, std::size_t row, std::size_t slot) {
  return sets.event[row] != 0 && sets.last[row] == slot + 1;
}

/// The time of each slot: the first of those that tie there.
std::vector<double> slot_times(const CoxData& data, const CoxRiskSets& sets) {
  std::vector<double> times(sets.slots, std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < sets.rows; ++i) {
    if (sets.event[i] == 0) continue;
    double& time = times[sets.last[i] - 1];
    time = std::min(time, data.stop[sets.row[i]]);
  }
  return times;
}

std::optional<CoxRefusal> check_event_times(const CoxData& data, const CoxRiskSets& sets) {
  for (std::size_t i = 0; i < sets.rows; ++i) {
    if (sets.event[i] == 0) continue;
    for (std::size_t j = 0; j < sets.covariates; ++j) {
      if (std::isfinite(data.transforms[j].at(data.stop[sets.row[i]]))) continue;
      return CoxRefusal{.obstacle = CoxObstacle::kInvalidInput,
                        .covariate = j,
                        .direction = 0,
                        .sentence = "cox: row " + std::to_string(sets.row[i] + 1) +
                                    ": the transform of covariate " + std::to_string(j) +
                                    " does not exist at its event time"};
    }
  }
  return {};
}

std::optional<CoxRefusal> check_work(const CoxRiskSets& sets) {
  const double p = double(sets.covariates);
  double work = 0;
  for (std::size_t i = 0; i < sets.rows; ++i) work += (1 + p + p * p) * double(sets.last[i] - sets.first[i]);
  if (work <= kTimeVaryingWorkMax) return {};
  return CoxRefusal{.obstacle = CoxObstacle::kTooMuchWork,
                    .covariate = {},
                    .direction = 0,
                    .sentence =
                        "cox: covariates that vary with time would take too much work: at most 5e10 "
                        "multiplications for one look at the likelihood; coarser times make fewer risk sets"};
}

/// One risk set at given coefficients.
struct RiskSet {
  std::vector<double> linear;  // of the rows at risk: linear predictor, the largest taken off
  TiedPlace place;
};

/// Sums over a risk set. The factor is the same for all rows, so it multiplies the sums.
RiskSet sum_risk_set(const CoxRiskSets& sets, const VectorXd& gamma, std::size_t slot, const Rows& at_risk,
                     Ties ties, bool with_second) {
  const auto factor = factor_of(sets, slot);
  const VectorXd coefficient = factor.cwiseProduct(gamma);
  RiskSet out;
  double top = -std::numeric_limits<double>::infinity();
  for (const std::uint32_t row : at_risk) {
    const double offset = sets.offset.empty() ? 0 : sets.offset[row];
    out.linear.push_back(z_of(sets, row).dot(coefficient) + offset);
    top = std::max(top, out.linear.back());
  }
  RiskSums all(gamma.size(), with_second), dead(gamma.size(), with_second);
  for (std::size_t k = 0; k < at_risk.size(); ++k) {
    out.linear[k] -= top;
    const double risk = sets.weight_of(at_risk[k]) * std::exp(out.linear[k]);
    all.add(risk, z_of(sets, at_risk[k]));
    if (dies_at(sets, at_risk[k], slot)) dead.add(risk, z_of(sets, at_risk[k]));
  }
  for (RiskSums* sums : {&all, &dead}) {
    sums->first = sums->first.cwiseProduct(factor).eval();
    if (with_second) sums->second = factor.asDiagonal() * sums->second.eval() * factor.asDiagonal();
  }
  out.place = share_risk_set(all, dead, sets.deaths[slot], sets.death_weight[slot], ties);
  return out;
}

}  // namespace

double CoxTimeTransform::at(double time) const {
  const auto beyond = [time](double border) {
    return std::isinf(border) ? time > border : time > border + kTieTolerance * std::abs(border);
  };
  switch (kind) {
    case Kind::kNone: return 1;
    case Kind::kIdentity: return time;
    case Kind::kLog: return std::log(time);
    case Kind::kLog1p: return std::log1p(time);
    case Kind::kWithin: return beyond(after) && !beyond(until) ? 1 : 0;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

std::vector<CoxTimeTransform> pieces_between(std::span<const double> cuts) {
  std::vector<CoxTimeTransform> pieces(cuts.size() + 1, {.kind = CoxTimeTransform::Kind::kWithin});
  for (std::size_t k = 0; k < cuts.size(); ++k) pieces[k].until = pieces[k + 1].after = cuts[k];
  return pieces;
}

std::optional<CoxRefusal> set_time_factors(const CoxData& data, CoxRiskSets& sets) {
  const auto is_none = [](const CoxTimeTransform& t) { return t.kind == CoxTimeTransform::Kind::kNone; };
  if (std::ranges::all_of(data.transforms, is_none)) return {};
  if (auto refusal = check_event_times(data, sets)) return refusal;
  if (auto refusal = check_work(sets)) return refusal;
  const std::vector<double> times = slot_times(data, sets);
  const std::size_t p = sets.covariates;
  sets.factor.assign(sets.slots * p, 0);
  for (std::size_t j = 0; j < p; ++j) {
    double square = 0;
    for (std::size_t slot = 0; slot < sets.slots; ++slot) {
      if (sets.deaths[slot] == 0) continue;
      const double value = data.transforms[j].at(times[slot]);
      sets.factor[slot * p + j] = value;
      square += value * value * sets.deaths[slot] / double(sets.events);
    }
    if (!(square > 0 && std::isfinite(square))) continue;
    const double size = std::sqrt(square);
    for (std::size_t slot = 0; slot < sets.slots; ++slot) sets.factor[slot * p + j] /= size;
    sets.scale[j] *= size;
  }
  return {};
}

std::optional<CoxPoint> evaluate_time_varying(const CoxRiskSets& sets, const VectorXd& gamma, Ties ties) {
  CoxPoint point{.value = 0,
                 .gradient = VectorXd::Zero(gamma.size()),
                 .information = MatrixXd::Zero(gamma.size(), gamma.size())};
  for_each_risk_set(sets, [&](std::size_t slot, const Rows& at_risk) {
    const RiskSet set = sum_risk_set(sets, gamma, slot, at_risk, ties, true);
    point.value -= set.place.log_sum;
    point.gradient -= set.place.score_mean;
    point.information += set.place.information;
    for (std::size_t k = 0; k < at_risk.size(); ++k) {
      const std::uint32_t row = at_risk[k];
      if (!dies_at(sets, row, slot)) continue;
      point.value += sets.weight_of(row) * set.linear[k];
      point.gradient += sets.weight_of(row) * z_of(sets, row).cwiseProduct(factor_of(sets, slot));
    }
  });
  const bool finite =
      std::isfinite(point.value) && point.gradient.allFinite() && point.information.allFinite();
  if (!finite) return {};
  return point;
}

std::vector<double> time_varying_score_residuals(const CoxRiskSets& sets, const VectorXd& gamma, Ties ties) {
  std::vector<double> residuals(sets.rows * sets.covariates, 0);
  for_each_risk_set(sets, [&](std::size_t slot, const Rows& at_risk) {
    const RiskSet set = sum_risk_set(sets, gamma, slot, at_risk, ties, false);
    for (std::size_t k = 0; k < at_risk.size(); ++k) {
      const std::uint32_t row = at_risk[k];
      const VectorXd z = z_of(sets, row).cwiseProduct(factor_of(sets, slot));
      const bool dies = dies_at(sets, row, slot);
      const double hazard = dies ? set.place.hazard_of_dead : set.place.hazard;
      const VectorXd& mean = dies ? set.place.hazard_mean_of_dead : set.place.hazard_mean;
      Eigen::Map<VectorXd> residual(&residuals[row * sets.covariates], gamma.size());
      if (dies) residual += z - set.place.mean;
      residual -= std::exp(set.linear[k]) * (z * hazard - mean);
    }
  });
  return residuals;
}

CoxShortfall time_varying_shortfall(const CoxRiskSets& sets, const VectorXd& direction) {
  CoxShortfall sum;
  for_each_risk_set(sets, [&](std::size_t slot, const Rows& at_risk) {
    const VectorXd along = factor_of(sets, slot).cwiseProduct(direction);
    double high = -std::numeric_limits<double>::infinity();
    double low = -high;
    for (const std::uint32_t row : at_risk) {
      const double value = z_of(sets, row).dot(along);
      high = std::max(high, value);
      low = std::min(low, value);
      if (dies_at(sets, row, slot)) sum.shortfall -= value;
    }
    sum.shortfall += double(sets.deaths[slot]) * high;
    sum.width += double(sets.deaths[slot]) * (high - low);
  });
  return sum;
}

}  // namespace mimamori
