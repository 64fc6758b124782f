#include "analyze/cox_answer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analyze/cox_newton.h"
#include "analyze/cox_risk_sets.h"

namespace mimamori {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
// How far behind the furthest, as a share of the width of all, a row still counts as furthest.
constexpr double kFurthest = 1e-9;
// Parts of a path below this share of its largest are rounding.
constexpr double kPathPart = 1e-3;

/// A table of `columns` numbers a row without one column.
std::vector<double> without_column(const std::vector<double>& table, std::size_t columns, std::size_t gone) {
  std::vector<double> out;
  for (std::size_t k = 0; k < table.size(); ++k) {
    if (k % columns != gone) out.push_back(table[k]);
  }
  return out;
}

/// Sets without one covariate.
CoxRiskSets without(const CoxRiskSets& sets, std::size_t covariate) {
  CoxRiskSets out = sets;
  out.covariates = sets.covariates - 1;
  out.z = without_column(sets.z, sets.covariates, covariate);
  out.factor = without_column(sets.factor, sets.covariates, covariate);
  out.center.erase(out.center.begin() + static_cast<std::ptrdiff_t>(covariate));
  out.scale.erase(out.scale.begin() + static_cast<std::ptrdiff_t>(covariate));
  return out;
}

/// Appends the part of a row between two slots.
void append(const CoxRiskSets& sets, std::size_t i, std::uint32_t first, std::uint32_t last,
            CoxRiskSets& out) {
  const std::size_t p = sets.covariates;
  out.first.push_back(first);
  out.last.push_back(last);
  out.event.push_back(last == sets.last[i] ? sets.event[i] : 0);
  out.stratum.push_back(sets.stratum[i]);
  out.row.push_back(sets.row[i]);
  if (!sets.weight.empty()) out.weight.push_back(sets.weight[i]);
  if (!sets.offset.empty()) out.offset.push_back(sets.offset[i]);
  for (std::size_t j = 0; j < p; ++j) out.z.push_back(sets.z[i * p + j]);
}

/// The values of the rows along a path, at each slot.
class PathValues {
 public:
  PathValues(const CoxRiskSets& sets, const std::vector<double>& path) : sets_(sets), path_(path) {
    for (std::size_t j = 0; j < path_.size(); ++j) path_[j] *= sets.scale[j];
    for (std::size_t i = 0; i < sets.rows && sets.factor.empty(); ++i) value_.push_back(sum(i, nullptr));
  }
  [[nodiscard]] double operator()(std::size_t row, std::size_t slot) const {
    return value_.empty() ? sum(row, &sets_.factor[slot * sets_.covariates]) : value_[row];
  }

 private:
  [[nodiscard]] double sum(std::size_t row, const double* factor) const {
    double value = 0;
    for (std::size_t j = 0; j < sets_.covariates; ++j) {
      value += sets_.z[row * sets_.covariates + j] * path_[j] * (factor == nullptr ? 1 : factor[j]);
    }
    return value;
  }

