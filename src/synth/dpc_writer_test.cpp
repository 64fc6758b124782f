#include "synth/dpc_writer.h"

#include <map>
#include <set>

#include "synth/claims_testing.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

// Columns of E/F files, from 0.
constexpr std::size_t kNumber = 1;
constexpr std::size_t kThird = 2;
constexpr std::size_t kFourth = 3;
constexpr std::size_t kSection = 4;
constexpr std::size_t kGroup = 5;
constexpr std::size_t kRow = 6;
constexpr std::size_t kCode = 8;
constexpr std::size_t kPoints = 15;
constexpr std::size_t kFlags = 16;
constexpr std::size_t kTimes = 20;
constexpr std::size_t kDate = 23;
constexpr std::size_t kEfColumns = 31;

struct DpcSuite {};
class WrittenDpc : public WrittenTables<DpcSuite> {
 protected:
  static std::vector<fs::path> files(const std::string& kind) {
    std::vector<fs::path> found;
    for (const fs::path& file : sorted_files(folder() / "dpc")) {
      if (file.filename().string().starts_with(kind + "_990000017_")) found.push_back(file);
    }
    return found;
  }
  /// Without headers; each with the file's month (yymm) behind its columns.
  static std::vector<SplitLine> lines(const std::string& kind) {
    std::vector<SplitLine> all;
    for (const fs::path& file : files(kind)) {
      std::vector<SplitLine> lines = split_file(file, '\t');
      EXPECT_EQ(lines.front().at(1), "データ識別番号") << file;
      for (std::size_t k = 1; k < lines.size(); ++k) {
        lines[k].push_back(file.stem().string().substr(kind.size() + 11));
        all.push_back(std::move(lines[k]));
      }
    }
    return all;
  }
  static std::vector<SplitLine> ef_lines(const std::string& kind) {
    std::vector<SplitLine> good = lines(kind);
    std::erase_if(good, [](const SplitLine& line) { return line.size() != kEfColumns + 1; });
    return good;
  }
};

TEST_F(WrittenDpc, EveryLineHasItsColumnsButThePlantedOnes) {
  const std::map<std::string, std::size_t> columns{{"EFn", 31}, {"EFg", 31}, {"Dn", 30}, {"FF1", 17}};
  for (const auto& [kind, expected] : columns) {
    std::int64_t wrong = 0;
    const std::string third = kind == "EFg" ? "生年月日" : kind == "FF1" ? "入院年月日" : "退院年月日";
    for (const fs::path& file : files(kind)) {
      EXPECT_EQ(split_file(file, '\t').front().size(), expected);
      EXPECT_EQ(split_file(file, '\t').front().at(2), third) << file;
    }
    for (const SplitLine& line : lines(kind)) wrong += line.size() == expected + 1 ? 0 : 1;
    const char* group = kind == "EFn" ? "dpc_efn" : kind == "EFg" ? "dpc_efg" : nullptr;
    EXPECT_EQ(wrong, group == nullptr ? 0 : truth(group, "rows_wrong_columns")) << kind;
    if (group != nullptr) {
      EXPECT_GT(wrong, 0) << kind;
    }
  }
}

TEST_F(WrittenDpc, CountsAreThoseOfTruth) {
  for (const std::string kind : {"EFn", "EFg"}) {
    std::map<std::string, std::int64_t> plain;
    for (const SplitLine& line : ef_lines(kind)) {
      if (line[kSection] == "SY") {
        ++plain["rows_sy"];
        if (line[10].ends_with("の疑い")) ++plain["rows_sy_suspected"];
        continue;
      }
      const bool is_e = line[kRow] == "000";
      ++plain[is_e ? "rows_e" : "rows_f"];
      if (is_e) plain["points"] += std::int64_t{std::stoi(line[17])} * std::stoi(line[kTimes]);
      if (is_e) continue;
      const char first = line[kCode].front();
      ++plain[first == '1'   ? "rows_act"
              : first == '6' ? "rows_drug"
              : first == '7' ? "rows_device"
                             : "rows_comment"];
      const bool out = kind == "EFg";
      if (out && line[kFlags][0] == '1') ++plain["rows_drug_elsewhere"];
      if (!out && line[kFlags][2] != '0') ++plain["rows_drug_brought_in"];
    }
    for (const auto& [name, count] : plain) {
      EXPECT_EQ(truth(kind == "EFn" ? "dpc_efn" : "dpc_efg", name), count) << kind << " " << name;
      EXPECT_GT(count, 0) << kind << " " << name;
    }
  }
  EXPECT_EQ(truth("dpc_d", "rows"), static_cast<std::int64_t>(lines("Dn").size()));
  EXPECT_EQ(truth("dpc_form1", "rows"), static_cast<std::int64_t>(lines("FF1").size()));
  EXPECT_EQ(truth("dpc", "files"), static_cast<std::int64_t>(sorted_files(folder() / "dpc").size()));
}

