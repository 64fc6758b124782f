// Trees that this project did not make, against counts that other programs made (shared/data/ssmix2).

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/testing.h"
#include "program.h"

namespace mimamori {
namespace {

/// Unpacks a tree and loads it into a new site.
std::filesystem::path load_tree(const ScratchFolder& scratch, const std::string& name) {
  const auto archive = shared_data() / "ssmix2" / name / "tree.tar.gz";
  const auto tree = scratch.path() / "tree";
  std::filesystem::create_directory(tree);
  EXPECT_EQ(std::system(("tar xzf " + archive.string() + " -C " + tree.string() + " --strip-components=1").c_str()), 0);
  const auto site = scratch.path() / "site";
  EXPECT_EQ(mimamori_run({"site", "init", "--dir", site.string()}).exit_code, 0);
  const ProgramRun run = mimamori_run({"site", "ingest", "--dir", site.string(), "--ssmix2", tree.string()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return site;
}

long long sum_of(const nlohmann::json& counts) {
  long long sum = 0;
  for (const auto& [name, count] : counts.items()) sum += count.get<long long>();
  return sum;
}

void expect_counts(const std::filesystem::path& site, const nlohmann::json& truth) {
  const auto rows = [&](const std::string& sql) { return number_at(site, sql); };
  EXPECT_EQ(rows("SELECT count(*) FROM source_file"), truth.at("files"));
  EXPECT_EQ(rows("SELECT count(*) FROM source_file WHERE status = 'accepted'"), truth.at("files"));
  for (const auto& [type, files] : truth.at("files_by_type").items()) {
    EXPECT_EQ(rows("SELECT count(*) FROM source_file WHERE data_type = '" + type + "'"), files) << type;
  }
  EXPECT_EQ(rows("SELECT sum(segments)::BIGINT FROM source_file"), sum_of(truth.at("segments (python3-hl7)")));
  EXPECT_EQ(rows("SELECT count(*) FROM ehr_patient"), truth.at("patients"));
  for (const auto& [sex, patients] : truth.at("sex").items()) {
    EXPECT_EQ(rows("SELECT count(*) FROM ehr_patient WHERE sex = '" + sex + "'"), patients) << sex;
  }
  EXPECT_EQ(rows("SELECT count(*) FROM ehr_visit"), truth.at("files_by_type").at("ADT-12"));
  EXPECT_EQ(rows("SELECT count(*) FROM ehr_admission"), truth.at("files_by_type").at("ADT-22"));
  EXPECT_EQ(rows("SELECT count(*) FROM ehr_lab_result"), truth.at("OBX(OML-11)"));
  EXPECT_EQ(rows("SELECT count(*) FROM ehr_prescription"), truth.at("RXE(OMP-01)"));
  EXPECT_EQ(rows("SELECT count(*) FROM ehr_injection"), truth.at("RXC(OMP-02)"));
  EXPECT_EQ(rows("SELECT count(*) FROM ehr_diagnosis"), truth.at("PRB"));
  EXPECT_EQ(rows("SELECT count(*) FROM rejected_record"), 0);
}

void expect_contents(const std::filesystem::path& site, const nlohmann::json& truth) {
  const auto rows = [&](const std::string& sql) { return number_at(site, sql); };
  for (const auto& [code, results] : truth.at("lab codes").items()) {
    EXPECT_EQ(rows("SELECT count(*) FROM ehr_lab_result WHERE jlac10_code = '" + code + "'"), results) << code;
  }
  for (const auto& [code, drugs] : truth.at("drug codes").items()) {
    EXPECT_EQ(rows("SELECT count(*) FROM ehr_prescription WHERE coalesce(hot_code, local_code) = '" + code + "'"), drugs) << code;
  }
  for (const auto& [code, diagnoses] : truth.at("ICD10").items()) {
    EXPECT_EQ(rows("SELECT count(*) FROM ehr_diagnosis WHERE coalesce(icd10, '') = '" + code + "'"), diagnoses) << code;
  }
  for (const auto& [text, results] : truth.at("non-NM OBX-5 values").items()) {
    EXPECT_GE(rows("SELECT count(*) FROM ehr_lab_result WHERE received_value = '" + text + "'"), results.get<long long>()) << text;
  }
  EXPECT_EQ(rows("SELECT count(*) FROM ehr_diagnosis WHERE is_suspected") >= truth.at("PRB-13").value("1", 0), true);
}

TEST(ExternalTrees, EucJpThatDeclaresIso2022) {
  const ScratchFolder scratch;
  const auto site = load_tree(scratch, "eucjp");
  const auto truth = nlohmann::json::parse(std::ifstream(shared_data() / "ssmix2/eucjp/truth.json"));
  expect_counts(site, truth);
  expect_contents(site, truth);
  EXPECT_EQ(number_at(site, "SELECT count(*) FROM source_file WHERE detected_encoding = 'EUC-JP'"), truth.at("files"));
}

TEST(ExternalTrees, Iso2022WithKanaAndJisX0212) {
  const ScratchFolder scratch;
  const auto site = load_tree(scratch, "jisext");
  const auto truth = nlohmann::json::parse(std::ifstream(shared_data() / "ssmix2/jisext/truth.json"));
  expect_counts(site, truth);
  expect_contents(site, truth);
  EXPECT_EQ(number_at(site, "SELECT count(*) FROM source_file WHERE detected_encoding = 'ISO-2022-JP'"), truth.at("files"));
}

TEST(ExternalTrees, GuidelineExamplesAreAllAccountedFor) {
  const ScratchFolder scratch;
  const auto site = load_tree(scratch, "nho");
  EXPECT_EQ(number_at(site, "SELECT count(*) FROM source_file"), 22);
  EXPECT_EQ(number_at(site, "SELECT count(*) FROM source_file WHERE status = 'rejected' AND reason IS NULL"), 0);
  EXPECT_EQ(number_at(site, "SELECT count(*) FROM source_file WHERE status NOT IN "
                            "('accepted', 'rejected', 'not_current', 'not_read', 'withdrawn', 'superseded', 'not_ours')"), 0);
}

}  // namespace
}  // namespace mimamori
