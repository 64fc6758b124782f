#include "analyze/contingency.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <vector>

#include "analyze/conditional_odds.h"
#include "analyze/distributions.h"

namespace mimamori {
namespace {

/// A table of counts, row-major, without empty rows and columns.
struct Counts {
  std::vector<double> cells;
  std::vector<double> row_sums;
  std::vector<double> column_sums;
  double n = 0;
};

std::vector<std::int64_t> sums(std::span<const std::int64_t> counts, std::size_t lines, std::size_t length,
                               std::size_t line_step, std::size_t step) {
  std::vector<std::int64_t> out(lines);
  for (std::size_t i = 0; i < lines; ++i) {
    for (std::size_t j = 0; j < length; ++j) out[i] += counts[i * line_step + j * step];
  }
  return out;
}

Counts without_empty(std::span<const std::int64_t> counts, std::size_t rows, std::size_t columns) {
  const auto row_sums = sums(counts, rows, columns, columns, 1);
  const auto column_sums = sums(counts, columns, rows, 1, columns);
  Counts out;
  for (const std::int64_t sum : row_sums) {
    if (sum > 0) out.row_sums.push_back(static_cast<double>(sum));
    out.n += static_cast<double>(sum);
  }
  for (const std::int64_t sum : column_sums) {
    if (sum > 0) out.column_sums.push_back(static_cast<double>(sum));
  }
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      if (row_sums[i] > 0 && column_sums[j] > 0)
        out.cells.push_back(static_cast<double>(counts[i * columns + j]));
    }
  }
  return out;
}

constexpr double kMostSteps = 3e6;
constexpr double kMostPersons = 1e6;

/// Fisher's test by the network of Mehta CR, Patel NR (1983) J Am Stat Assoc 78:427-434: columns are filled
/// one after the other; a node is what is left of the rows, in ascending order. The probability of a table is
/// the product of 1 / cell! times a constant, so a path's weight is a sum of -log(cell!).
class FisherNetwork {
 public:
  FisherNetwork(const Counts& table, bool turned)
      : rows_(turned ? table.column_sums : table.row_sums),
        columns_(turned ? table.row_sums : table.column_sums) {
    std::ranges::sort(rows_);
    std::ranges::sort(columns_, std::greater<>());
    if (table.n > kMostPersons) return;
    for (const double cell : table.cells) observed_ -= std::lgamma(cell + 1);
    log_factorials_.resize(static_cast<std::size_t>(table.n) + 1);
    for (std::size_t k = 1; k < log_factorials_.size(); ++k) {
      log_factorials_[k] = std::lgamma(static_cast<double>(k) + 1);
    }
  }

  /// Absent when the work passes a bound.
  std::optional<double> p() {
    if (log_factorials_.empty()) return {};
    const double bound = observed_ + 1e-7;
    const double all = log_total(rows_, 0);
    std::map<Node, Pasts> stage;
    stage[rows_][0] = {.log_weight = 0, .paths = 1};
    double p = 0;
    for (std::size_t at = 0; at < columns_.size() && !stage.empty(); ++at) {
      std::map<Node, Pasts> next;
      for (const auto& [node, pasts] : stage) {
        const Bounds& ahead = bounds(node, at);
        if (too_much()) return {};
        Pasts open;
        for (const auto& [key, past] : pasts) {
          if (past.log_weight + ahead.longest <= bound) {
            p += past.paths * std::exp(past.log_weight + log_total(node, at) - all);
          } else if (past.log_weight + ahead.shortest <= bound) {
            open.emplace(key, past);
          }
        }
        if (!open.empty()) pass_on(node, at, open, next);
        if (too_much()) return {};
      }
      stage = std::move(next);
    }
    return std::min(p, 1.0);
  }

 private:
  using Node = std::vector<double>;
  struct Past {
    double log_weight = 0;
    double paths = 0;
  };
  using Pasts = std::map<std::int64_t, Past>;  // by log weight in units of 1e-11: equal up to rounding
  struct Bounds {
    double longest = 0;   // largest and
    double shortest = 0;  // smallest log weight of the columns from here on
  };

  [[nodiscard]] bool too_much() const { return steps_ > kMostSteps; }
  [[nodiscard]] double log_factorial(double k) const { return log_factorials_[static_cast<std::size_t>(k)]; }

  /// The log of the summed weights of all ways to fill the columns from a node on.
  [[nodiscard]] double log_total(const Node& node, std::size_t at) const {
    double out = log_factorial(std::accumulate(node.begin(), node.end(), 0.0));
    for (const double left : node) out -= log_factorial(left);
    for (std::size_t k = at; k < columns_.size(); ++k) out -= log_factorial(columns_[k]);
    return out;
  }

