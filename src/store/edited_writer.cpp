#include "store/edited_writer.h"

#include <limits>
#include <map>

#include "base/embedded.h"
#include "base/file.h"
#include "store/database.h"
#include "store/edited_tables.h"
#include "store/row_appender.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_store_sql();

namespace {

std::string sql(const char* name) { return std::string(content_of(embedded_store_sql(), name)); }

/// Whether a row struct has a column.
template <class Row>
bool has_column(std::string_view wanted) {
  bool found = false;
  Row{}.columns([&](const char* name, const auto&) { found = found || name == wanted; });
  return found;
}

/// Every table that files feed directly, and those that are made of them at the end.
Result<void> create_tables(const Database& database) {
  std::string statements = create_table_sql<EditedPatient>(EditedPatient::kTable) + ";" +
                           create_table_sql<EditedAdmission>(EditedAdmission::kTable) + ";";
  for_each_table<EditedTables>(
      [&]<class Row>() { statements += create_table_sql<Row>(appended_table<Row>()) + ";"; });
  TRY(database.run(statements));
  return database.run(sql("sql/edited_schema.sql"));
}

/// Tables of the electronic record: what ehr_patient and ehr_admission are made of, and what speaks of patients.
bool is_of_record(std::string_view table) { return table.starts_with("ehr_") || table.ends_with("_message"); }

Error needs_new_layer() {
  return Error{ErrorCode::kConflict, "store: what was joined cannot be told apart again; the edited layer is to be built anew"};
}

void remove_build(const std::filesystem::path& file) {
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  std::filesystem::remove(file.string() + ".wal", ignored);
}

}  // namespace

struct EditedWriter::Impl {
  std::filesystem::path target;
  std::filesystem::path build;      // empty: in place, inside a transaction
  Database database;
  std::int64_t last_file_id = -1;   // of the mark when this began; rows of rule files are of file 0
  std::map<std::string_view, RowAppender> appenders{};
  std::vector<RowAppender*> of_record{};   // by the index of EditedRecord
  FileIds taken_back{};
  bool finished = false;

  Result<void> open_appenders();
  Result<void> append_file_ids(const char* table, const FileIds& files);
  Result<void> run_for_tables(const char* column, const std::function<std::string(const std::string&)>& statement);
  Result<void> merge_patients();
  Result<void> settle(const FileIds& superseded, const std::vector<FormatCheck>& checks);
  Result<void> note_batches(const std::vector<std::vector<Cell>>& batches, const EditedOrigin& origin);
};

EditedWriter::EditedWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EditedWriter::EditedWriter(EditedWriter&&) noexcept = default;
EditedWriter& EditedWriter::operator=(EditedWriter&&) noexcept = default;

EditedWriter::~EditedWriter() {
  if (!impl_ || impl_->finished) return;
  const std::filesystem::path build = impl_->build;
  impl_.reset();  // a transaction that was not committed is undone
  if (!build.empty()) remove_build(build);
}

Result<void> EditedWriter::Impl::open_appenders() {
  Result<void> outcome;
  for_each_table<EditedTables>([&]<class Row>() {
    Result<RowAppender> opened = RowAppender::open(database.connection(), appended_table<Row>());
    if (opened.ok()) {
      appenders.emplace(appended_table<Row>(), std::move(opened).value());
    } else if (outcome.ok()) {
      outcome = opened.error();
    }
  });
  TRY(outcome);
  for_each_table<TypesOf<EditedRecord>::Tuple>(
      [&]<class Row>() { of_record.push_back(&appenders.at(appended_table<Row>())); });
  return {};
}

Result<EditedWriter> EditedWriter::begin(const std::filesystem::path& file) {
  const std::filesystem::path build = file.string() + ".part";
  remove_build(build);  // left by a run that was killed
  Database database = TRY(Database::open(build, Database::Mode::kReadWrite));
  TRY(create_tables(database));
  auto impl = std::unique_ptr<Impl>(new Impl{.target = file, .build = build, .database = std::move(database)});
  TRY(impl->open_appenders());
  return EditedWriter(std::move(impl));
}

