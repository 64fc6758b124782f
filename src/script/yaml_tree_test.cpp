#include "script/yaml_tree.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/testing.h"

namespace mimamori {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string refusal_of(std::string_view text) {
  const Result<YamlNode> tree = read_yaml(text, "s.yaml");
  EXPECT_THAT(tree, FailsWith(ErrorCode::kInvalidInput));
  return tree.ok() ? "" : tree.error().sentence;
}

TEST(YamlTree, KeepsPlacesInCharactersFromOne) {
  const Result<YamlNode> tree = read_yaml("a: 1\nb: {薬剤: x, c: 2}\n", "s.yaml");
  ASSERT_THAT(tree, Succeeds());
  const YamlNode* c = tree->find("b")->find("c");
  EXPECT_EQ(c->text, "2");
  EXPECT_EQ(c->place.line, 2);
  EXPECT_EQ(c->place.column, 15);
}

TEST(YamlTree, RefusesRepeatedKeys) {
  EXPECT_THAT(refusal_of("a: 1\nb: 2\na: 3\n"), AllOf(StartsWith("s.yaml:3:1: "), HasSubstr("given twice")));
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
  EXPECT_THAT(refusal_of("a: [1, 2\n"), HasSubstr("s.yaml:"));
  EXPECT_THAT(refusal_of("a: 1\n b: 2\n"), HasSubstr("s.yaml:"));
  EXPECT_THAT(refusal_of("? [1]\n: 2\n"), HasSubstr("as the key"));
}

TEST(YamlTree, RefusesWhatIsNotUtf8) {
  EXPECT_THAT(refusal_of("a: 1\nb: \x93\xfa\n"), StartsWith("s.yaml:2:4: expected UTF-8"));
  EXPECT_THAT(refusal_of(std::string_view("a\0:\0", 4)), HasSubstr("UTF-8"));
  EXPECT_THAT(refusal_of("a: \xED\xA0\x80\n"), HasSubstr("UTF-8"));  // a lone surrogate
  EXPECT_THAT(refusal_of("\xFF\xFE"), HasSubstr("UTF-8"));
  EXPECT_THAT(read_yaml("\xEF\xBB\xBF"
                        "a: 1\n",
                        "s.yaml"),
              Succeeds());
}

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

TEST(YamlTree, RefusesNestingBeyondTheLimit) {
  EXPECT_THAT(read_yaml(nested(limits::kScriptDepthMax), "s.yaml"), Succeeds());
  EXPECT_THAT(refusal_of(nested(limits::kScriptDepthMax + 1)), HasSubstr("nesting"));
  EXPECT_THAT(refusal_of(nested(10'000)), HasSubstr("s.yaml:"));
  EXPECT_THAT(refusal_of(std::string(500'000, '[')), HasSubstr("s.yaml:"));
}

TEST(YamlTree, RefusesMoreNodesOrBytesThanTheLimit) {
  std::string many = "[";
  for (std::size_t i = 0; i + 1 < limits::kScriptNodesMax; ++i) many += "1,";
  EXPECT_THAT(read_yaml(many + "]", "s.yaml"), Succeeds());
  EXPECT_THAT(refusal_of(many + "1]"), HasSubstr("values in a script"));
  EXPECT_THAT(refusal_of(std::string(limits::kScriptBytesMax + 1, ' ')), HasSubstr("bytes"));
}

}  // namespace
}  // namespace mimamori
