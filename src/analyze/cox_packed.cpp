#include "analyze/cox_packed.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analyze/cox_ties.h"
#include "analyze/parallel.h"

namespace mimamori {
namespace {

constexpr std::size_t kChunk = 8192;  // rows
constexpr double kReachMax = 100;     // of a linear predictor: e^200 times any count is still a number

}  // namespace

CoxPackedEvaluator::CoxPackedEvaluator(const CoxPacked& packed, Ties ties)
    : packed_(packed),
      ties_(ties),
      stride_(1 + kPackedBitsMax + packed.dense.size()),
      column_(packed.bit_columns),
      pattern_(kPatterns, 0),
      slope_(packed.dense.size(), 0),
      values_(kPatterns, PatternRow{}),
      risk_(std::make_unique_for_overwrite<double[]>(packed.rows)),
      sums_(packed.slots * stride_),
      death_sums_(packed.slots * stride_),
      hazard_(packed.slots + 1),
      share_(packed.slots) {
  column_.insert(column_.end(), packed.dense_columns.begin(), packed.dense_columns.end());
  for (const auto& column : packed.dense) dense_.push_back(column.get());
  for (std::size_t pattern = 0; pattern < kPatterns; ++pattern) {
    for (std::size_t b = 0; b < packed.bit_value.size(); ++b) {
      if ((pattern >> b & 1U) != 0) values_[pattern][b] = packed.bit_value[b];
    }
  }
  std::size_t slot = 0;
  for (std::size_t begin = 0; begin < packed.rows; begin += kChunk) {
    Chunk chunk;
    chunk.begin = begin;
    chunk.end = std::min(packed.rows, begin + kChunk);
    while (packed.run_begin[slot + 1] <= chunk.begin) ++slot;
    chunk.first_slot = slot;
    while (packed.run_begin[slot + 1] < chunk.end) ++slot;
    chunk.end_slot = slot + 1;
    chunks_.push_back(std::move(chunk));
  }
  // What the deaths add to the gradient does not depend on the coefficients.
  death_z_ = Eigen::VectorXd::Zero(Eigen::Index(packed.covariates()));
  for (std::size_t s = 0; s < packed.slots; ++s) {
    for (std::size_t i = packed.run_begin[s]; i < packed.run_begin[s] + packed.deaths[s]; ++i) {
      const double weight = packed.weight.empty() ? 1 : packed.weight[i];
      for (std::size_t b = 0; b < packed.bit_columns.size(); ++b) {
        death_z_[Eigen::Index(packed.bit_columns[b])] += weight * values_[packed.bits[i]][b];
      }
      for (std::size_t j = 0; j < packed.dense.size(); ++j) {
        death_z_[Eigen::Index(packed.dense_columns[j])] += weight * packed.dense[j][i];
      }
      if (!packed.offset.empty()) death_offset_ += weight * packed.offset[i];
    }
  }
}

PackedRows CoxPackedEvaluator::part(std::size_t begin, std::size_t end) const {
  return {.bits = packed_.bits.data(),
          .dense = dense_.data(),
          .columns = dense_.size(),
          .bit_columns = packed_.bit_columns.size(),
          .from = begin,
          .rows = end - begin};
}

void CoxPackedEvaluator::set_patterns(const Eigen::VectorXd& gamma) {
  for (std::size_t pattern = 0; pattern < kPatterns; ++pattern) {
    pattern_[pattern] = 0;
    for (std::size_t b = 0; b < packed_.bit_columns.size(); ++b) {
      pattern_[pattern] += gamma[Eigen::Index(packed_.bit_columns[b])] * values_[pattern][b];
    }
  }
  for (std::size_t j = 0; j < slope_.size(); ++j) slope_[j] = gamma[Eigen::Index(packed_.dense_columns[j])];
}

/// Risks of a chunk of rows, and their sums by closing slot.
void CoxPackedEvaluator::sum_chunk(Chunk& chunk) {
  const auto data_or_null = [](const std::vector<double>& v) { return v.empty() ? nullptr : v.data(); };
  packed_risk(part(chunk.begin, chunk.end), pattern_.data(), slope_.data(), data_or_null(packed_.offset),
              data_or_null(packed_.weight), risk_.get());
  const std::size_t slots = chunk.end_slot - chunk.first_slot;
  chunk.sums.assign(slots * stride_, 0);
  chunk.death_sums.assign(slots * stride_, 0);
  for (std::size_t slot = chunk.first_slot; slot < chunk.end_slot; ++slot) {
    const std::size_t begin = std::max<std::size_t>(chunk.begin, packed_.run_begin[slot]);
    const std::size_t end = std::min<std::size_t>(chunk.end, packed_.run_begin[slot + 1]);
    const std::size_t deaths_end = std::min<std::size_t>(end, packed_.run_begin[slot] + packed_.deaths[slot]);
    if (begin >= end) continue;
    const std::size_t at = (slot - chunk.first_slot) * stride_;
    packed_sums(part(begin, end), values_.data(), risk_.get(), &chunk.sums[at]);
    if (begin >= deaths_end) continue;
    packed_sums(part(begin, deaths_end), values_.data(), risk_.get(), &chunk.death_sums[at]);
  }
}

/// From the chunks' sums by closing slot to sums over whole risk sets.
void CoxPackedEvaluator::add_up_risk_sets() {
  std::ranges::fill(sums_, 0);
  std::ranges::fill(death_sums_, 0);
  for (const Chunk& chunk : chunks_) {
    const std::size_t at = chunk.first_slot * stride_;
    for (std::size_t k = 0; k < chunk.sums.size(); ++k) {
      sums_[at + k] += chunk.sums[k];
      death_sums_[at + k] += chunk.death_sums[k];
    }
  }
  if (!packed_.first.empty()) {  // rows are not at risk before they enter
    std::vector<double> entering(stride_);
    for (std::size_t slot = 0; slot < packed_.slots; ++slot) {
      for (std::size_t k = packed_.entering_begin[slot]; k < packed_.entering_begin[slot + 1]; ++k) {
        const std::size_t row = packed_.entering[k];
        std::ranges::fill(entering, 0);
        packed_sums(part(row, row + 1), values_.data(), risk_.get(), entering.data());
        for (std::size_t j = 0; j < stride_; ++j) sums_[slot * stride_ + j] -= entering[j];
      }
    }
  }
  for (std::size_t slot = packed_.slots - 1; slot-- > 0;) {
    if (packed_.deaths[slot] == 0) continue;  // an end mark stays 0
    for (std::size_t j = 0; j < stride_; ++j) sums_[slot * stride_ + j] += sums_[(slot + 1) * stride_ + j];
  }
}

/// Adds what each event time says: its denominators, the means over its risk set, and the squares of these.
void CoxPackedEvaluator::add_hazards(CoxPoint& point, Eigen::MatrixXd& information) {
  const std::size_t p = column_.size();
  // Of the covariates, bits first: where they are among the sums of a slot.
  const auto place = [&](std::size_t a) {
    return a < packed_.bit_columns.size() ? 1 + a : 1 + kPackedBitsMax + a - packed_.bit_columns.size();
  };
  std::ranges::fill(hazard_, 0);
  std::vector<double> s1(p), e1(p);
  for (std::size_t slot = 0; slot < packed_.slots; ++slot) {
    if (packed_.deaths[slot] == 0) continue;
    const double* s = &sums_[slot * stride_];
    const double* e = &death_sums_[slot * stride_];
    const TieSums tied = sum_over_ties(s[0], e[0], packed_.deaths[slot], packed_.death_weight[slot], ties_);
    hazard_[slot + 1] = hazard_[slot] + tied.inverse;
    share_[slot] = tied.share;
    point.value -= tied.log;
    for (std::size_t a = 0; a < p; ++a) {
      s1[a] = s[place(a)];
      e1[a] = e[place(a)];
      point.gradient[Eigen::Index(column_[a])] -= tied.inverse * s1[a] - tied.share * e1[a];
    }
    for (std::size_t a = 0; a < p; ++a) {
      const double of_s = tied.inverse2 * s1[a] - tied.share2 * e1[a];
      const double of_e = tied.square2 * e1[a] - tied.share2 * s1[a];
      for (std::size_t b = 0; b <= a; ++b) {
        information(Eigen::Index(a), Eigen::Index(b)) -= of_s * s1[b] + of_e * e1[b];
      }
    }
  }
}

/// Sums over a chunk of rows of z z' times the events that each row was expected to have.
void CoxPackedEvaluator::square_chunk(Chunk& chunk) {
  std::vector<double> expected(chunk.end - chunk.begin);
  for (std::size_t slot = chunk.first_slot; slot < chunk.end_slot; ++slot) {
    const std::size_t begin = std::max<std::size_t>(chunk.begin, packed_.run_begin[slot]);
    const std::size_t end = std::min<std::size_t>(chunk.end, packed_.run_begin[slot + 1]);
    const std::size_t deaths_end = packed_.run_begin[slot] + packed_.deaths[slot];
    const double hazard = hazard_[slot + 1];
    if (begin >= end) continue;
    double* out = &expected[begin - chunk.begin];
    const double* risk = &risk_[begin];
    const std::size_t rows = end - begin;
    const std::size_t deaths = std::min(end, std::max(begin, deaths_end)) - begin;
    if (packed_.first.empty()) {
      for (std::size_t i = 0; i < rows; ++i) out[i] = risk[i] * hazard;
    } else {
      for (std::size_t i = 0; i < rows; ++i) out[i] = risk[i] * (hazard - hazard_[packed_.first[begin + i]]);
    }
    for (std::size_t i = 0; i < deaths; ++i) out[i] -= risk[i] * share_[slot];
  }
  const std::size_t d = dense_.size();
  chunk.table.assign((std::size_t{1} << packed_.bit_columns.size()) * (1 + d), 0);
  std::vector<double> second(chunk.table.size(), 0);
  chunk.square.assign(d * (d + 1) / 2, 0);
  packed_squares(part(chunk.begin, chunk.end), expected.data(), chunk.table.data(), second.data(),
                 chunk.square.data());
  for (std::size_t k = 0; k < second.size(); ++k) chunk.table[k] += second[k];
}

/// The information of the chunks, covariates in the order bits, dense; lower triangle.
Eigen::MatrixXd CoxPackedEvaluator::add_up_squares() const {
  const std::size_t k = packed_.bit_columns.size();
  const std::size_t d = dense_.size();
  std::vector<double> table((std::size_t{1} << k) * (1 + d), 0);
  std::vector<double> square(d * (d + 1) / 2, 0);
  for (const Chunk& chunk : chunks_) {
    for (std::size_t i = 0; i < table.size(); ++i) table[i] += chunk.table[i];
    for (std::size_t i = 0; i < square.size(); ++i) square[i] += chunk.square[i];
  }
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(Eigen::Index(k + d), Eigen::Index(k + d));
  for (std::size_t pattern = 0; pattern < (std::size_t{1} << k); ++pattern) {
    const PatternRow& value = values_[pattern];
    const double* of_pattern = &table[pattern * (1 + d)];
    for (std::size_t a = 0; a < k; ++a) {
      if (value[a] == 0) continue;
      for (std::size_t b = 0; b <= a; ++b) {
        out(Eigen::Index(a), Eigen::Index(b)) += of_pattern[0] * value[a] * value[b];
      }
      for (std::size_t j = 0; j < d; ++j) {
        out(Eigen::Index(k + j), Eigen::Index(a)) += of_pattern[1 + j] * value[a];
      }
    }
  }
  for (std::size_t a = 0; a < d; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      out(Eigen::Index(k + a), Eigen::Index(k + b)) = square[a * (a + 1) / 2 + b];
    }
  }
  return out;
}