Result<EditedWriter> EditedWriter::resume(const std::filesystem::path& file) {
  const EditedOrigin origin = TRY(origin_of(file));
  Database database = TRY(Database::open(file, Database::Mode::kReadWrite));
  TRY(database.run("BEGIN TRANSACTION"));
  auto impl = std::unique_ptr<Impl>(new Impl{
      .target = file, .build = {}, .database = std::move(database), .last_file_id = origin.last_file_id});
  TRY(impl->open_appenders());
  return EditedWriter(std::move(impl));
}

Result<void> EditedWriter::add(const SourceFile& file, const StandardizedFile& standardized) {
  ENSURE(file.records == file.records_accepted + file.records_rejected + file.records_refused);
  impl_->appenders.at(SourceFile::kTable).append(file);
  for (const EditedRecord& record : standardized.records) {
    std::visit([&](const auto& row) { impl_->of_record[record.index()]->append(row); }, record);
  }
  append(standardized.rejected);
  RowAppender& findings = impl_->appenders.at(FindingRow::kTable);
  for (const Finding& finding : standardized.findings) {
    findings.append(FindingRow{.file_id = file.file_id,
                               .segment = finding.segment,
                               .check_id = finding.check,
                               .severity = finding.severity,
                               .field = finding.field,
                               .sentence = finding.sentence});
  }
  return {};
}

template <class Row>
void EditedWriter::append(const std::vector<Row>& rows) {
  if (rows.empty()) return;
  RowAppender& appender = impl_->appenders.at(appended_table<Row>());
  for (const Row& row : rows) appender.append(row);
}

template void EditedWriter::append(const std::vector<SourceFile>&);
template void EditedWriter::append(const std::vector<SourceDocument>&);
template void EditedWriter::append(const std::vector<RejectedRecord>&);
template void EditedWriter::append(const std::vector<FindingRow>&);
template void EditedWriter::append(const std::vector<CodeMapRow>&);
template void EditedWriter::append(const std::vector<UnitRuleRow>&);
template void EditedWriter::append(const std::vector<EditedPatientMerge>&);
template void EditedWriter::append(const std::vector<EditedPatient>&);
template void EditedWriter::append(const std::vector<EditedVisit>&);
template void EditedWriter::append(const std::vector<EditedAdmission>&);
template void EditedWriter::append(const std::vector<EditedDiagnosis>&);
template void EditedWriter::append(const std::vector<EditedPrescription>&);
template void EditedWriter::append(const std::vector<EditedLabResult>&);
template void EditedWriter::append(const std::vector<ClaimHeader>&);
template void EditedWriter::append(const std::vector<ClaimVisit>&);
template void EditedWriter::append(const std::vector<ClaimDiagnosis>&);
template void EditedWriter::append(const std::vector<ClaimBillingUnit>&);
template void EditedWriter::append(const std::vector<ClaimManagementFee>&);
template void EditedWriter::append(const std::vector<ClaimSurgery>&);
template void EditedWriter::append(const std::vector<ClaimProcedure>&);
template void EditedWriter::append(const std::vector<ClaimDevice>&);
template void EditedWriter::append(const std::vector<ClaimDrug>&);
template void EditedWriter::append(const std::vector<ClaimReturn>&);
template void EditedWriter::append(const std::vector<DpcPatient>&);
template void EditedWriter::append(const std::vector<DpcStay>&);
template void EditedWriter::append(const std::vector<DpcDiagnosis>&);
template void EditedWriter::append(const std::vector<DpcSurgery>&);
template void EditedWriter::append(const std::vector<DpcItem>&);
template void EditedWriter::append(const std::vector<DpcCharge>&);
template void EditedWriter::append(const std::vector<DpcProcedure>&);
template void EditedWriter::append(const std::vector<DpcDrug>&);
template void EditedWriter::append(const std::vector<DpcDevice>&);
template void EditedWriter::append(const std::vector<DpcComment>&);
template void EditedWriter::append(const std::vector<DpcBundle>&);
template void EditedWriter::append(const std::vector<DpcNursing>&);
template void EditedWriter::append(const std::vector<OmopRecord>&);
template void EditedWriter::append(const std::vector<OmopProcedure>&);
template void EditedWriter::append(const std::vector<OmopObservation>&);
template void EditedWriter::append(const std::vector<OmopDevice>&);
template void EditedWriter::append(const std::vector<OmopDeath>&);
template void EditedWriter::append(const std::vector<OmopObservationPeriod>&);
template void EditedWriter::append(const std::vector<OmopConcept>&);
template void EditedWriter::append(const std::vector<OmopConceptAncestor>&);
template void EditedWriter::append(const std::vector<OmopConceptRelationship>&);

