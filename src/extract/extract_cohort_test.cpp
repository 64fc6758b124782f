// The queries against a real store.

#include <gtest/gtest.h>

#include <functional>

#include "base/file.h"
#include "base/limits.h"
#include "base/testing.h"
#include "extract/cohort.h"
#include "extract/data_set_csv.h"
#include "store/edited_writer.h"

namespace mimamori {
namespace {

Date date(const char* iso) { return *parse_iso_date(iso); }

/// Records of one site, written into a store and read through the example script.
class SmallSite {
 public:
  void patient(const std::string& key, const std::string& sex, const char* born) {
    EditedPatient row;
    row.patient_key = key;
    row.sex = sex;
    row.birth_date = date(born);
    add(row);
  }
  void visit(const std::string& key, const char* on) {
    EditedVisit row;
    row.patient_key = key;
    row.visited_on = date(on);
    add(row);
  }
  EditedPrescription prescription(const std::string& key, const char* on, const char* hot, const char* yj) {
    EditedPrescription row;
    row.patient_key = key;
    row.starts_on = date(on);
    row.days_supply = 28;
    if (*hot != '\0') row.hot_code = hot;
    if (*yj != '\0') row.yj_code = yj;
    return row;
  }
  EditedLabResult potassium(const std::string& key, const char* on, double value) {
    EditedLabResult row;
    row.patient_key = key;
    row.collected_on = date(on);
    row.jlac10_code = "3H015000002326101";
    row.material = "023";
    row.value_class = "number";
    row.value_operator = "=";
    row.value = value;
    row.unit = "mmol/L";
    row.upper_limit = 5.0;
    row.lower_limit = 3.5;
    row.result_status = "F";
    return row;
  }
  template <class Row>
  void add(Row row) {
    row.provenance = {1, static_cast<std::int64_t>(records_.size()) + 1};
    records_.push_back(std::move(row));
  }

  StudyDataSet extracted() {
    const ScratchFolder scratch;
    const EditedReader reader = written(scratch.path() / "edited.duckdb");
    const std::filesystem::path path = std::filesystem::path(MIMAMORI_SOURCE_DIR) / "examples/a-vs-b.yaml";
    const Result<std::string> text = read_file(path, limits::kScriptBytesMax);
    const Result<StudyScript> script = parse_script(*text, "a-vs-b.yaml");
    EXPECT_THAT(script, Succeeds());
    const Secret key = *Secret::from_hex(std::string(64, '7'));
    Result<StudyDataSet> data_set = extract_cohort(reader, *script, "hash", key);
    EXPECT_THAT(data_set, Succeeds());
    return data_set.ok() ? std::move(data_set).value() : StudyDataSet{};
  }

 private:
  EditedReader written(const std::filesystem::path& file) {
    EditedWriter writer = std::move(EditedWriter::begin(file)).value();
    SourceFile source;
    source.file_id = 1;
    source.status = "accepted";
    StandardizedFile standardized;
    standardized.records = records_;
    EXPECT_THAT(writer.add(source, standardized), Succeeds());
    EXPECT_THAT(writer.finish({}, {}, {.last_file_id = 1, .rules_sha256 = "m", .program_version = "v"}),
                Succeeds());
    return std::move(EditedReader::open(file)).value();
  }

