// A synthetic hospital with all three sources: every count that its writer gives is found again with SQL, and
// what was loaded does not depend on the order or the number of loads.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "base/file.h"
#include "serve/site_query.h"
#include "serve/testing_site.h"
#include "standardize/patient_keys.h"
#include "synth/cohort.h"
#include "synth/hospital.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

constexpr int kPatients = 80;  // one of them, number 78, has a stay whose form 1 comes again

class AllSources : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch_ = std::make_unique<ScratchFolder>();
    HospitalOptions options;
    options.patients = kPatients;
    options.seed = 5;
    options.estimand_persons = 0;
    const auto written = write_hospital(folder(), options);
    ASSERT_THAT(written, Succeeds());
    written_ = *written;
    site_ = site_at(scratch_->path() / "site");
    load(site_, everything());
  }
  static void TearDownTestSuite() { scratch_.reset(); }

  static fs::path folder() { return scratch_->path() / "hospital"; }
  static fs::path new_folder(const std::string& name) { return scratch_->path() / name; }
  static IngestOptions everything() {
    return {.ssmix2_root = written_.storage_root,
            .claims_root = folder() / "claims",
            .dpc_root = folder() / "dpc",
            .code_map = folder() / "code_map.csv"};
  }
  static std::string key_of(int patient) {
    const Secret secret = *read_site_key(site_);
    return *PatientKeys(secret).key_of(PatientNumberSource::kRecord, simulated_patient_number(patient));
  }

  static inline std::unique_ptr<ScratchFolder> scratch_;
  static inline HospitalSummary written_;
  static inline Site site_;
};

/// What the writer counted, and the same in SQL.
struct Counted {
  const char* group;
  const char* name;
  std::string sql;
};

std::string lines_of(const std::string& table, const std::string& record_type) {
  return "SELECT count(DISTINCT (file_id, segment)) FROM " + table + " WHERE record_type = '" + record_type +
         "'";
}
std::string days_of(const std::string& table, const std::string& record_type) {
  return "SELECT count(*) FROM " + table + " WHERE date_precision = 'day' AND record_type = '" + record_type +
         "'";
}

std::vector<Counted> claims_counts() {
  const std::string files = " FROM source_file WHERE format = 'claims'";
  const std::string documents =
      "SELECT count(*) FROM source_document JOIN source_file USING (file_id) WHERE kind IN ('claim', "
      "'dpc_claim')";
  const std::string claims = "SELECT count(*) FROM claim_claim WHERE ";
  return {
      {"claims", "files", "SELECT count(*)" + files},
      {"claims", "bytes", "SELECT sum(size_bytes)" + files},
      {"claims", "claims", documents},
      {"claims", "claims_in_era_dates", documents + " AND message_type = 'era'"},
      {"claims", "lines_without_code", "SELECT sum(records_rejected)" + files},
      {"claims", "current", claims + "true"},
      {"claims", "current_dpc", claims + "claim_kind = 'dpc'"},
      {"claims", "current_inpatient", claims + "claim_kind = 'medical' AND is_inpatient"},
      {"claims", "current_outpatient", claims + "NOT is_inpatient"},
      {"claims", "current_points", "SELECT sum(total_points) FROM claim_claim"},
      {"claims", "current_visit_days", "SELECT sum(visit_days) FROM claim_claim WHERE NOT is_inpatient"},
      {"claims", "billed_again", claims + "is_rebilled"},
      {"claims", "billed_late",
       claims + "NOT is_rebilled AND billing_month > service_month + INTERVAL 1 MONTH"},
      {"claims", "patients", "SELECT count(DISTINCT patient_key) FROM claim_claim"},
      {"claims", "stays_bundled",
       "SELECT count(DISTINCT patient_key) FROM claim_claim WHERE claim_kind = 'dpc'"},
      {"claims", "stays_by_fee",
       "SELECT count(DISTINCT patient_key) FROM claim_claim WHERE claim_kind = 'medical' AND is_inpatient"},
      {"claims_lines", "RE", documents},
      {"claims_lines", "IR", "SELECT count(*)" + files},
      {"claims_lines", "GO", "SELECT count(*)" + files},
  };
}

