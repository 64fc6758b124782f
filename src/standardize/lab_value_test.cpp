#include "standardize/lab_value.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <charconv>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/testing.h"
#include "standardize/text_fold.h"

namespace mimamori {
namespace {

void expect_bound(const char* text, std::string_view comparison, double number) {
  const ReadLabValue value = recognize_lab_value(text);
  EXPECT_EQ(value.value_class, ValueClass::kBound) << text;
  EXPECT_EQ(value.comparison, comparison) << text;
  EXPECT_EQ(value.number, std::optional(number)) << text;
}
void expect_number(const char* text, double number) {
  const ReadLabValue value = recognize_lab_value(text);
  EXPECT_EQ(value.value_class, ValueClass::kNumber) << text;
  EXPECT_EQ(value.comparison, "=") << text;
  EXPECT_EQ(value.number, std::optional(number)) << text;
}
void expect_class(const char* text, ValueClass value_class) {
  const ReadLabValue value = recognize_lab_value(text);
  EXPECT_EQ(name_of(value.value_class), name_of(value_class)) << text;
  EXPECT_FALSE(value.number) << text;
  EXPECT_TRUE(value.comparison.empty()) << text;
}

TEST(ReadLabValue, NumbersInAnyWidthAndWithThousands) {
  expect_number("3.1", 3.1);
  expect_number(" 214 ", 214);
  expect_number("２．５", 2.5);
  expect_number("　１２　", 12);
  expect_number("-5.2", -5.2);
  expect_number("－５．２", -5.2);
  expect_number("+2.0", 2.0);
  expect_number(".5", 0.5);
  expect_number("2,050", 2050);
  expect_number("1,234.5", 1234.5);
  expect_number("1,234,567", 1'234'567);
}

TEST(ReadLabValue, CommasElsewhereAreNotANumber) {
  expect_class("2,05", ValueClass::kText);
  expect_class("2,0500", ValueClass::kText);
  expect_class("2050,123", ValueClass::kText);
  expect_class(",123", ValueClass::kText);
  expect_class("1.2.3", ValueClass::kText);
  expect_class(".", ValueClass::kText);
}

TEST(ReadLabValue, PowersOfTenAreExact) {
  expect_number("18.3×10^4", 183'000);
  expect_number("25.1×10^4", 251'000);
  expect_number("50×10^2", 5000);
  expect_number("2.3 x10^3", 2300);
  expect_number("1.3E+2", 130);
  expect_number("1X10E4", 10'000);
  expect_number("10**2", 100);
  expect_number("10^3", 1000);
  expect_number("１８．３×１０＾４", 183'000);
  expect_number("2×10³", 2000);
  expect_number("5e-2", 0.05);
  EXPECT_EQ(recognize_lab_value("18.3×10^4").mantissa, 18.3);
  EXPECT_EQ(recognize_lab_value("18.3×10^4").power, 4);
  EXPECT_FALSE(recognize_lab_value("183000").mantissa);
  expect_number("1e30", 1e30);
  expect_class("1e31", ValueClass::kText);
  expect_class("1e", ValueClass::kText);
}

TEST(ReadLabValue, ComparisonsInFrontBehindAndInWords) {
  for (const char* text : {">100", "＞100", "〉100", "> 100", "100<", "100＜", "100超過", "U100"}) {
    expect_bound(text, ">", 100);
  }
  for (const char* text : {"≧200", ">=200", "=>200", "200以上", "200～", "200↑", "↑200", "200<=", "200≦"}) {
    expect_bound(text, ">=", 200);
  }
  for (const char* text : {"<300", "＜300", "〈300", "300>", "300未満", "300ミマン", "300ﾐﾏﾝ", "L300"}) {
    expect_bound(text, "<", 300);
  }
  for (const char* text :
       {"≦400", "<=400", "=<400", "< =400", "400以下", "400イカ", "400↓", "↓400", "400>="}) {
    expect_bound(text, "<=", 400);
  }
  expect_bound("1.2未満", "<", 1.2);
  expect_bound("<0.1", "<", 0.1);
  expect_bound(">1×10^5", ">", 100'000);
  expect_number("=5", 5);
}

TEST(ReadLabValue, SignsAndWordsAreQualitative) {
  for (const char* text : {"-",
                           "－",
                           "―",
                           "(-)",
                           "[-]",
                           "(- )",
                           "  -",
                           "陰性",
                           "インセイ",
                           "ｲﾝｾｲ",
                           "検出せず",
                           "ケンシュツセズ",
                           "フケンシュツ",
                           "（－）",
                           "+",
                           "＋",
                           "(+)",
                           "[+]",
                           "陽性",
                           "ﾖｳｾｲ",
                           "検出",
                           "★陽性★",
                           "+-",
                           "+/-",
                           "-/+",
                           "±",
                           "(±)",
                           "＋－",
                           "少量",
                           "1+↓",
                           "(-)インセイ",
                           "(+) 陽性",
                           "NEGATIVE"}) {
    expect_class(text, ValueClass::kQualitative);
  }
}

TEST(ReadLabValue, CountedPlusesAreSemiQuantitative) {
  for (const char* text : {"2+", " 2 +", "(2+)", "２＋", "（１＋）", "++", "(++)", "+++++", "1＋ 有", "4+"}) {
    expect_class(text, ValueClass::kSemiQuantitative);
  }
  expect_class("0+", ValueClass::kText);
  expect_class("++++++", ValueClass::kText);
}

TEST(ReadLabValue, RangesAndRatios) {
  for (const char* text : {"1-4", " 1 - 4", "0.5～2", "0.5~2", "≧10＜20", "0.5～2未満", "１－４"}) {
    expect_class(text, ValueClass::kRange);
  }
  for (const char* text : {"1:32", "1 : 32", "52/3", "１：３２", "32倍", "1:32倍", "40倍未満"}) {
    expect_class(text, ValueClass::kRatio);
  }
  expect_class("4-1", ValueClass::kText);
  // A trailing minus means "one or more" in sediment only; elsewhere nobody can tell.
  expect_class("1-", ValueClass::kText);
}

TEST(ReadLabValue, TheLeadingPartOfACompoundDecides) {
  const ReadLabValue sugar = recognize_lab_value("3+(300)");
  EXPECT_EQ(sugar.value_class, ValueClass::kSemiQuantitative);
  EXPECT_TRUE(sugar.compound);
  EXPECT_FALSE(sugar.number);
  const ReadLabValue index = recognize_lab_value("2.3(±)");
  EXPECT_EQ(index.value_class, ValueClass::kNumber);
  EXPECT_EQ(index.number, 2.3);
  EXPECT_TRUE(index.compound);
  EXPECT_EQ(recognize_lab_value("0.13(0)").number, 0.13);
  EXPECT_EQ(recognize_lab_value("(-)0.3").value_class, ValueClass::kQualitative);
  EXPECT_FALSE(recognize_lab_value("2.3").compound);
  expect_class("2.3(前回値)", ValueClass::kText);
}

TEST(ReadLabValue, RemarksAreCommentsAndTheRestIsText) {
  expect_class("検体量不足のため再採取願います", ValueClass::kComment);
  expect_class("検体凝固のため測定不能", ValueClass::kComment);
  expect_class("溶血(1+)", ValueClass::kComment);
  expect_class("E.coli", ValueClass::kText);
  expect_class("黄色", ValueClass::kText);
  for (const char* text : {"", "   ", "　", "\"\""}) expect_class(text, ValueClass::kMissing);
}

TEST(ReferenceRange, LimitsAsWritten) {
  EXPECT_EQ(recognize_reference_range("10-42"), (ReferenceLimits{10, 42}));
  EXPECT_EQ(recognize_reference_range("3.6～4.8"), (ReferenceLimits{3.6, 4.8}));
  EXPECT_EQ(recognize_reference_range("6.70-8.3"), (ReferenceLimits{6.7, 8.3}));
  EXPECT_EQ(recognize_reference_range("0.0 - 0.3"), (ReferenceLimits{0.0, 0.3}));
  EXPECT_EQ(recognize_reference_range("(10-42)"), (ReferenceLimits{10, 42}));
  EXPECT_EQ(recognize_reference_range(">10"), (ReferenceLimits{10, std::nullopt}));
  EXPECT_EQ(recognize_reference_range("60以上"), (ReferenceLimits{60, std::nullopt}));
  EXPECT_EQ(recognize_reference_range("<15"), (ReferenceLimits{std::nullopt, 15}));
  EXPECT_EQ(recognize_reference_range("0.3以下"), (ReferenceLimits{std::nullopt, 0.3}));
}

TEST(ReferenceRange, WhatHasNoLimitsHasNone) {
  for (const char* text : {"(-)", "", "M:13.5-17.5 F:11.5-15.0", "42-10", "陰性", "5"}) {
    EXPECT_EQ(recognize_reference_range(text), ReferenceLimits{}) << text;
  }
}

TEST(ReadDecimal, TakesNumbersOnly) {
  EXPECT_EQ(read_decimal(" 1,400 "), 1400);
  EXPECT_EQ(read_decimal("２．５"), 2.5);
  for (const char* text : {"", "1 0", "2錠", "1e3", "<1", "\"\""}) EXPECT_FALSE(read_decimal(text)) << text;
}

TEST(Fold, TellsUtf8FromOtherBytes) {
  EXPECT_TRUE(is_utf8("アｱa±"));
  for (const char* text : {"\xFF", "\xC0\x80", "\xE3\x81", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\x80"}) {
    EXPECT_FALSE(is_utf8(text));
    EXPECT_EQ(fold(text), text);
  }
  EXPECT_EQ(fold("ｶﾞﾊﾟｳﾞｱﾞ"), "ガパヴア\u309B");
}

RC_GTEST_PROP(ReadLabValue, NoInputHurts, (const std::string& text)) {
  const ReadLabValue value = recognize_lab_value(text);
  const bool numeric = value.value_class == ValueClass::kNumber || value.value_class == ValueClass::kBound;
  RC_ASSERT(value.number.has_value() == numeric);
  RC_ASSERT(value.comparison.empty() != numeric);
  recognize_reference_range(text);
}

RC_GTEST_PROP(ReadLabValue, PiecesOfRealValuesInAnyOrderDoNotHurt, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("1", "0", ".", ",", "+", "-", "(", ")", "<", ">", "=", "×", "10^", "以上",
                                    "～", "陰性", " ", "　", "e", ":", "/", "倍", "\xE3", "ﾞ", "ﾊ"));
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  const ReadLabValue value = recognize_lab_value(text);
  RC_ASSERT(!value.number || std::isfinite(*value.number));
}

RC_GTEST_PROP(ReadLabValue, AWrittenNumberIsReadBack, ()) {
  const double number =
      static_cast<double>(*rc::gen::inRange<std::int64_t>(-1'000'000'000, 1'000'000'000)) / 1000;
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, number, std::chars_format::fixed).ptr;
  const ReadLabValue value = recognize_lab_value(std::string_view(text, end));
  RC_ASSERT(value.value_class == ValueClass::kNumber);
  RC_ASSERT(value.number == number);
}

// The values that the foreign trees hold beside plain numbers, each with the class we state for it.
TEST(ExternalLabValue, EveryValueOfTheForeignTreesHasItsClass) {
  const std::map<std::string, ValueClass> stated = {{"(-)", ValueClass::kQualitative},
                                                    {"-", ValueClass::kQualitative},
                                                    {"+", ValueClass::kQualitative},
                                                    {"(+)", ValueClass::kQualitative},
                                                    {"(+-)", ValueClass::kQualitative},
                                                    {"検出せず", ValueClass::kQualitative},
                                                    {"1+", ValueClass::kSemiQuantitative},
                                                    {"2+", ValueClass::kSemiQuantitative},
                                                    {"3+", ValueClass::kSemiQuantitative},
                                                    {"4+", ValueClass::kSemiQuantitative},
                                                    {"（１＋）", ValueClass::kSemiQuantitative},
                                                    {"3+(300)", ValueClass::kSemiQuantitative},
                                                    {"2.3(±)", ValueClass::kNumber},
                                                    {"25.1×10^4", ValueClass::kNumber},
                                                    {"1,234.5", ValueClass::kNumber},
                                                    {"≧200", ValueClass::kBound},
                                                    {"<0.02", ValueClass::kBound},
                                                    {"＜0.02", ValueClass::kBound},
                                                    {"<0.1", ValueClass::kBound},
                                                    {">1000", ValueClass::kBound},
                                                    {"1.2未満", ValueClass::kBound},
                                                    {"5.8以下", ValueClass::kBound},
                                                    {"溶血(1+)", ValueClass::kComment},
                                                    {"検体量不足のため再採取願います", ValueClass::kComment}};
  for (const char* tree : {"eucjp", "jisext"}) {
    std::ifstream file(shared_data() / "ssmix2" / tree / "truth.json");
    ASSERT_TRUE(file) << "expected truth.json of " << tree;
    const nlohmann::json truth = nlohmann::json::parse(file);
    for (const auto& [value, count] : truth.at("non-NM OBX-5 values").items()) {
      ASSERT_TRUE(stated.contains(value)) << value;
      EXPECT_EQ(name_of(recognize_lab_value(value).value_class), name_of(stated.at(value))) << value;
    }
  }
}

}  // namespace
}  // namespace mimamori
