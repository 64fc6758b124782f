#include <algorithm>
#include <cmath>
#include <limits>

#include "analyze/cox_event_times.h"
#include "analyze/cox_packed.h"
#include "analyze/parallel.h"

namespace mimamori {
namespace {

constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();
// Below this many rows a second thread costs more than it brings.
constexpr std::size_t kRowsPerThread = 32768;

/// One covariate as it was given.
struct Given {
  const double* at = nullptr;
  std::size_t stride = 1;
  double operator[](std::size_t row) const { return at[row * stride]; }
};

std::vector<Given> covariates_of(const CoxData& data) {
  std::vector<Given> out;
  const CoxColumns columns(data);
  for (std::size_t j = 0; j < columns.size(); ++j) {
    out.push_back(data.columns.empty() ? Given{.at = &data.x[j], .stride = columns.size()}
                                       : Given{.at = data.columns[j].data(), .stride = 1});
  }
  return out;
}

/// What a look at a whole column tells.
struct Look {
  bool two_values = false;
  double common = 0, other = 0;             // two_values: the more frequent value, and the other
  double center = 0, scale = 0, reach = 0;  // scale 0: constant, or not finite
};

/// True if a column has one or two values.
bool has_two_values(const Given& x, std::size_t rows, Look& look) {
  const double one = x[0];
  std::size_t i = 0;
  while (i < rows && x[i] == one) ++i;
  if (i == rows) return true;  // constant: scale stays 0
  const double two = x[i];
  const TwoValues found = look_for_two(x.at, x.stride, rows, one, two);
  if (!found.only_two) return false;
  look.two_values = true;
  look.common = 2 * found.ones >= rows ? one : two;
  look.other = 2 * found.ones >= rows ? two : one;
  look.center = look.common;
  look.scale = std::abs(look.other - look.common);
  look.reach = 1;
  if (!std::isfinite(look.scale)) look.scale = 0;
  return true;
}

Look look_at(const Given& x, std::size_t rows) {
  Look look;
  if (has_two_values(x, rows, look)) return look;
  const ColumnSums sums = column_sums(x.at, x.stride, rows);
  const double n = static_cast<double>(rows);
  const double mean = sums.sum / n;  // of the distance from the first value
  const double variance = sums.squares / n - mean * mean;
  look.center = x[0] + mean;
  if (!std::isfinite(variance) || !std::isfinite(look.center) || !(variance > 0)) return look;
  look.scale = std::sqrt(variance);
  look.reach = std::max(sums.high - look.center, look.center - sums.low) / look.scale;
  return look;
}

/// Whether the numbers beside the covariates are as they must be; what is wrong is said elsewhere.
bool are_valid(const CoxData& data) {
  const std::size_t rows = data.stop.size();
  const auto fits = [&](std::size_t size) { return size == 0 || size == rows; };
  if (rows == 0 || rows >= kNowhere / 4 || data.event.size() != rows) return false;
  if (!fits(data.start.size()) || !fits(data.stratum.size()) || !fits(data.weight.size())) return false;
  if (!fits(data.offset.size()) || !fits(data.cluster.size())) return false;
  if (data.columns.empty() ? data.x.empty() || data.x.size() % rows != 0 : !data.x.empty()) return false;
  for (const auto& column : data.columns) {
    if (column.size() != rows) return false;
  }
  bool valid = true;
  for (const double time : data.stop) valid &= std::isfinite(time);
  for (const std::uint8_t event : data.event) valid &= event <= 1;
  for (const double weight : data.weight) valid &= weight >= 0 && std::isfinite(weight);
  for (const double offset : data.offset) valid &= std::isfinite(offset);
  for (std::size_t i = 0; i < data.start.size(); ++i) {
    valid &= std::isfinite(data.start[i]) && data.start[i] < data.stop[i];
  }
  return valid;
}

/// Where the rows go. The key of a row is twice its closing slot, plus 1 unless it died there.
struct Places {
  std::vector<std::uint32_t> to;     // rows given: place after sorting, or kNowhere
  std::vector<std::uint32_t> first;  // rows given: first slot; empty without `start`
};

/// Finds the closing slot of each row and counts; false if a death is never at risk.
bool find_slots(const CoxData& data, const CoxEventTimes& times, CoxPacked& packed, Places& places) {
  const std::size_t rows = data.stop.size();
  places.to.resize(rows);
  if (!data.start.empty()) places.first.resize(rows);
  const auto of_row = [&](std::size_t i) {
    if (!data.weight.empty() && data.weight[i] == 0) return kNowhere;
    const std::size_t stratum = times.stratum_of(i);
    const std::uint32_t begin = times.slot_begin(stratum);
    const std::uint32_t last = begin + times.count_until(stratum, data.stop[i]);
    std::uint32_t first = begin;
    if (!data.start.empty()) {
      first += times.count_until(stratum, data.start[i]);
      places.first[i] = first;
    }
    return first == last ? kNowhere : 2 * (last - 1) + (data.event[i] != 0 ? 0U : 1U);
  };
  const std::size_t parts = (rows + kRowsPerThread - 1) / kRowsPerThread;
  for_each_part(parts, packed.threads, [&](std::size_t part) {
    const std::size_t end = std::min(rows, (part + 1) * kRowsPerThread);
    for (std::size_t i = part * kRowsPerThread; i < end; ++i) places.to[i] = of_row(i);
  });
  for (std::size_t i = 0; i < rows; ++i) {
    const double weight = data.weight.empty() ? 1 : data.weight[i];
    if (weight == 0) ++packed.rows_of_weight_zero;
    if (data.event[i] == 0 || weight == 0) continue;
    if (places.to[i] == kNowhere) return false;
    const std::uint32_t slot = places.to[i] / 2;
    ++packed.deaths[slot];
    packed.death_weight[slot] += weight;
    ++packed.events;
    if (data.stop[i] <= 0) ++packed.events_at_zero;
  }
  for (std::size_t slot = 0; slot < packed.slots; ++slot) {
    if (packed.deaths[slot] != 0) packed.death_weight[slot] /= packed.deaths[slot];
  }
  return packed.events > 0;
}

/// Turns keys into places: a counting sort, rows of one key in their order.
void sort_by_key(CoxPacked& packed, Places& places) {
  std::vector<std::uint32_t> next(2 * packed.slots + 1, 0);
  for (const std::uint32_t key : places.to) {
    if (key != kNowhere) ++next[key + 1];
  }
  for (std::size_t key = 1; key < next.size(); ++key) next[key] += next[key - 1];
  packed.rows = next.back();
  packed.run_begin.resize(packed.slots + 1);
  for (std::size_t slot = 0; slot <= packed.slots; ++slot) packed.run_begin[slot] = next[2 * slot];
  for (std::uint32_t& to : places.to) {
    if (to != kNowhere) to = next[to]++;
  }
}

/// Copies one kind of entry to where its row goes.
template <class From, class To, class Make>
void scatter(const Places& places, const From& from, To& to, const Make& make) {
  for (std::size_t i = 0; i < places.to.size(); ++i) {
    if (places.to[i] != kNowhere) to[places.to[i]] = make(from[i]);
  }
}

void scatter_columns(const CoxData& data, const std::vector<Given>& given, const std::vector<Look>& looks,
                     const Places& places, CoxPacked& packed) {
  packed.bits.assign(packed.rows, 0);
  for (std::size_t j = 0; j < packed.dense_columns.size(); ++j) {
    packed.dense.push_back(std::make_unique_for_overwrite<double[]>(packed.rows));
  }
  const std::size_t parts = (data.stop.size() + kRowsPerThread - 1) / kRowsPerThread;
  for_each_part(parts, packed.threads, [&](std::size_t part) {
    const std::size_t begin = part * kRowsPerThread;
    const std::size_t end = std::min(data.stop.size(), begin + kRowsPerThread);
    for (std::size_t j = 0; j < packed.dense_columns.size(); ++j) {
      const Given& x = given[packed.dense_columns[j]];
      const Look& look = looks[packed.dense_columns[j]];
      const double inverse = 1 / look.scale;
      double* to = packed.dense[j].get();
      for (std::size_t i = begin; i < end; ++i) {
        if (places.to[i] != kNowhere) to[places.to[i]] = (x[i] - look.center) * inverse;
      }
    }
    std::vector<std::uint8_t> bits(end - begin, 0);
    for (std::size_t b = 0; b < packed.bit_columns.size(); ++b) {
      const Given& x = given[packed.bit_columns[b]];
      const double common = looks[packed.bit_columns[b]].common;
      set_bits(x.at + begin * x.stride, x.stride, end - begin, common, b, bits.data());
    }
    for (std::size_t i = begin; i < end; ++i) {
      if (places.to[i] != kNowhere) packed.bits[places.to[i]] = bits[i - begin];
    }
  });
}

/// First slots in sorted order, and the rows that enter late, by the slot before their first.
void add_entries(const CoxEventTimes& times, const Places& places, CoxPacked& packed) {
  packed.first.resize(packed.rows);
  packed.entering_begin.assign(packed.slots + 1, 0);
  const auto enters_late = [&](std::size_t i) {
    return places.to[i] != kNowhere && places.first[i] > times.slot_begin(times.stratum_of(i));
  };
  for (std::size_t i = 0; i < places.to.size(); ++i) {
    if (places.to[i] == kNowhere) continue;
    packed.first[places.to[i]] = places.first[i];
    if (enters_late(i)) ++packed.entering_begin[places.first[i]];
  }
  for (std::size_t slot = 1; slot <= packed.slots; ++slot) {
    packed.entering_begin[slot] += packed.entering_begin[slot - 1];
  }
  packed.entering.resize(packed.entering_begin.back());
  std::vector<std::uint32_t> next(packed.entering_begin.begin(), packed.entering_begin.end());
  for (std::size_t i = 0; i < places.to.size(); ++i) {
    if (enters_late(i)) packed.entering[next[places.first[i] - 1]++] = places.to[i];
  }
}

}  // namespace

std::optional<CoxPacked> pack_cox(const CoxData& data, int threads) {
  if (!are_valid(data)) return {};
  const std::size_t rows = data.stop.size();
  CoxPacked packed;
  packed.rows_given = rows;
  packed.threads = rows < 2 * kRowsPerThread ? 1 : threads_to_use(threads);

  const std::vector<Given> given = covariates_of(data);
  std::vector<Look> looks(given.size());
  for_each_part(given.size(), packed.threads, [&](std::size_t j) { looks[j] = look_at(given[j], rows); });
  for (std::size_t j = 0; j < looks.size(); ++j) {
    const Look& look = looks[j];
    if (look.scale == 0) return {};
    packed.center.push_back(look.center);
    packed.scale.push_back(look.scale);
    packed.reach.push_back(look.reach);
    const bool as_bit = look.two_values && packed.bit_columns.size() < kPackedBitsMax;
    (as_bit ? packed.bit_columns : packed.dense_columns).push_back(j);
    if (as_bit) packed.bit_value.push_back(look.other > look.common ? 1 : -1);
  }
  const CoxEventTimes times(data);
  packed.slots = times.slots();
  packed.deaths.assign(packed.slots, 0);
  packed.death_weight.assign(packed.slots, 0);
  Places places;
  if (!find_slots(data, times, packed, places)) return {};
  sort_by_key(packed, places);
  scatter_columns(data, given, looks, places, packed);
  const auto same = [](double value) { return value; };
  if (!data.weight.empty()) {
    packed.weight.resize(packed.rows);
    scatter(places, data.weight, packed.weight, same);
  }
  if (!data.offset.empty()) {
    packed.offset.resize(packed.rows);
    scatter(places, data.offset, packed.offset, same);
    for (const double offset : packed.offset) {
      packed.offset_reach = std::max(packed.offset_reach, std::abs(offset));
    }
  }
  if (!data.start.empty()) add_entries(times, places, packed);
  return packed;
}

}  // namespace mimamori
