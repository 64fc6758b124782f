#include "analyze/cox_exact.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "analyze/cox_sweep.h"

namespace mimamori {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

double linear_predictor(const CoxRiskSets& sets, const VectorXd& gamma, std::size_t row) {
  double eta = sets.offset.empty() ? 0 : sets.offset[row];
  for (std::size_t j = 0; j < sets.covariates; ++j)
    eta += sets.z[row * sets.covariates + j] * gamma[Index(j)];
  return eta;
}

Eigen::Map<const VectorXd> covariates_of(const CoxRiskSets& sets, std::size_t row) {
  return {&sets.z[row * sets.covariates], Index(sets.covariates)};
}

CoxPoint zero_point(std::size_t p) {
  return {
      .value = 0, .gradient = VectorXd::Zero(Index(p)), .information = MatrixXd::Zero(Index(p), Index(p))};
}

std::optional<CoxPoint> if_finite(CoxPoint point) {
  if (!std::isfinite(point.value) || !point.gradient.allFinite() || !point.information.allFinite()) return {};
  return point;
}

/// Elementary symmetric functions of the risks up to an order, with their first and second derivatives.
class Symmetric {
 public:
  Symmetric(std::size_t order, Index p)
      : value_(order + 1, 0), first_(order + 1, VectorXd::Zero(p)), second_(order + 1, MatrixXd::Zero(p, p)) {
    value_[0] = 1;
  }

  void add(double risk, const VectorXd& z, std::size_t seen) {
    for (std::size_t k = std::min(value_.size() - 1, seen + 1); k > 0; --k) {
      second_[k].noalias() += risk * (second_[k - 1] + z * first_[k - 1].transpose() +
                                      first_[k - 1] * z.transpose() + value_[k - 1] * z * z.transpose());
      first_[k] += risk * (first_[k - 1] + value_[k - 1] * z);
      value_[k] += risk * value_[k - 1];
    }
  }

  /// Takes the log of the highest order off a point.
  void take_off(CoxPoint& point) const {
    const double value = value_.back();
    const VectorXd mean = first_.back() / value;
    point.value -= std::log(value);
    point.gradient -= mean;
    point.information += second_.back() / value - mean * mean.transpose();
  }

 private:
  std::vector<double> value_;
  std::vector<VectorXd> first_;
  std::vector<MatrixXd> second_;
};

/// Risk sums over the rows that outlive a time.
struct Others {
  double s0 = 0;
  VectorXd mean;
  MatrixXd covariance;
};

/// The tied deaths of one time against those who outlive it.
class MarginalTie {
 public:
  MarginalTie(std::vector<double> ratio, std::vector<VectorXd> z, MatrixXd covariance)
      : ratio_(std::move(ratio)), z_(std::move(z)), covariance_(std::move(covariance)) {}

  void add_to(CoxPoint& point) const {
    const double step = 0.25 / std::sqrt(double(ratio_.size()));
    const double middle = mode(step);
    const double most = log_integrand(middle);
    const Index p = covariance_.rows();
    double total = 0;
    VectorXd slope = VectorXd::Zero(p);
    MatrixXd bend = MatrixXd::Zero(p, p);
    const auto add = [&](double t) {
      const double log = log_integrand(t);
      if (!(log - most > kTail)) return false;
      add_node(t, std::exp(log - most), total, slope, bend);
      return true;
    };
    for (int k = 0; add(middle + k * step); ++k) {
    }
    for (int k = 1; add(middle - k * step); ++k) {
    }
    slope /= total;
    point.value += most + std::log(total * step);
    point.gradient += slope;
    point.information -= bend / total - slope * slope.transpose();
  }

 private:
  static constexpr double kTail = -45;  // ln of what is small beside the mode

  /// ln of e^-u u product of (1 - e^(-u ratio)), at u = e^t: concave in t.
  [[nodiscard]] double log_integrand(double t) const {
    const double u = std::exp(t);
    double log = t - u;
    for (const double ratio : ratio_) log += std::log(-std::expm1(-u * ratio));
    return log;
  }

  /// A grid point near the largest value: uphill in steps.
  [[nodiscard]] double mode(double step) const {
    double t = 0;
    double here = log_integrand(t);
    for (const double direction : {step, -step}) {
      for (double next = log_integrand(t + direction); next > here; next = log_integrand(t + direction)) {
        t += direction;
        here = next;
      }
    }
    return t;
  }

  void add_node(double t, double weight, double& total, VectorXd& slope, MatrixXd& bend) const {
    const double u = std::exp(t);
    VectorXd own = VectorXd::Zero(covariance_.rows());
    MatrixXd second = MatrixXd::Zero(covariance_.rows(), covariance_.rows());
    double sum = 0;
    for (std::size_t j = 0; j < ratio_.size(); ++j) {
      const double x = u * ratio_[j];
      const double q = x > 700 ? 0 : x / std::expm1(x);  // d ln(1 - e^-x) / d ln x
      own += q * z_[j];
      second += q * (1 - x - q) * z_[j] * z_[j].transpose();
      sum += q;
    }
    total += weight;
    slope += weight * own;
    bend += weight * (second - sum * covariance_ + own * own.transpose());
  }

