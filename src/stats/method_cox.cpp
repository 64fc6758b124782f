// Cox models: cox_ph, cox_profile_ci (limits alone), cox_ph_firth.

#include <cmath>
#include <nlohmann/json.hpp>

#include "analyze/cox.h"
#include "analyze/cox_answer.h"
#include "analyze/cox_firth.h"
#include "analyze/distributions.h"
#include "stats/answer.h"
#include "stats/keys.h"
#include "stats/method.h"

namespace mimamori {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr RatioWords kHazardRatio{"hr", "hr_lower", "hr_upper"};

/// The arrays that a CoxData looks at.
struct Problem {
  Design design;
  std::vector<CoxTimeTransform> transforms;  // empty: no covariate varies with time
  std::span<const double> start, stop, weight, offset;
  std::vector<std::uint8_t> event;
  std::vector<std::int32_t> stratum, cluster;

  [[nodiscard]] CoxData data() const { return data(design.columns, transforms); }
  [[nodiscard]] CoxData data(std::span<const std::span<const double>> columns,
                             std::span<const CoxTimeTransform> transforms_of_columns = {}) const {
    return {.x = {},
            .start = start,
            .stop = stop,
            .event = event,
            .stratum = stratum,
            .weight = weight,
            .offset = offset,
            .cluster = cluster,
            .columns = columns,
            .transforms = transforms_of_columns};
  }
};

/// Refuses rows that are never at risk, by their numbers in the file.
Result<void> check_times(const Problem& problem, const Rows& rows) {
  if (problem.start.empty()) return {};
  std::vector<std::size_t> bad;
  for (std::size_t i = 0; i < rows.used(); ++i) {
    if (!(problem.stop[i] > problem.start[i])) bad.push_back(rows.row_number(i));
  }
  if (bad.empty()) return {};
  return Error{ErrorCode::kInvalidInput, "time: must be after start: " + row_list(bad)};
}

CoxTimeTransform::Kind kind_of(const std::string& transform) {
  if (transform == "log") return CoxTimeTransform::Kind::kLog;
  return transform == "log1p" ? CoxTimeTransform::Kind::kLog1p : CoxTimeTransform::Kind::kIdentity;
}

/// "waning <=90", "waning (90,365]", "waning >365"
std::string name_of_piece(const std::string& name, const CoxTimeTransform& piece) {
  if (std::isinf(piece.after)) return name + " <=" + number_label(piece.until);
  if (std::isinf(piece.until)) return name + " >" + number_label(piece.after);
  return name + " (" + number_label(piece.after) + "," + number_label(piece.until) + "]";
}

/// Adds the columns of the key time_varying behind those of covariates and factors.
Result<void> add_time_varying(const Spec& spec, const Rows& rows, Problem& problem) {
  Design& design = problem.design;
  for (const TimeVarying& one : spec.time_varying("time_varying")) {
    std::vector<CoxTimeTransform> terms = pieces_between(one.cuts);
    if (one.cuts.empty()) terms = {{.kind = kind_of(one.transform)}};
    for (const CoxTimeTransform& term : terms) {
      const std::string name = one.cuts.empty() ? one.name : name_of_piece(one.name, term);
      if (std::ranges::find(design.names, name) != design.names.end()) {
        return Error{ErrorCode::kInvalidInput, "time_varying: two coefficients would have the name " + name};
      }
      problem.transforms.resize(design.names.size());
      design.names.push_back(name);
      design.columns.push_back(rows.numbers(one.column));
      problem.transforms.push_back(term);
    }
  }
  return {};
}

/// Refuses event times at which a function of time does not exist, by the rows' numbers in the file.
Result<void> check_event_times(const Problem& problem, const Rows& rows) {
  std::vector<std::size_t> bad;
  for (std::size_t i = 0; i < rows.used(); ++i) {
    const auto exists = [&](const CoxTimeTransform& g) { return std::isfinite(g.at(problem.stop[i])); };
    if (problem.event[i] != 0 && !std::ranges::all_of(problem.transforms, exists)) {
      bad.push_back(rows.row_number(i));
    }
  }
  if (bad.empty()) return {};
  return Error{ErrorCode::kInvalidInput,
               "time_varying: log needs event times above 0, log1p above -1: " + row_list(bad)};
}

Result<Problem> read_problem(const Spec& spec, const Rows& rows, bool with_time_varying = true) {
  Design design = TRY(rows.design(spec));
  Problem problem{.design = std::move(design),
                  .transforms = {},
                  .start = {},
                  .stop = rows.numbers(spec.text("time")),
                  .weight = rows.weights(),
                  .offset = rows.offset(),
                  .event = {},
                  .stratum = {},
                  .cluster = {}};
  if (with_time_varying) TRY(add_time_varying(spec, rows, problem));
  if (problem.design.size() == 0) {
    return Error{ErrorCode::kInvalidInput, "covariates: expected at least one covariate or factor"};
  }
  problem.event = TRY(rows.zero_or_one(spec.text("event")));
  if (spec.has("start")) problem.start = rows.numbers(spec.text("start"));
  TRY(check_times(problem, rows));
  TRY(check_event_times(problem, rows));
  if (!spec.texts("strata").empty()) problem.stratum = rows.levels(spec.texts("strata")).code;
  if (spec.has("cluster")) problem.cluster = rows.levels(spec.text("cluster")).code;
  return problem;
}

Ties ties_of(const Spec& spec) {
  for (const Ties ties : {Ties::kBreslow, Ties::kDiscrete, Ties::kMarginal}) {
    if (spec.text("ties") == name_of(ties)) return ties;
  }
  return Ties::kEfron;
}

/// "sandwich by cluster", "sandwich by row" or "model based". Where the spec does not say, clusters and
/// weights call for the sandwich.
Result<std::string> variance_of(const Spec& spec, const Problem& problem) {
  const bool clustered = !problem.cluster.empty();
  const bool weighted = std::ranges::any_of(problem.weight, [](double w) { return w != 1; });
  const bool exact = is_exact(ties_of(spec));
  if (!spec.has("variance")) {
    if (exact) return std::string("model based");
    return std::string(clustered ? "sandwich by cluster" : weighted ? "sandwich by row" : "model based");
  }
  const std::string& asked = spec.text("variance");
  if (asked == "sandwich by cluster" && !clustered) {
    return Error{ErrorCode::kInvalidInput, "variance: 'sandwich by cluster' needs the key cluster"};
  }
  return asked;
}

double chi_square_of_level(const Spec& spec) {
  const double z = normal_point(spec.number("level"));
  return z * z;
}

double person_time(const Problem& problem) {
  double sum = 0;
  for (std::size_t i = 0; i < problem.stop.size(); ++i) {
    sum += problem.stop[i] - (problem.start.empty() ? 0 : problem.start[i]);
  }
  return sum;
}

std::size_t count_events(const Problem& problem) {
  return static_cast<std::size_t>(std::ranges::count(problem.event, 1));
}

void put_counts(Json& answer, const Problem& problem) {
  answer["n"] = problem.stop.size();
  answer["events"] = count_events(problem);
  answer["person_time"] = number_json(person_time(problem));
  std::size_t at_zero = 0;
  for (std::size_t i = 0; i < problem.stop.size(); ++i)
    at_zero += problem.event[i] != 0 && problem.stop[i] <= 0;
  answer["warnings"] = Json::array();
  if (at_zero > 0) answer["warnings"].push_back({{"reason", "event_at_time_zero"}, {"count", at_zero}});
}

/// One value as itself, several by name.
Json one_or_by_name(const std::vector<std::string>& names, const std::vector<double>& values) {
  return names.size() == 1 ? number_json(values[0]) : by_name(names, values);
}

/// {"age": {"lower": …, "upper": …}, …}
Json limits_by_name(const std::vector<std::string>& names, const std::vector<double>& lower,
                    const std::vector<double>& upper) {
  Json json = Json::object();
  for (std::size_t j = 0; j < names.size(); ++j) {
    json[names[j]] = {{"lower", number_json(lower[j])}, {"upper", number_json(upper[j])}};
  }
  return json;
}

/// Which covariates have no estimate, and why.
void put_not_estimated(Json& answer, const std::vector<std::string>& names, const CoxAnswer& fitted) {
  Json list = Json::array();
  Json reasons = Json::object();
  for (std::size_t j = 0; j < names.size(); ++j) {
    const CoxCovariate& covariate = fitted.covariates[j];
    if (!covariate.obstacle) continue;
    list.push_back(names[j]);
    Json reason = {{"reason", name_of(*covariate.obstacle)}};
    if (covariate.obstacle == CoxObstacle::kAliased) {
      reason["combination"] = Json::object();
      for (std::size_t k = 0; k < covariate.combination.size(); ++k) {
        if (covariate.combination[k] != 0) reason["combination"][names[k]] = covariate.combination[k];
      }
    }
    reasons[names[j]] = reason;
  }
  if (list.empty()) return;
  answer["nonestimable"] = list;
  answer["not_estimated"] = reasons;
}

/// What can still be said of coefficients that go to infinity.
Result<void> put_monotone(Json& answer, const Spec& spec, const Problem& problem, const CoxAnswer& fitted) {
  const std::vector<std::string>& names = problem.design.names;
  const std::string level = std::to_string(std::lround(100 * spec.number("level")));
  std::vector<std::string> kept_names, upper_names, lower_names;
  std::vector<std::span<const double>> kept;
  std::vector<double> upper, lower, all_limits;
  Json tests = Json::object();
  for (std::size_t j = 0; j < names.size(); ++j) {
    const CoxCovariate& covariate = fitted.covariates[j];
    const bool monotone = covariate.obstacle == CoxObstacle::kMonotoneLikelihood;
    if (covariate.obstacle && !monotone) continue;
    kept_names.push_back(names[j]);
    kept.push_back(problem.design.columns[j]);
    if (!monotone) continue;
    answer["coef_" + names[j]] = number_json(covariate.direction * kInfinity);
    if (names.size() == 1) answer["coef_ml"] = number_json(covariate.direction * kInfinity);
    (covariate.direction > 0 ? lower_names : upper_names).push_back(names[j]);
    (covariate.direction > 0 ? lower : upper).push_back(covariate.profile_limit);
    tests[names[j]] = {{"chisq", number_json(covariate.lr_chi_square)},
                       {"p", number_json(chi_square_upper(covariate.lr_chi_square, 1))}};
  }
  answer["loglik_limit"] = number_json(fitted.fit.log_likelihood);
  const auto put_limit = [&](const char* side, const std::vector<std::string>& of,
                             const std::vector<double>& values) {
    if (of.empty()) return;
    answer["profile_" + (side + level) + "_log_hr"] =
        names.size() == 1 ? number_json(values[0]) : by_name(of, values);
  };
  put_limit("lower", lower_names, lower);
  put_limit("upper", upper_names, upper);
  answer["lr_test"] = tests;
  if (is_exact(ties_of(spec)) || !problem.transforms.empty()) return {};  // not offered for these
  const auto firth =
      fit_cox_firth(problem.data(kept), {.ties = ties_of(spec), .chi_square = chi_square_of_level(spec)});
  if (!firth.ok()) return {};
  answer["firth_coef"] = one_or_by_name(kept_names, firth->coefficients);
  answer["firth_se"] = one_or_by_name(kept_names, firth->standard_errors);
  answer["firth_profile_penalized_ci"] = limits_by_name(kept_names, firth->lower, firth->upper);
  return {};
}

/// Coefficients and their covariance over all covariates, with NaN and infinities where there is no estimate.
void put_coefficients(Json& answer, const Spec& spec, const std::vector<std::string>& names,
                      const CoxAnswer& fitted, const std::vector<double>& of_estimated) {
  const std::size_t p = names.size();
  std::vector<double> coefficients(p, kNan);
  std::vector<double> covariance(p * p, kNan);
  for (std::size_t j = 0; j < p; ++j) {
    const CoxCovariate& covariate = fitted.covariates[j];
    if (covariate.obstacle == CoxObstacle::kMonotoneLikelihood)
      coefficients[j] = covariate.direction * kInfinity;
  }
  const std::vector<std::size_t>& estimated = fitted.estimated;
  for (std::size_t a = 0; a < estimated.size(); ++a) {
    coefficients[estimated[a]] = fitted.fit.coefficients[a];
    for (std::size_t b = 0; b < estimated.size(); ++b) {
      covariance[estimated[a] * p + estimated[b]] = of_estimated[a * estimated.size() + b];
    }
  }
  put_wald(answer, names, coefficients, covariance, kHazardRatio, spec.number("level"));
}

std::vector<double> roots_of_diagonal(const std::vector<double>& covariance, std::size_t p) {
  std::vector<double> roots;
  for (std::size_t j = 0; j < p; ++j) roots.push_back(std::sqrt(covariance[j * p + j]));
  return roots;
}

void put_tests(Json& answer, const CoxAnswer& fitted, bool robust, std::size_t p) {
  const CoxFit& fit = fitted.fit;
  const auto degrees = static_cast<double>(fitted.degrees_of_freedom);
  const auto put = [&](const std::string& name, double statistic) {
    answer[name + "_chisq"] = number_json(statistic);
    answer[name + "_p"] = number_json(degrees > 0 ? chi_square_upper(statistic, degrees) : kNan);
  };
  answer["loglik_null"] = number_json(fit.log_likelihood_null);
  answer["loglik"] = number_json(fit.log_likelihood);
  put("lr", std::max(0.0, 2 * (fit.log_likelihood - fit.log_likelihood_null)));
  answer["lr_df"] = fitted.degrees_of_freedom;
  put("score", fit.score_chi_square);
  put("wald", fit.wald_chi_square);
  if (!robust) return;
  put("robust_score", fit.robust_score_chi_square);
  // With one covariate the reference fixtures write this statistic as a 1 x 1 matrix.
  if (p == 1)
    answer["robust_score_chisq"] = Json::array({Json::array({number_json(fit.robust_score_chi_square)})});
}

/// Profile or score limits of the estimated coefficients.
Result<Json> limits_of(const Problem& problem, const CoxAnswer& fitted, const CoxOptions& options,
                       double chi_square, bool score) {
  std::vector<std::string> names;
  std::vector<std::span<const double>> columns;
  std::vector<CoxTimeTransform> transforms;
  for (const std::size_t j : fitted.estimated) {
    names.push_back(problem.design.names[j]);
    columns.push_back(problem.design.columns[j]);
    if (!problem.transforms.empty()) transforms.push_back(problem.transforms[j]);
  }
  if (names.empty() || fitted.status == CoxObstacle::kMonotoneLikelihood) return Json(nullptr);
  const CoxData data = problem.data(columns, transforms);
  const CoxLimits limits = TRY(score ? cox_score_limits(data, options, chi_square)
                                     : cox_profile_limits(data, options, chi_square));
  return limits_by_name(names, limits.lower, limits.upper);
}

Result<Json> run_cox(const Spec& spec, const Rows& rows) {
  const Problem problem = TRY(read_problem(spec, rows));
  const std::vector<std::string>& names = problem.design.names;
  const std::string variance = TRY(variance_of(spec, problem));
  const CoxOptions options{.ties = ties_of(spec), .robust = variance != "model based"};
  CoxData data = problem.data();
  if (variance == "sandwich by row") data.cluster = {};
  const CoxAnswer fitted = TRY(answer_whole_cox(data, options, chi_square_of_level(spec)));

  Json answer = Json::object();
  if (fitted.status) answer["status"] = name_of(*fitted.status);
  put_counts(answer, problem);
  put_not_estimated(answer, names, fitted);
  if (fitted.status != CoxObstacle::kNoEvents) {
    put_coefficients(answer, spec, names, fitted, fitted.fit.covariance);
    put_tests(answer, fitted, options.robust, names.size());
    if (options.robust) {
      std::vector<std::string> estimated;
      for (const std::size_t j : fitted.estimated) estimated.push_back(names[j]);
      answer["naive_se"] =
          by_name(estimated, roots_of_diagonal(fitted.fit.naive_covariance, fitted.estimated.size()));
    }
    for (const std::string& interval : spec.texts("intervals")) {
      answer[interval + "_ci"] =
          TRY(limits_of(problem, fitted, options, chi_square_of_level(spec), interval == "score"));
    }
    if (fitted.status == CoxObstacle::kMonotoneLikelihood) TRY(put_monotone(answer, spec, problem, fitted));
  }
  answer["iterations"] = fitted.fit.iterations;
  answer["converged"] = fitted.converged;
  answer["ties"] = name_of(options.ties);
  answer["variance"] = variance;
  answer["interval"] = "wald on the log scale";
  answer["level"] = spec.number("level");
  return answer;
}

Result<Json> run_limits(const Spec& spec, const Rows& rows) {
  const Problem problem = TRY(read_problem(spec, rows));
  const CoxOptions options{.ties = ties_of(spec)};
  const CoxAnswer fitted = TRY(answer_whole_cox(problem.data(), options, chi_square_of_level(spec)));
  Json answer = Json::object();
  if (fitted.status) answer["status"] = name_of(*fitted.status);
  put_not_estimated(answer, problem.design.names, fitted);
  answer["converged"] = fitted.converged;
  answer["ties"] = name_of(options.ties);
  answer["interval"] = spec.text("interval");
  answer["level"] = spec.number("level");
  const Json limits =
      TRY(limits_of(problem, fitted, options, chi_square_of_level(spec), spec.text("interval") == "score"));
  if (limits.is_object()) answer.update(limits);
  return answer;
}

/// The columns that the data say something about; a monotone likelihood is what the penalty is for.
std::vector<std::size_t> with_information(const CoxAnswer& fitted) {
  std::vector<std::size_t> columns;
  for (std::size_t j = 0; j < fitted.covariates.size(); ++j) {
    const auto& obstacle = fitted.covariates[j].obstacle;
    if (!obstacle || obstacle == CoxObstacle::kMonotoneLikelihood ||
        obstacle == CoxObstacle::kNoConvergence) {
      columns.push_back(j);
    }
  }
  return columns;
}

Result<Json> run_firth(const Spec& spec, const Rows& rows) {
  const Problem problem = TRY(read_problem(spec, rows, false));
  CoxAnswer fitted =
      TRY(answer_whole_cox(problem.data(), {.ties = ties_of(spec)}, chi_square_of_level(spec)));
  std::vector<std::string> names;
  std::vector<std::span<const double>> columns;
  for (const std::size_t j : with_information(fitted)) {
    names.push_back(problem.design.names[j]);
    columns.push_back(problem.design.columns[j]);
    fitted.covariates[j].obstacle = {};
  }
  Json answer = Json::object();
  put_counts(answer, problem);
  put_not_estimated(answer, problem.design.names, fitted);
  if (names.empty()) {
    answer["status"] = name_of(fitted.status.value_or(CoxObstacle::kNoInformation));
    return answer;
  }
  for (const CoxCovariate& covariate : fitted.covariates) {
    if (covariate.obstacle) answer["status"] = name_of(*covariate.obstacle);
  }
  const CoxFirthFit fit = TRY(
      fit_cox_firth(problem.data(columns), {.ties = ties_of(spec), .chi_square = chi_square_of_level(spec)}));
  put_wald(answer, names, fit.coefficients, fit.covariance, kHazardRatio, spec.number("level"));
  answer["loglik"] = number_json(fit.log_likelihood);
  answer["penalized_loglik_null"] = number_json(fit.penalized_log_likelihood_null);
  answer["penalized_loglik"] = number_json(fit.penalized_log_likelihood);
  answer["profile_penalized_ci"] = limits_by_name(names, fit.lower, fit.upper);
  answer["plr_chisq"] = by_name(names, fit.penalized_lr_chi_square);
  std::vector<double> p;
  for (const double statistic : fit.penalized_lr_chi_square) p.push_back(chi_square_upper(statistic, 1));
  answer["plr_p"] = by_name(names, p);
  answer["plr_chisq_all"] = number_json(fit.penalized_lr_chi_square_all);
  answer["plr_df"] = names.size();
  answer["iterations"] = fit.iterations;
  answer["converged"] = true;
  answer["ties"] = spec.text("ties");
  answer["variance"] = "model based, unpenalized information";
  answer["interval"] = "wald on the log scale; profile_penalized_ci from the penalized profile";
  answer["level"] = spec.number("level");
  return answer;
}

SpecKey ties_key(std::vector<std::string_view> choices) {
  return {.name = "ties",
          .kind = KeyKind::kChoice,
          .words = choices.size() > 2 ? "stats.key.ties" : "stats.key.ties_of_two",
          .default_json = "\"efron\"",
          .choices = std::move(choices)};
}

}  // namespace

