#include "store/edited_writer.h"

#include <span>

#include "base/embedded.h"
#include "base/file.h"
#include "store/database.h"
#include "store/row_appender.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_store_sql();

namespace {

constexpr const char* kAdmissionMessages = "admission_message";
constexpr const char* kPatientMessages = "patient_message";

std::string sql(const char* name) { return std::string(content_of(embedded_store_sql(), name)); }

/// Every table that files feed directly. Patients and admissions are joined at the end.
Result<void> create_tables(const Database& database) {
  TRY(database.run(create_table_sql<EditedPatient>("ehr_patient")));
  TRY(database.run(create_table_sql<EditedPatient>(kPatientMessages)));
  TRY(database.run(create_table_sql<EditedVisit>("ehr_visit")));
  TRY(database.run(create_table_sql<EditedAdmission>("ehr_admission")));
  TRY(database.run(create_table_sql<EditedAdmission>(kAdmissionMessages)));
  TRY(database.run(create_table_sql<EditedDiagnosis>("ehr_diagnosis")));
  TRY(database.run(create_table_sql<EditedPrescription>("ehr_prescription")));
  TRY(database.run(create_table_sql<EditedInjection>("ehr_injection")));
  TRY(database.run(create_table_sql<EditedLabResult>("ehr_lab_result")));
  TRY(database.run(create_table_sql<SourceFile>("source_file")));
  TRY(database.run(create_table_sql<RejectedRecord>("rejected_record")));
  TRY(database.run(create_table_sql<FindingRow>("finding")));
  TRY(database.run(create_table_sql<CodeMapRow>("code_map")));
  TRY(database.run(create_table_sql<UnitRuleRow>("unit_rule")));
  return database.run(sql("sql/edited_schema.sql"));
}

void remove_build(const std::filesystem::path& file) {
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  std::filesystem::remove(file.string() + ".wal", ignored);
}

}  // namespace

struct EditedWriter::Impl {
  std::filesystem::path target;
  std::filesystem::path build;
  Database database;
  RowAppender patients, visits, admissions, diagnoses, prescriptions, injections, lab_results;
  RowAppender source_files, rejected_records, findings, code_map, unit_rules;
  bool finished = false;

  RowAppender& table_of(const EditedPatient&) { return patients; }
  RowAppender& table_of(const EditedVisit&) { return visits; }
  RowAppender& table_of(const EditedAdmission&) { return admissions; }
  RowAppender& table_of(const EditedDiagnosis&) { return diagnoses; }
  RowAppender& table_of(const EditedPrescription&) { return prescriptions; }
  RowAppender& table_of(const EditedInjection&) { return injections; }
  RowAppender& table_of(const EditedLabResult&) { return lab_results; }
};

EditedWriter::EditedWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EditedWriter::EditedWriter(EditedWriter&&) noexcept = default;
EditedWriter& EditedWriter::operator=(EditedWriter&&) noexcept = default;

EditedWriter::~EditedWriter() {
  if (!impl_ || impl_->finished) return;
  const std::filesystem::path build = impl_->build;
  impl_.reset();
  remove_build(build);
}

Result<EditedWriter> EditedWriter::begin(const std::filesystem::path& file) {
  const std::filesystem::path build = file.string() + ".part";
  remove_build(build);  // left by a run that was killed
  Database database = TRY(Database::open(build, Database::Mode::kReadWrite));
  TRY(create_tables(database));
  const duckdb_connection c = database.connection();
  RowAppender patients = TRY(RowAppender::open(c, kPatientMessages));
  RowAppender visits = TRY(RowAppender::open(c, "ehr_visit"));
  RowAppender admissions = TRY(RowAppender::open(c, kAdmissionMessages));
  RowAppender diagnoses = TRY(RowAppender::open(c, "ehr_diagnosis"));
  RowAppender prescriptions = TRY(RowAppender::open(c, "ehr_prescription"));
  RowAppender injections = TRY(RowAppender::open(c, "ehr_injection"));
  RowAppender lab_results = TRY(RowAppender::open(c, "ehr_lab_result"));
  RowAppender source_files = TRY(RowAppender::open(c, "source_file"));
  RowAppender rejected_records = TRY(RowAppender::open(c, "rejected_record"));
  RowAppender findings = TRY(RowAppender::open(c, "finding"));
  RowAppender code_map = TRY(RowAppender::open(c, "code_map"));
  RowAppender unit_rules = TRY(RowAppender::open(c, "unit_rule"));
  return EditedWriter(std::unique_ptr<Impl>(new Impl{
      file, build, std::move(database), std::move(patients), std::move(visits), std::move(admissions),
      std::move(diagnoses), std::move(prescriptions), std::move(injections), std::move(lab_results),
      std::move(source_files), std::move(rejected_records), std::move(findings), std::move(code_map),
      std::move(unit_rules)}));
}