  const CoxRiskSets& sets_;
  std::vector<double> path_;   // in scaled coordinates
  std::vector<double> value_;  // rows; empty: they vary with time
};

/// The risk sets in the limit along a path: each keeps the rows that are furthest along it. The likelihood of
/// these sets is what that of the given ones rises to. With exact ties the deaths of one time may differ:
/// those beyond the least far of them are certain to die and leave, and only the rows beside that one stay.
CoxRiskSets limit_along(const CoxRiskSets& sets, const std::vector<double>& path, Ties ties) {
  const bool jointly = is_exact(ties);
  const PathValues value(sets, path);
  const double infinite = std::numeric_limits<double>::infinity();
  double low = infinite, high = -infinite;
  // The deaths are the furthest, or the path would not lead to infinity.
  std::vector<double> most(sets.slots, jointly ? infinite : -infinite);
  for (std::size_t i = 0; i < sets.rows; ++i) {
    const std::size_t closing = sets.last[i] - 1;
    for (std::size_t slot = sets.factor.empty() ? closing : sets.first[i]; slot <= closing; ++slot) {
      low = std::min(low, value(i, slot));
      high = std::max(high, value(i, slot));
    }
    if (sets.event[i] == 0) continue;
    most[closing] =
        jointly ? std::min(most[closing], value(i, closing)) : std::max(most[closing], value(i, closing));
  }
  CoxRiskSets out = sets;
  out.z.clear();
  for (auto* numbers : {&out.first, &out.last, &out.stratum, &out.row}) numbers->clear();
  for (auto* numbers : {&out.weight, &out.offset}) numbers->clear();
  out.event.clear();
  for (std::size_t i = 0; i < sets.rows; ++i) {
    const auto stays = [&](std::uint32_t slot) {
      const double beyond = value(i, slot) - most[slot];
      return beyond >= -kFurthest * (high - low) && !(jointly && beyond > kFurthest * (high - low));
    };
    if (sets.event[i] != 0 && !stays(sets.last[i] - 1)) --out.deaths[sets.last[i] - 1];
    for (std::uint32_t slot = sets.first[i]; slot < sets.last[i];) {
      std::uint32_t end = slot;
      while (end < sets.last[i] && stays(end)) ++end;
      if (end > slot) append(sets, i, slot, end, out);
      slot = end + 1;
    }
  }
  out.rows = out.row.size();
  return out;
}

/// The columns that add up to an aliased one, in the covariates' own units: of all p, with zeros elsewhere.
std::vector<double> combination(const CoxRiskSets& sets, const std::vector<std::size_t>& columns,
                                std::size_t aliased, std::size_t p, Ties ties) {
  std::vector<double> out(p, 0);
  const auto point =
      evaluate_cox(sets, VectorXd::Zero(Index(sets.covariates)), is_exact(ties) ? Ties::kEfron : ties);
  const auto before = Index(aliased);
  if (!point || before == 0) return out;
  const VectorXd parts = point->information.topLeftCorner(before, before)
                             .ldlt()
                             .solve(point->information.col(before).head(before));
  for (std::size_t k = 0; k < aliased; ++k) {
    const double part = parts[Index(k)];
    if (std::abs(part) > 1e-8) out[columns[k]] = part * sets.scale[aliased] / sets.scale[k];
  }
  return out;
}

/// One attempt after another, each without what the one before could not estimate.
class Attempts {
 public:
  Attempts(const CoxData& data, const CoxOptions& options, CoxRiskSets sets)
      : data_(data), options_(options), sets_(std::move(sets)) {
    answer_.covariates.resize(sets_.covariates);
    for (std::size_t j = 0; j < sets_.covariates; ++j) columns_.push_back(j);
  }

  Result<CoxAnswer> run(double chi_square) {
    drop_constants();
    while (true) {
      if (columns_.empty()) return finish_without_columns(chi_square);
      auto outcome = fit_risk_sets(data_, sets_, options_);
      if (auto* fit = std::get_if<CoxFit>(&outcome)) {
        answer_.fit = std::move(*fit);
        return finish(chi_square);
      }
      const CoxRefusal& refusal = std::get<CoxRefusal>(outcome);
      const bool of_a_column =
          refusal.covariate.has_value() && refusal.obstacle != CoxObstacle::kInvalidInput;
      if (!of_a_column && refusal.obstacle != CoxObstacle::kNoConvergence) return error_of(refusal);
      if (!of_a_column) return give_up();
      if (refusal.obstacle == CoxObstacle::kMonotoneLikelihood) {
        if (!full_) full_ = Model{.sets = sets_, .columns = columns_};
        mark_path(refusal);
        sets_ = limit_along(sets_, refusal.path, options_.ties);
      } else {
        CoxCovariate& own = answer_.covariates[columns_[*refusal.covariate]];
        own.obstacle = refusal.obstacle;
        if (refusal.obstacle == CoxObstacle::kAliased) {
          own.combination =
              combination(sets_, columns_, *refusal.covariate, answer_.covariates.size(), options_.ties);
        }
      }
      drop(*refusal.covariate);
    }
  }

