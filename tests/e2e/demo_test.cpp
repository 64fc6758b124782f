#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/testing.h"
#include "program.h"

namespace mimamori {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The numbers of a study, without hashes and times, which differ with every run's keys.
nlohmann::json populations_of(const std::filesystem::path& results) {
  std::ifstream file(results);
  const nlohmann::json json = nlohmann::json::parse(file, nullptr, false);
  EXPECT_TRUE(json.is_object()) << results;
  return json.value("populations", nlohmann::json());
}

TEST(Demo, EndsInAScriptAndGivesTheSameNumbersAgain) {
  const ScratchFolder scratch;
  const auto out = scratch.path() / "demo";
  const std::vector<std::string> demo{"demo",        "--out", out.string(),         "--patients", "100",
                                      "--hospitals", "1",     "--estimand-persons", "20000"};
  const ProgramRun run = mimamori_run(demo);
  ASSERT_EQ(run.exit_code, 0) << run.err << run.out;
  EXPECT_THAT(run.out, HasSubstr("hyperkalemia"));
  EXPECT_THAT(run.out, HasSubstr("large sample"));
  EXPECT_THAT(run.out, HasSubstr("mimamori demo --serve"));
  EXPECT_THAT(run.out, Not(HasSubstr("https://")));  // nothing runs any more, so no address is given
  for (const char* study : {"a-vs-b", "null-vs-b"}) {
    for (const char* file : {"report.html", "results.json"}) {
      EXPECT_GT(std::filesystem::file_size(out / study / file), 200U) << study << "/" << file;
    }
  }
  EXPECT_FALSE(std::filesystem::exists(out / "kiri-chuo-files"));  // removed, unless --keep
  const nlohmann::json before = populations_of(out / "a-vs-b" / "results.json");
  EXPECT_EQ(before.size(), 2U);
  std::ofstream(out / "notes.txt") << "mine";
  const ProgramRun again = mimamori_run(demo);  // over the old one
  ASSERT_EQ(again.exit_code, 0) << again.err << again.out;
  EXPECT_EQ(populations_of(out / "a-vs-b" / "results.json"), before);
  EXPECT_TRUE(std::filesystem::exists(out / "notes.txt"));
}

TEST(Demo, RefusesAFolderThatItDidNotMake) {
  const ScratchFolder scratch;
  std::ofstream(scratch.path() / "precious.txt") << "mine";
  const ProgramRun run =
      mimamori_run({"demo", "--out", scratch.path().string(), "--patients", "50", "--estimand-persons", "0"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(std::filesystem::exists(scratch.path() / "precious.txt"));
  EXPECT_FALSE(std::filesystem::exists(scratch.path() / "center"));
}

TEST(Demo, NeitherServesNorTellsCodesWhereNoDemoWas) {
  const ScratchFolder scratch;
  for (const char* what : {"--serve", "--codes"}) {
    const ProgramRun run = mimamori_run({"demo", what, "--out", scratch.path().string()});
    EXPECT_EQ(run.exit_code, 1) << what;
    EXPECT_THAT(run.err, HasSubstr("mimamori demo")) << what;
  }
}

}  // namespace
}  // namespace mimamori