Result<void> EditedWriter::add(const SourceFile& file, const StandardizedFile& standardized) {
  ENSURE(file.records == file.records_accepted + file.records_rejected);
  impl_->source_files.append(file);
  for (const EditedRecord& record : standardized.records) {
    std::visit([&](const auto& row) { impl_->table_of(row).append(row); }, record);
  }
  for (const RejectedRecord& record : standardized.rejected) impl_->rejected_records.append(record);
  for (const Finding& finding : standardized.findings) {
    impl_->findings.append(FindingRow{.file_id = file.file_id,
                                      .segment = finding.segment,
                                      .check_id = finding.check,
                                      .severity = finding.severity,
                                      .field = finding.field,
                                      .sentence = finding.sentence});
  }
  return {};
}

Result<void> EditedWriter::add(const CodeMapRow& row) {
  impl_->code_map.append(row);
  return {};
}

Result<void> EditedWriter::add(const UnitRuleRow& row) {
  impl_->unit_rules.append(row);
  return {};
}

Result<void> EditedWriter::finish(const std::vector<std::vector<Cell>>& batches, const EditedOrigin& origin) {
  for (RowAppender* appender :
       {&impl_->patients, &impl_->visits, &impl_->admissions, &impl_->diagnoses, &impl_->prescriptions,
        &impl_->injections, &impl_->lab_results, &impl_->source_files, &impl_->rejected_records,
        &impl_->findings, &impl_->code_map, &impl_->unit_rules}) {
    TRY(appender->close());
  }
  const Database& database = impl_->database;
  TRY(database.run(sql("sql/join_admissions.sql")));
  TRY(database.run(sql("sql/one_row_per_patient.sql")));
  for (const std::vector<Cell>& batch : batches) {
    TRY(database.query("INSERT INTO batch VALUES ($1, $2::TIMESTAMP, $3::TIMESTAMP)", batch));
  }
  TRY(database.query("INSERT INTO edited_origin VALUES ($1, $2, $3)",
                     {origin.last_file_id, origin.code_map_sha256, origin.program_version}));
  TRY(database.run("CHECKPOINT"));
  const std::filesystem::path target = impl_->target;
  const std::filesystem::path build = impl_->build;
  impl_->finished = true;
  impl_.reset();  // closes the file
  TRY(sync_to_disk(build));
  std::error_code failed;
  std::filesystem::rename(build, target, failed);
  if (failed) return Error{ErrorCode::kIo, "store: cannot rename " + build.string() + ": " + failed.message()};
  return sync_to_disk(target.has_parent_path() ? target.parent_path() : ".");
}

Result<EditedOrigin> EditedWriter::origin_of(const std::filesystem::path& file) {
  const Database database = TRY(Database::open(file, Database::Mode::kReadOnly));
  const CellTable table =
      TRY(database.query("SELECT last_file_id, code_map_sha256, program_version FROM edited_origin"));
  if (table.rows.size() != 1) return Error{ErrorCode::kIo, "store: " + file.string() + " has no origin"};
  const auto& row = table.rows[0];
  return EditedOrigin{.last_file_id = std::get<std::int64_t>(row[0]),
                      .code_map_sha256 = std::get<std::string>(row[1]),
                      .program_version = std::get<std::string>(row[2])};
}

}  // namespace mimamori
