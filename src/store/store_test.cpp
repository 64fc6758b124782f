#include <gtest/gtest.h>

#include "base/hash.h"
#include "base/testing.h"
#include "store/database.h"
#include "store/edited_reader.h"
#include "store/edited_writer.h"
#include "store/received_store.h"
#include "store/site_lock.h"

namespace mimamori {
namespace {

IncomingFile incoming(const std::string& path, const std::string& content) {
  return {.format = "ssmix2",
          .path = path,
          .file_identity = path.substr(0, path.size() - 1),
          .content = content,
          .sha256 = sha256_hex(content),
          .size_bytes = static_cast<std::int64_t>(content.size()),
          .read_error = ""};
}

/// Adds files and waits until they are durable.
Result<void> add_all(ReceivedStore& store, std::vector<IncomingFile> files) {
  for (IncomingFile& file : files) TRY(store.add(std::move(file)));
  return store.flush();
}

const std::function<bool(const FilePlace&)> kNothingThere = [](const FilePlace&) { return false; };

Moment at(const char* day, std::optional<std::int32_t> second) { return {*parse_iso_date(day), second}; }

EditedAdmission admission(std::int64_t file_id, const char* admitted_on) {
  EditedAdmission row;
  row.patient_key = "p1";
  row.admitted_at = at(admitted_on, 36000);
  row.has_admission_message = true;
  row.provenance = {file_id, 4};
  return row;
}

EditedAdmission discharge(std::int64_t file_id, const char* admitted_on, const char* discharged_on) {
  EditedAdmission row = admission(file_id, admitted_on == nullptr ? "2000-01-01" : admitted_on);
  if (admitted_on == nullptr) row.admitted_at.reset();
  row.has_admission_message = false;
  row.has_discharge_message = true;
  row.discharged_at = at(discharged_on, 40000);
  row.disposition = "01";
  return row;
}

EditedPatient patient(const char* key, std::int64_t file_id, const char* updated_on, const char* sex) {
  EditedPatient row;
  row.patient_key = key;
  row.sex = sex;
  row.updated_at = at(updated_on, std::nullopt);
  row.provenance = {file_id, 3};
  return row;
}

/// Writes an edited layer of one file with these records and opens it.
EditedReader written(const std::filesystem::path& file, std::vector<EditedRecord> records) {
  EditedWriter writer = std::move(EditedWriter::begin(file)).value();
  SourceFile source;
  source.file_id = 1;
  source.status = "accepted";
  StandardizedFile standardized;
  standardized.records = std::move(records);
  EXPECT_THAT(writer.add(source, standardized), Succeeds());
  EXPECT_THAT(writer.finish({}, {{std::int64_t{1}, std::string("2024-01-01 00:00:00"), std::monostate{}}},
                            {.last_file_id = 1, .rules_sha256 = "m", .program_version = "v"}),
              Succeeds());
  return std::move(EditedReader::open(file)).value();
}

std::string first(const EditedReader& reader, const std::string& sql) {
  const Result<CellTable> table = reader.query(sql);
  EXPECT_THAT(table, Succeeds());
  if (!table.ok() || table->rows.empty()) return "nothing";
  const Cell& cell = table->rows[0][0];
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
  return std::holds_alternative<std::monostate>(cell) ? "NULL" : "other";
}

TEST(ReceivedStore, KeepsEveryByteAndKnowsWhatItHas) {
  const ScratchFolder scratch;
  const std::string bytes("MSH\0\xff\r", 6);
  {
    ReceivedStore store = std::move(ReceivedStore::open(scratch.path() / "received.duckdb")).value();
    ASSERT_THAT(store.begin_batch("/tree"), Succeeds());
    ASSERT_THAT(add_all(store, {incoming("a_1", bytes), incoming("b_1", "")}), Succeeds());
    ASSERT_THAT(store.finish_batch(), Succeeds());
  }
  ReceivedStore store = std::move(ReceivedStore::open(scratch.path() / "received.duckdb")).value();
  EXPECT_TRUE(*store.knows(incoming("a_1", bytes), kNothingThere));
  EXPECT_FALSE(*store.knows(incoming("a_1", "other"), kNothingThere));
  EXPECT_FALSE(*store.knows(incoming("c_1", bytes), kNothingThere));
  const auto files = store.read(0, 10);
  ASSERT_THAT(files, Succeeds());
  ASSERT_EQ(files->size(), 2U);
  EXPECT_EQ((*files)[0].content, bytes);
  EXPECT_EQ((*files)[0].file_id, 1);
  EXPECT_EQ((*files)[1].content, "");
}

TEST(ReceivedStore, ALaterFileOfTheSameIdentitySupersedes) {
  const ScratchFolder scratch;
  ReceivedStore store = std::move(ReceivedStore::open(scratch.path() / "received.duckdb")).value();
  ASSERT_THAT(store.begin_batch("/tree"), Succeeds());
  ASSERT_THAT(add_all(store, {incoming("a_1", "old"), incoming("b_1", "x")}), Succeeds());
  ASSERT_THAT(add_all(store, {incoming("a_2", "old")}), Succeeds());  // renamed by the hospital
  EXPECT_EQ(store.superseded().value(), FileIds{1});
}

TEST(ReceivedStore, ContentThatComesBackIsNews) {
  const ScratchFolder scratch;
  ReceivedStore store = std::move(ReceivedStore::open(scratch.path() / "received.duckdb")).value();
  ASSERT_THAT(store.begin_batch("/tree"), Succeeds());
  ASSERT_THAT(add_all(store, {incoming("a_1", "first")}), Succeeds());
  ASSERT_THAT(add_all(store, {incoming("a_1", "second")}), Succeeds());
  EXPECT_TRUE(*store.knows(incoming("a_1", "second"), kNothingThere));
  EXPECT_FALSE(*store.knows(incoming("a_1", "first"), kNothingThere));
}

TEST(ReceivedStore, AFlagThatComesBackIsNewsUnlessBothFilesLieThere) {
  const ScratchFolder scratch;
  ReceivedStore store = std::move(ReceivedStore::open(scratch.path() / "received.duckdb")).value();
  ASSERT_THAT(store.begin_batch("/tree"), Succeeds());
  ASSERT_THAT(add_all(store, {incoming("a_1", "x"), incoming("a_0", "x")}), Succeeds());
  EXPECT_FALSE(*store.knows(incoming("a_1", "x"), kNothingThere));
  EXPECT_TRUE(*store.knows(incoming("a_1", "x"), [](const FilePlace& place) { return place.path == "a_0"; }));
}

TEST(ReceivedStore, WhatWasNotTouchedIsKnownByItsPathAlone) {
  const ScratchFolder scratch;
  IncomingFile file = incoming("a_1", "x");
  file.format = "claims";
  file.file_identity = "claims:" + file.sha256;   // known only when the file was read
  file.modified_us = 7;
  {
    ReceivedStore store = std::move(ReceivedStore::open(scratch.path() / "received.duckdb")).value();
    ASSERT_THAT(store.begin_batch("/tree"), Succeeds());
    ASSERT_THAT(add_all(store, {file}), Succeeds());
  }
  const ReceivedStore store = std::move(ReceivedStore::open(scratch.path() / "received.duckdb")).value();
  IncomingFile unread = file;
  unread.file_identity = unread.content = unread.sha256 = "";
  EXPECT_TRUE(store.is_untouched(unread));
  unread.modified_us = 8;
  EXPECT_FALSE(store.is_untouched(unread));
  unread.modified_us = 7;
  unread.size_bytes = 2;
  EXPECT_FALSE(store.is_untouched(unread));
  unread.size_bytes = 1;
  unread.format = "dpc";
  EXPECT_FALSE(store.is_untouched(unread)) << "one folder may be loaded as two formats";
}

TEST(ReceivedStore, WhatCannotBeReadTakesNoOtherFilesPlace) {
  const ScratchFolder scratch;
  ReceivedStore store = std::move(ReceivedStore::open(scratch.path() / "received.duckdb")).value();
  ASSERT_THAT(store.begin_batch("/tree"), Succeeds());
  IncomingFile unreadable = incoming("a_1", "");
  unreadable.sha256.clear();
  unreadable.read_error = "no permission";
  ASSERT_THAT(add_all(store, {incoming("a_1", "x"), unreadable}), Succeeds());
  EXPECT_EQ(store.superseded().value(), FileIds{});
  EXPECT_EQ(store.superseded(1).value(), FileIds{});
  ASSERT_THAT(add_all(store, {incoming("a_1", "x")}), Succeeds());
  EXPECT_EQ(store.superseded().value(), (FileIds{1, 2}));
  EXPECT_EQ(store.superseded(2).value(), (FileIds{1, 2}));
}

TEST(ReceivedStore, ABatchThatWasCutShortGoesOn) {
  const ScratchFolder scratch;
  const auto file = scratch.path() / "received.duckdb";
  {
    ReceivedStore store = std::move(ReceivedStore::open(file)).value();
    ASSERT_THAT(store.begin_batch("/tree"), Succeeds());
    ASSERT_THAT(add_all(store, {incoming("a_1", "a")}), Succeeds());
  }  // never finished
  ReceivedStore store = std::move(ReceivedStore::open(file)).value();
  ASSERT_THAT(store.begin_batch("/tree"), Succeeds());
  EXPECT_EQ(store.batch_files(), 1);
  ASSERT_THAT(add_all(store, {incoming("b_1", "b")}), Succeeds());
  ASSERT_THAT(store.finish_batch(), Succeeds());
  EXPECT_EQ(as_integer(*store.database().query("SELECT count(*) FROM batch")), 1);
  // Nothing new: no trace.
  ASSERT_THAT(store.begin_batch("/tree"), Succeeds());
  ASSERT_THAT(store.finish_batch(), Succeeds());
  EXPECT_EQ(as_integer(*store.database().query("SELECT count(*) FROM batch")), 1);
}

TEST(EditedWriter, JoinsADischargeToItsAdmissionByTheAdmissionTime) {
  const ScratchFolder scratch;
  const EditedReader reader = written(
      scratch.path() / "edited.duckdb",
      {admission(1, "2024-06-01"), admission(2, "2024-07-01"), discharge(3, "2024-07-01", "2024-07-09"),
       discharge(4, "2024-08-01", "2024-08-02")});
  EXPECT_EQ(first(reader, "SELECT count(*) FROM ehr_admission"), "3");
  EXPECT_EQ(first(reader, "SELECT CAST(discharged_on AS VARCHAR) FROM ehr_admission WHERE admitted_on = DATE '2024-07-01'"),
            "2024-07-09");
  EXPECT_EQ(first(reader, "SELECT CAST(discharged_on AS VARCHAR) FROM ehr_admission WHERE admitted_on = DATE '2024-06-01'"),
            "NULL");
  EXPECT_EQ(first(reader, "SELECT count(*) FROM ehr_admission WHERE NOT has_admission_message"), "1");
}

TEST(EditedWriter, ADischargeWithoutAdmissionTimeTakesTheLatestOpenAdmission) {
  const ScratchFolder scratch;
  const EditedReader reader = written(
      scratch.path() / "edited.duckdb",
      {admission(1, "2024-06-01"), admission(2, "2024-07-01"), discharge(3, nullptr, "2024-07-09"),
       discharge(4, nullptr, "2024-07-10"), discharge(5, nullptr, "2024-05-02")});
  // One pair; the second discharge finds that admission taken, the third comes before any admission.
  EXPECT_EQ(first(reader, "SELECT count(*) FROM ehr_admission"), "4");
  EXPECT_EQ(first(reader, "SELECT CAST(discharged_on AS VARCHAR) FROM ehr_admission WHERE admitted_on = DATE '2024-07-01'"),
            "2024-07-09");
  EXPECT_EQ(first(reader, "SELECT count(*) FROM ehr_admission WHERE has_admission_message AND NOT has_discharge_message"), "1");
  EXPECT_EQ(first(reader, "SELECT count(*) FROM ehr_admission WHERE NOT has_admission_message"), "2");
}

TEST(EditedWriter, TheNewestSnapshotIsThePatient) {
  const ScratchFolder scratch;
  EditedVisit visit;
  visit.patient_key = "p2";
  visit.visited_on = *parse_iso_date("2024-01-01");
  visit.provenance = {3, 4};
  const EditedReader reader = written(scratch.path() / "edited.duckdb",
                                      {patient("p1", 1, "2024-02-02", "F"), patient("p1", 2, "2024-01-01", "M"), visit});
  EXPECT_EQ(first(reader, "SELECT count(*) FROM ehr_patient"), "2");
  EXPECT_EQ(first(reader, "SELECT sex FROM ehr_patient WHERE patient_key = 'p1'"), "F");
  EXPECT_EQ(first(reader, "SELECT sex FROM ehr_patient WHERE patient_key = 'p2'"), "U");
  EXPECT_EQ(first(reader, "SELECT count(*) FROM finding WHERE check_id = 'patient_without_snapshot'"), "1");
}

TEST(EditedWriter, WhatIsNotFinishedLeavesTheOldLayerInPlace) {
  const ScratchFolder scratch;
  const auto file = scratch.path() / "edited.duckdb";
  { const EditedReader reader = written(file, {patient("p1", 1, "2024-02-02", "F")}); }
  { const auto abandoned = EditedWriter::begin(file); ASSERT_THAT(abandoned, Succeeds()); }
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".part"));
  const EditedReader reader = std::move(EditedReader::open(file)).value();
  EXPECT_EQ(first(reader, "SELECT count(*) FROM ehr_patient"), "1");
  EXPECT_EQ(EditedWriter::origin_of(file)->last_file_id, 1);
}

