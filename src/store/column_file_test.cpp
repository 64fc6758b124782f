#include "store/column_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "base/testing.h"
#include "store/handle.h"

namespace mimamori {
namespace {

/// Lets DuckDB itself write a Parquet file from a SELECT.
void write_parquet(const std::filesystem::path& file, const std::string& select) {
  DatabaseHandle database;
  ConnectionHandle connection;
  ResultHandle result;
  ASSERT_EQ(duckdb_open(nullptr, database.out()), DuckDBSuccess);
  ASSERT_EQ(duckdb_connect(database.get(), connection.out()), DuckDBSuccess);
  const std::string sql = "COPY (" + select + ") TO '" + file.string() + "' (FORMAT parquet)";
  ASSERT_EQ(duckdb_query(connection.get(), sql.c_str(), result.get()), DuckDBSuccess)
      << duckdb_result_error(result.get());
}

TEST(ColumnFile, KeepsNumbersTextsAndWhatIsMissing) {
  const ScratchFolder scratch;
  const std::filesystem::path file = scratch.path() / "it's.parquet";
  std::ofstream(scratch.path() / "other.parquet") << "not this one";
  write_parquet(scratch.path() / "plain.parquet",
                "SELECT * FROM (VALUES (1, 2.5::DOUBLE, 'a', true, DATE '2024-02-29', 0.1::DECIMAL(4,2)),"
                " (NULL, NULL, NULL, NULL, NULL, NULL), (3, 'inf'::DOUBLE, '', false, DATE '2024-03-01', 7)) "
                "AS t(k, x, s, b, d, e)");
  std::filesystem::rename(scratch.path() / "plain.parquet", file);
  const auto columns = read_parquet_columns(file);
  ASSERT_THAT(columns, Succeeds());
  ASSERT_EQ(columns->size(), 6U);
  const auto& c = *columns;
  EXPECT_EQ(c[0].name, "k");
  EXPECT_EQ(c[0].numbers[0], 1);
  EXPECT_TRUE(std::isnan(c[0].numbers[1]));
  EXPECT_EQ(c[0].numbers[2], 3);
  EXPECT_TRUE(c[0].not_finite.empty());
  EXPECT_EQ(c[1].numbers[0], 2.5);
  EXPECT_EQ(c[1].not_finite, std::vector<std::size_t>{3});
  EXPECT_EQ(c[2].texts, (std::vector<std::string>{"a", "", ""}));
  EXPECT_EQ(c[3].numbers[0], 1);
  EXPECT_EQ(c[3].numbers[2], 0);
  EXPECT_EQ(c[4].texts[0], "2024-02-29");
  EXPECT_EQ(c[5].numbers[0], 0.1);
}

TEST(ColumnFile, WholeNumbersBeyondADoubleStayTexts) {
  const ScratchFolder scratch;
  write_parquet(scratch.path() / "ids.parquet",
                "SELECT 9007199254740992::BIGINT AS fits, 9007199254740993::BIGINT AS wide, "
                "-9007199254740993::BIGINT AS below, NULL::BIGINT AS none");
  const auto columns = read_parquet_columns(scratch.path() / "ids.parquet");
  ASSERT_THAT(columns, Succeeds());
  EXPECT_EQ((*columns)[0].numbers, std::vector<double>{9007199254740992.0});
  EXPECT_EQ((*columns)[1].texts, std::vector<std::string>{"9007199254740993"});
  EXPECT_EQ((*columns)[2].texts, std::vector<std::string>{"-9007199254740993"});
  EXPECT_FALSE((*columns)[3].is_text);
  EXPECT_TRUE(std::isnan((*columns)[3].numbers[0]));
}

TEST(ColumnFile, ManyRowGroupsKeepTheOrderOfTheFile) {
  const ScratchFolder scratch;
  write_parquet(scratch.path() / "long.parquet", "SELECT i, i % 7 AS r FROM range(300000) AS t(i)");
  const auto columns = read_parquet_columns(scratch.path() / "long.parquet");
  ASSERT_THAT(columns, Succeeds());
  ASSERT_EQ((*columns)[0].numbers.size(), 300000U);
  for (std::size_t i = 0; i < 300000; ++i) ASSERT_EQ((*columns)[0].numbers[i], static_cast<double>(i));
  EXPECT_EQ((*columns)[1].numbers[13], 6);
}

TEST(ColumnFile, RefusesWhatIsNoParquetFile) {
  const ScratchFolder scratch;
  EXPECT_THAT(read_parquet_columns(scratch.path() / "none.parquet"), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(read_parquet_columns(scratch.path()), FailsWith(ErrorCode::kNotFound));
  std::ofstream(scratch.path() / "text.parquet") << "a,b\n1,2\n";
  EXPECT_THAT(read_parquet_columns(scratch.path() / "text.parquet"), FailsWith(ErrorCode::kInvalidInput));
  std::ofstream(scratch.path() / "a[b].parquet") << "x";
  EXPECT_THAT(read_parquet_columns(scratch.path() / "a[b].parquet"), FailsWith(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace mimamori