std::optional<CoxPoint> CoxPackedEvaluator::operator()(const Eigen::VectorXd& gamma) {
  double reach = packed_.offset_reach;
  for (std::size_t j = 0; j < packed_.covariates(); ++j) {
    reach += std::abs(gamma[Eigen::Index(j)]) * packed_.reach[j];
  }
  if (!(reach <= kReachMax)) return {};
  set_patterns(gamma);
  for_each_part(chunks_.size(), packed_.threads, [&](std::size_t k) { sum_chunk(chunks_[k]); });
  add_up_risk_sets();
  const auto p = Eigen::Index(packed_.covariates());
  CoxPoint point{.value = gamma.dot(death_z_) + death_offset_,
                 .gradient = death_z_,
                 .information = Eigen::MatrixXd::Zero(p, p)};
  Eigen::MatrixXd means = Eigen::MatrixXd::Zero(p, p);
  add_hazards(point, means);
  for_each_part(chunks_.size(), packed_.threads, [&](std::size_t k) { square_chunk(chunks_[k]); });
  const Eigen::MatrixXd packed_order = add_up_squares() + means;
  for (Eigen::Index a = 0; a < p; ++a) {
    for (Eigen::Index b = 0; b <= a; ++b) {
      const auto row = Eigen::Index(column_[std::size_t(a)]);
      const auto column = Eigen::Index(column_[std::size_t(b)]);
      point.information(row, column) = point.information(column, row) = packed_order(a, b);
    }
  }
  if (!std::isfinite(point.value) || !point.gradient.allFinite() || !point.information.allFinite()) return {};
  return point;
}

}  // namespace mimamori