void EditedWriter::take_back(std::int64_t file_id) { impl_->taken_back.insert(file_id); }

Result<void> EditedWriter::Impl::append_file_ids(const char* table, const FileIds& files) {
  RowAppender appender = TRY(RowAppender::open(database.connection(), table));
  for (const std::int64_t file_id : files) appender.append_number(file_id);
  return appender.close();
}

/// Runs one statement for every table with a column, the two made of messages aside; none where it is empty.
Result<void> EditedWriter::Impl::run_for_tables(const char* column,
                                                const std::function<std::string(const std::string&)>& statement) {
  std::vector<std::string> statements;
  for_each_table<EditedTables>([&]<class Row>() {
    const std::string_view table = appended_table<Row>();
    if (table == SourceFile::kTable || table == SourceDocument::kTable) return;  // they say what became of the rest
    if (has_column<Row>(column)) statements.push_back(statement(std::string(table)));
  });
  for (const std::string& one : statements) {
    if (!one.empty()) TRY(database.run(one));
  }
  return {};
}

/// Gives the rows of merged patient numbers to the number that stays. What was given away cannot be told apart
/// again, so a merge that is corrected or withdrawn asks for a new layer.
Result<void> EditedWriter::Impl::merge_patients() {
  const std::string corrected =
      "SELECT count(*) FROM patient_merge m JOIN patient_merge before ON m.old_key = before.old_key "
      "WHERE m.file_id > $1 AND before.file_id <= $1 AND m.new_key <> before.new_key";
  const std::int64_t corrections = TRY(database.count(corrected, {last_file_id}));
  if (last_file_id > 0 && corrections > 0) return needs_new_layer();
  TRY(database.run(sql("sql/find_merges.sql")));
  const std::int64_t circles = TRY(database.count(
      "SELECT count(*) FROM patient_merge WHERE file_id > $1 AND old_key NOT IN (SELECT old_key FROM survivor)", {last_file_id}));
  if (last_file_id > 0 && circles > 0) return needs_new_layer();   // numbers were given away that are now to stay
  const std::int64_t survivors = TRY(database.count("SELECT count(*) FROM survivor"));
  if (survivors == 0) return {};
  return run_for_tables("patient_key", [](const std::string& table) {
    return "UPDATE " + table + " SET patient_key = survivor.new_key FROM survivor WHERE " + table +
           ".patient_key = survivor.old_key";
  });
}

