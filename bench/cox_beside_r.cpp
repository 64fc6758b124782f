// Cox fits beside coxph.fit of R on the same data in the same run (bench/cox_beside_r.sh).
//   cox_beside_r write FOLDER         the columns of simulations A (1,000,000 and 100,000) and D (100 sets)
//   cox_beside_r time REPEATS [THREADS]   lines "NAME SECONDS ESTIMATE", medians
//   cox_beside_r memory               one fit of 1,000,000 x 10; prints the bytes of the input

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "analyze/simulations.h"

namespace mimamori {
namespace {

constexpr std::size_t kManySets = 100;

void write(const std::string& folder, const std::string& name, const SimulatedCohort& cohort) {
  std::ofstream file(folder + "/" + name, std::ios::binary);
  const auto put = [&](const std::vector<double>& column) {
    file.write(reinterpret_cast<const char*>(column.data()), std::streamsize(column.size() * sizeof(double)));
  };
  for (const auto& column : cohort.columns) put(column);
  put(cohort.days);
  put(std::vector<double>(cohort.event.begin(), cohort.event.end()));
}

template <class Work>
double median_seconds(int repeats, const Work& work) {
  std::vector<double> seconds;
  for (int k = 0; k < repeats; ++k) {
    const auto start = std::chrono::steady_clock::now();
    work();
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::ranges::sort(seconds);
  return seconds[seconds.size() / 2];
}

/// The first coefficient; stops if there is none.
double first_coefficient(const CoxData& data, int threads) {
  const auto fit = fit_cox(data, {.threads = threads});
  if (fit.ok()) return fit->coefficients.front();
  std::fprintf(stderr, "cox_beside_r: %s\n", fit.error().sentence.c_str());
  std::exit(1);
}

void time_one(const char* name, SimulatedCohort cohort, int repeats, int threads) {
  const CoxData data = cohort.data();
  double estimate = 0;
  const double seconds = median_seconds(repeats, [&] { estimate = first_coefficient(data, threads); });
  std::printf("%s %.6f %.10f\n", name, seconds, estimate);
}

void time_all(int repeats, int threads) {
  time_one("large", simulation_a(1'000'000), repeats, threads);
  time_one("small", simulation_a(100'000), repeats, threads);
  std::vector<SimulatedCohort> cohorts;
  for (std::size_t k = 1; k <= kManySets; ++k) cohorts.push_back(simulation_d(k));
  double first = 0;
  const double seconds = median_seconds(repeats, [&] {
    for (std::size_t k = kManySets; k-- > 0;) first = first_coefficient(cohorts[k].data(), 1);
  });
  std::printf("many %.6f %.10f\n", seconds, first);
}

}  // namespace
}  // namespace mimamori

int main(int count, char** words) {
  using namespace mimamori;
  const std::string what = count > 1 ? words[1] : "";
  if (what == "write" && count == 3) {
    write(words[2], "large", simulation_a(1'000'000));
    write(words[2], "small", simulation_a(100'000));
    for (std::size_t k = 1; k <= kManySets; ++k) write(words[2], "many" + std::to_string(k), simulation_d(k));
  } else if (what == "time" && count >= 3) {
    time_all(std::atoi(words[2]), count > 3 ? std::atoi(words[3]) : 0);
  } else if (what == "memory") {
    SimulatedCohort cohort = simulation_a(1'000'000);
    std::printf("%zu %.10f\n", std::size_t{1'000'000} * (11 * sizeof(double) + 1),
                first_coefficient(cohort.data(), 0));
  } else {
    std::fprintf(stderr, "usage: cox_beside_r write FOLDER | time REPEATS [THREADS] | memory\n");
    return 2;
  }
  return 0;
}
