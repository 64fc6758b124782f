#include "omop/delimited_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace mimamori {
namespace {

using Rows = std::vector<std::vector<std::string>>;

struct Cut {
  Rows rows;
  std::vector<std::int64_t> lines;   // first line of each row
  std::vector<std::int64_t> broken;  // first line of each row given up
};

// Cuts a text that comes in the given pieces.
Cut cut(const std::vector<std::string>& parts, std::size_t width = 0) {
  DelimitedRows cutter;
  cutter.expect_fields(width);
  Cut result;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string part = parts[i];  // gone when the next one comes
    cutter.feed(part, i + 1 == parts.size());
    DelimitedRow row;
    while (cutter.next(row)) {
      if (row.is_broken) {
        result.broken.push_back(row.line);
        continue;
      }
      result.rows.emplace_back(row.fields.begin(), row.fields.end());
      result.lines.push_back(row.line);
    }
  }
  return result;
}

TEST(DelimitedRows, FieldsAndLineEnds) {
  EXPECT_EQ(cut({"a,b,c\r\n1,,3\n,,\n4,5,6"}).rows,
            (Rows{{"a", "b", "c"}, {"1", "", "3"}, {"", "", ""}, {"4", "5", "6"}}));
}

TEST(DelimitedRows, EmptyLinesAreNoRowsButCount) {
  const Cut result = cut({"\n\r\na,b\n\n1,2\n\n"});
  EXPECT_EQ(result.rows, (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_THAT(result.lines, testing::ElementsAre(3, 5));
}

TEST(DelimitedRows, QuotesDoubledQuotesAndTextBehindThem) {
  EXPECT_EQ(cut({"a,b\n\"x,y\",\"say \"\"yes\"\"\"\n\"p\"q, \"r\"\n1\"2,\"\"\n"}).rows,
            (Rows{{"a", "b"}, {"x,y", "say \"yes\""}, {"pq", "r"}, {"1\"2", ""}}));
}

TEST(DelimitedRows, AQuotedFieldMayHoldLineBreaksAndSpanParts) {
  const Cut result = cut({"a,b\n1,\"x\n", "y\n", "z\"\n2,w\n"}, 2);
  EXPECT_EQ(result.rows, (Rows{{"a", "b"}, {"1", "x\ny\nz"}, {"2", "w"}}));
  EXPECT_THAT(result.lines, testing::ElementsAre(1, 2, 5));
}

TEST(DelimitedRows, AStrayQuoteCostsItsOwnLineOnly) {
  // The quote of line 2 would swallow line 3 and end in line 4; the row then has too many fields.
  const Cut result = cut({"a,b\n1,\"x\n2,y\n3,\"z\"\n4,w\n"}, 2);
  EXPECT_THAT(result.broken, testing::ElementsAre(2));
  EXPECT_EQ(result.rows, (Rows{{"a", "b"}, {"2", "y"}, {"3", "z"}, {"4", "w"}}));
  EXPECT_THAT(result.lines, testing::ElementsAre(1, 3, 4, 5));
}

TEST(DelimitedRows, AStrayQuoteIsKnownByTheNumberOfFieldsToo) {
  // Here the quote of line 2 ends in line 4 before a comma, and the row has three fields.
  const Cut result = cut({"a,b\n1,\"x\n2,y\n3\",z\n4,w\n"}, 2);
  EXPECT_THAT(result.broken, testing::ElementsAre(2));
  EXPECT_EQ(result.rows, (Rows{{"a", "b"}, {"2", "y"}, {"3\"", "z"}, {"4", "w"}}));
}

TEST(DelimitedRows, AQuoteNeverClosedCostsItsOwnLineOnly) {
  const Cut result = cut({"a,b\n1,\"x\n", "2,y\n", "3,z\n"}, 2);
  EXPECT_THAT(result.broken, testing::ElementsAre(2));
  EXPECT_EQ(result.rows, (Rows{{"a", "b"}, {"2", "y"}, {"3", "z"}}));
}

TEST(DelimitedRows, AQuoteOpenForTooLongIsStray) {
  std::string text = "a,b\n1,\"x\n";
  while (text.size() < 2 * DelimitedRows::kRowBytesMax) text += "2,y\n";
  DelimitedRows cutter;
  cutter.expect_fields(2);
  cutter.feed(text, false);
  DelimitedRow row;
  ASSERT_TRUE(cutter.next(row));
  ASSERT_TRUE(cutter.next(row));
  EXPECT_TRUE(row.is_broken);
  ASSERT_TRUE(cutter.next(row));
  EXPECT_EQ(row.line, 3);
}

TEST(DelimitedRows, TheDelimiterIsFoundInTheHeader) {
  EXPECT_EQ(cut({"a;b,c;d\n1;2,3;4\n"}).rows, (Rows{{"a", "b,c", "d"}, {"1", "2,3", "4"}}));
  EXPECT_EQ(cut({"a|b\n1|2\n"}).rows, (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(cut({"\"a;;;b\",c\n1,2\n"}).rows, (Rows{{"a;;;b", "c"}, {"1", "2"}}));
}

TEST(DelimitedRows, BetweenTabsAQuoteIsACharacter) {
  EXPECT_EQ(cut({"a\tb\n1\t\"half\n2\t\"whole\"\n3\t\"A\" and \"B\"\n"}).rows,
            (Rows{{"a", "b"}, {"1", "\"half"}, {"2", "whole"}, {"3", "\"A\" and \"B\""}}));
}

// A field as RFC 4180 writes it.
std::string written(const std::string& field) {
  std::string text = "\"";
  for (const char c : field) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

RC_GTEST_PROP(DelimitedRows, WhatIsWrittenIsReadBackFromAnyParts, ()) {
  const auto letters = rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab,;\"\n\r ")));
  const auto rows =
      *rc::gen::nonEmpty(rc::gen::container<Rows>(rc::gen::container<std::vector<std::string>>(3, letters)));
  std::string text = "x,y,z\n";
  for (const auto& row : rows) text += written(row[0]) + "," + written(row[1]) + "," + written(row[2]) + "\n";
  std::vector<std::string> parts(1);
  for (const char c : text) {
    parts.back() += c;
    if (c == '\n' && *rc::gen::arbitrary<bool>()) parts.emplace_back();
  }
  Rows expected = {{"x", "y", "z"}};
  expected.insert(expected.end(), rows.begin(), rows.end());
  RC_ASSERT(cut(parts, 3).rows == expected);
}

}  // namespace
}  // namespace mimamori
