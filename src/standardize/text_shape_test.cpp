#include "standardize/text_shape.h"

#include <gtest/gtest.h>

#include <string>

namespace mimamori {
namespace {

TEST(TextShape, CodesHaveNoBlanksAndNoLongWords) {
  for (const char* code :
       {"08", "K718-21", "060150xx03xxxx", "1012040400000000", "NAIKA", "J-FAGY", "0A10", "CODEABCD"})
    EXPECT_TRUE(is_code_shaped(code, 16)) << code;
  for (const char* other : {"霧島澄子", "ｷﾘｼﾏ", "キリシマ", "Kiri Sumi", "Kirishima", "CODEABCDE"})
    EXPECT_FALSE(is_code_shaped(other, 64)) << other;
  EXPECT_TRUE(is_code_shaped("１２", 2));  // full-width, two characters
  EXPECT_FALSE(is_code_shaped("123", 2));
}

TEST(TextShape, UnitsAreMadeOfUnitWords) {
  for (const char* unit : {"mg/dL", "ｍｇ／ｄＬ", "10^3/μL", "/1000000", "×10⁴/µL", "mL/min/1.73m2", "錠",
                           "個/視野", "カプセル", "%", "mmol/mol", "日分", "mEq/L"})
    EXPECT_TRUE(is_unit_shaped(unit)) << unit;
  for (const char* other : {"霧島澄子", "キリシマ", "Kirishima", "12345678", "090-1234-5678"})
    EXPECT_FALSE(is_unit_shaped(other)) << other;
}

TEST(TextShape, RemarksAreMadeOfTheLaboratorysWords) {
  for (const char* remark : {"検体量不足のため再採取願います", "溶血(1+)", "測定不能", "検体不足"})
    EXPECT_TRUE(is_plain_remark(remark)) << remark;
  for (const char* other : {"検体不足 霧島", "霧島様の検体", "溶血 Kiri", "検体 1234", "再検 霧"})
    EXPECT_FALSE(is_plain_remark(other)) << other;
}

TEST(TextShape, TelephoneNumbersHaveThreeGroups) {
  for (const char* phone :
       {"03-1234-5678", "(099)000-1234", "090-1234-5678", "TEL 0123-45-6789", "090 1234 5678"})
    EXPECT_TRUE(holds_phone_number(phone)) << phone;
  for (const char* other :
       {"3-1234-5678", "03-1234-567", "2024-06-12", "03-12345-6789", "1003-1234-5678", "K718-21"})
    EXPECT_FALSE(holds_phone_number(other)) << other;
}

TEST(TextShape, APatientsNumberIsFoundInAnyWidthFromSevenDigitsOn) {
  EXPECT_TRUE(holds_patient_number("0001234567_01", "1234567"));
  EXPECT_TRUE(holds_patient_number("番号１２３４５６７", "1234567"));
  EXPECT_FALSE(holds_patient_number("1234568", "1234567"));
  EXPECT_FALSE(holds_patient_number("123456", "123456"));
  EXPECT_FALSE(holds_patient_number("1", ""));
}

}  // namespace
}  // namespace mimamori
