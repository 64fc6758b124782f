#include "standardize/code_map.h"

#include <gtest/gtest.h>

#include "base/testing.h"

namespace mimamori {
namespace {

using Category = CodeMap::Category;
const std::string kHeader =
    "category,local_system,local_code,standard_system,standard_code,valid_from,valid_to\n";
const Date kChange = *make_date(2024, 4, 1);

std::string sentence_of(const std::string& body) {
  const Result<CodeMap> map = parse_code_map(kHeader + body);
  return map.ok() ? "" : map.error().sentence;
}

TEST(CodeMap, FindsByCategorySystemCodeAndDay) {
  const Result<CodeMap> map = parse_code_map(kHeader +
                                             "lab,99KIR,2045,JC10,3B045000002327201,,2024-03-31\n"
                                             "lab,99KIR,2045,JC10,3B045000002327102,2024-04-01,\n"
                                             "drug,99KIR,2045,HOT9,110626901,,\n");
  ASSERT_THAT(map, Succeeds());
  EXPECT_EQ(map->size(), 3U);
  EXPECT_EQ(map->lookup(Category::kLab, "99KIR", "2045", kChange - Days{1})->code, "3B045000002327201");
  EXPECT_EQ(map->lookup(Category::kLab, "99KIR", "2045", kChange)->code, "3B045000002327102");
  EXPECT_EQ(map->lookup(Category::kDrug, "99KIR", "2045", kChange), (MappedCode{"HOT9", "110626901"}));
  EXPECT_FALSE(map->lookup(Category::kLab, "99XYZ", "2045", kChange));
  EXPECT_FALSE(map->lookup(Category::kLab, "99KIR", "2046", kChange));
}

TEST(CodeMap, OutsideItsDaysALineDoesNotHold) {
  const Result<CodeMap> map =
      parse_code_map(kHeader + "drug,99KIR,K1,YJ,9999901F1011,2024-04-01,2024-04-30\n");
  ASSERT_THAT(map, Succeeds());
  EXPECT_FALSE(map->lookup(Category::kDrug, "99KIR", "K1", kChange - Days{1}));
  EXPECT_TRUE(map->lookup(Category::kDrug, "99KIR", "K1", kChange));
  EXPECT_TRUE(map->lookup(Category::kDrug, "99KIR", "K1", kChange + Days{29}));
  EXPECT_FALSE(map->lookup(Category::kDrug, "99KIR", "K1", kChange + Days{30}));
}

TEST(CodeMap, TakesAByteOrderMarkCarriageReturnsAndQuotes) {
  std::string text = "\xEF\xBB\xBF" + kHeader + "\"drug\",99KIR,\"K,\"\"1\",HOT7,1163414,,\n\n";
  text.replace(text.find('\n'), 1, "\r\n");
  const Result<CodeMap> map = parse_code_map(text);
  ASSERT_THAT(map, Succeeds());
  EXPECT_TRUE(map->lookup(Category::kDrug, "99KIR", "K,\"1", kChange));
}

TEST(CodeMap, TheHeaderIsRequired) {
  EXPECT_THAT(parse_code_map(""), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(parse_code_map("drug,99KIR,K1,HOT7,1163414,,\n"), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(parse_code_map(kHeader), Succeeds());
}

TEST(CodeMap, ErrorsNameTheLine) {
  const std::string good = "drug,99KIR,K1,HOT7,1163414,,\n";
  for (const char* bad :
       {"device,99KIR,K2,HOT7,1163414,,\n", "drug,99KIR,,HOT7,1163414,,\n", "drug,99KIR,K2,HOT9,1163414,,\n",
        "drug,99KIR,K2,JC10,3B045000002327201,,\n", "lab,99KIR,K2,JC10,3B045,,\n",
        "drug,99KIR,K2,HOT7,1163414,20240401,\n", "drug,99KIR,K2,HOT7,1163414,,2024-02-30\n",
        "drug,99KIR,K2,HOT7,1163414,2024-04-02,2024-04-01\n", "drug,99KIR,K2,HOT7,1163414,\n",
        "drug,99KIR,\"K2,HOT7,1163414,,\n", "drug,99KIR,\x83\x41,HOT7,1163414,,\n"}) {
    EXPECT_TRUE(sentence_of(good + bad).starts_with("line 3: ")) << bad << sentence_of(good + bad);
  }
}

TEST(CodeMap, DaysOfOneCodeMayTouchButNotOverlap) {
  EXPECT_EQ(sentence_of("drug,99KIR,K1,HOT7,1163414,,2024-03-31\ndrug,99KIR,K1,HOT7,1163414,2024-04-01,\n"),
            "");
  EXPECT_TRUE(sentence_of("drug,99KIR,K1,HOT7,1163414,,2024-04-01\ndrug,99KIR,K1,HOT7,1163414,2024-04-01,\n")
                  .starts_with("line 3: "));
  EXPECT_TRUE(
      sentence_of("drug,99KIR,K1,HOT7,1163414,,\ndrug,99KIR,K1,HOT7,1163415,,\n").starts_with("line 3: "));
  EXPECT_EQ(sentence_of("drug,99KIR,K1,HOT7,1163414,,\ndrug,99XYZ,K1,HOT7,1163415,,\n"), "");
}

}  // namespace
}  // namespace mimamori
