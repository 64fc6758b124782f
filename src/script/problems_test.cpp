#include "script/problems.h"

#include <gtest/gtest.h>

#include <set>

#include "base/file.h"
#include "base/limits.h"
#include "base/testing.h"
#include "script/script.h"

namespace mimamori {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

std::string example_text() {
  const std::filesystem::path path = std::filesystem::path(MIMAMORI_SOURCE_DIR) / "examples/a-vs-b.yaml";
  const Result<std::string> text = read_file(path, limits::kScriptBytesMax);
  EXPECT_THAT(text, Succeeds());
  return text.ok() ? *text : "";
}

std::string edited(const std::string& before, const std::string& after) {
  std::string text = example_text();
  const std::size_t at = text.find(before);
  EXPECT_NE(at, std::string::npos) << before;
  return at == std::string::npos ? text : text.replace(at, before.size(), after);
}

/// "first" `count` times, with a comma between.
std::string repeated(const std::string& item, std::size_t count) {
  std::string all = item;
  for (std::size_t i = 1; i < count; ++i) all += ", " + item;
  return all;
}

struct BadScript {
  std::string code;  // the problem that it must have
  std::string text;
};

std::vector<BadScript> bad_words() {
  return {
      {"expected_keys", edited("data_window: {start: 2021-01-01, end: 2023-12-31}", "data_window: x")},
      {"unknown_key", edited("gap_days:", "gaps:")},
      {"missing_key", edited("gap_days:", "gaps:")},
      {"text_length", edited("ja: 薬剤A,", "ja: \"\",")},
      {"id_shape", edited("id: a-vs-b", "id: A")},
      {"whole_number", edited("gap_days: 30", "gap_days: 3651")},
      {"number", edited("{below: 60}", "{below: sixty}")},
      {"yes_or_no", edited("index_date: true", "index_date: maybe")},
      {"date", edited("2021-01-01", "2021-02-29")},
      {"list", edited("[everyone, baseline_in_reference_range]", "[]")},
      {"unknown_word", edited("analyte: potassium", "analyte: potasium")},
      {"expected_word", edited("analyte: potassium", "analyte: [potassium]")},
      {"too_many", edited(
                       "- {hot: \"9001001\"}", "- {hot: \"9001001\"}\n" +
                                                   [] {
                                                     std::string more;
                                                     for (int i = 0; i < 1000; ++i)
                                                       more += "    - {hot: \"9001001\"}\n";
                                                     return more;
                                                   }())},
      {"window_order", edited("end: 2023-12-31", "end: 2020-12-31")},
      {"drug_one_code", edited("- {hot: \"9001001\"}", "- {}")},
      {"drug_hot_shape", edited("hot: \"9001001\"", "hot: \"900100\"")},
      {"drug_yj_shape", edited("yj: \"9001001F\"", "yj: \"9001001f\"")},
      {"drug_unknown", edited("hot: \"9001001\"", "hot: \"9001009\"")},
      {"arms_share_a_drug", edited("hot: \"9002001\"", "hot: \"900100101\"")},
      {"both_on_index_date", edited("index_date: true", "index_date: false")},
      {"reason_repeated", edited("end_at: [outcome,", "end_at: [outcome, outcome,")},
      {"reason_missing", edited(", cut_off]", "]")},
      {"abnormal_one_limit", edited("{below: 60}", "{below: 60, above: 90}")},
      {"outcome_repeated", edited("id: alt_elevation", "id: hyperkalemia")},
      {"population_repeated", edited("[everyone,", "[everyone, everyone,")},
  };
}

std::vector<BadScript> bad_yaml() {
  return {
      {"yaml_too_large", std::string(limits::kScriptBytesMax + 1, ' ')},
      {"yaml_empty", "# nothing\n"},
      {"yaml_not_utf8", "a: \xFF\n"},
      {"yaml_second_document", "a: 1\n---\nb: 2\n"},
      {"yaml_anchor", "a: &x 1\n"},
      {"yaml_tag", "a: !!binary aaaa\n"},
      {"yaml_too_many_values", "[" + repeated("1", limits::kScriptNodesMax + 1) + "]"},
      {"yaml_too_deep",
       std::string(limits::kScriptDepthMax + 1, '[') + std::string(limits::kScriptDepthMax + 1, ']')},
      {"yaml_key_not_a_word", "? [1]\n: 2\n"},
      {"yaml_key_repeated", "a: 1\na: 2\n"},
      {"yaml_syntax", "a: [1, 2\n"},
  };
}

TEST(ScriptProblems, EveryCodeHasAScriptThatHasIt) {
  std::set<std::string> seen = {"yaml_unreadable"};  // what no known text can bring about: out of memory
  for (const std::vector<BadScript>& scripts : {bad_words(), bad_yaml()}) {
    for (const auto& [code, text] : scripts) {
      std::set<std::string> codes;
      for (const ScriptProblem& problem : script_problems(text)) codes.insert(problem.code);
      EXPECT_TRUE(codes.contains(code)) << code;
      seen.insert(code);
    }
  }
  const std::vector<std::string>& all = script_problem_codes();
  EXPECT_EQ(seen, std::set<std::string>(all.begin(), all.end()));
}

TEST(ScriptProblems, AreThoseOfTheReaderWordForWord) {
  for (const std::vector<BadScript>& scripts : {bad_words(), bad_yaml()}) {
    for (const auto& [code, text] : scripts) {
      std::string lines;
      for (const ScriptProblem& p : script_problems(text)) {
        if (!lines.empty()) lines += '\n';
        lines += "s:" + std::to_string(p.line.value_or(1)) + ":" + std::to_string(p.column.value_or(1)) +
                 ": " + p.message.en;
      }
      const Result<StudyScript> script = parse_script(text, "s");
      ASSERT_THAT(script, FailsWith(ErrorCode::kInvalidInput));
      EXPECT_EQ(script.error().sentence, lines);
    }
  }
}

TEST(ScriptProblems, AGoodScriptHasNone) { EXPECT_THAT(script_problems(example_text()), IsEmpty()); }

TEST(ScriptProblems, GiveThePlaceAndBothLanguages) {
  const std::vector<ScriptProblem> problems =
      script_problems(edited("analyte: potassium", "analyte: potasium"));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].line, 54);
  EXPECT_EQ(problems[0].column, 14);
  EXPECT_THAT(problems[0].message.en, HasSubstr("did you mean \"potassium\"?"));
  EXPECT_THAT(problems[0].message.ja, AllOf(HasSubstr("outcomes.analyte：\"potasium\" は使えません"),
                                            HasSubstr("（「potassium」のことでしょうか）")));
}

TEST(ScriptProblems, OfTheWholeFileHaveNoPlace) {
  for (const std::string& text : {std::string(), std::string(limits::kScriptBytesMax + 1, ' ')}) {
    const std::vector<ScriptProblem> problems = script_problems(text);
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_FALSE(problems[0].line.has_value());
    EXPECT_FALSE(problems[0].column.has_value());
  }
}

TEST(ScriptProblems, ComeInTheOrderOfTheFile) {
  std::string text = edited("id: a-vs-b", "id: A");
  text.replace(text.find("gap_days: 30"), 12, "gap_days: -1");
  const std::vector<ScriptProblem> problems = script_problems(text);
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].code, "id_shape");
  EXPECT_EQ(problems[1].code, "whole_number");
}

}  // namespace
}  // namespace mimamori
