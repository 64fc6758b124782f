#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "analyze/cox.h"
#include "analyze/cox_kernel.h"
#include "analyze/cox_risk_sets.h"

namespace mimamori {

/// The rows of a Cox model packed for speed: sorted by closing slot (deaths first), columns of two values as
/// bits of one byte (the first eight of them), the others as dense columns. Same slots as CoxRiskSets.
/// Efron's and Breslow's ties; weights, offset, strata and left truncation. Sums run over chunks of rows that
/// do not depend on the number of threads, and are added in the order of the chunks.
struct CoxPacked {
  std::size_t rows_given = 0;
  std::size_t rows = 0;  // at risk at some event time
  std::size_t rows_of_weight_zero = 0;
  std::size_t events = 0;
  std::size_t events_at_zero = 0;
  std::vector<double> center, scale;  // covariates
  std::vector<double> reach;          // covariates: largest |x - center| / scale
  double offset_reach = 0;

  std::vector<std::size_t> bit_columns, dense_columns;  // covariates that are bits, and dense
  std::vector<double> bit_value;                        // +1 or -1: z where the bit is set
  std::vector<std::uint8_t> bits;                       // rows
  std::vector<std::unique_ptr<double[]>> dense;         // columns of rows each
  std::vector<double> weight, offset;                   // rows; empty: 1, 0
  std::vector<std::uint32_t> first;           // rows; empty: at risk from the beginning of the stratum
  std::vector<std::uint32_t> entering;        // rows that enter late, by the slot before their first
  std::vector<std::uint32_t> entering_begin;  // slots + 1: runs of `entering`

  std::size_t slots = 0;                 // end marks included
  std::vector<std::uint32_t> run_begin;  // slots + 1: rows whose last slot this is
  std::vector<std::uint32_t> deaths;     // slots: the first rows of the run
  std::vector<double> death_weight;      // slots: mean weight of the deaths
  int threads = 1;

  [[nodiscard]] std::size_t covariates() const { return scale.size(); }
};

/// Absent where anything is amiss or out of the ordinary (invalid rows, no events, a constant column):
/// make_risk_sets and find_constant then say what.
std::optional<CoxPacked> pack_cox(const CoxData& data, int threads);

/// Evaluates packed rows again and again in the same memory.
class CoxPackedEvaluator {
 public:
  CoxPackedEvaluator(const CoxPacked& packed, Ties ties);
  /// As evaluate_cox; also absent where a linear predictor may be beyond 100, which evaluate_cox can still
  /// do.
  std::optional<CoxPoint> operator()(const Eigen::VectorXd& gamma);

 private:
  struct Chunk {
    std::size_t begin = 0, end = 0;            // rows
    std::size_t first_slot = 0, end_slot = 0;  // slots that they close
    std::vector<double> sums, death_sums;      // of those slots
    std::vector<double> table, square;         // see packed_squares
  };

  void set_patterns(const Eigen::VectorXd& gamma);
  void sum_chunk(Chunk& chunk);
  void square_chunk(Chunk& chunk);
  void add_up_risk_sets();
  void add_hazards(CoxPoint& point, Eigen::MatrixXd& information);
  [[nodiscard]] Eigen::MatrixXd add_up_squares() const;
  [[nodiscard]] PackedRows part(std::size_t begin, std::size_t end) const;

  const CoxPacked& packed_;
  Ties ties_;
  std::size_t stride_ = 0;           // of slot sums: 1, bits, dense
  std::vector<std::size_t> column_;  // of the covariates, bits first: where each one is in the model
  std::vector<const double*> dense_;
  std::vector<Chunk> chunks_;
  std::vector<double> pattern_, slope_;
  std::vector<PatternRow> values_;
  std::unique_ptr<double[]> risk_;
  std::vector<double> sums_, death_sums_;  // slots x stride: risk sets, deaths
  std::vector<double> hazard_, share_;     // slots
  Eigen::VectorXd death_z_;                // sum of weight * z over the deaths
  double death_offset_ = 0;
};

}  // namespace mimamori
