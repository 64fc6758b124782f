// Cox models on simulation A of the benchmark specification (docs/performance.md): 10 covariates, heavy ties,
// 100,000 persons and ten times as many.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <utility>

#include "analyze/cox.h"
#include "analyze/simulations.h"

namespace mimamori {
namespace {

/// Stops unless the data are those of the specification: timing other data would mean nothing.
void check(const SimulatedCohort& data, std::size_t persons) {
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
  SimulatedCohort cohort = simulation_a(persons);
  check(cohort, persons);
  const CoxData data = cohort.data();
  double treatment = 0;
  for ([[maybe_unused]] auto _ : state) {
    const Result<CoxFit> fit = fit_cox(data, {.ties = ties});
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
