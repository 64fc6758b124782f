// Several sites in one study, and what must not matter: the order of persons.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "base/random.h"
#include "base/testing.h"
#include "study/cohort_study.h"
#include "study/hazard_ratio.h"

namespace mimamori {
namespace {

constexpr Arm kExposed = Arm::kExposed;
constexpr Arm kComparator = Arm::kComparator;

FollowedPerson followed(int site, Arm arm, int days, bool event, Sex sex = Sex::kFemale, int age = 60) {
  return {.site = site, .arm = arm, .sex = sex, .age_years = age, .follow_up_days = days, .event = event};
}

/// Exposed: event on day 1, censored on day 3. Comparator: event on day 2. The ratio is sqrt(1/2), by hand.
std::vector<FollowedPerson> worked_example(int site, int slower = 1) {
  return {followed(site, kExposed, slower, true), followed(site, kComparator, 2 * slower, true),
          followed(site, kExposed, 3 * slower, false)};
}

std::vector<FollowedPerson> operator+(std::vector<FollowedPerson> a, const std::vector<FollowedPerson>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(SiteStrata, ASecondSiteLikeTheFirstDoublesTheInformation) {
  const HazardRatio one = crude_hazard_ratio(worked_example(0));
  const HazardRatio two = crude_hazard_ratio(worked_example(0) + worked_example(1));
  ASSERT_TRUE(one.estimable && two.estimable);
  EXPECT_NEAR(two.ratio, std::sqrt(0.5), 1e-12);
  EXPECT_NEAR(two.standard_error, one.standard_error / std::sqrt(2.0), 1e-12);
}

TEST(SiteStrata, EachSiteHasItsOwnTime) {
  // A site where everything takes ten times as long says the same about the ratio, unless sites are mixed.
  const HazardRatio apart = crude_hazard_ratio(worked_example(0) + worked_example(1, 10));
  const HazardRatio mixed = crude_hazard_ratio(worked_example(0) + worked_example(0, 10));
  EXPECT_NEAR(apart.ratio, std::sqrt(0.5), 1e-12);
  EXPECT_GT(std::abs(mixed.ratio - std::sqrt(0.5)), 1e-3);
}

TEST(SiteStrata, ASiteWithoutEventsSaysNothing) {
  const auto quiet = std::vector{followed(1, kExposed, 5, false), followed(1, kComparator, 9, false)};
  EXPECT_EQ(crude_hazard_ratio(worked_example(0) + quiet).log_ratio,
            crude_hazard_ratio(worked_example(0)).log_ratio);
}

TEST(SiteStrata, SitesThatEachFollowedOneArmCannotBeCompared) {
  const HazardRatio none =
      crude_hazard_ratio(std::vector{followed(0, kExposed, 1, true), followed(0, kExposed, 4, false),
                                     followed(1, kComparator, 2, true), followed(1, kComparator, 3, false)});
  EXPECT_FALSE(none.estimable);
  EXPECT_EQ(none.not_estimable_reason.en,
            "Not estimable: at the time of each event, only one arm was under follow-up");
}

std::vector<FollowedPerson> confounded(int site, std::uint64_t seed, int persons, Sex first, Sex second,
                                       int age_span = 40) {
  const RandomStream stream(seed);
  std::vector<FollowedPerson> all;
  for (int i = 0; i < persons; ++i) {
    const auto u = [&](std::uint64_t draw) { return stream.u(static_cast<std::uint64_t>(i), draw); };
    const int age = 40 + static_cast<int>(age_span * u(0));
    const bool exposed = u(2) < 0.3 + 0.01 * (age - 40);
    const double time = -std::log(u(3)) / (0.002 * std::exp(0.03 * (age - 60) + (exposed ? 0.5 : 0)));
    all.push_back(followed(site, exposed ? kExposed : kComparator,
                           static_cast<int>(std::ceil(std::min(time, 365.0))), time <= 365,
                           u(1) < 0.5 ? first : second, age));
  }
  return all;
}

TEST(SiteStrata, AgeThatVariesBetweenSitesOnlyHasNoTerm) {
  // Each site has one age: the strata take up all that age could say.
  const auto young = confounded(0, 1, 200, Sex::kFemale, Sex::kFemale, 0);
  auto old = confounded(1, 2, 200, Sex::kFemale, Sex::kFemale, 0);
  for (FollowedPerson& person : old) person.age_years = 80;
  const HazardRatio adjusted = adjusted_hazard_ratio(young + old);
  ASSERT_TRUE(adjusted.estimable);
  EXPECT_EQ(adjusted.log_ratio, crude_hazard_ratio(young + old).log_ratio);
}

TEST(SiteStrata, SexThatVariesBetweenSitesOnlyHasNoTerm) {
  const auto women = confounded(0, 1, 200, Sex::kFemale, Sex::kFemale);
  const auto men = confounded(1, 2, 200, Sex::kMale, Sex::kMale);
  auto no_men = men;
  for (FollowedPerson& person : no_men) person.sex = Sex::kFemale;
  const HazardRatio adjusted = adjusted_hazard_ratio(women + men);
  ASSERT_TRUE(adjusted.estimable);
  EXPECT_EQ(adjusted.log_ratio, adjusted_hazard_ratio(women + no_men).log_ratio);
}

TEST(SiteStrata, SexesThatMeetAtSomeSitesOnlyAreComparedThere) {
  // Women alone at one site; men and persons of unknown sex at the other: one term, not two.
  const auto women = confounded(0, 3, 300, Sex::kFemale, Sex::kFemale);
  const auto others = confounded(1, 4, 300, Sex::kMale, Sex::kUnknown);
  auto renamed = others;
  for (FollowedPerson& person : renamed) person.sex = person.sex == Sex::kMale ? Sex::kFemale : Sex::kMale;
  const HazardRatio adjusted = adjusted_hazard_ratio(women + others);
  ASSERT_TRUE(adjusted.estimable);
  EXPECT_NEAR(adjusted.log_ratio, adjusted_hazard_ratio(women + renamed).log_ratio, 1e-12);
}

TEST(SiteStrata, ASexWhoseEventsLieWhereItIsAloneLeavesTheOtherSites) {
  auto mixed = confounded(0, 5, 300, Sex::kFemale, Sex::kMale);
  for (FollowedPerson& person : mixed) {
    if (person.sex == Sex::kMale) person.event = false;
  }
  const auto men = confounded(1, 6, 300, Sex::kMale, Sex::kMale);
  auto women = mixed;
  std::erase_if(women, [](const FollowedPerson& person) { return person.sex == Sex::kMale; });
  const HazardRatio adjusted = adjusted_hazard_ratio(mixed + men);
  ASSERT_TRUE(adjusted.estimable) << adjusted.not_estimable_reason.en;
  EXPECT_EQ(adjusted.log_ratio, adjusted_hazard_ratio(women + men).log_ratio);
}

/// A data set of two sites with one outcome.
StudyDataSet two_sites() {
  StudyDataSet data;
  data.study_id = "test";
  data.outcomes.push_back({.id = "hyperkalemia", .title = {"高", "High"}, .definition = {}});
  data.follow_up.emplace_back();
  data.sites.resize(3);
  data.sites[0].id = "H01";
  data.sites[1].id = "H02";
  data.sites[2].id = "H03";
  data.sites[2].state = SiteState::kRefused;
  std::mt19937_64 random(7);
  for (const FollowedPerson& one :
       confounded(0, 8, 400, Sex::kFemale, Sex::kMale) + confounded(1, 9, 300, Sex::kFemale, Sex::kMale)) {
    CohortPerson person;
    person.person_key = std::to_string(data.persons.size());
    person.arm = one.arm;
    person.sex = one.sex;
    person.age_years = one.age_years;
    person.site = one.site;
    data.persons.push_back(person);
    data.follow_up[0].push_back({.baseline_value = static_cast<double>(random() % 1000) / 7,
                                 .baseline_in_reference_range = random() % 2 == 0,
                                 .follow_up_days = one.follow_up_days,
                                 .event = one.event,
                                 .reason = one.event ? CensoringReason::kOutcome : CensoringReason::kCutOff,
                                 .measurements = static_cast<int>(random() % 5)});
  }
  return data;
}

/// Bits of every floating number of a result.
std::vector<double> numbers_of(const StudyResult& result) {
  std::vector<double> all;
  for (const BaselineRow& row : result.baseline) all.push_back(row.standardized_difference.value_or(-9));
  for (const PopulationResult& population : result.populations) {
    for (const OutcomeResult& outcome : population.outcomes) {
      for (const HazardRatio* ratio : {&outcome.crude, &outcome.adjusted}) {
        all.insert(all.end(), {ratio->log_ratio, ratio->standard_error, ratio->p_value});
      }
      for (const ArmCurve* curve : {&outcome.exposed_curve, &outcome.comparator_curve}) {
        for (const CurvePoint& point : curve->points) {
          all.insert(all.end(), {point.cumulative_incidence, point.lower, point.upper});
        }
      }
      all.insert(all.end(), {outcome.exposed.person_years, outcome.comparator.person_years});
    }
  }
  return all;
}

TEST(CohortStudySites, TheOrderOfPersonsChangesNoBit) {
  const StudyDataSet data = two_sites();
  const auto result = run_cohort_study(data, "");
  ASSERT_THAT(result, Succeeds());
  ASSERT_TRUE(result->populations[0].outcomes[0].adjusted.estimable);
  std::vector<std::size_t> order(data.persons.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    std::ranges::shuffle(order, std::mt19937_64(seed));
    StudyDataSet shuffled = data;
    for (std::size_t i = 0; i < order.size(); ++i) {
      shuffled.persons[i] = data.persons[order[i]];
      shuffled.follow_up[0][i] = data.follow_up[0][order[i]];
    }
    const auto again = run_cohort_study(shuffled, "");
    ASSERT_THAT(again, Succeeds());
    EXPECT_EQ(numbers_of(*result), numbers_of(*again));
    for (std::size_t i = 0; i < result->baseline.size(); ++i) {
      EXPECT_EQ(result->baseline[i].exposed, again->baseline[i].exposed);
    }
  }
}

TEST(CohortStudySites, CountsBySiteAddUpToThoseOfTheStudy) {
  const auto result = run_cohort_study(two_sites(), "");
  ASSERT_THAT(result, Succeeds());
  ASSERT_EQ(result->sites.size(), 3U);
  for (const PopulationResult& population : result->populations) {
    const OutcomeResult& outcome = population.outcomes[0];
    ASSERT_EQ(outcome.by_site.size(), 2U);  // those that contributed
    EXPECT_EQ(outcome.by_site[0].exposed_persons + outcome.by_site[1].exposed_persons,
              outcome.exposed.persons);
    EXPECT_EQ(outcome.by_site[0].exposed_events + outcome.by_site[1].exposed_events, outcome.exposed.events);
    EXPECT_EQ(outcome.by_site[0].comparator_persons + outcome.by_site[1].comparator_persons,
              outcome.comparator.persons);
    EXPECT_EQ(outcome.by_site[0].comparator_events + outcome.by_site[1].comparator_events,
              outcome.comparator.events);
  }
  EXPECT_EQ(result->populations[0].outcomes[0].by_site[0].exposed_persons +
                result->populations[0].outcomes[0].by_site[0].comparator_persons,
            400);
}

TEST(CohortStudySites, APersonOfNoContributingSiteIsRefused) {
  StudyDataSet data = two_sites();
  data.persons[0].site = 1;
  EXPECT_THAT(run_cohort_study(data, ""), Succeeds());
  data.persons[0].site = 2;  // refused to contribute
  EXPECT_THAT(run_cohort_study(data, ""), FailsWith(ErrorCode::kInvalidInput));
  data.persons[0].site = -1;
  EXPECT_THAT(run_cohort_study(data, ""), FailsWith(ErrorCode::kInvalidInput));
  data.sites.clear();
  for (CohortPerson& person : data.persons) person.site = 0;
  EXPECT_THAT(run_cohort_study(data, ""), Succeeds());
  data.persons[0].site = 1;
  EXPECT_THAT(run_cohort_study(data, ""), FailsWith(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace mimamori
