// The published sample trees, against their independent counts. They lie outside this repository.

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.h"
#include "base/limits.h"
#include "base/testing.h"
#include "ingest/decode.h"
#include "ingest/hl7.h"
#include "ingest/ssmix2_path.h"
#include "ingest/ssmix2_reader.h"
#include "ingest/walk.h"

namespace mimamori {
namespace {

using Counts = std::map<std::string, std::int64_t>;

struct Tree {
  std::map<std::string, ParsedFile> files;  // by relative path
  std::map<std::string, std::string> bytes;
};

/// Unpacks a tree into a folder of its own and reads every file of it.
Tree read_tree(const std::string& name) {
  const ScratchFolder scratch;
  const std::string archive = (shared_data() / "ssmix2" / name / "tree.tar.gz").string();
  const std::string command = "tar xzf '" + archive + "' -C '" + scratch.path().string() + "'";
  Tree tree;
  if (std::system(command.c_str()) != 0) {
    ADD_FAILURE() << "cannot unpack " << archive;
    return tree;
  }
  const Result<void> walked = walk_tree(scratch.path(), [&](const WalkEntry& entry) -> Result<void> {
    std::string bytes = TRY(read_file(scratch.path() / entry.relative_path, limits::kMessageBytesMax));
    tree.files[entry.relative_path] = read_ssmix2_file(entry.relative_path, bytes);
    tree.bytes[entry.relative_path] = std::move(bytes);
    return {};
  });
  EXPECT_THAT(walked, Succeeds());
  return tree;
}

nlohmann::json read_truth(const std::string& name) {
  const auto text = read_file(shared_data() / "ssmix2" / name / "truth.json", 1 << 20);
  if (!text.ok()) {
    ADD_FAILURE() << text.error().sentence;
    return {};
  }
  return nlohmann::json::parse(*text);
}

Counts counts_of(const nlohmann::json& truth, const std::string& key) { return truth.at(key).get<Counts>(); }

template <class Record>
std::vector<const Record*> records_of(const Tree& tree) {
  std::vector<const Record*> records;
  for (const auto& [path, file] : tree.files) {
    for (const ReceivedRecord& record : file.records) {
      if (const auto* fields = std::get_if<Record>(&record.fields)) records.push_back(fields);
    }
  }
  return records;
}

Counts findings_of(const Tree& tree) {
  Counts counts;
  for (const auto& [path, file] : tree.files) {
    for (const Finding& finding : file.findings) ++counts[finding.check];
  }
  return counts;
}

std::vector<std::string> range_of(const std::vector<std::string>& days) {
  std::set<std::string> sorted;
  for (const std::string& day : days) sorted.insert(day.substr(0, 8));
  return sorted.empty() ? std::vector<std::string>{}
                        : std::vector<std::string>{*sorted.begin(), *sorted.rbegin()};
}

std::vector<std::string> truth_range(const nlohmann::json& truth, const std::string& key) {
  const nlohmann::json& range = truth.at("date ranges").at(key);
  return {range.at(0).get<std::string>(), range.at(1).get<std::string>()};
}

void compare_files(const Tree& tree, const nlohmann::json& truth) {
  EXPECT_EQ(tree.files.size(), truth.at("files").get<std::size_t>());
  Counts types;
  Counts messages;
  Counts segments;
  Counts segments_by_type;
  std::size_t bytes = 0;
  std::set<std::string> patients;
  std::set<std::pair<std::string, std::string>> days;
  for (const auto& [path, file] : tree.files) {
    EXPECT_EQ(file.status, FileStatus::kAccepted) << path << ": " << file.error.sentence;
    ++types[file.data_type];
    ++messages[file.data_type + " " + file.message_type];
    bytes += tree.bytes.at(path).size();
    patients.insert(file.patient_number);
    if (file.care_date != "-") days.insert({file.patient_number, file.care_date});
    const auto message = Hl7Message::parse(decode(tree.bytes.at(path)).utf8);
    ASSERT_THAT(message, Succeeds());
    EXPECT_EQ(message->size(), file.segments);
    for (std::size_t n = 1; n <= message->size(); ++n) {
      const std::string name(message->segment(n).name());
      ++segments[name];
      ++segments_by_type[file.data_type + " " + name];
    }
  }
  EXPECT_EQ(bytes, truth.at("bytes").get<std::size_t>());
  EXPECT_EQ(patients.size(), truth.at("patients").get<std::size_t>());
  EXPECT_EQ(days.size(), truth.at("distinct patient-days with a date folder").get<std::size_t>());
  EXPECT_EQ(types, counts_of(truth, "files_by_type"));
  EXPECT_EQ(messages, counts_of(truth, "MSH-9 by type"));
  EXPECT_EQ(segments, counts_of(truth, "segments (python3-hl7)"));
  EXPECT_EQ(segments_by_type, counts_of(truth, "segments by type"));
}

void compare_laboratory(const Tree& tree, const nlohmann::json& truth) {
  Counts value_types, systems, codes, units, states, texts;
  std::vector<std::string> collected;
  const auto results = records_of<ReceivedLabResult>(tree);
  EXPECT_EQ(results.size(), truth.at("OBX(OML-11)").get<std::size_t>());
  for (const ReceivedLabResult* result : results) {
    ++value_types[result->value_type];
    ++systems[result->item.first.system];
    ++codes[result->item.first.code];
    ++units[result->unit_code];
    ++states[result->result_status];
    if (result->value_type != "NM") ++texts[result->value];
    collected.push_back(result->collected_at);
  }
  EXPECT_EQ(value_types, counts_of(truth, "OBX value types"));
  EXPECT_EQ(systems, counts_of(truth, "lab code systems"));
  EXPECT_EQ(codes, counts_of(truth, "lab codes"));
  EXPECT_EQ(units, counts_of(truth, "units (OBX-6.1)"));
  EXPECT_EQ(states, counts_of(truth, "OBX-11"));
  for (const auto& [text, count] : counts_of(truth, "non-NM OBX-5 values"))
    EXPECT_EQ(texts[text], count) << text;
  EXPECT_EQ(range_of(collected), truth_range(truth, "SPM-17"));
}

void compare_drugs(const Tree& tree, const nlohmann::json& truth) {
  Counts systems, codes, injected;
  std::vector<std::string> prescribed_on, injected_on;
  const auto prescriptions = records_of<ReceivedPrescription>(tree);
  EXPECT_EQ(prescriptions.size(), truth.at("RXE(OMP-01)").get<std::size_t>());
  std::int64_t without_dose = 0;
  for (const ReceivedPrescription* prescription : prescriptions) {
    ++systems[prescription->drug.first.system];
    ++codes[prescription->drug.first.code];
    without_dose += prescription->dose == "\"\"" ? 1 : 0;
    prescribed_on.push_back(prescription->starts_at);
    EXPECT_FALSE(prescription->is_execution);
  }
  EXPECT_EQ(systems, counts_of(truth, "drug code systems"));
  EXPECT_EQ(codes, counts_of(truth, "drug codes"));
  EXPECT_EQ(without_dose, truth.at("anomalies").at("RXE-3 is \"\"").get<std::int64_t>());
  EXPECT_EQ(range_of(prescribed_on), truth_range(truth, "TQ1-7(Rx)"));
  const auto injections = records_of<ReceivedInjection>(tree);
  EXPECT_EQ(injections.size(), truth.at("RXC(OMP-02)").get<std::size_t>());
  for (const ReceivedInjection* injection : injections) {
    ++injected[injection->drug.first.system];
    injected_on.push_back(injection->starts_at);
    EXPECT_TRUE(injection->component_kind == "A" || injection->component_kind == "B");
  }
  EXPECT_EQ(injected, counts_of(truth, "injection code systems"));
  EXPECT_EQ(range_of(injected_on), truth_range(truth, "TQ1-7(Inj)"));
}

void compare_patients(const Tree& tree, const nlohmann::json& truth) {
  Counts sexes, systems, icd10, suspected, dispositions;
  std::vector<std::string> visits, admissions, discharges, actions;
  for (const auto* patient : records_of<ReceivedPatient>(tree)) ++sexes[patient->sex];
  for (const auto* visit : records_of<ReceivedVisit>(tree)) visits.push_back(visit->visited_at);
  for (const auto* admission : records_of<ReceivedAdmission>(tree))
    admissions.push_back(admission->admitted_at);
  for (const auto* discharge : records_of<ReceivedDischarge>(tree)) {
    ++dispositions[discharge->disposition];
    discharges.push_back(discharge->discharged_at);
  }
  const auto diagnoses = records_of<ReceivedDiagnosis>(tree);
  EXPECT_EQ(diagnoses.size(), truth.at("PRB").get<std::size_t>());
  for (const ReceivedDiagnosis* diagnosis : diagnoses) {
    ++systems[diagnosis->disease.first.system];
    ++icd10[diagnosis->icd10];
    ++suspected[diagnosis->suspected];
    actions.push_back(diagnosis->action_at);
  }
  // Every OBX and AL1 of a snapshot is a record of its own.
  EXPECT_EQ(records_of<ReceivedObservation>(tree).size(),
            truth.at("segments by type").at("ADT-00 OBX").get<std::size_t>());
  EXPECT_EQ(records_of<ReceivedAllergy>(tree).size(), truth.at("AL1 in ADT-00").get<std::size_t>());
  EXPECT_EQ(sexes, counts_of(truth, "sex"));
  EXPECT_EQ(systems, counts_of(truth, "dx code systems"));
  EXPECT_EQ(icd10, counts_of(truth, "ICD10"));
  EXPECT_EQ(suspected, counts_of(truth, "PRB-13"));
  EXPECT_EQ(dispositions, counts_of(truth, "discharge PV1-36"));
  EXPECT_EQ(range_of(visits), truth_range(truth, "PV1-44(visit)"));
  EXPECT_EQ(range_of(admissions), truth_range(truth, "PV1-44(adm)"));
  EXPECT_EQ(range_of(discharges), truth_range(truth, "PV1-45"));
  EXPECT_EQ(range_of(actions), truth_range(truth, "PRB-2"));
}

void compare_anomalies(const Tree& tree, const nlohmann::json& truth) {
  Counts findings = findings_of(tree);
  const nlohmann::json& anomalies = truth.at("anomalies");
  EXPECT_EQ(findings["line_feed_terminator"], anomalies.at("has LF").get<std::int64_t>());
  EXPECT_EQ(findings["no_final_terminator"],
            anomalies.at("no terminator after last segment").get<std::int64_t>());
  EXPECT_EQ(findings["unescaped_delimiter"], anomalies.at("unescaped ^ inside OBX-5").get<std::int64_t>());
  EXPECT_EQ(findings["message_type_tolerated"], truth.at("files_by_type").at("ADT-12").get<std::int64_t>());
  EXPECT_EQ(findings["undecodable_bytes"], 0);
  EXPECT_EQ(findings["escape_unbalanced"], 0);
  EXPECT_EQ(findings["unknown_segment"], 0);
}

class ExternalTree : public testing::TestWithParam<const char*> {};

TEST_P(ExternalTree, CountsEqualThoseOfTheTruth) {
  const Tree tree = read_tree(GetParam());
  const nlohmann::json truth = read_truth(GetParam());
  ASSERT_FALSE(tree.files.empty() || truth.empty());
  compare_files(tree, truth);
  compare_laboratory(tree, truth);
  compare_drugs(tree, truth);
  compare_patients(tree, truth);
  compare_anomalies(tree, truth);
}
INSTANTIATE_TEST_SUITE_P(External, ExternalTree, testing::Values("eucjp", "jisext"),
                         [](const auto& tree) { return std::string(tree.param); });

TEST(ExternalCharacters, EucIsDetectedInEveryFile) {
  const Tree tree = read_tree("eucjp");
  for (const auto& [path, file] : tree.files) EXPECT_EQ(file.detected_encoding, "EUC-JP") << path;
  EXPECT_EQ(findings_of(tree)["encoding_mismatch"], 282);
}

TEST(ExternalCharacters, ExtendedIsoIsReadWithoutLoss) {
  const Tree tree = read_tree("jisext");
  for (const auto& [path, file] : tree.files) EXPECT_EQ(file.detected_encoding, "ISO-2022-JP") << path;
  Counts findings = findings_of(tree);
  EXPECT_EQ(findings["half_width_kana"], 24);
  EXPECT_EQ(findings["supplementary_character"], 12);
  EXPECT_EQ(findings["encoding_mismatch"], 0);
}

TEST(ExternalGuidelineSamples, EveryFileHasItsStatus) {
  // Read by hand: most of the guideline's examples carry another patient in PID-3 than their folder, and two
  // of the faulty ones hold a second MSH or stand in a wrong folder.
  const std::map<std::string, std::pair<FileStatus, std::size_t>> expected = {
      {"ADT-31/9999013_20110630_OMP-11_123456789012345_20110701113813225_01_1", {FileStatus::kRejected, 0}},
      {"OMP-11/0000001_20000401_OMP-11_123456789012345_20110701113813225_01_1", {FileStatus::kRejected, 0}},
      {"OMP-11/0000001_20000401_OMP-11_123456789012346_20110701113813226_01_0", {FileStatus::kRejected, 0}},
      {"ADT-00/9999013_-_ADT-00_999999999999999_20111220224447339_-_1", {FileStatus::kAccepted, 5}},
      {"ADT-61/9999013_-_ADT-61_999999999999999_20111014232213000_-_1", {FileStatus::kRejected, 0}},
      {"PPR-01/9999013_-_PPR-01_999999999999999_20111209163030000_01_1", {FileStatus::kRejected, 0}},
      {"OMP-11/9999013_20110630_OMP-11_123456789012345_20110701113813225_01_1", {FileStatus::kAccepted, 2}},
      {"OMP-01/9999013_20110701_OMP-01_000000011000185_20110701224603984_01_1", {FileStatus::kAccepted, 3}},
      {"OMP-02/9999013_20110701_OMP-02_123456789012345_20110701224603984_01_1", {FileStatus::kAccepted, 6}},
      {"OMP-12/9999013_20110701_OMP-12_123456789012345_20110701113813225_01_1", {FileStatus::kAccepted, 2}},
      {"OMD/9999013_20111013_OMD_123456789012345_20111014232213000_01_1", {FileStatus::kRejected, 0}},
      {"ADT-22/9999013_20111120_ADT-22_999999999999999_20111220224447339_01_1", {FileStatus::kAccepted, 1}},
      {"ADT-42/9999013_20111220_ADT-42_999999999999999_20111220224447339_10_1", {FileStatus::kAccepted, 1}},
      {"ADT-52/9999013_20111220_ADT-52_999999999999999_20111220224447339_08_1", {FileStatus::kAccepted, 1}},
      {"OMG-01/9999013_20111220_OMG-01_000201101200100_20111220224447339_-_1", {FileStatus::kRejected, 0}},
      {"OMG-02/9999013_20111220_OMG-02_201212201252100_20111220224447339_01_1", {FileStatus::kRejected, 0}},
      {"OMG-03/9999013_20111220_OMG-03_201112200089100_20111220224447339_01_1", {FileStatus::kRejected, 0}},
      {"OMG-11/9999013_20111220_OMG-11_2011122000300_20111220224447339_24_1", {FileStatus::kRejected, 0}},
      {"OMG-12/9999013_20111220_OMG-12_201112201656100_20111220224447339_01_1", {FileStatus::kRejected, 0}},
      {"OMG-13/9999013_20111220_OMG-13_999999999999999_20111220224447339_01_1", {FileStatus::kRejected, 0}},
      {"OML-01/9999013_20111220_OML-01_000000011000354_20111220103059123_15_1", {FileStatus::kAccepted, 7}},
      {"OML-11/9999013_20111220_OML-11_000000011000354_20111220103059000_01_1", {FileStatus::kRejected, 0}},
  };
  const Tree tree = read_tree("nho");
  EXPECT_EQ(tree.files.size(), expected.size());
  for (const auto& [path, file] : tree.files) {
    const std::size_t name = path.rfind('/', path.rfind('/') - 1) + 1;
    const auto wanted = expected.find(path.substr(name));
    ASSERT_NE(wanted, expected.end()) << path;
    EXPECT_EQ(name_of(file.status), name_of(wanted->second.first)) << path << ": " << file.error.sentence;
    EXPECT_EQ(file.records.size(), wanted->second.second) << path;
    EXPECT_EQ(file.error.sentence.empty(), file.status != FileStatus::kRejected);
  }
}

}  // namespace
}  // namespace mimamori
