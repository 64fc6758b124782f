// simulate COUNT [FIRST_SEED] [PROCESSES]: runs simulations until so many lifecycles have ended; stops at the
// first violation and prints the seed that replays it. Exit 0: none; 1: a violation; 2: a process died.
//
// With more than one process each takes every PROCESSES-th seed and its share of the lifecycles; a line on
// stderr says now and then how far they are.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "simulate/fake_keys.h"
#include "simulate/simulation.h"

namespace {

using mimamori::simulate::Outcome;
using mimamori::simulate::Simulation;

constexpr std::int64_t kTellEvery = 20'000;  // lifecycles

struct Total {
  std::int64_t lifecycles = 0;
  std::int64_t steps = 0;
  std::map<std::string, std::int64_t> ended;

  void add(const Outcome& outcome) {
    lifecycles += outcome.lifecycles;
    steps += outcome.steps;
    for (const auto& [state, count] : outcome.ended) ended[state] += count;
  }
};

/// "violation SEED RULE: WHAT", or "progress LIFECYCLES", then "end STEPS STATE COUNT STATE COUNT ...".
void run_share(std::ostream& out, std::int64_t wanted, std::uint64_t seed, std::uint64_t stride) {
  Total total;
  std::int64_t told = 0;
  for (; total.lifecycles < wanted; seed += stride) {
    mimamori::simulate::forget_fake_keys();
    const Outcome outcome = Simulation(seed).run();
    if (outcome.violation) {
      out << "violation seed " << seed << ": " << outcome.violation->rule << ": " << outcome.violation->what
          << std::endl;
      return;
    }
    total.add(outcome);
    if (total.lifecycles - told >= kTellEvery) {
      out << "progress " << total.lifecycles - std::exchange(told, total.lifecycles) << std::endl;
    }
  }
  out << "progress " << total.lifecycles - told << "\nend " << total.steps;
  for (const auto& [state, count] : total.ended) out << " " << state << " " << count;
  out << std::endl;
}

/// Runs a share in a process of its own, whose words come through the pipe.
pid_t start_share(int write_end, std::int64_t wanted, std::uint64_t seed, std::uint64_t stride) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  struct Pipe : std::stringbuf {
    explicit Pipe(int to) : fd(to) {}
    int sync() override {  // a line is shorter than PIPE_BUF: those of two processes do not mix
      const std::string text = str();
      const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
      str("");
      return written ? 0 : -1;
    }
    int fd;
  } pipe(write_end);
  std::ostream out(&pipe);
  run_share(out, wanted, seed, stride);
  ::_exit(0);
}

/// Reads what the shares say until all have ended or one has found something.
int listen(std::FILE* words, std::int64_t wanted, std::size_t shares) {
  Total total;
  std::size_t ended = 0;
  std::array<char, 4096> line{};
  while (ended < shares && std::fgets(line.data(), static_cast<int>(line.size()), words) != nullptr) {
    std::istringstream in(line.data());
    std::string kind;
    in >> kind;
    if (kind == "violation") {
      std::cout << std::string(line.data()).substr(kind.size() + 1);
      return 1;
    }
    if (kind == "progress") {
      std::int64_t more = 0;
      in >> more;
      total.lifecycles += more;
      if (shares > 1) std::cerr << total.lifecycles << " of " << wanted << " lifecycles" << std::endl;
    } else if (kind == "end") {
      ++ended;
      std::int64_t steps = 0;
      in >> steps;
      total.steps += steps;
      std::string state;
      for (std::int64_t count = 0; in >> state >> count;) total.ended[state] += count;
    }
  }
  if (ended < shares) {
    std::cout << "a process died before its end\n";
    return 2;
  }
  std::cout << total.lifecycles << " lifecycles, " << total.steps << " steps, no rule broken\n";
  for (const auto& [state, count] : total.ended) std::cout << "  " << state << " " << count << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t wanted = argc > 1 ? std::strtoll(argv[1], nullptr, 10) : 2000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  const std::uint64_t shares = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  if (wanted < 1 || shares < 1 || shares > 64) {
    std::cerr << "simulate COUNT [FIRST_SEED] [PROCESSES]\n";
    return 2;
  }
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return 2;
  std::vector<pid_t> children;
  for (std::uint64_t i = 0; i < shares; ++i) {
    const auto count = static_cast<std::int64_t>(shares);
    children.push_back(start_share(ends[1], (wanted + count - 1) / count, seed + i, shares));
  }
  ::close(ends[1]);
  std::FILE* words = ::fdopen(ends[0], "r");
  const int code = words == nullptr ? 2 : listen(words, wanted, shares);
  for (const pid_t child : children) {
    if (code != 0 && child > 0) ::kill(child, SIGTERM);
    ::waitpid(child, nullptr, 0);
  }
  return code;
}
