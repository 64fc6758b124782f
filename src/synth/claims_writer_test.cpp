#include "synth/claims_writer.h"

#include <map>
#include <numeric>
#include <set>

#include "synth/claims_bulk.h"
#include "synth/claims_testing.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

int number_of(const std::string& text) { return text.empty() ? 0 : std::stoi(text); }

// A claim as it stands in a file, from RE to the line before the next RE or GO.
struct ReadClaim {
  fs::path file;
  std::string office;     // IR.2
  std::string billed_in;  // IR.8
  std::vector<SplitLine> lines;
  [[nodiscard]] const SplitLine& re() const { return lines.front(); }
  [[nodiscard]] bool dpc() const { return re().size() == 30; }
  [[nodiscard]] const std::string& exported_at() const { return re().at(dpc() ? 22 : 20); }
  [[nodiscard]] const SplitLine& first(const std::string& record) const {
    return *std::ranges::find(lines, record, [](const SplitLine& line) { return line.front(); });
  }
  [[nodiscard]] std::int64_t count(const std::string& record) const {
    return std::ranges::count(lines, record, [](const SplitLine& line) { return line.front(); });
  }
  // Office, month, in or out, patient, insurer.
  [[nodiscard]] std::string key() const {
    const std::string& type = re().at(2);
    const bool inpatient = (type.back() - '0') % 2 == 1;
    return office + " " + re().at(3) + (inpatient ? " in " : " out ") + re().at(13) + " " + first("HO").at(1);
  }
};

bool is_detail(const SplitLine& line) {
  return line.front() == "SI" || line.front() == "IY" || line.front() == "TO";
}
std::vector<int> day_cells(const SplitLine& line) {
  std::vector<int> cells;
  for (std::size_t k = line.size() - 31; k < line.size(); ++k) cells.push_back(number_of(line[k]));
  return cells;
}

struct ClaimsSuite {};
class WrittenClaims : public WrittenTables<ClaimsSuite> {
 protected:
  static std::vector<ReadClaim> claims() {
    std::vector<ReadClaim> claims;
    for (const fs::path& file : sorted_files(folder() / "claims")) {
      const std::vector<SplitLine> lines = split_file(file, ',');
      for (const SplitLine& line : lines) {
        if (line.front() == "RE") claims.push_back({file, lines[0][1], lines[0][7], {}});
        if (line.front() != "IR" && line.front() != "GO") claims.back().lines.push_back(line);
      }
    }
    return claims;
  }

  // Of equal keys the one billed last, and of one month the one exported last.
  static std::vector<ReadClaim> current_claims() {
    std::map<std::string, ReadClaim> current;
    for (ReadClaim& claim : claims()) {
      const auto [place, is_new] = current.try_emplace(claim.key(), claim);
      const auto rank = [](const ReadClaim& c) { return std::pair(c.billed_in, c.exported_at()); };
      if (!is_new && rank(place->second) < rank(claim)) place->second = std::move(claim);
    }
    std::vector<ReadClaim> found;
    for (auto& [key, claim] : current) found.push_back(std::move(claim));
    return found;
  }
};

TEST_F(WrittenClaims, EveryFileEndsAsTheSpecificationSays) {
  for (const fs::path& file : sorted_files(folder() / "claims")) {
    const std::string bytes = *read_file(file, std::size_t{1} << 24U);
    EXPECT_TRUE(bytes.ends_with("\r\n\x1A")) << file;
    EXPECT_EQ(bytes.find('"'), std::string::npos) << file;
    const std::vector<SplitLine> lines = split_file(file, ',');
    EXPECT_EQ(lines.front().front(), "IR");
    EXPECT_EQ(lines.back().front(), "GO");
    EXPECT_EQ(lines.at(1).front(), "RE");
  }
}

// Columns as the reference counts them, sections 1.3 and 1.8.
TEST_F(WrittenClaims, EveryRecordHasItsColumns) {
  const std::map<std::string, std::size_t> medical{{"RE", 38}, {"HO", 15}, {"KO", 12}, {"SN", 9},  {"JD", 33},
                                                   {"MF", 33}, {"GR", 3},  {"SY", 8},  {"SI", 44}, {"IY", 44},
                                                   {"TO", 48}, {"CO", 5},  {"SJ", 3},  {"KH", 2}};
  const std::map<std::string, std::size_t> bundled{{"RE", 30}, {"HO", 16}, {"KO", 13}, {"BU", 6}, {"SB", 8},
                                                   {"KK", 14}, {"SK", 7},  {"GA", 7},  {"HH", 9}, {"GT", 12},
                                                   {"SI", 44}, {"TO", 48}, {"CO", 5},  {"SJ", 3}, {"CD", 11}};
  for (const ReadClaim& claim : claims()) {
    EXPECT_EQ(claim.file.filename(), claim.dpc() ? "RECEIPTD.UKE" : "RECEIPTC.UKE");
    for (const SplitLine& line : claim.lines)
      EXPECT_EQ(line.size(), (claim.dpc() ? bundled : medical).at(line.front())) << claim.file;
  }
}

