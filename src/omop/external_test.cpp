// The two published data sets, against counts that were taken with Python 3.11's csv module:
//   rows of a table = len(list(csv.reader(open(file, newline='', encoding='utf-8')))) - 1
// and the numbers named below from the same rows. They lie outside this repository.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/testing.h"
#include "ingest/gunzip.h"
#include "ingest/zip.h"
#include "omop/testing_parts.h"

namespace mimamori {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{64} << 20U;
constexpr std::size_t kPartBytes = 100'000;

std::string unpacked(std::string_view packed, Gunzip::Form form) {
  Gunzip gunzip({.form = form});
  gunzip.feed(packed);
  std::string plain;
  while (true) {
    const std::size_t before = plain.size();
    EXPECT_THAT(gunzip.read(plain, std::size_t{1} << 20U), Succeeds());
    if (plain.size() == before) break;
  }
  EXPECT_THAT(gunzip.finish(), Succeeds());
  return plain;
}

// A data set read whole: rows of all files, and what became of each by its data type.
struct DataSet {
  LoadedPart<OmopRows> all;
  std::map<std::string, TableFileOutcome> outcomes;
  std::map<std::string, std::int64_t> records;
  std::map<std::int64_t, std::string> types;  // data type by file_id
};

void read_file_into(DataSet& data, const std::string& name, const std::string& bytes) {
  static const Secret secret = Secret::random();
  const PatientKeys keys(secret);
  const std::int64_t file_id = static_cast<std::int64_t>(data.outcomes.size()) + 1;
  OmopReader reader(name, file_id, keys);
  LoadedPart<OmopRows> part = read_in_parts(reader, bytes, kPartBytes);
  EXPECT_EQ(part.records, part.records_accepted + part.records_rejected) << name;
  EXPECT_EQ(part.records_rejected, 0) << name;
  data.records[reader.outcome().data_type] = part.records;
  data.types[file_id] = reader.outcome().data_type;
  data.outcomes[reader.outcome().data_type] = reader.outcome();
  append_part(data.all, std::move(part));
}

DataSet read_gibleed() {
  DataSet data;
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(shared_data() / "omop/gibleed_5.3")) {
    if (entry.path().extension() == ".gz") files.insert(entry.path());
  }
  for (const std::filesystem::path& file : files) {
    const Result<std::string> packed = read_file(file, kFileBytesMax);
    EXPECT_THAT(packed, Succeeds());
    read_file_into(data, file.stem().string(), unpacked(*packed, Gunzip::Form::kGzip));
  }
  return data;
}

DataSet read_synthea() {
  DataSet data;
  const Result<std::string> archive =
      read_file(shared_data() / "omop/synthea27nj_5.4/Synthea27Nj_5.4.zip", kFileBytesMax);
  EXPECT_THAT(archive, Succeeds());
  const auto entries = zip_entries(*archive);
  EXPECT_THAT(entries, Succeeds());
  for (const ZipEntry& entry : *entries) {
    const std::string name = std::filesystem::path(entry.path).filename().string();
    if (name.starts_with("._")) continue;  // left by a Macintosh
    const std::string plain =
        entry.is_packed ? unpacked(entry.content, Gunzip::Form::kDeflate) : std::string(entry.content);
    EXPECT_EQ(plain.size(), entry.plain_bytes);
    read_file_into(data, name, plain);
  }
  return data;
}

using Counts = std::map<std::string, std::int64_t>;

// Rows of the tables that are read, and lines of the others.
Counts rows_of(const DataSet& data) {
  Counts counts;
  for (const auto& [type, outcome] : data.outcomes) {
    if (outcome.status == FileStatus::kAccepted) counts[type.substr(5)] = data.records.at(type);
  }
  return counts;
}
Counts lines_not_read(const DataSet& data) {
  Counts counts;
  for (const auto& [type, outcome] : data.outcomes) {
    if (outcome.status == FileStatus::kNotRead && outcome.segments > 1)
      counts[type.substr(5)] = outcome.segments;
  }
  return counts;
}

template <class Row>
std::int64_t orphans(const std::vector<Row>& rows, const std::vector<EditedPatient>& patients) {
  std::set<std::string> known;
  for (const EditedPatient& patient : patients) known.insert(patient.patient_key);
  return std::count_if(rows.begin(), rows.end(),
                       [&](const Row& row) { return !known.contains(row.patient_key); });
}

