#include "analyze/glm_sets.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mimamori {
namespace {

// A scaled row lies apart along a direction (largest entry 1) by at least this much.
constexpr double kSeparated = 1e-7;

/// One set: its rows of z against their mean, their linear predictors, their outcomes.
struct SetRows {
  Eigen::MatrixXd z;  // rows x p
  Eigen::VectorXd eta, y;
};

/// sum of y * eta - M log(sum of exp(eta)): shares of a total.
GlmPoint multinomial(const SetRows& set) {
  const double largest = set.eta.maxCoeff();
  const Eigen::VectorXd risk = (set.eta.array() - largest).exp();
  const double sum = risk.sum();
  const double total = set.y.sum();
  const Eigen::VectorXd share = risk / sum;
  const Eigen::VectorXd mean = set.z.transpose() * share;
  const Eigen::MatrixXd centered = set.z.rowwise() - mean.transpose();
  double value = 0;
  for (Eigen::Index i = 0; i < set.y.size(); ++i) {
    if (set.y[i] != 0) value += set.y[i] * (set.eta[i] - largest - std::log(sum));
  }
  return {.value = value,
          .gradient = set.z.transpose() * set.y - total * mean,
          .information = total * centered.transpose() * (share.asDiagonal() * centered)};
}

/// Efron: of m cases, case l takes the share l / m of the cases out of the sum.
GlmPoint efron(const SetRows& set) {
  const double largest = set.eta.maxCoeff();
  const Eigen::VectorXd risk = (set.eta.array() - largest).exp();
  const double m = set.y.sum();
  const Eigen::Index p = set.z.cols();
  GlmPoint out{.value = set.y.dot(set.eta) - m * largest,
               .gradient = set.z.transpose() * set.y,
               .information = Eigen::MatrixXd::Zero(p, p)};
  for (double l = 0; l < m; ++l) {
    const Eigen::VectorXd left = risk.array() * (1 - l / m * set.y.array());
    const double sum = left.sum();
    const Eigen::VectorXd mean = set.z.transpose() * left / sum;
    const Eigen::MatrixXd centered = set.z.rowwise() - mean.transpose();
    out.value -= std::log(sum);
    out.gradient -= mean;
    out.information += centered.transpose() * (left.asDiagonal() * centered) / sum;
  }
  return out;
}

/// The shift at which m rows are expected to be drawn when each is with odds exp(eta - shift).
double balancing_shift(const Eigen::VectorXd& eta, double m) {
  double low = eta.minCoeff() - 40;
  double high = eta.maxCoeff() + 40;
  for (int step = 0; step < 50; ++step) {
    const double shift = (low + high) / 2;
    const double expected = (1 / (1 + (shift - eta.array()).exp())).sum();
    (expected > m ? low : high) = shift;
  }
  return (low + high) / 2;
}

/// Moments of the sum of z over m rows, drawn independently with odds exp(eta), on the event that m are
/// drawn: probability, probability * mean, probability * second moment, by how many were drawn.
struct DrawnSums {
  std::vector<double> chance;
  std::vector<Eigen::VectorXd> first;
  std::vector<Eigen::MatrixXd> second;

  DrawnSums(std::size_t m, Eigen::Index p)
      : chance(m + 1, 0), first(m + 1, Eigen::VectorXd::Zero(p)), second(m + 1, Eigen::MatrixXd::Zero(p, p)) {
    chance[0] = 1;
  }

