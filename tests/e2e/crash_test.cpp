#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <set>

#include "base/random.h"
#include "base/testing.h"
#include "program.h"
#include "unsynced.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

/// Loads are killed (SIGKILL) at random moments, first loads and additions in turn; of half of them the disk
/// also loses what was not flushed, as in a power cut. Running the load again must give the logical dump of a
/// run that nothing disturbed.
class Crash : public testing::Test {
 protected:
  void SetUp() override {
    hospital_ = write_hospital_into(scratch_.path() / "hospital", 25);
    ASSERT_EQ(mimamori_run({"site", "init", "--dir", (scratch_.path() / "empty").string()}).exit_code, 0);
    make_half_tree();
    fs::copy(scratch_.path() / "empty", scratch_.path() / "half");   // the same key, so the same pseudonyms
    ASSERT_EQ(mimamori_run(load(scratch_.path() / "half", half_tree_)).exit_code, 0);
    for (const char* start : {"empty", "half"}) {
      const fs::path site = scratch_.path() / (std::string("undisturbed-") + start);
      fs::copy(scratch_.path() / start, site, fs::copy_options::recursive);
      const auto began = std::chrono::steady_clock::now();
      ASSERT_EQ(mimamori_run(load(site, tree_of(hospital_))).exit_code, 0);
      const auto took = std::chrono::steady_clock::now() - began;
      took_ms_[start] = static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
      expected_[start] = digest_of(site);
    }
  }

  /// Every second patient's folders, as if the others came a night later.
  void make_half_tree() {
    half_tree_ = scratch_.path() / "tree-of-half";
    std::set<std::string> left_out;
    int patients = 0;
    for (const auto& entry : fs::recursive_directory_iterator(tree_of(hospital_))) {
      const fs::path relative = fs::relative(entry.path(), tree_of(hospital_));
      const auto depth = std::distance(relative.begin(), relative.end());
      if (depth == 3 && entry.is_directory() && patients++ % 2 == 1) left_out.insert(entry.path().string());
    }
    fs::copy(tree_of(hospital_), half_tree_, fs::copy_options::recursive);
    for (const std::string& patient : left_out) fs::remove_all(half_tree_ / fs::relative(patient, tree_of(hospital_)));
    ASSERT_FALSE(left_out.empty());
  }

  [[nodiscard]] std::vector<std::string> load(const fs::path& site, const fs::path& tree) const {
    return {"site",   "ingest",     "--dir", site.string(), "--ssmix2", tree.string(), "--code-map",
            (hospital_ / "code_map.csv").string()};
  }
  static std::string digest_of(const fs::path& site) {
    const ProgramRun run = mimamori_run({"site", "digest", "--dir", site.string()});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return run.out;
  }

  /// One load that is killed and made good. True if the kill fell inside the run.
  bool kill_and_repeat(std::uint64_t trial, const RandomStream& random) {
    const std::string start = trial % 2 == 0 ? "empty" : "half";
    const bool loses_power = trial % 4 < 2;
    const fs::path site = scratch_.path() / "site", journal = scratch_.path() / "journal";
    fs::copy(scratch_.path() / start, site, fs::copy_options::recursive);
    fs::create_directory(journal);
    const int moment = static_cast<int>(random.u(trial, 0) * took_ms_[start]);
    Environment environment;
    if (loses_power) {
      environment = {{"LD_PRELOAD", MIMAMORI_FORGET_UNSYNCED}, {"FORGET_ROOT", site.string()}, {"FORGET_JOURNAL", journal.string()}};
    }
    const bool interrupted = mimamori_killed_after(load(site, tree_of(hospital_)), moment, environment);
    if (loses_power && interrupted && fs::exists(journal / "journal")) {
      forgotten_ += undo_unsynced(journal, trial % 8 < 4 ? 0 : random.u(trial, 1));
    }
    const ProgramRun again = mimamori_run(load(site, tree_of(hospital_)));
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_EQ(digest_of(site), expected_[start])
        << "trial " << trial << ": killed after " << moment << " ms of " << took_ms_[start]
        << (loses_power ? ", with a power cut" : "");
    fs::remove_all(site);
    fs::remove_all(journal);
    return interrupted;
  }

  void run(std::uint64_t trials) {
    const RandomStream random(20);
    std::uint64_t interrupted = 0;
    for (std::uint64_t trial = 0; trial < trials && !HasFailure(); ++trial) {
      if (kill_and_repeat(trial, random)) ++interrupted;
    }
    EXPECT_GE(interrupted, trials / 2) << "the moments must fall inside the run for this test to mean anything";
    EXPECT_GT(forgotten_, 0U) << "some power cut must have taken something";
  }

  ScratchFolder scratch_;
  fs::path hospital_, half_tree_;
  std::map<std::string, double> took_ms_;
  std::map<std::string, std::string> expected_;
  std::size_t forgotten_ = 0;
};

TEST_F(Crash, IngestKilledAtAnyMomentIsMadeGoodByRunningAgain) { run(20); }

using SlowCrash = Crash;
TEST_F(SlowCrash, IngestKilledAtTwoHundredMomentsIsMadeGoodByRunningAgain) { run(200); }

}  // namespace
}  // namespace mimamori