  std::vector<EditedRecord> records_;
};

/// One new user of A, known since 2021 and last seen in the summer of 2022.
SmallSite site_with_one_user() {
  SmallSite site;
  site.patient("p", "M", "1960-05-05");
  site.visit("p", "2021-03-01");
  site.visit("p", "2022-06-30");
  site.add(site.prescription("p", "2022-01-10", "9001001010101", ""));
  site.add(site.potassium("p", "2022-01-08", 4.2));
  site.add(site.potassium("p", "2022-01-25", 5.6));
  return site;
}

TEST(ExtractCohort, ReadsDrugValuesAndDatesFromTheStore) {
  const StudyDataSet data_set = site_with_one_user().extracted();
  ASSERT_EQ(data_set.persons.size(), 1U);
  EXPECT_EQ(data_set.persons[0].arm, Arm::kExposed);
  EXPECT_EQ(data_set.persons[0].sex, Sex::kMale);
  EXPECT_EQ(data_set.persons[0].age_years, 61);
  EXPECT_EQ(data_set.follow_up[0][0].follow_up_days, 15);
  EXPECT_TRUE(data_set.follow_up[0][0].event);
  EXPECT_EQ(data_set.follow_up[0][0].baseline_value, 4.2);
  EXPECT_EQ(data_set.follow_up[2][0].follow_up_days, 57);
}

TEST(ExtractCohort, DrugIsFoundByEitherCodeAndNotByAnother) {
  SmallSite site;
  for (const char* key : {"hot", "yj", "both", "neither", "injected"}) {
    site.patient(key, "F", "1970-01-01");
    site.visit(key, "2021-01-05");
  }
  site.add(site.prescription("hot", "2022-01-10", "9002001010101", ""));
  site.add(site.prescription("yj", "2022-01-10", "", "9002001F1020"));
  site.add(site.prescription("both", "2022-01-10", "9002001010101", "9002001F1020"));
  site.add(site.prescription("neither", "2022-01-10", "9003001010101", "9003001F1020"));
  EditedInjection injection;
  injection.patient_key = "injected";
  injection.starts_on = date("2022-01-10");
  injection.hot_code = "9001001010101";
  site.add(injection);
  const StudyDataSet data_set = site.extracted();
  EXPECT_EQ(data_set.attrition[0].comparator, 3);
  EXPECT_EQ(data_set.attrition[0].exposed, 1);
  EXPECT_EQ(data_set.persons.size(), 4U);
}

TEST(ExtractCohort, ResultsThatAreNotSerumPotassiumInItsUnitAreLeftOut) {
  const auto first_event_day = [](const std::function<void(EditedLabResult&)>& change,
                                  ExtractionNotes* notes) {
    SmallSite site = site_with_one_user();
    EditedLabResult result = site.potassium("p", "2022-01-15", 6.5);
    change(result);
    site.add(result);
    const StudyDataSet data_set = site.extracted();
    *notes += data_set.notes;
    return data_set.follow_up[0][0].follow_up_days;
  };
  ExtractionNotes notes;
  EXPECT_EQ(first_event_day([](EditedLabResult&) {}, &notes), 5);
  for (const char* status : {"D", "W", "X", "I"}) {
    EXPECT_EQ(first_event_day([&](EditedLabResult& r) { r.result_status = status; }, &notes), 15) << status;
  }
  EXPECT_EQ(first_event_day([](EditedLabResult& r) { r.result_status = "C"; }, &notes), 5);
  EXPECT_EQ(first_event_day([](EditedLabResult& r) { r.material = "001"; }, &notes), 15);
  EXPECT_EQ(first_event_day([](EditedLabResult& r) { r.material = std::nullopt; }, &notes), 15);
  EXPECT_EQ(first_event_day([](EditedLabResult& r) { r.jlac10_code = std::nullopt; }, &notes), 15);
  EXPECT_EQ(first_event_day([](EditedLabResult& r) { r.value_class = "qualitative"; }, &notes), 15);
  EXPECT_EQ(first_event_day([](EditedLabResult& r) { r.value = std::nullopt; }, &notes), 15);
  EXPECT_EQ(notes.results_in_other_units, 0);
  EXPECT_EQ(first_event_day([](EditedLabResult& r) { r.unit = "mg/dL"; }, &notes), 15);
  EXPECT_EQ(notes.results_in_other_units, 1);
}

TEST(ExtractCohort, LastRecordOfAnyTableEndsFollowUp) {
  SmallSite site;
  site.patient("p", "M", "1960-05-05");
  site.visit("p", "2021-03-01");
  site.add(site.prescription("p", "2022-01-10", "9001001010101", ""));
  EXPECT_EQ(site.extracted().follow_up[2][0].follow_up_days, 0);
  EditedAdmission stay;
  stay.patient_key = "p";
  stay.admitted_at = Moment{.date = date("2022-01-12"), .second_of_day = std::nullopt};
  stay.discharged_at = Moment{.date = date("2022-01-20"), .second_of_day = std::nullopt};
  stay.has_admission_message = true;
  stay.has_discharge_message = true;
  site.add(stay);
  const StudyDataSet data_set = site.extracted();
  EXPECT_EQ(data_set.follow_up[2][0].follow_up_days, 10);
  EXPECT_EQ(data_set.follow_up[2][0].reason, CensoringReason::kLastRecord);
}

TEST(ExtractCohort, SameStoreGivesSameBytes) {
  EXPECT_EQ(to_csv(site_with_one_user().extracted()), to_csv(site_with_one_user().extracted()));
}

TEST(ExtractCohort, EmptySiteGivesAnEmptyDataSet) {
  SmallSite site;
  const StudyDataSet data_set = site.extracted();
  EXPECT_TRUE(data_set.persons.empty());
  EXPECT_EQ(data_set.attrition[0].exposed, 0);
}

}  // namespace
}  // namespace mimamori
