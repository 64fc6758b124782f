// The public samples of shared/data/dpc/tanshu3 against truths that our code did not make.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "base/file.h"
#include "base/testing.h"
#include "dpc/testing_files.h"

namespace mimamori {
namespace {

const PatientKeys& keys() {
  static const Secret secret = *Secret::from_hex(std::string(64, 'a'));
  static const PatientKeys all(secret);
  return all;
}

std::vector<std::vector<std::string>> tab_separated(const std::string& text) {
  std::vector<std::vector<std::string>> lines;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const DpcFields fields = split_dpc_line(rest.substr(0, end));
    std::vector<std::string>& line = lines.emplace_back();
    for (std::size_t i = 0; i < fields.count; ++i) line.emplace_back(fields.field[i]);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return lines;
}

std::string text_of_file(std::string_view name) {
  const Result<std::string> text = read_file(shared_data() / "dpc/tanshu3" / name, std::size_t{1} << 20U);
  EXPECT_THAT(text, Succeeds());
  return text.ok() ? *text : "";
}

ReadDpcFile sample(const std::string& name) { return read_dpc_file(name, text_of_file(name), keys()); }

std::string key_of(const std::string& patient) {
  return keys().key_of(PatientNumberSource::kDpc, patient).value_or("");
}

/// One line of truth_ef.tsv, counted from our rows.
struct Stay {
  std::array<int, 6> counts{};  // E, F, act, drug, material, comment
  std::set<std::string> days;
  std::set<std::string> discharges;
  bool outside = false;
};

std::map<std::pair<std::string, std::string>, Stay> stays_of(const ReadDpcFile& file) {
  std::map<std::pair<std::string, std::string>, Stay> stays;
  const auto add = [&](const DpcLine& line, std::size_t column) {
    Stay& stay = stays[{line.patient_key, to_compact(*line.admitted_on)}];
    ++stay.counts[column];
    if (column > 0) ++stay.counts[1];
    stay.days.insert(to_compact(*line.performed_on));
    stay.outside |= line.date_quality == "outside_stay";
  };
  for (const DpcCharge& row : file.all.rows.charges) {
    add(row.line, 0);
    stays[{row.line.patient_key, to_compact(*row.line.admitted_on)}].discharges.insert(
        row.discharged_on ? to_compact(*row.discharged_on) : "00000000");
  }
  for (const DpcProcedure& row : file.all.rows.procedures) add(row.line, 2);
  for (const DpcDrug& row : file.all.rows.drugs) add(row.line, 3);
  for (const DpcDevice& row : file.all.rows.devices) add(row.line, 4);
  for (const DpcComment& row : file.all.rows.comments) add(row.line, 5);
  return stays;
}

TEST(ExternalDpc, EveryColumnOfTheTruthOfEfAgrees) {
  const auto truth = tab_separated(text_of_file("truth_ef.tsv"));
  ASSERT_EQ(truth.size(), 7U);
  std::size_t found = 0;
  for (const char* name : {"sample_EFn_XXXXXXXXX_2407.txt", "sample_EFn_XXXXXXXXX_2408.txt"}) {
    const ReadDpcFile file = sample(name);
    EXPECT_EQ(file.outcome.status, FileStatus::kAccepted);
    EXPECT_EQ(file.outcome.data_type, "EFn");
    EXPECT_EQ(file.all.records, file.all.records_accepted);
    auto stays = stays_of(file);
    for (const auto& line : truth) {
      if (line[0] != name) continue;
      ++found;
      ASSERT_TRUE(stays.contains({key_of(line[1]), line[2]})) << line[1];
      const Stay& stay = stays[{key_of(line[1]), line[2]}];
      EXPECT_EQ(stay.discharges, std::set<std::string>{line[3]});
      for (std::size_t i = 0; i < stay.counts.size(); ++i)
        EXPECT_EQ(std::to_string(stay.counts[i]), line[4 + i]);
      EXPECT_EQ(*stay.days.begin(), line[10]);
      EXPECT_EQ(*stay.days.rbegin(), line[11]);
      EXPECT_EQ(stay.outside ? "yes" : "no", line[12]);
      stays.erase({key_of(line[1]), line[2]});
    }
    EXPECT_TRUE(stays.empty());  // no stay that the truth does not have
  }
  EXPECT_EQ(found, 6U);
}

TEST(ExternalDpc, StaysOverMonthsAreOneWhateverTheirDischarge) {
  // expect.txt: stays with the discharge that the newest month knows, ended in the two months.
  std::map<std::pair<std::string, std::string>, std::string> discharges;
  for (const char* name : {"sample_EFn_XXXXXXXXX_2407.txt", "sample_EFn_XXXXXXXXX_2408.txt"}) {
    for (const auto& [key, stay] : stays_of(sample(name))) discharges[key] = *stay.discharges.rbegin();
  }
  const auto expected = tab_separated(text_of_file("expect.txt"));
  ASSERT_EQ(expected.size(), 4U);
  for (std::size_t i = 1; i < expected.size(); ++i) {
    const auto found = discharges.find({key_of(expected[i][0]), expected[i][1]});
    ASSERT_NE(found, discharges.end());
    EXPECT_EQ(found->second, expected[i][2]);
  }
}

TEST(ExternalDpc, PointsAddUpInSixOfTenGroups) {
  // reference/claims-dpc.md 2.2, counted there by hand.
  std::size_t groups = 0;
  std::set<std::pair<std::string, std::int64_t>> differing;
  for (const char* name : {"sample_EFn_XXXXXXXXX_2407.txt", "sample_EFn_XXXXXXXXX_2408.txt"}) {
    const ReadDpcFile file = sample(name);
    groups += file.all.rows.charges.size();
    for (const FindingRow& finding : file.all.findings) {
      if (finding.check_id == "dpc_points_differ") differing.emplace(name, finding.segment);
    }
  }
  EXPECT_EQ(groups, 10U);
  EXPECT_EQ(differing.size(), 4U);
}

}  // namespace
}  // namespace mimamori