std::vector<Counted> claims_rows() {
  std::vector<Counted> counts = {
      {"claims_current_rows", "drug", lines_of("claim_drug", "IY")},
      {"claims_current_rows", "device", lines_of("claim_device", "TO")},
      {"claims_current_rows", "diagnosis", lines_of("claim_diagnosis", "SY")},
      {"claims_current_rows", "diagnosis_suspected",
       lines_of("claim_diagnosis", "SY") + " AND is_suspected AND modifier_codes LIKE '%8002'"},
      {"claims_current_rows", "diagnosis_suspected_by_name",
       lines_of("claim_diagnosis", "SY") + " AND is_suspected AND modifier_codes IS NULL"},
      {"claims_current_rows", "dpc_diagnosis", lines_of("claim_diagnosis", "SB")},
      {"claims_current_rows", "dpc_diagnosis_suspected",
       lines_of("claim_diagnosis", "SB") + " AND is_suspected AND modifier_codes LIKE '%8002'"},
      {"claims_current_rows", "dpc_surgery", lines_of("claim_surgery", "SK")},
      {"claims_current_rows", "content_drug", lines_of("claim_drug", "CD")},
      {"claims_current_rows", "content_device", lines_of("claim_device", "CD")},
      {"claims_current_rows", "prescription_elsewhere",
       lines_of("claim_procedure", "SI") + " AND procedure_code = '120002910'"},
      {"claims_current_rows", "without_code",
       "SELECT count(*) FROM rejected_record JOIN source_file USING (file_id) WHERE format = 'claims'"},
      {"claims_current_days", "drug", days_of("claim_drug", "IY")},
      {"claims_current_days", "device", days_of("claim_device", "TO")},
      {"claims_current_days", "drug_days_supplied",
       "SELECT sum(days_supply) FROM claim_drug WHERE record_type = 'IY'"},
      {"claims_current_days", "prescription_elsewhere",
       days_of("claim_procedure", "SI") + " AND procedure_code = '120002910'"},
  };
  for (const char* category : {"management_fee", "procedure", "surgery"}) {
    const std::string table = std::string("claim_") + category;
    counts.push_back({"claims_current_rows", category, lines_of(table, "SI")});
    counts.push_back({"claims_current_days", category, days_of(table, "SI")});
  }
  counts.push_back({"claims_current_rows", "content_management_fee", lines_of("claim_management_fee", "CD")});
  counts.push_back({"claims_current_rows", "content_procedure", lines_of("claim_procedure", "CD")});
  counts.push_back({"claims_current_rows", "content_surgery", lines_of("claim_surgery", "CD")});
  return counts;
}

void add_ef_counts(const char* group, const std::string& kind, std::vector<Counted>& counts) {
  const auto rows = [&](const char* table) {
    return std::string("SELECT count(*) FROM ") + table + " WHERE file_kind = '" + kind + "'";
  };
  const std::string files = " FROM source_file WHERE data_type = '" + kind + "'";
  counts.push_back({group, "rows_e", rows("dpc_charge")});
  counts.push_back(
      {group, "points", "SELECT sum(points * times) FROM dpc_charge WHERE file_kind = '" + kind + "'"});
  counts.push_back({group, "rows_act", rows("dpc_procedure")});
  counts.push_back({group, "rows_drug", rows("dpc_drug")});
  counts.push_back({group, "rows_drug_brought_in", rows("dpc_drug") + " AND brought_in <> '0'"});
  counts.push_back({group, "rows_drug_elsewhere", rows("dpc_drug") + " AND is_dispensed_outside"});
  counts.push_back({group, "rows_device", rows("dpc_device")});
  counts.push_back({group, "rows_comment", rows("dpc_comment")});
  counts.push_back({group, "rows_wrong_columns", "SELECT sum(records_rejected)" + files});
  counts.push_back({group, "rows_f",
                    "SELECT (" + rows("dpc_procedure") + ") + (" + rows("dpc_drug") + ") + (" +
                        rows("dpc_device") + ") + (" + rows("dpc_comment") + ")"});
}

