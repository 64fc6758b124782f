#pragma once

// For tests and benchmarks only: simulations A and D of the benchmark specification (docs/performance.md),
// the same bits on any machine.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <span>
#include <vector>

#include "analyze/cox.h"
#include "base/random.h"

namespace mimamori {

/// Owns the columns of a simulated cohort.
struct SimulatedCohort {
  std::vector<std::vector<double>> columns;
  std::vector<double> days;
  std::vector<std::uint8_t> event;
  std::vector<std::int32_t> site;
  std::vector<std::span<const double>> spans;  // of columns

  SimulatedCohort(std::size_t covariates, std::size_t persons) : columns(covariates) {
    for (auto& column : columns) column.reserve(persons);
    days.reserve(persons);
    event.reserve(persons);
  }
  SimulatedCohort(const SimulatedCohort&) = delete;
  SimulatedCohort(SimulatedCohort&&) = default;

  template <std::size_t P>
  void add(const std::array<double, P>& x, double event_days, double censored_days) {
    for (std::size_t j = 0; j < P; ++j) columns[j].push_back(x[j]);
    days.push_back(std::ceil(std::min(event_days, censored_days)));
    event.push_back(event_days <= censored_days ? 1 : 0);
  }
  /// The cohort as columns; valid as long as it lives. by_site: sites as strata.
  CoxData data(bool by_site = false) {
    spans.assign(columns.begin(), columns.end());
    CoxData out{.x = {}, .start = {}, .stop = days, .event = event, .stratum = {}};
    if (by_site) out.stratum = site;
    out.columns = spans;
    return out;
  }
};

/// Simulation A: ten covariates, heavily tied whole days, ten sites.
inline SimulatedCohort simulation_a(std::size_t persons) {
  constexpr std::array<double, 10> kLogHazardRatios = {
      0.405465108108164, 0.6, 0.3, 0.4, 0.2, 0.5, 0.7, 1.0, -0.2, 0.15};
  const RandomStream stream(1);
  const auto below = [](double u, double limit) { return u < limit ? 1.0 : 0.0; };
  SimulatedCohort cohort(10, persons);
  for (std::uint64_t i = 0; i < persons; ++i) {
    const auto u = [&](std::uint64_t j) { return stream.u(i, j); };
    const std::array<double, 10> x = {
        below(u(0), 0.3),
        (20 + 70 * u(1) - 55) / 20,
        below(u(2), 0.5),
        below(u(3), 0.30),
        below(u(4), 0.20),
        below(u(5), 0.10),
        below(u(6), 0.05),
        below(u(7), 0.02),
        (u(8) - 0.5) * std::sqrt(12.0),
        std::sqrt(-2 * std::log(u(9))) * std::cos(2 * std::numbers::pi * u(10))};
    const double site = std::floor(10 * u(11));
    const double eta =
        std::inner_product(x.begin(), x.end(), kLogHazardRatios.begin(), 0.0) + 0.1 * (site - 4.5);
    cohort.add(x, -std::log(u(12)) / (1.45e-5 * std::exp(eta)), std::min(730.0, -1500 * std::log(u(13))));
    cohort.site.push_back(static_cast<std::int32_t>(site));
  }
  return cohort;
}

/// Simulation D: data set k (from 1) of 5,000 persons with exposure, age and sex.
inline SimulatedCohort simulation_d(std::uint64_t k) {
  const RandomStream stream(1000 + k);
  SimulatedCohort cohort(3, 5000);
  for (std::uint64_t i = 0; i < 5000; ++i) {
    const std::array<double, 3> x = {stream.u(i, 0) < 0.3 ? 1.0 : 0.0, (20 + 70 * stream.u(i, 1) - 55) / 20,
                                     stream.u(i, 2) < 0.5 ? 1.0 : 0.0};
    const double eta = std::log(1.5) * x[0] + 0.6 * x[1] + 0.3 * x[2];
    cohort.add(x, -std::log(stream.u(i, 3)) / (2.4e-5 * std::exp(eta)),
               std::min(730.0, -1500 * std::log(stream.u(i, 4))));
  }
  return cohort;
}

}  // namespace mimamori
