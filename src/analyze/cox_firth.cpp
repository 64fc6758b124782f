#include "analyze/cox_firth.h"

#include <cmath>
#include <limits>

#include "analyze/cox_newton.h"

namespace mimamori {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Doubles that the moments of all event times may take.
constexpr double kMomentsMax = 5e7;

/// Sums over a risk set, or over the deaths of one time: of risk times 1, z, z z', y and z y, with
/// y = z' inverse z.
struct Moments {
  double s0 = 0, y = 0;
  VectorXd s1, zy;
  MatrixXd s2;

  explicit Moments(Index p) : s1(VectorXd::Zero(p)), zy(VectorXd::Zero(p)), s2(MatrixXd::Zero(p, p)) {}
  void add(double risk, const Eigen::Ref<const VectorXd>& z, double own_y) {
    s0 += risk;
    y += risk * own_y;
    s1 += risk * z;
    zy += risk * own_y * z;
    s2 += risk * z * z.transpose();
  }
  void add(const Moments& other, double factor) {
    s0 += factor * other.s0;
    y += factor * other.y;
    s1 += factor * other.s1;
    zy += factor * other.zy;
    s2 += factor * other.s2;
  }
  /// trace(inverse * d covariance / d gamma): the third central moments, contracted with the inverse.
  [[nodiscard]] VectorXd contracted_third(const MatrixXd& inverse) const {
    const VectorXd mean = s1 / s0;
    const MatrixXd covariance = s2 / s0 - mean * mean.transpose();
    return zy / s0 - mean * (y / s0) - 2 * covariance * (inverse * mean);
  }
};

/// Risks with the largest linear predictor of the stratum taken off.
std::vector<double> risks(const CoxRiskSets& sets, const VectorXd& gamma) {
  const std::size_t p = sets.covariates;
  std::vector<double> risk(sets.rows);
  std::vector<double> largest(sets.slot_begin.size(), -std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < sets.rows; ++i) {
    double eta = sets.offset.empty() ? 0 : sets.offset[i];
    for (std::size_t j = 0; j < p; ++j) eta += sets.z[i * p + j] * gamma[Index(j)];
    risk[i] = eta;
    largest[sets.stratum[i]] = std::max(largest[sets.stratum[i]], eta);
  }
  for (std::size_t i = 0; i < sets.rows; ++i) {
    risk[i] = sets.weight_of(i) * std::exp(risk[i] - largest[sets.stratum[i]]);
  }
  return risk;
}

/// d ln det(information) / d gamma.
VectorXd penalty_slope(const CoxRiskSets& sets, const VectorXd& gamma, const MatrixXd& inverse, Ties ties) {
  const auto p = Index(sets.covariates);
  const std::vector<double> risk = risks(sets, gamma);
  std::vector<Moments> change(sets.slots, Moments(p));  // of the risk set, from the slot after it
  std::vector<Moments> deaths(sets.slots, Moments(p));
  for (std::size_t i = 0; i < sets.rows; ++i) {
    const Eigen::Map<const VectorXd> z(&sets.z[i * sets.covariates], p);
    const double y = z.dot(inverse * z);
    change[sets.last[i] - 1].add(risk[i], z, y);
    if (sets.first[i] > sets.slot_begin[sets.stratum[i]]) change[sets.first[i] - 1].add(-risk[i], z, y);
    if (sets.event[i] != 0) deaths[sets.last[i] - 1].add(risk[i], z, y);
  }
  VectorXd slope = VectorXd::Zero(p);
  Moments at_risk(p);
  for (std::size_t slot = sets.slots; slot-- > 0;) {
    if (sets.deaths[slot] == 0) {
      at_risk = Moments(p);
      continue;
    }
    at_risk.add(change[slot], 1);
    for (std::uint32_t k = 0; k < sets.deaths[slot]; ++k) {
      Moments left = at_risk;
      if (ties == Ties::kEfron && k > 0) left.add(deaths[slot], -double(k) / sets.deaths[slot]);
      slope += sets.death_weight[slot] * left.contracted_third(inverse);
      if (ties == Ties::kBreslow) {  // all the deaths see the same
        slope += (sets.deaths[slot] - 1) * sets.death_weight[slot] * left.contracted_third(inverse);
        break;
      }
    }
  }
  return slope;
}

/// The penalized log likelihood in scaled coordinates. Its information is the unpenalized one, which Newton's
/// method may use as well: only the gradient decides where the maximum is.
std::optional<CoxPoint> evaluate_firth(const CoxRiskSets& sets, const VectorXd& gamma, Ties ties) {
  auto point = evaluate_cox(sets, gamma, ties);
  if (!point) return {};
  const auto inverse = invert_information(point->information);
  if (!inverse) return {};
  const Eigen::LLT<MatrixXd> factored(point->information);
  if (factored.info() != Eigen::Success) return {};
  double log_determinant = 0;
  for (Index j = 0; j < gamma.size(); ++j) log_determinant += 2 * std::log(factored.matrixLLT()(j, j));
  point->value += 0.5 * log_determinant;
  point->gradient += 0.5 * penalty_slope(sets, gamma, *inverse, ties);
  return point;
}

/// Adds limits and tests of each coefficient from the penalized profile.
void add_profile(const CoxEvaluator& evaluate, const CoxMaximum& maximum, const CoxRiskSets& sets,
                 const CoxFirthOptions& options, CoxFirthFit& fit) {
  for (Index j = 0; j < maximum.gamma.size(); ++j) {
    const double scale = sets.scale[std::size_t(j)];
    const double step = std::sqrt(options.chi_square * maximum.inverse(j, j));
    const auto limit = [&](int direction) {
      return cox_limit(evaluate, maximum.gamma, j, direction, step, maximum.point.value, options.chi_square,
                       CoxStatistic::kLikelihoodRatio) /
             scale;
    };
    fit.lower.push_back(limit(-1));
    fit.upper.push_back(limit(+1));
    VectorXd without = maximum.gamma;
    without[j] = 0;
    const auto held = climb(evaluate, without, j);
    fit.penalized_lr_chi_square.push_back(held ? std::max(0.0, 2 * (maximum.point.value - held->point.value))
                                               : std::numeric_limits<double>::quiet_NaN());
  }
}

Error not_estimable(const char* sentence) { return Error{ErrorCode::kNotEstimable, sentence}; }

}  // namespace

