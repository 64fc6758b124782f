#include "stats/read_table.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <fstream>

#include "base/testing.h"

namespace mimamori {
namespace {

std::vector<double> numbers(const Table& table, std::string_view name) {
  const Column* column = table.find(name);
  return column == nullptr ? std::vector<double>{} : column->numbers;
}

TEST(ReadCsv, ReadsPlainNumbersAndMissingCells) {
  const auto table = read_csv("id,x,y\n1,-2.5,\n2,,1e-3\n");
  ASSERT_THAT(table, Succeeds());
  EXPECT_EQ(table->rows(), 2U);
  EXPECT_EQ(table->names(), "id, x, y");
  EXPECT_EQ(numbers(*table, "id"), (std::vector<double>{1, 2}));
  EXPECT_EQ(numbers(*table, "x")[0], -2.5);
  EXPECT_TRUE(std::isnan(numbers(*table, "x")[1]));
  EXPECT_TRUE(std::isnan(numbers(*table, "y")[0]));
  EXPECT_EQ(numbers(*table, "y")[1], 0.001);
}

TEST(ReadCsv, ByteOrderMarkCarriageReturnsAndAMissingLastLineEndChangeNothing) {
  const auto plain = read_csv("a,b\n1,2\n3,4\n");
  for (const char* text : {"\xEF\xBB\xBF"
                           "a,b\r\n1,2\r\n3,4\r\n",
                           "a,b\n1,2\n3,4", "\"a\",b\n\"1\",2\n3,\"4\"\n"}) {
    const auto table = read_csv(text);
    ASSERT_THAT(table, Succeeds());
    EXPECT_EQ(numbers(*table, "a"), numbers(*plain, "a"));
    EXPECT_EQ(numbers(*table, "b"), numbers(*plain, "b"));
  }
}

TEST(ReadCsv, QuotedCellsHoldCommasQuotesAndLineEnds) {
  const auto table = read_csv("k,\"na,me\"\n1,\"say \"\"a\"\"\"\n2,\"two\nlines\"\n3,\n");
  ASSERT_THAT(table, Succeeds());
  const Column* column = table->find("na,me");
  ASSERT_NE(column, nullptr);
  EXPECT_EQ(column->texts, (std::vector<std::string>{"say \"a\"", "two\nlines", ""}));
}

TEST(ReadCsv, OneWordMakesAColumnTextAndKeepsTheNumbersAsWritten) {
  const auto table = read_csv("sex,age\n1,60\n2.50,61\nf,62\n");
  ASSERT_THAT(table, Succeeds());
  const Column* sex = table->find("sex");
  EXPECT_TRUE(sex->is_text);
  EXPECT_EQ(sex->first_text_row, 3U);
  EXPECT_EQ(sex->texts, (std::vector<std::string>{"1", "2.50", "f"}));
  EXPECT_EQ(numbers(*table, "age"), (std::vector<double>{60, 61, 62}));
}

TEST(ReadCsv, InfinityAndNaNAreNotMissingValues) {
  const auto table = read_csv("x\n1\ninf\n-inf\nnan\n1e400\n1e-400\n");
  ASSERT_THAT(table, Succeeds());
  EXPECT_EQ(table->find("x")->not_finite, (std::vector<std::size_t>{2, 3, 4, 5}));
  EXPECT_EQ(numbers(*table, "x")[5], 0);
}

TEST(ReadCsv, WholeNumbersBeyondADoubleStayTexts) {
  EXPECT_FALSE(read_csv("id\n9007199254740992\n")->find("id")->is_text);
  EXPECT_TRUE(read_csv("id\n9007199254740994\n")->find("id")->is_text);
  EXPECT_FALSE(read_csv("id\n1e300\n")->find("id")->is_text);
}

TEST(ReadCsv, ErrorsNameLineAndColumn) {
  const auto sentence = [](std::string_view text) {
    const auto table = read_csv(text);
    return table.ok() ? std::string("read") : table.error().sentence;
  };
  EXPECT_EQ(sentence(""), "line 1: expected the names of the columns");
  EXPECT_EQ(sentence("a,b\n1,2\n3\n"), "line 3, column 1: expected 2 cells in the line, as there are names");
  EXPECT_EQ(sentence("a,b\n1,2,3\n"), "line 2, column 2: expected 2 cells in the line, as there are names");
  EXPECT_EQ(sentence("a,b\n1,\"2\n3,4\n"), "line 2, column 2: expected a closing quote");
  EXPECT_EQ(sentence("a,b\n\"1\n\",2\n3,4\"\n"),
            "line 4, column 2: expected no quote inside a cell that does not begin with one");
  EXPECT_EQ(sentence("a,b\n\"1\"x,2\n"), "line 2, column 1: expected a comma or the end of the line");
  EXPECT_EQ(sentence("a,,c\n1,2,3\n"), "line 1, column 2: expected a name");
  EXPECT_EQ(sentence("a,b\n1,2\n\n3,4\n"),
            "line 3, column 1: expected 2 cells in the line, as there are names");
  EXPECT_EQ(sentence("a,a\n1,2\n"), "expected column a once");
  EXPECT_EQ(sentence("a\nx\n\xFF\n"), "line 3, column 1: expected UTF-8");
  EXPECT_EQ(sentence("a\nx\n\xED\xA0\x80\n"), "line 3, column 1: expected UTF-8");
}

TEST(ReadCsv, NamesAloneAreATableWithoutRows) {
  const auto table = read_csv("a,b\n");
  ASSERT_THAT(table, Succeeds());
  EXPECT_EQ(table->rows(), 0U);
}

RC_GTEST_PROP(ReadCsv, NoBytesCanHurtIt, (const std::string& bytes)) {
  const auto table = read_csv(bytes);
  RC_ASSERT(table.ok() || !table.error().sentence.empty());
}

RC_GTEST_PROP(ReadCsv, TextsComeBackAsTheyWereQuoted, (const std::vector<std::string>& cells)) {
  std::string csv = "row,text\n0,not a number\n";
  std::vector<std::string> expected{"not a number"};
  for (const std::string& one : cells) {
    std::string ascii;
    for (const char c : one) ascii += static_cast<char>(static_cast<unsigned char>(c) & 0x7FU);
    csv += "1,\"";
    for (const char c : ascii) csv += c == '"' ? std::string("\"\"") : std::string(1, c);
    csv += "\"\n";
    expected.push_back(ascii);
  }
  const auto table = read_csv(csv);
  RC_ASSERT(table.ok());
  RC_ASSERT(table->find("text")->texts == expected);
}

TEST(ReadTable, TakesCsvAndParquetByTheEndingOfTheName) {
  const ScratchFolder scratch;
  std::ofstream(scratch.path() / "t.csv") << "a\n1\n";
  EXPECT_THAT(read_table(scratch.path() / "t.csv"), Succeeds());
  EXPECT_THAT(read_table(scratch.path() / "none.csv"), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(read_table(scratch.path() / "t.xlsx"), FailsWith(ErrorCode::kUnsupported));
  std::ofstream(scratch.path() / "t.parquet") << "no";
  EXPECT_THAT(read_table(scratch.path() / "t.parquet"), FailsWith(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace mimamori