  void add(double q, const Eigen::VectorXd& z, std::size_t at_most, std::size_t at_least) {
    for (std::size_t k = at_most; k > at_least; --k) {
      // Second moments take the first ones, first ones the chances, of one row fewer: the largest k goes
      // first.
      second[k] *= 1 - q;
      second[k] += q * second[k - 1];
      second[k].noalias() += (q * z) * first[k - 1].transpose();
      second[k].noalias() += first[k - 1] * (q * z).transpose();
      second[k].noalias() += (q * chance[k - 1] * z) * z.transpose();
      first[k] = (1 - q) * first[k] + q * (first[k - 1] + chance[k - 1] * z);
      chance[k] = (1 - q) * chance[k] + q * chance[k - 1];
    }
    if (at_least > 0) return;
    second[0] *= 1 - q;
    first[0] *= 1 - q;
    chance[0] *= 1 - q;
  }
};

/// The exact conditional likelihood of which m rows are the cases.
GlmPoint exact(SetRows set) {
  const auto n = static_cast<std::size_t>(set.y.size());
  auto m = static_cast<std::size_t>(set.y.sum());
  if (2 * m > n) {  // which rows are the controls is the same question, with the signs turned
    set.z = -set.z;
    set.eta = -set.eta;
    set.y = 1 - set.y.array();
    m = n - m;
  }
  if (m == 1) return multinomial(set);
  const double shift = balancing_shift(set.eta, double(m));
  const Eigen::ArrayXd eta = set.eta.array() - shift;
  DrawnSums sums(m, set.z.cols());
  double log_sum = 0;
  for (std::size_t r = 0; r < n; ++r) {
    const auto row = Eigen::Index(r);
    const double odds = std::exp(-std::abs(eta[row]));
    const double q = eta[row] >= 0 ? 1 / (1 + odds) : odds / (1 + odds);
    log_sum += std::max(eta[row], 0.0) + std::log1p(odds);
    const std::size_t must = m + r + 1 > n ? m + r + 1 - n : 0;  // fewer drawn so far can no longer reach m
    sums.add(q, set.z.row(row).transpose(), std::min(r + 1, m), must > 0 ? must - 1 : 0);
  }
  const double chance = sums.chance[m];
  const Eigen::VectorXd mean = sums.first[m] / chance;
  return {.value = set.y.dot(eta.matrix()) - log_sum - std::log(chance),
          .gradient = set.z.transpose() * set.y - mean,
          .information = sums.second[m] / chance - mean * mean.transpose()};
}

/// Rows whose products are summed, many at a time.
class Products {
 public:
  explicit Products(Eigen::Index p) : rows_(kBlock, p), sum_(Eigen::MatrixXd::Zero(p, p)) {}
  template <typename Row>
  void add(const Row& row) {
    rows_.row(used_++) = row;
    if (used_ == kBlock) flush();
  }
  const Eigen::MatrixXd& sum() {
    flush();
    return sum_;
  }

 private:
  static constexpr Eigen::Index kBlock = 512;
  void flush() {
    const auto used = rows_.topRows(used_);
    sum_.noalias() += used.transpose() * used;
    used_ = 0;
  }
  RowMatrix rows_;
  Eigen::Index used_ = 0;
  Eigen::MatrixXd sum_;
};

/// multinomial() for many small sets: one matrix product for hundreds of rows.
class ManyMultinomials {
 public:
  ManyMultinomials(const RowMatrix& z, const Eigen::VectorXd& y, const Eigen::VectorXd& offset,
                   const Eigen::VectorXd& gamma)
      : z_(z), y_(y), eta_(z * gamma + offset), mean_(z.cols()), products_(z.cols()) {}

  void add(std::span<const Eigen::Index> rows, GlmPoint& sum) {
    double largest = -std::numeric_limits<double>::infinity();
    double total = 0;
    for (const Eigen::Index i : rows) {
      largest = std::max(largest, eta_[i]);
      total += y_[i];
    }
    double risks = 0;
    share_.clear();
    for (const Eigen::Index i : rows) {
      share_.push_back(std::exp(eta_[i] - largest));
      risks += share_.back();
    }
    const double log_risks = largest + std::log(risks);
    mean_.setZero();
    for (std::size_t k = 0; k < rows.size(); ++k) {
      share_[k] /= risks;
      mean_ += share_[k] * z_.row(rows[k]);
      if (y_[rows[k]] != 0) sum.value += y_[rows[k]] * (eta_[rows[k]] - log_risks);
    }
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const Eigen::Index i = rows[k];
      if (y_[i] != 0) sum.gradient += y_[i] * (z_.row(i) - mean_).transpose();
      products_.add(std::sqrt(total * share_[k]) * (z_.row(i) - mean_));
    }
  }
  const Eigen::MatrixXd& information() { return products_.sum(); }

