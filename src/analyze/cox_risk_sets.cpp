#include "analyze/cox_risk_sets.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>
#include <string>

#include "analyze/cox_event_times.h"
#include "analyze/cox_time_varying.h"

namespace mimamori {
namespace {

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
    if (!data.weight.empty() && !(data.weight[i] >= 0 && std::isfinite(data.weight[i]))) {
      return invalid(row + ": weight must be a finite number of at least 0");
    }
    if (!data.offset.empty() && !std::isfinite(data.offset[i])) {
      return invalid(row + ": offset must be a finite number");
    }
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
  const auto fits = [&](const auto& entries) { return entries.empty() || entries.size() == rows; };
  if (!fits(data.start)) return invalid("start must have one entry per row");
  if (!fits(data.stratum)) return invalid("stratum must have one entry per row");
  if (!fits(data.weight)) return invalid("weight must have one entry per row");
  if (!fits(data.offset)) return invalid("offset must have one entry per row");
  if (!fits(data.cluster)) return invalid("cluster must have one entry per row");
  if (data.columns.empty() && (data.x.empty() || data.x.size() % rows != 0)) {
    return invalid("x must hold the same number of covariates, at least one, for each row");
  }
  if (!data.columns.empty() && !data.x.empty()) return invalid("give x or columns, not both");
  const CoxColumns columns(data);
  if (!data.transforms.empty() && data.transforms.size() != columns.size()) {
    return invalid("transforms must have one entry per covariate");
  }
  for (std::size_t j = 0; j < columns.size(); ++j) {
    if (!data.columns.empty() && data.columns[j].size() != rows) {
      return invalid("covariate " + std::to_string(j) + " must have one entry per row", j);
    }
    for (std::size_t i = 0; i < rows; ++i) {
      if (std::isfinite(columns(i, j))) continue;
      return invalid(
          "row " + std::to_string(i + 1) + ": covariate " + std::to_string(j) + " must be a finite number",
          j);
    }
  }
  return check_times(data);
}

bool has_weight(const CoxData& data, std::size_t row) { return data.weight.empty() || data.weight[row] > 0; }

/// Center and scale of each column over the rows at risk, then the columns themselves.
void standardize(CoxRiskSets& sets, const CoxData& data, const std::vector<std::uint32_t>& kept) {
  const std::size_t p = sets.covariates;
  const CoxColumns columns(data);
  sets.center.assign(p, 0);
  sets.scale.assign(p, 1);
  sets.z.resize(kept.size() * p);
  for (std::size_t j = 0; j < p; ++j) {
    const double first = columns(kept.front(), j);
    double mean = 0;  // of the distance from the first value, so that a constant has exactly none
    for (const std::uint32_t row : kept) mean += (columns(row, j) - first) / double(kept.size());
    double square = 0;
    for (const std::uint32_t row : kept) {
      const double distance = columns(row, j) - first - mean;
      square += distance * distance / double(kept.size());
    }
    sets.center[j] = first + mean;
    if (square > 0 && std::isfinite(square)) sets.scale[j] = std::sqrt(square);
    for (std::size_t i = 0; i < kept.size(); ++i) {
      sets.z[i * p + j] = (columns(kept[i], j) - sets.center[j]) / sets.scale[j];
    }
  }
}

}  // namespace

std::variant<CoxRiskSets, CoxRefusal> make_risk_sets(const CoxData& data) {
  if (auto refusal = check(data)) return *refusal;
  CoxRiskSets sets;
  sets.rows_given = data.stop.size();
  sets.covariates = CoxColumns(data).size();

  const CoxEventTimes times(data);
  for (std::size_t k = 0; k < times.strata(); ++k) sets.slot_begin.push_back(times.slot_begin(k));
  sets.slots = times.slots();
  sets.deaths.assign(sets.slots, 0);

  sets.death_weight.assign(sets.slots, 0);
  for (std::size_t i = 0; i < sets.rows_given; ++i) {
    if (!has_weight(data, i)) {
      ++sets.rows_of_weight_zero;
      continue;
    }
    const std::size_t stratum = times.stratum_of(i);
    const std::uint32_t begin = sets.slot_begin[stratum];
    const std::uint32_t last = begin + times.count_until(stratum, data.stop[i]);
    const std::uint32_t first =
        data.start.empty() ? begin : begin + times.count_until(stratum, data.start[i]);
    if (first == last && data.event[i] != 0) {
      return invalid("row " + std::to_string(i + 1) + ": stop must be after start");
    }
    if (first == last) continue;
    sets.row.push_back(static_cast<std::uint32_t>(i));
    if (!data.weight.empty()) sets.weight.push_back(data.weight[i]);
    if (!data.offset.empty()) sets.offset.push_back(data.offset[i]);
    sets.first.push_back(first);
    sets.last.push_back(last);
    sets.event.push_back(data.event[i]);
    sets.stratum.push_back(static_cast<std::uint32_t>(stratum));
    if (data.event[i] == 0) continue;
    ++sets.deaths[last - 1];
    sets.death_weight[last - 1] += data.weight.empty() ? 1 : data.weight[i];
    ++sets.events;
    if (data.stop[i] <= 0) ++sets.events_at_zero;
  }
  for (std::size_t slot = 0; slot < sets.slots; ++slot) {
    if (sets.deaths[slot] != 0) sets.death_weight[slot] /= sets.deaths[slot];
  }
  sets.rows = sets.row.size();
  if (sets.events == 0) {
    return CoxRefusal{.obstacle = CoxObstacle::kNoEvents,
                      .covariate = {},
                      .direction = 0,
                      .sentence = "cox: no row has an event, so no coefficient can be estimated"};
  }
  standardize(sets, data, sets.row);
  if (auto refusal = set_time_factors(data, sets)) return *refusal;
  return sets;
}

CoxShortfall shortfall_along(const CoxRiskSets& sets, const Eigen::VectorXd& direction, Ties ties) {
  if (!sets.factor.empty()) return time_varying_shortfall(sets, direction);
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
  // The sum of as many largest values at risk as asked for.
  const auto top = [&](std::priority_queue<Entry>& queue, std::size_t slot, std::size_t count) {
    std::vector<Entry> taken;
    double total = 0;
    while (taken.size() < count) {
      if (sets.first[queue.top().second] <= slot) {
        taken.push_back(queue.top());
        total += queue.top().first;
      }
      queue.pop();
    }
    for (const Entry& entry : taken) queue.push(entry);
    return total;
  };
  const bool jointly = is_exact(ties);
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
    const std::size_t deaths = sets.deaths[slot];
    const std::size_t compared = jointly ? deaths : 1;
    const double repeated = jointly ? 1 : double(deaths);
    const double high = repeated * top(largest, slot, compared);
    const double low = -repeated * top(largest_negative, slot, compared);
    sum.width += high - low;
    sum.shortfall += high;
    for (const std::uint32_t row : leaving[slot]) {
      if (sets.event[row] != 0) sum.shortfall -= value[row];
    }
  }
  return sum;
}

}  // namespace mimamori
