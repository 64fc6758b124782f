#include "script/yaml_tree.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/testing.h"

namespace mimamori {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

bool is_read(std::string_view text) { return std::holds_alternative<YamlNode>(read_yaml(text)); }

/// "line:column: sentence" of the problem.
std::string refusal_of(std::string_view text) {
  const std::variant<YamlNode, ScriptProblem> tree = read_yaml(text);
  const auto* problem = std::get_if<ScriptProblem>(&tree);
  EXPECT_NE(problem, nullptr);
  if (problem == nullptr) return "";
  return std::to_string(problem->line.value_or(0)) + ":" + std::to_string(problem->column.value_or(0)) +
         ": " + problem->message.en;
}

TEST(YamlTree, KeepsPlacesInCharactersFromOne) {
  const std::variant<YamlNode, ScriptProblem> tree = read_yaml("a: 1\nb: {薬剤: x, c: 2}\n");
  ASSERT_TRUE(std::holds_alternative<YamlNode>(tree));
  const YamlNode* c = std::get<YamlNode>(tree).find("b")->find("c");
  EXPECT_EQ(c->text, "2");
  EXPECT_EQ(c->place.line, 2);
  EXPECT_EQ(c->place.column, 15);
}

TEST(YamlTree, RefusesRepeatedKeys) {
  EXPECT_THAT(refusal_of("a: 1\nb: 2\na: 3\n"), AllOf(StartsWith("3:1: "), HasSubstr("given twice")));
}

TEST(YamlTree, RefusesAnchorsAliasesAndTags) {
  EXPECT_THAT(refusal_of("a: &x 1\n"), HasSubstr("anchors"));
  EXPECT_THAT(refusal_of("a: &x [1]\nb: *x\n"), HasSubstr("anchors"));
  EXPECT_THAT(refusal_of("a: !!binary aaaa\n"), HasSubstr("tags"));
}

TEST(YamlTree, RefusesWhatIsNotOneDocument) {
  EXPECT_THAT(refusal_of(""), HasSubstr("empty"));
  EXPECT_THAT(refusal_of("# only a comment\n"), HasSubstr("empty"));
  EXPECT_THAT(refusal_of("a: 1\n---\nb: 2\n"), HasSubstr("one document"));
  EXPECT_THAT(refusal_of("a: [1, 2\n"), Not(HasSubstr("0:0: ")));
  EXPECT_THAT(refusal_of("a: 1\n b: 2\n"), Not(HasSubstr("0:0: ")));
  EXPECT_THAT(refusal_of("? [1]\n: 2\n"), HasSubstr("as the key"));
}

TEST(YamlTree, RefusesWhatIsNotUtf8) {
  EXPECT_THAT(refusal_of("a: 1\nb: \x93\xfa\n"), StartsWith("2:4: expected UTF-8"));
  EXPECT_THAT(refusal_of(std::string_view("a\0:\0", 4)), HasSubstr("UTF-8"));
  EXPECT_THAT(refusal_of("a: \xED\xA0\x80\n"), HasSubstr("UTF-8"));  // a lone surrogate
  EXPECT_THAT(refusal_of("\xFF\xFE"), HasSubstr("UTF-8"));
  EXPECT_TRUE(
      is_read("\xEF\xBB\xBF"
              "a: 1\n"));
}

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

TEST(YamlTree, RefusesNestingBeyondTheLimit) {
  EXPECT_TRUE(is_read(nested(limits::kScriptDepthMax)));
  EXPECT_THAT(refusal_of(nested(limits::kScriptDepthMax + 1)), HasSubstr("nesting"));
  EXPECT_THAT(refusal_of(nested(10'000)), Not(HasSubstr("0:0: ")));
  EXPECT_THAT(refusal_of(std::string(500'000, '[')), Not(HasSubstr("0:0: ")));
}

TEST(YamlTree, RefusesMoreNodesOrBytesThanTheLimit) {
  std::string many = "[";
  for (std::size_t i = 0; i + 1 < limits::kScriptNodesMax; ++i) many += "1,";
  EXPECT_TRUE(is_read(many + "]"));
  EXPECT_THAT(refusal_of(many + "1]"), HasSubstr("values in a script"));
  EXPECT_THAT(refusal_of(std::string(limits::kScriptBytesMax + 1, ' ')), HasSubstr("bytes"));
}

}  // namespace
}  // namespace mimamori
