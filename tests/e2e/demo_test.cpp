#include <gtest/gtest.h>

#include <fstream>

#include "base/testing.h"
#include "program.h"

namespace mimamori {
namespace {

using testing::HasSubstr;

TEST(Demo, EndsWithTwoReportsAndEstimatesBesideTheTruth) {
  const ScratchFolder scratch;
  const auto out = scratch.path() / "demo";
  const std::vector<std::string> demo{"demo", "--out", out.string(), "--patients", "300", "--estimand-persons", "20000"};
  const ProgramRun run = mimamori_run(demo);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("hyperkalemia"));
  EXPECT_THAT(run.out, HasSubstr("large sample"));
  for (const char* study : {"a-vs-b", "null-vs-b"}) {
    for (const char* file : {"report.html", "results.json", "results.csv", "data-set.csv"}) {
      EXPECT_GT(std::filesystem::file_size(out / study / file), 200U) << study << "/" << file;
    }
  }
  EXPECT_FALSE(std::filesystem::exists(out / "hospital"));  // removed, unless --keep
  EXPECT_FALSE(std::filesystem::exists(out / "site"));
  std::ifstream first(out / "a-vs-b" / "results.json");
  const std::string before((std::istreambuf_iterator<char>(first)), std::istreambuf_iterator<char>());
  ASSERT_EQ(mimamori_run(demo).exit_code, 0);  // again, over the old one
  std::ifstream second(out / "a-vs-b" / "results.json");
  const std::string after((std::istreambuf_iterator<char>(second)), std::istreambuf_iterator<char>());
  EXPECT_EQ(before, after);
}

TEST(Demo, RefusesAFolderThatItDidNotMake) {
  const ScratchFolder scratch;
  std::ofstream(scratch.path() / "precious.txt") << "mine";
  const ProgramRun run = mimamori_run({"demo", "--out", scratch.path().string(), "--patients", "50", "--estimand-persons", "0"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(std::filesystem::exists(scratch.path() / "precious.txt"));
}

}  // namespace
}  // namespace mimamori
