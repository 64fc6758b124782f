#include "analyze/fine_gray.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "analyze/distinct_times.h"
#include "analyze/risk_moments.h"

namespace mimamori {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

CoxRefusal refuse(CoxObstacle obstacle, std::string sentence, std::optional<std::size_t> covariate = {}) {
  CoxRefusal refusal;
  refusal.obstacle = obstacle;
  refusal.covariate = covariate;
  refusal.sentence = "fine_gray: " + std::move(sentence);
  return refusal;
}

std::optional<CoxRefusal> check(const FineGrayData& data) {
  const auto invalid = [](std::string sentence) {
    return refuse(CoxObstacle::kInvalidInput, std::move(sentence));
  };
  const std::size_t rows = data.time.size();
  if (rows == 0) return invalid("there are no rows");
  const auto fits = [rows](std::size_t length) { return length == 0 || length == rows; };
  if (data.cause.size() != rows || !fits(data.weight.size()) || !fits(data.censoring_group.size())) {
    return invalid("each column must have one entry per row");
  }
  if (data.x.empty() || data.x.size() % rows != 0)
    return invalid("x must hold at least one covariate for each row");
  const std::size_t p = data.x.size() / rows;
  for (std::size_t i = 0; i < rows; ++i) {
    const std::string row = "row " + std::to_string(i + 1) + ": expected ";
    if (!std::isfinite(data.time[i]) || data.cause[i] < 0) {
      return invalid(row + "a finite time and a cause of at least 0");
    }
    if (!data.weight.empty() && !(std::isfinite(data.weight[i]) && data.weight[i] > 0)) {
      return invalid(row + "a finite weight above 0");
    }
    for (std::size_t j = 0; j < p; ++j) {
      if (!std::isfinite(data.x[i * p + j])) return invalid(row + "finite covariates");
    }
  }
  return {};
}

/// The censoring distribution of one group of rows.
struct Censoring {
  std::vector<double> times;    // distinct, rising
  std::vector<double> at_risk;  // rows that could be censored at each
  std::vector<double> hazard;   // share of them that was
  std::vector<double> free;     // probability to be uncensored before each time, and at the end: times + 1
  double known_until = 0;       // nothing is known of later times: there the probability is taken as 0