  /// Calls visit(child, log weight) for every way to fill one column from a node.
  template <typename Visit>
  void for_each_filling(Node& node, std::size_t row, double left, double log_weight, const Visit& visit) {
    if (too_much()) return;
    ++steps_;
    if (row + 1 == node.size()) {
      if (left > node[row]) return;
      node[row] -= left;
      Node child = node;
      std::ranges::sort(child);
      visit(child, log_weight - log_factorial(left));
      node[row] += left;
      return;
    }
    const double most = std::min(left, node[row]);
    const double rest = std::accumulate(node.begin() + static_cast<std::ptrdiff_t>(row) + 1, node.end(), 0.0);
    for (double cell = std::max(0.0, left - rest); cell <= most; ++cell) {
      node[row] -= cell;
      for_each_filling(node, row + 1, left - cell, log_weight - log_factorial(cell), visit);
      node[row] += cell;
    }
  }

  const Bounds& bounds(const Node& node, std::size_t at) {
    const auto key = std::make_pair(at, node);
    const auto found = bounds_.find(key);
    if (found != bounds_.end()) return found->second;
    Bounds out;
    if (at < columns_.size()) {
      out = {.longest = -std::numeric_limits<double>::infinity(),
             .shortest = std::numeric_limits<double>::infinity()};
      Node work = node;
      for_each_filling(work, 0, columns_[at], 0, [&](const Node& child, double log_weight) {
        const Bounds& ahead = bounds(child, at + 1);
        out.longest = std::max(out.longest, log_weight + ahead.longest);
        out.shortest = std::min(out.shortest, log_weight + ahead.shortest);
      });
    }
    return bounds_.emplace(key, out).first->second;
  }

  void pass_on(const Node& node, std::size_t at, const Pasts& open, std::map<Node, Pasts>& next) {
    Node work = node;
    for_each_filling(work, 0, columns_[at], 0, [&](const Node& child, double log_weight) {
      Pasts& pasts = next[child];
      for (const auto& [key, past] : open) {
        ++steps_;
        const double sum = past.log_weight + log_weight;
        Past& there = pasts[std::llround(sum * 1e11)];
        there.log_weight = sum;
        there.paths += past.paths;
      }
    });
  }

  Node rows_;
  std::vector<double> columns_;
  double observed_ = 0;
  std::vector<double> log_factorials_;
  std::map<std::pair<std::size_t, Node>, Bounds> bounds_;
  double steps_ = 0;
};

std::optional<double> fisher_2x2(const Counts& table) {
  const auto cell = [&](std::size_t at) { return static_cast<std::int64_t>(table.cells[at]); };
  const Counts2x2 counts{.a = cell(0), .b = cell(1), .c = cell(2), .d = cell(3)};
  const auto odds = ConditionalOdds::of(std::span(&counts, 1));
  if (!odds) return {};
  return odds->minimum_likelihood();
}

}  // namespace

Result<ContingencyTests> contingency_tests(std::span<const std::int64_t> counts, std::size_t rows,
                                           std::size_t columns) {
  if (counts.size() != rows * columns || std::ranges::any_of(counts, [](auto count) { return count < 0; })) {
    return Error{ErrorCode::kInvalidInput, "table of counts: expected rows x columns counts of at least 0"};
  }
  const Counts table = without_empty(counts, rows, columns);
  const std::size_t r = table.row_sums.size();
  const std::size_t c = table.column_sums.size();
  if (r < 2 || c < 2) {
    return Error{ErrorCode::kNotEstimable, "table of counts: fewer than two rows or columns with anybody"};
  }
  ContingencyTests out;
  const bool is_2x2 = r == 2 && c == 2;
  out.min_expected = table.n;
  double yates = 0;
  for (std::size_t i = 0; i < r; ++i) {
    for (std::size_t j = 0; j < c; ++j) {
      const double observed = table.cells[i * c + j];
      const double expected = table.row_sums[i] * table.column_sums[j] / table.n;
      const double away = std::abs(observed - expected);
      const double less = away - std::min(0.5, away);
      out.min_expected = std::min(out.min_expected, expected);
      out.pearson += away * away / expected;
      yates += less * less / expected;
      if (observed > 0) out.likelihood_ratio += 2 * observed * std::log(observed / expected);
    }
  }
  out.degrees = static_cast<double>((r - 1) * (c - 1));
  out.pearson_p = chi_square_upper(out.pearson, out.degrees);
  out.likelihood_ratio = std::max(0.0, out.likelihood_ratio);
  out.likelihood_ratio_p = chi_square_upper(out.likelihood_ratio, out.degrees);
  if (is_2x2) {
    out.yates = yates;
    out.yates_p = chi_square_upper(yates, 1);
  }
  out.cramers_v = std::sqrt(out.pearson / (table.n * static_cast<double>(std::min(r, c) - 1)));
  out.fisher_p = is_2x2 ? fisher_2x2(table) : FisherNetwork(table, r > c).p();
  return out;
}

}  // namespace mimamori
