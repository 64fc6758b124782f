#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "analyze/cox.h"

namespace mimamori {

/// The rows of a Cox model, sorted out once before the iterations.
///
/// Each stratum owns a run of slots: one per distinct event time in rising order, then one end mark.
/// Row i is at risk at the slots first[i] <= k < last[i]; an event falls on slot last[i] - 1. Rows at
/// risk at no event time are left out: they add nothing to the partial likelihood. In this form the
/// sums over risk sets need no sorted copy of the rows, and the second derivatives become one weighted
/// sum of squares over rows plus a small sum over event times.
struct CoxRiskSets {
  std::size_t rows_given = 0;
  std::size_t rows = 0;  // at risk at some event time
  std::size_t covariates = 0;
  std::size_t slots = 0;                  // end marks included
  std::vector<double> z;                  // rows x covariates: (x - center) / scale
  std::vector<double> center;             // covariates
  std::vector<double> scale;              // covariates; 1 where a column does not vary
  std::vector<std::uint32_t> first;       // rows
  std::vector<std::uint32_t> last;        // rows
  std::vector<std::uint8_t> event;        // rows
  std::vector<std::uint32_t> stratum;     // rows, dense from 0
  std::vector<std::uint32_t> slot_begin;  // strata: first slot of each
  std::vector<std::uint32_t> deaths;      // slots
  std::size_t events = 0;
};

/// Checks the input and builds the risk sets. Refuses kInvalidInput and kNoEvents only.
std::variant<CoxRiskSets, CoxRefusal> make_risk_sets(const CoxData& data);

/// The objective in scaled coordinates (gamma = beta * scale); absent if it is not a finite number.
struct CoxPoint {
  double value = 0;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd information;
};
std::optional<CoxPoint> evaluate_cox(const CoxRiskSets& sets, const Eigen::VectorXd& gamma, Ties ties);

/// How far the deaths lie below the largest value of z * direction in their risk sets, and how wide
/// the risk sets are, both summed over deaths. A shortfall of 0 with a positive width means that the
/// likelihood never falls in this direction: there is no finite maximum (Bryson MC, Johnson ME (1981)
/// Technometrics 23:381-383).
struct CoxShortfall {
  double shortfall = 0;
  double width = 0;
};
CoxShortfall shortfall_along(const CoxRiskSets& sets, const Eigen::VectorXd& direction);

}  // namespace mimamori
