#include "analyze/site_sums.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "analyze/glm_problem.h"
#include "analyze/glm_sets.h"

namespace mimamori {
namespace {

constexpr int kOwnConstantSteps = 200;

Error beyond() { return {ErrorCode::kNotEstimable, "site sums: a sum is beyond the range of numbers"}; }

/// Correct rounding to so many significant decimal digits; 0: as it is.
double rounded(double value, int digits) {
  if (digits <= 0) return value;
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*e", digits - 1, value);
  return std::strtod(text.data(), nullptr);
}

Result<SiteSums> packed(const GlmPoint& point, const SumDetail& detail, std::size_t rows, double events) {
  SiteSums out{.log_likelihood = {}, .gradient = {}, .information = {}, .rows = rows, .events = events};
  const auto value = FixedPoint::of(rounded(point.value, detail.log_likelihood_digits));
  if (!value) return beyond();
  out.log_likelihood = *value;
  for (Eigen::Index a = 0; a < point.gradient.size(); ++a) {
    const auto score = FixedPoint::of(point.gradient[a]);
    if (!score) return beyond();
    out.gradient.push_back(*score);
    for (Eigen::Index b = a; b < point.gradient.size(); ++b) {
      const auto entry = FixedPoint::of(rounded(point.information(a, b), detail.information_digits));
      if (!entry) return beyond();
      out.information.push_back(*entry);
    }
  }
  return out;
}

GlmPoint zeros(std::size_t p) {
  const auto size = Eigen::Index(p);
  return {
      .value = 0, .gradient = Eigen::VectorXd::Zero(size), .information = Eigen::MatrixXd::Zero(size, size)};
}

Result<Eigen::VectorXd> parameters(std::span<const double> beta, std::size_t expected) {
  const bool finite = std::ranges::all_of(beta, [](double b) { return std::isfinite(b); });
  if (beta.size() != expected || !finite) {
    return Error{ErrorCode::kInvalidInput, "beta: expected " + std::to_string(expected) + " finite numbers"};
  }
  return Eigen::VectorXd(Eigen::Map<const Eigen::VectorXd>(beta.data(), Eigen::Index(beta.size())));
}

/// The columns as they are: their coding was agreed before.
GlmProblem as_coded(GlmProblem problem) {
  problem.design.z = problem.design.z * problem.design.scale.asDiagonal();
  problem.design.z.rowwise() += problem.design.center.transpose();
  problem.design.scale.setOnes();
  problem.design.center.setZero();
  return problem;
}

/// The constant at which the site's fitted events equal its events, given the other parameters; gamma[0] is
/// filled in. Absent: no finite one (no event, or a logistic site of nothing but events).
bool find_constant(const GlmProblem& problem, const RowLikelihood& rows, Eigen::VectorXd& gamma) {
  const double events = problem.weight.dot(problem.y);
  if (events == 0) return false;
  if (problem.family == GlmFamily::kLogistic && events == problem.weight.sum()) return false;
  gamma[0] = 0;
  const Eigen::VectorXd eta = problem.design.z * gamma + problem.offset;
  const double largest = eta.maxCoeff();
  if (problem.family == GlmFamily::kPoisson) {
    gamma[0] = std::log(events / problem.weight.dot((eta.array() - largest).exp().matrix())) - largest;
    return std::isfinite(gamma[0]);
  }
  // Newton, kept within a bracket of the root: the score falls as the constant rises.
  double low = -largest - 800;
  double high = -eta.minCoeff() + 800;
  gamma[0] = -problem.weight.dot(eta) / problem.weight.sum();
  for (int step = 0; step < kOwnConstantSteps; ++step) {
    const auto point = rows.evaluate(gamma);
    if (!point) return false;
    const double score = point->gradient[0];
    (score > 0 ? low : high) = gamma[0];
    double next = gamma[0] + score / point->information(0, 0);
    if (!(next > low && next < high)) next = (low + high) / 2;
    const double move = std::abs(next - gamma[0]);
    gamma[0] = next;
    if (move <= 4e-16 * (1 + std::abs(next))) break;
  }
  return true;
}

Result<SiteSums> row_sums(GlmFamily family, const GlmData& data, SiteConstant constant,
                          std::span<const double> beta, const SumDetail& detail) {
  GlmProblem made = TRY(make_problem(family, data, true));
  const GlmProblem problem = as_coded(std::move(made));
  const double events = problem.weight.dot(problem.y);
  const std::size_t p = data.columns.size();
  const RowLikelihood rows(family, problem.design.z, problem.y, problem.weight, problem.offset);
  if (constant == SiteConstant::kCommon) {
    const Eigen::VectorXd gamma = TRY(parameters(beta, p + 1));
    const auto point = rows.evaluate(gamma);
    if (!point) return beyond();
    return packed(*point, detail, problem.rows, events);
  }
  Eigen::VectorXd gamma = Eigen::VectorXd::Zero(Eigen::Index(p + 1));
  const Eigen::VectorXd given = TRY(parameters(beta, p));
  gamma.tail(Eigen::Index(p)) = given;
  if (!find_constant(problem, rows, gamma)) return packed(zeros(p), detail, problem.rows, events);
  const auto point = rows.evaluate(gamma);
  if (!point) return beyond();
  const auto size = Eigen::Index(p);
  const Eigen::VectorXd cross = point->information.col(0).tail(size);
  GlmPoint own{.value = point->value,
               .gradient = point->gradient.tail(size),
               .information = point->information.bottomRightCorner(size, size)};
  // What is left of the constant's score is taken out, as the profile's derivative has it.
  own.gradient -= cross * (point->gradient[0] / point->information(0, 0));
  own.information -= cross * cross.transpose() / point->information(0, 0);
  return packed(own, detail, problem.rows, events);
}

}  // namespace

std::optional<FixedPoint> FixedPoint::of(double value) {
  if (!std::isfinite(value) || std::abs(value) >= 0x1p60) return {};
  FixedPoint out;
  out.units_ = static_cast<Integer>(std::nearbyint(std::ldexp(value, 60)));
  return out;
}

double FixedPoint::value() const { return std::ldexp(static_cast<double>(units_), -60); }

std::optional<FixedPoint> FixedPoint::plus(FixedPoint other) const {
  FixedPoint out;
  if (__builtin_add_overflow(units_, other.units_, &out.units_)) return {};
  return out;
}

Result<SiteSums> cox_site_sums(const CoxData& data, Ties ties, std::span<const double> beta,
                               const SumDetail& detail) {
  const auto events = static_cast<double>(std::ranges::count(data.event, std::uint8_t{1}));
  if (events == 0) return packed(zeros(beta.size()), detail, data.stop.size(), 0);
  const CoxObjective at = TRY(cox_objective(data, beta, ties));
  const auto p = Eigen::Index(beta.size());
  const GlmPoint point{.value = at.value,
                       .gradient = Eigen::Map<const Eigen::VectorXd>(at.gradient.data(), p),
                       .information = Eigen::Map<const RowMatrix>(at.information.data(), p, p)};
  return packed(point, detail, data.stop.size(), events);
}

Result<SiteSums> logistic_site_sums(const GlmData& data, SiteConstant constant, std::span<const double> beta,
                                    const SumDetail& detail) {
  return row_sums(GlmFamily::kLogistic, data, constant, beta, detail).at("logistic site sums");
}

Result<SiteSums> poisson_site_sums(const GlmData& data, SiteConstant constant, std::span<const double> beta,
                                   const SumDetail& detail) {
  return row_sums(GlmFamily::kPoisson, data, constant, beta, detail).at("poisson site sums");
}

Result<SiteSums> conditional_poisson_site_sums(const GlmData& data, std::span<const std::int32_t> set,
                                               std::span<const double> beta, const SumDetail& detail) {
  if (!data.weight.empty()) {
    return Error{ErrorCode::kUnsupported, "conditional poisson site sums: weights are not offered"};
  }
  if (set.size() != data.outcome.size()) {
    return Error{ErrorCode::kInvalidInput, "conditional poisson site sums: expected one set per row"};
  }
  GlmProblem made = TRY(make_problem(GlmFamily::kPoisson, data, false).at("conditional poisson site sums"));
  const GlmProblem problem = as_coded(std::move(made));
  const Eigen::VectorXd gamma =
      TRY(parameters(beta, data.columns.size()).at("conditional poisson site sums"));
  const SetLikelihood sets(SetKind::kMultinomial, problem.design.z, problem.y, problem.offset, set);
  const auto point = sets.evaluate(gamma);
  if (!point) return beyond();
  return packed(*point, detail, problem.rows, problem.y.sum());
}

Result<SiteSums> add_sums(std::span<const SiteSums> sites) {
  if (sites.empty()) return Error{ErrorCode::kInvalidInput, "site sums: expected at least one site"};
  SiteSums total = sites.front();
  bool in_range = true;
  const auto add = [&](FixedPoint& to, FixedPoint from) {
    const auto sum = to.plus(from);
    in_range = in_range && sum.has_value();
    if (sum) to = *sum;
  };
  for (const SiteSums& site : sites.subspan(1)) {
    if (site.gradient.size() != total.gradient.size() ||
        site.information.size() != total.information.size()) {
      return Error{ErrorCode::kInvalidInput, "site sums: expected as many sums from every site"};
    }
    add(total.log_likelihood, site.log_likelihood);
    for (std::size_t a = 0; a < site.gradient.size(); ++a) add(total.gradient[a], site.gradient[a]);
    for (std::size_t a = 0; a < site.information.size(); ++a) add(total.information[a], site.information[a]);
    total.rows += site.rows;
    total.events += site.events;
  }
  if (!in_range) return beyond();
  return total;
}

}  // namespace mimamori
