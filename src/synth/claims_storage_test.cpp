#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "synth/claims_testing.h"
#include "synth/hospital.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

// Claims and DPC files beside the storage that they must agree with, which is read as plain bytes.
class TablesBesideTheStorage : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch_ = std::make_unique<ScratchFolder>();
    HospitalOptions options;
    options.patients = 60;
    options.estimand_persons = 0;
    const Result<HospitalSummary> summary = write_hospital(folder(), options);
    ASSERT_THAT(summary, Succeeds());
    tables_ = summary->tables;
  }
  static void TearDownTestSuite() { scratch_.reset(); }
  static fs::path folder() { return scratch_->path() / "hospital"; }

  // Current files of one type of the storage: patient number -> bytes of each.
  static std::multimap<std::string, std::string> storage_files(const std::string& type) {
    std::multimap<std::string, std::string> files;
    for (const fs::path& file : sorted_files(folder() / "ssmix2")) {
      const std::string name = file.filename().string();
      if (file.parent_path().filename() != type || !name.ends_with("_1")) continue;
      files.emplace(name.substr(0, 10), *read_file(file, std::size_t{1} << 20U));
    }
    return files;
  }
  static std::vector<SplitLine> claims_lines() {
    std::vector<SplitLine> all;
    for (const fs::path& file : sorted_files(folder() / "claims")) {
      for (SplitLine& line : split_file(file, ',')) all.push_back(std::move(line));
    }
    return all;
  }
  static inline std::unique_ptr<ScratchFolder> scratch_;
  static inline TableTruth tables_;
};

TEST_F(TablesBesideTheStorage, CodedDiagnosesOfClaimsAreThoseOfTheStorage) {
  std::map<std::string, std::set<std::string>> in_storage;  // patient -> codes, "?" if suspected
  for (const auto& [number, bytes] : storage_files("PPR-01")) {
    for (std::size_t at = bytes.find("PRB|"); at != std::string::npos; at = bytes.find("PRB|", at + 1)) {
      const std::string line = bytes.substr(at, bytes.find_first_of("\r\n", at) - at);
      const std::string code = line.substr(line.find("|2099") + 1, 8);
      const bool suspected = line.find("JHSD0005") != std::string::npos;
      in_storage[comparable(number)].insert("999" + code.substr(4) + (suspected ? "?" : ""));
    }
  }
  // Claims of a month before the record name the main diagnosis alone.
  std::map<std::string, std::set<std::string>> billed;
  std::string patient;
  for (const SplitLine& line : claims_lines()) {
    if (line.front() == "RE") patient = comparable(line[13]);
    if (line.front() != "SY" || line[1] == "0000999") continue;
    billed[patient].insert(line[1] + (line[4].ends_with("8002") ? "?" : ""));
  }
  EXPECT_EQ(billed, in_storage);
  EXPECT_EQ(billed.size(), 60U);
}

TEST_F(TablesBesideTheStorage, StaysAndOintmentsAreThoseOfTheStorage) {
  std::set<std::string> admitted;
  for (const auto& [number, bytes] : storage_files("ADT-22")) {
    if (bytes.find("ADT^A01") != std::string::npos) admitted.insert(number);
  }
  std::set<std::string> in_form1;
  for (const fs::path& file : sorted_files(folder() / "dpc")) {
    if (!file.filename().string().starts_with("FF1_")) continue;
    const std::vector<SplitLine> lines = split_file(file, '\t');
    for (std::size_t k = 1; k < lines.size(); ++k) in_form1.insert(lines[k][1]);
  }
  EXPECT_EQ(in_form1, admitted);
  EXPECT_FALSE(admitted.empty());

  std::int64_t ordered = 0;
  for (const auto& [number, bytes] : storage_files("OMP-01"))
    ordered += bytes.find("K-1188") != std::string::npos;
  std::int64_t named = 0;
  for (const fs::path& file : sorted_files(folder() / "dpc")) {
    if (!file.filename().string().starts_with("EFg_")) continue;
    for (const SplitLine& line : split_file(file, '\t'))
      named += line[8] == "669990001" && line[6] != "000" ? 1 : 0;
  }
  EXPECT_EQ(named, ordered);
  EXPECT_GT(ordered, 0);
}

TEST_F(TablesBesideTheStorage, TruthFileHasTheCountsAndTheMapEveryDrugWithACode) {
  const auto truth = nlohmann::json::parse(*read_file(folder() / "truth.json", std::size_t{1} << 24U));
  EXPECT_GT(tables_.size(), 8U);
  for (const auto& [group, counts] : tables_) EXPECT_EQ(truth[group], nlohmann::json(counts)) << group;
  const std::string map = *read_file(folder() / "claims_code_map.csv", std::size_t{1} << 20U);
  std::set<std::string> unknown;
  for (const SplitLine& line : claims_lines()) {
    if (line.front() != "IY" || line[3].empty() || line[3] == "669990001") continue;
    if (map.find("drug,RECEIPT," + line[3] + ",HOT9,9") == std::string::npos) unknown.insert(line[3]);
  }
  EXPECT_EQ(unknown, std::set<std::string>{});
}

}  // namespace
}  // namespace mimamori