  /// Probability to be uncensored just before a time.
  [[nodiscard]] double before(double time) const {
    const bool beyond = time - known_until > kTimeTolerance * std::abs(time);
    return beyond ? 0 : free[count_before(times, time)];
  }
};

/// The rows against the distinct times of the cause. A row is at risk by itself up to place last[i]; after
/// another cause it stays with the weight G(t-)/G(time-).
struct Prepared {
  Index p = 0;
  std::vector<double> times;
  std::vector<std::size_t> last;
  std::vector<std::size_t> group;
  std::vector<double> weight;
  std::vector<double> free_before;                // rows: G(time-)
  std::vector<Censoring> censoring;               // groups
  std::vector<std::vector<double>> g;             // groups x places: G(t-)
  std::vector<std::vector<std::size_t>> leaving;  // rows by number of places at or before their time
  std::vector<std::size_t> deaths;                // places
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> z;  // centered and scaled
  VectorXd scale;
};

/// Rows count once each, whatever their weight: so does finegray.
Censoring censoring_of(const FineGrayData& data, const std::vector<std::size_t>& rows, CensoringTies ties) {
  Censoring out;
  std::vector<double> times;
  out.known_until = data.time[rows.front()];
  for (const std::size_t i : rows) {
    out.known_until = std::max(out.known_until, data.time[i]);
    if (data.cause[i] == 0) times.push_back(data.time[i]);
  }
  if (ties == CensoringTies::kEventsFirst) out.known_until = std::numeric_limits<double>::infinity();
  out.times = distinct_times(std::move(times));
  out.at_risk.assign(out.times.size() + 1, 0);
  std::vector<double> censored(out.times.size(), 0);
  for (const std::size_t i : rows) {
    const bool stays = data.cause[i] == 0 || ties == CensoringTies::kEventsAtRisk;
    const std::size_t until =
        stays ? count_until(out.times, data.time[i]) : count_before(out.times, data.time[i]);
    out.at_risk[until] += 1;
    if (data.cause[i] == 0) censored[until - 1] += 1;
  }
  // at_risk[u + 1] holds those who leave right after time u: sum from the end.
  for (std::size_t u = out.times.size(); u-- > 0;) out.at_risk[u] += out.at_risk[u + 1];
  out.at_risk.erase(out.at_risk.begin());
  out.free.push_back(1);
  for (std::size_t u = 0; u < out.times.size(); ++u) {
    out.hazard.push_back(censored[u] / out.at_risk[u]);
    out.free.push_back(out.free.back() * (1 - out.hazard.back()));
  }
  return out;
}

void standardize(Prepared& prepared, const FineGrayData& data) {
  const std::size_t rows = data.time.size();
  prepared.p = static_cast<Index>(data.x.size() / rows);
  prepared.z = Eigen::Map<const decltype(prepared.z)>(data.x.data(), static_cast<Index>(rows), prepared.p);
  prepared.scale = VectorXd::Ones(prepared.p);
  for (Index j = 0; j < prepared.p; ++j) {
    auto column = prepared.z.col(j);
    const double first = column[0];
    column.array() -= first;  // so that a constant has exactly no spread
    column.array() -= column.mean();
    const double spread = std::sqrt(column.squaredNorm() / static_cast<double>(rows));
    if (spread > 0 && std::isfinite(spread)) {
      prepared.scale[j] = spread;
      column /= spread;
    }
  }
}

Prepared prepare(const FineGrayData& data, const FineGrayOptions& options) {
  Prepared prepared;
  const std::size_t rows = data.time.size();
  std::map<std::int32_t, std::vector<std::size_t>> groups;
  std::vector<double> times;
  for (std::size_t i = 0; i < rows; ++i) {
    prepared.weight.push_back(data.weight.empty() ? 1 : data.weight[i]);
    groups[data.censoring_group.empty() ? 0 : data.censoring_group[i]].push_back(i);
    if (data.cause[i] == options.cause) times.push_back(data.time[i]);
  }
  prepared.times = distinct_times(std::move(times));
  prepared.group.resize(rows);
  prepared.free_before.resize(rows);
  for (const auto& [label, members] : groups) {
    prepared.censoring.push_back(censoring_of(data, members, options.censoring));
    const Censoring& own = prepared.censoring.back();
    for (const std::size_t i : members) {
      prepared.group[i] = prepared.censoring.size() - 1;
      prepared.free_before[i] = own.before(data.time[i]);
    }
    std::vector<double> g;
    for (const double time : prepared.times) g.push_back(own.before(time));
    prepared.g.push_back(std::move(g));
  }
  prepared.leaving.resize(prepared.times.size() + 1);
  prepared.deaths.assign(prepared.times.size(), 0);
  for (std::size_t i = 0; i < rows; ++i) {
    prepared.last.push_back(count_until(prepared.times, data.time[i]));
    prepared.leaving[prepared.last[i]].push_back(i);
    if (data.cause[i] == options.cause) ++prepared.deaths[prepared.last[i] - 1];
  }
  standardize(prepared, data);
  return prepared;
}

/// The log partial likelihood at some coefficients and what its residuals need.
struct Point {
  double value = 0;
  VectorXd gradient;
  MatrixXd information;
  std::vector<double> risk;  // rows: exp(linear predictor)
  std::vector<TiedPlace> places;
};

class Evaluation {
 public:
  Evaluation(const Prepared& prepared, const FineGrayData& data, const FineGrayOptions& options)
      : prepared_(prepared), data_(data), options_(options) {}

  [[nodiscard]] auto z(std::size_t i) const { return prepared_.z.row(static_cast<Index>(i)).transpose(); }

