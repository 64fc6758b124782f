#include "script/script.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/testing.h"
#include "script/script_reader.h"

namespace mimamori {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

std::string example(const std::string& name) {
  const std::filesystem::path path = std::filesystem::path(MIMAMORI_SOURCE_DIR) / "examples" / name;
  Result<std::string> text = read_file(path, limits::kScriptBytesMax);
  EXPECT_THAT(text, Succeeds());
  return text.ok() ? *text : "";
}

/// The first example with one piece of its text replaced.
std::string changed(const std::string& before, const std::string& after) {
  std::string text = example("a-vs-b.yaml");
  const std::size_t at = text.find(before);
  EXPECT_NE(at, std::string::npos) << before;
  return at == std::string::npos ? text : text.replace(at, before.size(), after);
}

std::string refusal_of(const std::string& text) {
  const Result<StudyScript> script = parse_script(text, "s.yaml");
  EXPECT_THAT(script, FailsWith(ErrorCode::kInvalidInput));
  return script.ok() ? "" : script.error().sentence;
}

TEST(Script, ExampleOfDrugAIsReadWhole) {
  const Result<StudyScript> script = parse_script(example("a-vs-b.yaml"), "a-vs-b.yaml");
  ASSERT_THAT(script, Succeeds());
  EXPECT_EQ(script->study_id, "a-vs-b");
  EXPECT_EQ(script->exposure.title, (Text2{"薬剤A", "Drug A"}));
  ASSERT_EQ(script->exposure.drugs.size(), 2U);
  EXPECT_EQ(script->exposure.drugs[0].prefix, "9001001");
  EXPECT_EQ(script->exposure.drugs[1].system, DrugCodeSystem::kYj);
  EXPECT_EQ(script->comparator.drugs[1].prefix, "9002001F");
  EXPECT_EQ(script->new_use.washout, Days(180));
  EXPECT_EQ(script->new_use.history, Days(180));
  EXPECT_EQ(script->episode.gap, Days(30));
  EXPECT_EQ(script->episode.grace, Days(30));
  EXPECT_EQ(script->episode.default_days_supply, 30);
  EXPECT_EQ(script->follow_up.end_at.size(), 5U);
  EXPECT_EQ(script->baseline.lookback, Days(180));
  ASSERT_EQ(script->outcomes.size(), 4U);
  EXPECT_EQ(script->outcomes[1].abnormal, AbnormalKind::kBelow);
  EXPECT_EQ(script->outcomes[1].threshold, 60);
  EXPECT_FALSE(script->outcomes[3].high_is_worse());
  EXPECT_EQ(script->populations.size(), 2U);
}

TEST(Script, ClosedDataWindowBecomesHalfOpen) {
  const Result<StudyScript> script = parse_script(example("a-vs-b.yaml"), "a-vs-b.yaml");
  ASSERT_THAT(script, Succeeds());
  EXPECT_EQ(to_iso(script->data_window.start), "2021-01-01");
  EXPECT_EQ(to_iso(script->data_window.end), "2024-01-01");
  EXPECT_THAT(parse_script(changed("end: 2023-12-31", "end: 2021-01-01"), "s.yaml"), Succeeds());
  EXPECT_THAT(refusal_of(changed("end: 2023-12-31", "end: 2020-12-31")), HasSubstr("on or after"));
}

TEST(Script, ExampleOfTheNullDrugDiffersOnlyInTheDrug) {
  const Result<StudyScript> a = parse_script(example("a-vs-b.yaml"), "a-vs-b.yaml");
  const Result<StudyScript> null = parse_script(example("null-vs-b.yaml"), "null-vs-b.yaml");
  ASSERT_THAT(a, Succeeds());
  ASSERT_THAT(null, Succeeds());
  EXPECT_EQ(null->study_id, "null-vs-b");
  EXPECT_EQ(null->exposure.drugs[0].prefix, "9003001");
  EXPECT_EQ(null->outcomes.size(), a->outcomes.size());
}

TEST(Script, UnknownAnalyteIsAnsweredWithTheKnownOnes) {
  EXPECT_THAT(refusal_of(changed("analyte: potassium", "analyte: potasium")),
              AllOf(HasSubstr("s.yaml:54:14: outcomes.analyte"), HasSubstr("creatinine"),
                    HasSubstr("did you mean \"potassium\"?")));
}

TEST(Script, UnknownDrugCodeIsAnsweredWithTheKnownOnes) {
  EXPECT_THAT(refusal_of(changed("hot: \"9001001\"", "hot: \"9001009\"")),
              AllOf(HasSubstr("unknown drug code \"9001009\""), HasSubstr("9002001 Drug B")));
  EXPECT_THAT(parse_script(changed("hot: \"9001001\"", "hot: \"9001009\", unlisted: true"), "s.yaml"),
              Succeeds());
  EXPECT_THAT(refusal_of(changed("hot: \"9001001\"", "hot: \"900100'; DROP\"")), HasSubstr("7 to 13 digits"));
  EXPECT_THAT(refusal_of(changed("hot: \"9001001\"", "hot: \"900100\"")), HasSubstr("7 to 13 digits"));
  EXPECT_THAT(parse_script(changed("hot: \"9001001\"", "hot: \"9001001010101\""), "s.yaml"), Succeeds());
  EXPECT_THAT(refusal_of(changed("hot: \"9001001\"", "hot: \"90010010101011\"")),
              HasSubstr("7 to 13 digits"));
}

TEST(Script, OneDrugInBothArmsIsRefused) {
  EXPECT_THAT(refusal_of(changed("hot: \"9002001\"", "hot: \"900100101\"")), HasSubstr("none in common"));
}

TEST(Script, UnknownKeyIsNamedWithASuggestion) {
  EXPECT_THAT(refusal_of(changed("washout_days:", "wash_out_days:")),
              AllOf(HasSubstr("unknown key \"wash_out_days\""), HasSubstr("did you mean \"washout_days\"?"),
                    HasSubstr("expected the key \"washout_days\"")));
}

TEST(Script, AllMistakesAreReportedInTheOrderOfTheFile) {
  std::string text = changed("gap_days: 30 ", "gap_days: -1 ");
  text.replace(text.find("start: 2021-01-01"), 17, "start: 2021-02-29");
  const std::string refusal = refusal_of(text);
  EXPECT_THAT(refusal, StartsWith("s.yaml:11:22: data_window.start: expected a calendar day"));
  EXPECT_THAT(refusal, HasSubstr("\ns.yaml:35:13: episode.gap_days: expected a whole number from 0"));
}

TEST(Script, EachMissingSectionIsNamed) {
  const std::string refusal = refusal_of("study: {id: x, title: {ja: あ, en: a}}\n");
  for (const char* key :
       {"data_window", "exposure", "comparator", "new_use", "episode", "follow_up", "baseline", "outcomes"}) {
    EXPECT_THAT(refusal, HasSubstr("expected the key \"" + std::string(key) + "\""));
  }
  EXPECT_THAT(refusal_of("[1, 2]"), HasSubstr("script: expected the keys study"));
  EXPECT_THAT(refusal_of("hello"), HasSubstr("script: expected the keys study"));
}

TEST(Script, WrongValuesAreRefusedWhereTheyStand) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"id: a-vs-b", "id: ../etc/passwd"},
      {"id: a-vs-b", "id: A"},
      {"ja: 薬剤B, en: Drug B", "ja: 薬剤B"},
      {"end_at: [outcome, ", "end_at: ["},
      {", cut_off]", "]"},
      {"end_at: [outcome, ", "end_at: [outcome, outcome, "},
      {"end_at: [outcome, ", "end_at: [outcome, death, "},
      {"start_day: 1", "start_day: 0"},
      {"same_day: worst", "same_day: best"},
      {"lookback_days: 180", "lookback_days: 180.5"},
      {"lookback_days: 180", "lookback_days: 99999999999999999999"},
      {"lookback_days: 180", "lookback_days:"},
      {"{below: 60}", "{below: sixty}"},
      {"{below: 60}", "{below: 60, above: 90}"},
      {"{below: 60}", "{beneath: 60}"},
      {"{below: 60}", "{below: nan}"},
      {"abnormal: below_reference", "abnormal: low"},
      {"id: alt_elevation", "id: hyperkalemia"},
      {"populations: [everyone,", "populations: [everybody,"},
      {"populations: [everyone,", "populations: [everyone, everyone,"},
      {"exclude_both_on_index_date: true", "exclude_both_on_index_date: false"},
      {"exclude_both_on_index_date: true", "exclude_both_on_index_date: maybe"},
      {"default_days_supply: 30", "default_days_supply: 0"},
      {"- {hot: \"9001001\"}", "- {hot: \"9001001\", yj: \"9001001F\"}"},
      {"- {hot: \"9001001\"}", "- {}"},
  };
  for (const auto& [before, after] : cases) {
    EXPECT_THAT(refusal_of(changed(before, after)), StartsWith("s.yaml:")) << after;
  }
}

TEST(Script, NearestWordIsOfferedOnlyIfItIsNear) {
  EXPECT_EQ(nearest("potasium", {"potassium", "sodium"}), "potassium");
  EXPECT_EQ(nearest("zzzzzzzz", {"potassium", "sodium"}), "");
  EXPECT_EQ(nearest(std::string(100'000, 'a'), {"aa"}), "");
}

}  // namespace
}  // namespace mimamori
