// Cox models on simulation A of the benchmark specification (docs/performance.md): 10 covariates, heavy ties,
// 100,000 persons and ten times as many. The data are made from counter-based random numbers, so anyone
// who writes the same few lines in another language has the same bits.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <numeric>
#include <utility>
#include <vector>

#include "analyze/cox.h"
#include "base/random.h"

namespace mimamori {
namespace {

constexpr std::size_t kCovariates = 10;

struct Simulation {
  std::vector<double> x;  // n x 10, row-major
  std::vector<double> days;
  std::vector<std::uint8_t> event;
};

double as_number(bool condition) { return condition ? 1.0 : 0.0; }

/// Covariates of one person: treatment, age, sex, five conditions by prevalence, two continuous ones.
std::array<double, kCovariates> covariates(const RandomStream& random, std::uint64_t person) {
  const auto u = [&](std::uint64_t draw) { return random.u(person, draw); };
  return {as_number(u(0) < 0.3),
          (20 + 70 * u(1) - 55) / 20,
          as_number(u(2) < 0.5),
          as_number(u(3) < 0.30),
          as_number(u(4) < 0.20),
          as_number(u(5) < 0.10),
          as_number(u(6) < 0.05),
          as_number(u(7) < 0.02),
          (u(8) - 0.5) * std::sqrt(12.0),
          std::sqrt(-2 * std::log(u(9))) * std::cos(2 * std::numbers::pi * u(10))};
}

Simulation simulate(std::size_t persons) {
  constexpr std::array<double, kCovariates> kLogHazardRatios = {
      0.405465108108164, 0.6, 0.3, 0.4, 0.2, 0.5, 0.7, 1.0, -0.2, 0.15};
  const RandomStream random(1);
  Simulation data;
  data.x.reserve(persons * kCovariates);
  for (std::uint64_t person = 0; person < persons; ++person) {
    const auto x = covariates(random, person);
    data.x.insert(data.x.end(), x.begin(), x.end());
    const double site = std::floor(10 * random.u(person, 11));
    const double predictor =
        std::inner_product(x.begin(), x.end(), kLogHazardRatios.begin(), 0.0) + 0.1 * (site - 4.5);
    const double event_days = -std::log(random.u(person, 12)) / (1.45e-5 * std::exp(predictor));
    const double censored_days = std::min(730.0, -1500 * std::log(random.u(person, 13)));
    data.days.push_back(std::ceil(std::min(event_days, censored_days)));
    data.event.push_back(event_days <= censored_days ? 1 : 0);
  }
  return data;
}

/// Stops unless the data are those of the specification: timing other data would mean nothing.
void check(const Simulation& data, std::size_t persons) {
  const bool large = persons == 1'000'000;
  const auto events = std::accumulate(data.event.begin(), data.event.end(), std::int64_t{0});
  const double days = std::accumulate(data.days.begin(), data.days.end(), 0.0);
  if (events == (large ? 19'690 : 2'007) && days == (large ? 571'414'610.0 : 57'156'172.0)) return;
  std::fprintf(stderr, "analyze_bench: these are not the data of simulation A\n");
  std::exit(1);
}

/// Columns in memory to estimate with variance.
void cox_fit(benchmark::State& state, Ties ties) {
  const auto persons = static_cast<std::size_t>(state.range(0));
  const Simulation data = simulate(persons);
  check(data, persons);
  double treatment = 0;
  for ([[maybe_unused]] auto _ : state) {
    const Result<CoxFit> fit = fit_cox(
        {.x = data.x, .start = {}, .stop = data.days, .event = data.event, .stratum = {}}, {.ties = ties});
    if (!fit.ok()) {
      state.SkipWithError(fit.error().sentence.c_str());
      break;
    }
    treatment = fit->coefficients.front();
    benchmark::DoNotOptimize(std::as_const(treatment));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["log_hazard_ratio"] = treatment;
}

BENCHMARK_CAPTURE(cox_fit, efron, Ties::kEfron)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(cox_fit, breslow, Ties::kBreslow)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace mimamori

BENCHMARK_MAIN();