  [[nodiscard]] Point at(const VectorXd& gamma) const {
    const std::size_t places = prepared_.times.size();
    Point point;
    point.gradient = VectorXd::Zero(prepared_.p);
    point.information = MatrixXd::Zero(prepared_.p, prepared_.p);
    const VectorXd eta = prepared_.z * gamma;
    const double top = eta.maxCoeff();
    for (Index i = 0; i < eta.size(); ++i) point.risk.push_back(std::exp(eta[i] - top));
    const std::vector<RiskSums> still = at_risk_sums(point.risk);
    std::vector<RiskSums> after(prepared_.censoring.size(),
                                RiskSums(prepared_.p, true));  // had another cause
    for (std::size_t k = 0; k < places; ++k) {
      RiskSums all = still[k];
      for (const std::size_t i : prepared_.leaving[k]) {
        if (!is_other(i)) continue;
        after[prepared_.group[i]].add(prepared_.weight[i] * point.risk[i] / prepared_.free_before[i], z(i));
      }
      for (std::size_t h = 0; h < after.size(); ++h) all.add(prepared_.g[h][k], after[h]);
      add_place(point, k, all, eta, top);
    }
    return point;
  }

  [[nodiscard]] bool is_death(std::size_t i) const { return data_.cause[i] == options_.cause; }
  [[nodiscard]] bool is_other(std::size_t i) const { return data_.cause[i] != 0 && !is_death(i); }

 private:
  [[nodiscard]] std::vector<RiskSums> at_risk_sums(const std::vector<double>& risk) const {
    std::vector<RiskSums> sums(prepared_.times.size() + 1, RiskSums(prepared_.p, true));
    for (std::size_t k = prepared_.times.size(); k-- > 0;) {
      sums[k] = sums[k + 1];
      for (const std::size_t i : prepared_.leaving[k + 1]) sums[k].add(prepared_.weight[i] * risk[i], z(i));
    }
    return sums;
  }

  void add_place(Point& point, std::size_t k, const RiskSums& all, const VectorXd& eta, double top) const {
    RiskSums dead(prepared_.p, true);
    double weight = 0;
    for (const std::size_t i : prepared_.leaving[k + 1]) {
      if (!is_death(i)) continue;
      dead.add(prepared_.weight[i] * point.risk[i], z(i));
      weight += prepared_.weight[i];
      point.value += prepared_.weight[i] * (eta[static_cast<Index>(i)] - top);
      point.gradient += prepared_.weight[i] * z(i);
    }
    const std::size_t deaths = prepared_.deaths[k];
    TiedPlace place = share_risk_set(all, dead, deaths, weight / static_cast<double>(deaths), options_.ties);
    point.value -= place.log_sum;
    point.gradient -= place.score_mean;
    point.information += place.information;
    point.places.push_back(std::move(place));
  }

  const Prepared& prepared_;
  const FineGrayData& data_;
  const FineGrayOptions& options_;
};

/// What each row, with its weight, adds to the score, its part in the censoring distribution included where
/// asked for: n x p.
class Scores {
 public:
  Scores(const Prepared& prepared, const Evaluation& evaluation, const FineGrayData& data, const Point& point)
      : prepared_(prepared), evaluation_(evaluation), data_(data), point_(point) {}

  [[nodiscard]] MatrixXd of_rows(bool with_censoring) const {
    const auto rows = static_cast<Index>(data_.time.size());
    MatrixXd scores = MatrixXd::Zero(rows, prepared_.p);
    add_at_risk(scores);
    for (std::size_t h = 0; h < prepared_.censoring.size(); ++h) add_after_other(scores, h, with_censoring);
    return scores;
  }

 private:
  void add_at_risk(MatrixXd& scores) const {
    // Hazard and hazard-weighted mean up to and including each place.
    std::vector<double> hazard = {0};
    std::vector<VectorXd> mean = {VectorXd::Zero(prepared_.p)};
    for (std::size_t k = 0; k < prepared_.times.size(); ++k) {
      hazard.push_back(hazard.back() + point_.places[k].hazard);
      mean.push_back(mean.back() + point_.places[k].hazard_mean);
    }
    for (std::size_t i = 0; i < data_.time.size(); ++i) {
      const std::size_t last = prepared_.last[i];
      const bool death = evaluation_.is_death(i);
      double met = hazard[last];
      VectorXd met_mean = mean[last];
      VectorXd score = VectorXd::Zero(prepared_.p);
      if (death) {
        const TiedPlace& own = point_.places[last - 1];
        met += own.hazard_of_dead - own.hazard;
        met_mean += own.hazard_mean_of_dead - own.hazard_mean;
        score += evaluation_.z(i) - own.mean;
      }
      score -= point_.risk[i] * (evaluation_.z(i) * met - met_mean);
      scores.row(static_cast<Index>(i)) = prepared_.weight[i] * score.transpose();
    }
  }

