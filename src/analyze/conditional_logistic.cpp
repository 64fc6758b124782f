#include "analyze/conditional_logistic.h"

#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "analyze/glm_fit.h"
#include "analyze/glm_sets.h"

namespace mimamori {
namespace {

constexpr double kWorkMax = 2e9;  // products per evaluation

Result<void> check(const GlmData& data, std::span<const std::int32_t> set, bool counts) {
  const std::size_t n = data.outcome.size();
  if (n == 0) return Error{ErrorCode::kInvalidInput, "expected at least one row"};
  if (!data.weight.empty()) return Error{ErrorCode::kUnsupported, "weights are not offered"};
  if (set.size() != n) return Error{ErrorCode::kInvalidInput, "set: expected one label per row"};
  TRY(check_finite("outcome", data.outcome, n));
  for (std::size_t j = 0; j < data.columns.size(); ++j) {
    TRY(check_finite("covariate " + std::to_string(j + 1), data.columns[j], n));
  }
  if (!data.offset.empty()) {
    TRY(check_finite("offset", data.offset, n));
  }
  std::vector<std::size_t> wrong;
  for (std::size_t i = 0; i < n; ++i) {
    const double y = data.outcome[i];
    if (counts ? y < 0 : y != 0 && y != 1) wrong.push_back(i + 1);
  }
  if (wrong.empty()) return {};
  return Error{ErrorCode::kInvalidInput,
               std::string(counts ? "outcome: expected at least 0 in " : "outcome: expected 0 or 1 in ") +
                   some_rows(wrong)};
}

Result<void> check_clusters(const GlmData& data, std::span<const std::int32_t> set) {
  if (data.cluster.empty()) return {};
  if (data.cluster.size() != set.size()) {
    return Error{ErrorCode::kInvalidInput, "cluster: expected one label per row"};
  }
  std::map<std::int32_t, std::int32_t> cluster_of;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const auto [at, added] = cluster_of.try_emplace(set[i], data.cluster[i]);
    if (at->second != data.cluster[i]) {
      return Error{ErrorCode::kInvalidInput, "cluster: expected every set within one cluster, row " +
                                                 std::to_string(i + 1) + " is not"};
    }
  }
  return {};
}

Eigen::MatrixXd squared_influence(const SetLikelihood& likelihood, const Eigen::VectorXd& gamma,
                                  std::span<const std::int32_t> cluster) {
  const Eigen::Index p = gamma.size();
  std::map<std::int64_t, Eigen::VectorXd> sums;
  for (std::size_t s = 0; s < likelihood.sets(); ++s) {
    const std::int64_t label = cluster.empty() ? std::int64_t(s) : cluster[std::size_t(likelihood.row_of(s))];
    auto [at, added] = sums.try_emplace(label, Eigen::VectorXd::Zero(p));
    at->second += likelihood.evaluate_set(s, gamma).gradient;
  }
  Eigen::MatrixXd inside = Eigen::MatrixXd::Zero(p, p);
  for (const auto& [label, score] : sums) inside += score * score.transpose();
  return inside;
}

/// What a set likelihood of nothing answers: no information, or no events.
ConditionalFit nothing(const GlmData& data) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  ConditionalFit out;
  const std::size_t p = data.columns.size();
  out.fit.coefficients.assign(p, {.state = CoefficientState::kUndetermined,
                                  .estimate = kNaN,
                                  .standard_error = kNaN,
                                  .standard_error_model = kNaN,
                                  .combination = {},
                                  .profile = {},
                                  .lr_p = {}});
  out.fit.covariance.assign(p * p, kNaN);
  out.fit.score_chi_square = kNaN;
  out.fit.status = GlmStatus::kNoInformation;
  return out;
}

