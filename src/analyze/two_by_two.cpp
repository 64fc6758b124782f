#include "analyze/two_by_two.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analyze/distributions.h"
#include "analyze/proportion.h"

namespace mimamori {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The four numbers of a pair, as the formulas use them.
struct Numbers {
  double a, n1, c, n0;
  [[nodiscard]] double risk1() const { return a / n1; }
  [[nodiscard]] double risk0() const { return c / n0; }
};

Result<Numbers> numbers_of(const RiskPair& pair, double level) {
  if (pair.cases1 < 0 || pair.cases1 > pair.persons1 || pair.cases0 < 0 || pair.cases0 > pair.persons0) {
    return Error{ErrorCode::kInvalidInput,
                 "risks: the cases must lie between 0 and the persons of their group"};
  }
  if (!(level > 0 && level < 1)) {
    return Error{ErrorCode::kInvalidInput, "risks: the level must lie between 0 and 1"};
  }
  if (pair.persons1 == 0 || pair.persons0 == 0) {
    return Error{ErrorCode::kNotEstimable, "risks: a group has nobody"};
  }
  return Numbers{.a = static_cast<double>(pair.cases1),
                 .n1 = static_cast<double>(pair.persons1),
                 .c = static_cast<double>(pair.cases0),
                 .n0 = static_cast<double>(pair.persons0)};
}

Interval around(double center, double width) { return {.lower = center - width, .upper = center + width}; }

/// The standardized distance of the observed difference from a supposed one; falls as the supposed one rises.
/// Variance at the likeliest risks under it, which maximize a concave likelihood of one risk.
double score_of_difference(const Numbers& x, double difference) {
  const double away = x.risk1() - x.risk0() - difference;
  if (away == 0) return 0;
  const double low = std::max(0.0, -difference);
  const double high = std::min(1.0, 1 - difference);
  const auto slope = [&](double risk0) {
    const double risk1 = std::clamp(risk0 + difference, 0.0, 1.0);
    double out = 0;
    if (x.a > 0) out += x.a / risk1;
    if (x.c > 0) out += x.c / risk0;
    if (x.a < x.n1) out -= (x.n1 - x.a) / (1 - risk1);
    if (x.c < x.n0) out -= (x.n0 - x.c) / (1 - risk0);
    return out;
  };
  // Strictly inside, where no term is infinite; without a zero of the slope the maximum is at an end.
  const double inset = (high - low) * 1e-15;
  double risk0 = low;
  if (high > low) {
    const auto root = root_between(slope, low + inset, high - inset);
    risk0 = root ? *root : slope((low + high) / 2) < 0 ? low : high;
  }
  const double risk1 = std::clamp(risk0 + difference, 0.0, 1.0);
  return away / std::sqrt(risk1 * (1 - risk1) / x.n1 + risk0 * (1 - risk0) / x.n0);
}

/// The same for a supposed ratio, given as its logarithm.
double score_of_ratio(const Numbers& x, double log_ratio) {
  const double ratio = std::exp(log_ratio);
  const double away = x.risk1() - ratio * x.risk0();
  if (away == 0) return 0;
  const double lead = (x.n1 + x.n0) * ratio;
  const double linear = x.n1 * ratio + x.a + x.n0 + x.c * ratio;
  const double risk0 =
      2 * (x.a + x.c) / (linear + std::sqrt(std::max(0.0, linear * linear - 4 * lead * (x.a + x.c))));
  const double risk1 = std::min(1.0, ratio * risk0);
  return away / std::sqrt(risk1 * (1 - risk1) / x.n1 + ratio * ratio * risk0 * (1 - risk0) / x.n0);
}

Interval score_interval_of_difference(const Numbers& x, double z) {
  const double difference = x.risk1() - x.risk0();
  const double critical = z / std::sqrt(1 - 1 / (x.n1 + x.n0));
  const auto limit = [&](double target, double end) {
    if (difference == end) return end;
    const auto root = root_between([&](double at) { return score_of_difference(x, at) - target; },
                                   std::min(difference, end), std::max(difference, end));
    return root ? *root : std::nan("");
  };
  return {.lower = limit(critical, -1), .upper = limit(-critical, 1)};
}

Interval score_interval_of_ratio(const Numbers& x, double critical) {
  const auto limit = [&](double target, double start, double step) {
    const auto root =
        root_beyond([&](double at) { return score_of_ratio(x, at) - target; }, start, step, step * kInfinity);
    return root ? std::exp(*root) : std::nan("");
  };
  // The observed ratio where there is one, else a place beyond which the score has passed the limit.
  const double start = x.a > 0 && x.c > 0 ? std::log(x.risk1() / x.risk0()) : 0;
  Interval out{.lower = 0, .upper = kInfinity};
  if (x.a > 0) out.lower = limit(critical, start, score_of_ratio(x, start) < critical ? -0.25 : 0.25);
  if (x.c > 0) out.upper = limit(-critical, start, score_of_ratio(x, start) > -critical ? 0.25 : -0.25);
  return out;
}

}  // namespace

