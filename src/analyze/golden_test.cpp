#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "analyze/cox.h"
#include "analyze/rates.h"
#include "analyze/test_table.h"
#include "base/testing.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

std::filesystem::path golden_folder(const char* topic) {
  return std::filesystem::path(MIMAMORI_SOURCE_DIR) / "tests/golden/analyze" / topic;
}

std::vector<std::filesystem::path> golden_cases(const char* topic) {
  std::vector<std::filesystem::path> cases;
  for (const auto& entry : std::filesystem::directory_iterator(golden_folder(topic))) {
    if (entry.is_directory()) cases.push_back(entry.path());
  }
  std::ranges::sort(cases);
  return cases;
}

void expect_near(double actual, double expected, double relative, const std::string& what) {
  EXPECT_NEAR(actual, expected, std::max(relative * std::abs(expected), 1e-14)) << what;
}

class CoxGolden : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(CoxGolden, AgreesWithTheEnumeratedAnswer) {
  const Json options = read_json(GetParam() / "options.json");
  const Json expected = read_json(GetParam() / "expected.json");
  const TestTable table = TestTable::read(GetParam() / "input.csv");
  const TestCox cox(table, options["covariates"].get<std::vector<std::string>>(), options["stop"],
                    options["event"], options.value("start", ""), options.value("stratum", ""));
  const Ties ties = options["ties"] == "efron" ? Ties::kEfron : Ties::kBreslow;
  const auto fit = fit_cox(cox.data(), {.ties = ties});
  ASSERT_THAT(fit, Succeeds());

  std::size_t j = 0;
  for (const std::string name : options["covariates"]) {
    expect_near(fit->coefficients[j], expected["log_hazard_ratio"][name], 1e-9, name);
    expect_near(fit->standard_errors[j], expected["standard_error"][name], 1e-9, name + " SE");
    for (std::size_t k = 0; k < fit->coefficients.size(); ++k) {
      expect_near(fit->covariance[j * fit->coefficients.size() + k], expected["covariance"][j][k], 1e-9,
                  name);
    }
    ++j;
  }
  expect_near(fit->log_likelihood_null, expected["log_likelihood_null"], 1e-11, "null");
  expect_near(fit->log_likelihood, expected["log_likelihood"], 1e-11, "fit");
  expect_near(fit->score_chi_square, expected["score_chi_square"], 1e-9, "score");
  expect_near(fit->wald_chi_square, expected["wald_chi_square"], 1e-9, "wald");
}

INSTANTIATE_TEST_SUITE_P(Golden, CoxGolden, testing::ValuesIn(golden_cases("cox")),
                         [](const auto& golden) { return golden.param.filename().string(); });

TEST(RateGolden, AgreesWithThePrintedExactLimits) {
  const Json expected = read_json(golden_folder("rates") / "exact_poisson_printed/expected.json");
  const double tolerance = expected["tolerance"];
  ASSERT_EQ(expected["rows"].size(), 5U);
  for (const Json& row : expected["rows"]) {
    const auto rate = exact_rate(row["events"], 1.0);
    ASSERT_THAT(rate, Succeeds());
    EXPECT_NEAR(rate->lower, row["lower"].get<double>(), tolerance);
    EXPECT_NEAR(rate->upper, row["upper"].get<double>(), tolerance * 10);  // up to five decimals printed
  }
}

}  // namespace
}  // namespace mimamori
