#include "serve/ingest/profile.h"

#include <ctime>

namespace mimamori {
namespace {

std::int64_t nanoseconds_of(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

std::int64_t thread_nanoseconds() { return nanoseconds_of(CLOCK_THREAD_CPUTIME_ID); }

double process_seconds() { return static_cast<double>(nanoseconds_of(CLOCK_PROCESS_CPUTIME_ID)) * 1e-9; }

}  // namespace mimamori
