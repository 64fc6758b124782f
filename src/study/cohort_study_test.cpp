#include "study/cohort_study.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "base/testing.h"
#include "study/hazard_ratio.h"

namespace mimamori {
namespace {

/// A data set with one outcome, built person by person.
struct DataSet {
  StudyDataSet data;

  DataSet() {
    data.study_id = "test";
    data.outcomes.push_back(
        {.id = "hyperkalemia", .title = {"高カリウム血症", "Hyperkalemia"}, .definition = {}});
    data.follow_up.emplace_back();
  }
  OutcomeFollowUp& add(Arm arm, int days, bool event, Sex sex = Sex::kFemale, int age = 60) {
    data.persons.push_back({.person_key = std::to_string(data.persons.size()),
                            .arm = arm,
                            .sex = sex,
                            .age_years = age,
                            .index_date = {}});
    OutcomeFollowUp follow_up;
    follow_up.baseline_value = 4.2;
    follow_up.baseline_in_reference_range = true;
    follow_up.follow_up_days = days;
    follow_up.event = event;
    data.follow_up[0].push_back(follow_up);
    return data.follow_up[0].back();
  }
  [[nodiscard]] StudyResult run() const {
    auto result = run_cohort_study(data, "1.2.3");
    EXPECT_THAT(result, Succeeds());
    return result.ok() ? *result : StudyResult{};
  }
  [[nodiscard]] OutcomeResult everyone() const { return run().populations.at(0).outcomes.at(0); }
};

constexpr Arm kExposed = Arm::kExposed;
constexpr Arm kComparator = Arm::kComparator;

/// Exposed: event on day 1, censored on day 3. Comparator: event on day 2. The largest partial
/// likelihood lies at a ratio of sqrt(1/2): r / (2 r + 1) / (1 + r).
DataSet worked_example() {
  DataSet set;
  set.add(kExposed, 1, true).measurements = 1;
  set.add(kComparator, 2, true).measurements = 3;
  set.add(kExposed, 3, false).measurements = 1;
  return set;
}

const BaselineRow& row_titled(const StudyResult& result, const std::string& english) {
  const auto row =
      std::ranges::find(result.baseline, english, [](const BaselineRow& r) { return r.title.en; });
  ENSURE(row != result.baseline.end());
  return *row;
}

TEST(CohortStudy, AWorkedExample) {
  const OutcomeResult result = worked_example().everyone();
  EXPECT_EQ(result.exposed.persons, 2);
  EXPECT_EQ(result.exposed.events, 1);
  EXPECT_DOUBLE_EQ(result.exposed.person_years, 4 / 365.25);
  EXPECT_NEAR(*result.exposed.rate_per_1000_person_years, 365'250.0 / 4, 1e-9);
  EXPECT_NEAR(*result.exposed.rate_lower, 0.0253178 * 365'250.0 / 4, 0.1);
  EXPECT_NEAR(*result.exposed.rate_upper, 5.571643 * 365'250.0 / 4, 0.1);
  EXPECT_DOUBLE_EQ(result.exposed.tests_per_100_person_days, 50);
  EXPECT_DOUBLE_EQ(result.comparator.tests_per_100_person_days, 150);
  EXPECT_DOUBLE_EQ(*result.exposed.median_follow_up_days, 2);
  ASSERT_TRUE(result.crude.estimable);
  EXPECT_NEAR(result.crude.ratio, std::sqrt(0.5), 1e-12);
  EXPECT_NEAR(result.crude.log_ratio, -std::log(2.0) / 2, 1e-12);
  // Information at r = sqrt(1/2): p (1 - p) at each event, p = 2r/(2r+1) and r/(1+r); both are equal.
  const double p = std::sqrt(0.5) / (1 + std::sqrt(0.5));
  EXPECT_NEAR(result.crude.standard_error, 1 / std::sqrt(2 * p * (1 - p)), 1e-10);
  EXPECT_NEAR(std::log(result.crude.upper / result.crude.ratio),
              1.959963984540054 * result.crude.standard_error, 1e-9);
  EXPECT_NEAR(result.crude.ratio * result.crude.ratio, result.crude.lower * result.crude.upper, 1e-12);
  EXPECT_NEAR(result.crude.p_value,
              std::erfc(std::log(2.0) / 2 / result.crude.standard_error / std::sqrt(2.0)), 1e-12);
}

TEST(CohortStudy, TheCurveOfAWorkedExample) {
  const ArmCurve curve = worked_example().everyone().exposed_curve;
  ASSERT_EQ(curve.points.size(), 2U);
  EXPECT_EQ(curve.points[0].day, 0);
  EXPECT_EQ(curve.points[0].cumulative_incidence, 0);
  EXPECT_EQ(curve.points[1].day, 1);
  EXPECT_DOUBLE_EQ(curve.points[1].cumulative_incidence, 0.5);
  EXPECT_LT(curve.points[1].lower, 0.5);
  EXPECT_GT(curve.points[1].upper, 0.5);
  EXPECT_EQ(curve.last_day, 3);
  ASSERT_EQ(curve.at_risk.size(), 4U);  // days 0 to 3
  EXPECT_EQ(curve.at_risk[1].at_risk, 2);
  EXPECT_EQ(curve.at_risk[1].events, 1);
  EXPECT_EQ(curve.at_risk[2].at_risk, 1);
  EXPECT_EQ(curve.at_risk[3].censored, 1);
}

TEST(CohortStudy, WhenEveryoneHadTheEventTheCurveEndsAtOneWithAWholeInterval) {
  const ArmCurve curve = worked_example().everyone().comparator_curve;
  EXPECT_EQ(curve.points.back().cumulative_incidence, 1);
  EXPECT_EQ(curve.points.back().upper, 1);
  EXPECT_EQ(curve.points.back().lower, 0);
}

TEST(CohortStudy, TheResultCarriesWhatTheReportPrints) {
  DataSet set = worked_example();
  set.data.title = {"試験", "Trial"};
  set.data.script_sha256 = "abc";
  set.data.attrition.push_back({.rule = "new_use", .title = {}, .exposed = 2, .comparator = 1});
  const StudyResult result = set.run();
  EXPECT_EQ(result.program_version, "1.2.3");
  EXPECT_EQ(result.script_sha256, "abc");
  EXPECT_EQ(result.rendition, "regulator");
  EXPECT_EQ(result.attrition.size(), 1U);
  ASSERT_EQ(result.populations.size(), 2U);
  EXPECT_EQ(result.populations[0].id, "everyone");
  EXPECT_EQ(result.populations[1].id, "baseline_in_reference_range");
  EXPECT_EQ(result.populations[0].outcomes[0].outcome_id, "hyperkalemia");
}

TEST(CohortStudy, TheSecondPopulationHoldsOnlyBaselinesInRange) {
  DataSet set = worked_example();
  set.add(kComparator, 10, true).baseline_in_reference_range = false;
  const StudyResult result = set.run();
  EXPECT_EQ(result.populations[0].outcomes[0].comparator.persons, 2);
  EXPECT_EQ(result.populations[1].outcomes[0].comparator.persons, 1);
  EXPECT_NEAR(result.populations[1].outcomes[0].crude.ratio, std::sqrt(0.5), 1e-12);
}

TEST(CohortStudy, OneDayOfFollowUpCountsAndNoneDoesNot) {
  DataSet set;
  set.add(kExposed, 0, false);
  set.add(kExposed, 1, false);
  const OutcomeResult result = set.everyone();
  EXPECT_EQ(result.exposed.persons, 1);
  EXPECT_DOUBLE_EQ(result.exposed.person_years, 1 / 365.25);
  EXPECT_EQ(*result.exposed.rate_per_1000_person_years, 0);
  EXPECT_NEAR(*result.exposed.rate_upper, 3.688879454 * 365'250, 1);
}

TEST(CohortStudy, AnArmWithoutEventsIsNotEstimableAndSaysSo) {
  DataSet set;
  for (int day = 1; day <= 20; ++day) {
    set.add(kExposed, day, false);
    set.add(kComparator, day, day % 3 == 0);
  }
  const OutcomeResult result = set.everyone();
  EXPECT_FALSE(result.crude.estimable);
  EXPECT_FALSE(result.adjusted.estimable);
  EXPECT_EQ(result.crude.not_estimable_reason.ja, "算出不可：曝露群にイベントなし");
  EXPECT_EQ(result.crude.not_estimable_reason.en, "Not estimable: no event in the exposed arm");
  EXPECT_EQ(result.crude.ratio, 0);  // nothing that could be taken for an estimate
  EXPECT_EQ(result.exposed_curve.points.size(), 1U);
  EXPECT_EQ(*result.exposed.rate_lower, 0);
  EXPECT_GT(*result.exposed.rate_upper, 0);
}

TEST(CohortStudy, AnEmptyArmHasNoRateAndNoCurve) {
  DataSet set;
  set.add(kComparator, 5, true);
  const OutcomeResult result = set.everyone();
  EXPECT_EQ(result.exposed.persons, 0);
  EXPECT_FALSE(result.exposed.rate_per_1000_person_years.has_value());
  EXPECT_FALSE(result.exposed.median_follow_up_days.has_value());
  EXPECT_TRUE(result.exposed_curve.points.empty());
  EXPECT_EQ(result.crude.not_estimable_reason.en, "Not estimable: nobody was followed in the exposed arm");
}

TEST(CohortStudy, WithoutAnybodyThereIsStillAResult) {
  const StudyResult result = DataSet().run();
  EXPECT_EQ(result.populations[0].outcomes[0].crude.not_estimable_reason.en,
            "Not estimable: nobody was followed");
  EXPECT_EQ(row_titled(result, "Age in years, mean (SD)").exposed, "–");
  EXPECT_EQ(row_titled(result, "Persons").exposed, "0");
}

TEST(CohortStudy, ArmsThatNeverMeetAreNotCompared) {
  DataSet set;
  set.add(kExposed, 1, false);
  set.add(kComparator, 2, true);  // the exposed person has left
  set.add(kComparator, 3, true);
  DataSet meeting = set;
  meeting.add(kExposed, 4, true);
  EXPECT_EQ(set.everyone().crude.not_estimable_reason.en, "Not estimable: no event in the exposed arm");
  // Now both arms have events, but the only exposed event comes after the comparators left.
  EXPECT_EQ(meeting.everyone().crude.not_estimable_reason.en,
            "Not estimable: at every event the exposure took the extreme value among those at risk, so no "
            "finite estimate exists");
}

TEST(CohortStudy, TicksAreRoundAndAboutSix) {
  const auto ticks = [](int longest) {
    DataSet set;
    set.add(kExposed, longest, false);
    std::vector<int> days;
    for (const AtRiskCount& count : set.everyone().exposed_curve.at_risk) days.push_back(count.day);
    return days;
  };
  EXPECT_EQ(ticks(629), (std::vector<int>{0, 90, 180, 270, 360, 450, 540}));
  EXPECT_EQ(ticks(630), (std::vector<int>{0, 180, 360, 540}));
  EXPECT_EQ(ticks(1), (std::vector<int>{0, 1}));
  EXPECT_EQ(ticks(40'000).size(), 7U);  // 5,760 days apart
}

TEST(CohortStudy, BothArmsShareTheTicksOfTheLongerOne) {
  DataSet set;
  set.add(kExposed, 10, false);
  set.add(kComparator, 500, false);
  const OutcomeResult result = set.everyone();
  ASSERT_EQ(result.exposed_curve.at_risk.size(), result.comparator_curve.at_risk.size());
  EXPECT_EQ(result.exposed_curve.at_risk.back().at_risk, 0);
  EXPECT_EQ(result.exposed_curve.last_day, 10);
}

/// Persons whose hazard depends on age and sex, which also decide who is exposed.
DataSet confounded(std::uint64_t seed, int persons) {
  const RandomStream stream(seed);
  DataSet set;
  for (int i = 0; i < persons; ++i) {
    const auto u = [&](std::uint64_t draw) { return stream.u(static_cast<std::uint64_t>(i), draw); };
    const int age = 30 + static_cast<int>(50 * u(0));
    const bool male = u(1) < 0.5;
    const bool exposed = u(2) < (age >= 55 ? 0.7 : 0.2);
    const double hazard = 0.001 * std::exp(0.05 * (age - 55) + (male ? 0.5 : 0) + (exposed ? 0.4 : 0));
    const double time = -std::log(u(3)) / hazard;
    const int days = static_cast<int>(std::ceil(std::min(time, 365.0)));
    set.add(exposed ? kExposed : kComparator, days, time <= 365, male ? Sex::kMale : Sex::kFemale, age);
  }
  return set;
}

TEST(CohortStudy, AdjustmentRemovesConfoundingByAgeAndSex) {
  const OutcomeResult result = confounded(7, 20'000).everyone();
  ASSERT_TRUE(result.crude.estimable && result.adjusted.estimable);
  EXPECT_GT(result.crude.log_ratio, 0.4 + 4 * result.crude.standard_error);
  EXPECT_NEAR(result.adjusted.log_ratio, 0.4, 3 * result.adjusted.standard_error);
}

TEST(CohortStudy, ConstantSexAndAgeLeaveTheCrudeRatio) {
  DataSet set;
  for (int day = 1; day <= 40; ++day) set.add(day % 2 == 0 ? kExposed : kComparator, day, day % 3 == 0);
  const OutcomeResult result = set.everyone();
  ASSERT_TRUE(result.crude.estimable);
  EXPECT_EQ(result.adjusted.log_ratio, result.crude.log_ratio);
}

TEST(CohortStudy, PersonsOfUnknownSexWithoutEventsLeaveTheAdjustedModelOnly) {
  DataSet without = confounded(9, 500);
  DataSet with = without;
  with.add(kExposed, 300, false, Sex::kUnknown, 50);
  with.add(kComparator, 300, false, Sex::kUnknown, 70);
  const OutcomeResult before = without.everyone();
  const OutcomeResult after = with.everyone();
  ASSERT_TRUE(after.adjusted.estimable);
  EXPECT_NEAR(after.adjusted.log_ratio, before.adjusted.log_ratio, 1e-12);
  EXPECT_NE(after.crude.log_ratio, before.crude.log_ratio);
  EXPECT_EQ(after.exposed.persons, before.exposed.persons + 1);
  // With an event among them they get a term of their own.
  with.add(kComparator, 100, true, Sex::kUnknown, 60);
  const OutcomeResult with_event = with.everyone();
  ASSERT_TRUE(with_event.adjusted.estimable);
  EXPECT_GT(std::abs(with_event.adjusted.log_ratio - before.adjusted.log_ratio), 1e-9);
}

TEST(CohortStudy, BaselineRowsPrintCountsSharesAndDifferences) {
  DataSet set;
  set.add(kExposed, 5, false, Sex::kFemale, 64);
  set.add(kExposed, 5, false, Sex::kMale, 65).baseline_value.reset();
  set.add(kComparator, 5, false, Sex::kMale, 74);
  set.add(kComparator, 5, false, Sex::kMale, 75);
  set.add(kComparator, 0, false, Sex::kFemale, 17);
  const StudyResult result = set.run();
  EXPECT_EQ(row_titled(result, "Persons").exposed, "2");
  EXPECT_EQ(row_titled(result, "Persons").comparator, "3");
  EXPECT_EQ(row_titled(result, "Women, n (%)").exposed, "1 (50.0 %)");
  EXPECT_EQ(row_titled(result, "Women, n (%)").comparator, "1 (33.3 %)");
  EXPECT_NEAR(*row_titled(result, "Women, n (%)").standardized_difference,
              (1.0 / 2 - 1.0 / 3) / std::sqrt((1.0 / 4 + 2.0 / 9) / 2), 1e-14);
  EXPECT_EQ(row_titled(result, "Age in years, mean (SD)").exposed, "64.5 (0.7)");
  EXPECT_EQ(row_titled(result, "40–64 years, n (%)").exposed, "1 (50.0 %)");
  EXPECT_EQ(row_titled(result, "65–74 years, n (%)").exposed, "1 (50.0 %)");
  EXPECT_EQ(row_titled(result, "65–74 years, n (%)").comparator, "1 (33.3 %)");
  EXPECT_EQ(row_titled(result, "75 years and over, n (%)").comparator, "1 (33.3 %)");
  EXPECT_EQ(row_titled(result, "Under 18 years, n (%)").comparator, "1 (33.3 %)");
  EXPECT_EQ(row_titled(result, "Hyperkalemia: baseline value present, n (%)").exposed, "1 (50.0 %)");
  EXPECT_EQ(row_titled(result, "Hyperkalemia: baseline value, mean (SD)").exposed, "4.2 (–)");
  EXPECT_TRUE(std::ranges::none_of(
      result.baseline, [](const BaselineRow& row) { return row.title.en == "Sex unknown, n (%)"; }));
  set.add(kExposed, 5, false, Sex::kUnknown, 64);
  EXPECT_EQ(row_titled(set.run(), "Sex unknown, n (%)").exposed, "1 (33.3 %)");
}

TEST(CohortStudy, PartsThatDoNotFitAreRefused) {
  DataSet set = worked_example();
  set.data.follow_up[0].pop_back();
  EXPECT_THAT(run_cohort_study(set.data, ""), FailsWith(ErrorCode::kInvalidInput));
  set = worked_example();
  set.data.follow_up.emplace_back();
  EXPECT_THAT(run_cohort_study(set.data, ""), FailsWith(ErrorCode::kInvalidInput));
  set = worked_example();
  set.data.follow_up[0][0].follow_up_days = 0;  // with an event
  EXPECT_THAT(run_cohort_study(set.data, ""), FailsWith(ErrorCode::kInvalidInput));
  set = worked_example();
  set.data.follow_up[0][2].follow_up_days = -1;
  EXPECT_THAT(run_cohort_study(set.data, ""), FailsWith(ErrorCode::kInvalidInput));
}

RC_GTEST_PROP(CohortStudy, SwappingTheArmsInvertsTheRatio, ()) {
  DataSet set = confounded(*rc::gen::inRange<std::uint64_t>(1, 100'000), 120);
  const OutcomeResult result = set.everyone();
  for (CohortPerson& person : set.data.persons) {
    person.arm = person.arm == kExposed ? kComparator : kExposed;
  }
  const OutcomeResult swapped = set.everyone();
  RC_ASSERT(result.crude.estimable == swapped.crude.estimable);
  RC_ASSERT(result.exposed.events == swapped.comparator.events);
  RC_PRE(result.crude.estimable && result.adjusted.estimable);
  RC_ASSERT(std::abs(result.crude.log_ratio + swapped.crude.log_ratio) < 1e-9);
  RC_ASSERT(std::abs(result.adjusted.log_ratio + swapped.adjusted.log_ratio) < 1e-9);
}

}  // namespace
}  // namespace mimamori
