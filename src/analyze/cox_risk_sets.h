#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "analyze/cox.h"

namespace mimamori {

/// The covariates of a CoxData, whichever way they were given.
class CoxColumns {
 public:
  explicit CoxColumns(const CoxData& data) : data_(data) {
    if (data.columns.empty() && !data.stop.empty()) covariates_ = data.x.size() / data.stop.size();
  }
  [[nodiscard]] std::size_t size() const {
    return data_.columns.empty() ? covariates_ : data_.columns.size();
  }
  [[nodiscard]] double operator()(std::size_t row, std::size_t covariate) const {
    return data_.columns.empty() ? data_.x[row * covariates_ + covariate] : data_.columns[covariate][row];
  }

 private:
  const CoxData& data_;
  std::size_t covariates_ = 0;
};

/// The rows of a Cox model, sorted out once before the iterations.
///
/// Each stratum owns a run of slots: one per distinct event time in rising order, then one end mark.
/// Row i is at risk at the slots first[i] <= k < last[i]; an event falls on slot last[i] - 1. Rows at
/// risk at no event time are left out: they add nothing to the partial likelihood. In this form the
/// sums over risk sets need no sorted copy of the rows, and the second derivatives become one weighted
/// sum of squares over rows plus a small sum over event times. (With a factor that is not so, see
/// cox_time_varying.h; then `scale` is that of z times that of the factor.)
struct CoxRiskSets {
  std::size_t rows_given = 0;
  std::size_t rows = 0;  // at risk at some event time
  std::size_t covariates = 0;
  std::size_t slots = 0;                  // end marks included
  std::vector<double> z;                  // rows x covariates: (x - center) / scale
  std::vector<double> factor;             // slots x covariates: what z is multiplied with there; empty: 1
  std::vector<double> center;             // covariates
  std::vector<double> scale;              // covariates; 1 where a column does not vary
  std::vector<std::uint32_t> first;       // rows
  std::vector<std::uint32_t> last;        // rows
  std::vector<std::uint8_t> event;        // rows
  std::vector<std::uint32_t> stratum;     // rows, dense from 0
  std::vector<std::uint32_t> slot_begin;  // strata: first slot of each
  std::vector<std::uint32_t> deaths;      // slots
  std::size_t events = 0;
  std::vector<double> weight;        // rows; empty: 1
  std::vector<double> offset;        // rows; empty: 0
  std::vector<double> death_weight;  // slots: mean weight of the deaths
  std::vector<std::uint32_t> row;    // rows: where each one stands in the data, from 0
  std::size_t rows_of_weight_zero = 0;
  std::size_t events_at_zero = 0;

  [[nodiscard]] double weight_of(std::size_t i) const { return weight.empty() ? 1 : weight[i]; }
};

/// Checks the input and builds the risk sets. Refuses kInvalidInput, kNoEvents, and kTooMuchWork
/// (transforms).
std::variant<CoxRiskSets, CoxRefusal> make_risk_sets(const CoxData& data);

/// The objective in scaled coordinates (gamma = beta * scale); absent if it is not a finite number.
struct CoxPoint {
  double value = 0;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd information;
};
/// Efron's or Breslow's ties.
std::optional<CoxPoint> evaluate_cox(const CoxRiskSets& sets, const Eigen::VectorXd& gamma, Ties ties);

/// What each row adds to the score at gamma, unweighted: rows x covariates, row-major, scaled coordinates.
/// Its sum with the rows' weights is the gradient. Efron's or Breslow's ties. Source  Therneau TM, Grambsch
/// PM, Fleming TR (1990) Biometrika 77:147-160; Efron's ties as in Therneau and
///         Grambsch (2000), section 4.6.
std::vector<double> cox_score_residuals(const CoxRiskSets& sets, const Eigen::VectorXd& gamma, Ties ties);

/// How far the deaths lie below the largest values of z * direction in their risk sets, and how wide the risk
/// sets are, both summed over deaths. Each death is compared with the largest value; with exact ties, where
/// only the deaths of a time together matter, with the largest as many. A shortfall of 0 with a positive
/// width means that the likelihood never falls in this direction: there is no finite maximum (Bryson MC,
/// Johnson ME (1981) Technometrics 23:381-383).
struct CoxShortfall {
  double shortfall = 0;
  double width = 0;
};
CoxShortfall shortfall_along(const CoxRiskSets& sets, const Eigen::VectorXd& direction, Ties ties);

}  // namespace mimamori
