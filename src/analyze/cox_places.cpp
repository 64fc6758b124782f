#include "analyze/cox_places.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mimamori {
namespace {

using Eigen::Index;

CoxRefusal invalid(const char* sentence) {
  CoxRefusal refusal;
  refusal.obstacle = CoxObstacle::kInvalidInput;
  refusal.sentence = sentence;
  return refusal;
}

void set_risks(CoxPlaces& places, std::span<const double> beta) {
  const CoxRiskSets& sets = places.sets;
  std::vector<double> predictor(sets.rows);
  for (std::size_t i = 0; i < sets.rows; ++i) {
    double sum = sets.offset.empty() ? 0 : sets.offset[i];
    for (std::size_t j = 0; j < sets.covariates; ++j) {
      sum += sets.z[i * sets.covariates + j] * (beta[j] * sets.scale[j]);
    }
    predictor[i] = sum;
  }
  places.top = *std::ranges::max_element(predictor);
  for (const double eta : predictor) places.risk.push_back(std::exp(eta - places.top));
}

void name_slots(CoxPlaces& places, const CoxData& data) {
  const CoxRiskSets& sets = places.sets;
  places.time.assign(sets.slots, std::numeric_limits<double>::quiet_NaN());
  places.label.assign(sets.slots, 0);
  for (std::size_t i = 0; i < sets.rows; ++i) {
    if (sets.event[i] == 0) continue;
    double& time = places.time[sets.last[i] - 1];
    const double stop = data.stop[sets.row[i]];
    if (!(time <= stop)) time = stop;
    if (!data.stratum.empty()) places.label[sets.last[i] - 1] = data.stratum[sets.row[i]];
  }
}

/// From the last slot backwards: rows join at their last slot and lapse before their first one.
void sum_places(CoxPlaces& places, Ties ties, bool with_information) {
  const CoxRiskSets& sets = places.sets;
  const auto p = static_cast<Index>(sets.covariates);
  std::vector<std::vector<std::uint32_t>> joining(sets.slots), lapsing(sets.slots);
  for (std::size_t i = 0; i < sets.rows; ++i) {
    joining[sets.last[i] - 1].push_back(static_cast<std::uint32_t>(i));
    lapsing[sets.first[i]].push_back(static_cast<std::uint32_t>(i));
  }
  RiskSums all(p, with_information);
  std::int64_t rows = 0;
  places.place.resize(sets.slots);
  places.at_risk.assign(sets.slots, 0);
  for (std::size_t slot = sets.slots; slot-- > 0;) {
    if (sets.deaths[slot] == 0 || rows == 0) {  // an end mark, or nobody left: no rounding is carried on
      all = RiskSums(p, with_information);
      rows = 0;
    }
    if (sets.deaths[slot] == 0) continue;
    RiskSums dead(p, with_information);
    double weight = 0;
    for (const std::uint32_t i : joining[slot]) {
      ++rows;
      all.add(sets.weight_of(i) * places.risk[i], places.z(i));
      if (sets.event[i] == 0) continue;
      dead.add(sets.weight_of(i) * places.risk[i], places.z(i));
      weight += sets.weight_of(i);
    }
    places.at_risk[slot] = rows;
    places.place[slot] =
        share_risk_set(all, dead, sets.deaths[slot], weight / double(sets.deaths[slot]), ties);
    for (const std::uint32_t i : lapsing[slot]) {
      --rows;
      all.add(-sets.weight_of(i) * places.risk[i], places.z(i));
    }
  }
}

}  // namespace

std::variant<CoxPlaces, CoxRefusal> cox_places(const CoxData& data, std::span<const double> beta, Ties ties,
                                               bool with_information) {
  if (ties != Ties::kEfron && ties != Ties::kBreslow) {
    return invalid("cox: what follows a fit is defined for Efron's and Breslow's ties only");
  }
  if (!data.transforms.empty()) {
    return invalid("cox: what follows a fit is not offered with covariates that vary with time");
  }
  auto made = make_risk_sets(data);
  if (const auto* refusal = std::get_if<CoxRefusal>(&made)) return *refusal;
  CoxPlaces places;
  places.sets = std::get<CoxRiskSets>(std::move(made));
  if (beta.size() != places.sets.covariates) return invalid("cox: expected one coefficient per covariate");
  if (!std::ranges::all_of(beta, [](double b) { return std::isfinite(b); })) {
    return invalid("cox: expected finite coefficients");
  }
  set_risks(places, beta);
  name_slots(places, data);
  sum_places(places, ties, with_information);
  return places;
}

}  // namespace mimamori
