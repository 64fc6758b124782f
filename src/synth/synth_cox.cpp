#include "synth/synth_cox.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <optional>

namespace mimamori {
namespace {

using Vector = Eigen::Vector3d;
using Matrix = Eigen::Matrix3d;

// Sums over a risk set: of the weights exp(b'x), of weight times x, of weight times x x'.
struct RiskSums {
  double weight = 0;
  Vector first = Vector::Zero();
  Matrix second = Matrix::Zero();
  void add(double w, const Vector& x) {
    weight += w;
    first += w * x;
    second += w * (x * x.transpose());
  }
};

struct Objective {
  double log_likelihood = 0;
  Vector score = Vector::Zero();
  Matrix information = Matrix::Zero();
};

// Efron's terms of one day with `deaths` events: the risk set loses them little by little.
void add_day(const RiskSums& at_risk, const RiskSums& dying, int deaths, Objective& objective) {
  for (int k = 0; k < deaths; ++k) {
    const double share = static_cast<double>(k) / deaths;
    const double weight = at_risk.weight - share * dying.weight;
    const Vector mean = (at_risk.first - share * dying.first) / weight;
    objective.log_likelihood -= std::log(weight);
    objective.score -= mean;
    objective.information += (at_risk.second - share * dying.second) / weight - mean * mean.transpose();
  }
}

// persons in order of falling day: the risk set only grows.
Objective evaluate(const std::vector<SimulatedSurvival>& persons, const Vector& beta) {
  Objective objective;
  RiskSums at_risk;
  for (std::size_t i = 0; i < persons.size();) {
    const int day = persons[i].day;
    RiskSums dying;
    int deaths = 0;
    for (; i < persons.size() && persons[i].day == day; ++i) {
      const Vector x(persons[i].x[0], persons[i].x[1], persons[i].x[2]);
      const double predictor = beta.dot(x);
      const double weight = std::exp(predictor);
      at_risk.add(weight, x);
      if (!persons[i].event) continue;
      dying.add(weight, x);
      ++deaths;
      objective.log_likelihood += predictor;
      objective.score += x;
    }
    add_day(at_risk, dying, deaths, objective);
  }
  return objective;
}

Error not_estimable(const char* why) {
  return Error{ErrorCode::kNotEstimable, std::string("the simulation's Cox model: ") + why};
}

}  // namespace

Result<SimulatedCoxFit> fit_simulated_cox(std::vector<SimulatedSurvival> persons) {
  std::ranges::stable_sort(persons, std::ranges::greater{}, &SimulatedSurvival::day);
  SimulatedCoxFit fit;
  fit.events = std::ranges::count_if(persons, &SimulatedSurvival::event);
  if (fit.events == 0) return not_estimable("expected at least one event");
  Vector beta = Vector::Zero();
  for (int iteration = 0; iteration < 50; ++iteration) {
    const Objective objective = evaluate(persons, beta);
    const Eigen::LDLT<Matrix> factor(objective.information);
    if (factor.info() != Eigen::Success || factor.vectorD().minCoeff() <= 1e-9) {
      return not_estimable("expected covariates that vary among those at risk");
    }
    const Vector change = factor.solve(objective.score);
    beta += change;
    if (!beta.allFinite() || beta.cwiseAbs().maxCoeff() > 20)
      return not_estimable("a coefficient grows without end");
    if (change.cwiseAbs().maxCoeff() > 1e-9) continue;
    const Matrix variance = factor.solve(Matrix::Identity());
    for (int j = 0; j < 3; ++j) {
      fit.log_hazard_ratio.at(static_cast<std::size_t>(j)) = beta[j];
      fit.standard_error.at(static_cast<std::size_t>(j)) = std::sqrt(variance(j, j));
    }
    return fit;
  }
  return not_estimable("no convergence in 50 steps");
}

}  // namespace mimamori
