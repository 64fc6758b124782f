#include <gtest/gtest.h>

#include "base/testing.h"
#include "model/omop.h"
#include "model/table_file.h"
#include "store/database.h"
#include "store/edited_reader.h"
#include "store/edited_writer.h"

namespace mimamori {
namespace {

/// A file of many documents as a reader would give it: one row of a diagnosis for every record.
struct Claim {
  std::string document;
  std::string rank;
  std::string patient;
  std::int64_t first_segment = 1;
  std::int64_t records = 1;
};

SourceFile source(std::int64_t file_id, std::int64_t records) {
  SourceFile file;
  file.file_id = file_id;
  file.format = "claims";
  file.status = "accepted";
  file.data_type = "UKE";
  file.segments = 9;
  file.records = file.records_accepted = records;
  return file;
}

EditedDiagnosis diagnosis(const std::string& patient, std::int64_t file_id, std::int64_t segment) {
  EditedDiagnosis row;
  row.patient_key = patient;
  row.provenance = {file_id, segment};
  return row;
}

void add_claims(EditedWriter& writer, std::int64_t file_id, const std::vector<Claim>& claims) {
  StandardizedFile rows;
  std::vector<SourceDocument> documents;
  std::int64_t records = 0;
  for (const Claim& claim : claims) {
    documents.push_back({.document_key = claim.document,
                         .kind = "claim",
                         .version_rank = claim.rank,
                         .file_id = file_id,
                         .first_segment = claim.first_segment,
                         .last_segment = claim.first_segment + claim.records - 1,
                         .sha256 = "",
                         .records = claim.records});
    for (std::int64_t i = 0; i < claim.records; ++i) {
      rows.records.emplace_back(diagnosis(claim.patient, file_id, claim.first_segment + i));
    }
    records += claim.records;
  }
  EXPECT_THAT(writer.add(source(file_id, records), rows), Succeeds());
  writer.append(documents);
}

class EditedIncrement : public testing::Test {
 protected:
  ScratchFolder scratch_;
  std::filesystem::path file_ = scratch_.path() / "edited.duckdb";