std::vector<Method> cox_methods() {
  const SpecKey every_ties = ties_key({"efron", "breslow", "exact", "kalbfleisch_prentice"});
  const SpecKey variance{.name = "variance",
                         .kind = KeyKind::kChoice,
                         .words = "stats.key.cox_variance",
                         .choices = {"model based", "sandwich by row", "sandwich by cluster"}};
  const SpecKey intervals{.name = "intervals",
                          .kind = KeyKind::kChoices,
                          .words = "stats.key.cox_intervals",
                          .choices = {"profile", "score"}};
  const SpecKey interval{.name = "interval",
                         .kind = KeyKind::kChoice,
                         .words = "stats.key.cox_interval",
                         .default_json = "\"profile\"",
                         .choices = {"profile", "score"}};
  const SpecKey scale{.name = "scale",
                      .kind = KeyKind::kChoice,
                      .words = "stats.key.cox_scale",
                      .default_json = "\"log hazard ratio\"",
                      .choices = {"log hazard ratio"}};
  const SpecKey time_varying{.name = "time_varying",
                             .kind = KeyKind::kTimeVarying,
                             .words = "stats.key.cox_time_varying",
                             .choices = {"identity", "log", "log1p"}};
  const std::vector<SpecKey> rows = {keys::kTime,    keys::kStart,  keys::kEvent,   keys::kCovariates,
                                     keys::kFactors, keys::kStrata, keys::kWeights, keys::kOffset,
                                     keys::kCluster, keys::kLevel};
  const auto with = [&](std::vector<SpecKey> more) {
    more.insert(more.begin(), rows.begin(), rows.end());
    return more;
  };
  return {{.name = "cox_ph", .keys = with({time_varying, every_ties, variance, intervals}), .run = run_cox},
          {.name = "cox_profile_ci",
           .keys = with({time_varying, every_ties, interval, scale}),
           .run = run_limits},
          {.name = "cox_ph_firth", .keys = with({ties_key({"efron", "breslow"})}), .run = run_firth}};
}

}  // namespace mimamori
