#include "analyze/risk_moments.h"

#include <cmath>

namespace mimamori {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

RiskSums::RiskSums(Index p, bool with_second)
    : first(VectorXd::Zero(p)), second(with_second ? MatrixXd::Zero(p, p) : MatrixXd(0, 0)) {}

void RiskSums::add(double weight, const Eigen::Ref<const VectorXd>& z) {
  one += weight;
  first += weight * z;
  if (second.size() > 0) second.noalias() += weight * z * z.transpose();
}

void RiskSums::add(double factor, const RiskSums& other) {
  one += factor * other.one;
  first += factor * other.first;
  second += factor * other.second;
}

TiedPlace share_risk_set(const RiskSums& all, const RiskSums& dead, std::size_t deaths, double mean_weight,
                         Ties ties) {
  const VectorXd zero = VectorXd::Zero(all.first.size());
  const auto count = static_cast<double>(deaths);
  TiedPlace place;
  place.mean = place.hazard_mean = place.hazard_mean_of_dead = place.score_mean = zero;
  place.information = MatrixXd::Zero(all.second.rows(), all.second.cols());
  for (std::size_t d = 0; d < deaths; ++d) {
    const double share = ties == Ties::kEfron ? static_cast<double>(d) / count : 0;
    const double sum = all.one - share * dead.one;
    const VectorXd average = (all.first - share * dead.first) / sum;
    const double hazard = mean_weight / sum;
    place.log_sum += mean_weight * std::log(sum);
    place.hazard += hazard;
    place.hazard_of_dead += (1 - share) * hazard;
    place.variance += hazard / sum;
    place.mean += average / count;
    place.hazard_mean += hazard * average;
    place.hazard_mean_of_dead += (1 - share) * hazard * average;
    place.score_mean += mean_weight * average;
    if (all.second.size() == 0) continue;
    place.information +=
        mean_weight * ((all.second - share * dead.second) / sum - average * average.transpose());
  }
  return place;
}

}  // namespace mimamori