Result<void> EditedWriter::Impl::settle(const FileIds& superseded, const std::vector<FormatCheck>& checks) {
  TRY(database.query("INSERT INTO edited_since VALUES ($1)", {last_file_id}));
  TRY(append_file_ids("superseded_now", superseded));
  TRY(append_file_ids("taken_back", taken_back));
  TRY(database.run(sql("sql/find_gone.sql")));
  TRY(run_for_tables("patient_key", [](const std::string& table) {
    if (!is_of_record(table)) return std::string();
    return "INSERT INTO affected SELECT DISTINCT patient_key FROM " + table +
           " WHERE file_id > (SELECT file_id FROM edited_since)";
  }));
  const std::int64_t merges_gone = TRY(database.count("SELECT count(*) FROM patient_merge JOIN gone USING (file_id)"));
  // Units of laboratory results were taken from the concepts that are replaced.
  const std::int64_t concepts_gone = TRY(database.count("SELECT count(*) FROM omop_concept JOIN gone USING (file_id)"));
  if (last_file_id > 0 && merges_gone + concepts_gone > 0) return needs_new_layer();
  const std::int64_t places_gone = TRY(database.count("SELECT count(*) FROM gone"));
  if (places_gone > 0) {
    const auto gone_rows = [](const std::string& table) {
      return " FROM " + table + " t ASOF JOIN gone g ON t.file_id = g.file_id AND t.segment >= g.first_segment "
             "WHERE t.segment <= g.last_segment AND t.file_id >= (SELECT min(file_id) FROM gone)";
    };
    TRY(run_for_tables("patient_key", [&](const std::string& table) {
      return is_of_record(table) ? "INSERT INTO affected SELECT DISTINCT t.patient_key" + gone_rows(table) : std::string();
    }));
    TRY(run_for_tables("segment", [&](const std::string& table) {
      return "DELETE FROM " + table + " WHERE rowid IN (SELECT t.rowid" + gone_rows(table) + ")";
    }));
  }
  TRY(merge_patients());
  TRY(database.run(sql("sql/join_admissions.sql")));
  std::string mentions;
  TRY(run_for_tables("patient_key", [&](const std::string& table) {
    if (is_of_record(table)) {
      mentions += (mentions.empty() ? "" : " UNION ALL ") + std::string("SELECT patient_key, file_id, segment FROM ") + table;
    }
    return std::string();
  }));
  TRY(database.run("CREATE TEMP VIEW mentioned AS " + mentions));
  TRY(database.run(sql("sql/one_row_per_patient.sql")));
  for (const auto& [format, statements] : checks) {
    const std::int64_t files = TRY(database.count("SELECT count(*) FROM source_file WHERE format = $1", {std::string(format)}));
    if (files > 0) TRY(database.run(std::string(statements)));
  }
  return {};
}

Result<void> EditedWriter::Impl::note_batches(const std::vector<std::vector<Cell>>& batches, const EditedOrigin& origin) {
  TRY(database.run("DELETE FROM batch; DELETE FROM edited_origin"));
  for (const std::vector<Cell>& batch : batches) {
    TRY(database.query("INSERT INTO batch VALUES ($1, $2::TIMESTAMP, $3::TIMESTAMP)", batch));
  }
  TRY(database.query("INSERT INTO edited_origin VALUES ($1, $2, $3)",
                     {origin.last_file_id, origin.rules_sha256, origin.program_version}));
  return {};
}

Result<void> EditedWriter::finish(const FileIds& superseded, const std::vector<std::vector<Cell>>& batches,
                                  const EditedOrigin& origin, const std::vector<FormatCheck>& checks) {
  for (auto& [table, appender] : impl_->appenders) TRY(appender.close());
  impl_->appenders.clear();
  const bool is_new = !impl_->build.empty();
  if (is_new) TRY(impl_->database.run("BEGIN TRANSACTION"));
  TRY(impl_->database.run(sql("sql/begin_settling.sql")));
  TRY(impl_->settle(superseded, checks));
  TRY(impl_->note_batches(batches, origin));
  TRY(impl_->database.run("COMMIT"));
  TRY(impl_->database.run("CHECKPOINT"));
  const std::filesystem::path target = impl_->target;
  const std::filesystem::path build = impl_->build;
  impl_->finished = true;
  impl_.reset();  // closes the file
  if (!is_new) return {};
  TRY(sync_to_disk(build));
  std::error_code failed;
  std::filesystem::rename(build, target, failed);
  if (failed) return Error{ErrorCode::kIo, "store: cannot rename " + build.string() + ": " + failed.message()};
  return sync_to_disk(target.has_parent_path() ? target.parent_path() : ".");
}

Result<EditedOrigin> EditedWriter::origin_of(const std::filesystem::path& file) {
  const Database database = TRY(Database::open(file, Database::Mode::kReadOnly));
  const CellTable table =
      TRY(database.query("SELECT last_file_id, rules_sha256, program_version FROM edited_origin"));
  if (table.rows.size() != 1) return Error{ErrorCode::kIo, "store: " + file.string() + " has no origin"};
  const auto& row = table.rows[0];
  return EditedOrigin{.last_file_id = std::get<std::int64_t>(row[0]),
                      .rules_sha256 = std::get<std::string>(row[1]),
                      .program_version = std::get<std::string>(row[2])};
}

}  // namespace mimamori
