#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/testing.h"
#include "program.h"

namespace mimamori {
namespace {

using testing::HasSubstr;

/// Real processes, real TLS, both approvals through the consoles; then the ledgers are checked from outside.
TEST(Network, TwoHospitalsAnswerAnAuthorAndTheLedgersHold) {
  const ScratchFolder scratch;
  const auto out = scratch.path() / "network";
  const ProgramRun run = mimamori_run(
      {"demo-network", "--out", out.string(), "--hospitals", "2", "--patients", "80", "--stay", "0"});
  ASSERT_EQ(run.exit_code, 0) << run.err << run.out;

  const auto area = out / "center" / "work-areas" / "01JDEMA00000000000000000VB";
  EXPECT_TRUE(std::filesystem::exists(area / "results" / "report.html"));
  std::ifstream file(area / "results" / "results.json");
  const nlohmann::json results = nlohmann::json::parse(file, nullptr, false);
  ASSERT_TRUE(results.is_object());
  ASSERT_EQ(results.at("sites").size(), 2U);
  for (const nlohmann::json& site : results.at("sites")) EXPECT_EQ(site.at("state"), "contributed");

  const std::string center = (out / "center" / "ledger.sqlite").string();
  const std::string kiri = (out / "kiri-chuo" / "network" / "ledger.sqlite").string();
  for (const std::string& ledger : {center, kiri}) {
    const ProgramRun audit = mimamori_run({"audit", "verify", "--ledger", ledger});
    EXPECT_EQ(audit.exit_code, 0) << audit.err << audit.out;
  }
  const ProgramRun witnessed = mimamori_run({"audit", "verify", "--ledger", center, "--witness", kiri});
  EXPECT_EQ(witnessed.exit_code, 0) << witnessed.err << witnessed.out;
  EXPECT_THAT(run.out, HasSubstr("report.html"));
}

}  // namespace
}  // namespace mimamori
