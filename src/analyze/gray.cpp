#include "analyze/gray.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "analyze/distinct_times.h"
#include "analyze/distributions.h"
#include "analyze/quadratic_form.h"

namespace mimamori {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

Result<void> check(const GrayData& data) {
  const auto refuse = [](std::string sentence) {
    return Error{ErrorCode::kInvalidInput, "gray_test: " + std::move(sentence)};
  };
  const std::size_t rows = data.time.size();
  if (rows == 0) return refuse("there are no rows");
  if (data.cause.size() != rows || data.group.size() != rows ||
      !(data.stratum.empty() || data.stratum.size() == rows)) {
    return refuse("each column must have one entry per row");
  }
  for (std::size_t i = 0; i < rows; ++i) {
    if (std::isfinite(data.time[i]) && data.cause[i] >= 0 && data.group[i] >= 0) continue;
    return refuse("row " + std::to_string(i + 1) +
                  ": expected a finite time, and a cause and a group number of at least 0");
  }
  return {};
}

/// What happened in each group at one event time.
struct Moment {
  VectorXd at_risk;
  VectorXd own;    // events of the cause
  VectorXd other;  // events of other causes
};

std::vector<Moment> moments_of(const GrayData& data, const std::vector<std::size_t>& rows, Index groups,
                               std::int32_t cause) {
  std::vector<double> event_times;
  for (const std::size_t i : rows) {
    if (data.cause[i] != 0) event_times.push_back(data.time[i]);
  }
  const std::vector<double> times = distinct_times(std::move(event_times));
  std::vector<Moment> moments(times.size(),
                              {VectorXd::Zero(groups), VectorXd::Zero(groups), VectorXd::Zero(groups)});
  for (const std::size_t i : rows) {
    const std::size_t places = count_until(times, data.time[i]);
    if (places == 0) continue;
    Moment& last = moments[places - 1];
    last.at_risk[data.group[i]] += 1;
    if (data.cause[i] != 0) (data.cause[i] == cause ? last.own : last.other)[data.group[i]] += 1;
  }
  for (std::size_t k = moments.size(); k-- > 1;) moments[k - 1].at_risk += moments[k].at_risk;
  return moments;
}

/// Survival and incidence of each group, and the incidence of all groups under the hypothesis.
struct Curves {
  VectorXd survival;
  VectorXd incidence;
  double pooled = 0;
};

/// One independent piece of the variance: at an event time, events in one group. Its influence on the scores
/// is `direct` plus `factor` times what this group's weight on the scores still grows after this time.
struct Piece {
  Index group = 0;
  VectorXd direct;
  double factor = 0;
  double variance = 0;
  VectorXd growth_so_far;
};

struct Sums {
  VectorXd scores;
  MatrixXd variance;
};

class Stratum {
 public:
  Stratum(Index groups, double rho)
      : rho_(rho),
        before_{VectorXd::Ones(groups), VectorXd::Zero(groups), 0},
        growth_(MatrixXd::Zero(groups, groups)),
        scores_(VectorXd::Zero(groups)) {}

  void pass(const Moment& now) {
    Curves after = before_;
    double total = 0;       // rows at risk over survival: the size of the groups had nobody had another event
    double expectable = 0;  // the same without those who had the event
    const VectorXd weight = sizes(now, after, total, expectable);
    const double own = now.own.sum();
    after.pooled = before_.pooled + own / total;
    const double fade = std::pow(1 - before_.pooled, rho_);
    MatrixXd part = MatrixXd(weight.asDiagonal()) - weight * weight.transpose() / total;
    part *= fade;
    growth_ += part * (own / (total * (1 - before_.pooled)));
    for (Index g = 0; g < weight.size() && own > 0; ++g) {
      if (now.at_risk[g] > 0)
        scores_[g] += fade * (now.own[g] - own * weight[g] * (1 - before_.incidence[g]) / expectable);
    }
    add_pieces(now, after, part, own, total);
    before_ = after;
  }

  void finish(Sums& sums) const {
    sums.scores += scores_;
    for (const Piece& piece : pieces_) {
      const VectorXd influence =
          piece.direct + piece.factor * (growth_.col(piece.group) - piece.growth_so_far);
      sums.variance += piece.variance * influence * influence.transpose();
    }
  }

 private:
  VectorXd sizes(const Moment& now, Curves& after, double& total, double& expectable) const {
    VectorXd weight = VectorXd::Zero(now.at_risk.size());
    for (Index g = 0; g < weight.size(); ++g) {
      const double n = now.at_risk[g];
      if (n <= 0) continue;
      const double survival = before_.survival[g];
      after.survival[g] = survival * (n - now.own[g] - now.other[g]) / n;
      after.incidence[g] = before_.incidence[g] + survival * now.own[g] / n;
      weight[g] = n / survival;
      total += weight[g];
      expectable += weight[g] * (1 - before_.incidence[g]);
    }
    return weight;
  }

  void add_pieces(const Moment& now, const Curves& after, const MatrixXd& part, double own, double total) {
    for (Index g = 0; g < now.at_risk.size(); ++g) {
      const double n = now.at_risk[g];
      if (n <= 0) continue;
      const double survival = before_.survival[g];
      const double left = after.survival[g];
      if (own > 0) {
        const double factor = left > 0 ? (1 - after.pooled) / left - 1 : -1;
        const double ties = own > 1 ? 1 - (own - 1) / (total * survival - 1) : 1;
        pieces_.push_back({g, part.col(g), -factor, ties * survival * own / (total * n), growth_.col(g)});
      }
      if (now.other[g] > 0 && left > 0) {
        const double d = now.other[g];
        const double ties = d > 1 ? 1 - (d - 1) / (n - 1) : 1;
        pieces_.push_back({g, VectorXd::Zero(now.at_risk.size()), (1 - after.pooled) / left,
                           ties * survival * survival * d / (n * n), growth_.col(g)});
      }
    }
  }

  double rho_;
  Curves before_;
  MatrixXd growth_;
  VectorXd scores_;
  std::vector<Piece> pieces_;
};

}  // namespace

Result<GrayTest> gray_test(const GrayData& data, std::int32_t cause, double rho) {
  TRY(check(data));
  const Index groups = *std::ranges::max_element(data.group) + 1;
  std::map<std::int32_t, std::vector<std::size_t>> strata;
  for (std::size_t i = 0; i < data.time.size(); ++i) {
    strata[data.stratum.empty() ? 0 : data.stratum[i]].push_back(i);
  }
  Sums sums{VectorXd::Zero(groups), MatrixXd::Zero(groups, groups)};
  for (const auto& [label, rows] : strata) {
    Stratum stratum(groups, rho);
    for (const Moment& moment : moments_of(data, rows, groups, cause)) stratum.pass(moment);
    stratum.finish(sums);
  }
  GrayTest test;
  test.scores.assign(sums.scores.begin(), sums.scores.end());
  test.variance.assign(sums.variance.data(), sums.variance.data() + sums.variance.size());
  test.events = std::ranges::count(data.cause, cause);
  const QuadraticForm form = quadratic_form(sums.scores, sums.variance);
  test.chi_square = form.value;
  test.degrees = form.rank;
  if (form.rank > 0) test.p = chi_square_upper(form.value, form.rank);
  return test;
}

}  // namespace mimamori
