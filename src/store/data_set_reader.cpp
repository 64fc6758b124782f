// The Parquet files of a package back into a data set. Another site wrote them: nothing is believed.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "store/data_set_files.h"
#include "store/data_set_rows.h"
#include "store/database.h"
#include "store/memory_file.h"
#include "store/row_appender.h"

namespace mimamori {
namespace {

constexpr const char* kMemoryToRead = "4GB";
constexpr std::int64_t kRowsAtOnce = 100'000;
constexpr int kAgeYearsMax = 150;
constexpr std::int64_t kCountMax = std::numeric_limits<std::int32_t>::max();

Error wrong(const std::string& sentence) { return Error{ErrorCode::kInvalidInput, sentence}; }

std::string row_name(std::int64_t row) { return "row " + std::to_string(row + 1); }

/// A Parquet file opened for reading by SQL, and its source there.
struct OpenFile {
  MemoryFile file;
  Database database;
  [[nodiscard]] std::string source() const {
    return "read_parquet('" + file.path() + "', hive_partitioning = false)";
  }
};

Result<OpenFile> open(std::string_view content) {
  if (content.size() > kPackageFileBytesMax) return wrong("expected at most 1 GiB");
  MemoryFile file = TRY(MemoryFile::create(content));
  Database database = TRY(Database::open_beside(file.path(), kMemoryToRead));
  return OpenFile{.file = std::move(file), .database = std::move(database)};
}

/// An answer to SQL over the file. DuckDB's words may quote the file, which holds patients: they are not
/// passed on.
Result<CellTable> ask(const OpenFile& open, const std::string& sql) {
  Result<CellTable> answer = open.database.query(sql);
  if (!answer.ok()) return wrong("expected a whole Parquet file");
  return answer;
}

/// The columns and types as text: "person_key VARCHAR, ...".
template <class Row>
std::string expected_columns() {
  std::string list;
  Row{}.columns([&]<class T>(const char* name, const T&) {
    list += (list.empty() ? "" : ", ") + std::string(name) + " " + SqlType<T>::kName;
  });
  return list;
}

template <class Row>
Result<void> check_columns(const OpenFile& open) {
  const CellTable found =
      TRY(ask(open, "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM " + open.source() + ")"));
  std::string list;
  for (const std::vector<Cell>& row : found.rows) {
    list += (list.empty() ? "" : ", ") + std::get<std::string>(row[0]) + " " + std::get<std::string>(row[1]);
  }
  if (list != expected_columns<Row>()) return wrong("expected the columns " + expected_columns<Row>());
  return {};
}

/// Loads the file's rows into a table `arrived`. The file's own counts and statistics may lie, so what is
/// believed is what was loaded: NOT NULL holds for every value, and the rows are counted in the table.
template <class Row>
Result<std::int64_t> load(const OpenFile& open, std::int64_t rows_max) {
  TRY(check_columns<Row>(open));
  const Error too_many = wrong("expected at most " + std::to_string(rows_max) + " rows");
  const CellTable claimed = TRY(ask(open, "SELECT count(*) FROM " + open.source()));
  if (as_integer(claimed) > rows_max) return too_many;
  TRY(open.database.run(create_table_sql<Row>("arrived")));
  const Result<void> loaded = open.database.run("INSERT INTO arrived SELECT * FROM " + open.source() +
                                                " LIMIT " + std::to_string(rows_max + 1));
  if (!loaded.ok())
    return wrong("expected a whole Parquet file with a value in every column that must have one");
  const CellTable counted = TRY(ask(open, "SELECT count(*) FROM arrived"));
  const std::int64_t rows = as_integer(counted);
  if (rows > rows_max) return too_many;
  return rows;
}

/// Whether a row has the cells that the columns promise.
template <class Row>
bool has_cells_of(const std::vector<Cell>& row) {
  std::size_t column = 0;
  bool fits = true;
  Row{}.columns([&]<class T>(const char*, const T&) {
    if constexpr (kIsOptional<T>) {
      const bool absent = std::holds_alternative<std::monostate>(row[column]);
      fits = fits && (absent || std::holds_alternative<typename T::value_type>(row[column]));
    } else {
      fits = fits && std::holds_alternative<T>(row[column]);
    }
    ++column;
  });
  return fits;
}

/// Hands over the rows in their order, some at a time.
template <class Row, class Give>
Result<void> for_each_row(const OpenFile& open, std::int64_t rows, Give&& give) {
  for (std::int64_t from = 0; from < rows; from += kRowsAtOnce) {
    const CellTable some =
        TRY(ask(open, "SELECT * FROM arrived WHERE rowid >= " + std::to_string(from) + " AND rowid < " +
                          std::to_string(from + kRowsAtOnce) + " ORDER BY rowid"));
    for (std::size_t i = 0; i < some.rows.size(); ++i) {
      const std::int64_t row = from + static_cast<std::int64_t>(i);
      if (!has_cells_of<Row>(some.rows[i]))
        return wrong(row_name(row) + ": expected the types of the columns");
      TRY(give(some.rows[i], row).at(row_name(row)));
    }
  }
  return {};
}

const std::string& text_in(const std::vector<Cell>& row, std::size_t column) {
  return std::get<std::string>(row[column]);
}
bool truth_in(const std::vector<Cell>& row, std::size_t column) { return std::get<bool>(row[column]); }

/// A whole number within limits, both included.
Result<int> number_in(const std::vector<Cell>& row, std::size_t column, const char* name, std::int64_t least,
                      std::int64_t most) {
  const std::int64_t value = std::get<std::int64_t>(row[column]);
  if (value < least || value > most) {
    return wrong(std::string(name) + ": expected " + std::to_string(least) + " to " + std::to_string(most));
  }
  return static_cast<int>(value);
}

bool is_person_key(std::string_view text) {
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// The value of an enumeration with a given name.
template <class Value, std::size_t N>
Result<Value> named(std::string_view name, const char* column,
                    const std::array<std::pair<const char*, Value>, N>& all) {
  std::string names;
  for (const auto& [known, value] : all) {
    if (name == known) return value;
    names += (names.empty() ? "" : ", ") + std::string(known);
  }
  return wrong(std::string(column) + ": expected one of " + names);
}

constexpr std::array<std::pair<const char*, Arm>, 2> kArms = {
    {{"exposed", Arm::kExposed}, {"comparator", Arm::kComparator}}};
constexpr std::array<std::pair<const char*, Sex>, 3> kSexes = {
    {{"F", Sex::kFemale}, {"M", Sex::kMale}, {"U", Sex::kUnknown}}};

Result<CensoringReason> reason_named(std::string_view name) {
  using enum CensoringReason;
  for (const CensoringReason reason : {kOutcome, kOtherArm, kEndOfExposure, kLastRecord, kCutOff}) {
    if (name == name_of(reason)) return reason;
  }
  return wrong("reason: expected one of those of the format");
}

Result<CohortPerson> person_of(const std::vector<Cell>& row, const StudyDataSet& expected) {
  CohortPerson person;
  person.person_key = text_in(row, 0);
  if (!is_person_key(person.person_key)) return wrong("person_key: expected 32 hexadecimal digits");
  person.arm = TRY(named(text_in(row, 1), "arm", kArms));
  person.sex = TRY(named(text_in(row, 2), "sex", kSexes));
  person.age_years = TRY(number_in(row, 3, "age_years", 0, kAgeYearsMax));
  person.index_date = std::get<Date>(row[4]);
  const std::chrono::year_month_day opens{expected.data_start};
  const bool in_window =
      person.index_date >= Date{opens.year() / opens.month() / 1} && person.index_date < expected.data_end;
  // Outside the window a day may be beyond what the calendar counts.
  if (!in_window || std::chrono::year_month_day{person.index_date}.day() != std::chrono::day{1}) {
    return wrong("index_month: expected the first day of a month of the data window");
  }
  return person;
}

Result<void> read_persons(std::string_view content, StudyDataSet& data) {
  const OpenFile file = TRY(open(content));
  const std::int64_t rows = TRY(load<PersonRow>(file, kPersonsPerPackageMax));
  data.persons.reserve(static_cast<std::size_t>(rows));
  return for_each_row<PersonRow>(file, rows, [&](const std::vector<Cell>& row, std::int64_t) -> Result<void> {
    CohortPerson person = TRY(person_of(row, data));
    if (!data.persons.empty() && person.person_key <= data.persons.back().person_key) {
      return wrong("person_key: expected ascending keys, each once");
    }
    data.persons.push_back(std::move(person));
    return {};
  });
}

Result<OutcomeFollowUp> follow_up_of(const std::vector<Cell>& row, const StudyDataSet& data) {
  OutcomeFollowUp own;
  if (const double* value = std::get_if<double>(&row[2])) own.baseline_value = *value;
  if (own.baseline_value && !std::isfinite(*own.baseline_value))
    return wrong("baseline_value: expected a finite number");
  own.baseline_in_reference_range = truth_in(row, 3);
  if (own.baseline_in_reference_range && !own.baseline_value) {
    return wrong("baseline_in_reference_range: expected false without a baseline_value");
  }
  own.follow_up_days = TRY(number_in(row, 4, "follow_up_days", 0, (data.data_end - data.data_start).count()));
  own.event = truth_in(row, 5);
  own.reason = TRY(reason_named(text_in(row, 6)));
  own.measurements = TRY(number_in(row, 7, "measurements", 0, kCountMax));
  if (own.event && own.follow_up_days == 0) return wrong("event: expected one on day 1 or later");
  if (own.event != (own.reason == CensoringReason::kOutcome)) {
    return wrong("reason: expected outcome with an event and only then");
  }
  return own;
}

Result<void> read_follow_up(std::string_view content, StudyDataSet& data) {
  const auto persons = static_cast<std::int64_t>(data.persons.size());
  const auto all = persons * static_cast<std::int64_t>(data.outcomes.size());
  const OpenFile file = TRY(open(content));
  const std::int64_t rows = TRY(load<FollowUpRow>(file, all));
  if (rows != all) return wrong("expected one row for each person and outcome");
  for (auto& follow_up : data.follow_up) follow_up.reserve(data.persons.size());
  return for_each_row<FollowUpRow>(
      file, rows, [&](const std::vector<Cell>& row, std::int64_t at) -> Result<void> {
        const auto outcome = static_cast<std::size_t>(at / persons);
        if (text_in(row, 0) != data.outcomes[outcome].id)
          return wrong("outcome: expected " + data.outcomes[outcome].id);
        if (text_in(row, 1) != data.persons[static_cast<std::size_t>(at % persons)].person_key) {
          return wrong("person_key: expected the persons in the order of persons.parquet");
        }
        const OutcomeFollowUp own = TRY(follow_up_of(row, data));
        data.follow_up[outcome].push_back(own);
        return {};
      });
}

Result<void> check_end_of_attrition(const StudyDataSet& data) {
  if (data.attrition.empty()) return {};
  const auto exposed = std::ranges::count(data.persons, Arm::kExposed, &CohortPerson::arm);
  const auto comparator = static_cast<std::int64_t>(data.persons.size()) - exposed;
  if (data.attrition.back().exposed == exposed && data.attrition.back().comparator == comparator) return {};
  return wrong("expected the last step to count the persons of persons.parquet");
}

Result<void> read_attrition(std::string_view content, StudyDataSet& data) {
  const auto steps = static_cast<std::int64_t>(data.attrition.size());
  const OpenFile file = TRY(open(content));
  const std::int64_t rows = TRY(load<AttritionRow>(file, steps));
  if (rows != steps) return wrong("expected one row for each rule of entry");
  const auto read = [&](const std::vector<Cell>& row, std::int64_t at) -> Result<void> {
    AttritionStep& step = data.attrition[static_cast<std::size_t>(at)];
    if (std::get<std::int64_t>(row[0]) != at || text_in(row, 1) != step.rule)
      return wrong("rule: expected " + step.rule);
    const AttritionStep* before = at == 0 ? nullptr : &step - 1;
    step.exposed = TRY(number_in(row, 2, "exposed", 0, before == nullptr ? kCountMax : before->exposed));
    step.comparator =
        TRY(number_in(row, 3, "comparator", 0, before == nullptr ? kCountMax : before->comparator));
    return {};
  };
  TRY(for_each_row<AttritionRow>(file, rows, read));
  return check_end_of_attrition(data);
}

Result<void> read_notes(std::string_view content, StudyDataSet& data) {
  const std::array<std::pair<const char*, std::int64_t*>, 2> notes = {
      {{kDaysSupplyAssumed, &data.notes.days_supply_assumed},
       {kResultsInOtherUnits, &data.notes.results_in_other_units}}};
  const OpenFile file = TRY(open(content));
  const std::int64_t rows = TRY(load<NoteRow>(file, 2));
  if (rows != 2) return wrong("expected two rows");
  return for_each_row<NoteRow>(file, rows,
                               [&](const std::vector<Cell>& row, std::int64_t at) -> Result<void> {
                                 const auto& [name, count] = notes[static_cast<std::size_t>(at)];
                                 if (text_in(row, 0) != name)
                                   return wrong(std::string("note: expected ") + name);
                                 *count = TRY(number_in(row, 1, "count", 0, kCountMax));
                                 return {};
                               });
}

using Reader = Result<void> (*)(std::string_view, StudyDataSet&);
// In the order in which one needs the other.
constexpr std::array<std::pair<const char*, Reader>, 4> kFiles = {{{"persons.parquet", read_persons},
                                                                   {"follow_up.parquet", read_follow_up},
                                                                   {"attrition.parquet", read_attrition},
                                                                   {"notes.parquet", read_notes}}};

}  // namespace

Result<StudyDataSet> data_set_from(std::span<const NamedContent> files, StudyDataSet expected) {
  expected.persons.clear();
  expected.follow_up.assign(expected.outcomes.size(), {});
  if (files.size() != kFiles.size())
    return wrong("package: expected persons, follow_up, attrition and notes");
  for (const auto& [name, reader] : kFiles) {
    const auto found = std::ranges::find(files, std::string_view(name), &NamedContent::name);
    if (found == files.end()) return wrong(std::string("package: expected a file ") + name);
    TRY(reader(found->content, expected).at(name));
  }
  return expected;
}

Result<CellTable> first_rows(std::string_view parquet, int rows) {
  const OpenFile file = TRY(open(parquet));
  return ask(file, "SELECT * FROM " + file.source() + " LIMIT " + std::to_string(std::max(rows, 0)));
}

}  // namespace mimamori
