#include "analyze/site_sums_guard.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "analyze/glm_fit.h"

namespace mimamori {
namespace {

using Reason = SumRefusalReason;

SumRefusal refuse(Reason reason, std::string sentence) {
  return {.reason = reason, .sentence = "site sums: " + std::move(sentence)};
}

bool near(std::span<const double> asked, std::span<const double> own, double deviation_max) {
  for (std::size_t j = 0; j < own.size(); ++j) {
    if (!(std::abs(asked[j] - own[j]) <= deviation_max * (1 + std::abs(own[j])))) return false;
  }
  return asked.size() == own.size();
}

bool allowed_factor(double factor, double smallest) {
  for (double known = 1; known >= smallest; known /= 2) {
    if (factor == known) return true;
  }
  return false;
}

double largest_predictor(std::span<const double> beta, std::span<const std::span<const double>> columns,
                         bool has_constant) {
  const std::size_t first = has_constant ? 1 : 0;
  const std::size_t n = columns.empty() ? 0 : columns.front().size();
  double largest = has_constant ? std::abs(beta[0]) : 0;
  for (std::size_t i = 0; i < n; ++i) {
    double eta = has_constant ? beta[0] : 0;
    for (std::size_t j = 0; j < columns.size(); ++j) eta += columns[j][i] * beta[first + j];
    largest = std::max(largest, std::abs(eta));
  }
  return largest;
}

/// Numbers patients from 0; each row for itself if there are no labels.
std::vector<std::size_t> patient_numbers(std::span<const std::int32_t> patient, std::size_t rows) {
  std::vector<std::size_t> out(rows);
  std::map<std::int32_t, std::size_t> number;
  for (std::size_t i = 0; i < rows; ++i) {
    out[i] = patient.empty() ? i : number.try_emplace(patient[i], number.size()).first->second;
  }
  return out;
}

/// Distinct patients with each combination of two columns' values (0 or 1).
std::array<std::size_t, 4> cells(std::span<const double> a, std::span<const double> b,
                                 std::span<const std::size_t> patient) {
  std::array<std::set<std::size_t>, 4> seen;
  for (std::size_t i = 0; i < a.size(); ++i)
    seen[std::size_t(a[i] != 0) * 2 + std::size_t(b[i] != 0)].insert(patient[i]);
  return {seen[0].size(), seen[1].size(), seen[2].size(), seen[3].size()};
}

std::optional<SumRefusal> check_cells(const SumDesign& design, std::span<const std::size_t> patient,
                                      std::size_t cell_min) {
  const auto small = [&](std::size_t count) { return count > 0 && count < cell_min; };
  std::vector<std::size_t> binary;
  for (std::size_t j = 0; j < design.columns.size(); ++j) {
    const auto x = design.columns[j];
    const std::string name = "column " + std::to_string(j);
    const auto counts = cells(x, x, patient);  // [0] with 0, [3] with any other value
    if (small(counts[3])) return refuse(Reason::kSmallCell, name + " concerns too few patients");
    if (!std::ranges::all_of(x, [](double v) { return v == 0 || v == 1; })) continue;
    if (small(counts[0])) return refuse(Reason::kSmallCell, name + " leaves too few patients out");
    binary.push_back(j);
  }
  for (std::size_t a = 0; a < binary.size(); ++a) {
    for (std::size_t b = a + 1; b < binary.size(); ++b) {
      const auto counts = cells(design.columns[binary[a]], design.columns[binary[b]], patient);
      if (!std::ranges::any_of(counts, small)) continue;
      return refuse(Reason::kSmallCell, "columns " + std::to_string(binary[a]) + " and " +
                                            std::to_string(binary[b]) + " together concern too few patients");
    }
  }
  return {};
}

std::optional<SumRefusal> check_rank(const SumDesign& design) {
  const auto n = Eigen::Index(design.event.size());
  const GlmDesign scaled = make_design(design.columns, Eigen::VectorXd::Ones(n), true, true);
  std::vector<bool> varies = scaled.constant_column;
  varies.flip();
  const Eigen::MatrixXd spread = scaled.z.transpose() * scaled.z;
  const GlmBasis basis = find_basis(spread, varies);
  if (basis.left_out.empty()) return {};
  // Column 0 of the basis is the constant.
  return refuse(Reason::kRankDeficient, "column " + std::to_string(basis.left_out.front() - 1) +
                                            " is a linear combination of those before it");
}

}  // namespace

std::string_view name_of(SumRefusalReason reason) {
  switch (reason) {
    case Reason::kOtherStart: return "other_start";
    case Reason::kUnknownStepFactor: return "unknown_step_factor";
    case Reason::kFellWithoutHalving: return "fell_without_halving";
    case Reason::kNotTheNewtonStep: return "not_the_newton_step";
    case Reason::kMoreDetail: return "more_detail";
    case Reason::kFinished: return "finished";
    case Reason::kTooManyRounds: return "too_many_rounds";
    case Reason::kExtremePredictor: return "extreme_predictor";
    case Reason::kOwnSumsMissing: return "own_sums_missing";
    case Reason::kTotalsDisagree: return "totals_disagree";
    case Reason::kTooFewPatients: return "too_few_patients";
    case Reason::kTooFewEvents: return "too_few_events";
    case Reason::kTooManyParameters: return "too_many_parameters";
    case Reason::kSmallCell: return "small_cell";
    case Reason::kRankDeficient: return "rank_deficient";
    case Reason::kDominated: return "dominated";
    case Reason::kFewResidualDegrees: return "few_residual_degrees";
  }
  return "unknown";
}

std::optional<SumRefusal> SumGuard::check(const SumRequest& request,
                                          std::span<const std::span<const double>> columns,
                                          bool has_constant) const {
  const SumRequest& own = newton_.request();
  if (newton_.state() == SumState::kNoConvergence && own.round >= rules_.rounds_max) {
    return refuse(Reason::kTooManyRounds,
                  "expected at most " + std::to_string(rules_.rounds_max) + " rounds");
  }
  if (newton_.state() != SumState::kGoing) return refuse(Reason::kFinished, "the fit has ended");
  if (request.round != own.round)
    return refuse(Reason::kNotTheNewtonStep, "expected round " + std::to_string(own.round));
  if (request.final != own.final || !(request.detail == own.detail)) {
    return refuse(Reason::kMoreDetail, "expected the detail that was approved for this round");
  }
  if (!allowed_factor(request.step_factor, rules_.smallest_factor)) {
    return refuse(Reason::kUnknownStepFactor, "expected a step factor of 1, 1/2, 1/4 and so on");
  }
  if (!near(request.beta, own.beta, rules_.deviation_max) || request.step_factor != own.step_factor) {
    if (own.round == 0) return refuse(Reason::kOtherStart, "expected the approved parameters in round 0");
    if (newton_.halved() && request.step_factor != own.step_factor) {
      return refuse(Reason::kFellWithoutHalving, "the likelihood fell: expected half the step");
    }
    return refuse(Reason::kNotTheNewtonStep, "expected the Newton step that the totals lead to");
  }
  if (!(largest_predictor(request.beta, columns, has_constant) <= rules_.linear_predictor_max)) {
    return refuse(Reason::kExtremePredictor, "a row's linear predictor is beyond the limit");
  }
  return {};
}

std::optional<SumRefusal> SumGuard::take(const SiteSums& totals, std::span<const SiteSums> addends,
                                         const SiteSums& own) {
  if (newton_.state() != SumState::kGoing) return refuse(Reason::kFinished, "the fit has ended");
  if (!addends.empty()) {
    if (std::ranges::find(addends, own) == addends.end()) {
      return refuse(Reason::kOwnSumsMissing, "expected this site's own sums among the addends");
    }
    const auto sum = add_sums(addends);
    if (!sum || !(*sum == totals)) {
      return refuse(Reason::kTotalsDisagree, "expected totals that are the sum of the addends");
    }
  }
  if (!newton_.take(totals)) return refuse(Reason::kTotalsDisagree, "expected as many sums as parameters");
  return {};
}

std::optional<SumRefusal> check_sum_design(const SumDesign& design, std::size_t parameters,
                                           const SumRules& rules) {
  const std::vector<std::size_t> patient = patient_numbers(design.patient, design.event.size());
  const auto patients = std::set<std::size_t>(patient.begin(), patient.end()).size();
  std::set<std::size_t> with_event;
  for (std::size_t i = 0; i < patient.size(); ++i) {
    if (design.event[i] > 0) with_event.insert(patient[i]);
  }
  const auto events = double(with_event.size());
  const auto p = double(parameters);
  if (patients < rules.patients_min) {
    return refuse(Reason::kTooFewPatients,
                  "expected at least " + std::to_string(rules.patients_min) + " patients");
  }
  if (events > 0 && events < rules.events_min)
    return refuse(Reason::kTooFewEvents, "too few patients have the outcome");
  const bool many = p * rules.patients_per_parameter > double(patients) ||
                    (events > 0 && p * rules.events_per_parameter > events);
  if (many) return refuse(Reason::kTooManyParameters, "too many parameters for the patients or events");
  if (double(patients) - p < rules.residual_df_min) {
    return refuse(Reason::kFewResidualDegrees, "too few residual degrees of freedom");
  }
  if (auto small = check_cells(design, patient, rules.cell_min)) return small;
  return check_rank(design);
}

std::optional<SumRefusal> check_dominance(std::span<const double> part, std::size_t columns,
                                          std::span<const std::int32_t> patient, const SumRules& rules) {
  if (columns == 0) return {};
  const std::size_t rows = part.size() / columns;
  const std::vector<std::size_t> number = patient_numbers(patient, rows);
  for (std::size_t j = 0; j < columns; ++j) {
    std::vector<double> by_patient(rows, 0);
    double total = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      by_patient[number[i]] += part[i * columns + j];
      total += part[i * columns + j];
    }
    if (total == 0) continue;
    std::ranges::sort(by_patient, std::greater());
    const double second = rows > 1 ? by_patient[1] : 0;
    const bool dominated = by_patient[0] > rules.largest_share_max * total ||
                           by_patient[0] + second > rules.two_largest_share_max * total;
    if (dominated)
      return refuse(Reason::kDominated, "column " + std::to_string(j) + " rests on one or two patients");
  }
  return {};
}

}  // namespace mimamori