 private:
  struct Model {
    CoxRiskSets sets;
    std::vector<std::size_t> columns;  // of the data, that the sets have
  };
  struct Path {
    std::size_t covariate = 0;    // the one that was left out for it, of the data
    std::vector<double> of_data;  // p, in the covariates' own units
  };

  void drop(std::size_t at) {
    limit_null_ = value_at_zero(sets_);
    sets_ = without(sets_, at);
    columns_.erase(columns_.begin() + static_cast<std::ptrdiff_t>(at));
  }

  void drop_constants() {
    for (std::size_t at = columns_.size(); at-- > 0;) {
      if (!is_constant(at)) continue;
      answer_.covariates[columns_[at]].obstacle = CoxObstacle::kConstantCovariate;
      drop(at);
    }
  }

  [[nodiscard]] bool is_constant(std::size_t at) const {
    const CoxColumns columns(data_);
    std::optional<double> first;
    for (std::size_t i = 0; i < data_.stop.size(); ++i) {
      if (!data_.weight.empty() && data_.weight[i] <= 0) continue;
      if (!first) first = columns(i, at);
      if (columns(i, at) != *first) return false;
    }
    return true;
  }

  void mark_path(const CoxRefusal& refusal) {
    Path path{.covariate = columns_[*refusal.covariate],
              .of_data = std::vector<double>(answer_.covariates.size(), 0)};
    for (std::size_t j = 0; j < columns_.size(); ++j) path.of_data[columns_[j]] = refusal.path[j];
    paths_.push_back(std::move(path));
    double most = 0;
    for (std::size_t j = 0; j < refusal.path.size(); ++j) {
      most = std::max(most, std::abs(refusal.path[j] * sets_.scale[j]));
    }
    for (std::size_t j = 0; j < refusal.path.size(); ++j) {
      if (std::abs(refusal.path[j] * sets_.scale[j]) < kPathPart * most) continue;
      CoxCovariate& own = answer_.covariates[columns_[j]];
      own.obstacle = CoxObstacle::kMonotoneLikelihood;
      own.direction = refusal.path[j] > 0 ? 1 : -1;
      own.profile_limit = own.lr_chi_square = kNan;
    }
  }

  [[nodiscard]] double value_at_zero(const CoxRiskSets& sets) const {
    const auto chosen = cox_evaluator(sets, options_.ties);
    const auto* evaluate = std::get_if<CoxEvaluator>(&chosen);
    if (evaluate == nullptr) return kNan;
    const auto point = (*evaluate)(VectorXd::Zero(Index(sets.covariates)));
    return point ? point->value : kNan;
  }

  void count(CoxFit& fit) const {
    fit.rows = sets_.rows_given - sets_.rows_of_weight_zero;
    fit.rows_of_weight_zero = sets_.rows_of_weight_zero;
    fit.events_at_zero = sets_.events_at_zero;
    fit.events = sets_.events;
  }

  Result<CoxAnswer> finish_without_columns(double chi_square) {
    answer_.fit = CoxFit{};
    answer_.fit.log_likelihood_null = answer_.fit.log_likelihood = limit_null_;
    return finish(chi_square);
  }

  Result<CoxAnswer> give_up() {
    answer_.fit = CoxFit{};
    answer_.fit.log_likelihood_null = value_at_zero(sets_);
    answer_.fit.log_likelihood = kNan;
    answer_.fit.score_chi_square = answer_.fit.wald_chi_square = kNan;
    count(answer_.fit);
    answer_.converged = false;
    answer_.status = CoxObstacle::kNoConvergence;
    for (const std::size_t column : columns_) {
      if (!answer_.covariates[column].obstacle)
        answer_.covariates[column].obstacle = CoxObstacle::kNoConvergence;
    }
    return answer_;
  }

