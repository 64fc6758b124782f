#include "analyze/glm_rows.h"

#include <algorithm>
#include <cmath>

namespace mimamori {
namespace {

// Rows are gathered in blocks so that their products are one matrix product each.
constexpr Eigen::Index kBlock = 1024;
// A scaled row lies apart along a direction (largest entry 1) by at least this much.
constexpr double kSeparated = 1e-7;

RowTerm logistic_term(double y, double eta) {
  const double small = std::exp(-std::abs(eta));
  const double margin = y == 1 ? eta : -eta;
  const double mean = eta >= 0 ? 1 / (1 + small) : small / (1 + small);
  const double second = small / ((1 + small) * (1 + small));
  // y - mean without cancellation for y = 1
  const double first = y == 1 ? (eta >= 0 ? small / (1 + small) : 1 / (1 + small)) : y - mean;
  return {.value = std::min(margin, 0.0) - std::log1p(small), .first = first, .second = second, .mean = mean};
}

RowTerm poisson_term(double y, double eta) {
  const double mean = std::exp(eta);
  return {.value = y * eta - mean - std::lgamma(y + 1), .first = y - mean, .second = mean, .mean = mean};
}

RowTerm negative_binomial_term(double y, double eta, double theta) {
  const double mean = std::exp(eta);
  const double share = theta / (theta + mean);  // 1 - the weight of the mean
  // (y + theta) log(theta + mean) - theta log(theta) = y log(theta + mean) + theta log1p(mean / theta)
  const double value = std::lgamma(y + theta) - std::lgamma(theta) - std::lgamma(y + 1) + y * eta -
                       y * std::log(theta + mean) - theta * std::log1p(mean / theta);
  return {.value = value,
          .first = (y - mean) * share,
          .second = (y + theta) * share * (mean / (theta + mean)),
          .mean = mean};
}

}  // namespace

RowTerm row_term(GlmFamily family, double y, double eta, double theta) {
  switch (family) {
    case GlmFamily::kLogistic: return logistic_term(y, eta);
    case GlmFamily::kPoisson: return poisson_term(y, eta);
    case GlmFamily::kNegativeBinomial: return negative_binomial_term(y, eta, theta);
  }
  return {};
}

Eigen::MatrixXd GlmDesign::transform() const {
  Eigen::MatrixXd t = scale.cwiseInverse().asDiagonal();
  if (has_constant) t.row(0) -= (center.array() / scale.array()).matrix().transpose();
  return t;
}

std::optional<GlmPoint> RowLikelihood::evaluate(const Eigen::VectorXd& gamma) const {
  const Eigen::Index p = z_.cols();
  GlmPoint point{
      .value = 0, .gradient = Eigen::VectorXd::Zero(p), .information = Eigen::MatrixXd::Zero(p, p)};
  for (Eigen::Index begin = 0; begin < z_.rows(); begin += kBlock) {
    const Eigen::Index count = std::min(kBlock, z_.rows() - begin);
    const auto block = z_.middleRows(begin, count);
    Eigen::VectorXd first = block * gamma;
    Eigen::VectorXd second(count);
    double value = 0;
    for (Eigen::Index i = 0; i < count; ++i) {
      const Eigen::Index row = begin + i;
      const double weight = in_use(row) ? weight_[row] : 0;
      if (weight == 0) {
        first[i] = second[i] = 0;
        continue;
      }
      const RowTerm term = row_term(family_, y_[row], first[i] + offset_[row], theta_);
      value += weight * term.value;
      first[i] = weight * term.first;
      second[i] = weight * term.second;
    }
    point.value += value;
    point.gradient.noalias() += block.transpose() * first;
    point.information.noalias() += block.transpose() * (second.asDiagonal() * block);
  }
  const bool finite =
      std::isfinite(point.value) && point.gradient.allFinite() && point.information.allFinite();
  if (!finite) return {};
  return point;
}

Eigen::MatrixXd RowLikelihood::spread() const {
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(z_.cols(), z_.cols());
  for (Eigen::Index i = 0; i < z_.rows(); ++i) {
    if (in_use(i) && weight_[i] > 0) sum.selfadjointView<Eigen::Lower>().rankUpdate(z_.row(i).transpose());
  }
  return sum.selfadjointView<Eigen::Lower>();
}

RowMatrix RowLikelihood::contrasts() const {
  // A row with outcome 0 may sink for ever. One with outcome 1 of a logistic model may rise; a count above 0
  // must stay where it is, which two opposite contrasts say.
  const auto two = [&](Eigen::Index i) { return family_ != GlmFamily::kLogistic && y_[i] > 0; };
  Eigen::Index count = 0;
  for (Eigen::Index i = 0; i < z_.rows(); ++i) {
    if (in_use(i) && weight_[i] > 0) count += two(i) ? 2 : 1;
  }
  RowMatrix out(count, z_.cols());
  Eigen::Index at = 0;
  for (Eigen::Index i = 0; i < z_.rows(); ++i) {
    if (!in_use(i) || weight_[i] == 0) continue;
    out.row(at++) = (y_[i] > 0 ? 1 : -1) * z_.row(i);
    if (two(i)) out.row(at++) = -z_.row(i);
  }
  return out;
}

double RowLikelihood::move(const Eigen::VectorXd& step) const {
  double largest = 0;
  for (Eigen::Index i = 0; i < z_.rows(); ++i) {
    if (in_use(i) && weight_[i] > 0) largest = std::max(largest, std::abs(z_.row(i).dot(step)));
  }
  return largest;
}

std::unique_ptr<GlmLikelihood> RowLikelihood::limit(const Eigen::VectorXd& direction) const {
  auto out = std::make_unique<RowLikelihood>(*this);
  out->out_.resize(std::size_t(y_.size()), false);
  out->left_out_ = 0;
  for (Eigen::Index i = 0; i < z_.rows(); ++i) {
    const double size = z_.row(i).cwiseAbs().maxCoeff();
    const bool apart = std::abs(z_.row(i).dot(direction)) > kSeparated * size;
    const bool gone = !in_use(i) || weight_[i] == 0 || apart;
    out->out_[std::size_t(i)] = gone;
    if (gone) ++out->left_out_;
  }
  return out;
}

}  // namespace mimamori
