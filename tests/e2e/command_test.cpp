#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/testing.h"
#include "program.h"

namespace mimamori {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

TEST(CommandLine, EveryCommandExplainsItself) {
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {}, {"demo"}, {"synth"}, {"synth", "hospital"}, {"site"}, {"site", "init"}, {"site", "ingest"},
           {"site", "sql"}, {"site", "rejected"}, {"site", "digest"}, {"study"}, {"study", "run"}, {"study", "explain"}, {"docs"},
           {"stats"}, {"stats", "fit"}, {"stats", "list"}, {"stats", "explain"}, {"stats", "schema"}}) {
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
           {"demo", "--patients", "minus"}, {"demo", "--patients", "0"}, {"site", "init", "--dir", "x", "--unknown"},
           {"stats"}, {"stats", "fit", "spec.json"}, {"stats", "explain"}, {"study", "explain"},
           {"study", "explain", "--script", "x", "--lang", "fr"}}) {
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

/// The worked example of docs/formats/stats-spec.md: odds of 2 : 1 with treatment, 1 : 2 without.
void write_odds(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder / "specs");
  std::ofstream(folder / "input.csv") << "y,treated\n1,1\n1,1\n0,1\n1,0\n0,0\n0,0\n";
  std::ofstream(folder / "specs" / "odds.json")
      << R"({"method": "logistic", "outcome": "y", "covariates": ["treated"]})";
}

TEST(StatsCommand, OneSpecAndATableGiveTheWorkedExample) {
  const ScratchFolder scratch;
  write_odds(scratch.path());
  const std::string spec = (scratch.path() / "specs" / "odds.json").string();
  const ProgramRun run = mimamori_run({"stats", "fit", spec, "--data", (scratch.path() / "input.csv").string()});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.err, "");
  const Json answer = Json::parse(run.out, nullptr, false);
  ASSERT_FALSE(answer.is_discarded()) << run.out;
  EXPECT_EQ(answer["status"], "ok");
  EXPECT_EQ(answer["rows"]["used"], 6);
  EXPECT_NEAR(answer["coef"]["treated"].get<double>(), std::log(4.0), 1e-12);
  EXPECT_NEAR(answer["se"]["treated"].get<double>(), std::sqrt(3.0), 1e-12);
}

TEST(StatsCommand, AFolderOfSpecsGivesOneAnswerEachAndOneFailureMakesTheExitCodeOne) {
  const ScratchFolder scratch;
  write_odds(scratch.path());
  const auto specs = scratch.path() / "specs";
  std::ofstream(specs / "describe.json") << R"({"method": "describe", "variable": "y"})";
  const std::vector<std::string> fit = {"stats", "fit", specs.string(), "--data", scratch.path().string()};
  const ProgramRun good = mimamori_run(fit);
  ASSERT_EQ(good.exit_code, 0) << good.err;
  const Json answers = Json::parse(good.out, nullptr, false);
  ASSERT_FALSE(answers.is_discarded()) << good.out;
  EXPECT_EQ(answers["checks"].size(), 2U);
  EXPECT_EQ(answers["checks"]["odds"]["status"], "ok");

  std::ofstream(specs / "wrong.json") << R"({"method": "logistic", "outcome": "y", "covariates": ["dose"]})";
  const auto out = scratch.path() / "answers";
  std::vector<std::string> into = fit;
  into.insert(into.end(), {"--out", out.string()});
  const ProgramRun mixed = mimamori_run(into);
  EXPECT_EQ(mixed.exit_code, 1);
  EXPECT_THAT(mixed.err, HasSubstr("wrong.json"));
  EXPECT_THAT(mixed.err, HasSubstr("dose"));
  EXPECT_EQ(Json::parse(std::ifstream(out / "odds.json"), nullptr, false)["status"], "ok");
  EXPECT_EQ(Json::parse(std::ifstream(out / "wrong.json"), nullptr, false)["status"], "refused");
}