  Result<CoxAnswer> finish(double chi_square) {
    count(answer_.fit);
    for (const std::size_t column : columns_) {
      if (!answer_.covariates[column].obstacle) answer_.estimated.push_back(column);
    }
    keep_estimated();
    answer_.degrees_of_freedom = full_ ? full_->columns.size() : columns_.size();
    if (full_) {
      tests_of_the_whole();
      for (const std::size_t column : full_->columns) add_one_sided(column, chi_square);
    }
    // From the gravest: what has no maximum, then what says nothing.
    for (const CoxObstacle obstacle : {CoxObstacle::kAliased, CoxObstacle::kNoInformation,
                                       CoxObstacle::kConstantCovariate, CoxObstacle::kMonotoneLikelihood}) {
      const auto has = [&](const CoxCovariate& covariate) { return covariate.obstacle == obstacle; };
      if (std::ranges::any_of(answer_.covariates, has)) answer_.status = obstacle;
    }
    return answer_;
  }

  /// Leaves out of the fit what belongs to a path to infinity: it was carried along, not estimated.
  void keep_estimated() {
    if (answer_.estimated.size() == columns_.size()) return;
    const CoxFit all = answer_.fit;
    CoxFit& fit = answer_.fit;
    for (auto* list : {&fit.coefficients, &fit.standard_errors, &fit.covariance, &fit.naive_covariance}) {
      list->clear();
    }
    const std::size_t p = columns_.size();
    for (std::size_t a = 0; a < p; ++a) {
      if (answer_.covariates[columns_[a]].obstacle) continue;
      fit.coefficients.push_back(all.coefficients[a]);
      fit.standard_errors.push_back(all.standard_errors[a]);
      for (std::size_t b = 0; b < p; ++b) {
        if (answer_.covariates[columns_[b]].obstacle) continue;
        fit.covariance.push_back(all.covariance[a * p + b]);
        fit.naive_covariance.push_back(all.naive_covariance[a * p + b]);
      }
    }
  }

  /// The null likelihood and the score test do not need a maximum; Wald's test does.
  void tests_of_the_whole() {
    const auto chosen = cox_evaluator(full_->sets, options_.ties);
    const auto point = std::get<CoxEvaluator>(chosen)(VectorXd::Zero(Index(full_->columns.size())));
    const auto inverse = invert_information(point->information);
    answer_.fit.log_likelihood_null = point->value;
    answer_.fit.score_chi_square = inverse ? point->gradient.dot(*inverse * point->gradient) : kNan;
    answer_.fit.wald_chi_square = kNan;
    answer_.fit.robust_score_chi_square = kNan;
  }

  /// The whole model with every other covariate that goes to infinity already there; absent if one of them
  /// only does so together with this one.
  [[nodiscard]] std::optional<Model> others_in_the_limit(std::size_t covariate) const {
    Model model = *full_;
    for (const Path& path : paths_) {
      if (path.covariate == covariate) continue;
      std::vector<double> own;
      VectorXd scaled(static_cast<Index>(model.columns.size()));
      for (const std::size_t column : model.columns) {
        const std::size_t at = own.size();
        own.push_back(path.of_data[column]);
        scaled[Index(at)] = own[at] * model.sets.scale[at];
      }
      const CoxShortfall along = shortfall_along(model.sets, scaled, options_.ties);
      if (!(along.width > 0) || along.shortfall > kFurthest * along.width) return {};
      model.sets = limit_along(model.sets, own, options_.ties);
      const auto at = std::ranges::find(model.columns, path.covariate) - model.columns.begin();
      model.sets = without(model.sets, static_cast<std::size_t>(at));
      model.columns.erase(model.columns.begin() + at);
    }
    return model;
  }

