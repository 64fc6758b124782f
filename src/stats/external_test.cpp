// R's answers to the shared fixtures, which lie outside this repository.
// tests/golden/stats/<fixture>/<check>.json says what to ask; the answer is compared with the fixture's own
// tolerances, as its compare.py does, except that a value which is missing fails here.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "base/testing.h"
#include "stats/method.h"
#include "stats/read_table.h"

namespace mimamori {
namespace {

using std::filesystem::path;

path golden_folder() { return path(MIMAMORI_SOURCE_DIR) / "tests/golden/stats"; }
path fixture_folder(const std::string& fixture) { return shared_data() / "stats" / fixture; }

Json read_json(const path& file) {
  std::ifstream stream(file);
  return Json::parse(stream, nullptr, false);
}

struct Check {
  std::string fixture, id;
};
void PrintTo(const Check& check, std::ostream* out) { *out << check.fixture << "/" << check.id; }

/// Checks that have a spec, sorted by name.
std::vector<Check> checks_with_a_spec() {
  std::set<std::pair<std::string, std::string>> found;
  std::error_code none;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(golden_folder(), none)) {
    if (entry.path().extension() != ".json") continue;
    found.emplace(entry.path().parent_path().filename().string(), entry.path().stem().string());
  }
  std::vector<Check> checks;
  for (const auto& [fixture, id] : found) checks.push_back({fixture, id});
  return checks;
}

Json check_of(const Check& check) {
  const Json all = read_json(fixture_folder(check.fixture) / "expected.json");
  if (!all.is_object()) return nullptr;
  for (const Json& one : all["checks"]) {
    if (one["id"] == check.id) return one;
  }
  return nullptr;
}

/// A number, or a word that stands for one; anything else is no number.
std::optional<double> number_of(const Json& json) {
  if (json.is_number()) return json.get<double>();
  if (json == "Inf") return std::numeric_limits<double>::infinity();
  if (json == "-Inf") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

using Place = std::vector<std::string>;

std::string joined(Place::const_iterator from, Place::const_iterator to) {
  std::string text;
  for (auto at = from; at != to; ++at) text += (at == from ? "" : ".") + *at;
  return text;
}

/// The tolerance of the longest run of names that "tol" knows, else the default one.
Json tolerance(const Json& tol, const Place& names) {
  for (std::ptrdiff_t length = std::ssize(names); length > 0; --length) {
    for (std::ptrdiff_t at = 0; at + length <= std::ssize(names); ++at) {
      const auto found = tol.find(joined(names.begin() + at, names.begin() + at + length));
      if (found != tol.end()) return *found;
    }
  }
  return tol["default"];
}

void compare_leaf(const Json& expected, const Json& actual, const Json& tol, const Place& names,
                  const std::string& where) {
  if (expected.is_null()) {
    EXPECT_TRUE(actual.is_null()) << where << ": expected null, got " << actual.dump();
    return;
  }
  const std::optional<double> e = number_of(expected);
  if (!e) {  // status words, true and false
    EXPECT_EQ(actual, expected) << where;
    return;
  }
  const std::optional<double> a = number_of(actual);
  ASSERT_TRUE(a.has_value()) << where << ": expected " << expected.dump() << ", got " << actual.dump();
  if (std::isinf(*e) || std::isinf(*a)) {
    EXPECT_EQ(*a, *e) << where;
    return;
  }
  const Json limit = tolerance(tol, names);
  EXPECT_LE(std::abs(*a - *e),
            std::max(limit["abs"].get<double>(), limit["rel"].get<double>() * std::abs(*e)))
      << where << ": expected " << expected.dump() << ", got " << actual.dump();
}

void compare(const Json& expected, const Json& actual, const Json& tol, const Place& names,
             const std::string& where) {
  if (expected.is_object()) {
    for (const auto& [key, value] : expected.items()) {
      Place below = names;
      below.push_back(key);
      const bool there = actual.is_object() && actual.contains(key);
      compare(value, there ? actual[key] : Json(), tol, below, where + "." + key);
    }
  } else if (expected.is_array()) {
    EXPECT_TRUE(actual.is_array() && actual.size() == expected.size())
        << where << ": expected a list of " << expected.size() << ", got " << actual.dump();
    for (std::size_t i = 0; i < expected.size(); ++i) {  // positions do not count as names
      const bool there = actual.is_array() && i < actual.size();
      compare(expected[i], there ? actual[i] : Json(), tol, names, where + "[" + std::to_string(i) + "]");
    }
  } else {
    compare_leaf(expected, actual, tol, names, where);
  }
}

class StatsCheck : public testing::TestWithParam<Check> {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StatsCheck);

TEST_P(StatsCheck, AgreesWithTheReference) {
  const Check& check = GetParam();
  const Json reference = check_of(check);
  ASSERT_TRUE(reference.is_object()) << "the fixture has no such check";
  const Json spec = read_json(golden_folder() / check.fixture / (check.id + ".json"));
  ASSERT_TRUE(spec.is_object()) << "the spec is no JSON object";
  const auto table = read_table(fixture_folder(check.fixture) / spec.value("input", "input.csv"));
  ASSERT_THAT(table, Succeeds());
  const auto answer = fit(spec, *table);
  ASSERT_THAT(answer, Succeeds());
  compare(reference["expect"], *answer, reference["tol"], {}, check.id);
}

INSTANTIATE_TEST_SUITE_P(External, StatsCheck, testing::ValuesIn(checks_with_a_spec()),
                         [](const auto& check) { return check.param.fixture + "_" + check.param.id; });

/// Fixtures of estimators that a later issue brings: propensity scores and their uses, self-controlled case
/// series, signal measures, calibration, meta-analysis, sequential tests, grades of laboratory values.
const std::set<std::string> kLaterFixtures = {
    "clin_labs",    "disprop_caers_gps",   "disprop_small",           "empirical_calibration_cohort",
    "meta_sites",   "sccs_con_hib_mmr",    "sccs_gi_nsaid",           "empirical_calibration_sccs",
    "sccs_itp_mmr", "sccs_int_opv_season", "sccs_hip_antidepressant", "sccs_opv",
    "seq_small",
};
/// Of the one fixture that is shared out: its propensity model is a logistic regression, the rest comes
/// later.
const std::set<std::string> kLaterChecks = {
    "ps_sim/weights",
    "ps_sim/smd",
    "ps_sim/cox_iptw_breslow",
    "ps_sim/cox_smrw_att_breslow",
    "ps_sim/cox_overlap_breslow",
    "ps_sim/match_1to1",
    "ps_sim/quintile_stratified_cox",
};

TEST(ExternalStats, EveryCheckIsAskedOrBelongsToALaterIssue) {
  std::set<std::string> asked;
  for (const Check& check : checks_with_a_spec()) asked.insert(check.fixture + "/" + check.id);
  std::set<std::string> fixtures;
  for (const auto& entry : std::filesystem::directory_iterator(shared_data() / "stats")) {
    if (!entry.is_directory()) continue;
    const std::string fixture = entry.path().filename().string();
    fixtures.insert(fixture);
    if (kLaterFixtures.contains(fixture)) continue;
    const Json expected = read_json(entry.path() / "expected.json");
    ASSERT_TRUE(expected.is_object()) << fixture;
    for (const Json& check : expected["checks"]) {
      const std::string name = fixture + "/" + check["id"].get<std::string>();
      EXPECT_NE(asked.contains(name), kLaterChecks.contains(name))
          << name << " needs a spec in tests/golden/stats";
    }
  }
  for (const std::string& later : kLaterFixtures) EXPECT_TRUE(fixtures.contains(later)) << later;
}

}  // namespace
}  // namespace mimamori