std::int64_t points_of_lines(const ReadClaim& claim) {
  std::int64_t points = 0;
  for (const SplitLine& line : claim.lines) {
    if (is_detail(line)) points += std::int64_t{number_of(line[5])} * number_of(line[6]);
    if (line.front() == "GT") points += number_of(line[8]);
  }
  return points;
}

TEST_F(WrittenClaims, PointsAddUpToTheClaimAndClaimsToTheFile) {
  std::map<fs::path, std::pair<std::int64_t, std::int64_t>> files;
  for (const ReadClaim& claim : claims()) {
    const std::int64_t total = number_of(claim.first("HO")[5]);
    EXPECT_GT(total, 0);
    EXPECT_EQ(points_of_lines(claim), total) << claim.file << " " << claim.re()[1];
    files[claim.file].first += claim.count("HO") + claim.count("KO");
    files[claim.file].second += total;
  }
  std::int64_t sum = 0;
  for (const auto& [file, totals] : files) {
    const SplitLine go = split_file(file, ',').back();
    EXPECT_EQ(number_of(go[1]), totals.first) << file;
    EXPECT_EQ(number_of(go[2]), totals.second) << file;
    sum += totals.second;
  }
  EXPECT_EQ(sum, truth("claims", "points_of_files"));
}

// Within a unit every line has the same executions and days; they add up to each other.
TEST_F(WrittenClaims, DaysAddUpToExecutionsInEveryUnit) {
  std::int64_t lines_inside_units = 0;
  for (const ReadClaim& claim : claims()) {
    const SplitLine* before = nullptr;  // of the same unit
    for (const SplitLine& line : claim.lines) {
      if (!is_detail(line)) continue;
      const std::vector<int> cells = day_cells(line);
      EXPECT_EQ(std::accumulate(cells.begin(), cells.end(), 0), number_of(line[6]));
      if (before != nullptr) {
        EXPECT_EQ(day_cells(*before), cells);
        ++lines_inside_units;
      }
      before = line[5].empty() ? &line : nullptr;
    }
    EXPECT_EQ(before, nullptr) << "a unit without points";
  }
  EXPECT_GT(lines_inside_units, 100);
}

TEST_F(WrittenClaims, SectionsAreSaidOnceAndInheritedAndNeverMissingAtTheStart) {
  std::int64_t inherited = 0;
  for (const ReadClaim& claim : claims()) {
    std::string section;
    for (const SplitLine& line : claim.lines) {
      if (!is_detail(line)) continue;
      inherited += line[1].empty() ? 1 : 0;
      if (!line[1].empty()) {
        EXPECT_LE(section, line[1]) << "sections ascend";
        section = line[1];
      }
      EXPECT_FALSE(section.empty());
    }
  }
  EXPECT_GT(inherited, 100);
}

TEST_F(WrittenClaims, FilesBilledBeforeMay2020HaveEraDatesAndTheOthersWestern) {
  std::int64_t era_claims = 0;
  for (const ReadClaim& claim : claims()) {
    const bool era = claim.file.string().find("/claims/2019") != std::string::npos ||
                     claim.file.string().find("/claims/20200") != std::string::npos;
    era_claims += era ? 1 : 0;
    EXPECT_EQ(claim.billed_in.size(), era ? 5U : 6U) << claim.file;
    EXPECT_EQ(claim.re()[3].size(), era ? 5U : 6U) << claim.file;
    EXPECT_EQ(claim.re()[6].size(), era ? 7U : 8U) << claim.file;
    for (const SplitLine& line : claim.lines) {
      if (line.front() == "SY") {
        EXPECT_EQ(line[2].size(), era ? 7U : 8U);
      }
    }
  }
  EXPECT_GT(era_claims, 10);
  EXPECT_EQ(era_claims, truth("claims", "claims_in_era_dates"));
}

