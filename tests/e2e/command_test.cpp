#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/testing.h"
#include "program.h"

namespace mimamori {
namespace {

using testing::HasSubstr;

TEST(CommandLine, EveryCommandExplainsItself) {
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {}, {"demo"}, {"synth"}, {"synth", "hospital"}, {"site"}, {"site", "init"}, {"site", "ingest"},
           {"site", "sql"}, {"site", "rejected"}, {"site", "digest"}, {"study"}, {"study", "run"}, {"docs"}}) {
    std::vector<std::string> arguments = command;
    arguments.emplace_back("--help");
    const ProgramRun run = mimamori_run(arguments);
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_THAT(run.out, HasSubstr("Usage"));
    EXPECT_EQ(run.err, "");
  }
}

TEST(CommandLine, WrongUseExitsWithTwoAndOneLine) {
  for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{
           {}, {"nonsense"}, {"site"}, {"site", "ingest"}, {"site", "ingest", "--dir", "x", "--ssmix2"},
           {"demo", "--patients", "minus"}, {"demo", "--patients", "0"}, {"site", "init", "--dir", "x", "--unknown"}}) {
    const ProgramRun run = mimamori_run(wrong);
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
    EXPECT_THAT(run.err, HasSubstr("--help"));
    EXPECT_EQ(run.out, "");
  }
}

TEST(CommandLine, FailureExitsWithOneAndSaysWhere) {
  const ScratchFolder scratch;
  const std::string nowhere = (scratch.path() / "nowhere").string();
  const ProgramRun no_site = mimamori_run({"site", "sql", "--dir", nowhere, "SELECT 1"});
  EXPECT_EQ(no_site.exit_code, 1);
  EXPECT_THAT(no_site.err, HasSubstr(nowhere));
  EXPECT_THAT(no_site.err, HasSubstr("site init"));

  const std::string site = (scratch.path() / "site").string();
  ASSERT_EQ(mimamori_run({"site", "init", "--dir", site}).exit_code, 0);
  const ProgramRun nothing_loaded = mimamori_run({"site", "sql", "--dir", site, "SELECT 1"});
  EXPECT_EQ(nothing_loaded.exit_code, 1);
  EXPECT_THAT(nothing_loaded.err, HasSubstr("site ingest"));
  const ProgramRun no_tree = mimamori_run({"site", "ingest", "--dir", site, "--ssmix2", nowhere});
  EXPECT_EQ(no_tree.exit_code, 1);
  EXPECT_THAT(no_tree.err, HasSubstr(nowhere));
  EXPECT_EQ(mimamori_run({"site", "init", "--dir", site}).exit_code, 1);

  std::ofstream(scratch.path() / "file") << "x";
  const ProgramRun under_a_file = mimamori_run({"site", "init", "--dir", (scratch.path() / "file" / "site").string()});
  EXPECT_EQ(under_a_file.exit_code, 1);
  EXPECT_THAT(under_a_file.err, HasSubstr("file"));
}

TEST(CommandLine, AScriptsMistakesAreAllToldWithTheirPlaces) {
  const ScratchFolder scratch;
  const auto hospital = write_hospital_into(scratch.path() / "hospital", 3);
  const auto site = scratch.path() / "site";
  load_into(site, hospital);
  const auto script = scratch.path() / "wrong.yaml";
  {
    std::ifstream right(std::filesystem::path(MIMAMORI_SOURCE_DIR) / "examples" / "a-vs-b.yaml");
    std::string text((std::istreambuf_iterator<char>(right)), std::istreambuf_iterator<char>());
    const auto place = text.find("analyte: potassium");
    ASSERT_NE(place, std::string::npos);
    text.replace(place, 18, "analyte: potasium");
    std::ofstream(script) << text;
  }
  const auto out = scratch.path() / "out";
  const ProgramRun run = mimamori_run({"study", "run", "--dir", site.string(), "--script", script.string(), "--out", out.string()});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("wrong.yaml:"));
  EXPECT_THAT(run.err, HasSubstr("potassium"));
  EXPECT_FALSE(std::filesystem::exists(out));
}

TEST(CommandLine, TheDataDictionaryInDocsIsWhatTheProgramWrites) {
  const ProgramRun run = mimamori_run({"docs", "data-dictionary"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  std::ifstream file(std::filesystem::path(MIMAMORI_SOURCE_DIR) / "docs" / "data-dictionary.md");
  const std::string committed((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(run.out, committed) << "write it again: mimamori docs data-dictionary > docs/data-dictionary.md";
}

}  // namespace
}  // namespace mimamori
