// simulate COUNT [FIRST_SEED]: runs simulations until so many lifecycles have ended; stops at the first
// violation and prints the seed that replays it. Exit 0: none; 1: a violation.

#include <cstdlib>
#include <iostream>
#include <string>

#include "simulate/simulation.h"

int main(int argc, char** argv) {
  const std::int64_t wanted = argc > 1 ? std::strtoll(argv[1], nullptr, 10) : 2000;
  std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  std::int64_t lifecycles = 0;
  std::int64_t steps = 0;
  std::map<std::string, std::int64_t> ended;
  for (; lifecycles < wanted; ++seed) {
    const mimamori::simulate::Outcome outcome = mimamori::simulate::Simulation(seed).run();
    if (outcome.violation) {
      std::cout << "seed " << seed << ": " << outcome.violation->rule << ": " << outcome.violation->what
                << "\n";
      return 1;
    }
    lifecycles += outcome.lifecycles;
    steps += outcome.steps;
    for (const auto& [state, count] : outcome.ended) ended[state] += count;
  }
  std::cout << lifecycles << " lifecycles, " << steps << " steps, no rule broken\n";
  for (const auto& [state, count] : ended) std::cout << "  " << state << " " << count << "\n";
  return 0;
}