std::vector<Counted> dpc_counts() {
  const std::string diagnoses = "SELECT count(*) FROM dpc_diagnosis WHERE role ";
  std::vector<Counted> counts = {
      {"dpc", "files", "SELECT count(*) FROM source_file WHERE format = 'dpc'"},
      {"dpc", "bytes", "SELECT sum(size_bytes) FROM source_file WHERE format = 'dpc'"},
      {"dpc_efn", "stays",
       "SELECT count(DISTINCT (patient_key, admitted_on)) FROM dpc_charge WHERE file_kind = 'EFn'"},
      {"dpc_efn", "stays_over_a_month_end",
       "SELECT count(*) FROM dpc_stay WHERE date_trunc('month', admitted_on) <> date_trunc('month', "
       "discharged_on)"},
      {"dpc_efg", "visits",
       "SELECT count(DISTINCT (patient_key, performed_on)) FROM dpc_charge WHERE file_kind = 'EFg'"},
      {"dpc_efg", "rows_sy", diagnoses + "= 'outpatient'"},
      {"dpc_efg", "rows_sy_suspected", diagnoses + "= 'outpatient' AND is_suspected"},
      {"dpc_d", "rows", "SELECT count(*) FROM dpc_bundle"},
      {"dpc_form1", "rows", "SELECT sum(records) FROM source_file WHERE data_type = 'FF1'"},
      {"dpc_form1", "stays", "SELECT count(*) FROM dpc_stay"},
      {"dpc_form1", "stays_corrected",
       "SELECT count(*) FROM source_document WHERE kind = 'form1_stay' AND NOT is_current"},
      {"dpc_form1_current", "rows",
       "SELECT sum(records) FROM source_document WHERE kind = 'form1_stay' AND is_current"},
      {"dpc_form1_current", "diagnoses", diagnoses + "<> 'outpatient'"},
      {"dpc_form1_current", "diagnoses_suspected", diagnoses + "<> 'outpatient' AND is_suspected"},
      {"dpc_form1_current", "diagnoses_in_hospital", diagnoses + "= 'in_hospital_onset'"},
      {"dpc_form1_current", "operations", "SELECT count(*) FROM dpc_surgery"},
  };
  add_ef_counts("dpc_efn", "EFn", counts);
  add_ef_counts("dpc_efg", "EFg", counts);
  return counts;
}

/// What the edited layer does not hold line by line; the sums below cover the lines.
const std::set<std::string> kNotInTheLayer = {
    "claims.points_of_files",       // GO totals are compared while a file is read
    "claims.exported_twice",        // asked below, by the versions of claims
    "claims_current_rows.comment",  // comments are not kept
    "claims_current_rows.ward_label", "claims_current_days.ward_label",
};

TEST_F(AllSources, EveryCountOfTheWriterIsFoundAgain) {
  std::set<std::string> asked = kNotInTheLayer;
  for (const auto& counts : {claims_counts(), claims_rows(), dpc_counts()}) {
    for (const Counted& count : counts) {
      asked.insert(std::string(count.group) + "." + count.name);
      const auto& group = written_.tables.at(count.group);
      const auto expected = group.find(count.name);
      EXPECT_EQ(std::max<std::int64_t>(number(site_, count.sql), 0),
                expected == group.end() ? 0 : expected->second)
          << count.group << "." << count.name << ": " << count.sql;
    }
  }
  for (const auto& [group, counts] : written_.tables) {
    if (group == "claims_lines") continue;
    for (const auto& [name, count] : counts)
      EXPECT_TRUE(asked.contains(group + "." + name)) << group << "." << name;
  }
}

TEST_F(AllSources, TheHospitalHasWhatTheCountsAreAbout) {
  for (const char* name : {"billed_late", "billed_again", "exported_twice", "stays_by_fee", "stays_bundled"})
    EXPECT_GT(written_.tables.at("claims").at(name), 0) << name;
  EXPECT_GT(written_.tables.at("claims").at("lines_without_code"), 0);
  EXPECT_GT(written_.tables.at("dpc_form1").at("stays_corrected"), 0);
  EXPECT_GT(written_.tables.at("dpc_efn").at("rows_wrong_columns"), 0);
  EXPECT_GT(written_.tables.at("dpc_efg").at("rows_drug_elsewhere"), 0);
}

