#include "store/data_set_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>

#include "base/testing.h"
#include "store/data_set_rows.h"
#include "store/database.h"
#include "store/memory_file.h"

namespace mimamori {
namespace {

using testing::HasSubstr;

Date day(const char* iso) { return *parse_iso_date(iso); }

StudyDataSet without_persons() {
  StudyDataSet data;
  data.study_id = "a-vs-b";
  data.title = {"題", "Title"};
  data.data_start = day("2022-01-15");
  data.data_end = day("2023-01-01");
  data.script_sha256 = "abc";
  data.attrition = {{.rule = "dispensed", .title = {"処方", "Dispensed"}},
                    {.rule = "washout", .title = {"休薬", "Washout"}}};
  data.outcomes = {{.id = "hyperkalemia", .title = {}, .definition = {}},
                   {.id = "low_egfr", .title = {}, .definition = {}}};
  data.follow_up.resize(2);
  return data;
}

std::string key_of(int person) {
  std::string key = std::to_string(person);
  return std::string(32 - key.size(), '0') + key;
}

CohortPerson person(int number, Arm arm, const char* index_date) {
  CohortPerson one;
  one.person_key = key_of(number);
  one.arm = arm;
  one.sex = Sex::kFemale;
  one.age_years = 70;
  one.index_date = day(index_date);
  return one;
}

/// Two persons, one with an event, and attrition that ends at them.
StudyDataSet two_persons() {
  StudyDataSet data = without_persons();
  data.persons = {person(1, Arm::kExposed, "2022-03-09"), person(2, Arm::kComparator, "2022-01-15")};
  data.follow_up[0] = {{.baseline_value = 4.25,
                        .baseline_in_reference_range = true,
                        .follow_up_days = 12,
                        .event = true,
                        .reason = CensoringReason::kOutcome,
                        .measurements = 3},
                       {.baseline_value = {}, .follow_up_days = 351}};
  data.follow_up[1] = {{.baseline_value = {}, .follow_up_days = 0},
                       {.baseline_value = {}, .follow_up_days = 1}};
  data.attrition[0].exposed = 4;
  data.attrition[0].comparator = 1;
  data.attrition[1].exposed = 1;
  data.attrition[1].comparator = 1;
  data.notes = {.days_supply_assumed = 7, .results_in_other_units = 9};
  return data;
}

using Contents = std::map<std::string, std::string>;

Contents contents_of(const StudyDataSet& data) {
  const auto files = files_of(data);
  EXPECT_THAT(files, Succeeds());
  Contents contents;
  if (files.ok()) {
    for (const EgressFile& file : *files) contents[file.name] = file.content;
  }
  return contents;
}

Result<StudyDataSet> read_back(const Contents& contents) {
  std::vector<NamedContent> files;
  for (const auto& [name, content] : contents) files.push_back({name, content});
  return data_set_from(files, without_persons());
}

/// What is left of a data set after it has left the site.
StudyDataSet in_months(StudyDataSet data) {
  for (CohortPerson& one : data.persons) {
    const std::chrono::year_month_day date{one.index_date};
    one.index_date = Date{date.year() / date.month() / 1};
  }
  return data;
}

/// A Parquet file with the answer to some SQL.
std::string parquet(const std::string& select) {
  const MemoryFile file = std::move(MemoryFile::create()).value();
  const Database database = std::move(Database::open_beside(file.path(), "1GB")).value();
  EXPECT_THAT(
      database.run("COPY (" + select + ") TO '" + file.path() + "' (FORMAT parquet, USE_TMP_FILE false)"),
      Succeeds());
  return *file.read();
}

const std::string kPersonsSql =
    "SELECT '00000000000000000000000000000001' AS person_key, 'exposed' AS arm, 'F' AS sex, 70::BIGINT AS "
    "age_years, "
    "DATE '2022-03-01' AS index_month UNION ALL SELECT '00000000000000000000000000000002', 'comparator', "
    "'F', 70, "
    "DATE '2022-01-01'";

/// The error for a package whose persons file holds these rows: the two right ones with one replacement.
Result<StudyDataSet> with_persons(const std::string& part, const std::string& instead) {
  std::string sql = kPersonsSql;
  const std::size_t at = sql.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  if (at != std::string::npos) sql.replace(at, part.size(), instead);
  Contents contents = contents_of(two_persons());
  contents["persons.parquet"] = parquet(sql);
  return read_back(contents);
}

TEST(DataSetFiles, WhatLeavesComesBackWithTheMonthOfTheIndexDate) {
  const auto back = read_back(contents_of(two_persons()));
  ASSERT_THAT(back, Succeeds());
  EXPECT_EQ(*back, in_months(two_persons()));
  EXPECT_EQ(back->persons[0].index_date, day("2022-03-01"));
}

TEST(DataSetFiles, TheReaderAcceptsTheSameFileWrittenBySomebodyElse) {
  EXPECT_THAT(with_persons("70", "70"), Succeeds());
}

TEST(DataSetFiles, EveryColumnIsExplainedToTheApprover) {
  const auto files = files_of(two_persons());
  ASSERT_THAT(files, Succeeds());
  ASSERT_EQ(files->size(), 4U);
  EXPECT_EQ((*files)[0].name, "persons.parquet");
  EXPECT_EQ((*files)[0].rows, 2);
  EXPECT_EQ((*files)[1].rows, 4);
  for (const EgressFile& file : *files) {
    const auto rows = first_rows(file.content, 1);
    ASSERT_THAT(rows, Succeeds());
    EXPECT_EQ(rows->rows.size(), 1U);
    ASSERT_EQ(rows->columns.size(), file.columns.size());
    for (std::size_t i = 0; i < file.columns.size(); ++i) {
      EXPECT_EQ(rows->columns[i], file.columns[i].name);
      EXPECT_FALSE(file.columns[i].meaning.ja.empty());
    }
  }
}

TEST(DataSetFiles, NoDayOfTheIndexDateIsInTheFiles) {
  const auto files = files_of(two_persons());
  ASSERT_THAT(files, Succeeds());
  const auto rows = first_rows((*files)[0].content, 10);
  ASSERT_THAT(rows, Succeeds());
  EXPECT_EQ(std::get<Date>(rows->rows[0][4]), day("2022-03-01"));
}

TEST(DataSetFiles, SeveralSitesCannotLeaveAsOne) {
  StudyDataSet data = two_persons();
  data.sites.emplace_back();
  EXPECT_THAT(files_of(data), FailsWith(ErrorCode::kInvalidInput));
}

TEST(DataSetFiles, NobodyIsAValidAnswer) {
  const auto back = read_back(contents_of(without_persons()));
  ASSERT_THAT(back, Succeeds());
  EXPECT_EQ(*back, without_persons());
}

StudyDataSet any_data_set(std::uint64_t seed, int persons) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t n) { return static_cast<int>(random() % n); };
  StudyDataSet data = without_persons();
  const auto window = static_cast<std::uint64_t>((data.data_end - data.data_start).count());
  for (int i = 0; i < persons; ++i) {
    CohortPerson one = person(i, below(2) == 0 ? Arm::kExposed : Arm::kComparator, "2022-01-15");
    one.sex = static_cast<Sex>(below(3));
    one.age_years = below(151);
    one.index_date += Days{below(window)};
    ++(one.arm == Arm::kExposed ? data.attrition[1].exposed : data.attrition[1].comparator);
    data.persons.push_back(one);
    for (auto& follow_up : data.follow_up) {
      OutcomeFollowUp own;
      if (below(3) > 0)
        own.baseline_value = std::ldexp(static_cast<double>(below(1U << 30U)), below(60) - 40);
      own.baseline_in_reference_range = own.baseline_value.has_value() && below(2) == 0;
      own.follow_up_days = below(window + 1);
      own.event = own.follow_up_days > 0 && below(3) == 0;
      own.reason = own.event ? CensoringReason::kOutcome : static_cast<CensoringReason>(1 + below(4));
      own.measurements = below(1000);
      follow_up.push_back(own);
    }
  }
  data.attrition[0].exposed = data.attrition[1].exposed + below(5);
  data.attrition[0].comparator = data.attrition[1].comparator + below(5);
  data.notes = {.days_supply_assumed = below(100), .results_in_other_units = below(100)};
  return data;
}

