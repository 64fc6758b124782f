#include "claims/uke_line.h"

#include <gtest/gtest.h>

#include <string>

namespace mimamori {
namespace {

Date day(int year, unsigned month, unsigned on) {
  return std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{on};
}

TEST(UkeLine, CutsColumnsAndGivesNothingPastTheEnd) {
  const UkeLine line("SY,8833421, 20230110 ,,");
  EXPECT_EQ(line.size(), 5U);
  EXPECT_EQ(line[1], "SY");
  EXPECT_EQ(line[3], "20230110");
  EXPECT_EQ(line[5], "");
  EXPECT_EQ(line[6], "");
  EXPECT_EQ(line[500], "");
  EXPECT_EQ(UkeLine("").size(), 1U);
}

TEST(UkeLine, CountsColumnsBeyondThoseItKeeps) {
  const UkeLine line(std::string(99, ','));
  EXPECT_EQ(line.size(), 100U);
  EXPECT_EQ(line[UkeLine::kColumnsMax + 1], "");
}

TEST(ClaimDay, TheLengthTellsWesternFromEra) {
  EXPECT_EQ(claim_day("20240507"), day(2024, 5, 7));
  EXPECT_EQ(claim_day("5060507"), day(2024, 5, 7));
  EXPECT_EQ(claim_day("3370415"), day(1962, 4, 15));
  EXPECT_EQ(claim_day("1010101"), day(1868, 1, 1));
  EXPECT_EQ(claim_day("2150101"), day(1926, 1, 1));
  EXPECT_EQ(claim_day("4310430"), day(2019, 4, 30));
  EXPECT_EQ(claim_day("4310501"), claim_day("5010501"));  // both are written for the same day
  EXPECT_EQ(claim_day("3640107"), claim_day("4010107"));
  EXPECT_EQ(claim_day("6010101"), std::nullopt);
  EXPECT_EQ(claim_day("0010101"), std::nullopt);
}

TEST(ClaimDay, OnlyDaysOfTheCalendarAreDays) {
  EXPECT_EQ(claim_day("20240229"), day(2024, 2, 29));
  EXPECT_EQ(claim_day("20230229"), std::nullopt);
  EXPECT_EQ(claim_day("5050229"), std::nullopt);
  EXPECT_EQ(claim_day("20240500"), std::nullopt);
  EXPECT_EQ(claim_day("00000000"), std::nullopt);
  EXPECT_EQ(claim_day("202405"), std::nullopt);
  EXPECT_EQ(claim_day("2024O507"), std::nullopt);
  EXPECT_EQ(claim_day(""), std::nullopt);
}

TEST(ClaimMonth, TheLengthTellsWesternFromEra) {
  EXPECT_EQ(claim_month("202405"), day(2024, 5, 1));
  EXPECT_EQ(claim_month("50605"), day(2024, 5, 1));
  EXPECT_EQ(claim_month("43104"), day(2019, 4, 1));
  EXPECT_EQ(claim_month("202413"), std::nullopt);
  EXPECT_EQ(claim_month("202400"), std::nullopt);
  EXPECT_EQ(claim_month("2024"), std::nullopt);
}

TEST(ClaimNumbers, AreReadWithinTheirDigits) {
  EXPECT_EQ(whole_number("0076", 7), 76);
  EXPECT_EQ(whole_number("-10", 7), -10);
  EXPECT_EQ(whole_number("9999999", 7), 9999999);
  EXPECT_EQ(whole_number("10000000", 7), std::nullopt);
  EXPECT_EQ(whole_number("", 7), std::nullopt);
  EXPECT_EQ(whole_number("-", 7), std::nullopt);
  EXPECT_EQ(whole_number("1.5", 7), std::nullopt);
  EXPECT_EQ(decimal_number("1.5"), 1.5);
  EXPECT_EQ(decimal_number("12345.12345"), 12345.12345);
  EXPECT_EQ(decimal_number("-2"), -2.0);
  EXPECT_EQ(decimal_number("1."), std::nullopt);
  EXPECT_EQ(decimal_number(".5"), std::nullopt);
  EXPECT_EQ(decimal_number("1e5"), std::nullopt);
  EXPECT_EQ(decimal_number("nan"), std::nullopt);
  EXPECT_EQ(decimal_number("12345678901"), std::nullopt);
}

}  // namespace
}  // namespace mimamori
