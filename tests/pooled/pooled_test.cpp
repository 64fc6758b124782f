// Three sites send packages; the center integrates and analyzes them. The numbers must be those of one site
// that holds all the persons with their hospital as stratum.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "base/random.h"
#include "base/testing.h"
#include "integrate/integrate.h"
#include "report/report.h"
#include "store/data_set_files.h"
#include "study/cohort_study.h"

namespace mimamori {
namespace {

constexpr std::size_t kSites = 3;

Date day(const char* iso) { return *parse_iso_date(iso); }

StudyDataSet without_persons() {
  StudyDataSet data;
  data.study_id = "a-vs-b";
  data.title = {"題", "Title"};
  data.exposed_title = {"薬A", "Drug A"};
  data.comparator_title = {"薬B", "Drug B"};
  data.data_start = day("2022-01-01");
  data.data_end = day("2024-01-01");
  data.script_sha256 = std::string(64, 'a');
  data.attrition = {{.rule = "dispensed", .title = {"処方", "Dispensed"}}};
  for (const char* id : {"hyperkalemia", "low_egfr", "rare"}) {
    data.outcomes.push_back({.id = id, .title = {id, id}, .definition = {}});
  }
  data.follow_up.resize(data.outcomes.size());
  return data;
}

OutcomeFollowUp follow_up(std::size_t outcome, std::size_t site, bool exposed, int age,
                          const RandomStream& stream, std::uint64_t person) {
  const auto u = [&](std::uint64_t draw) { return stream.u(person, 10 * (outcome + 1) + draw); };
  // Each site has a hazard of its own, and at each the exposed are chosen differently: mixing them would
  // show.
  const double hazard = (outcome == 2 ? 0.00002 : 0.0008) * static_cast<double>(1 + 3 * site) *
                        std::exp(0.02 * (age - 60) + (exposed ? 0.4 : 0.0));
  const int event_day = static_cast<int>(std::min(-std::log(u(0)) / hazard, 1e6)) + 1;
  const int censored_day = static_cast<int>(600 * u(1));
  OutcomeFollowUp own;
  own.event = event_day <= censored_day;
  own.follow_up_days = std::min(event_day, censored_day);
  own.reason = own.event ? CensoringReason::kOutcome : CensoringReason::kLastRecord;
  if (u(2) < 0.9) own.baseline_value = 3.5 + 2 * u(3);
  own.baseline_in_reference_range = own.baseline_value && *own.baseline_value < 5;
  own.measurements = static_cast<int>(5 * u(4));
  return own;
}

std::string key_of(std::uint64_t number) {
  const std::string digits = std::to_string(number * 7919 % 100'003);  // in no order of the persons
  return std::string(32 - digits.size(), '0') + digits;
}

/// The persons of one site.
StudyDataSet of_site(std::size_t site, std::uint64_t persons) {
  const RandomStream stream(100 + site);
  StudyDataSet data = without_persons();
  for (std::uint64_t i = 0; i < persons; ++i) {
    CohortPerson person;
    person.person_key = key_of(i);  // the same keys at every site
    person.age_years = 40 + static_cast<int>(45 * stream.u(i, 1));
    person.sex = stream.u(i, 2) < 0.5 ? Sex::kFemale : Sex::kMale;
    person.arm = stream.u(i, 3) < 0.2 + 0.25 * static_cast<double>(site) ? Arm::kExposed : Arm::kComparator;
    person.index_date = data.data_start + Days{static_cast<int>(700 * stream.u(i, 4))};
    ++(person.arm == Arm::kExposed ? data.attrition[0].exposed : data.attrition[0].comparator);
    for (std::size_t o = 0; o < data.outcomes.size(); ++o) {
      data.follow_up[o].push_back(
          follow_up(o, site, person.arm == Arm::kExposed, person.age_years, stream, i));
    }
    data.persons.push_back(std::move(person));
  }
  return data;
}

/// Site by site through the files that leave, and back.
SiteData through_package(std::size_t site, const StudyDataSet& data) {
  const auto files = files_of(data);
  EXPECT_THAT(files, Succeeds());
  std::vector<NamedContent> arrived;
  for (const EgressFile& file : *files) arrived.push_back({file.name, file.content});
  auto read = data_set_from(arrived, without_persons());
  EXPECT_THAT(read, Succeeds());
  SiteData sent;
  sent.site.id = "H0" + std::to_string(site + 1);
  sent.site.title = {sent.site.id, sent.site.id};
  sent.data = std::move(read).value();
  return sent;
}

StudySite refused() {
  StudySite site;
  site.id = "H04";
  site.state = SiteState::kRefused;
  site.reason = "人手が足りないため";
  return site;
}

std::vector<StudyDataSet> all_sites() { return {of_site(0, 600), of_site(1, 450), of_site(2, 300)}; }

StudyResult integrated(std::vector<std::size_t> order) {
  const std::vector<StudyDataSet> sites = all_sites();
  std::vector<SiteData> sent;
  for (const std::size_t site : order) sent.push_back(through_package(site, sites[site]));
  const auto data = integrate(std::move(sent), {refused()});
  EXPECT_THAT(data, Succeeds());
  auto result = run_cohort_study(*data, "1");
  EXPECT_THAT(result, Succeeds());
  return std::move(result).value();
}

/// One site that holds everyone, with the hospital as stratum; never sent, in shuffled order.
StudyResult all_in_one(std::uint64_t seed = 1) {
  StudyDataSet all = without_persons();
  all.sites.resize(kSites);
  const std::vector<StudyDataSet> sites = all_sites();
  std::vector<std::pair<std::size_t, std::size_t>> everyone;
  for (std::size_t site = 0; site < kSites; ++site) {
    for (std::size_t i = 0; i < sites[site].persons.size(); ++i) everyone.emplace_back(site, i);
  }
  std::ranges::shuffle(everyone, std::mt19937_64(seed));
  for (const auto& [site, i] : everyone) {
    all.persons.push_back(sites[site].persons[i]);
    all.persons.back().site = static_cast<std::int32_t>(kSites - 1 - site);  // other numbers for the strata
    for (std::size_t o = 0; o < all.outcomes.size(); ++o)
      all.follow_up[o].push_back(sites[site].follow_up[o][i]);
  }
  auto result = run_cohort_study(all, "1");
  EXPECT_THAT(result, Succeeds());
  return std::move(result).value();
}

void expect_same(const HazardRatio& a, const HazardRatio& b) {
  ASSERT_EQ(a.estimable, b.estimable) << a.not_estimable_reason.en << b.not_estimable_reason.en;
  EXPECT_NEAR(a.log_ratio, b.log_ratio, 1e-9);
  EXPECT_NEAR(a.standard_error, b.standard_error, 1e-9);
  EXPECT_NEAR(a.lower, b.lower, 1e-9 * std::abs(b.lower));
  EXPECT_NEAR(a.upper, b.upper, 1e-9 * std::abs(b.upper));
  EXPECT_NEAR(a.p_value, b.p_value, 1e-9);
}

void expect_same(const ArmSummary& a, const ArmSummary& b) {
  EXPECT_EQ(a.persons, b.persons);
  EXPECT_EQ(a.events, b.events);
  EXPECT_EQ(a.person_years, b.person_years);
  EXPECT_EQ(a.rate_upper, b.rate_upper);
  EXPECT_EQ(a.median_follow_up_days, b.median_follow_up_days);
}

TEST(Pooled, ThreeSitesGiveTheNumbersOfOneThatHoldsEveryone) {
  const StudyResult apart = integrated({0, 1, 2});
  const StudyResult together = all_in_one();
  ASSERT_EQ(apart.populations.size(), together.populations.size());
  int estimable = 0;
  for (std::size_t p = 0; p < apart.populations.size(); ++p) {
    for (std::size_t o = 0; o < apart.populations[p].outcomes.size(); ++o) {
      const OutcomeResult& a = apart.populations[p].outcomes[o];
      const OutcomeResult& b = together.populations[p].outcomes[o];
      SCOPED_TRACE(apart.populations[p].id + " " + a.outcome_id);
      expect_same(a.crude, b.crude);
      expect_same(a.adjusted, b.adjusted);
      expect_same(a.exposed, b.exposed);
      expect_same(a.comparator, b.comparator);
      estimable += a.adjusted.estimable ? 1 : 0;
    }
  }
  EXPECT_EQ(estimable, 6);
  for (std::size_t i = 0; i < apart.baseline.size(); ++i)
    EXPECT_EQ(apart.baseline[i].exposed, together.baseline[i].exposed);
  EXPECT_EQ(apart.attrition[0].exposed + apart.attrition[0].comparator, 1350);
}

TEST(Pooled, SitesWithoutStrataWouldGiveOtherNumbers) {
  // Else the test above could not see that the strata were lost.
  StudyDataSet mixed = without_persons();
  for (const StudyDataSet& site : all_sites()) {
    mixed.persons.insert(mixed.persons.end(), site.persons.begin(), site.persons.end());
    for (std::size_t o = 0; o < mixed.outcomes.size(); ++o) {
      mixed.follow_up[o].insert(mixed.follow_up[o].end(), site.follow_up[o].begin(), site.follow_up[o].end());
    }
  }
  const auto result = run_cohort_study(mixed, "1");
  ASSERT_THAT(result, Succeeds());
  const double apart = integrated({0, 1, 2}).populations[0].outcomes[0].crude.log_ratio;
  EXPECT_GT(std::abs(result->populations[0].outcomes[0].crude.log_ratio - apart), 0.01);
}

TEST(Pooled, TheOrderInWhichPackagesCameChangesNoByte) {
  const StudyResult one = integrated({0, 1, 2});
  const StudyResult other = integrated({2, 0, 1});
  EXPECT_EQ(to_json(one), to_json(other));
  EXPECT_EQ(to_html(one), to_html(other));
  EXPECT_EQ(to_csv(one), to_csv(other));
}

TEST(Pooled, TheOrderOfPersonsChangesNoByte) {
  const std::string one = to_json(all_in_one(1));
  for (std::uint64_t seed = 2; seed <= 4; ++seed) EXPECT_EQ(one, to_json(all_in_one(seed)));
}

TEST(Pooled, TheReportNamesWhoRefused) {
  const StudyResult result = integrated({0, 1, 2});
  for (const std::string& text : {to_json(result), to_html(result), to_csv(result)}) {
    EXPECT_THAT(text, testing::HasSubstr("H04"));
    EXPECT_THAT(text, testing::HasSubstr("人手が足りないため"));
  }
}

}  // namespace
}  // namespace mimamori
