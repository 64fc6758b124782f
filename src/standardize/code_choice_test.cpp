#include "standardize/code_choice.h"

#include <gtest/gtest.h>

namespace mimamori {
namespace {

const Coded kStandardTest{"3B045000002327201", "ＡＬＴ", "JC10"};
const Coded kLocalTest{"2045", "ALT", "99KIR"};

TEST(CodeShape, HotCodesHaveTheLengthTheirNameSays) {
  EXPECT_TRUE(has_standard_shape(CodeFamily::kHot, "HOT7", "1163414"));
  EXPECT_TRUE(has_standard_shape(CodeFamily::kHot, "HOT07", "1163414"));
  EXPECT_TRUE(has_standard_shape(CodeFamily::kHot, "HOT9", "110626901"));
  EXPECT_TRUE(has_standard_shape(CodeFamily::kHot, "HOT11", "11873040102"));
  EXPECT_TRUE(has_standard_shape(CodeFamily::kHot, "HOT13", "1163414010202"));
  EXPECT_TRUE(has_standard_shape(CodeFamily::kHot, "HOT", "1163414010202"));
  EXPECT_FALSE(has_standard_shape(CodeFamily::kHot, "HOT9", "1163414"));
  EXPECT_FALSE(has_standard_shape(CodeFamily::kHot, "HOT9", "11062690A"));
  EXPECT_FALSE(has_standard_shape(CodeFamily::kHot, "HOT", "11634140"));
  EXPECT_FALSE(has_standard_shape(CodeFamily::kHot, "99HOT", "110626901"));
}

TEST(CodeShape, AClaimsCodeIsNotAHot9) {
  EXPECT_FALSE(has_standard_shape(CodeFamily::kHot, "HOT9", "620007329"));
  EXPECT_TRUE(has_standard_shape(CodeFamily::kHot, "HOT9", "520007329"));
}

TEST(CodeShape, YjDiseaseAndTestCodes) {
  EXPECT_TRUE(has_standard_shape(CodeFamily::kYj, "YJ", "9999901F1011"));
  EXPECT_FALSE(has_standard_shape(CodeFamily::kYj, "YJ", "9999901f1011"));
  EXPECT_FALSE(has_standard_shape(CodeFamily::kYj, "MYAK", "9999901F1011"));
  EXPECT_TRUE(has_standard_shape(CodeFamily::kDisease, "MDCDX2", "20054174"));
  EXPECT_FALSE(has_standard_shape(CodeFamily::kDisease, "MDCDX2", "ZZ01"));
  EXPECT_TRUE(has_standard_shape(CodeFamily::kLab, "JC10", "3B045-----0232-01"));
  for (const char* code : {"3B045", "3B0450000023272", "3B04500000232720", "3b045000002327201",
                           "3BX45000002327201", "3B0450000023272011"}) {
    EXPECT_FALSE(has_standard_shape(CodeFamily::kLab, "JC10", code)) << code;
  }
  EXPECT_FALSE(has_standard_shape(CodeFamily::kLab, "JC11", "3B045000002327201"));
}

TEST(ChooseCode, TheStandardTripleIsFoundWhereverItStands) {
  for (const CodedPair& pair : {CodedPair{kStandardTest, kLocalTest}, CodedPair{kLocalTest, kStandardTest}}) {
    const CodeChoice choice = choose_code(CodeFamily::kLab, pair);
    EXPECT_EQ(choice.standard, kStandardTest.code);
    EXPECT_EQ(choice.local, kLocalTest);
    EXPECT_EQ(choice.text, kStandardTest.text);
    EXPECT_FALSE(choice.wrong_shape);
  }
  EXPECT_EQ(choose_code(CodeFamily::kLab, {{}, kStandardTest}).standard, kStandardTest.code);
  EXPECT_TRUE(choose_code(CodeFamily::kLab, {{}, kStandardTest}).local.empty());
}

TEST(ChooseCode, ALocalCodeAloneIsNoStandardCode) {
  const CodeChoice choice = choose_code(CodeFamily::kLab, {{}, kLocalTest});
  EXPECT_EQ(choice.standard, "");
  EXPECT_EQ(choice.local, kLocalTest);
  EXPECT_EQ(choice.text, "ALT");
  EXPECT_FALSE(choice.wrong_shape);
}

TEST(ChooseCode, AWrongLabelIsNotedAndTheCodeKeptAsLocal) {
  const Coded claims{"620007329", "輸液", "HOT9"};
  const CodeChoice alone = choose_code(CodeFamily::kHot, {claims, {}});
  EXPECT_EQ(alone.standard, "");
  EXPECT_EQ(alone.local, claims);
  EXPECT_TRUE(alone.wrong_shape);
  EXPECT_EQ(choose_code(CodeFamily::kHot, {claims, {"K1", "輸液", "99KIR"}}).local.code, "K1");
}

TEST(ChooseCode, ACodeWithoutASystemIsLocal) {
  const CodeChoice choice = choose_code(CodeFamily::kLab, {{kStandardTest.code, "ALT", ""}, {}});
  EXPECT_EQ(choice.standard, "");
  EXPECT_EQ(choice.local.code, kStandardTest.code);
}

TEST(ChooseCode, TheExplicitNullIsNothing) {
  const CodeChoice choice = choose_code(CodeFamily::kHot, {{"\"\"", "", ""}, {}});
  EXPECT_TRUE(choice.local.empty());
  EXPECT_FALSE(choice.wrong_shape);
}

}  // namespace
}  // namespace mimamori
