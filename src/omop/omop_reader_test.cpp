#include "omop/omop_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/testing.h"
#include "omop/testing_parts.h"

namespace mimamori {
namespace {

// A file read whole, with what became of it.
struct ReadFile {
  LoadedPart<OmopRows> part;
  TableFileOutcome outcome;
};

class OmopReading : public testing::Test {
 protected:
  OmopReading() {
    EXPECT_THAT(keys_.read_refusals("patient_number,refused_on\nomop:13,2024-01-01\n"), Succeeds());
  }

  ReadFile read(std::string_view file_name, std::string_view bytes, std::size_t part_bytes = 1'000'000) {
    OmopReader reader(file_name, 7, keys_);
    ReadFile file;
    file.part = read_in_parts(reader, bytes, part_bytes);
    file.outcome = reader.outcome();
    EXPECT_EQ(file.part.records,
              file.part.records_accepted + file.part.records_rejected + file.part.records_refused);
    EXPECT_EQ(file.part.records_rejected, static_cast<std::int64_t>(file.part.rejected.size()));
    return file;
  }
  std::string key(std::string_view number) { return *keys_.key_of(PatientNumberSource::kOmop, number); }

  Secret secret_ = Secret::random();
  PatientKeys keys_{secret_};
};

std::set<std::string> checks(const ReadFile& file) {
  std::set<std::string> names;
  for (const FindingRow& finding : file.part.findings) names.insert(finding.check_id);
  return names;
}

Date day(int year, unsigned month, unsigned number) { return *make_date(year, month, number); }

TEST_F(OmopReading, APersonBecomesAPatient) {
  const ReadFile file =
      read("PERSON.csv",
           "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,birth_datetime\n"
           "6,8532,1963,12,31,\n7,8507,1950,,,1950-04-12 00:00:00\n8,8521,1950,4,,\n9,0,1950,,,\n");
  EXPECT_EQ(file.outcome.status, FileStatus::kAccepted);
  EXPECT_EQ(file.outcome.data_type, "omop:person");
  EXPECT_EQ(file.outcome.segments, 5);
  EXPECT_EQ(file.outcome.detected_encoding, "ASCII");
  const auto& patients = file.part.rows.patients;
  ASSERT_EQ(patients.size(), 4U);
  EXPECT_EQ(patients[0].patient_key, key("6"));
  EXPECT_EQ(patients[0].sex, "F");
  EXPECT_EQ(patients[0].birth_date, day(1963, 12, 31));
  EXPECT_EQ(patients[0].provenance.file_id, 7);
  EXPECT_EQ(patients[0].provenance.segment, 2);
  EXPECT_EQ(patients[1].sex, "M");
  EXPECT_EQ(patients[1].birth_date, day(1950, 4, 12));
  EXPECT_EQ(patients[2].sex, "O");
  EXPECT_EQ(patients[2].birth_date, day(1950, 4, 1));
  EXPECT_EQ(patients[3].sex, "U");
  EXPECT_EQ(patients[3].birth_date, day(1950, 6, 15));
  EXPECT_TRUE(checks(file).contains("omop_birth_inferred"));
}

TEST_F(OmopReading, AnImpossibleBirthDateStaysEmpty) {
  const ReadFile file =
      read("person.csv",
           "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth\n6,8532,1963,2,30\n");
  ASSERT_EQ(file.part.rows.patients.size(), 1U);
  EXPECT_EQ(file.part.rows.patients[0].birth_date, std::nullopt);
  EXPECT_TRUE(checks(file).contains("omop_date_unreadable"));
}

TEST_F(OmopReading, WhoRefusedIsCountedAndGivesNoRow) {
  const ReadFile file =
      read("death.csv", "person_id,death_date\n13,2020-01-01\n14,2020-01-02\n013.0,nonsense\n");
  EXPECT_EQ(file.part.records, 3);
  EXPECT_EQ(file.part.records_refused, 2);
  EXPECT_EQ(file.part.records_accepted, 1);
  ASSERT_EQ(file.part.rows.deaths.size(), 1U);
  EXPECT_EQ(file.part.rows.deaths[0].patient_key, key("14"));
}

TEST_F(OmopReading, WrongRowsAreRejectedWithTheirLine) {
  const ReadFile file =
      read("death.csv",
           "person_id,death_date\n1,2020-02-30\nSECRET,2020-01-01\n,2020-01-01\n2\n3,2020-01-01,x\n"
           "4,2020-01-01,,\n\"5,2020-01-01\n6,2020-01-01\n");
  ASSERT_EQ(file.part.rejected.size(), 6U);
  std::vector<std::int64_t> lines;
  for (const RejectedRecord& rejected : file.part.rejected) {
    lines.push_back(rejected.provenance.segment);
    EXPECT_EQ(rejected.record_kind, "death");
    EXPECT_EQ(rejected.reason.find("SECRET"), std::string::npos);
  }
  EXPECT_THAT(lines, testing::ElementsAre(2, 3, 4, 5, 6, 8));
  EXPECT_EQ(file.part.records_accepted, 2);
}

TEST_F(OmopReading, VisitsWithABedAreAdmissions) {
  const ReadFile file = read(
      "visit_occurrence.csv",
      "visit_occurrence_id,person_id,visit_concept_id,visit_start_date,visit_start_datetime,visit_end_date,"
      "visit_end_datetime,visit_type_concept_id\n"
      "1,5,9201,2020-01-01,2020-01-01 10:00:00,2020-01-05,2020-01-05 00:00:00,32817\n"
      "2,5,9202,2020-02-01,,,,\n3,5,262,2020-03-01,,,,\n4,5,0,2020-04-01,,,,\n5,5,9203,2020-05-01,,,,\n");
  ASSERT_EQ(file.part.rows.admissions.size(), 2U);
  const EditedAdmission& stay = file.part.rows.admissions[0];
  EXPECT_EQ(stay.admitted_at, (Moment{.date = day(2020, 1, 1), .second_of_day = 36'000}));
  EXPECT_EQ(stay.discharged_at, (Moment{.date = day(2020, 1, 5), .second_of_day = std::nullopt}));
  EXPECT_TRUE(stay.has_admission_message && stay.has_discharge_message);
  EXPECT_EQ(file.part.rows.admissions[1].discharged_at, std::nullopt);
  EXPECT_TRUE(file.part.rows.admissions[1].has_admission_message);
  EXPECT_FALSE(file.part.rows.admissions[1].has_discharge_message);
  ASSERT_EQ(file.part.rows.visits.size(), 3U);
  EXPECT_EQ(file.part.rows.visits[0].visited_on, day(2020, 2, 1));
  EXPECT_TRUE(checks(file).contains("omop_visit_kind_unknown"));
  ASSERT_EQ(file.part.rows.records.size(), 5U);
  EXPECT_EQ(file.part.rows.records[3].visit_id, 4);
  EXPECT_EQ(file.part.rows.records[0].type_concept_id, 32817);
}

TEST_F(OmopReading, ConditionsKeepConceptsElseCodes) {
  const ReadFile file = read(
      "condition_occurrence.csv",
      "person_id,condition_concept_id,condition_start_date,condition_end_date,condition_status_concept_id,"
      "condition_source_value,condition_source_concept_id\n"
      "5,192671,2020-01-01,2019-12-31,32902,K92.2,35208414\n5,0,2020-01-01,,32890,K92.2,35208414\n"
      "5,0,2020-01-01,,,K92.2,0\n5,0,2020-01-01,,,Dr Yamada says no,0\n");
  const auto& rows = file.part.rows.diagnoses;
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].local_code, "192671");
  EXPECT_EQ(rows[0].local_system, "OMOP");
  EXPECT_TRUE(rows[0].is_main);
  EXPECT_EQ(rows[1].local_code, "35208414");
  EXPECT_EQ(rows[1].diagnosis_type, "H");
  EXPECT_FALSE(rows[1].is_main);
  EXPECT_EQ(rows[2].local_code, "K92.2");
  EXPECT_EQ(rows[2].local_system, "OMOP source");
  EXPECT_EQ(rows[3].local_code, std::nullopt);
  EXPECT_EQ(file.part.rows.records[0].source_concept_id, 35208414);
  EXPECT_THAT(checks(file),
              testing::IsSupersetOf({"omop_concept_missing", "omop_text_left", "omop_end_before_start"}));
}

TEST_F(OmopReading, DrugsTellOrdersFromDispensing) {
  const ReadFile file =
      read("drug_exposure.csv",
           "person_id,drug_concept_id,drug_exposure_start_date,drug_exposure_end_date,verbatim_end_date,"
           "drug_type_concept_id,quantity,days_supply\n"
           "5,40213160,2020-01-01,2020-01-14,2020-01-10,38000177,28,14\n5,40213160,2020-01-01,2020-01-14,,"
           "32825,0,0\n"
           "5,40213160,2020-01-01,,,0,-2,\n");
  const auto& rows = file.part.rows.prescriptions;
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_FALSE(rows[0].is_execution);
  EXPECT_EQ(rows[0].days_supply, 14);
  EXPECT_EQ(rows[0].days_supply_source, "duration");
  EXPECT_EQ(rows[0].total_amount, 28.0);
  EXPECT_EQ(rows[0].ends_on, day(2020, 1, 10));
  EXPECT_TRUE(rows[1].is_execution);
  EXPECT_EQ(rows[1].days_supply, std::nullopt);
  EXPECT_EQ(rows[1].total_amount, std::nullopt);
  EXPECT_EQ(rows[1].ends_on, day(2020, 1, 14));
  EXPECT_FALSE(rows[2].is_execution);
  EXPECT_THAT(checks(file), testing::IsSupersetOf({"omop_drug_type_unknown", "omop_negative_amount"}));
}

TEST_F(OmopReading, MeasurementsAreLaboratoryResults) {
  const ReadFile file = read("measurement.csv",
                             "person_id,measurement_concept_id,measurement_date,operator_concept_id,value_as_"
                             "number,value_as_concept_id,"
                             "unit_concept_id,range_low,range_high,unit_source_value,value_source_value\n"
                             "5,3025315,2020-01-01,0,48.1,0,9529,10,20.5,kg,48.1\n5,3025315,2020-01-01,"
                             "4171756,0.1,,8840,,,mg/dL,<0.1\n"
                             "5,3025315,2020-01-01,,,45884084,,,,,\n5,3025315,2020-01-01,,,,,,,,2+\n5,"
                             "3025315,2020-01-01,,,,,,,,see Dr Yamada\n"
                             "5,3025315,2020-01-01,,,,,,,,\n");
  const auto& rows = file.part.rows.lab_results;
  ASSERT_EQ(rows.size(), 6U);
  EXPECT_EQ(rows[0].value_class, "number");
  EXPECT_EQ(rows[0].value_operator, "=");
  EXPECT_EQ(rows[0].value, 48.1);
  EXPECT_EQ(rows[0].unit, "OMOP:9529");
  EXPECT_EQ(rows[0].received_unit, "kg");
  EXPECT_EQ(rows[0].lower_limit, 10.0);
  EXPECT_EQ(rows[0].upper_limit, 20.5);
  EXPECT_EQ(rows[1].value_class, "bound");
  EXPECT_EQ(rows[1].value_operator, "<");
  EXPECT_EQ(rows[2].value_class, "qualitative");
  EXPECT_EQ(rows[2].received_value, "OMOP:45884084");
  EXPECT_EQ(rows[3].value_class, "semi_quantitative");
  EXPECT_EQ(rows[3].received_value, "2+");
  EXPECT_EQ(rows[4].value_class, "text");
  EXPECT_EQ(rows[4].received_value, "");
  EXPECT_EQ(rows[5].value_class, "missing");
  EXPECT_EQ(rows[5].value, std::nullopt);
}

TEST_F(OmopReading, ProceduresObservationsDevicesAndPeriods) {
  EXPECT_EQ(read("procedure_occurrence.csv",
                 "person_id,procedure_concept_id,procedure_date,quantity,visit_occurrence_id\n5,4107731,2020-"
                 "01-01,2,9\n")
                .part.rows.procedures.at(0)
                .quantity,
            2.0);
  const ReadFile observed = read("observation.csv",
                                 "person_id,observation_concept_id,observation_date,value_as_string,value_as_"
                                 "number,value_as_concept_id\n"
                                 "5,40770471,2020-01-01,Yamada Taro,3,45877994\n");
  EXPECT_EQ(observed.part.rows.observations.at(0).value, 3.0);
  EXPECT_EQ(observed.part.rows.observations.at(0).value_concept_id, 45877994);
  EXPECT_EQ(read("device_exposure.csv",
                 "person_id,device_concept_id,device_exposure_start_date,unique_device_id\n5,4217646,2020-01-"
                 "01,(21)33953\n")
                .part.rows.devices.at(0)
                .local_code,
            "4217646");
  EXPECT_EQ(
      read("observation_period.csv",
           "person_id,observation_period_start_date,observation_period_end_date\n5,2020-01-01,2020-12-31\n")
          .part.rows.observation_periods.at(0)
          .ends_on,
      day(2020, 12, 31));
}

TEST_F(OmopReading, TheVocabularyAsItIsDownloaded) {
  // Tabs, no quoting, dates without hyphens.
  const ReadFile file = read(
      "CONCEPT.csv",
      "concept_id\tconcept_name\tdomain_id\tvocabulary_id\tconcept_class_id\tstandard_concept\tconcept_code\t"
      "valid_start_date\tvalid_end_date\tinvalid_reason\n"
      "8507\tMALE, \"quoted\tGender\tGender\tGender\tS\tM\t19700101\t20991231\t\n");
  ASSERT_EQ(file.part.rows.concepts.size(), 1U);
  const OmopConcept& entry = file.part.rows.concepts[0];
  EXPECT_EQ(entry.concept_name, "MALE, \"quoted");
  EXPECT_EQ(entry.valid_to, day(2099, 12, 31));
  EXPECT_EQ(entry.invalid_reason, std::nullopt);
  EXPECT_TRUE(checks(file).contains("omop_delimiter"));
  const ReadFile tree = read("CONCEPT_ANCESTOR.csv",
                             "ancestor_concept_id,descendant_concept_id,min_levels_of_separation,max_levels_"
                             "of_separation\n1,2,0,3\nx,2,0,0\n");
  ASSERT_EQ(tree.part.rows.concept_ancestors.size(), 1U);
  EXPECT_EQ(tree.part.rows.concept_ancestors[0].levels_max, 3);
  EXPECT_EQ(tree.part.records_rejected, 1);
}

TEST_F(OmopReading, FilesThatFeedNothing) {
  const ReadFile provider = read("provider.csv", "provider_id,provider_name\n1,Taro\n2,Hanako");
  EXPECT_EQ(provider.outcome.status, FileStatus::kNotRead);
  EXPECT_EQ(provider.outcome.data_type, "omop:provider");
  EXPECT_EQ(provider.outcome.segments, 3);
  EXPECT_EQ(provider.part.records, 0);
  EXPECT_EQ(read("LICENSE.txt", "Apache License\n").outcome.status, FileStatus::kNotOurs);
  for (const char* text : {"", "\n", "person_id\n1\n", "\"person_id\n"}) {
    const ReadFile file = read("person.csv", text);
    EXPECT_EQ(file.outcome.status, FileStatus::kRejected) << text;
    EXPECT_FALSE(file.outcome.error.sentence.empty());
    EXPECT_EQ(file.part.records, 0);
  }
}

TEST_F(OmopReading, TheHeaderTellsTheTableWhereTheNameDoesNot) {
  const ReadFile file = read("export.csv", "PERSON_ID;DEATH_DATE\n5;2020-01-01\n");
  EXPECT_EQ(file.outcome.data_type, "omop:death");
  EXPECT_EQ(file.part.records_accepted, 1);
  EXPECT_THAT(checks(file), testing::IsSupersetOf({"omop_table_by_header", "omop_delimiter"}));
}

TEST_F(OmopReading, EncodingsAreRecognised) {
  const std::string header = "person_id,death_date,cause_source_value\n";
  EXPECT_EQ(read("death.csv", "\xEF\xBB\xBF" + header + "5,2020-01-01,\n").outcome.detected_encoding,
            "UTF-8");
  const ReadFile file =
      read("death.csv", header + "5,2020-01-01,\n6,2020-01-01,\x8E\x52\x93\x63\x82\xCC\x8E\x80\n",
           10);  // 山田の死
  EXPECT_EQ(file.outcome.detected_encoding, "CP932");
  EXPECT_EQ(file.part.records_accepted, 2);
  EXPECT_TRUE(checks(file).contains("omop_not_utf8"));
  const ReadFile broken = read("death.csv", header + "5,2020-01-01,山\n6,2020-01-01,\xFF\n", 60);
  EXPECT_EQ(broken.part.records_accepted, 2);
  EXPECT_TRUE(checks(broken).contains("undecodable_bytes"));
}

TEST_F(OmopReading, NothingThatIdentifiesComesThrough) {
  const std::string mark = "MARKED77";
  const ReadFile file = read("person.csv",
                             "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,person_"
                             "source_value,gender_source_value,location_id\n"
                             "987654321,8507,1950,1,1," +
                                 mark + "," + mark + "," + mark + "\n" + mark + ",8507,1950,1,1,,,\n");
  std::string all;
  for (const EditedPatient& row : file.part.rows.patients) all += row.patient_key + row.sex;
  for (const RejectedRecord& row : file.part.rejected) all += row.reason;
  for (const FindingRow& row : file.part.findings) all += row.sentence + row.field;
  EXPECT_EQ(file.part.records_rejected, 1);
  EXPECT_EQ(all.find(mark), std::string::npos);
  EXPECT_EQ(all.find("987654321"), std::string::npos);
}

// Whatever the parts, the same rows, rejections and counts. Findings are counted per part.
RC_GTEST_PROP(OmopParts, TheCutOfTheFileChangesNothing, ()) {
  const auto field =
      rc::gen::element<std::string>("5", "x", "", "\"5\"", "\"a\nb\"", "\"", "2020-01-01", "13", "5,5");
  std::string text = "person_id,death_date,cause_source_value\n";
  for (int i = *rc::gen::inRange(0, 30); i > 0; --i) {
    text += *rc::gen::element<std::string>("1", "2", "13", "") + "," + *field + "," + *field + "\n";
  }
  const Secret secret = Secret::random();
  const PatientKeys keys(secret);
  OmopReader whole_reader("death.csv", 1, keys);
  OmopReader part_reader("death.csv", 1, keys);
  const LoadedPart<OmopRows> whole = read_in_parts(whole_reader, text, 1'000'000);
  const LoadedPart<OmopRows> parts = read_in_parts(part_reader, text, *rc::gen::inRange<std::size_t>(1, 100));
  RC_ASSERT(whole.records == parts.records);
  RC_ASSERT(whole.rejected.size() == parts.rejected.size());
  for (std::size_t i = 0; i < whole.rejected.size(); ++i) {
    RC_ASSERT(whole.rejected[i].provenance.segment == parts.rejected[i].provenance.segment);
  }
  RC_ASSERT(whole.rows.deaths.size() == parts.rows.deaths.size());
  for (std::size_t i = 0; i < whole.rows.deaths.size(); ++i) {
    RC_ASSERT(whole.rows.deaths[i].provenance.segment == parts.rows.deaths[i].provenance.segment);
    RC_ASSERT(whole.rows.deaths[i].local_code == parts.rows.deaths[i].local_code);
  }
}

}  // namespace
}  // namespace mimamori