struct EfSums {
  std::int64_t all = 0;
  std::int64_t drugs = 0;
  std::int64_t devices = 0;
  bool operator==(const EfSums&) const = default;
};

// The load check of the reference, section 2.2: rows of F add up to the three sums of E.
TEST_F(WrittenDpc, PointsOfRowsAddUpToTheirGroup) {
  for (const std::string kind : {"EFn", "EFg"}) {
    std::map<std::string, EfSums> of_e;
    std::map<std::string, EfSums> of_f;
    for (const SplitLine& line : ef_lines(kind)) {
      if (line[kSection] == "SY") continue;
      const std::string key = line.back() + line[kNumber] + line[kFourth] + line[kSection] + line[kGroup];
      EfSums& f = of_f[key];
      if (line[kRow] == "000") {
        EXPECT_FALSE(of_e.contains(key));
        of_e[key] = {std::stoi(line[17]), std::stoi(line[18]), std::stoi(line[19])};
        continue;
      }
      EXPECT_TRUE(of_e.contains(key)) << "the parent comes first";
      if (line[kFlags][1] != '0' || (kind == "EFn" && line[kFlags][2] != '0')) continue;
      const int points = std::stoi(line[kPoints]);
      f.all += points;
      if (line[kCode].front() == '6') f.drugs += points;
      if (line[kCode].front() == '7') f.devices += points;
    }
    EXPECT_TRUE(of_e == of_f) << kind;
    EXPECT_GT(of_e.size(), 50U);
  }
}

TEST_F(WrittenDpc, GroupsAreNumberedFromOneWithoutGaps) {
  for (const std::string kind : {"EFn", "EFg"}) {
    std::map<std::string, int> last_group;
    std::map<std::string, int> last_row;
    for (const SplitLine& line : ef_lines(kind)) {
      // Over the whole stay; of outpatients within a month.
      const std::string person = line[kNumber] + (kind == "EFg" ? line.back() : line[kFourth]);
      if (line[kRow] == "000" && line[kSection] != "SY") {
        EXPECT_EQ(std::stoi(line[kGroup]), ++last_group[person + line[kSection]]);
        last_row[person] = 0;
      } else if (line[kSection] != "SY") {
        EXPECT_EQ(std::stoi(line[kRow]), ++last_row[person]);
      }
    }
  }
}

std::map<std::string, std::pair<std::string, std::string>> simulated_stays(int patients, std::uint64_t seed) {
  std::map<std::string, std::pair<std::string, std::string>> stays;
  for (int number = 3; number < patients; number += 25) {
    const SimulatedPatient patient = simulate_patient(persons_stream(seed), number);
    if (patient.short_history) continue;
    stays[simulated_patient_number(number)] = {to_compact(patient.index_date - Days{75}),
                                               to_compact(patient.index_date - Days{70})};
  }
  return stays;
}

TEST_F(WrittenDpc, StaysAreThoseOfTheSimulatedPersons) {
  const auto stays = simulated_stays(kPatients, kSeed);
  std::set<std::string> in_ef;
  for (const SplitLine& line : ef_lines("EFn")) {
    const auto& [admitted, discharged] = stays.at(line[kNumber]);
    in_ef.insert(line[kNumber]);
    EXPECT_EQ(line[kFourth], admitted);
    const bool left = discharged.substr(2, 4) == line.back();
    EXPECT_EQ(line[kThird], left ? discharged : "00000000");
    EXPECT_EQ(line[kDate].substr(2, 4), line.back()) << "the month of service";
    EXPECT_LE(admitted, line[kDate]);
    EXPECT_LE(line[kDate], discharged);
  }
  EXPECT_EQ(in_ef.size(), stays.size());
  EXPECT_EQ(truth("dpc_efn", "stays"), static_cast<std::int64_t>(stays.size()));
  EXPECT_GT(truth("dpc_efn", "stays_over_a_month_end"), 0);
  std::set<std::string> in_form1;
  for (const SplitLine& line : lines("FF1")) {
    const auto& [admitted, discharged] = stays.at(line[1]);
    in_form1.insert(line[1]);
    EXPECT_EQ(line[2], admitted);
    if (line[5] == "A000030") {
      EXPECT_EQ(line[8], discharged);
    }
  }
  EXPECT_EQ(in_form1, in_ef);
}

