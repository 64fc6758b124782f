#include "analyze/mantel_haenszel.h"

#include <algorithm>
#include <cmath>

#include "analyze/distributions.h"

namespace mimamori {
namespace {

Result<void> check_level(double level) {
  if (level > 0 && level < 1) return {};
  return Error{ErrorCode::kInvalidInput, "Mantel-Haenszel: the level must lie between 0 and 1"};
}

std::optional<LogRatio> log_ratio(double up, double down, double variance, double z) {
  if (!(up > 0 || down > 0)) return {};
  const double ratio = up / down;
  if (!(up > 0 && down > 0)) return LogRatio{.ratio = ratio, .se_log = {}, .interval = {}};
  const double se = std::sqrt(variance);
  const double width = std::exp(z * se);
  return LogRatio{
      .ratio = ratio, .se_log = se, .interval = Interval{.lower = ratio / width, .upper = ratio * width}};
}

Interval around(double center, double width) { return {.lower = center - width, .upper = center + width}; }

std::optional<ChiSquare> chi_square(double away, double variance, double correction) {
  if (!(variance > 0)) return {};
  const double less = std::max(0.0, std::abs(away) - correction);
  const double statistic = less * less / variance;
  return ChiSquare{.statistic = statistic, .p = chi_square_upper(statistic, 1)};
}

/// One table as the formulas use it.
struct Table {
  double a, b, c, d, n1, n0, m, n;
};

Table table_of(const Counts2x2& counts) {
  const auto a = static_cast<double>(counts.a);
  const auto b = static_cast<double>(counts.b);
  const auto c = static_cast<double>(counts.c);
  const auto d = static_cast<double>(counts.d);
  return {.a = a, .b = b, .c = c, .d = d, .n1 = a + b, .n0 = c + d, .m = a + c, .n = a + b + c + d};
}

bool is_informative(const Table& t) { return t.n1 > 0 && t.n0 > 0 && t.m > 0 && t.m < t.n; }

/// The sums over strata of everything but the tests of homogeneity.
struct Sums {
  double odds_up = 0, odds_down = 0, odds_pr = 0, odds_mixed = 0, odds_qs = 0;
  double risk_up = 0, risk_down = 0, risk_variance = 0;
  double weight = 0, difference = 0, difference_variance = 0, sato_p = 0, sato_q = 0;
  double away = 0, variance = 0;
};

void add_stratum(Sums& sums, const Table& t) {
  const double up = t.a * t.d / t.n;
  const double down = t.b * t.c / t.n;
  const double agree = (t.a + t.d) / t.n;
  const double differ = (t.b + t.c) / t.n;
  sums.odds_up += up;
  sums.odds_down += down;
  sums.odds_pr += agree * up;
  sums.odds_mixed += agree * down + differ * up;
  sums.odds_qs += differ * down;
  sums.risk_up += t.a * t.n0 / t.n;
  sums.risk_down += t.c * t.n1 / t.n;
  sums.risk_variance += (t.m * t.n1 * t.n0 - t.a * t.c * t.n) / (t.n * t.n);
  sums.weight += t.n1 * t.n0 / t.n;
  sums.difference += (t.a * t.n0 - t.c * t.n1) / t.n;
  sums.difference_variance +=
      (t.a * t.b * t.n0 * t.n0 * t.n0 + t.c * t.d * t.n1 * t.n1 * t.n1) / (t.n1 * t.n0 * t.n * t.n);
  sums.sato_p += (t.n1 * t.n1 * t.c - t.n0 * t.n0 * t.a + t.n1 * t.n0 * (t.n0 - t.n1) / 2) / (t.n * t.n);
  sums.sato_q += (t.a * (t.n0 - t.c) + t.c * (t.n1 - t.a)) / (2 * t.n);
  if (!is_informative(t)) return;
  sums.away += t.a - t.n1 * t.m / t.n;
  sums.variance += t.n1 * t.n0 * t.m * (t.n - t.m) / (t.n * t.n * (t.n - 1));
}

/// The exposed with the outcome that a table's margins and an odds ratio lead to expect (the large-sample
/// mean).
double fitted_cell(const Table& t, double odds) {
  const double linear = odds * (t.n1 + t.m) + (t.n0 - t.m);
  const double root = std::sqrt(std::max(0.0, linear * linear - 4 * odds * (odds - 1) * t.n1 * t.m));
  return 2 * odds * t.n1 * t.m / (linear + root);
}

void add_homogeneity(MantelHaenszelCounts& out, std::span<const Counts2x2> strata) {
  if (!out.odds || !out.odds->se_log || out.informative_strata < 2) return;
  double breslow_day = 0;
  double away_sum = 0;
  double variance_sum = 0;
  for (const Counts2x2& counts : strata) {
    const Table t = table_of(counts);
    if (!is_informative(t)) continue;
    const double a = fitted_cell(t, out.odds->ratio);
    const double variance = 1 / (1 / a + 1 / (t.n1 - a) + 1 / (t.m - a) + 1 / (t.n0 - t.m + a));
    breslow_day += (t.a - a) * (t.a - a) / variance;
    away_sum += t.a - a;
    variance_sum += variance;
  }
  out.breslow_day = breslow_day;
  out.breslow_day_tarone = breslow_day - away_sum * away_sum / variance_sum;
}

}  // namespace

Result<MantelHaenszelRates> mantel_haenszel_rates(std::span<const RatePair> strata, double level) {
  TRY(check_level(level));
  double up = 0;
  double down = 0;
  double weight = 0;
  double difference = 0;
  double difference_variance = 0;
  double away = 0;
  double variance = 0;
  MantelHaenszelRates out;
  for (const RatePair& s : strata) {
    if (s.events1 < 0 || s.events0 < 0 || !(s.time1 >= 0 && s.time0 >= 0) ||
        !std::isfinite(s.time1 + s.time0)) {
      return Error{ErrorCode::kInvalidInput, "Mantel-Haenszel: events and person-time must be at least 0"};
    }
    if (s.time1 == 0 || s.time0 == 0) continue;
    const auto a = static_cast<double>(s.events1);
    const auto b = static_cast<double>(s.events0);
    const double time = s.time1 + s.time0;
    const double product = s.time1 * s.time0 / time;
    up += a * s.time0 / time;
    down += b * s.time1 / time;
    weight += product;
    difference += (a * s.time0 - b * s.time1) / time;
    difference_variance += product * product * (a / (s.time1 * s.time1) + b / (s.time0 * s.time0));
    away += a - (a + b) * s.time1 / time;
    variance += (a + b) * product / time;
    if (a + b > 0) ++out.informative_strata;
  }
  if (weight == 0) {
    return Error{ErrorCode::kNotEstimable, "Mantel-Haenszel: no stratum has person-time in both groups"};
  }
  const double z = normal_point(level);
  out.ratio = log_ratio(up, down, variance / (up * down), z);
  out.difference = difference / weight;
  out.difference_se = std::sqrt(difference_variance) / weight;
  out.difference_interval = around(out.difference, z * out.difference_se);
  out.chi_square = chi_square(away, variance, 0);
  out.chi_square_corrected = chi_square(away, variance, 0.5);
  return out;
}

Result<MantelHaenszelCounts> mantel_haenszel_counts(std::span<const Counts2x2> strata, double level) {
  TRY(check_level(level));
  Sums s;
  MantelHaenszelCounts out;
  for (const Counts2x2& counts : strata) {
    if (std::min({counts.a, counts.b, counts.c, counts.d}) < 0) {
      return Error{ErrorCode::kInvalidInput, "Mantel-Haenszel: counts must be at least 0"};
    }
    const Table t = table_of(counts);
    if (t.n1 == 0 || t.n0 == 0) continue;
    add_stratum(s, t);
    if (is_informative(t)) ++out.informative_strata;
  }
  if (s.weight == 0) return Error{ErrorCode::kNotEstimable, "Mantel-Haenszel: no stratum has both groups"};
  const double z = normal_point(level);
  const double odds_variance = s.odds_pr / (2 * s.odds_up * s.odds_up) +
                               s.odds_mixed / (2 * s.odds_up * s.odds_down) +
                               s.odds_qs / (2 * s.odds_down * s.odds_down);
  out.odds = log_ratio(s.odds_up, s.odds_down, odds_variance, z);
  out.risks = log_ratio(s.risk_up, s.risk_down, s.risk_variance / (s.risk_up * s.risk_down), z);
  out.difference = s.difference / s.weight;
  out.difference_se = std::sqrt(s.difference_variance) / s.weight;
  out.difference_interval = around(out.difference, z * out.difference_se);
  out.difference_se_sato = std::sqrt(std::max(0.0, out.difference * s.sato_p + s.sato_q)) / s.weight;
  out.difference_interval_sato = around(out.difference, z * out.difference_se_sato);
  out.chi_square = chi_square(s.away, s.variance, 0);
  out.chi_square_corrected = chi_square(s.away, s.variance, 0.5);
  add_homogeneity(out, strata);
  return out;
}

}  // namespace mimamori