TEST_F(WrittenClaims, TruthAgreesWithAPlainCountOfLines) {
  std::map<std::string, std::int64_t> lines;
  std::int64_t files = 0;
  std::int64_t bytes = 0;
  for (const fs::path& file : sorted_files(folder() / "claims")) {
    ++files;
    bytes += static_cast<std::int64_t>(fs::file_size(file));
    for (const SplitLine& line : split_file(file, ',')) ++lines[line.front()];
  }
  EXPECT_EQ(truth_.at("claims_lines"), lines);
  EXPECT_EQ(truth("claims", "claims"), lines["RE"]);
  EXPECT_EQ(truth("claims", "files"), files);
  EXPECT_EQ(truth("claims", "bytes"), bytes);
}

std::string plain_category(const SplitLine& line, const std::string& section) {
  if (line.front() == "TO") return "device";
  if (line[3].empty()) return "without_code";
  if (line.front() == "IY") return "drug";
  if (line[3] == "190620110") return "ward_label";
  if (section == "13") return "management_fee";
  return section == "50" || section == "54" ? "surgery" : "procedure";
}

struct PlainRows {
  std::map<std::string, std::int64_t> rows;
  std::map<std::string, std::int64_t> days;
};
void count_rows(const ReadClaim& claim, PlainRows& plain) {
  std::string section;
  for (const SplitLine& line : claim.lines) {
    const std::string& record = line.front();
    if (is_detail(line)) {
      if (!line[1].empty()) section = line[1];
      const std::string category = plain_category(line, section);
      ++plain.rows[category];
      const std::vector<int> cells = day_cells(line);
      if (category != "without_code")
        plain.days[category] += std::ranges::count_if(cells, [](int cell) { return cell > 0; });
    }
    if (record == "CO") ++plain.rows["comment"];
    if (record == "SK") ++plain.rows["dpc_surgery"];
    if (record == "SY") ++plain.rows["diagnosis"];
    if (record == "SB") ++plain.rows["dpc_diagnosis"];
    const std::string modifiers = record == "SY" ? line[4] : record == "SB" ? line[2] : "";
    if (modifiers.ends_with("8002"))
      ++plain.rows[record == "SY" ? "diagnosis_suspected" : "dpc_diagnosis_suspected"];
    if (record == "SY" && line[5].ends_with("の疑い")) ++plain.rows["diagnosis_suspected_by_name"];
  }
}

TEST_F(WrittenClaims, TruthOfCurrentClaimsAgreesWithTheLatestOfEachKey) {
  PlainRows plain;
  std::int64_t points = 0;
  const std::vector<ReadClaim> current = current_claims();
  for (const ReadClaim& claim : current) {
    count_rows(claim, plain);
    points += number_of(claim.first("HO")[5]);
  }
  EXPECT_EQ(truth("claims", "current"), static_cast<std::int64_t>(current.size()));
  EXPECT_EQ(truth("claims", "current_points"), points);
  for (const auto& [category, rows] : plain.rows)
    EXPECT_EQ(truth("claims_current_rows", category), rows) << category;
  for (const auto& [category, days] : plain.days)
    EXPECT_EQ(truth("claims_current_days", category), days) << category;
  EXPECT_LT(current.size(), claims().size());
}

TEST_F(WrittenClaims, AClaimBilledAgainSaysSoAndStandsInALaterFile) {
  std::map<std::string, std::set<std::string>> months;  // key -> months of billing
  std::int64_t again = 0;
  for (const ReadClaim& claim : claims()) {
    months[claim.key()].insert(claim.billed_in);
    const std::string& search_number = claim.re().at(claim.dpc() ? 20 : 18);
    if (search_number.empty()) continue;
    const bool in_first_export = claim.file.parent_path() == folder() / "claims/202206/shaho" && !claim.dpc();
    again += in_first_export ? 0 : 1;
    EXPECT_GE(search_number.size(), 17U);
    EXPECT_LE(search_number.size(), 30U);
  }
  const auto billed_twice = std::ranges::count_if(months, [](const auto& m) { return m.second.size() == 2; });
  EXPECT_GT(again, 0);
  EXPECT_EQ(again, truth("claims", "billed_again"));
  EXPECT_EQ(billed_twice, again);
}

TEST_F(WrittenClaims, OneMonthWasExportedTwiceAndTheFirstTimeHadLess) {
  const auto first = split_file(folder() / "claims/202206/shaho/RECEIPTC.UKE", ',');
  const auto second = split_file(folder() / "claims/202206/shaho-2/RECEIPTC.UKE", ',');
  EXPECT_LT(first.size(), second.size());
  const auto claims_in = [](const std::vector<SplitLine>& lines) {
    return std::ranges::count(lines, "RE", [](const SplitLine& line) { return line.front(); });
  };
  EXPECT_EQ(claims_in(first), claims_in(second));
  EXPECT_EQ(claims_in(first), truth("claims", "exported_twice"));
}

