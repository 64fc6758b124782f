// A data set into the Parquet files that leave a site.

#include <algorithm>
#include <numeric>

#include "store/data_set_files.h"
#include "store/data_set_rows.h"
#include "store/database.h"
#include "store/memory_file.h"
#include "store/row_appender.h"

namespace mimamori {
namespace {

constexpr const char* kMemoryToWrite = "4GB";

Result<void> check(const StudyDataSet& data) {
  const auto wrong = [](const char* sentence) {
    return Error{ErrorCode::kInvalidInput, std::string("data set to send: ") + sentence};
  };
  if (!data.sites.empty()) return wrong("expected the data of one site");
  if (data.follow_up.size() != data.outcomes.size()) return wrong("expected follow-up for each outcome");
  for (const auto& follow_up : data.follow_up) {
    if (follow_up.size() != data.persons.size()) return wrong("expected one follow-up per person");
  }
  return {};
}

Date first_of_month(Date date) {
  const std::chrono::year_month_day day{date};
  return Date{day.year() / day.month() / 1};
}

const char* name_of(Sex sex) { return sex == Sex::kFemale ? "F" : sex == Sex::kMale ? "M" : "U"; }

template <class Row>
std::vector<EgressColumn> columns_of() {
  std::vector<EgressColumn> columns;
  Row{}.columns([&]<class T>(const char* name, const T&) {
    columns.push_back({.name = name,
                       .type = SqlType<T>::kName,
                       .meaning = catalogue(std::string("egress.") + Row::kFile + "." + name)});
  });
  return columns;
}

/// Writes rows in the order in which give() hands them over.
template <class Row, class Give>
Result<EgressFile> file_of(Give&& give) {
  const std::string name = std::string(Row::kFile) + ".parquet";
  const MemoryFile file = TRY(MemoryFile::create());
  const Database database = TRY(Database::open_beside(file.path(), kMemoryToWrite));
  TRY(database.run(create_table_sql<Row>("leaving")));
  RowAppender appender = TRY(RowAppender::open(database.connection(), "leaving"));
  std::int64_t rows = 0;
  give([&](const Row& row) {
    appender.append(row);
    ++rows;
  });
  TRY(appender.close());
  TRY(database.run("COPY leaving TO '" + file.path() +
                   "' (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"));
  std::string content = TRY(file.read());
  return EgressFile{.name = name,
                    .title = catalogue(std::string("egress.") + Row::kFile),
                    .rows = rows,
                    .columns = columns_of<Row>(),
                    .content = std::move(content)};
}

/// Positions of the persons in the order of their keys.
std::vector<std::size_t> by_key(const StudyDataSet& data) {
  std::vector<std::size_t> order(data.persons.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {},
                    [&](std::size_t i) -> const std::string& { return data.persons[i].person_key; });
  return order;
}

Result<EgressFile> persons_file(const StudyDataSet& data, const std::vector<std::size_t>& order) {
  return file_of<PersonRow>([&](auto&& put) {
    for (const std::size_t i : order) {
      const CohortPerson& person = data.persons[i];
      put({.person_key = person.person_key,
           .arm = person.arm == Arm::kExposed ? "exposed" : "comparator",
           .sex = name_of(person.sex),
           .age_years = person.age_years,
           .index_month = first_of_month(person.index_date)});
    }
  });
}

Result<EgressFile> follow_up_file(const StudyDataSet& data, const std::vector<std::size_t>& order) {
  return file_of<FollowUpRow>([&](auto&& put) {
    for (std::size_t outcome = 0; outcome < data.outcomes.size(); ++outcome) {
      for (const std::size_t i : order) {
        const OutcomeFollowUp& own = data.follow_up[outcome][i];
        put({.outcome = data.outcomes[outcome].id,
             .person_key = data.persons[i].person_key,
             .baseline_value = own.baseline_value,
             .baseline_in_reference_range = own.baseline_in_reference_range,
             .follow_up_days = own.follow_up_days,
             .event = own.event,
             .reason = std::string(name_of(own.reason)),
             .measurements = own.measurements});
      }
    }
  });
}

Result<EgressFile> attrition_file(const StudyDataSet& data) {
  return file_of<AttritionRow>([&](auto&& put) {
    for (std::size_t i = 0; i < data.attrition.size(); ++i) {
      const AttritionStep& step = data.attrition[i];
      put({.step = static_cast<std::int64_t>(i),
           .rule = step.rule,
           .exposed = step.exposed,
           .comparator = step.comparator});
    }
  });
}

Result<EgressFile> notes_file(const StudyDataSet& data) {
  return file_of<NoteRow>([&](auto&& put) {
    put({.note = kDaysSupplyAssumed, .count = data.notes.days_supply_assumed});
    put({.note = kResultsInOtherUnits, .count = data.notes.results_in_other_units});
  });
}

}  // namespace

Result<std::vector<EgressFile>> files_of(const StudyDataSet& data_set) {
  TRY(check(data_set));
  const std::vector<std::size_t> order = by_key(data_set);
  std::vector<EgressFile> files;
  EgressFile persons = TRY(persons_file(data_set, order));
  files.push_back(std::move(persons));
  EgressFile follow_up = TRY(follow_up_file(data_set, order));
  files.push_back(std::move(follow_up));
  EgressFile attrition = TRY(attrition_file(data_set));
  files.push_back(std::move(attrition));
  EgressFile notes = TRY(notes_file(data_set));
  files.push_back(std::move(notes));
  return files;
}

}  // namespace mimamori
