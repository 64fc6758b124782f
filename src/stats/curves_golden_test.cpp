// R's answers to curves, competing risks and what follows a Cox fit: tests/golden/curves_r.

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/testing.h"
#include "stats/method.h"
#include "stats/read_table.h"

namespace mimamori {
namespace {

std::string read_file(const std::string& name) {
  std::ifstream file(std::filesystem::path(MIMAMORI_SOURCE_DIR) / "tests/golden/curves_r" / name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

const Json& all_cases() {
  static const Json cases = Json::parse(read_file("cases.json"), nullptr, false);
  return cases;
}

/// Every leaf of `expected` is in the answer and equal to it.
void compare(const Json& expected, const Json& actual, const std::string& place) {
  if (expected.is_object()) {
    for (const auto& [key, value] : expected.items()) {
      ASSERT_TRUE(actual.is_object() && actual.contains(key)) << place << "." << key;
      compare(value, actual[key], place + "." + key);
    }
    return;
  }
  if (expected.is_array()) {
    ASSERT_TRUE(actual.is_array() && actual.size() == expected.size()) << place;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      compare(expected[i], actual[i], place + "." + std::to_string(i));
    }
    return;
  }
  if (!expected.is_number()) {
    EXPECT_EQ(actual, expected) << place;
    return;
  }
  ASSERT_TRUE(actual.is_number()) << place;
  const double value = expected.get<double>();
  EXPECT_NEAR(actual.get<double>(), value, std::max(1e-9, 3e-7 * std::abs(value))) << place;
}

class CurvesGolden : public testing::TestWithParam<std::size_t> {};

TEST_P(CurvesGolden, AgreesWithR) {
  const Json& one = all_cases()[GetParam()];
  SCOPED_TRACE(one["spec"].dump());
  const auto table = read_csv(read_file("input.csv"));
  ASSERT_THAT(table, Succeeds());
  const auto answer = fit(one["spec"], *table);
  ASSERT_THAT(answer, Succeeds());
  EXPECT_EQ((*answer)["status"], "ok");
  compare(one["expect"], *answer, "");
}

INSTANTIATE_TEST_SUITE_P(Case, CurvesGolden, testing::Range<std::size_t>(0, all_cases().size()));

TEST(CurvesGoldenFolder, HoldsTheCases) {
  ASSERT_TRUE(all_cases().is_array());
  EXPECT_GE(all_cases().size(), 60U);
}

}  // namespace
}  // namespace mimamori
