#pragma once

#include <Eigen/Dense>
#include <cstddef>

#include "analyze/cox.h"

namespace mimamori {

/// Weighted sums over the rows of a risk set: of 1, z and (if wanted) z z', the weights being case weight
/// times relative hazard.
struct RiskSums {
  double one = 0;
  Eigen::VectorXd first;
  Eigen::MatrixXd second;  // 0 x 0: not wanted

  RiskSums(Eigen::Index p, bool with_second);
  void add(double weight, const Eigen::Ref<const Eigen::VectorXd>& z);
  void add(double factor, const RiskSums& other);
};

/// What one event time adds, its deaths sharing the risk set by Efron's or Breslow's rule.
struct TiedPlace {
  double log_sum = 0;           // what the log likelihood loses
  double hazard = 0;            // increment of the baseline cumulative hazard (at z = 0, in the risks' unit)
  double hazard_of_dead = 0;    // the part of it that the rows which die here meet (less with Efron's ties)
  double variance = 0;          // of the increment, the coefficients taken as known
  Eigen::VectorXd mean;         // p  covariates of the risk set, averaged over the deaths
  Eigen::VectorXd hazard_mean;  // p  the hazard's pieces times their mean covariates
  Eigen::VectorXd hazard_mean_of_dead;  // p
  Eigen::VectorXd score_mean;           // p  what the score loses
  Eigen::MatrixXd information;          // p x p; 0 x 0 where the sums hold no second moments
};

///   all          the whole risk set
///   dead         those of it that die here
///   mean_weight  mean case weight of the deaths
/// Source  Therneau TM, Grambsch PM (2000) Modeling Survival Data, sections 3.3, 4.6 and 10.2.
TiedPlace share_risk_set(const RiskSums& all, const RiskSums& dead, std::size_t deaths, double mean_weight,
                         Ties ties);

}  // namespace mimamori
