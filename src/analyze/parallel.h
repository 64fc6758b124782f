#pragma once

#include <cstddef>
#include <thread>
#include <vector>

namespace mimamori {

/// Threads to use: as many as asked for, or as the machine has (at most 8) if 0.
inline int threads_to_use(int asked) {
  if (asked > 0) return asked;
  const unsigned cores = std::thread::hardware_concurrency();
  return cores == 0 ? 1 : static_cast<int>(cores < 8 ? cores : 8);
}

/// Calls work(k) once for each k from 0 to count - 1, on several threads, in no order: calls must share
/// nothing that one of them changes. What they leave behind is the same for any number of threads.
template <class Work>
void for_each_part(std::size_t count, int threads, const Work& work) {
  const std::size_t used = threads < 1 ? 1 : static_cast<std::size_t>(threads);
  const auto share = [&](std::size_t thread) {
    for (std::size_t k = thread; k < count; k += used) work(k);
  };
  std::vector<std::jthread> others;
  for (std::size_t thread = 1; thread < used && thread < count; ++thread) others.emplace_back(share, thread);
  share(0);
}

}  // namespace mimamori
