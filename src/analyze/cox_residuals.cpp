#include "analyze/cox_residuals.h"

#include <algorithm>
#include <cmath>

#include "analyze/cox_places.h"

namespace mimamori {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Hazard and hazard-weighted mean covariates before each slot, running on through the strata: only
/// differences within one stratum are used.
struct Running {
  std::vector<double> hazard = {0};
  std::vector<VectorXd> mean;
};

Running run_through(const CoxPlaces& places) {
  Running running;
  const VectorXd zero = VectorXd::Zero(Index(places.sets.covariates));
  running.mean = {zero};
  for (std::size_t slot = 0; slot < places.sets.slots; ++slot) {
    const bool mark = places.sets.deaths[slot] == 0;  // the next stratum starts from 0 again
    running.hazard.push_back(mark ? 0 : running.hazard.back() + places.place[slot].hazard);
    running.mean.push_back(mark ? zero : VectorXd(running.mean.back() + places.place[slot].hazard_mean));
  }
  return running;
}

double deviance_of(double martingale, double event) {
  const double met = event - martingale;
  const double inside = martingale + (event > 0 && met > 0 ? event * std::log(met / event) : 0);
  return std::copysign(std::sqrt(std::max(0.0, -2 * inside)), martingale);
}

/// Martingale and score residual of one row of the risk sets.
struct RowResidual {
  double martingale = 0;
  VectorXd score;
};

RowResidual residual_of(const CoxPlaces& places, const Running& running, std::size_t i) {
  const CoxRiskSets& sets = places.sets;
  const std::size_t first = sets.first[i];
  const std::size_t last = sets.last[i];
  double met = running.hazard[last] - running.hazard[first];
  VectorXd mean = running.mean[last] - running.mean[first];
  RowResidual out{0, VectorXd::Zero(Index(sets.covariates))};
  if (sets.event[i] != 0) {
    const TiedPlace& own = places.place[last - 1];
    met += own.hazard_of_dead - own.hazard;
    mean += own.hazard_mean_of_dead - own.hazard_mean;
    out.martingale = 1;
    out.score += places.z(i) - own.mean;
  }
  out.martingale -= places.risk[i] * met;
  out.score -= places.risk[i] * (places.z(i) * met - mean);
  return out;
}

void add_schoenfeld(CoxResiduals& out, const CoxPlaces& places, const CoxData& data, const CoxFit& fit,
                    const MatrixXd& inverse) {
  const CoxRiskSets& sets = places.sets;
  std::vector<std::size_t> dead;
  for (std::size_t i = 0; i < sets.rows; ++i) {
    if (sets.event[i] != 0) dead.push_back(i);
  }
  std::ranges::stable_sort(dead, {}, [&](std::size_t i) { return sets.last[i]; });
  for (const std::size_t i : dead) {
    const std::size_t slot = sets.last[i] - 1;
    out.events.push_back({.row = sets.row[i], .time = data.stop[sets.row[i]], .stratum = places.label[slot]});
    VectorXd residual = places.z(i) - places.place[slot].mean;
    for (std::size_t j = 0; j < sets.covariates; ++j) residual[Index(j)] *= sets.scale[j];
    const VectorXd scaled = double(dead.size()) * (inverse * residual);
    for (std::size_t j = 0; j < sets.covariates; ++j) {
      out.schoenfeld.push_back(residual[Index(j)]);
      out.scaled_schoenfeld.push_back(fit.coefficients[j] + scaled[Index(j)]);
    }
  }
}

}  // namespace

Result<CoxResiduals> cox_residuals(const CoxData& data, const CoxFit& fit, Ties ties) {
  auto made = cox_places(data, fit.coefficients, ties, false);
  if (const auto* refusal = std::get_if<CoxRefusal>(&made)) return error_of(*refusal);
  const CoxPlaces places = std::get<CoxPlaces>(std::move(made));
  const CoxRiskSets& sets = places.sets;
  const std::size_t p = sets.covariates;
  const std::vector<double>& model_covariance =
      fit.naive_covariance.empty() ? fit.covariance : fit.naive_covariance;
  const MatrixXd inverse = Eigen::Map<const MatrixXd>(model_covariance.data(), Index(p), Index(p));

  CoxResiduals out;
  out.martingale.assign(sets.rows_given, 0);
  out.deviance.assign(sets.rows_given, 0);
  out.score.assign(sets.rows_given * p, 0);
  out.dfbeta.assign(sets.rows_given * p, 0);
  out.dfbetas.assign(sets.rows_given * p, 0);
  const Running running = run_through(places);
  for (std::size_t i = 0; i < sets.rows; ++i) {
    RowResidual own = residual_of(places, running, i);
    const std::size_t row = sets.row[i];
    out.martingale[row] = own.martingale;
    out.deviance[row] = deviance_of(own.martingale, sets.event[i]);
    for (std::size_t j = 0; j < p; ++j) own.score[Index(j)] *= sets.scale[j];
    const VectorXd change = sets.weight_of(i) * (inverse * own.score);
    for (std::size_t j = 0; j < p; ++j) {
      out.score[row * p + j] = own.score[Index(j)];
      out.dfbeta[row * p + j] = change[Index(j)];
      out.dfbetas[row * p + j] = change[Index(j)] / std::sqrt(inverse(Index(j), Index(j)));
    }
  }
  add_schoenfeld(out, places, data, fit, inverse);
  return out;
}

}  // namespace mimamori