TEST_F(AllSources, EveryLineOfAClaimsFileIsCounted) {
  const auto& lines = written_.tables.at("claims_lines");
  std::int64_t all = 0;
  for (const auto& [record, count] : lines) all += count;
  std::int64_t content = lines.at("RE");  // a claim is a record, and every line with content is one
  for (const char* record : {"SY", "SB", "SI", "IY", "TO", "CD", "SK"}) content += lines.at(record);
  const std::string files = " FROM source_file WHERE format = 'claims'";
  // The end-of-file mark stands on a line of its own.
  EXPECT_EQ(number(site_, "SELECT sum(segments)" + files), all + written_.tables.at("claims").at("files"));
  EXPECT_EQ(number(site_, "SELECT sum(records)" + files), content);
  EXPECT_EQ(number(site_, "SELECT sum(records_accepted)" + files),
            content - written_.tables.at("claims").at("lines_without_code"));
}

TEST_F(AllSources, OfAClaimExportedTwiceOrBilledAgainTheLatestVersionIsCurrent) {
  const auto& claims = written_.tables.at("claims");
  EXPECT_EQ(
      number(site_,
             "SELECT count(*) FROM source_document WHERE kind IN ('claim', 'dpc_claim') AND NOT is_current"),
      claims.at("billed_again") + claims.at("exported_twice"));
  EXPECT_EQ(
      number(
          site_,
          "SELECT count(*) FROM (SELECT claim_key FROM claim_claim GROUP BY claim_key HAVING count(*) > 1)"),
      0);
  // Points were planted so that rows add up to the claim.
  EXPECT_EQ(number(site_,
                   "SELECT count(*) FROM claim_claim WHERE points_from_rows + coalesce(bundled_points, 0) <> "
                   "total_points"),
            0);
}

TEST_F(AllSources, TheElectronicRecordHasTheRowsThatItsWriterExpects) {
  for (const auto& [table, rows] : written_.expected_rows) {
    EXPECT_EQ(number(site_, "SELECT count(*) FROM " + table), rows) << table;
  }
  for (const auto& [fate, files] : written_.files_by_fate) {
    EXPECT_EQ(
        number(site_, "SELECT count(*) FROM source_file WHERE format = 'ssmix2' AND status = '" + fate + "'"),
        files)
        << fate;
  }
  EXPECT_EQ(
      number(site_, "SELECT count(*) FROM source_file WHERE format <> 'ssmix2' AND status <> 'accepted'"), 0);
}

TEST_F(AllSources, OneKeyJoinsTheThreeSources) {
  EXPECT_EQ(number(site_, "SELECT count(*) FROM patient"), kPatients);
  EXPECT_EQ(number(site_, "SELECT count(*) FROM patient WHERE has_record"), kPatients);
  EXPECT_EQ(number(site_, "SELECT count(*) FROM patient WHERE has_claims"),
            written_.tables.at("claims").at("patients"));
  EXPECT_EQ(number(site_, "SELECT count(*) FROM patient WHERE has_dpc"),
            written_.tables.at("dpc_form1").at("stays"));
  for (const char* table : {"dpc_charge", "dpc_drug", "dpc_bundle", "dpc_diagnosis", "claim_drug"}) {
    EXPECT_EQ(number(site_, std::string("SELECT count(*) FROM ") + table +
                                " ANTI JOIN ehr_patient USING (patient_key)"),
              0)
        << table;
  }
  // The three sources agree on who the patient is.
  EXPECT_EQ(number(site_,
                   "SELECT count(*) FROM ehr_patient e JOIN dpc_patient d USING (patient_key) JOIN "
                   "claim_claim c USING "
                   "(patient_key) WHERE e.birth_date <> d.birth_date OR e.birth_date <> c.birth_date OR "
                   "e.sex <> d.sex OR e.sex <> c.sex"),
            0);
  EXPECT_EQ(number(site_, "SELECT count(*) FROM claim_claim WHERE patient_key_source <> 'chart'"), 0);
}

TEST_F(AllSources, ASecondLoadChangesNothing) {
  const std::string before = *digest_site(site_);
  const IngestSummary again = load(site_, everything());
  EXPECT_EQ(again.files_received, 0);
  EXPECT_GT(again.files_seen, 0);
  EXPECT_FALSE(again.edited_changed);
  EXPECT_EQ(*digest_site(site_), before);
}

