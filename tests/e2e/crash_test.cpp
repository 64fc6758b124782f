#include <gtest/gtest.h>

#include <chrono>

#include "base/random.h"
#include "base/testing.h"
#include "program.h"

namespace mimamori {
namespace {

// Ingest is killed (SIGKILL) at 20 random moments; running it again must give the logical dump of a run
// that nothing disturbed.
TEST(Crash, IngestKilledAtAnyMomentIsMadeGoodByRunningAgain) {
  const ScratchFolder scratch;
  const auto hospital = write_hospital_into(scratch.path() / "hospital", 25);
  const auto fresh = scratch.path() / "fresh";
  ASSERT_EQ(mimamori_run({"site", "init", "--dir", fresh.string()}).exit_code, 0);
  const auto ingest_of = [&](const std::filesystem::path& site) {
    return std::vector<std::string>{"site", "ingest", "--dir", site.string(), "--ssmix2", tree_of(hospital).string(),
                                    "--code-map", (hospital / "code_map.csv").string()};
  };
  const auto digest_of = [](const std::filesystem::path& site) {
    const ProgramRun run = mimamori_run({"site", "digest", "--dir", site.string()});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return run.out;
  };

  const auto undisturbed = scratch.path() / "undisturbed";
  std::filesystem::copy(fresh, undisturbed);  // the same key, so the same pseudonyms
  const auto began = std::chrono::steady_clock::now();
  ASSERT_EQ(mimamori_run(ingest_of(undisturbed)).exit_code, 0);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  const std::string expected = digest_of(undisturbed);

  const RandomStream random(20);
  int interrupted = 0;
  for (std::uint64_t trial = 0; trial < 20; ++trial) {
    const auto site = scratch.path() / ("site" + std::to_string(trial));
    std::filesystem::copy(fresh, site);
    const int moment = static_cast<int>(random.u(trial, 0) * static_cast<double>(took.count()));
    if (mimamori_killed_after(ingest_of(site), moment)) ++interrupted;
    const ProgramRun again = mimamori_run(ingest_of(site));
    ASSERT_EQ(again.exit_code, 0) << again.err;
    EXPECT_EQ(digest_of(site), expected) << "killed after " << moment << " ms of " << took.count();
    std::filesystem::remove_all(site);
  }
  EXPECT_GE(interrupted, 10) << "the moments must fall inside the run for this test to mean anything";
}

}  // namespace
}  // namespace mimamori