// The next two ask whether the claims are of the same persons, visits and drugs as the storage; the rest of
// that is in claims_storage_test.cpp.
std::string day_of(const ReadClaim& claim, std::size_t day) {
  return claim.re()[3] + (day < 10 ? "0" : "") + std::to_string(day);
}

TEST_F(WrittenClaims, VisitDaysAreThoseOfTheSimulatedPersons) {
  std::set<std::string> billed;
  std::int64_t archived = 0;
  for (const ReadClaim& claim : current_claims()) {
    if (claim.billed_in.size() == 5) ++archived;
    if (claim.billed_in.size() == 5) continue;
    for (const SplitLine& line : claim.lines) {
      if (!is_detail(line) || (line[3] != "111999910" && line[3] != "112999910")) continue;
      const std::vector<int> cells = day_cells(line);
      for (std::size_t k = 0; k < cells.size(); ++k) {
        if (cells[k] > 0) billed.insert(claim.re()[13] + " " + day_of(claim, k + 1));
      }
    }
  }
  std::set<std::string> simulated;
  for (int number = 0; number < kPatients; ++number) {
    const SimulatedPatient patient = simulate_patient(persons_stream(kSeed), number);
    for (const SimulatedVisit& visit : patient.visits())
      simulated.insert(comparable(simulated_patient_number(number)) + " " + to_compact(visit.date));
  }
  EXPECT_EQ(billed, simulated);
  EXPECT_GT(archived, 0);
}

