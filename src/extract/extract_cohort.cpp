// Reads one site's store into PersonRecords and hands them to build_cohort.

#include <algorithm>
#include <map>
#include <set>

#include "base/embedded.h"
#include "clinical/analyte.h"
#include "extract/cohort.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_extract_sql();

namespace {

using Row = std::vector<Cell>;
using Persons = std::map<std::string, PersonRecords>;

/// A cell of the type that our own query asked for; NULL is absent.
template <class T>
std::optional<T> optional_of(const Cell& cell) {
  if (std::holds_alternative<std::monostate>(cell)) return std::nullopt;
  ENSURE(std::holds_alternative<T>(cell));
  return std::get<T>(cell);
}

template <class T>
T value_of(const Cell& cell) {
  std::optional<T> value = optional_of<T>(cell);
  ENSURE(value.has_value());
  return *std::move(value);
}

std::string prefixes_of(const ArmDefinition& arm, DrugCodeSystem system) {
  std::string all;
  for (const DrugCode& drug : arm.drugs) {
    if (drug.system != system) continue;
    if (!all.empty()) all += ',';
    all += drug.prefix;  // digits and capital letters alone: parse_script has checked it
  }
  return all;
}

/// $1 to $6 of sql/study_person.sql.
std::vector<Cell> study_person_values(const StudyScript& script) {
  return {prefixes_of(script.exposure, DrugCodeSystem::kHot),
          prefixes_of(script.exposure, DrugCodeSystem::kYj),
          prefixes_of(script.comparator, DrugCodeSystem::kHot),
          prefixes_of(script.comparator, DrugCodeSystem::kYj),
          script.data_window.start,
          script.data_window.end};
}

/// Runs one file of sql/ after the common first steps.
Result<CellTable> query(const EditedReader& reader, std::string_view file, const std::vector<Cell>& values) {
  std::string sql(content_of(embedded_extract_sql(), "sql/study_person.sql"));
  sql += content_of(embedded_extract_sql(), file);
  return reader.query(sql, values).at(file);
}

Sex sex_of(const std::optional<std::string>& text) {
  if (text == "F") return Sex::kFemale;
  if (text == "M") return Sex::kMale;
  return Sex::kUnknown;
}

PersonRecords& person_of(Persons& persons, const Row& row) {
  const std::string key = value_of<std::string>(row[0]);
  PersonRecords& person = persons[key];
  person.patient_key = key;
  return person;
}

void add_patient(const Row& row, Persons& persons) {
  PersonRecords& person = person_of(persons, row);
  person.facts.birth_date = optional_of<Date>(row[1]);
  person.facts.sex = sex_of(optional_of<std::string>(row[2]));
}

void add_drug_record(const Row& row, Persons& persons) {
  person_of(persons, row)
      .drugs.push_back(
          DrugRecord{.arm = value_of<std::int64_t>(row[1]) == 1 ? Arm::kExposed : Arm::kComparator,
                     .is_injection = value_of<std::int64_t>(row[2]) == 1,
                     .is_execution = value_of<bool>(row[3]),
                     .is_cancelled = value_of<bool>(row[4]),
                     .order_number = optional_of<std::string>(row[5]),
                     .starts_on = value_of<Date>(row[6]),
                     .days_supply = optional_of<std::int64_t>(row[7]),
                     .completion = optional_of<std::string>(row[8])});
}

void add_record_dates(const Row& row, Persons& persons) {
  PersonRecords& person = person_of(persons, row);
  person.first_record = optional_of<Date>(row[1]);
  person.last_record = optional_of<Date>(row[2]);
}

/// The measured analytes that the script's outcomes need.
std::vector<const Analyte*> measured_analytes(const StudyScript& script) {
  std::vector<const Analyte*> all;
  for (const OutcomeRule& rule : script.outcomes) {
    const Analyte* analyte = find_analyte(rule.analyte);
    ENSURE(analyte != nullptr);
    const Analyte* measured = &measured_analyte(*analyte);
    if (std::ranges::find(all, measured) == all.end()) all.push_back(measured);
  }
  return all;
}

std::string jlac10_prefixes(const std::vector<const Analyte*>& wanted) {
  std::set<std::string> prefixes;
  for (const Analyte* analyte : wanted) {
    for (const Jlac10Pattern& pattern : analyte->jlac10) prefixes.insert(pattern.prefix);
  }
  std::string all;
  for (const std::string& prefix : prefixes) all += (all.empty() ? "" : ",") + prefix;
  return all;
}

/// Columns: patient_key, collected_on, jlac10_code, material, value_operator, value, unit, lower_limit,
/// upper_limit.
void add_lab_result(const Row& row, const std::vector<const Analyte*>& wanted, Persons& persons,
                    ExtractionNotes& notes) {
  const Date collected_on = value_of<Date>(row[1]);
  const std::string code = value_of<std::string>(row[2]);
  const std::string material = optional_of<std::string>(row[3]).value_or("");
  const auto found = std::ranges::find_if(
      wanted, [&](const Analyte* analyte) { return analyte->accepts(code, material, collected_on); });
  if (found == wanted.end()) return;
  if (optional_of<std::string>(row[6]) != (*found)->unit) {
    ++notes.results_in_other_units;
    return;
  }
  const auto value_operator = value_operator_of(optional_of<std::string>(row[4]).value_or("="));
  if (!value_operator) return;
  person_of(persons, row)
      .values[(*found)->id]
      .push_back(
          LabValue{.collected_on = collected_on,
                   .value_operator = *value_operator,
                   .value = value_of<double>(row[5]),
                   .interval = {.lower = optional_of<double>(row[7]), .upper = optional_of<double>(row[8])}});
}

Result<Persons> read_persons(const EditedReader& reader, const StudyScript& script, ExtractionNotes& notes) {
  Persons persons;
  const std::vector<Cell> values = study_person_values(script);
  const CellTable drugs = TRY(query(reader, "sql/drug_records.sql", values));
  for (const Row& row : drugs.rows) add_drug_record(row, persons);
  const CellTable patients = TRY(query(reader, "sql/patients.sql", values));
  for (const Row& row : patients.rows) add_patient(row, persons);
  const CellTable dates = TRY(query(reader, "sql/record_dates.sql", values));
  for (const Row& row : dates.rows) add_record_dates(row, persons);
  const std::vector<const Analyte*> wanted = measured_analytes(script);
  std::vector<Cell> lab_values = values;
  lab_values.emplace_back(jlac10_prefixes(wanted));
  lab_values.emplace_back(script.data_window.start - script.baseline.lookback);
  const CellTable results = TRY(query(reader, "sql/lab_results.sql", lab_values));
  for (const Row& row : results.rows) add_lab_result(row, wanted, persons, notes);
  return persons;
}

}  // namespace