  /// Rows that had another cause stay with falling weights; and the weights themselves were estimated.
  void add_after_other(MatrixXd& scores, std::size_t h, bool with_censoring) const {
    const std::size_t places = prepared_.times.size();
    std::vector<double> hazard(places + 1, 0);  // from a place to the end, weighted by G(t-)
    std::vector<VectorXd> mean(places + 1, VectorXd::Zero(prepared_.p));
    for (std::size_t k = places; k-- > 0;) {
      hazard[k] = hazard[k + 1] + prepared_.g[h][k] * point_.places[k].hazard;
      mean[k] = mean[k + 1] + prepared_.g[h][k] * point_.places[k].hazard_mean;
    }
    const Censoring& censoring = prepared_.censoring[h];
    const std::size_t moments = censoring.times.size();
    std::vector<double> others(moments + 1,
                               0);  // first by the first censoring time they can meet, then summed
    std::vector<VectorXd> others_z(moments + 1, VectorXd::Zero(prepared_.p));
    for (std::size_t i = 0; i < data_.time.size(); ++i) {
      if (prepared_.group[i] != h || !evaluation_.is_other(i)) continue;
      const double risk = prepared_.weight[i] * point_.risk[i] / prepared_.free_before[i];
      const std::size_t last = prepared_.last[i];
      scores.row(static_cast<Index>(i)) -= risk * (evaluation_.z(i) * hazard[last] - mean[last]).transpose();
      const std::size_t from = count_until(censoring.times, data_.time[i]);
      others[from] += risk;
      others_z[from] += risk * evaluation_.z(i);
    }
    if (!with_censoring) return;
    // A censoring at u moves the weights at s of those whose other cause came at X where s >= u > X, as in
    // the paper.
    std::vector<VectorXd> pull;                                   // q(u) / at risk at u
    std::vector<VectorXd> drift = {VectorXd::Zero(prepared_.p)};  // its compensator up to and including u
    double sum = 0;
    VectorXd sum_z = VectorXd::Zero(prepared_.p);
    for (std::size_t u = 0; u < moments; ++u) {
      sum += others[u];
      sum_z += others_z[u];
      const std::size_t after = count_before(prepared_.times, censoring.times[u]);
      pull.push_back((sum_z * hazard[after] - sum * mean[after]) / censoring.at_risk[u]);
      drift.push_back(drift.back() + pull.back() * censoring.hazard[u]);
    }
    for (std::size_t i = 0; i < data_.time.size(); ++i) {
      if (prepared_.group[i] != h) continue;
      const std::size_t until = count_until(censoring.times, data_.time[i]);
      scores.row(static_cast<Index>(i)) -= drift[until].transpose();
      if (data_.cause[i] == 0) scores.row(static_cast<Index>(i)) += pull[until - 1].transpose();
    }
  }