  std::vector<double> ratio_;  // each death's risk over that of the others
  std::vector<VectorXd> z_;    // each death's covariates from the others' mean
  MatrixXd covariance_;        // of the others' covariates
};

Others sum_of_others(const CoxRiskSets& sets, std::span<const std::uint32_t> rows,
                     const std::vector<double>& risk) {
  const auto p = Index(sets.covariates);
  Others others{.s0 = 0, .mean = VectorXd::Zero(p), .covariance = MatrixXd::Zero(p, p)};
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const auto z = covariates_of(sets, rows[k]);
    others.s0 += risk[k];
    others.mean += risk[k] * z;
    others.covariance += risk[k] * z * z.transpose();
  }
  others.mean /= others.s0;
  others.covariance = others.covariance / others.s0 - others.mean * others.mean.transpose();
  return others;
}

/// Risks of the rows, the largest being 1; the linear predictors' largest is returned.
double risks(const CoxRiskSets& sets, const VectorXd& gamma, std::span<const std::uint32_t> rows,
             std::vector<double>& risk) {
  risk.resize(rows.size());
  for (std::size_t k = 0; k < rows.size(); ++k) risk[k] = linear_predictor(sets, gamma, rows[k]);
  const double largest = *std::ranges::max_element(risk);
  for (double& r : risk) r = std::exp(r - largest);
  return largest;
}

}  // namespace

std::optional<CoxRefusal> refuse_exact(const CoxRiskSets& sets, Ties ties) {
  const auto refuse = [](CoxObstacle obstacle, std::string sentence) {
    return CoxRefusal{.obstacle = obstacle, .covariate = {}, .direction = 0, .sentence = std::move(sentence)};
  };
  if (!std::ranges::all_of(sets.weight, [](double w) { return w == 1; })) {
    return refuse(CoxObstacle::kInvalidInput, "cox: exact ties are not defined with weights");
  }
  if (!sets.factor.empty()) {
    return refuse(CoxObstacle::kInvalidInput,
                  "cox: exact ties are not offered with covariates that vary with time");
  }
  const double p = double(sets.covariates);
  const double per_row = 1 + p + 2 * p * p;
  double work = 0;
  std::uint32_t most = 0;
  for_each_risk_set(sets, [&](std::size_t slot, const std::vector<std::uint32_t>& at_risk) {
    const double deaths = sets.deaths[slot];
    most = std::max(most, sets.deaths[slot]);
    work += ties == Ties::kDiscrete ? double(at_risk.size()) * deaths * per_row
                                    : (double(at_risk.size()) + 200 * std::sqrt(deaths) * deaths) * per_row;
  });
  if (most <= kExactDeathsMax && work <= kExactWorkMax) return {};
  return refuse(
      CoxObstacle::kTooMuchWork,
      "cox: exact ties would take too much work: at most 500 deaths at one time and 5e9 multiplications "
      "for one look at the likelihood; use efron");
}

std::optional<CoxPoint> evaluate_discrete(const CoxRiskSets& sets, const VectorXd& gamma) {
  CoxPoint point = zero_point(sets.covariates);
  std::vector<double> risk;
  for_each_risk_set(sets, [&](std::size_t slot, const std::vector<std::uint32_t>& rows) {
    const std::size_t deaths = sets.deaths[slot];
    const double largest = risks(sets, gamma, rows, risk);
    // A common factor of the risks cancels; this one keeps the symmetric functions within e^deaths.
    double total = 0;
    for (const double r : risk) total += r;
    const double factor = double(deaths) / total;
    Symmetric symmetric(deaths, Index(sets.covariates));
    for (std::size_t k = 0; k < rows.size(); ++k) {
      symmetric.add(risk[k] * factor, covariates_of(sets, rows[k]), k);
      if (k + deaths < rows.size()) continue;
      point.value += linear_predictor(sets, gamma, rows[k]) - largest + std::log(factor);
      point.gradient += covariates_of(sets, rows[k]);
    }
    symmetric.take_off(point);
  });
  return if_finite(std::move(point));
}

std::optional<CoxPoint> evaluate_marginal(const CoxRiskSets& sets, const VectorXd& gamma) {
  CoxPoint point = zero_point(sets.covariates);
  std::vector<double> risk;
  for_each_risk_set(sets, [&](std::size_t slot, const std::vector<std::uint32_t>& rows) {
    const std::size_t others = rows.size() - sets.deaths[slot];
    if (others == 0) return;  // certain
    risks(sets, gamma, rows, risk);
    const Others rest = sum_of_others(sets, std::span(rows).first(others), risk);
    std::vector<double> ratio;
    std::vector<VectorXd> z;
    for (std::size_t k = others; k < rows.size(); ++k) {
      ratio.push_back(risk[k] / rest.s0);
      z.emplace_back(covariates_of(sets, rows[k]) - rest.mean);
    }
    MarginalTie(std::move(ratio), std::move(z), rest.covariance).add_to(point);
  });
  return if_finite(std::move(point));
}

}  // namespace mimamori
