#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/testing.h"
#include "stats/keys.h"
#include "stats/method.h"
#include "stats/read_table.h"
#include "stats/subset.h"

namespace mimamori {
namespace {

constexpr const char* kCsv =
    "time,event,age,sex,arm,w,py\n"
    "5,1,60,f,2,1,2\n"
    "6,0,,m,10,2,4\n"
    "7,1,62,,2,0,8\n"
    "8,0,63,m,1,1,1\n"
    "9,1,,,1,0.5,1\n";

std::vector<SpecKey> model_keys() {
  std::vector<SpecKey> all(common_keys().begin(), common_keys().end());
  all[0].required = false;
  for (const SpecKey& key : {keys::kTime, keys::kEvent, keys::kCovariates, keys::kFactors, keys::kStrata,
                             keys::kWeights, keys::kOffset}) {
    all.push_back(key);
  }
  all.push_back({.name = "extra", .kind = KeyKind::kColumn, .keep_missing = true});
  return all;
}

struct Asked {
  Table table;
  std::optional<Spec> spec;
  Result<Rows> rows = Rows();
};

/// Rows point into the table, so both live together.
std::unique_ptr<Asked> ask(std::string_view csv, Json json) {
  auto asked = std::make_unique<Asked>();
  auto table = read_csv(csv);
  EXPECT_THAT(table, Succeeds());
  asked->table = *std::move(table);
  json["time"] = "time";
  json["event"] = "event";
  auto spec = Spec::read(json, model_keys(), asked->table);
  EXPECT_THAT(spec, Succeeds());
  asked->spec = *std::move(spec);
  asked->rows = Rows::of(asked->table, *asked->spec);
  return asked;
}

std::vector<double> copy(std::span<const double> values) { return {values.begin(), values.end()}; }

TEST(Rows, WithoutAnythingToDropEveryRowIsUsedWithoutACopy) {
  const auto asked = ask(kCsv, {});
  const Rows& rows = *asked->rows;
  EXPECT_EQ(rows.given(), 5U);
  EXPECT_EQ(rows.used(), 5U);
  EXPECT_TRUE(rows.dropped().empty());
  EXPECT_EQ(rows.numbers("time").data(), asked->table.find("time")->numbers.data());
  EXPECT_EQ(rows.row_number(4), 5U);
}

TEST(Rows, MissingValuesAreDroppedAndCountedUnderTheFirstColumnThatMissesThem) {
  const auto asked = ask(kCsv, {{"covariates", {"age"}}, {"strata", "sex"}});
  const Rows& rows = *asked->rows;
  EXPECT_EQ(rows.used(), 2U);
  ASSERT_EQ(rows.dropped().size(), 2U);
  EXPECT_EQ(rows.dropped()[0].reason, "missing:age");
  EXPECT_EQ(rows.dropped()[0].count, 2U);
  EXPECT_EQ(rows.dropped()[1].reason, "missing:sex");
  EXPECT_EQ(rows.dropped()[1].count, 1U);  // row 5 misses both and counts once
  EXPECT_EQ(copy(rows.numbers("time")), (std::vector<double>{5, 8}));
  EXPECT_EQ(copy(rows.numbers("age")), (std::vector<double>{60, 63}));
  EXPECT_EQ(rows.row_number(1), 4U);
}

TEST(Rows, AColumnThatMayMissValuesDropsNone) {
  const auto asked = ask(kCsv, {{"extra", "age"}});
  EXPECT_EQ(asked->rows->used(), 5U);
  EXPECT_TRUE(std::isnan(asked->rows->numbers("age")[1]));
}

TEST(Rows, TheSubsetComesFirstAndWeightsOfZeroLast) {
  const auto asked = ask(kCsv, {{"subset", "arm <= 2"}, {"weights", "w"}});
  const Rows& rows = *asked->rows;
  ASSERT_EQ(rows.dropped().size(), 2U);
  EXPECT_EQ(rows.dropped()[0].reason, "subset");
  EXPECT_EQ(rows.dropped()[0].count, 1U);
  EXPECT_EQ(rows.dropped()[1].reason, "zero_weight");
  EXPECT_EQ(copy(rows.weights()), (std::vector<double>{1, 1, 0.5}));
}

TEST(Rows, ANegativeWeightIsRefusedWithItsRow) {
  const auto asked = ask("time,event,w\n1,1,1\n2,0,-0.5\n3,1,0\n", {{"weights", "w"}});
  ASSERT_THAT(asked->rows, FailsWith(ErrorCode::kInvalidInput));
  EXPECT_EQ(asked->rows.error().sentence, "weights: expected numbers of at least 0: row 2");
}

TEST(Rows, ANumberThatIsNotFiniteIsRefusedWithItsRowUnlessItIsNotUsed) {
  const char* csv = "time,event,x,y\n1,1,1,nan\n2,0,inf,1\n3,1,-inf,1\n";
  const auto asked = ask(csv, {{"covariates", "x"}});
  ASSERT_THAT(asked->rows, FailsWith(ErrorCode::kInvalidInput));
  EXPECT_EQ(asked->rows.error().sentence, "covariates: expected finite numbers in column x: rows 2, 3");
  EXPECT_THAT(ask(csv, {})->rows, Succeeds());
  EXPECT_THAT(ask(csv, {{"covariates", "x"}, {"subset", "time == 1"}})->rows, Succeeds());
  EXPECT_THAT(ask(csv, {{"covariates", "y"}})->rows, FailsWith(ErrorCode::kInvalidInput));
}

TEST(Rows, TheOffsetIsAColumnOrItsLogarithm) {
  const auto plain = ask(kCsv, {{"offset", "py"}});
  EXPECT_EQ(copy(plain->rows->offset()), (std::vector<double>{2, 4, 8, 1, 1}));
  const auto log = ask(kCsv, {{"offset", "ln(py)"}, {"covariates", "age"}});
  EXPECT_EQ(copy(log->rows->offset()), (std::vector<double>{std::log(2.0), std::log(8.0), 0}));
  const auto bad = ask("time,event,py\n1,1,2\n2,1,0\n", {{"offset", "ln(py)"}});
  ASSERT_THAT(bad->rows, FailsWith(ErrorCode::kInvalidInput));
  EXPECT_EQ(bad->rows.error().sentence, "offset: expected numbers above 0 in row 2");
}

TEST(Rows, LevelsAreSortedByValueAndCrossed) {
  const auto asked = ask(kCsv, {{"strata", {"arm", "sex"}}});
  const Rows& rows = *asked->rows;  // rows 1, 2, 4
  const Levels arm = rows.levels("arm");
  EXPECT_EQ(arm.labels, (std::vector<std::string>{"1", "2", "10"}));
  EXPECT_EQ(arm.code, (std::vector<std::int32_t>{1, 2, 0}));
  const Levels crossed = rows.levels(asked->spec->texts("strata"));
  EXPECT_EQ(crossed.labels, (std::vector<std::string>{"1, m", "2, f", "10, m"}));
  EXPECT_EQ(crossed.code, (std::vector<std::int32_t>{1, 2, 0}));
  const Levels none = rows.levels(std::vector<std::string>{});
  EXPECT_EQ(none.count(), 1U);
  EXPECT_EQ(none.code, (std::vector<std::int32_t>{0, 0, 0}));
}

TEST(Rows, FactorsBecomeIndicatorsAgainstTheirReference) {
  const auto asked = ask(
      kCsv, {{"covariates", {"py"}}, {"factors", {{"arm", {{"reference", 2}}}, {"sex", Json::object()}}}});
  const Rows& rows = *asked->rows;  // rows 1, 2, 4
  const auto design = rows.design(*asked->spec);
  ASSERT_THAT(design, Succeeds());
  EXPECT_EQ(design->names, (std::vector<std::string>{"py", "arm=1", "arm=10", "sex=m"}));
  EXPECT_EQ(copy(design->columns[1]), (std::vector<double>{0, 0, 1}));
  EXPECT_EQ(copy(design->columns[2]), (std::vector<double>{0, 1, 0}));
  EXPECT_EQ(copy(design->columns[3]), (std::vector<double>{0, 1, 1}));
  EXPECT_EQ(design->row_major(), (std::vector<double>{2, 0, 0, 0, 4, 0, 1, 1, 1, 1, 0, 1}));
  const auto bad = ask(kCsv, {{"factors", {{"arm", {{"reference", 3}}}}}});
  const auto refused = bad->rows->design(*bad->spec);
  ASSERT_THAT(refused, FailsWith(ErrorCode::kInvalidInput));
  EXPECT_EQ(refused.error().sentence,
            "factors: arm: no row in use has the reference; the levels are 1, 2, 10");
}

TEST(Rows, EventsAreZeroOrOneAndCountsAreWhole) {
  const auto asked = ask(kCsv, {{"covariates", {"py", "w"}}, {"strata", "arm"}});
  const Rows& rows = *asked->rows;  // row 3 is out? no: weights are a covariate here
  EXPECT_EQ(*rows.zero_or_one("event"), (std::vector<std::uint8_t>{1, 0, 1, 0, 1}));
  EXPECT_THAT(rows.zero_or_one("time"), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_EQ(rows.zero_or_one("time").error().sentence, "expected 0 or 1 in column time: rows 1, 2, 3, 4, 5");
  EXPECT_THAT(rows.whole_numbers("py", 1), Succeeds());
  EXPECT_THAT(rows.whole_numbers("py", 2), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_EQ(rows.whole_numbers("w").error().sentence,
            "expected whole numbers of at least 0 in column w: row 5");
}

TEST(Rows, ATableWithoutRowsAndAColumnWithoutValuesLeaveNone) {
  EXPECT_EQ(ask("time,event\n", {})->rows->used(), 0U);
  const auto missing = ask("time,event,x\n1,1,\n2,0,\n", {{"covariates", "x"}});
  EXPECT_EQ(missing->rows->used(), 0U);
  EXPECT_EQ(missing->rows->dropped()[0].count, 2U);
  EXPECT_TRUE(missing->rows->numbers("x").empty());
}

std::vector<std::size_t> chosen(std::string_view expression) {
  const auto table = read_csv(kCsv);
  const auto rows = rows_of_subset(expression, *table);
  EXPECT_THAT(rows, Succeeds()) << expression;
  return rows.ok() ? *rows : std::vector<std::size_t>{};
}

TEST(Subset, ComparesNumbersAndTexts) {
  using Places = std::vector<std::size_t>;
  EXPECT_EQ(chosen("arm == 2"), (Places{0, 2}));
  EXPECT_EQ(chosen("arm != 2"), (Places{1, 3, 4}));
  EXPECT_EQ(chosen("time<6"), (Places{0}));
  EXPECT_EQ(chosen("time <= 6"), (Places{0, 1}));
  EXPECT_EQ(chosen("time > 8"), (Places{4}));
  EXPECT_EQ(chosen("time >= 8.0"), (Places{3, 4}));
  EXPECT_EQ(chosen("sex == \"m\""), (Places{1, 3}));
  EXPECT_EQ(chosen("`sex` != \"m\""), (Places{0}));  // a missing text is not "not m"
  EXPECT_EQ(chosen("age != 60"), (Places{2, 3}));    // nor is a missing number
}

TEST(Subset, AndBindsMoreThanOr) {
  using Places = std::vector<std::size_t>;
  EXPECT_EQ(chosen("arm == 1 or arm == 2 and event == 1"), (Places{0, 2, 3, 4}));
  EXPECT_EQ(chosen("(arm == 1 or arm == 2) and event == 1"), (Places{0, 2, 4}));
  EXPECT_EQ(chosen("((time == 5))or(time == 9)"), (Places{0, 4}));
}

TEST(Subset, SaysWhereAndWhatItExpected) {
  const auto table = read_csv(kCsv);
  const auto sentence = [&](std::string_view expression) {
    const auto rows = rows_of_subset(expression, *table);
    return rows.ok() ? std::string("read") : rows.error().sentence;
  };
  EXPECT_EQ(sentence("arm = 2"), "character 5: expected ==, !=, <, <=, > or >=");
  EXPECT_EQ(sentence("arm == "), "character 8: expected a number or a text in double quotes");
  EXPECT_EQ(sentence("arm == 2 2"), "character 10: expected 'and', 'or' or the end");
  EXPECT_EQ(sentence("(arm == 2"), "character 10: expected ')'");
  EXPECT_EQ(sentence("bmi == 2"),
            "no column bmi in the data; the columns are time, event, age, sex, arm, w, py");
  EXPECT_EQ(sentence("arm == \"2\""), "character 8: expected a number: column arm holds numbers");
  EXPECT_EQ(sentence("sex == 2"), "character 8: expected a text in double quotes: column sex holds texts");
  EXPECT_EQ(sentence("sex < \"m\""), "character 7: expected == or != before a text");
  EXPECT_EQ(sentence("arm == inf"), "character 8: expected a number or a text in double quotes");
  EXPECT_EQ(sentence("arm == 2x"), "character 9: expected the end of the number");
  EXPECT_EQ(sentence(""), "character 1: expected a column");
  const std::string deep = std::string(64, '(') + "arm == 2" + std::string(64, ')');
  EXPECT_EQ(sentence(deep), "read");
  EXPECT_EQ(sentence("(" + deep + ")"), "character 66: expected at most 64 nested parentheses");
  EXPECT_EQ(sentence(std::string(4097, ' ')), "expected at most 4096 characters");
}

}  // namespace
}  // namespace mimamori
