#include "analyze/cox_risk_sets.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>
#include <string>

namespace mimamori {
namespace {

// Times closer than this are one time (relative to the event time).
constexpr double kTieTolerance = 1e-9;

CoxRefusal invalid(std::string sentence, std::optional<std::size_t> covariate = {}) {
  return CoxRefusal{.obstacle = CoxObstacle::kInvalidInput,
                    .covariate = covariate,
                    .direction = 0,
                    .sentence = "cox: " + std::move(sentence)};
}

std::optional<CoxRefusal> check_times(const CoxData& data) {
  for (std::size_t i = 0; i < data.stop.size(); ++i) {
    const std::string row = "row " + std::to_string(i + 1);
    if (!std::isfinite(data.stop[i])) return invalid(row + ": stop must be a finite number");
    if (data.event[i] > 1) return invalid(row + ": event must be 0 or 1");
    if (data.start.empty()) continue;
    if (!std::isfinite(data.start[i])) return invalid(row + ": start must be a finite number");
    if (data.stop[i] <= data.start[i]) return invalid(row + ": stop must be after start");
  }
  return {};
}

std::optional<CoxRefusal> check(const CoxData& data) {
  const std::size_t rows = data.stop.size();
  if (rows == 0) return invalid("there are no rows");
  if (rows > std::numeric_limits<std::uint32_t>::max() / 4) return invalid("more rows than can be counted");
  if (data.event.size() != rows) return invalid("event and stop must have one entry per row");
  if (!data.start.empty() && data.start.size() != rows) return invalid("start must have one entry per row");
  if (!data.stratum.empty() && data.stratum.size() != rows) {
    return invalid("stratum must have one entry per row");
  }
  if (data.x.empty() || data.x.size() % rows != 0) {
    return invalid("x must hold the same number of covariates, at least one, for each row");
  }
  const std::size_t covariates = data.x.size() / rows;
  for (std::size_t i = 0; i < data.x.size(); ++i) {
    if (!std::isfinite(data.x[i])) {
      return invalid("row " + std::to_string(i / covariates + 1) + ": covariate " +
                         std::to_string(i % covariates) + " must be a finite number",
                     i % covariates);
    }
  }
  return check_times(data);
}

/// Dense stratum numbers in the order of the labels.
std::vector<std::uint32_t> dense_strata(const CoxData& data, std::size_t& strata) {
  std::vector<std::uint32_t> dense(data.stop.size(), 0);
  strata = 1;
  if (data.stratum.empty()) return dense;
  std::vector<std::int32_t> labels(data.stratum.begin(), data.stratum.end());
  std::ranges::sort(labels);
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  strata = labels.size();
  for (std::size_t i = 0; i < dense.size(); ++i) {
    dense[i] = static_cast<std::uint32_t>(std::ranges::lower_bound(labels, data.stratum[i]) - labels.begin());
  }
  return dense;
}

/// The distinct event times of each stratum, rising; times within the tie tolerance are one.
std::vector<std::vector<double>> event_times(const CoxData& data, const std::vector<std::uint32_t>& stratum,
                                             std::size_t strata) {
  std::vector<std::vector<double>> times(strata);
  for (std::size_t i = 0; i < data.stop.size(); ++i) {
    if (data.event[i] != 0) times[stratum[i]].push_back(data.stop[i]);
  }
  for (std::vector<double>& own : times) {
    std::ranges::sort(own);
    const auto ties = [](double a, double b) { return b - a <= kTieTolerance * std::abs(b); };
    own.erase(std::unique(own.begin(), own.end(), ties), own.end());
  }
  return times;
}

/// How many event times are at or before a time.
std::uint32_t count_until(const std::vector<double>& times, double time) {
  const auto after = [](double t, double event_time) {
    return t < event_time - kTieTolerance * std::abs(event_time);
  };
  return static_cast<std::uint32_t>(std::upper_bound(times.begin(), times.end(), time, after) -
                                    times.begin());
}

/// Center and scale of each column over the rows at risk, then the columns themselves.
void standardize(CoxRiskSets& sets, const CoxData& data, const std::vector<std::uint32_t>& kept) {
  const std::size_t p = sets.covariates;
  sets.center.assign(p, 0);
  sets.scale.assign(p, 1);
  sets.z.resize(kept.size() * p);
  for (std::size_t j = 0; j < p; ++j) {
    const double first = data.x[kept.front() * p + j];
    double mean = 0;  // of the distance from the first value, so that a constant has exactly none
    for (const std::uint32_t row : kept) mean += (data.x[row * p + j] - first) / double(kept.size());
    double square = 0;
    for (const std::uint32_t row : kept) {
      const double distance = data.x[row * p + j] - first - mean;
      square += distance * distance / double(kept.size());
    }
    sets.center[j] = first + mean;
    if (square > 0 && std::isfinite(square)) sets.scale[j] = std::sqrt(square);
  }
  for (std::size_t i = 0; i < kept.size(); ++i) {
    for (std::size_t j = 0; j < p; ++j) {
      sets.z[i * p + j] = (data.x[kept[i] * p + j] - sets.center[j]) / sets.scale[j];
    }
  }
}

}  // namespace

std::variant<CoxRiskSets, CoxRefusal> make_risk_sets(const CoxData& data) {
  if (auto refusal = check(data)) return *refusal;
  CoxRiskSets sets;
  sets.rows_given = data.stop.size();
  sets.covariates = data.x.size() / sets.rows_given;

  std::size_t strata = 0;
  const std::vector<std::uint32_t> stratum = dense_strata(data, strata);
  const std::vector<std::vector<double>> times = event_times(data, stratum, strata);
  for (const std::vector<double>& own : times) {
    sets.slot_begin.push_back(static_cast<std::uint32_t>(sets.slots));
    sets.slots += own.size() + 1;
  }
  sets.deaths.assign(sets.slots, 0);

  std::vector<std::uint32_t> kept;
  for (std::size_t i = 0; i < sets.rows_given; ++i) {
    const std::vector<double>& own = times[stratum[i]];
    const std::uint32_t begin = sets.slot_begin[stratum[i]];
    const std::uint32_t last = begin + count_until(own, data.stop[i]);
    const std::uint32_t first = data.start.empty() ? begin : begin + count_until(own, data.start[i]);
    if (first == last) continue;
    kept.push_back(static_cast<std::uint32_t>(i));
    sets.first.push_back(first);
    sets.last.push_back(last);
    sets.event.push_back(data.event[i]);
    sets.stratum.push_back(stratum[i]);
    if (data.event[i] == 0) continue;
    ++sets.deaths[last - 1];
    ++sets.events;
  }
  sets.rows = kept.size();
  if (sets.events == 0) {
    return CoxRefusal{.obstacle = CoxObstacle::kNoEvents,
                      .covariate = {},
                      .direction = 0,
                      .sentence = "cox: no row has an event, so no coefficient can be estimated"};
  }
  standardize(sets, data, kept);
  return sets;
}

CoxShortfall shortfall_along(const CoxRiskSets& sets, const Eigen::VectorXd& direction) {
  const std::size_t p = sets.covariates;
  std::vector<double> value(sets.rows, 0);
  std::vector<std::vector<std::uint32_t>> leaving(sets.slots);  // rows whose last slot this is
  for (std::size_t i = 0; i < sets.rows; ++i) {
    for (std::size_t j = 0; j < p; ++j) value[i] += sets.z[i * p + j] * direction[Eigen::Index(j)];
    leaving[sets.last[i] - 1].push_back(static_cast<std::uint32_t>(i));
  }
  // From the last event time backwards: rows join at their last slot and lapse before their first one.
  using Entry = std::pair<double, std::uint32_t>;
  std::priority_queue<Entry> largest;
  std::priority_queue<Entry> largest_negative;
  const auto top = [&](std::priority_queue<Entry>& queue, std::size_t slot) {
    while (sets.first[queue.top().second] > slot) queue.pop();
    return queue.top().first;
  };
  CoxShortfall sum;
  for (std::size_t slot = sets.slots; slot-- > 0;) {
    if (sets.deaths[slot] == 0) {  // an end mark: the stratum before it begins
      largest = {};
      largest_negative = {};
      continue;
    }
    for (const std::uint32_t row : leaving[slot]) {
      largest.emplace(value[row], row);
      largest_negative.emplace(-value[row], row);
    }
    const double high = top(largest, slot);
    const double low = -top(largest_negative, slot);
    for (const std::uint32_t row : leaving[slot]) {
      if (sets.event[row] == 0) continue;
      sum.shortfall += high - value[row];
      sum.width += high - low;
    }
  }
  return sum;
}

}  // namespace mimamori