 private:
  const RowMatrix& z_;
  const Eigen::VectorXd& y_;
  Eigen::VectorXd eta_;
  Eigen::RowVectorXd mean_;
  std::vector<double> share_;
  Products products_;
};

}  // namespace

SetLikelihood::SetLikelihood(SetKind kind, const RowMatrix& z, const Eigen::VectorXd& y,
                             const Eigen::VectorXd& offset, std::span<const std::int32_t> set)
    : kind_(kind), z_(z), y_(y), offset_(offset) {
  std::vector<Eigen::Index> order(set.size());
  std::iota(order.begin(), order.end(), 0);
  const auto label = [&](Eigen::Index i) { return set[std::size_t(i)]; };
  std::ranges::stable_sort(order, {}, label);
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last < order.size() && label(order[last]) == label(order[first])) ++last;
    add_set(std::span(order).subspan(first, last - first));
    first = last;
  }
}

void SetLikelihood::add_set(std::span<const Eigen::Index> rows) {
  double events = 0;
  for (const Eigen::Index i : rows) events += y_[i];
  const bool all = kind_ == SetKind::kExact && events == double(rows.size());
  if (rows.size() < 2 || events == 0 || all) return;
  rows_.insert(rows_.end(), rows.begin(), rows.end());
  begin_.push_back(rows_.size());
}

bool SetLikelihood::is_multinomial(std::size_t set) const {
  if (kind_ == SetKind::kMultinomial) return true;
  double events = 0;
  for (const Eigen::Index i : rows_of(set)) events += y_[i];
  return events == 1;
}

GlmPoint SetLikelihood::evaluate_set(std::size_t set, const Eigen::VectorXd& gamma) const {
  const auto rows = rows_of(set);
  const auto n = Eigen::Index(rows.size());
  SetRows here{.z = Eigen::MatrixXd(n, z_.cols()), .eta = Eigen::VectorXd(n), .y = Eigen::VectorXd(n)};
  for (Eigen::Index i = 0; i < n; ++i) {
    const Eigen::Index row = rows[std::size_t(i)];
    here.z.row(i) = z_.row(row);
    here.eta[i] = z_.row(row).dot(gamma) + offset_[row];
    here.y[i] = y_[row];
  }
  here.z.rowwise() -= Eigen::RowVectorXd(here.z.colwise().mean());
  switch (kind_) {
    case SetKind::kExact: return exact(std::move(here));
    case SetKind::kEfron: return efron(here);
    case SetKind::kMultinomial: return multinomial(here);
  }
  return {};
}

std::optional<GlmPoint> SetLikelihood::evaluate(const Eigen::VectorXd& gamma) const {
  const Eigen::Index p = z_.cols();
  GlmPoint sum{.value = 0, .gradient = Eigen::VectorXd::Zero(p), .information = Eigen::MatrixXd::Zero(p, p)};
  ManyMultinomials shares(z_, y_, offset_, gamma);
  for (std::size_t s = 0; s < sets(); ++s) {
    if (is_multinomial(s)) {
      shares.add(rows_of(s), sum);
      continue;
    }
    const GlmPoint part = evaluate_set(s, gamma);
    sum.value += part.value;
    sum.gradient += part.gradient;
    sum.information += part.information;
  }
  sum.information += shares.information();
  if (!std::isfinite(sum.value) || !sum.gradient.allFinite() || !sum.information.allFinite()) return {};
  return sum;
}