TEST(DataSetFiles, AnyDataSetComesBack) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const StudyDataSet data = any_data_set(seed, static_cast<int>(seed * seed / 4));
    const auto back = read_back(contents_of(data));
    ASSERT_THAT(back, Succeeds()) << seed;
    EXPECT_TRUE(*back == in_months(data)) << seed;
  }
}

TEST(DataSetFiles, ManyRowsAreReadInTurns) {
  const StudyDataSet data = any_data_set(1, 120'000);
  const auto back = read_back(contents_of(data));
  ASSERT_THAT(back, Succeeds());
  EXPECT_TRUE(*back == in_months(data));
}

TEST(DataSetFiles, TheSameDataSetGivesTheSameBytesInAnyOrderOfItsPersons) {
  const StudyDataSet data = any_data_set(3, 500);
  StudyDataSet shuffled = data;
  std::vector<std::size_t> order(500);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::shuffle(order, std::mt19937_64(5));
  for (std::size_t i = 0; i < order.size(); ++i) {
    shuffled.persons[i] = data.persons[order[i]];
    for (std::size_t o = 0; o < 2; ++o) shuffled.follow_up[o][i] = data.follow_up[o][order[i]];
  }
  const Contents first = contents_of(data);
  EXPECT_EQ(first, contents_of(data));
  EXPECT_EQ(first, contents_of(shuffled));
  StudyDataSet other = data;
  other.follow_up[1][499].measurements += 1;
  EXPECT_NE(first, contents_of(other));
}

TEST(HostileDataSetFiles, PersonsOutsideTheirRangesAreRefused) {
  const struct {
    const char* part;
    const char* instead;
    const char* says;
  } kCases[] = {
      {"'00000000000000000000000000000002'", "'00000000000000000000000000000001'", "each once"},
      {"'00000000000000000000000000000001'", "'00000000000000000000000000000003'", "ascending"},
      {"'00000000000000000000000000000001'", "'0000000000000000000000000000001'", "32 hexadecimal"},
      {"'00000000000000000000000000000001'", "'0000000000000000000000000000000G'", "32 hexadecimal"},
      {"'00000000000000000000000000000001'", "repeat('0', 100000)", "32 hexadecimal"},
      {"'exposed'", "'both'", "exposed, comparator"},
      {"'F'", "'female'", "F, M, U"},
      {"70::BIGINT", "(-1)::BIGINT", "age_years: expected 0 to 150"},
      {"70::BIGINT", "151::BIGINT", "age_years: expected 0 to 150"},
      {"70::BIGINT", "4294967296::BIGINT", "age_years: expected 0 to 150"},
      {"DATE '2022-03-01'", "DATE '2022-03-09'", "first day of a month"},
      {"DATE '2022-03-01'", "DATE '2021-12-01'", "data window"},
      {"DATE '2022-03-01'", "DATE '2023-01-01'", "data window"},
      {"DATE '2022-03-01'", "DATE 'infinity'", "data window"},
      {"DATE '2022-03-01'", "DATE '-infinity'", "data window"},
      {"DATE '2022-01-01'", "NULL", "a value in every column"},
      {"70::BIGINT AS age_years", "70::INTEGER AS age_years", "expected the columns"},
      {"AS sex", "AS gender", "expected the columns"},
  };
  for (const auto& one : kCases) {
    const auto read = with_persons(one.part, one.instead);
    ASSERT_THAT(read, FailsWith(ErrorCode::kInvalidInput)) << one.instead;
    EXPECT_THAT(read.error().sentence, HasSubstr(one.says)) << one.instead;
    EXPECT_THAT(read.error().sentence, HasSubstr("persons.parquet"));
  }
}

/// The follow-up rows of two_persons() as SQL.
std::string follow_up_sql(const std::string& first_row) {
  const std::string one = "'00000000000000000000000000000001'";
  const std::string two = "'00000000000000000000000000000002'";
  return "SELECT * FROM (VALUES (" + first_row + "), ('hyperkalemia', " + two +
         ", NULL, false, 351::BIGINT, false, 'cut_off', 0::BIGINT), ('low_egfr', " + one +
         ", NULL, false, 0, false, 'cut_off', 0), ('low_egfr', " + two +
         ", NULL, false, 1, false, 'cut_off', 0)) AS t(outcome, person_key, baseline_value, "
         "baseline_in_reference_range, "
         "follow_up_days, event, reason, measurements)";
}

TEST(HostileDataSetFiles, FollowUpThatContradictsItselfIsRefused) {
  const std::string key = "'00000000000000000000000000000001'";
  const auto read = [&](const std::string& row) {
    Contents contents = contents_of(two_persons());
    contents["follow_up.parquet"] = parquet(follow_up_sql(row));
    return read_back(contents);
  };
  EXPECT_THAT(read("'hyperkalemia', " + key + ", 4.25::DOUBLE, true, 12::BIGINT, true, 'outcome', 3::BIGINT"),
              Succeeds());
  EXPECT_THAT(
      read("'hyperkalemia', " + key + ", 4.25::DOUBLE, true, 351::BIGINT, true, 'outcome', 3::BIGINT"),
      Succeeds());
  const std::pair<std::string, const char*> kCases[] = {
      {"'death', " + key + ", 4.25::DOUBLE, true, 12::BIGINT, true, 'outcome', 3::BIGINT",
       "expected hyperkalemia"},
      {"'hyperkalemia', '00000000000000000000000000000009', 4.25::DOUBLE, true, 12::BIGINT, true, 'outcome', "
       "3::BIGINT",
       "order of persons.parquet"},
      {"'hyperkalemia', " + key + ", 'nan'::DOUBLE, true, 12::BIGINT, true, 'outcome', 3::BIGINT", "finite"},
      {"'hyperkalemia', " + key + ", 'inf'::DOUBLE, true, 12::BIGINT, true, 'outcome', 3::BIGINT", "finite"},
      {"'hyperkalemia', " + key + ", NULL::DOUBLE, true, 12::BIGINT, true, 'outcome', 3::BIGINT",
       "without a baseline"},
      {"'hyperkalemia', " + key + ", 4.25::DOUBLE, true, (-1)::BIGINT, false, 'cut_off', 3::BIGINT",
       "0 to 351"},
      {"'hyperkalemia', " + key + ", 4.25::DOUBLE, true, 352::BIGINT, false, 'cut_off', 3::BIGINT",
       "0 to 351"},
      {"'hyperkalemia', " + key + ", 4.25::DOUBLE, true, 0::BIGINT, true, 'outcome', 3::BIGINT",
       "day 1 or later"},
      {"'hyperkalemia', " + key + ", 4.25::DOUBLE, true, 12::BIGINT, false, 'outcome', 3::BIGINT",
       "only then"},
      {"'hyperkalemia', " + key + ", 4.25::DOUBLE, true, 12::BIGINT, true, 'cut_off', 3::BIGINT",
       "only then"},
      {"'hyperkalemia', " + key + ", 4.25::DOUBLE, true, 12::BIGINT, false, 'bored', 3::BIGINT", "reason"},
      {"'hyperkalemia', " + key + ", 4.25::DOUBLE, true, 12::BIGINT, true, 'outcome', (-1)::BIGINT",
       "measurements"},
      {"'hyperkalemia', " + key + ", 4.25::DOUBLE, true, 12::BIGINT, true, 'outcome', 2147483648::BIGINT",
       "measurements"},
      {"'hyperkalemia', " + key + ", 4.25::DOUBLE, NULL, 12::BIGINT, true, 'outcome', 3::BIGINT",
       "a value in every"},
      {"'hyperkalemia', " + key + ", '4.25', true, 12::BIGINT, true, 'outcome', 3::BIGINT",
       "expected the columns"},
  };
  for (const auto& [row, says] : kCases) {
    const auto back = read(row);
    ASSERT_THAT(back, FailsWith(ErrorCode::kInvalidInput)) << row;
    EXPECT_THAT(back.error().sentence, HasSubstr(says)) << row;
    EXPECT_THAT(back.error().sentence, testing::Not(HasSubstr("4.25"))) << "a patient's value";
  }
}

TEST(HostileDataSetFiles, AttritionMustFallAndEndAtThePersons) {
  const auto read = [](std::int64_t first, std::int64_t last, const char* rule) {
    Contents contents = contents_of(two_persons());
    contents["attrition.parquet"] =
        parquet("SELECT 0::BIGINT AS step, 'dispensed' AS rule, " + std::to_string(first) +
                "::BIGINT AS exposed, 1::BIGINT AS comparator UNION ALL SELECT 1, '" + rule + "', " +
                std::to_string(last) + ", 1");
    return read_back(contents);
  };
  EXPECT_THAT(read(4, 1, "washout"), Succeeds());
  EXPECT_THAT(read(1, 1, "washout"), Succeeds());
  EXPECT_THAT(read(0, 1, "washout"), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(read(4, 2, "washout"), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(read(4, -1, "washout"), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(read(4, 1, "history"), FailsWith(ErrorCode::kInvalidInput));
}

TEST(HostileDataSetFiles, MissingAndStrangeFilesAreRefused) {
  const Contents good = contents_of(two_persons());
  Contents contents = good;
  contents.erase("notes.parquet");
  EXPECT_THAT(read_back(contents), FailsWith(ErrorCode::kInvalidInput));
  contents["../notes.parquet"] = good.at("notes.parquet");
  EXPECT_THAT(read_back(contents), FailsWith(ErrorCode::kInvalidInput));
  contents = good;
  contents["more.parquet"] = good.at("notes.parquet");
  EXPECT_THAT(read_back(contents), FailsWith(ErrorCode::kInvalidInput));
  contents = good;
  std::swap(contents["persons.parquet"], contents["follow_up.parquet"]);
  EXPECT_THAT(read_back(contents), FailsWith(ErrorCode::kInvalidInput));
}

TEST(HostileDataSetFiles, FollowUpNeedsEveryPersonOnceForEachOutcome) {
  Contents contents = contents_of(two_persons());
  contents["follow_up.parquet"] =
      parquet("SELECT * FROM (" +
              follow_up_sql("'hyperkalemia', '00000000000000000000000000000001', 4.25::DOUBLE, true, "
                            "12::BIGINT, true, 'outcome', 3::BIGINT") +
              ") LIMIT 3");
  EXPECT_THAT(read_back(contents), FailsWith(ErrorCode::kInvalidInput));
}

TEST(HostileDataSetFiles, HugeTablesAreRefusedBeforeTheyAreRead) {
  Contents contents = contents_of(two_persons());
  contents["persons.parquet"] = parquet(
      "SELECT '00000000000000000000000000000001' AS person_key, 'exposed' AS arm, 'F' AS sex, 70::BIGINT AS "
      "age_years, DATE '2022-03-01' AS index_month FROM range(5000001)");
  const auto read = read_back(contents);
  ASSERT_THAT(read, FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(read.error().sentence, HasSubstr("at most 5000000 rows"));
}

TEST(HostileDataSetFiles, AnyBrokenByteIsAnErrorOrTheSameShape) {
  const Contents good = contents_of(two_persons());
  std::mt19937_64 random(11);
  for (int i = 0; i < 200; ++i) {
    Contents contents = good;
    auto file = std::next(contents.begin(), static_cast<std::ptrdiff_t>(random() % contents.size()));
    std::string& bytes = file->second;
    if (i % 3 == 0) {
      bytes.resize(random() % bytes.size());
    } else {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    const auto back = read_back(contents);
    if (back.ok()) {
      EXPECT_EQ(back->persons.size(), 2U);
    } else {
      EXPECT_EQ(back.error().code, ErrorCode::kInvalidInput) << back.error().sentence;
    }
  }
}

TEST(Database, BesideAFileReachesNoOtherFile) {
  const ScratchFolder scratch;
  const MemoryFile file = std::move(MemoryFile::create()).value();
  const Database database = std::move(Database::open_beside(file.path(), "1GB")).value();
  EXPECT_FALSE(database.run("COPY (SELECT 1) TO '" + (scratch.path() / "x.csv").string() + "'").ok());
  EXPECT_FALSE(database.query("SELECT * FROM read_csv('/etc/passwd')").ok());
  EXPECT_FALSE(database.run("SET enable_external_access = true").ok());
}

}  // namespace
}  // namespace mimamori