Result<StudyDataSet> extract_cohort(const EditedReader& reader, const StudyScript& script,
                                    const std::string& script_sha256, const Secret& rekey) {
  ExtractionNotes reading;
  Persons by_key = TRY(read_persons(reader, script, reading));
  std::vector<PersonRecords> persons;
  persons.reserve(by_key.size());
  for (auto& [key, person] : by_key) persons.push_back(std::move(person));
  StudyDataSet data_set = build_cohort(persons, script, script_sha256, rekey);
  data_set.notes += reading;
  return data_set;
}

Result<std::vector<std::pair<std::string, std::int64_t>>> records_read(const EditedReader& reader,
                                                                       const StudyScript& script) {
  const CellTable table = TRY(query(reader, "sql/records_read.sql", study_person_values(script)));
  std::vector<std::pair<std::string, std::int64_t>> records;
  for (const Row& row : table.rows)
    records.emplace_back(value_of<std::string>(row[0]), value_of<std::int64_t>(row[1]));
  return records;
}

Result<std::optional<Date>> last_record_date(const EditedReader& reader) {
  const std::string sql(content_of(embedded_extract_sql(), "sql/last_record.sql"));
  const CellTable table = TRY(reader.query(sql).at("sql/last_record.sql"));
  ENSURE(table.rows.size() == 1);
  return optional_of<Date>(table.rows.front().front());
}

}  // namespace mimamori
