#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/testing.h"
#include "program.h"

namespace mimamori {
namespace {

using testing::HasSubstr;

constexpr const char* kRequests[] = {"01JDEMA00000000000000000VB", "01JDEMN00000000000000000VB"};

/// "https://localhost:PORT" after a text of the demo's output; "" if it is not there.
std::string address_after(const std::string& output, const std::string& text) {
  const std::size_t at = output.find("https://", output.find(text));
  return at == std::string::npos ? "" : output.substr(at, output.find(' ', at) - at);
}

/// Real processes, real TLS, both approvals through the consoles; then the ledgers are checked from outside,
/// and the network comes up again from its folder with what it had.
TEST(Network, TwoHospitalsAnswerAnAuthorAndTheLedgersHold) {
  const ScratchFolder scratch;
  const auto out = scratch.path() / "network";
  const ProgramRun run = mimamori_run({"demo", "--out", out.string(), "--hospitals", "2", "--patients", "80",
                                       "--estimand-persons", "0", "--stay", "1"});
  ASSERT_EQ(run.exit_code, 0) << run.err << run.out;

  for (const char* request : kRequests) {
    const auto results_folder = out / "center" / "work-areas" / request / "results";
    EXPECT_TRUE(std::filesystem::exists(results_folder / "report.html"));
    std::ifstream file(results_folder / "results.json");
    const nlohmann::json results = nlohmann::json::parse(file, nullptr, false);
    ASSERT_TRUE(results.is_object());
    ASSERT_EQ(results.at("sites").size(), 2U);
    for (const nlohmann::json& site : results.at("sites")) EXPECT_EQ(site.at("state"), "contributed");
  }

  const std::string center = (out / "center" / "ledger.sqlite").string();
  const std::string kiri = (out / "kiri-chuo" / "network" / "ledger.sqlite").string();
  const std::string misaki = (out / "misaki" / "network" / "ledger.sqlite").string();
  for (const std::string& ledger : {center, kiri, misaki}) {
    const ProgramRun audit = mimamori_run({"audit", "verify", "--ledger", ledger});
    EXPECT_EQ(audit.exit_code, 0) << audit.err << audit.out;
  }
  const ProgramRun witnessed = mimamori_run({"audit", "verify", "--ledger", center, "--witness", kiri});
  EXPECT_EQ(witnessed.exit_code, 0) << witnessed.err << witnessed.out;

  const ProgramRun again = mimamori_run({"demo", "--serve", "--out", out.string(), "--stay", "1"});
  ASSERT_EQ(again.exit_code, 0) << again.err << again.out;
  const std::string portal = address_after(run.out, "portal");
  EXPECT_THAT(portal, HasSubstr("https://localhost:"));
  EXPECT_EQ(address_after(again.out, "portal"), portal);
  const ProgramRun codes = mimamori_run({"demo", "--codes", "--out", out.string()});
  EXPECT_EQ(codes.exit_code, 0) << codes.err;
  for (const char* login : {"yamada", "sato", "mori", "suzuki", "hayashi"})
    EXPECT_THAT(codes.out, HasSubstr(login));
  EXPECT_THAT(codes.out, testing::ContainsRegex("[0-9]{6}  yamada"));
}

}  // namespace
}  // namespace mimamori
