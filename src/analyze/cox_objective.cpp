#include <algorithm>
#include <cmath>
#include <limits>

#include "analyze/cox_risk_sets.h"
#include "analyze/cox_ties.h"
#include "analyze/cox_time_varying.h"

namespace mimamori {
namespace {

/// weight * exp(z * gamma + offset) of each row, with the largest linear predictor of its stratum taken off:
/// the factor cancels in every risk set, and nothing overflows.
struct Predictor {
  std::vector<double> linear;  // rows, largest of the stratum = 0
  std::vector<double> risk;    // rows
};

Predictor predict(const CoxRiskSets& sets, const Eigen::VectorXd& gamma) {
  const std::size_t p = sets.covariates;
  Predictor out{.linear = std::vector<double>(sets.rows, 0), .risk = std::vector<double>(sets.rows, 0)};
  std::vector<double> largest(sets.slot_begin.size(), -std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < sets.rows; ++i) {
    double eta = 0;
    for (std::size_t j = 0; j < p; ++j) eta += sets.z[i * p + j] * gamma[Eigen::Index(j)];
    if (!sets.offset.empty()) eta += sets.offset[i];
    out.linear[i] = eta;
    largest[sets.stratum[i]] = std::max(largest[sets.stratum[i]], eta);
  }
  for (std::size_t i = 0; i < sets.rows; ++i) {
    out.linear[i] -= largest[sets.stratum[i]];
    out.risk[i] = sets.weight_of(i) * std::exp(out.linear[i]);
  }
  return out;
}

/// Sums over the risk set (s) and over the deaths (e) of each slot, of risk and of risk * z.
struct SlotSums {
  std::vector<double> s0, e0;  // slots
  std::vector<double> s1, e1;  // slots x covariates
};

void add_scaled(std::vector<double>& sums, std::size_t slot, const double* z, double factor, std::size_t p) {
  for (std::size_t j = 0; j < p; ++j) sums[slot * p + j] += factor * z[j];
}

SlotSums sum_over_risk_sets(const CoxRiskSets& sets, const std::vector<double>& risk) {
  const std::size_t p = sets.covariates;
  SlotSums sums{.s0 = std::vector<double>(sets.slots, 0),
                .e0 = std::vector<double>(sets.slots, 0),
                .s1 = std::vector<double>(sets.slots * p, 0),
                .e1 = std::vector<double>(sets.slots * p, 0)};
  for (std::size_t i = 0; i < sets.rows; ++i) {
    const double* z = &sets.z[i * p];
    const std::size_t closing = sets.last[i] - 1;
    sums.s0[closing] += risk[i];
    add_scaled(sums.s1, closing, z, risk[i], p);
    if (sets.first[i] > sets.slot_begin[sets.stratum[i]]) {  // not yet at risk before its first slot
      sums.s0[sets.first[i] - 1] -= risk[i];
      add_scaled(sums.s1, sets.first[i] - 1, z, -risk[i], p);
    }
    if (sets.event[i] == 0) continue;
    sums.e0[closing] += risk[i];
    add_scaled(sums.e1, closing, z, risk[i], p);
  }
  // Until here s0 and s1 hold what changes at each slot; now what is at risk there, from the end back.
  for (std::size_t slot = sets.slots - 1; slot-- > 0;) {
    if (sets.deaths[slot] == 0) continue;  // an end mark stays 0
    sums.s0[slot] += sums.s0[slot + 1];
    for (std::size_t j = 0; j < p; ++j) sums.s1[slot * p + j] += sums.s1[(slot + 1) * p + j];
  }
  return sums;
}

/// Takes the squared means of one slot off the information.
void subtract_means(Eigen::MatrixXd& information, const TieSums& ties, const double* s1, const double* e1) {
  for (Eigen::Index a = 0; a < information.rows(); ++a) {
    for (Eigen::Index b = 0; b <= a; ++b) {
      information(a, b) -= ties.inverse2 * s1[a] * s1[b] - ties.share2 * (s1[a] * e1[b] + e1[a] * s1[b]) +
                           ties.square2 * e1[a] * e1[b];
    }
  }
}

/// Adds each row's part: it is expected to have `expected` events, and had one or none.
void add_rows(CoxPoint& point, const CoxRiskSets& sets, const Predictor& predictor,
              const std::vector<double>& hazard, const std::vector<double>& share) {
  const std::size_t p = sets.covariates;
  for (std::size_t i = 0; i < sets.rows; ++i) {
    const double* z = &sets.z[i * p];
    double at_risk = hazard[sets.last[i]] - hazard[sets.first[i]];
    if (sets.event[i] != 0) at_risk -= share[sets.last[i] - 1];
    const double expected = predictor.risk[i] * at_risk;
    const double residual = sets.event[i] != 0 ? sets.weight_of(i) - expected : -expected;
    for (std::size_t a = 0; a < p; ++a) {
      const double weighted = expected * z[a];
      point.gradient[Eigen::Index(a)] += residual * z[a];
      for (std::size_t b = 0; b <= a; ++b) {
        point.information(Eigen::Index(a), Eigen::Index(b)) += weighted * z[b];
      }
    }
    if (sets.event[i] != 0) point.value += sets.weight_of(i) * predictor.linear[i];
  }
}

}  // namespace

std::optional<CoxPoint> evaluate_cox(const CoxRiskSets& sets, const Eigen::VectorXd& gamma, Ties ties) {
  if (!sets.factor.empty()) return evaluate_time_varying(sets, gamma, ties);
  const std::size_t p = sets.covariates;
  const auto size = static_cast<Eigen::Index>(p);
  const Predictor predictor = predict(sets, gamma);
  const SlotSums sums = sum_over_risk_sets(sets, predictor.risk);
  CoxPoint point{
      .value = 0, .gradient = Eigen::VectorXd::Zero(size), .information = Eigen::MatrixXd::Zero(size, size)};

  std::vector<double> hazard(sets.slots, 0);  // cumulative before each slot, within the stratum
  std::vector<double> share(sets.slots, 0);
  for (std::size_t slot = 0; slot < sets.slots; ++slot) {
    if (sets.deaths[slot] == 0) continue;  // an end mark: the next stratum starts from 0 again
    const TieSums tied =
        sum_over_ties(sums.s0[slot], sums.e0[slot], sets.deaths[slot], sets.death_weight[slot], ties);
    hazard[slot + 1] = hazard[slot] + tied.inverse;
    share[slot] = tied.share;
    point.value -= tied.log;
    subtract_means(point.information, tied, &sums.s1[slot * p], &sums.e1[slot * p]);
  }
  add_rows(point, sets, predictor, hazard, share);
  point.information.triangularView<Eigen::StrictlyUpper>() = point.information.transpose();
  const bool finite =
      std::isfinite(point.value) && point.gradient.allFinite() && point.information.allFinite();
  if (!finite) return {};
  return point;
}

std::vector<double> cox_score_residuals(const CoxRiskSets& sets, const Eigen::VectorXd& gamma, Ties ties) {
  if (!sets.factor.empty()) return time_varying_score_residuals(sets, gamma, ties);
  const std::size_t p = sets.covariates;
  const Predictor predictor = predict(sets, gamma);
  const SlotSums sums = sum_over_risk_sets(sets, predictor.risk);
  // Cumulative hazard, and hazard times the mean covariates, before each slot; and of each slot what a death
  // of that slot is spared (share), and the mean that it is held against.
  std::vector<double> hazard(sets.slots, 0), share(sets.slots, 0);
  std::vector<double> hazard_z(sets.slots * p, 0), share_z(sets.slots * p, 0), mean(sets.slots * p, 0);
  for (std::size_t slot = 0; slot < sets.slots; ++slot) {
    if (sets.deaths[slot] == 0) continue;
    const double weight = sets.death_weight[slot];
    const TieSums tied = sum_over_ties(sums.s0[slot], sums.e0[slot], sets.deaths[slot], weight, ties);
    const double total = weight * sets.deaths[slot];
    hazard[slot + 1] = hazard[slot] + tied.inverse;
    share[slot] = tied.share;
    for (std::size_t j = 0; j < p; ++j) {
      const double s1 = sums.s1[slot * p + j];
      const double e1 = sums.e1[slot * p + j];
      hazard_z[(slot + 1) * p + j] = hazard_z[slot * p + j] + tied.inverse2 * s1 - tied.share2 * e1;
      share_z[slot * p + j] = tied.share2 * s1 - tied.square2 * e1;
      mean[slot * p + j] = (tied.inverse * s1 - tied.share * e1) / total;
    }
  }
  std::vector<double> residuals(sets.rows * p);
  for (std::size_t i = 0; i < sets.rows; ++i) {
    const double risk = predictor.risk[i] / sets.weight_of(i);
    const std::size_t first = sets.first[i], last = sets.last[i];
    const bool died = sets.event[i] != 0;
    const double at_risk = hazard[last] - hazard[first] - (died ? share[last - 1] : 0);
    for (std::size_t j = 0; j < p; ++j) {
      const double z = sets.z[i * p + j];
      const double at_risk_z =
          hazard_z[last * p + j] - hazard_z[first * p + j] - (died ? share_z[(last - 1) * p + j] : 0);
      residuals[i * p + j] = (died ? z - mean[(last - 1) * p + j] : 0) - risk * (z * at_risk - at_risk_z);
    }
  }
  return residuals;
}

}  // namespace mimamori