// Claims arrive a few months at a time, in a folder that grows. Versions of a claim are up to two months
// apart.
TEST_F(AllSources, TheLatestVersionOfAClaimWinsInWhateverOrderItsMonthsCome) {
  std::vector<fs::path> months;
  for (const auto& entry : fs::directory_iterator(folder() / "claims"))
    months.push_back(entry.path().filename());
  std::ranges::sort(months);
  constexpr std::size_t kMonthsAtATime = 6;
  ASSERT_GT(months.size(), 3 * kMonthsAtATime);
  for (const bool is_backwards : {false, true}) {
    if (is_backwards) std::ranges::reverse(months);
    const std::string name = is_backwards ? "backwards" : "forwards";
    const Site other = site_at(new_folder(name + "-site"), &site_);
    const fs::path root = new_folder(name);
    std::int64_t received = 0;
    for (std::size_t i = 0; i < months.size(); ++i) {
      fs::create_directories(root);
      fs::copy(folder() / "claims" / months[i], root / months[i], fs::copy_options::recursive);
      const bool is_delivered = i % kMonthsAtATime == kMonthsAtATime - 1 || i + 1 == months.size();
      if (is_delivered) received += load(other, {.claims_root = root}).files_received;
    }
    EXPECT_EQ(received, written_.tables.at("claims").at("files"));
    expect_same_content(site_, other, "claim_%");
    EXPECT_EQ(
        texts(site_,
              "SELECT document_key || version_rank || is_current FROM source_document WHERE kind <> "
              "'form1_stay' ORDER BY 1"),
        texts(other, "SELECT document_key || version_rank || is_current FROM source_document ORDER BY 1"));
  }
}

TEST_F(AllSources, TheLatestFormOfAStayWinsInWhateverOrderItsFilesCome) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder() / "dpc")) {
    if (entry.path().filename().string().starts_with("FF1")) files.push_back(entry.path());
  }
  std::ranges::sort(files, std::greater<>());
  const Site other = site_at(new_folder("forms-site"), &site_);
  const fs::path root = new_folder("forms");
  fs::create_directories(root);
  for (const fs::path& file : files) {
    fs::copy_file(file, root / file.filename());
    load(other, {.dpc_root = root});
  }
  for (const char* table : {"dpc_stay", "dpc_patient", "dpc_surgery", "dpc_item"})
    expect_same_content(site_, other, table);
}

/// Records of a patient by source, as the rows in the layer say; each row of these tables is a record of a
/// file.
std::int64_t records_of(const Site& site, const std::string& format, const std::string& key) {
  const std::string is_theirs = " WHERE patient_key = '" + key + "'";
  std::int64_t records = 0;
  if (format == "claims") {
    return number(
        site,
        "SELECT sum(records) FROM source_document WHERE document_key IN (SELECT claim_key FROM claim_claim" +
            is_theirs + ")");
  }
  if (format == "dpc") {
    for (const char* table :
         {"dpc_charge", "dpc_procedure", "dpc_drug", "dpc_device", "dpc_comment", "dpc_bundle"})
      records += number(site, std::string("SELECT count(*) FROM ") + table + is_theirs);
    records += number(site, "SELECT count(*) FROM dpc_diagnosis" + is_theirs + " AND role = 'outpatient'");
    return records +
           std::max<std::int64_t>(
               0, number(site,
                         "SELECT sum(records) FROM source_document d WHERE kind = 'form1_stay' AND EXISTS "
                         "(SELECT 1 FROM dpc_stay s" +
                             is_theirs +
                             " AND s.file_id = d.file_id AND s.segment BETWEEN d.first_segment AND "
                             "d.last_segment)"));
  }
  for (const std::string& table : tables_of(site)) {
    const bool is_made = table == "ehr_patient" || table == "ehr_admission";
    const bool is_message = table == "patient_message" || table == "admission_message";
    if (is_message || (table.starts_with("ehr_") && !is_made))
      records += number(site, "SELECT count(*) FROM " + table + is_theirs);
  }
  return records;
}

std::int64_t rows_with(const Site& site, const std::string& key) {
  std::string sql;
  for (const std::string& table : tables_of(site))
    sql += (sql.empty() ? "SELECT CAST(t AS VARCHAR) AS line FROM "
                        : " UNION ALL SELECT CAST(t AS VARCHAR) FROM ") +
           table + " t";
  return number(site, "SELECT count(*) FROM (" + sql + ") WHERE contains(line, '" + key + "')");
}

