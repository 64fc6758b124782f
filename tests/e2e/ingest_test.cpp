#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/testing.h"
#include "program.h"

namespace mimamori {
namespace {

using testing::HasSubstr;

class LoadedHospital : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch_ = new ScratchFolder;  // NOLINT: ended in TearDownTestSuite
    write_hospital_into(hospital(), 40);
    load_into(site(), hospital());
  }
  static void TearDownTestSuite() {
    delete scratch_;  // NOLINT
    scratch_ = nullptr;
  }
  static std::filesystem::path hospital() { return scratch_->path() / "hospital"; }
  static std::filesystem::path site() { return scratch_->path() / "site"; }
  static nlohmann::json truth() {
    std::ifstream file(hospital() / "truth.json");
    return nlohmann::json::parse(file);
  }

 private:
  static ScratchFolder* scratch_;
};
ScratchFolder* LoadedHospital::scratch_ = nullptr;

TEST_F(LoadedHospital, HoldsTheRowsThatTheHospitalSaysItWrote) {
  const nlohmann::json expected = truth().at("expected_rows");
  ASSERT_GE(expected.size(), 7U);
  for (const auto& [table, rows] : expected.items()) {
    EXPECT_EQ(number_at(site(), "SELECT count(*) FROM " + table), rows.get<long long>()) << table;
  }
}

TEST_F(LoadedHospital, AccountsForEveryFile) {
  const nlohmann::json counts = truth();
  long long all = 0;
  for (const auto& [fate, files] : counts.at("files_by_fate").items()) {
    EXPECT_EQ(number_at(site(), "SELECT count(*) FROM source_file WHERE status = '" + fate + "'"), files.get<long long>()) << fate;
    all += files.get<long long>();
  }
  EXPECT_EQ(number_at(site(), "SELECT count(*) FROM source_file"), all);
  EXPECT_EQ(number_at(site(), "SELECT count(*) FROM source_file WHERE status = 'rejected' AND reason IS NULL"), 0);
  EXPECT_EQ(number_at(site(), "SELECT count(*) FROM source_file WHERE records <> records_accepted + records_rejected"), 0);
  EXPECT_EQ(number_at(site(), "SELECT count(*) - (SELECT coalesce(sum(records_rejected), 0) FROM source_file) FROM rejected_record"), 0);
}

TEST_F(LoadedHospital, NeverLetsAPatientNumberIntoTheEditedLayer) {
  // Every patient number of this hospital begins its path; none may be in the edited file's bytes.
  std::ifstream file(site() / "edited.duckdb", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  ASSERT_GT(bytes.size(), 100'000U);
  int numbers = 0;
  for (const auto& first : std::filesystem::directory_iterator(tree_of(hospital()))) {
    if (!first.is_directory()) continue;
    for (const auto& second : std::filesystem::directory_iterator(first.path())) {
      if (!second.is_directory()) continue;
      for (const auto& patient : std::filesystem::directory_iterator(second.path())) {
        ++numbers;
        EXPECT_EQ(bytes.find(patient.path().filename().string()), std::string::npos);
      }
    }
  }
  EXPECT_GE(numbers, 40);
}

TEST_F(LoadedHospital, TheSameTreeTwiceChangesNothing) {
  const std::string before = mimamori_run({"site", "digest", "--dir", site().string()}).out;
  const ProgramRun again = mimamori_run({"site", "ingest", "--dir", site().string(), "--ssmix2", tree_of(hospital()).string()});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr(" 0 of them new"));
  const std::string after = mimamori_run({"site", "digest", "--dir", site().string()}).out;
  EXPECT_EQ(before, after);
  EXPECT_GT(before.size(), 500U);
}

TEST_F(LoadedHospital, AnswersInJsonAndRefusesToWrite) {
  const ProgramRun json = mimamori_run({"site", "sql", "--dir", site().string(), "--json", "SELECT sex, count(*) AS n FROM ehr_patient GROUP BY sex ORDER BY sex;"});
  ASSERT_EQ(json.exit_code, 0) << json.err;
  EXPECT_EQ(nlohmann::json::parse(json.out).at(0).at("sex"), "F");
  EXPECT_EQ(mimamori_run({"site", "sql", "--dir", site().string(), "DROP TABLE ehr_patient"}).exit_code, 1);
  EXPECT_EQ(mimamori_run({"site", "sql", "--dir", site().string(), "SELECT * FROM received_file"}).exit_code, 1);
}

TEST_F(LoadedHospital, ARenamedFileSupersedesTheOneItWas) {
  const ScratchFolder other;
  std::filesystem::copy(tree_of(hospital()), other.path() / "tree", std::filesystem::copy_options::recursive);
  std::filesystem::path chosen;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(other.path() / "tree")) {
    const std::string name = entry.path().filename().string();
    if (name.find("_ADT-12_") != std::string::npos && name.ends_with("_1") && entry.is_regular_file()) chosen = entry.path();
  }
  ASSERT_FALSE(chosen.empty());
  ASSERT_EQ(mimamori_run({"site", "init", "--dir", (other.path() / "site").string()}).exit_code, 0);
  const std::vector<std::string> ingest{"site", "ingest", "--dir", (other.path() / "site").string(), "--ssmix2", (other.path() / "tree").string()};
  ASSERT_EQ(mimamori_run(ingest).exit_code, 0);
  const long long visits = number_at(other.path() / "site", "SELECT count(*) FROM ehr_visit");
  std::string renamed = chosen.string();
  renamed.back() = '0';
  std::filesystem::rename(chosen, renamed);
  ASSERT_EQ(mimamori_run(ingest).exit_code, 0);
  EXPECT_EQ(number_at(other.path() / "site", "SELECT count(*) FROM ehr_visit"), visits - 1);
  EXPECT_EQ(number_at(other.path() / "site", "SELECT count(*) FROM source_file WHERE status = 'superseded'"), 1);
}

TEST_F(LoadedHospital, AFullDiskLeavesTheSiteAsItWas) {
  const ScratchFolder other;
  const std::string site_dir = (other.path() / "site").string();
  ASSERT_EQ(mimamori_run({"site", "init", "--dir", site_dir}).exit_code, 0);
  // No file may grow beyond 256 KiB: writing fails as on a full disk.
  const std::string limited = "trap '' XFSZ; ulimit -f 256; " + std::string(MIMAMORI_PROGRAM) + " site ingest --dir " + site_dir +
                              " --ssmix2 " + tree_of(hospital()).string() + " 2> " + (other.path() / "err").string() + " > /dev/null";
  const int status = std::system(("bash -c \"" + limited + "\"").c_str());
  EXPECT_EQ(WEXITSTATUS(status), 1);
  std::ifstream err(other.path() / "err");
  std::string sentence;
  std::getline(err, sentence);
  EXPECT_THAT(sentence, HasSubstr("mimamori: "));
  EXPECT_FALSE(std::filesystem::exists(other.path() / "site" / "edited.duckdb"));
  const ProgramRun again = mimamori_run({"site", "ingest", "--dir", site_dir, "--ssmix2", tree_of(hospital()).string()});
  EXPECT_EQ(again.exit_code, 0) << again.err;
}

}  // namespace
}  // namespace mimamori