TEST(ExternalOmopGibleed, EveryRowOfEveryTableIsRead) {
  const DataSet data = read_gibleed();
  EXPECT_EQ(rows_of(data), (Counts{{"concept", 444},
                                   {"concept_ancestor", 65'690},
                                   {"concept_relationship", 8},
                                   {"condition_occurrence", 65'332},
                                   {"death", 0},
                                   {"device_exposure", 0},
                                   {"drug_exposure", 67'707},
                                   {"measurement", 44'053},
                                   {"observation", 1'477},
                                   {"observation_period", 5'343},
                                   {"person", 2'694},
                                   {"procedure_occurrence", 37'409},
                                   {"visit_occurrence", 1'037}}));
  EXPECT_EQ(lines_not_read(data), (Counts{{"cdm_source", 2},
                                          {"concept_synonym", 1'065},
                                          {"condition_era", 65'720},
                                          {"domain", 46},
                                          {"drug_era", 52'509},
                                          {"relationship", 481},
                                          {"vocabulary", 126}}));
  EXPECT_EQ(data.outcomes.size(), 37U);  // files of the folder
}

TEST(ExternalOmopGibleed, RowsHoldWhatTheFilesSay) {
  const DataSet data = read_gibleed();
  const OmopRows& rows = data.all.rows;
  std::map<std::string, int> sexes;
  Date first = rows.patients.at(0).birth_date.value();
  for (const EditedPatient& patient : rows.patients) {
    ++sexes[patient.sex];
    first = std::min(first, patient.birth_date.value());
  }
  EXPECT_EQ(sexes, (std::map<std::string, int>{{"F", 1'373}, {"M", 1'321}}));
  EXPECT_EQ(first, *make_date(1908, 9, 22));
  EXPECT_EQ(rows.admissions.size(), 1'037U);  // every visit is of concept 9201
  EXPECT_TRUE(rows.visits.empty());
  std::int64_t given = 0;
  std::int64_t with_days = 0;
  std::int64_t days = 0;
  for (const EditedPrescription& drug : rows.prescriptions) {
    given += drug.is_execution ? 1 : 0;
    with_days += drug.days_supply ? 1 : 0;
    days += drug.days_supply.value_or(0);
  }
  EXPECT_EQ(given, 25'710);      // of type 581452; the others 38000177
  EXPECT_EQ(with_days, 34'803);  // the others say 0
  EXPECT_EQ(days, 2'254'442);
  EXPECT_EQ(std::count_if(rows.diagnoses.begin(), rows.diagnoses.end(),
                          [](const auto& row) { return row.ended_on.has_value(); }),
            56'680);
  for (const EditedLabResult& result : rows.lab_results) ASSERT_EQ(result.value, std::nullopt);
}

TEST(ExternalOmopGibleed, DirtyHeadersAndOrphansAreSurvivedAndReported) {
  const DataSet data = read_gibleed();
  std::set<std::string> dirty;
  for (const FindingRow& finding : data.all.findings) {
    if (finding.check_id == "omop_header_repaired") dirty.insert(data.types.at(finding.file_id));
  }
  // grep -l unixepoch finds these among the tables that are read.
  EXPECT_EQ(dirty, (std::set<std::string>{"omop:observation", "omop:observation_period", "omop:person",
                                          "omop:procedure_occurrence", "omop:visit_occurrence"}));
  const OmopRows& rows = data.all.rows;
  EXPECT_EQ(orphans(rows.observation_periods, rows.patients), 2'649);
  EXPECT_EQ(orphans(rows.diagnoses, rows.patients), 0);
  EXPECT_EQ(orphans(rows.prescriptions, rows.patients), 0);
  EXPECT_EQ(orphans(rows.lab_results, rows.patients), 0);
  // Rows of visits that visit_occurrence lacks: 64717 conditions, 66970 drugs, 44047 measurements.
  std::set<std::int64_t> visits;
  for (const OmopRecord& record : rows.records) {
    if (data.types.at(record.provenance.file_id) == "omop:visit_occurrence")
      visits.insert(record.visit_id.value());
  }
  EXPECT_EQ(visits.size(), 1'037U);
  const std::int64_t lost = std::count_if(
      rows.records.begin(), rows.records.end(),
      [&](const OmopRecord& record) { return record.visit_id && !visits.contains(*record.visit_id); });
  EXPECT_EQ(lost, 64'717 + 66'970 + 44'047);
}

TEST(ExternalOmopSynthea, EveryRowOfEveryTableIsRead) {
  const DataSet data = read_synthea();
  EXPECT_EQ(rows_of(data), (Counts{{"concept", 2'294},
                                   {"concept_ancestor", 0},
                                   {"concept_relationship", 266'588},
                                   {"condition_occurrence", 470},
                                   {"death", 3},
                                   {"device_exposure", 1},
                                   {"drug_exposure", 883},
                                   {"measurement", 10'040},
                                   {"observation", 8'099},
                                   {"observation_period", 28},
                                   {"person", 28},
                                   {"procedure_occurrence", 1'649},
                                   {"visit_occurrence", 1'791}}));
  EXPECT_EQ(lines_not_read(data), (Counts{{"cdm_source", 2},
                                          {"condition_era", 470},
                                          {"provider", 68},
                                          {"visit_detail", 1'792},
                                          {"vocabulary", 2}}));
}

TEST(ExternalOmopSynthea, LaboratoryValuesAreThoseOfTheFile) {
  const DataSet data = read_synthea();
  std::int64_t numbers = 0;
  std::int64_t with_unit = 0;
  double sum = 0;
  for (const EditedLabResult& result : data.all.rows.lab_results) {
    if (!result.value) continue;
    ++numbers;
    sum += *result.value;
    with_unit += result.unit ? 1 : 0;
  }
  EXPECT_EQ(numbers, 9'107);
  EXPECT_EQ(with_unit, 8'403);
  EXPECT_EQ(sum, 623864.7999999992);  // added in the order of the file
}

TEST(ExternalOmopSynthea, VisitsDrugsAndVocabulary) {
  const DataSet data = read_synthea();
  const OmopRows& rows = data.all.rows;
  EXPECT_EQ(rows.admissions.size(), 13U);
  EXPECT_EQ(rows.visits.size(), 1'722U + 56U);
  for (const EditedPrescription& drug : rows.prescriptions)
    ASSERT_TRUE(drug.is_execution);  // pharmacy claims
  EXPECT_EQ(std::count_if(rows.concepts.begin(), rows.concepts.end(),
                          [](const auto& row) { return row.standard_concept == "S"; }),
            2'178);
  EXPECT_EQ(std::count_if(rows.concept_relationships.begin(), rows.concept_relationships.end(),
                          [](const auto& row) { return row.relationship_id == "Maps to"; }),
            65'641);
  EXPECT_EQ(orphans(rows.observation_periods, rows.patients), 0);
}

}  // namespace
}  // namespace mimamori