TEST_F(WrittenDpc, VisitsAreThoseOfTheSimulatedPersons) {
  std::set<std::string> written;
  for (const SplitLine& line : ef_lines("EFg")) {
    if (line[kSection] != "SY") written.insert(line[kNumber] + line[kFourth]);
  }
  std::set<std::string> simulated;
  for (int number = 0; number < kPatients; ++number) {
    const SimulatedPatient patient = simulate_patient(persons_stream(kSeed), number);
    for (const SimulatedVisit& visit : patient.visits())
      simulated.insert(simulated_patient_number(number) + to_compact(visit.date));
  }
  EXPECT_EQ(written, simulated);
  EXPECT_EQ(truth("dpc_efg", "visits"), static_cast<std::int64_t>(simulated.size()));
}

TEST_F(WrittenDpc, OutpatientFilesNameEveryStudyDrugAlsoThoseDispensedElsewhere) {
  std::set<std::string> written;
  for (const SplitLine& line : ef_lines("EFg")) {
    const bool study_drug = line[kCode].starts_with("629900");
    if (study_drug && line[kRow] != "000") {
      EXPECT_EQ(line[kTimes], "042");
      written.insert(line[kNumber] + line[kFourth] + line[kCode].substr(5, 2));
    }
  }
  std::set<std::string> simulated;
  for (int number = 0; number < kPatients; ++number) {
    const SimulatedPatient patient = simulate_patient(persons_stream(kSeed), number);
    for (const SimulatedVisit& visit : patient.visits()) {
      for (std::size_t drug = 0; drug < kPlantedDrugs; ++drug) {
        if (visit.prescribed.at(drug))
          simulated.insert(simulated_patient_number(number) + to_compact(visit.date) + "0" +
                           std::to_string(drug + 1));
      }
    }
  }
  EXPECT_EQ(written, simulated);
}

TEST_F(WrittenDpc, DaysOfTheBundleAreTheStaysDays) {
  std::map<std::string, int> days;
  for (const SplitLine& line : lines("Dn")) {
    days[line[1]] += std::stoi(line[14]);
    EXPECT_EQ(std::stoi(line[26]) - std::stoi(line[25]) + 1, std::stoi(line[14]));
    EXPECT_EQ(line[27], line[3]) << "counted from the admission";
  }
  for (const auto& [number, sum] : days) EXPECT_EQ(sum, 6) << "both ends counted";
  EXPECT_EQ(static_cast<std::int64_t>(days.size()), truth("claims", "stays_bundled"));
}

TEST_F(WrittenDpc, CorrectedStaysComeAgainInTheNextMonthWithAnotherWeight) {
  std::map<std::string, std::map<std::string, std::string>> weights;  // patient -> month -> kg
  for (const SplitLine& line : lines("FF1")) {
    if (line[5] == "A001010") weights[line[1]][line.back()] = line[10];
  }
  std::int64_t corrected = 0;
  for (const auto& [number, by_month] : weights) {
    if (by_month.size() < 2) continue;
    ++corrected;
    EXPECT_EQ(by_month.size(), 2U);
    EXPECT_NE(by_month.begin()->second, by_month.rbegin()->second);
  }
  EXPECT_EQ(corrected, truth("dpc_form1", "stays_corrected"));
  EXPECT_GT(corrected, 0);
}

TEST_F(WrittenDpc, DiagnosesOfForm1AreCountedOnceForEachStay) {
  std::map<std::string, std::map<std::string, std::map<std::string, int>>> found;  // patient, month, what
  for (const SplitLine& line : lines("FF1")) {
    if (!line[5].starts_with("A0060") || line[4] != "0") continue;
    auto& counts = found[line[1]][line.back()];
    ++counts["diagnoses"];
    const bool suspected = line[12] == "8002" || line[13] == "8002" || line[16].ends_with("の疑い");
    if (suspected) ++counts["diagnoses_suspected"];
    if (line[5] == "A006050") ++counts["diagnoses_in_hospital"];
  }
  std::map<std::string, std::int64_t> latest;
  for (const auto& [number, by_month] : found) {
    for (const auto& [name, count] : by_month.rbegin()->second) latest[name] += count;
  }
  for (const char* name : {"diagnoses", "diagnoses_suspected", "diagnoses_in_hospital"}) {
    EXPECT_EQ(truth("dpc_form1_current", name), latest[name]) << name;
    EXPECT_GT(latest[name], 0) << name;
  }
}

}  // namespace
}  // namespace mimamori