  const Prepared& prepared_;
  const Evaluation& evaluation_;
  const FineGrayData& data_;
  const Point& point_;
};

/// Looks for columns that say nothing or repeat the ones before them.
std::optional<CoxRefusal> find_obstacle(const Prepared& prepared, const MatrixXd& information) {
  MatrixXd rest = information;
  const double largest = information.diagonal().maxCoeff();
  for (Index j = 0; j < prepared.p; ++j) {
    const auto column = static_cast<std::size_t>(j);
    const std::string name = "covariate " + std::to_string(j) + " ";
    if (prepared.z.col(j).isZero(0)) {
      return refuse(CoxObstacle::kConstantCovariate, name + "has one value in all rows", column);
    }
    if (!(information(j, j) > 1e-12 * largest)) {
      return refuse(CoxObstacle::kNoInformation, name + "does not vary within any risk set", column);
    }
    if (!(rest(j, j) > 1e-9 * information(j, j))) {
      return refuse(CoxObstacle::kAliased, name + "is a linear combination of those before it", column);
    }
    const VectorXd own = rest.col(j);
    rest -= own * own.transpose() / own[j];
  }
  return {};
}

/// Newton's steps with halving. `point` ends at the maximum.
std::optional<CoxRefusal> maximize(const Evaluation& evaluation, const FineGrayOptions& options, Point& point,
                                   VectorXd& gamma, int& iterations) {
  for (iterations = 1; iterations <= options.iterations_max; ++iterations) {
    VectorXd step = point.information.ldlt().solve(point.gradient);
    const double gain = step.dot(point.gradient);
    Index widest = 0;
    const double size = step.cwiseAbs().maxCoeff(&widest);
    if (!std::isfinite(gain) || (gain < 1e-9 && size > 1e-2)) {
      CoxRefusal refusal = refuse(CoxObstacle::kMonotoneLikelihood,
                                  "the likelihood rises without end as the coefficient of covariate " +
                                      std::to_string(widest) + " grows in one direction",
                                  static_cast<std::size_t>(widest));
      refusal.direction = step[widest] > 0 ? 1 : -1;
      return refusal;
    }
    Point next = evaluation.at(gamma + step);
    for (int half = 0; half < 30 && !(next.value >= point.value - 1e-10 * std::abs(point.value)); ++half) {
      step /= 2;
      next = evaluation.at(gamma + step);
    }
    gamma += step;
    point = std::move(next);
    if (gain < 1e-16) return {};
  }
  return refuse(CoxObstacle::kNoConvergence, "Newton's steps did not end");
}

MatrixXd variance_of(const MatrixXd& inverse, const MatrixXd& scores) {
  const MatrixXd middle = scores.transpose() * scores;
  return inverse * middle * inverse;
}

}  // namespace

std::variant<FineGrayFit, CoxRefusal> fine_gray(const FineGrayData& data, const FineGrayOptions& options) {
  if (auto refusal = check(data)) return *refusal;
  if (options.ties != Ties::kBreslow && options.ties != Ties::kEfron) {
    return refuse(CoxObstacle::kInvalidInput, "ties must be Breslow's or Efron's");
  }
  const Prepared prepared = prepare(data, options);
  if (prepared.times.empty()) return refuse(CoxObstacle::kNoEvents, "no row has an event of this cause");
  const Evaluation evaluation(prepared, data, options);
  VectorXd gamma = VectorXd::Zero(prepared.p);
  Point point = evaluation.at(gamma);
  if (auto refusal = find_obstacle(prepared, point.information)) return *refusal;

  FineGrayFit fit;
  fit.rows = data.time.size();
  fit.log_likelihood_null = point.value;
  if (auto refusal = maximize(evaluation, options, point, gamma, fit.iterations)) return *refusal;
  fit.log_likelihood = point.value;
  for (std::size_t i = 0; i < data.time.size(); ++i) {
    fit.events += evaluation.is_death(i) ? 1U : 0U;
    fit.competing_events += evaluation.is_other(i) ? 1U : 0U;
  }
  const VectorXd unscale = prepared.scale.cwiseInverse();
  const MatrixXd inverse = point.information.ldlt().solve(MatrixXd::Identity(prepared.p, prepared.p));
  MatrixXd covariance = inverse;
  if (options.variance != FineGrayVariance::kModel) {
    const Scores scores(prepared, evaluation, data, point);
    const bool full = options.variance == FineGrayVariance::kFull;
    covariance = variance_of(inverse, scores.of_rows(full));
  }
  covariance = unscale.asDiagonal() * covariance * unscale.asDiagonal();
  for (Index j = 0; j < prepared.p; ++j) {
    fit.coefficients.push_back(gamma[j] * unscale[j]);
    fit.standard_errors.push_back(std::sqrt(covariance(j, j)));
    fit.model_errors.push_back(std::sqrt(inverse(j, j)) * unscale[j]);
  }
  fit.covariance.assign(covariance.data(), covariance.data() + covariance.size());
  return fit;
}

}  // namespace mimamori