Eigen::MatrixXd SetLikelihood::spread() const {
  const Eigen::Index p = z_.cols();
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(p, p);
  for (std::size_t s = 0; s < sets(); ++s) {
    const auto rows = rows_of(s);
    Eigen::VectorXd mean = Eigen::VectorXd::Zero(p);
    for (const Eigen::Index i : rows) mean += z_.row(i).transpose() / double(rows.size());
    for (const Eigen::Index i : rows) {
      Eigen::VectorXd off = z_.row(i).transpose() - mean;
      // One value within the set is no difference: what rounding leaves of the mean is taken off.
      for (Eigen::Index j = 0; j < p; ++j) {
        if (std::abs(off[j]) < 1e-13 * (1 + std::abs(mean[j]))) off[j] = 0;
      }
      sum.selfadjointView<Eigen::Lower>().rankUpdate(off);
    }
  }
  return sum.selfadjointView<Eigen::Lower>();
}

double SetLikelihood::move(const Eigen::VectorXd& step) const {
  double largest = 0;
  for (std::size_t s = 0; s < sets(); ++s) {
    double least = std::numeric_limits<double>::infinity();
    double most = -least;
    for (const Eigen::Index i : rows_of(s)) {
      const double along = z_.row(i).dot(step);
      least = std::min(least, along);
      most = std::max(most, along);
    }
    largest = std::max(largest, most - least);
  }
  return largest;
}

RowMatrix SetLikelihood::contrasts() const {
  std::vector<std::pair<Eigen::Index, Eigen::Index>> pairs;  // the first may not fall below the second
  for (std::size_t s = 0; s < sets(); ++s) {
    const auto rows = rows_of(s);
    const Eigen::Index event = *std::ranges::find_if(rows, [&](Eigen::Index i) { return y_[i] > 0; });
    for (const Eigen::Index i : rows) {
      if (kind_ == SetKind::kExact) {  // every case against every control
        for (const Eigen::Index k : rows) {
          if (y_[i] > 0 && y_[k] == 0) pairs.emplace_back(i, k);
        }
      } else if (i != event) {  // every row with an event stays at the top of its set
        pairs.emplace_back(event, i);
        if (y_[i] > 0) pairs.emplace_back(i, event);
      }
    }
  }
  RowMatrix out(Eigen::Index(pairs.size()), z_.cols());
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    out.row(Eigen::Index(k)) = z_.row(pairs[k].first) - z_.row(pairs[k].second);
  }
  return out;
}

std::vector<Eigen::Index> SetLikelihood::rows_left(std::span<const Eigen::Index> rows,
                                                   const Eigen::VectorXd& direction) const {
  double lowest_event = std::numeric_limits<double>::infinity();
  double highest_other = -lowest_event;
  for (const Eigen::Index i : rows) {
    const double along = z_.row(i).dot(direction);
    if (y_[i] > 0)
      lowest_event = std::min(lowest_event, along);
    else
      highest_other = std::max(highest_other, along);
  }
  std::vector<Eigen::Index> left;
  for (const Eigen::Index i : rows) {
    const double size = 1 + z_.row(i).cwiseAbs().maxCoeff();
    const bool level = std::abs(z_.row(i).dot(direction) - lowest_event) <= kSeparated * size;
    if (level) left.push_back(i);
  }
  const bool all_apart = kind_ == SetKind::kExact && highest_other < lowest_event - kSeparated;
  if (all_apart) left.clear();
  return left;
}

std::unique_ptr<GlmLikelihood> SetLikelihood::limit(const Eigen::VectorXd& direction) const {
  auto out = std::make_unique<SetLikelihood>(kind_, z_, y_, offset_, std::span<const std::int32_t>());
  for (std::size_t s = 0; s < sets(); ++s) out->add_set(rows_left(rows_of(s), direction));
  return out;
}

double SetLikelihood::work() const {
  double products = 0;
  const double per_row = 1 + double(z_.cols() * z_.cols());
  for (std::size_t s = 0; s < sets(); ++s) {
    double events = 0;
    for (const Eigen::Index i : rows_of(s)) events += y_[i];
    const double n = double(rows_of(s).size());
    products +=
        n * per_row * (kind_ == SetKind::kMultinomial ? 1 : std::min(events, std::max(n - events, 1.0)));
  }
  return products;
}

}  // namespace mimamori
