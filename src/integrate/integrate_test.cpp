#include "integrate/integrate.h"

#include <gtest/gtest.h>

#include "base/testing.h"

namespace mimamori {
namespace {

using testing::HasSubstr;

CohortPerson person(const char* key, Arm arm) {
  CohortPerson one;
  one.person_key = key;
  one.arm = arm;
  return one;
}

/// One exposed and one comparator person.
SiteData site(const char* id, int exposed_days) {
  SiteData one;
  one.site.id = id;
  one.site.title = {id, id};
  one.site.package_sha256 = std::string("hash of ") + id;
  one.data.study_id = "a-vs-b";
  one.data.script_sha256 = "script";
  one.data.outcomes = {{.id = "hyperkalemia", .title = {}, .definition = {}}};
  one.data.attrition = {{.rule = "dispensed", .title = {}, .exposed = 5, .comparator = 7},
                        {.rule = "washout", .title = {}, .exposed = 1, .comparator = 1}};
  one.data.notes = {.days_supply_assumed = 2, .results_in_other_units = 3};
  one.data.persons = {person("b", Arm::kExposed), person("a", Arm::kComparator)};
  one.data.follow_up = {
      {{.baseline_value = {}, .follow_up_days = exposed_days}, {.baseline_value = {}, .follow_up_days = 90}}};
  return one;
}

StudySite silent(const char* id, SiteState state, const char* reason) {
  StudySite one;
  one.id = id;
  one.state = state;
  one.reason = reason;
  return one;
}

TEST(Integrate, PersonsKeepTheirSiteAndTheirFollowUp) {
  const auto all = integrate({site("H02", 20), site("H01", 10)}, {});
  ASSERT_THAT(all, Succeeds());
  ASSERT_EQ(all->persons.size(), 4U);
  EXPECT_EQ(all->persons[0].person_key, "H01:a");
  EXPECT_EQ(all->persons[1].person_key, "H01:b");
  EXPECT_EQ(all->persons[1].site, 0);
  EXPECT_EQ(all->follow_up[0][1].follow_up_days, 10);
  EXPECT_EQ(all->persons[3].person_key, "H02:b");
  EXPECT_EQ(all->persons[3].site, 1);
  EXPECT_EQ(all->follow_up[0][3].follow_up_days, 20);
  EXPECT_EQ(all->sites[1].package_sha256, "hash of H02");
}

TEST(Integrate, AttritionAndNotesAreSummedAndKeptPerSite) {
  SiteData second = site("H02", 20);
  second.data.attrition[0].exposed = 50;
  const auto all = integrate({site("H01", 10), second}, {});
  ASSERT_THAT(all, Succeeds());
  EXPECT_EQ(all->attrition[0].exposed, 55);
  EXPECT_EQ(all->attrition[0].comparator, 14);
  EXPECT_EQ(all->attrition[1].exposed, 2);
  EXPECT_EQ(all->sites[0].attrition[0].exposed, 5);
  EXPECT_EQ(all->sites[1].attrition[0].exposed, 50);
  EXPECT_EQ(all->notes.days_supply_assumed, 4);
  EXPECT_EQ(all->notes.results_in_other_units, 6);
}

TEST(Integrate, TheOrderOfSitesAndPersonsHasNoEffect) {
  SiteData turned = site("H02", 20);
  std::swap(turned.data.persons[0], turned.data.persons[1]);
  std::swap(turned.data.follow_up[0][0], turned.data.follow_up[0][1]);
  const StudySite refused = silent("H00", SiteState::kRefused, "no time");
  const StudySite waiting = silent("H09", SiteState::kNotAnswered, "");
  const auto one = integrate({site("H01", 10), site("H02", 20)}, {refused, waiting});
  const auto other = integrate({turned, site("H01", 10)}, {waiting, refused});
  ASSERT_THAT(one, Succeeds());
  ASSERT_THAT(other, Succeeds());
  EXPECT_TRUE(*one == *other);
}

TEST(Integrate, SitesThatSentNothingStandAfterThoseThatDid) {
  const auto all = integrate({site("H05", 10)}, {silent("H09", SiteState::kNotAnswered, ""),
                                                 silent("H01", SiteState::kRefused, "倫理審査中のため")});
  ASSERT_THAT(all, Succeeds());
  ASSERT_EQ(all->sites.size(), 3U);
  EXPECT_EQ(all->sites[0].id, "H05");
  EXPECT_EQ(all->sites[0].state, SiteState::kContributed);
  EXPECT_EQ(all->sites[1].id, "H01");
  EXPECT_EQ(all->sites[1].reason, "倫理審査中のため");
  EXPECT_EQ(all->sites[2].state, SiteState::kNotAnswered);
}

TEST(Integrate, ASiteThatLeftKeepsWhatItSent) {
  SiteData left = site("H01", 10);
  left.site.left_on = *parse_iso_date("2024-04-01");
  const auto all = integrate({left, site("H02", 20)}, {});
  ASSERT_THAT(all, Succeeds());
  EXPECT_EQ(all->persons.size(), 4U);
  EXPECT_EQ(all->sites[0].state, SiteState::kContributed);
  EXPECT_EQ(all->sites[0].left_on, *parse_iso_date("2024-04-01"));
}

TEST(Integrate, SitesMustAgreeOnTheQuestion) {
  const auto with = [](auto&& change) {
    SiteData other = site("H02", 20);
    change(other.data);
    return integrate({site("H01", 10), other}, {});
  };
  EXPECT_THAT(with([](StudyDataSet&) {}), Succeeds());
  EXPECT_THAT(with([](StudyDataSet& d) { d.script_sha256 = "other"; }), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(with([](StudyDataSet& d) { d.study_id = "other"; }), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(with([](StudyDataSet& d) { d.outcomes[0].id = "other"; }), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(with([](StudyDataSet& d) { d.attrition[1].rule = "other"; }), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(with([](StudyDataSet& d) { d.attrition.pop_back(); }), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(with([](StudyDataSet& d) { d.data_end += Days{1}; }), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(with([](StudyDataSet& d) { d.follow_up[0].pop_back(); }), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(with([](StudyDataSet& d) { d.sites.emplace_back(); }), FailsWith(ErrorCode::kInvalidInput));
}

TEST(Integrate, SitesMustBeNamedOnce) {
  EXPECT_THAT(integrate({}, {silent("H01", SiteState::kRefused, "")}), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(integrate({site("H01", 1), site("H01", 1)}, {}), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(integrate({site("", 1)}, {}), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(integrate({site("H01", 1)}, {silent("H01", SiteState::kRefused, "")}),
              FailsWith(ErrorCode::kInvalidInput));
  const auto contributed = integrate({site("H01", 1)}, {silent("H02", SiteState::kContributed, "")});
  ASSERT_THAT(contributed, FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(contributed.error().sentence, HasSubstr("H02"));
}

}  // namespace
}  // namespace mimamori