TEST_F(WrittenClaims, StudyDrugsAreBilledOnTheDaysTheyWerePrescribedUnlessDispensedElsewhere) {
  const std::vector<std::string> codes{"629900101", "629900201", "629900301"};
  std::set<std::string> supplied;   // patient, day, drug
  std::set<std::string> elsewhere;  // patient, day
  for (const ReadClaim& claim : current_claims()) {
    for (const SplitLine& line : claim.lines) {
      if (!is_detail(line)) continue;
      const std::vector<int> cells = day_cells(line);
      for (std::size_t k = 0; k < cells.size(); ++k) {
        if (cells[k] == 0) continue;
        const std::string where = claim.re()[13] + " " + day_of(claim, k + 1);
        if (line[3] == "120002910") elsewhere.insert(where);
        if (std::ranges::find(codes, line[3]) == codes.end()) continue;
        EXPECT_EQ(cells[k], kSupplyDays);
        supplied.insert(where + " " + line[3]);
      }
    }
  }
  std::int64_t found = 0;
  for (int number = 0; number < kPatients; ++number) {
    const SimulatedPatient patient = simulate_patient(persons_stream(kSeed), number);
    for (const SimulatedVisit& visit : patient.visits()) {
      const std::string where = comparable(simulated_patient_number(number)) + " " + to_compact(visit.date);
      for (std::size_t drug = 0; drug < kPlantedDrugs; ++drug) {
        const bool billed = supplied.contains(where + " " + codes[drug]);
        EXPECT_EQ(billed, visit.prescribed.at(drug) && !elsewhere.contains(where)) << where;
        found += billed ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(found, static_cast<std::int64_t>(supplied.size()));
  EXPECT_GT(found, 500);
  EXPECT_GT(elsewhere.size(), 100U);
}

TEST_F(WrittenClaims, AStayPaidByItsGroupShowsItsDrugsInContentLinesOnly) {
  std::int64_t stays = 0;
  for (const ReadClaim& claim : current_claims()) {
    if (!claim.dpc()) continue;
    ++stays;
    EXPECT_EQ(claim.count("IY"), 0);
    EXPECT_EQ(claim.count("GA"), 1);
    EXPECT_GE(claim.count("SB"), 3);
    EXPECT_EQ(claim.re()[13].size(), 9U) << "with one zero in front";
    std::pair<std::string, std::string> last;
    for (const SplitLine& line : claim.lines) {
      if (line.front() != "CD") continue;
      const std::pair place(line[2], line[1]);
      EXPECT_LE(last, place) << "by section, then date";
      last = place;
    }
  }
  EXPECT_EQ(stays, truth("claims", "current_dpc"));
  EXPECT_GT(truth("claims_current_rows", "content_drug"), 0);
  EXPECT_GT(truth("claims", "current_inpatient"), 0);
}

TEST_F(WrittenClaims, EveryOddityOccurs) {
  for (const char* name : {"billed_late", "billed_again", "exported_twice", "lines_without_code"})
    EXPECT_GT(truth("claims", name), 0) << name;
  for (const char* record : {"KO", "KH", "CO", "SJ", "GR", "TO", "SK"})
    EXPECT_GT(truth("claims_lines", record), 0) << record;
  for (const char* name : {"ward_label", "prescription_elsewhere", "diagnosis_suspected_by_name"})
    EXPECT_GT(truth("claims_current_rows", name), 0) << name;
}

// The first pair stands in the reference, section 1.1; the eras' first days are history.
TEST(ClaimsText, EraDates) {
  EXPECT_EQ(era_date(std::chrono::year{2020} / 8 / 22), "5020822");
  EXPECT_EQ(era_date(std::chrono::year{2019} / 4 / 30), "4310430");
  EXPECT_EQ(era_date(std::chrono::year{2019} / 5 / 1), "5010501");
  EXPECT_EQ(era_date(std::chrono::year{1989} / 1 / 7), "3640107");
  EXPECT_EQ(era_date(std::chrono::year{1989} / 1 / 8), "4010108");
  EXPECT_EQ(era_month(std::chrono::year{2019} / 12), "50112");
}

// Lines of the worked example in the reference, section 5.1.
TEST(ClaimsText, LinesAreThoseOfTheWorkedExample) {
  EXPECT_EQ(uke_line("SY", 8, {{2, "8833421"}, {3, "20230110"}, {4, "1"}, {7, "01"}}),
            "SY,8833421,20230110,1,,,01,");
  EXPECT_EQ(uke_line("SN", 9, {{2, "1"}, {3, "01"}, {7, "01"}}), "SN,1,01,,,,01,,");
  EXPECT_EQ(uke_line("HO", 15, {{2, "06999999"}, {3, "９９"}, {4, full_width("123")}, {5, "2"}, {6, "623"}}),
            "HO,06999999,９９,１２３,2,623,,,,,,,,,");
}

TEST(ClaimsText, AFacilityIsPrefectureAndNumber) {
  HospitalOptions options;
  options.facility_id = "1310000042";
  EXPECT_EQ(claims_facility(options).prefecture + claims_facility(options).number, "130000042");
  options.facility_id = "KIRI";
  const ClaimsFacility other = claims_facility(options);
  EXPECT_EQ(other.number.size(), 7U);
  options.facility_id = "KIRJ";
  EXPECT_NE(claims_facility(options).number, other.number);
}

// The type's digits, reference section 1.5.
TEST(ClaimsText, TypeFollowsAgeAndPlace) {
  SimulatedPatient patient;
  patient.number = 1;
  patient.birth_date = std::chrono::year{1950} / 6 / 15;
  const auto type = [&](Date day, bool inpatient) {
    return claim_type(insurance_on(patient, day), inpatient);
  };
  EXPECT_EQ(type(std::chrono::year{2020} / 6 / 14, false), "1112");  // 69
  EXPECT_EQ(type(std::chrono::year{2020} / 6 / 15, false), "1118");  // 70
  EXPECT_EQ(type(std::chrono::year{2025} / 6 / 14, true), "1117");
  EXPECT_EQ(type(std::chrono::year{2025} / 6 / 15, true), "1317");  // 75
  patient.number = 7;
  EXPECT_EQ(type(std::chrono::year{2020} / 6 / 14, true), "1125");  // two payers, family
}

TEST(BulkFiles, HaveAtLeastTheLinesAskedForAndEndWhole) {
  const ScratchFolder scratch;
  const auto claims = write_bulk_claims(scratch.path() / "claims", 5'000, 1);
  ASSERT_THAT(claims, Succeeds());
  const std::vector<SplitLine> lines = split_file(scratch.path() / "claims/RECEIPTC.UKE", ',');
  EXPECT_EQ(static_cast<std::int64_t>(lines.size()), *claims);
  EXPECT_GE(*claims, 5'000);
  EXPECT_LT(*claims, 5'500);
  std::int64_t points = 0;
  for (const SplitLine& line : lines) points += line.front() == "HO" ? number_of(line[5]) : 0;
  EXPECT_EQ(number_of(lines.back()[2]), points);

  const auto rows = write_bulk_ef(scratch.path() / "ef", 5'000, 1);
  ASSERT_THAT(rows, Succeeds());
  EXPECT_EQ(static_cast<std::int64_t>(split_file(scratch.path() / "ef/EFn_990000017_2301.txt", '\t').size()),
            *rows + 1);
  EXPECT_GE(*rows, 5'000);
  EXPECT_LT(*rows, 5'100);
}

}  // namespace
}  // namespace mimamori