Result<CoxFirthFit> fit_cox_firth(const CoxData& data, const CoxFirthOptions& options) {
  if (options.ties != Ties::kEfron && options.ties != Ties::kBreslow) {
    return Error{ErrorCode::kInvalidInput, "cox: Firth's penalty is offered with the ties efron and breslow"};
  }
  if (!data.transforms.empty()) {
    return Error{ErrorCode::kUnsupported,
                 "cox: Firth's penalty is not offered with covariates that vary with time"};
  }
  auto made = make_risk_sets(data);
  if (const auto* refusal = std::get_if<CoxRefusal>(&made)) return error_of(*refusal);
  const CoxRiskSets& sets = std::get<CoxRiskSets>(made);
  const auto p = Index(sets.covariates);
  if (double(sets.slots) * double(2 + 2 * p + p * p) > kMomentsMax) {
    return Error{ErrorCode::kUnsupported, "cox: Firth's penalty is not offered for so many event times"};
  }
  const CoxEvaluator evaluate = [&](const VectorXd& gamma) {
    return evaluate_firth(sets, gamma, options.ties);
  };
  const auto null_point = evaluate(VectorXd::Zero(p));
  if (!null_point) return not_estimable("cox: a covariate is constant or aliased within the risk sets");
  const auto maximum = climb(evaluate, VectorXd::Zero(p), {}, 500);
  if (!maximum) return not_estimable("cox: the penalized likelihood did not converge");

  CoxFirthFit fit;
  fit.iterations = maximum->iterations;
  fit.rows = sets.rows_given - sets.rows_of_weight_zero;
  fit.events = sets.events;
  double log_scales = 0;  // the determinant is that of the covariates' own units
  for (Index a = 0; a < p; ++a) {
    const double scale = sets.scale[std::size_t(a)];
    log_scales += std::log(scale);
    fit.coefficients.push_back(maximum->gamma[a] / scale);
    fit.standard_errors.push_back(std::sqrt(maximum->inverse(a, a)) / scale);
    for (Index b = 0; b < p; ++b) {
      fit.covariance.push_back(maximum->inverse(a, b) / scale / sets.scale[std::size_t(b)]);
    }
  }
  const auto plain = evaluate_cox(sets, maximum->gamma, options.ties);
  fit.log_likelihood = plain ? plain->value : std::numeric_limits<double>::quiet_NaN();
  fit.penalized_log_likelihood_null = null_point->value + log_scales;
  fit.penalized_log_likelihood = maximum->point.value + log_scales;
  fit.penalized_lr_chi_square_all = 2 * (maximum->point.value - null_point->value);
  if (options.profile) add_profile(evaluate, *maximum, sets, options, fit);
  return fit;
}

}  // namespace mimamori
