#include "omop/row.h"

#include <gtest/gtest.h>

#include <array>

#include "base/testing.h"
#include "omop/tables.h"

namespace mimamori {
namespace {

constexpr std::array<OmopColumn, 3> kColumns = {
    {{"a", ColumnUse::kRead}, {"b", ColumnUse::kRead}, {"c", ColumnUse::kRead}}};
constexpr std::array<std::size_t, 3> kPlaces = {0, 1, HeaderMatch::kAbsent};

class OmopRowTest : public testing::Test {
 protected:
  // The row with these fields.
  OmopRow& with(std::string_view a, std::string_view b = "") {
    fields_ = {a, b};
    row_.set(fields_, 7, 12);
    return row_;
  }
  std::string noted() {
    std::vector<FindingRow> rows;
    findings_.take(7, rows);
    return rows.empty() ? "" : rows[0].check_id + " " + rows[0].field;
  }

 private:
  std::array<std::string_view, 2> fields_;
  OmopFindings findings_;
  OmopRow row_{kColumns, kPlaces, findings_};
};

Date day(int year, unsigned month, unsigned number) { return *make_date(year, month, number); }

TEST_F(OmopRowTest, EmptyValuesHaveManySpellings) {
  for (const char* text : {"", "  ", "NULL", "null", "NA", "\\N", "NaN"})
    EXPECT_EQ(with(text).text(0), "") << text;
  EXPECT_EQ(with(" x ").text(0), "x");
  EXPECT_EQ(with("NAB").text(0), "NAB");
  EXPECT_EQ(with("x", "y").text(2), "");
}

TEST_F(OmopRowTest, WholeNumbersMayEndInZeros) {
  EXPECT_EQ(with("17").integer(0), 17);
  EXPECT_EQ(with("-17").integer(0), -17);
  EXPECT_EQ(with("17.00").integer(0), 17);
  EXPECT_EQ(noted(), "");
  for (const char* text : {"17.5", "1e3", "x", "17x", "99999999999999999999"}) {
    EXPECT_EQ(with(text).integer(0), std::nullopt) << text;
    EXPECT_EQ(noted(), "omop_number_unreadable a") << text;
  }
  EXPECT_EQ(with("0").concept_id(0), std::nullopt);
  EXPECT_EQ(with("1").concept_id(0), 1);
}

TEST_F(OmopRowTest, NumbersAreFinite) {
  EXPECT_EQ(with("0.1").number(0), 0.1);
  EXPECT_EQ(with("-2.5e-3").number(0), -2.5e-3);
  for (const char* text : {"inf", "1e999", "1,5", "0x10"})
    EXPECT_EQ(with(text).number(0), std::nullopt) << text;
  EXPECT_EQ(with("3").amount(0), 3.0);
  EXPECT_EQ(with("0").amount(0), std::nullopt);
  noted();
  EXPECT_EQ(with("-1").amount(0), std::nullopt);
  EXPECT_EQ(noted(), "omop_negative_amount a");
}

TEST_F(OmopRowTest, DatesInTheirSpellings) {
  for (const char* text :
       {"2020-02-29", "20200229", "2020/02/29", "2020-02-29 13:45:59", "2020-02-29T13:45:59.5Z"}) {
    EXPECT_EQ(with(text).date(0), day(2020, 2, 29)) << text;
  }
  EXPECT_EQ(noted(), "");
  for (const char* text : {"2021-02-29", "2020-13-01", "2020-00-10", "29-02-2020", "2020-2-9", "2020-02-291",
                           "1849-12-31", "2200-01-01", "2020-02-29x", "2020-02/29"}) {
    EXPECT_EQ(with(text).date(0), std::nullopt) << text;
    EXPECT_EQ(noted(), "omop_date_unreadable a") << text;
  }
  EXPECT_EQ(with("1850-01-01").date(0), day(1850, 1, 1));
  EXPECT_EQ(with("2199-12-31").date(0), day(2199, 12, 31));
}

TEST_F(OmopRowTest, MidnightIsNoTimeOfDay) {
  const Date today = day(2020, 2, 29);
  EXPECT_EQ(with("2020-02-29 08:30:05").moment(today, 0)->second_of_day, 8 * 3600 + 30 * 60 + 5);
  EXPECT_EQ(with("2020-02-29 00:00:00").moment(today, 0)->second_of_day, std::nullopt);
  EXPECT_EQ(with("2020-02-29").moment(today, 0)->second_of_day, std::nullopt);
  EXPECT_EQ(with("").moment(today, 0), (Moment{.date = today, .second_of_day = std::nullopt}));
  EXPECT_EQ(noted(), "");
  EXPECT_EQ(with("2020-03-01 08:30:05").moment(today, 0)->second_of_day, std::nullopt);
  EXPECT_EQ(noted(), "omop_dates_disagree a");
  EXPECT_EQ(with("2020-02-29 24:00:00").moment(today, 0)->second_of_day, std::nullopt);
  EXPECT_EQ(noted(), "omop_date_unreadable a");
}

TEST_F(OmopRowTest, RequiredValuesSayTheirColumn) {
  EXPECT_THAT(with("x").required_integer(0), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(with("2020-02-30").required_date(0), FailsWith(ErrorCode::kInvalidInput));
  const Result<Date> failed = with("SECRET").required_date(0);
  EXPECT_TRUE(failed.error().sentence.starts_with("a: "));
  EXPECT_EQ(failed.error().sentence.find("SECRET"), std::string::npos);
}

TEST_F(OmopRowTest, AnEndOnTheStartIsInOrder) {
  with("").check_order(day(2020, 1, 2), day(2020, 1, 2), 1);
  EXPECT_EQ(noted(), "");
  with("").check_order(day(2020, 1, 2), day(2020, 1, 1), 1);
  EXPECT_EQ(noted(), "omop_end_before_start b");
}

TEST(OmopFindings, OneFindingPerColumnWithItsFirstLine) {
  OmopFindings findings;
  findings.note(omop_findings::kDateUnreadable, "b", 9);
  findings.note(omop_findings::kDateUnreadable, "a", 5);
  findings.note(omop_findings::kDateUnreadable, "a", 6);
  std::vector<FindingRow> rows;
  findings.take(3, rows);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].field, "a");
  EXPECT_EQ(rows[0].segment, 5);
  EXPECT_NE(rows[0].sentence.find("(2 times from here)"), std::string::npos);
  EXPECT_NE(rows[1].sentence.find("(1 time from here)"), std::string::npos);
  findings.take(3, rows);
  EXPECT_EQ(rows.size(), 2U);
}

TEST(OmopCode, OnlyWhatLooksLikeACodeIsKept) {
  for (const char* code : {"K92.2", "195662009", "29463-7", "E11.9+", "10*3"})
    EXPECT_TRUE(looks_like_code(code)) << code;
  for (const char* text : {"", "Yamada", "Taro 1", "山田1", "x@1"})
    EXPECT_FALSE(looks_like_code(text)) << text;
  EXPECT_TRUE(looks_like_code(std::string(49, 'x') + "1"));
  EXPECT_FALSE(looks_like_code(std::string(50, 'x') + "1"));
}

}  // namespace
}  // namespace mimamori