Counts2x2 cells_of(const RiskPair& pair) {
  return {
      .a = pair.cases1, .b = pair.persons1 - pair.cases1, .c = pair.cases0, .d = pair.persons0 - pair.cases0};
}

Result<RiskDifference> risk_difference(const RiskPair& pair, double level) {
  const Numbers x = TRY(numbers_of(pair, level));
  const ProportionIntervals one = TRY(proportion_intervals(pair.cases1, pair.persons1, level));
  const ProportionIntervals zero = TRY(proportion_intervals(pair.cases0, pair.persons0, level));
  const double z = normal_point(level);
  const double difference = x.risk1() - x.risk0();
  const auto error = [](double risk1, double n1, double risk0, double n0) {
    return std::sqrt(risk1 * (1 - risk1) / n1 + risk0 * (1 - risk0) / n0);
  };
  const double plus1 = (x.a + 1) / (x.n1 + 2);
  const double plus0 = (x.c + 1) / (x.n0 + 2);
  return RiskDifference{.difference = difference,
                        .number_needed = 1 / std::abs(difference),
                        .wald = around(difference, z * error(x.risk1(), x.n1, x.risk0(), x.n0)),
                        .newcombe = {.lower = difference - std::hypot(one.share - one.wilson.lower,
                                                                      zero.wilson.upper - zero.share),
                                     .upper = difference + std::hypot(one.wilson.upper - one.share,
                                                                      zero.share - zero.wilson.lower)},
                        .miettinen_nurminen = score_interval_of_difference(x, z),
                        .agresti_caffo = around(plus1 - plus0, z * error(plus1, x.n1 + 2, plus0, x.n0 + 2))};
}

Result<RiskRatio> risk_ratio(const RiskPair& pair, double level) {
  const Numbers x = TRY(numbers_of(pair, level));
  if (x.a + x.c == 0) return Error{ErrorCode::kNotEstimable, "risks: no case in both groups"};
  const double z = normal_point(level);
  RiskRatio out{.ratio = x.c == 0 ? kInfinity : x.risk1() / x.risk0(),
                .katz = {},
                .miettinen_nurminen = score_interval_of_ratio(x, z / std::sqrt(1 - 1 / (x.n1 + x.n0))),
                .koopman = score_interval_of_ratio(x, z)};
  const double variance = 1 / x.a - 1 / x.n1 + 1 / x.c - 1 / x.n0;
  if (x.a > 0 && x.c > 0 && variance > 0) {
    const double width = std::exp(z * std::sqrt(variance));
    out.katz = Interval{.lower = out.ratio / width, .upper = out.ratio * width};
  }
  return out;
}

Result<OddsRatio> odds_ratio(const RiskPair& pair, double level) {
  const Numbers x = TRY(numbers_of(pair, level));
  const double z = normal_point(level);
  const auto woolf = [&](double add) {
    const double a = x.a + add;
    const double b = x.n1 - x.a + add;
    const double c = x.c + add;
    const double d = x.n0 - x.c + add;
    const double ratio = a * d / (b * c);
    const double width = std::exp(z * std::sqrt(1 / a + 1 / b + 1 / c + 1 / d));
    return EstimateInterval{.estimate = ratio, .interval = {.lower = ratio / width, .upper = ratio * width}};
  };
  OddsRatio out{.ratio = {}, .woolf = {}, .haldane = woolf(0.5)};
  const double up = x.a * (x.n0 - x.c);
  const double down = (x.n1 - x.a) * x.c;
  if (up > 0 || down > 0) out.ratio = up / down;
  if (up > 0 && down > 0) out.woolf = woolf(0).interval;
  return out;
}

Result<ChiSquare2x2> chi_square_2x2(const RiskPair& pair) {
  const Numbers x = TRY(numbers_of(pair, 0.95));
  const double n = x.n1 + x.n0;
  const double cases = x.a + x.c;
  if (cases == 0 || cases == n) {
    return Error{ErrorCode::kNotEstimable, "risks: nobody, or everybody, has the outcome"};
  }
  const double away = std::abs(x.a - x.n1 * cases / n);  // the same for all four cells
  const double inverse = n * n * n / (x.n1 * x.n0 * cases * (n - cases));
  const double less = away - std::min(0.5, away);
  return ChiSquare2x2{.pearson = away * away * inverse,
                      .yates = less * less * inverse,
                      .min_expected = std::min(x.n1, x.n0) * std::min(cases, n - cases) / n};
}

}  // namespace mimamori