TEST(EditedReader, OnlyReadsAndOnlyTheEditedLayer) {
  const ScratchFolder scratch;
  const EditedReader reader = written(scratch.path() / "edited.duckdb", {patient("p1", 1, "2024-02-02", "F")});
  EXPECT_FALSE(reader.query("DELETE FROM ehr_patient").ok());
  EXPECT_FALSE(reader.query("SELECT * FROM read_csv('/etc/passwd')").ok());
  EXPECT_FALSE(reader.query("ATTACH '" + (scratch.path() / "other.duckdb").string() + "'").ok());
  EXPECT_FALSE(reader.query("SET enable_external_access = true").ok());
  EXPECT_THAT(reader.query("SELEC"), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(EditedReader::open(scratch.path() / "none.duckdb"), FailsWith(ErrorCode::kNotFound));
}

TEST(EditedReader, AnswersInTheOrderAskedAlsoWhenColumnsAreTurnedIntoText) {
  const ScratchFolder scratch;
  const EditedReader reader = written(scratch.path() / "edited.duckdb", {});
  const auto table = reader.query(
      "SELECT i, TIMESTAMP '2024-01-01 10:00:00' AS t, sum(i) OVER () FROM range(5000) r(i) ORDER BY i DESC");
  ASSERT_THAT(table, Succeeds());
  EXPECT_EQ(table->columns[1], "t");
  ASSERT_EQ(table->rows.size(), 5000U);
  EXPECT_EQ(std::get<std::int64_t>(table->rows[0][0]), 4999);
  EXPECT_EQ(std::get<std::int64_t>(table->rows[4999][0]), 0);
  EXPECT_EQ(std::get<std::string>(table->rows[0][1]), "2024-01-01 10:00:00");
  EXPECT_EQ(std::get<std::string>(table->rows[0][2]), "12497500");
}

TEST(SiteLock, SaysWhoHoldsIt) {
  const ScratchFolder scratch;
  {
    const auto held = SiteLock::acquire(scratch.path(), "site ingest", 0);
    ASSERT_THAT(held, Succeeds());
    const auto refused = SiteLock::acquire(scratch.path(), "site sql", 0);
    ASSERT_THAT(refused, FailsWith(ErrorCode::kUnavailable));
    EXPECT_NE(refused.error().sentence.find("site ingest"), std::string::npos);
  }
  EXPECT_THAT(SiteLock::acquire(scratch.path(), "site sql", 0), Succeeds());
  EXPECT_THAT(SiteLock::acquire(scratch.path() / "none", "x", 0), FailsWith(ErrorCode::kNotFound));
}

}  // namespace
}  // namespace mimamori
