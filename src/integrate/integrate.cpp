#include "integrate/integrate.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <utility>

namespace mimamori {
namespace {

Error wrong(const std::string& sentence) { return Error{ErrorCode::kInvalidInput, "integrate: " + sentence}; }
Error conflict(const std::string& sentence) { return Error{ErrorCode::kConflict, "integrate: " + sentence}; }

Result<void> check_sites(const std::vector<SiteData>& sent, const std::vector<StudySite>& silent) {
  if (sent.empty()) return wrong("expected the data of at least one site");
  std::set<std::string> ids;
  const auto is_new = [&](const StudySite& site) { return !site.id.empty() && ids.insert(site.id).second; };
  for (const SiteData& one : sent) {
    if (!is_new(one.site)) return wrong("expected each site once, with an id");
    if (!one.data.sites.empty()) return wrong("site " + one.site.id + ": expected the data of one site");
  }
  for (const StudySite& site : silent) {
    if (!is_new(site)) return wrong("expected each site once, with an id");
    if (site.state == SiteState::kContributed) return wrong("site " + site.id + ": expected its data");
  }
  return {};
}

bool same_rules(const std::vector<AttritionStep>& a, const std::vector<AttritionStep>& b) {
  return std::ranges::equal(a, b, {}, &AttritionStep::rule, &AttritionStep::rule);
}

/// Whether the data of a site answer the same question as those of the first.
Result<void> check_agreement(const StudyDataSet& first, const SiteData& one) {
  const StudyDataSet& data = one.data;
  const std::string place = "site " + one.site.id + ": ";
  if (data.study_id != first.study_id || data.script_sha256 != first.script_sha256) {
    return conflict(place + "expected the script of the other sites");
  }
  if (data.outcomes != first.outcomes) return conflict(place + "expected the outcomes of the other sites");
  if (!same_rules(data.attrition, first.attrition))
    return conflict(place + "expected the rules of the other sites");
  if (data.data_start != first.data_start || data.data_end != first.data_end) {
    return conflict(place + "expected the data window of the other sites");
  }
  if (data.follow_up.size() != data.outcomes.size())
    return wrong(place + "expected follow-up for each outcome");
  for (const auto& follow_up : data.follow_up) {
    if (follow_up.size() != data.persons.size()) return wrong(place + "expected one follow-up per person");
  }
  return {};
}

/// The first data set without what is one site's own.
StudyDataSet without_persons(const StudyDataSet& first) {
  StudyDataSet all;
  all.study_id = first.study_id;
  all.title = first.title;
  all.exposed_title = first.exposed_title;
  all.comparator_title = first.comparator_title;
  all.data_start = first.data_start;
  all.data_end = first.data_end;
  all.script_sha256 = first.script_sha256;
  all.outcomes = first.outcomes;
  all.follow_up.resize(first.outcomes.size());
  all.attrition = first.attrition;
  for (AttritionStep& step : all.attrition) step.exposed = step.comparator = 0;
  return all;
}

void add(SiteData one, StudyDataSet& all) {
  const auto position = static_cast<std::int32_t>(all.sites.size());
  StudyDataSet& data = one.data;
  for (std::size_t i = 0; i < all.attrition.size(); ++i) {
    all.attrition[i].exposed += data.attrition[i].exposed;
    all.attrition[i].comparator += data.attrition[i].comparator;
  }
  all.notes += data.notes;
  std::vector<std::size_t> order(data.persons.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {},
                           [&](std::size_t i) -> const std::string& { return data.persons[i].person_key; });
  for (const std::size_t i : order) {
    CohortPerson& person = all.persons.emplace_back(std::move(data.persons[i]));
    person.person_key = one.site.id + ":" + person.person_key;
    person.site = position;
    for (std::size_t outcome = 0; outcome < all.outcomes.size(); ++outcome) {
      all.follow_up[outcome].push_back(data.follow_up[outcome][i]);
    }
  }
  one.site.state = SiteState::kContributed;
  one.site.reason.clear();
  one.site.attrition = std::move(data.attrition);
  one.site.notes = data.notes;
  all.sites.push_back(std::move(one.site));
}

}  // namespace

Result<StudyDataSet> integrate(std::vector<SiteData> sent, std::vector<StudySite> silent) {
  TRY(check_sites(sent, silent));
  std::ranges::sort(sent, {}, [](const SiteData& one) -> const std::string& { return one.site.id; });
  std::ranges::sort(silent, {}, &StudySite::id);
  for (const SiteData& one : sent) TRY(check_agreement(sent.front().data, one));
  StudyDataSet all = without_persons(sent.front().data);
  for (SiteData& one : sent) add(std::move(one), all);
  for (StudySite& site : silent) all.sites.push_back(std::move(site));
  return all;
}

}  // namespace mimamori