  void finish(EditedWriter writer, std::int64_t last_file_id, const FileIds& superseded = {}) {
    EXPECT_THAT(writer.finish(superseded, {}, {.last_file_id = last_file_id, .rules_sha256 = "r", .program_version = "v"}),
                Succeeds());
  }
  void first(const std::vector<Claim>& claims) {
    EditedWriter writer = std::move(EditedWriter::begin(file_)).value();
    add_claims(writer, 1, claims);
    finish(std::move(writer), 1);
  }
  void next(std::int64_t file_id, const std::vector<Claim>& claims, const FileIds& superseded = {}) {
    EditedWriter writer = std::move(EditedWriter::resume(file_)).value();
    add_claims(writer, file_id, claims);
    finish(std::move(writer), file_id, superseded);
  }
  std::int64_t count(const std::string& sql) {
    const EditedReader reader = std::move(EditedReader::open(file_)).value();
    const Result<CellTable> table = reader.query("SELECT count(*) FROM " + sql);
    EXPECT_THAT(table, Succeeds());
    return table.ok() ? as_integer(*table) : -1;
  }
};

TEST_F(EditedIncrement, ALaterVersionOfADocumentTakesThePlaceOfTheEarlierOne) {
  first({{.document = "d1", .rank = "202401", .patient = "p1", .first_segment = 1, .records = 2},
         {.document = "d2", .rank = "202401", .patient = "p2", .first_segment = 3, .records = 1}});
  next(2, {{.document = "d1", .rank = "202402", .patient = "p1", .first_segment = 1, .records = 3}});
  EXPECT_EQ(count("ehr_diagnosis"), 4);
  EXPECT_EQ(count("ehr_diagnosis WHERE file_id = 1"), 1) << "d2 alone";
  EXPECT_EQ(count("source_document WHERE is_current"), 2);
  EXPECT_EQ(count("source_document"), 3) << "what was replaced stays known";
  EXPECT_EQ(count("finding WHERE check_id = 'document_has_fewer_records'"), 0);
}

TEST_F(EditedIncrement, AVersionOfALowerRankDoesNotReplaceAndFewerRecordsAreWarnedOf) {
  first({{.document = "d1", .rank = "202402", .patient = "p1", .first_segment = 1, .records = 1}});
  next(2, {{.document = "d1", .rank = "202401", .patient = "p1", .first_segment = 1, .records = 3}});
  EXPECT_EQ(count("ehr_diagnosis WHERE file_id = 1"), 1);
  EXPECT_EQ(count("ehr_diagnosis WHERE file_id = 2"), 0);
  EXPECT_EQ(count("finding WHERE check_id = 'document_has_fewer_records' AND file_id = 1"), 1)
      << "what is current has fewer records than the version it replaced";
  next(3, {{.document = "d1", .rank = "202403", .patient = "p1", .first_segment = 1, .records = 1}});
  EXPECT_EQ(count("finding WHERE check_id = 'document_has_fewer_records'"), 0) << "as many as the one before it";
}

TEST_F(EditedIncrement, TwoVersionsInOneFileLeaveTheLaterPlace) {
  first({{.document = "d1", .rank = "1", .patient = "p1", .first_segment = 1, .records = 2},
         {.document = "d1", .rank = "1", .patient = "p1", .first_segment = 5, .records = 1}});
  EXPECT_EQ(count("ehr_diagnosis"), 1);
  EXPECT_EQ(count("ehr_diagnosis WHERE segment = 5"), 1);
}

TEST_F(EditedIncrement, WhatReplacesAFileAsAWholeLeavesNothingOfIt) {
  first({{.document = "d1", .rank = "1", .patient = "p1", .first_segment = 1, .records = 2}});
  next(2, {{.document = "d2", .rank = "1", .patient = "p2", .first_segment = 1, .records = 1}}, {1});
  EXPECT_EQ(count("ehr_diagnosis"), 1);
  EXPECT_EQ(count("source_document"), 1);
  EXPECT_EQ(count("source_file WHERE status = 'superseded' AND records = 0"), 1);
  EXPECT_EQ(count("ehr_patient WHERE patient_key = 'p1'"), 0) << "nothing is left that mentions them";
  EXPECT_EQ(count("ehr_patient WHERE patient_key = 'p2'"), 1);
}

TEST_F(EditedIncrement, WhatIsTakenBackLeavesOnlyItsFile) {
  EditedWriter writer = std::move(EditedWriter::begin(file_)).value();
  add_claims(writer, 1, {{.document = "d1", .rank = "1", .patient = "p1", .first_segment = 1, .records = 2}});
  writer.take_back(1);
  finish(std::move(writer), 1);
  EXPECT_EQ(count("ehr_diagnosis"), 0);
  EXPECT_EQ(count("source_document"), 0);
  EXPECT_EQ(count("source_file"), 1);
  EXPECT_EQ(count("ehr_patient"), 0);
}

TEST_F(EditedIncrement, WhatIsNotFinishedChangesNothing) {
  first({{.document = "d1", .rank = "1", .patient = "p1", .first_segment = 1, .records = 2}});
  {
    EditedWriter writer = std::move(EditedWriter::resume(file_)).value();
    add_claims(writer, 2, {{.document = "d1", .rank = "2", .patient = "p1", .first_segment = 1, .records = 1}});
  }
  EXPECT_EQ(count("ehr_diagnosis"), 2);
  EXPECT_EQ(count("source_file"), 1);
}

TEST_F(EditedIncrement, ASnapshotThatComesLaterGivesThePatientTheirSex) {
  first({{.document = "d1", .rank = "1", .patient = "p1", .first_segment = 1, .records = 1}});
  EXPECT_EQ(count("ehr_patient WHERE sex = 'U'"), 1);
  EXPECT_EQ(count("finding WHERE check_id = 'patient_without_snapshot'"), 1);
  EditedWriter writer = std::move(EditedWriter::resume(file_)).value();
  EditedPatient snapshot;
  snapshot.patient_key = "p1";
  snapshot.sex = "F";
  snapshot.provenance = {2, 3};
  StandardizedFile rows;
  rows.records.emplace_back(snapshot);
  EXPECT_THAT(writer.add(source(2, 1), rows), Succeeds());
  finish(std::move(writer), 2);
  EXPECT_EQ(count("ehr_patient WHERE sex = 'F'"), 1);
  EXPECT_EQ(count("ehr_patient"), 1);
  EXPECT_EQ(count("finding WHERE check_id = 'patient_without_snapshot'"), 0);
}

EditedPatientMerge merge(const char* from, const char* to, std::int64_t file_id) {
  return {.old_key = from, .new_key = to, .merged_on = std::nullopt, .provenance = {file_id, 3}};
}

/// A file of one diagnosis of a patient and merges.
void add_merges(EditedWriter& writer, std::int64_t file_id, const char* patient, std::vector<EditedPatientMerge> merges) {
  StandardizedFile rows;
  rows.records.emplace_back(diagnosis(patient, file_id, 1));
  for (EditedPatientMerge& one : merges) rows.records.emplace_back(std::move(one));
  EXPECT_THAT(writer.add(source(file_id, static_cast<std::int64_t>(rows.records.size())), rows), Succeeds());
}

TEST_F(EditedIncrement, AMergedNumberGivesItsRowsAwayAlsoThroughSeveralMerges) {
  EditedWriter one = std::move(EditedWriter::begin(file_)).value();
  add_merges(one, 1, "p1", {});
  finish(std::move(one), 1);
  EditedWriter two = std::move(EditedWriter::resume(file_)).value();
  add_merges(two, 2, "p2", {merge("p1", "p2", 2)});
  finish(std::move(two), 2);
  EXPECT_EQ(count("ehr_diagnosis WHERE patient_key = 'p2'"), 2);
  EXPECT_EQ(count("ehr_patient"), 1);
  EditedWriter three = std::move(EditedWriter::resume(file_)).value();
  add_merges(three, 3, "p1", {merge("p2", "p3", 3)});
  finish(std::move(three), 3);
  EXPECT_EQ(count("ehr_diagnosis WHERE patient_key = 'p3'"), 3) << "also what comes later under the oldest number";
  EXPECT_EQ(count("ehr_patient WHERE patient_key = 'p3'"), 1);
  EXPECT_EQ(count("ehr_patient"), 1);
}

TEST_F(EditedIncrement, ACorrectedMergeAsksForANewLayer) {
  EditedWriter one = std::move(EditedWriter::begin(file_)).value();
  add_merges(one, 1, "p1", {merge("p1", "p2", 1)});
  finish(std::move(one), 1);
  EditedWriter two = std::move(EditedWriter::resume(file_)).value();
  add_merges(two, 2, "p1", {merge("p1", "p3", 2)});
  EXPECT_THAT(two.finish({}, {}, {.last_file_id = 2, .rules_sha256 = "r", .program_version = "v"}),
              FailsWith(ErrorCode::kConflict));
}

TEST_F(EditedIncrement, AMergeThatClosesACircleAsksForANewLayer) {
  EditedWriter one = std::move(EditedWriter::begin(file_)).value();
  add_merges(one, 1, "p1", {merge("p1", "p2", 1)});
  finish(std::move(one), 1);
  EXPECT_EQ(count("ehr_diagnosis WHERE patient_key = 'p2'"), 1);
  EditedWriter two = std::move(EditedWriter::resume(file_)).value();
  add_merges(two, 2, "p2", {merge("p2", "p1", 2)});
  EXPECT_THAT(two.finish({}, {}, {.last_file_id = 2, .rules_sha256 = "r", .program_version = "v"}),
              FailsWith(ErrorCode::kConflict));
}

TEST_F(EditedIncrement, ConceptsThatAreReplacedAskForANewLayer) {
  EditedWriter one = std::move(EditedWriter::begin(file_)).value();
  add_claims(one, 1, {{.document = "d1", .rank = "1", .patient = "p1"}});
  OmopConcept concept_row;
  concept_row.provenance = {1, 2};
  one.append(std::vector{concept_row});
  finish(std::move(one), 1);
  EditedWriter two = std::move(EditedWriter::resume(file_)).value();
  add_claims(two, 2, {{.document = "d2", .rank = "1", .patient = "p1"}});
  EXPECT_THAT(two.finish({1}, {}, {.last_file_id = 2, .rules_sha256 = "r", .program_version = "v"}),
              FailsWith(ErrorCode::kConflict));
}

TEST_F(EditedIncrement, NumbersMergedInACircleStayAsTheyAre) {
  EditedWriter one = std::move(EditedWriter::begin(file_)).value();
  add_merges(one, 1, "p1", {merge("p1", "p2", 1), merge("p2", "p1", 1)});
  finish(std::move(one), 1);
  EXPECT_EQ(count("ehr_diagnosis WHERE patient_key = 'p1'"), 1);
  EXPECT_EQ(count("finding WHERE check_id = 'patient_merge_circle'"), 2);
}

}  // namespace
}  // namespace mimamori