// 5 has claims and visits; 28 a stay billed by the act as well, and a child form.
TEST_F(AllSources, WhoRefusedIsNowhereAndIsCountedAndMayComeBack) {
  const Site site = site_at(new_folder("refusing"), &site_);
  load(site, everything());
  const std::vector<int> patients = {5, 28};
  std::map<std::string, std::int64_t> expected;
  for (const int patient : patients) {
    EXPECT_GT(rows_with(site, key_of(patient)), 0);
    for (const char* format : {"ssmix2", "claims", "dpc"}) {
      const std::int64_t records = records_of(site, format, key_of(patient));
      EXPECT_GT(records, 0) << format;
      expected[format] += records;
    }
  }
  const fs::path list = new_folder("refusals.csv");
  std::ofstream(list) << "patient_number,refused_on\n"
                      << simulated_patient_number(5) << ",2024-02-01\n"
                      << simulated_patient_number(28).substr(2)
                      << ",2024-02-01\n";  // zeros in front do not matter
  IngestOptions options = everything();
  options.refusals = list;
  EXPECT_EQ(load(site, options).refusals, 2);
  for (const int patient : patients) EXPECT_EQ(rows_with(site, key_of(patient)), 0);
  for (const auto& [format, records] : expected) {
    EXPECT_EQ(number(site, "SELECT sum(records_refused) FROM source_file WHERE format = '" + format + "'"),
              records)
        << format;
  }
  EXPECT_EQ(number(site, "SELECT count(*) FROM patient"), kPatients - 2);
  std::ofstream(list) << "patient_number,refused_on\n";
  EXPECT_EQ(load(site, options).refusals, 0);
  for (const char* tables :
       {"ehr_%", "claim_%", "dpc_%", "%_message", "rejected_record", "finding", "source_document"})
    expect_same_content(site_, site, tables);
}

/// The hospital's DPC files with numbers of the survey's own in column 2.
void renumber(const fs::path& from, const fs::path& to, std::string& csv) {
  fs::create_directories(to);
  std::vector<std::pair<std::string, std::string>> numbers;
  for (int patient = 0; patient < kPatients; ++patient) {
    numbers.emplace_back(simulated_patient_number(patient),
                         std::to_string(7'700'000'000 + (kPatients - patient) * 31));
    csv += numbers.back().second + "," + numbers.back().first + "\n";
  }
  for (const auto& entry : fs::directory_iterator(from)) {
    std::string bytes = *read_file(entry.path(), std::size_t{1} << 28U);
    for (const auto& [own, other] : numbers) {
      for (std::size_t at = bytes.find("\t" + own + "\t"); at != std::string::npos;
           at = bytes.find("\t" + own + "\t", at + 1))
        bytes.replace(at + 1, own.size(), other);
    }
    std::ofstream(to / entry.path().filename(), std::ios::binary) << bytes;
  }
}

TEST_F(AllSources, DpcNumbersOfTheirOwnAreJoinedByTheHospitalsTable) {
  std::string csv = "dpc_number,patient_number\n";
  renumber(folder() / "dpc", new_folder("dpc"), csv);
  std::ofstream(new_folder("dpc_numbers.csv")) << csv;
  const Site site = site_at(new_folder("numbers"), &site_);
  IngestOptions options = everything();
  options.dpc_root = new_folder("dpc");
  load(site, options);
  const std::int64_t stays = written_.tables.at("dpc_form1").at("stays");
  EXPECT_EQ(number(site, "SELECT count(*) FROM patient"), kPatients + stays);  // nothing says who they are
  EXPECT_EQ(number(site, "SELECT count(*) FROM patient WHERE has_dpc AND has_record"), 0);
  options.dpc_numbers = new_folder("dpc_numbers.csv");
  const IngestSummary summary = load(site, options);
  EXPECT_EQ(summary.files_received, 0);
  EXPECT_TRUE(summary.edited_rebuilt);
  EXPECT_EQ(number(site, "SELECT count(*) FROM patient"), kPatients);
  expect_same_content(site_, site, "dpc_%");
}

}  // namespace
}  // namespace mimamori
