#include "stats/read_spec.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "base/testing.h"

namespace mimamori {
namespace {

std::string sentence(std::string_view text) {
  const auto spec = read_spec(text);
  return spec.ok() ? "read" : spec.error().sentence;
}

TEST(ReadSpec, KeepsTheOrderOfKeysAndPassesOverAByteOrderMark) {
  const auto spec = read_spec("\xEF\xBB\xBF{\"time\": 1, \"event\": 2, \"age\": 3}");
  ASSERT_THAT(spec, Succeeds());
  EXPECT_EQ(spec->dump(), R"({"time":1,"event":2,"age":3})");
}

TEST(ReadSpec, SaysWhereTheJsonEndsToBeOne) {
  EXPECT_EQ(sentence(""), "line 1, character 1: expected JSON");
  EXPECT_EQ(sentence("{\"a\": 1,\n \"b\" 2}"), "line 2, character 6: expected JSON");
  EXPECT_EQ(sentence("{\"a\": 1} x"), "line 1, character 10: expected JSON");
  EXPECT_EQ(sentence("{\"a\": \"\xFF\"}"), "line 1, character 8: expected JSON");
  EXPECT_EQ(sentence("{\"a\": 1e999}"), "expected numbers that a double can hold");
}

TEST(ReadSpec, AKeyTwiceIsAMistakeWhereverItStands) {
  EXPECT_EQ(sentence(R"({"a": 1, "b": {"a": 2}, "c": [{"a": 1}, {"a": 1}]})"), "read");
  EXPECT_EQ(sentence(R"({"a": 1, "a": 1})"), "expected the key a once");
  EXPECT_EQ(sentence(R"({"b": {"a": 1, "a": 2}})"), "expected the key a once");
}

TEST(ReadSpec, DepthAndSizeHaveBounds) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(sentence(nested(16)), "read");
  EXPECT_EQ(sentence(nested(18)), "expected at most 16 levels of nesting");
  EXPECT_EQ(sentence(nested(100'000)), "expected at most 16 levels of nesting");
  EXPECT_EQ(sentence(std::string((1U << 20U) + 1, ' ')), "expected at most 1 MiB");
}

RC_GTEST_PROP(ReadSpec, NoBytesCanHurtIt, (const std::string& bytes)) {
  const auto spec = read_spec(bytes);
  RC_ASSERT(spec.ok() || !spec.error().sentence.empty());
}

}  // namespace
}  // namespace mimamori