/// Columns that no set can compare are aliased with the sets, not with columns before them.
void name_matching_factors(const Eigen::MatrixXd& spread, GlmFit& fit) {
  for (Eigen::Index j = 0; j < spread.rows(); ++j) {
    GlmCoefficient& coefficient = fit.coefficients[std::size_t(j)];
    const bool flat = spread(j, j) <= 1e-12 * spread.diagonal().maxCoeff();
    if (flat && coefficient.state == CoefficientState::kAliased) coefficient.combination.clear();
  }
}

Result<ConditionalFit> fit_sets(SetKind kind, const GlmData& data, std::span<const std::int32_t> set,
                                const SetOptions& options) {
  TRY(check(data, set, kind == SetKind::kMultinomial && options.ties == SetTies::kExact));
  TRY(check_clusters(data, set));
  const auto n = Eigen::Index(data.outcome.size());
  const Eigen::VectorXd y = Eigen::Map<const Eigen::VectorXd>(data.outcome.data(), n);
  const Eigen::VectorXd offset = data.offset.empty()
                                     ? Eigen::VectorXd(Eigen::VectorXd::Zero(n))
                                     : Eigen::Map<const Eigen::VectorXd>(data.offset.data(), n);
  const GlmDesign design = make_design(data.columns, Eigen::VectorXd::Ones(n), false, true);
  const SetLikelihood likelihood(kind, design.z, y, offset, set);
  if (kind != SetKind::kMultinomial && likelihood.work() > kWorkMax) {
    return Error{ErrorCode::kUnsupported,
                 "the sets are too large for this likelihood; choose ties breslow, or smaller sets"};
  }
  ConditionalFit out;
  if (likelihood.empty()) {
    out = nothing(data);
  } else {
    const Eigen::VectorXd start = Eigen::VectorXd::Zero(design.z.cols());
    const GlmEstimate at = estimate(likelihood, design, start, options.iterations_max);
    std::optional<Eigen::MatrixXd> inside;
    if (options.robust) {
      const auto& used = at.maximum.limit ? static_cast<const SetLikelihood&>(*at.maximum.limit) : likelihood;
      inside = squared_influence(used, at.maximum.gamma, data.cluster);
    }
    GlmOptions glm{.constant = false,
                   .profile = options.profile,
                   .level = options.level,
                   .iterations_max = options.iterations_max};
    out.fit = describe(likelihood, design, at, glm, inside);
    name_matching_factors(likelihood.spread(), out.fit);
    if (out.fit.rank == 0 && !design.constant_column.empty()) out.fit.status = GlmStatus::kNoInformation;
  }
  out.fit.rows = data.outcome.size();
  out.fit.events = y.sum();
  if (out.fit.events == 0) out.fit.status = GlmStatus::kNoEvents;
  out.sets = std::set<std::int32_t>(set.begin(), set.end()).size();
  if (kind == SetKind::kEfron || options.ties == SetTies::kBreslow) {
    // The approximations keep sets of cases alone, as R does; they are not counted as informative.
    const SetLikelihood compared(SetKind::kExact, design.z, y, offset, set);
    out.informative_sets = compared.sets();
    out.informative_rows = compared.rows();
  } else {
    out.informative_sets = likelihood.sets();
    out.informative_rows = likelihood.rows();
  }
  return out;
}

SetKind kind_of(SetTies ties) {
  switch (ties) {
    case SetTies::kExact: return SetKind::kExact;
    case SetTies::kEfron: return SetKind::kEfron;
    case SetTies::kBreslow: return SetKind::kMultinomial;
  }
  return SetKind::kExact;
}

}  // namespace

Result<ConditionalFit> fit_conditional_logistic(const GlmData& data, std::span<const std::int32_t> set,
                                                const SetOptions& options) {
  return fit_sets(kind_of(options.ties), data, set, options).at("conditional logistic");
}

Result<ConditionalFit> fit_conditional_poisson(const GlmData& data, std::span<const std::int32_t> set,
                                               const SetOptions& options) {
  SetOptions counts = options;
  counts.ties = SetTies::kExact;
  return fit_sets(SetKind::kMultinomial, data, set, counts).at("conditional poisson");
}

}  // namespace mimamori