TEST(StatsCommand, WhatDoesNotFitExitsWithOneAndSaysWhere) {
  const ScratchFolder scratch;
  write_odds(scratch.path());
  const std::string table = (scratch.path() / "input.csv").string();
  const std::string spec = (scratch.path() / "specs" / "odds.json").string();
  const std::string nowhere = (scratch.path() / "nowhere.csv").string();
  const ProgramRun no_table = mimamori_run({"stats", "fit", spec, "--data", nowhere});
  EXPECT_EQ(no_table.exit_code, 1);
  EXPECT_THAT(no_table.err, HasSubstr("nowhere.csv"));
  EXPECT_EQ(no_table.out, "");
  std::ofstream(spec) << R"({"method": "logistic", "outcome": "y", "covariate": ["treated"]})";
  const ProgramRun unknown_key = mimamori_run({"stats", "fit", spec, "--data", table});
  EXPECT_EQ(unknown_key.exit_code, 1);
  EXPECT_THAT(unknown_key.err, HasSubstr("odds.json"));
  EXPECT_THAT(unknown_key.err, HasSubstr("covariate"));
  const ProgramRun no_method = mimamori_run({"stats", "explain", "cox"});
  EXPECT_EQ(no_method.exit_code, 1);
  EXPECT_THAT(no_method.err, HasSubstr("cox_ph"));
}

TEST(StatsCommand, AModelWithoutAnEstimateIsAnAnswer) {
  const ScratchFolder scratch;
  write_odds(scratch.path());
  const auto table = scratch.path() / "separated.csv";
  std::ofstream(table) << "y,treated\n1,1\n1,1\n1,1\n1,0\n0,0\n0,0\n";
  const ProgramRun run =
      mimamori_run({"stats", "fit", (scratch.path() / "specs" / "odds.json").string(), "--data", table.string()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const Json answer = Json::parse(run.out, nullptr, false);
  EXPECT_EQ(answer["status"], "quasi_complete_separation");
  EXPECT_EQ(answer["coef"]["treated"], "Inf");
}

TEST(StatsCommand, EveryMethodOfTheListIsExplainedAndInTheSchema) {
  const ProgramRun list = mimamori_run({"stats", "list"});
  ASSERT_EQ(list.exit_code, 0) << list.err;
  const ProgramRun schema = mimamori_run({"stats", "schema"});
  ASSERT_EQ(schema.exit_code, 0) << schema.err;
  EXPECT_FALSE(Json::parse(schema.out, nullptr, false).is_discarded());
  std::istringstream lines(list.out);
  std::size_t methods = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::string name = line.substr(0, line.find(' '));
    if (name.empty()) continue;
    ++methods;
    EXPECT_THAT(schema.out, HasSubstr('"' + name + '"'));
    EXPECT_EQ(mimamori_run({"stats", "explain", name}).exit_code, 0) << name;
  }
  EXPECT_GE(methods, 25U);
  EXPECT_THAT(list.out, HasSubstr("cox_ph"));
}

TEST(StatsCommand, TheCoxModelsPageNamesItsKeysAndChoices) {
  const ProgramRun page = mimamori_run({"stats", "explain", "cox_ph"});
  ASSERT_EQ(page.exit_code, 0) << page.err;
  for (const char* word : {"time", "start", "event", "covariates", "strata", "cluster", "weights", "offset",
                           "efron", "breslow", "exact"}) {
    EXPECT_THAT(page.out, HasSubstr(word));
  }
}

TEST(StatsCommand, TheSchemaInDocsIsWhatTheProgramWrites) {
  const ProgramRun run = mimamori_run({"stats", "schema"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto path = std::filesystem::path(MIMAMORI_SOURCE_DIR) / "docs" / "formats" / "stats-spec.schema.json";
  std::ifstream file(path);
  const std::string committed((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(run.out, committed) << "write it again: mimamori stats schema > docs/formats/stats-spec.schema.json";
}

TEST(StudyExplain, TellsTheSameScriptInBothLanguages) {
  const std::string script = (std::filesystem::path(MIMAMORI_SOURCE_DIR) / "examples" / "a-vs-b.yaml").string();
  const ProgramRun english = mimamori_run({"study", "explain", "--script", script, "--lang", "en"});
  const ProgramRun japanese = mimamori_run({"study", "explain", "--script", script, "--lang", "ja"});
  ASSERT_EQ(english.exit_code, 0) << english.err;
  ASSERT_EQ(japanese.exit_code, 0) << japanese.err;
  EXPECT_NE(english.out, japanese.out);
  // Sentence by sentence: both are numbered alike.
  EXPECT_EQ(std::count(english.out.begin(), english.out.end(), '\n'),
            std::count(japanese.out.begin(), japanese.out.end(), '\n'));
  const ProgramRun missing = mimamori_run({"study", "explain", "--script", script + ".not"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.err, HasSubstr("a-vs-b.yaml.not"));
}

}  // namespace
}  // namespace mimamori
