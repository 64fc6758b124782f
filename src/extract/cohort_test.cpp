#include "extract/cohort.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/file.h"
#include "base/limits.h"
#include "base/testing.h"
#include "extract/data_set_csv.h"

namespace mimamori {
namespace {

const Date kIndex = *parse_iso_date("2022-01-10");

StudyScript script() {
  const std::filesystem::path path = std::filesystem::path(MIMAMORI_SOURCE_DIR) / "examples/a-vs-b.yaml";
  const Result<std::string> text = read_file(path, limits::kScriptBytesMax);
  EXPECT_THAT(text, Succeeds());
  Result<StudyScript> script = parse_script(*text, "a-vs-b.yaml");
  EXPECT_THAT(script, Succeeds());
  return std::move(script).value();
}

const Secret& key() {
  static const Secret kKey = *Secret::from_hex(std::string(64, '7'));
  return kKey;
}

DrugRecord prescription(Arm arm, int day, std::int64_t days = 28) {
  DrugRecord record;
  record.arm = arm;
  record.starts_on = kIndex + Days(day);
  record.days_supply = days;
  return record;
}

LabValue potassium(int day, double value) {
  return {.collected_on = kIndex + Days(day), .value = value, .interval = {3.5, 5.0}};
}

/// A woman of 60 who takes A for 28 days from the index date and was known for a year.
PersonRecords person(const std::string& patient_key = "p") {
  return PersonRecords{.patient_key = patient_key,
                       .facts = {.sex = Sex::kFemale, .birth_date = *parse_iso_date("1962-01-10")},
                       .first_record = kIndex - Days(365),
                       .last_record = kIndex + Days(300),
                       .drugs = {prescription(Arm::kExposed, 0)},
                       .values = {{"potassium", {potassium(-5, 4.0), potassium(20, 5.5)}}}};
}

StudyDataSet built(const std::vector<PersonRecords>& persons) {
  return build_cohort(persons, script(), "hash", key());
}

/// Persons left in both arms after each rule.
std::vector<std::pair<int, int>> attrition_of(const PersonRecords& one) {
  std::vector<std::pair<int, int>> left;
  for (const AttritionStep& step : built({one}).attrition) left.emplace_back(step.exposed, step.comparator);
  return left;
}

TEST(Cohort, NewUserEntersWithFollowUpForEveryOutcome) {
  const StudyDataSet data_set = built({person()});
  ASSERT_EQ(data_set.persons.size(), 1U);
  EXPECT_EQ(data_set.persons[0].arm, Arm::kExposed);
  EXPECT_EQ(data_set.persons[0].age_years, 60);
  EXPECT_EQ(data_set.persons[0].index_date, kIndex);
  ASSERT_EQ(data_set.follow_up.size(), 4U);
  const OutcomeFollowUp& potassium_outcome = data_set.follow_up[0][0];
  EXPECT_TRUE(potassium_outcome.event);
  EXPECT_EQ(potassium_outcome.follow_up_days, 20);
  EXPECT_EQ(potassium_outcome.baseline_value, 4.0);
  EXPECT_TRUE(potassium_outcome.baseline_in_reference_range);
  const OutcomeFollowUp& alt_outcome = data_set.follow_up[2][0];
  EXPECT_FALSE(alt_outcome.event);
  EXPECT_EQ(alt_outcome.follow_up_days, 27 + 30);
  EXPECT_EQ(alt_outcome.reason, CensoringReason::kEndOfExposure);
  EXPECT_EQ(alt_outcome.baseline_value, std::nullopt);
  EXPECT_FALSE(alt_outcome.baseline_in_reference_range);
}

TEST(Cohort, AttritionCountsEveryRuleInOrder) {
  using Steps = std::vector<std::pair<int, int>>;
  EXPECT_EQ(attrition_of(person()), (Steps{{1, 0}, {1, 0}, {1, 0}, {1, 0}, {1, 0}}));
  PersonRecords both = person();
  both.drugs.push_back(prescription(Arm::kComparator, 0));
  EXPECT_EQ(attrition_of(both), (Steps{{1, 1}, {0, 0}, {0, 0}, {0, 0}, {0, 0}}));
  PersonRecords unknown_before = person();
  unknown_before.first_record = kIndex - Days(179);
  EXPECT_EQ(attrition_of(unknown_before), (Steps{{1, 0}, {1, 0}, {0, 0}, {0, 0}, {0, 0}}));
  PersonRecords without_birth_date = person();
  without_birth_date.facts.birth_date = std::nullopt;
  EXPECT_EQ(attrition_of(without_birth_date), (Steps{{1, 0}, {1, 0}, {1, 0}, {1, 0}, {0, 0}}));
}

TEST(Cohort, UseBeforeTheDataWindowIsSeenByTheWashout) {
  PersonRecords earlier = person();
  earlier.drugs = {prescription(Arm::kComparator, -100), prescription(Arm::kExposed, -5)};
  earlier.drugs[0].starts_on = *parse_iso_date("2020-12-01");
  earlier.drugs[1].starts_on = *parse_iso_date("2021-02-01");
  earlier.first_record = *parse_iso_date("2019-01-01");
  const StudyDataSet data_set = built({earlier});
  EXPECT_EQ(data_set.attrition[2].exposed, 1);
  EXPECT_EQ(data_set.attrition[3].exposed, 0);
}

TEST(Cohort, DayOfTheOtherArmsDrugEndsFollowUpAndAnOutcomeOnItCounts) {
  PersonRecords switched = person();
  switched.drugs.push_back(prescription(Arm::kComparator, 20));
  StudyDataSet data_set = built({switched});
  EXPECT_TRUE(data_set.follow_up[0][0].event);
  EXPECT_EQ(data_set.follow_up[2][0].follow_up_days, 20);
  EXPECT_EQ(data_set.follow_up[2][0].reason, CensoringReason::kOtherArm);
  switched.drugs.back().starts_on = kIndex + Days(19);
  data_set = built({switched});
  EXPECT_FALSE(data_set.follow_up[0][0].event);
  EXPECT_EQ(data_set.follow_up[0][0].follow_up_days, 19);
}

TEST(Cohort, CutOffIsTheLastDayOfTheDataWindow) {
  PersonRecords late = person();
  late.drugs = {prescription(Arm::kExposed, 0, 90)};
  late.drugs[0].starts_on = *parse_iso_date("2023-12-21");
  late.last_record = *parse_iso_date("2024-06-01");
  const StudyDataSet data_set = built({late});
  EXPECT_EQ(data_set.follow_up[2][0].follow_up_days, 10);
  EXPECT_EQ(data_set.follow_up[2][0].reason, CensoringReason::kCutOff);
}

TEST(Cohort, EgfrIsDerivedFromCreatinine) {
  PersonRecords kidney = person();
  kidney.values["creatinine"] = {{.collected_on = kIndex, .value = 0.6, .interval = {0.46, 0.79}},
                                 {.collected_on = kIndex + Days(9), .value = 1.0, .interval = {0.46, 0.79}}};
  const OutcomeFollowUp follow_up = built({kidney}).follow_up[1][0];
  EXPECT_TRUE(follow_up.event);  // 44.3 at 60 years
  EXPECT_EQ(follow_up.follow_up_days, 9);
  EXPECT_TRUE(follow_up.baseline_in_reference_range);
}

TEST(Cohort, PersonKeysAreThoseOfTheUtilizationAlone) {
  const StudyDataSet one = built({person("p")});
  const StudyDataSet other =
      build_cohort({person("p")}, script(), "hash", *Secret::from_hex(std::string(64, '8')));
  EXPECT_NE(one.persons[0].person_key, "p");
  EXPECT_NE(one.persons[0].person_key, other.persons[0].person_key);
  EXPECT_EQ(one.persons[0].person_key, built({person("p")}).persons[0].person_key);
}

TEST(Cohort, AssumedSuppliesAreCounted) {
  PersonRecords silent = person();
  silent.drugs[0].days_supply = std::nullopt;
  const StudyDataSet data_set = build_cohort({silent}, script(), "hash", key());
  EXPECT_EQ(data_set.notes.days_supply_assumed, 1);
  EXPECT_EQ(data_set.follow_up[2][0].follow_up_days, 29 + 30);
}

TEST(Cohort, DefinitionsSayAnalyteAndLimitInBothLanguages) {
  const StudyDataSet data_set = built({});
  EXPECT_EQ(
      data_set.outcomes[1].definition.en,
      "First value of estimated glomerular filtration rate (eGFR) below 60 mL/min/1.73 m2 measured during "
      "follow-up");
  EXPECT_THAT(data_set.outcomes[0].definition.ja, testing::HasSubstr("カリウム"));
  EXPECT_THAT(data_set.outcomes[3].definition.en, testing::HasSubstr("below the lower reference limit"));
  EXPECT_EQ(data_set.outcomes[0].definition.en.find('{'), std::string::npos);
  EXPECT_TRUE(data_set.persons.empty());
  EXPECT_EQ(data_set.attrition.size(), 5U);
}

TEST(DataSetCsv, HasOneRowPerPersonAndOutcome) {
  const std::string csv = to_csv(built({person("p"), person("q")}));
  EXPECT_EQ(std::ranges::count(csv, '\n'), 1 + 2 * 4);
  EXPECT_THAT(csv, testing::HasSubstr(",exposed,F,60,2022-01-10,4,1,20,1,outcome,1\n"));
}

RC_GTEST_PROP(Cohort, OrderOfPersonsHasNoEffect, (unsigned char count)) {
  std::vector<PersonRecords> persons;
  for (int i = 0; i < count % 20; ++i) persons.push_back(person("p" + std::to_string(i)));
  const std::string forward = to_csv(built(persons));
  std::ranges::reverse(persons);
  RC_ASSERT(to_csv(built(persons)) == forward);
}

RC_GTEST_PROP(Cohort, LongerWashoutNeverAdmitsMore,
              (const std::vector<short>& offsets, unsigned char washout)) {
  PersonRecords one = person();
  for (const short offset : offsets) {
    one.drugs.push_back(prescription(offset % 2 == 0 ? Arm::kExposed : Arm::kComparator, offset % 400));
  }
  StudyScript shorter = script();
  shorter.new_use.washout = Days(washout);
  StudyScript longer = shorter;
  longer.new_use.washout = Days(washout + 1);
  RC_ASSERT(build_cohort({one}, longer, "", key()).persons.size() <=
            build_cohort({one}, shorter, "", key()).persons.size());
}

}  // namespace
}  // namespace mimamori