  /// The finite end of the profile interval, and the likelihood ratio test against 0.
  void add_one_sided(std::size_t covariate, double chi_square) {
    CoxCovariate& own = answer_.covariates[covariate];
    if (own.obstacle != CoxObstacle::kMonotoneLikelihood) return;
    const auto model = others_in_the_limit(covariate);
    if (!model) return;
    const auto chosen = cox_evaluator(model->sets, options_.ties);
    const auto& evaluate = std::get<CoxEvaluator>(chosen);
    const auto at = std::ranges::find(model->columns, covariate) - model->columns.begin();
    const double best = answer_.fit.log_likelihood;
    VectorXd inside = VectorXd::Zero(static_cast<Index>(model->columns.size()));
    auto held = climb(evaluate, inside, at);
    if (!held) return;
    own.lr_chi_square = std::max(0.0, 2 * (best - held->point.value));
    double step = 1;
    for (int doubling = 0; 2 * (best - held->point.value) >= chi_square; ++doubling) {
      if (doubling == 30) return;
      inside = held->gamma;
      inside[at] = own.direction * step;
      step *= 2;
      held = climb(evaluate, inside, at);
      if (!held) return;
    }
    own.profile_limit = cox_limit(evaluate, held->gamma, at, -own.direction, step / 2, best, chi_square,
                                  CoxStatistic::kLikelihoodRatio) /
                        model->sets.scale[std::size_t(at)];
  }

  const CoxData& data_;
  const CoxOptions& options_;
  CoxRiskSets sets_;
  std::vector<std::size_t> columns_;  // of the data, that the sets still have
  std::optional<Model> full_;         // before anything went to infinity
  std::vector<Path> paths_;
  double limit_null_ =
      kNan;  // at coefficients of 0, over the sets as they were when a column was last dropped
  CoxAnswer answer_;
};

Result<CoxLimits> limits(const CoxData& data, const CoxOptions& options, double chi_square,
                         CoxStatistic statistic) {
  const CoxFit fit = TRY(fit_cox(data, options));
  const auto made = make_risk_sets(data);
  const CoxRiskSets& sets = std::get<CoxRiskSets>(made);
  const auto chosen = cox_evaluator(sets, options.ties);
  const auto& evaluate = std::get<CoxEvaluator>(chosen);
  VectorXd gamma(static_cast<Index>(sets.covariates));
  for (std::size_t j = 0; j < sets.covariates; ++j) gamma[Index(j)] = fit.coefficients[j] * sets.scale[j];
  CoxLimits out;
  for (std::size_t j = 0; j < sets.covariates; ++j) {
    const double error = std::sqrt(fit.naive_covariance[j * sets.covariates + j]) * sets.scale[j];
    const auto limit = [&](int direction) {
      return cox_limit(evaluate, gamma, Index(j), direction, std::sqrt(chi_square) * error,
                       fit.log_likelihood, chi_square, statistic) /
             sets.scale[j];
    };
    out.lower.push_back(limit(-1));
    out.upper.push_back(limit(+1));
  }
  return out;
}

}  // namespace

Result<CoxAnswer> answer_whole_cox(const CoxData& data, const CoxOptions& options, double chi_square) {
  auto made = make_risk_sets(data);
  if (const auto* refusal = std::get_if<CoxRefusal>(&made)) {
    if (refusal->obstacle != CoxObstacle::kNoEvents) return error_of(*refusal);
    CoxAnswer answer;
    answer.status = CoxObstacle::kNoEvents;
    answer.covariates.resize(CoxColumns(data).size());
    for (CoxCovariate& covariate : answer.covariates) covariate.obstacle = CoxObstacle::kNoEvents;
    answer.fit.rows_of_weight_zero =
        static_cast<std::size_t>(std::ranges::count_if(data.weight, [](double w) { return w == 0; }));
    answer.fit.rows = data.stop.size() - answer.fit.rows_of_weight_zero;
    return answer;
  }
  return Attempts(data, options, std::move(std::get<CoxRiskSets>(made))).run(chi_square);
}

Result<CoxLimits> cox_profile_limits(const CoxData& data, const CoxOptions& options, double chi_square) {
  return limits(data, options, chi_square, CoxStatistic::kLikelihoodRatio);
}

Result<CoxLimits> cox_score_limits(const CoxData& data, const CoxOptions& options, double chi_square) {
  return limits(data, options, chi_square, CoxStatistic::kScore);
}

}  // namespace mimamori
